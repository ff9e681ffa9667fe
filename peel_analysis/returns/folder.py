"""A folder of returns: a form a force, and beside them the log of what was queried and decided."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import pandas as pd

from peel_analysis.data.counts import COUNTS_COLUMNS
from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.returned import Notice
from peel_analysis.returns.form import ILLUSTRATIVE, Return, Row
from peel_analysis.returns.reading import read_form

FORMS = "*.xlsx"
DATA = "data"  # the data folder that is made of the returns, in their folder
NOTICES = {  # by the word that marks the forms
    "": Notice(
        word="Unpublished",
        sentence="Made with data returns of forces that have not been published, and not for publication.",
    ),
    ILLUSTRATIVE: Notice(
        word=ILLUSTRATIVE,
        sentence="Made with illustrative data returns: every count from a return is invented, and is no force's.",
    ),
}


@dataclass(frozen=True)
class Returns:
    """The returns of a folder, by force, all of one edition."""

    folder: Path
    data: Data
    every: tuple[Return, ...]

    @property
    def edition_id(self) -> str:
        """The edition of which they are."""
        return self.every[0].edition.id

    @property
    def notice(self) -> Notice:
        """What readers are told of all that is made from them."""
        return NOTICES[self.word]

    @property
    def word(self) -> str:
        """The word that marks the forms, or ""."""
        return self.every[0].word

    def counts(self, release: str, status_of: Callable[[Row], str] = attrgetter("status")) -> pd.DataFrame:
        """Return the counts of all forms in the one shape, as of a release; each has its row's status, or another."""
        rows = [
            (
                one.force.id,
                row.item,
                "",
                row.period.start.isoformat(),
                row.period.end.isoformat(),
                row.count,
                status_of(row),
            )
            for one in self.every
            for row in one.rows
        ]
        table = pd.DataFrame(rows, columns=list(COUNTS_COLUMNS[:-1])).assign(release=release)
        return table.astype({"count": "Int64"})


def read_returns(folder: Path, data: Data, files: Sequence[Path] = ()) -> Returns:
    """Return the forms of a folder, each read whole, or some files of it.

    Raises InputError for a folder without a form, two forms of one force, forms of two editions, and illustrative ones
    among others; SourceError for each form that cannot be read. A file that a spreadsheet holds open (~$...) is none.
    """
    paths = files or sorted(path for path in folder.glob(FORMS) if not path.name.startswith(("~$", ".")))
    if not paths:
        raise InputError(f"{folder}: no form of a data return ({FORMS}); put the forms that forces filled in there")
    found: dict[str, Return] = {}
    with Faults() as faults:
        for path in paths:
            if (one := faults.of(read_form, path, data)) is None:
                continue
            if (before := found.setdefault(one.force.id, one)) is not one:
                told = f"a second return of {one.force.official_name}, beside {before.file}; keep the one that holds"
                faults.add([f"{path}: {told}"])
        each_apart = "put each kind in a folder of its own"
        editions = Counter(one.edition.id for one in found.values())
        for one in found.values():
            if one.edition.id != (most := editions.most_common(1)[0][0]):
                told = f"of edition {one.edition.id}, where the others are of {most}"
                faults.add([f"{folder / one.file}: {told}; {each_apart}"])
        words = {one.word for one in found.values()}
        if len(words) > 1:
            invented = ", ".join(one.file for one in found.values() if one.word)
            faults.add([f"{folder}: illustrative returns ({invented}) among others; {each_apart}"])
    return Returns(folder, data, tuple(found.values()))
