"""A published file behind data/: which tables it gives, and the words of its provenance."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class PublishedFile:
    """One file: where it lies beside the raw folder or in it, its reader, and the (table, release) pairs it gives.

    `vintages` are those of the populations that a workbook of area tables gives by its rates, and of those it prints.
    """

    file: str
    reader: str
    release: str
    tables: tuple[tuple[str, str], ...]
    publisher: str
    title: str
    release_words: str
    how_made: str
    licence: str
    vintages: tuple[str, str] = ("", "")

    def words(self) -> dict[str, str]:
        """Return what provenance.csv says of each table of this file."""
        return {
            "publisher": self.publisher,
            "title": self.title,
            "release_words": self.release_words,
            "licence": self.licence,
            "how_made": self.how_made,
        }
