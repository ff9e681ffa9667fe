"""A folder of returns: a form a force, and beside them the log of what was queried and decided."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.returned import Notice
from peel_analysis.returns.form import ILLUSTRATIVE, Return
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
