"""The data return: what each force is asked for, of which periods, and the notice of a folder made of returns."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from pydantic import Field

from peel_analysis.data.declarations import Declaration, FileName, ListOf, declared, named, refuse_headings, stated
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.periods import Period

RETURNS = "returns.toml"


class InventedSize(Declaration):
    """How large the counts of an item are in an illustrative set of returns: all of them are invented."""

    of: str = Field(description="the population, or the item above it or of data/counts, of which it is a part")
    ratio: float = Field(description="what part of it, in the middle of the forces")
    spread: float = Field(description="how far a force's ratio is off that at most, as a part of it")
    change: float = Field(default=0.15, description="how far that of the year before is off the force's own")


class ReturnedItem(Declaration):
    """An item of the data return: what is counted, and how it stands to other items."""

    id: FileName = Field(description="the item of data/counts")
    title: str = Field(description="what it is called on the form")
    unit: str = Field(description="what is counted, in the plural")
    definition: str = Field(description="what counts and what does not")
    asked_with: str = Field(
        default="", description="the item whose periods it is asked for, where no measure counts it"
    )
    at_most: str = Field(default="", description="the item, returned or of data/counts, of which it is a part")
    sum_of: ListOf[str] = Field(default=(), description="the items of which it is the sum")
    published_as: str = Field(default="", description="its id in published_values.csv, where the report gives counts")
    illustrative: InventedSize | None = Field(
        default=None, description="of invented counts; a sum, or the rest of one, if left out"
    )
    source: str = Field(default="", description="the id in sources.csv that measures name, where no return is loaded")


def returned_in(given: Mapping[str, Any], where: str) -> dict[str, ReturnedItem]:
    """Return the items of the data return by id, in order. Raises InputError for each entry that is wrong."""
    with Faults() as faults:
        faults.of(refuse_headings, given, where, "item")
        listed = stated(faults, partial(declared, ReturnedItem), given, where, "item")
        items = {one.id: one for _, one in listed}
        for place, one in listed:
            for setting, found in (("asked_with", [one.asked_with] if one.asked_with else []), ("sum_of", one.sum_of)):
                faults.of(named, found, place, setting, tuple(items), where)
    return items


def periods_asked(edition: Edition, item: ReturnedItem) -> tuple[Period, ...]:
    """Return the periods of which an edition's return asks for an item: its own and, where compared, the year before.

    Nothing where no measure of the edition counts the item.
    """
    counted = item.asked_with or item.id
    found: dict[Period, None] = {}
    for measure in edition.data.measures:
        if counted in (*measure.numerator.items, *measure.denominator.items):
            windows = (measure.window, measure.comparator)
            found |= dict.fromkeys(edition.windows[name] for name in windows if name in edition.windows)
    return tuple(sorted(found, key=lambda period: period.end, reverse=True))


class Notice(Declaration):
    """What readers are told of everything that is made from a data folder that is not the published data."""

    is_file: ClassVar[bool] = True
    word: str = Field(description="one word that stands over every page and figure, and begins the name of every file")
    sentence: str = Field(description="what the figures are, as readers see it")

    @property
    def slug(self) -> str:
        """The word as names of files and folders have it."""
        return self.word.lower()

    def named(self, path: str) -> str:
        """Return the path of a file that is made from the folder: "figures/a.svg" is "figures/unpublished-a.svg"."""
        folder, slash, file = path.rpartition("/")
        return f"{folder}{slash}{self.slug}-{file}"


def notice_in(given: Mapping[str, Any], where: str) -> Notice:
    """Return the notice of a file. Raises InputError for a setting that is wrong, and for a word that is not one."""
    notice = declared(Notice, given, where)
    if not (notice.word.isascii() and notice.word.isalpha()):
        raise InputError(f"{where}: word is '{notice.word}'; write one word of letters, as Unpublished")
    return notice
