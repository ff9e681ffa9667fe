"""Which units of which reports are stale, and running them side by side. A unit is one section of one force."""

from peel_analysis.batch.make import Making, make_report, make_reports, make_site_of, share, summary, summary_line

__all__ = ["Making", "make_report", "make_reports", "make_site_of", "share", "summary", "summary_line"]
