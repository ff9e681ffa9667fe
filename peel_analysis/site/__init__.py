"""The pages around the reports: indexes, search, and what editions and measures have over all forces."""

from peel_analysis.site.make import make_site
from peel_analysis.site.page import Site, Standing

__all__ = ["Site", "Standing", "make_site"]
