"""What every page of the site has: its place below the output folder, the ways to the others, and its frame."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import Data
from peel_analysis.show.templates import render, style_sheet

INDEX, SEARCH = "index.html", "search.html"  # below the output folder
CHANGES = "changes/index.html"
FORCES, MEASURES = "{edition}/index.html", "{edition}/measures/index.html"  # of an edition
MAP, METHOD = "{edition}/map.html", "{edition}/method.html"
Files = Iterator[tuple[str, str]]  # that are made: each by its path below the output folder, and its text
# The ways to other pages, in order: their words, and where they lead. Those of an edition stand on its pages only.
# Each is of a page that `make` has a maker for.
NAVIGATION = (
    ("All editions", INDEX),
    ("Forces", FORCES),
    ("Map", MAP),
    ("Measures", MEASURES),
    ("Method", METHOD),
    ("What changed", CHANGES),
    ("Search", SEARCH),
)

UNKEYED = "f" * 64  # the key of a site of which nobody asks again whether it is fresh


@dataclass(frozen=True)
class Standing:
    """What there is of a force: its page, whether that is not what the last run would have made, and what to say."""

    is_there: bool
    is_earlier: bool = False
    note: str = ""


@dataclass(frozen=True)
class Site:
    """The pages around the reports below a folder, and the editions whose pages they are.

    `standings` say of each of these editions what there is of each force, by their ids. Without `is_whole`, only
    the indexes and the search are made, and no page names another that is not there already. `key` is the key of the
    data and the package. `expected` are pages that a run which goes on is about to make.

    Paths are those of published data; `file` says where each is, as the data folder has it.
    """

    out: Path
    data: Data
    editions: tuple[Edition, ...]
    standings: Mapping[str, Mapping[str, Standing]] = field(default_factory=dict)
    is_whole: bool = True
    key: str = UNKEYED
    expected: frozenset[str] = frozenset()

    def page(self, template: str, path: str, edition: Edition | None = None, **values: object) -> str:
        """Return the page at a path below the output folder, from a template that extends `site.html.j2`.

        A template calls `to(path)` for the way from its page to another place below the output folder, and `has(path)`
        to know whether there is something.
        """

        def way_to(other: str) -> str:
            return self.data.named(posixpath.relpath(other, posixpath.dirname(path) or "."))

        ways = [(words, way_to(there), there == path) for words, there in self._navigation(edition) if self.has(there)]
        frame = {"key": self.key, "style": style_sheet("site"), "to": way_to, "has": self.has, "ways": ways}
        return str(render(template, self.data, **frame, edition=edition, **values))

    def _navigation(self, edition: Edition | None) -> list[tuple[str, str]]:
        named = "" if edition is None else edition.id
        return [(words, there.format(edition=named)) for words, there in NAVIGATION if named or "{" not in there]

    def there(self, edition: Edition) -> list[str]:
        """Return which pages of an edition are there, or are made with the site: the others are not to be linked."""
        forces = [report_page(edition, force.id) for force in edition.forces]
        return [path for path in (*(there for _, there in self._navigation(edition)), *forces) if self.has(path)]

    def has(self, path: str) -> bool:
        """Return whether a page below the output folder is made with the site, is expected, or is there already."""
        file = path.partition("#")[0]
        return file in self._made or file in self.expected or has_file(self.file(file))

    def file(self, path: str) -> Path:
        """Return where what a path names is."""
        return self.out / self.data.named(path)

    @cached_property
    def _made(self) -> frozenset[str]:
        ids = [edition.id for edition in self.editions]
        ways = [there.format(edition=one) for one in ids for _, there in NAVIGATION] if self.is_whole else []
        return frozenset((INDEX, SEARCH, *ways, *(FORCES.format(edition=one) for one in ids)))


def report_page(edition: Edition, force_id: str) -> str:
    """Return where the page of a force's report is, below the output folder."""
    return f"{edition.id}/{force_id}/index.html"


def has_file(path: Path) -> bool:
    """Return whether there is a file, as far as one may look."""
    try:
        return path.is_file()
    except OSError:  # a folder that may not be looked into
        return False
