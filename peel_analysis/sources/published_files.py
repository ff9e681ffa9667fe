"""The columns of provenance.csv, and the published file that a row is about."""

from peel_analysis.data.settings import PublishedFile

__all__ = ["PROVENANCE_COLUMNS", "PublishedFile"]

PROVENANCE_COLUMNS = (
    "table",
    "release",
    "publisher",
    "title",
    "release_words",
    "licence",
    "how_made",
    "source_file",
    "sha256",
)
