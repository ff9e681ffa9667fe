"""The pages around the reports: indexes, search, and what editions and measures have over all forces."""

from peel_analysis.site.make import keep_site, make_site
from peel_analysis.site.page import Site, Standing, report_page

__all__ = ["Site", "Standing", "keep_site", "make_site", "report_page"]
