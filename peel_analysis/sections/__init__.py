"""The sections of a report: what a section notebook shows, cell by cell."""
