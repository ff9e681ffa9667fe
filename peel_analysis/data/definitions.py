"""The measures of `data/measures.toml`, and what must not be compared by `data/comparability.toml`."""

import difflib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, ClassVar, Literal, TypeAlias, get_args

from pydantic import Field, field_validator, model_validator

from peel_analysis.data.declarations import (
    Declaration,
    FileName,
    FileNames,
    Texts,
    declared,
    filled,
    named,
    refuse_headings,
    stated,
)
from peel_analysis.data.errors import Faults, InputError

MEASURES, COMPARABILITY = "measures.toml", "comparability.toml"
PER_HUNDRED = 100
OWN = " (own measure)"  # ends the title of a measure that no file declares
ASIDE = re.compile(r"\([^)]*\)| per [\d,]+( million)? population")  # of a title: what a reader leaves out who names it
NEAR = 3  # measures that are offered for a name that is none's


class Part(Declaration):
    """A numerator or a denominator: the items that are added up, and which of their dimensions count (all, if none)."""

    items: FileNames = Field(description='items of data/counts, added up; "population" is the mid-year estimate')
    dimensions: Texts = Field(default=(), description="which rows of these items count; all where it is left out")
    version: str = Field(default="", description="the name and version of the choice of dimensions")

    @model_validator(mode="after")
    def _name_something(self) -> "Part":
        for name in ("items", "dimensions"):
            if name in self.model_fields_set and not getattr(self, name):
                raise ValueError(f"{name} is an empty list; name what counts, or leave dimensions out to count all")
        return self

    @property
    def words(self) -> str:
        """The items and their dimensions: "outcomes (type 1)"; "" where nothing is named."""
        items = (item.removesuffix("_long").removesuffix("_recorded").replace("_", " ") for item in self.items)
        types = "type" if len(self.dimensions) == 1 else "types"
        return ", ".join(items) + (f" ({types} {', '.join(self.dimensions)})" if self.dimensions else "")


NOTHING = Part.model_construct(items=())


class _Defined(Declaration):
    """What every measure has. Exclusions and caveats are facts about the returns and live in their own registers."""

    id: FileName = Field(description="what notebooks, registers and data/sections.toml call the measure")
    title: str = Field(description="its name in tables, alternative texts and sentences")
    tile: str = Field(description="its name on a tile of Force in numbers")
    unit: str = Field(description="the unit in words, as a table and an axis print it")
    decimals: int = Field(ge=0, description="how many decimals are shown; data/wording_policy.toml has a gap for each")
    window: str = Field(description="the window in which it counts: the name of one in data/editions/<edition>.toml")
    sources: Texts = Field(description="ids of data/sources.csv; an edition may put others in their place")
    comparator: str = Field(default="", description="the window of an earlier value to stand beside it")
    part_of: str = Field(default="", description="the id of the measure that this one is a part of")
    tracked: bool | None = Field(
        default=None,
        description="true where crimes are followed to their outcomes; false where those of the window count",
    )
    window_note: str = Field(default="", description="a note under the figure on what is known of its window")
    is_percent: ClassVar[bool] = False  # whether values are shown with a percent sign
    is_context: ClassVar[bool] = False  # whether it is told without interval, rank and verdict


class _Counted(_Defined):
    """What a measure that is calculated from counts has as well."""

    numerator: Part = Field(description="what is counted")
    multiplier: int = Field(gt=0, description="what the quotient is multiplied by; 100 where it is shown in percent")
    caption: str = Field(
        description='the caption; {window} is "in the 12 months to ...", and {earlier} what a change is set against'
    )
    reading: str = Field(
        description="the start of the reading sentence; {force}, {value}, {window} and {changed} (as in rose by 10.0%) "
        "are filled in, {earlier} for a change, and for cases {numerator} and {denominator}, the two counts"
    )
    in_caption: ClassVar[tuple[str, ...]] = ("window",)
    in_reading: ClassVar[tuple[str, ...]] = ("force", "value", "window", "changed")

    @model_validator(mode="after")
    def _fill_in_texts(self) -> "_Counted":
        filled(self.caption, "caption", dict.fromkeys(self.in_caption, ""))
        filled(self.reading, "reading", dict.fromkeys(self.in_reading, ""))
        if self.is_percent and self.multiplier != PER_HUNDRED:
            kind = f"a measure of kind {getattr(self, 'kind', '')}"
            raise ValueError(f"multiplier is {self.multiplier}; {kind} is shown in percent: write {PER_HUNDRED}")
        return self


class _Quotient(_Counted):
    denominator: Part = Field(description="what the numerator is divided by; of a share, the whole that it is in")
    earlier: ClassVar[str] = ""

    @property
    def items(self) -> tuple[str, ...]:
        """Every item that the measure counts, populations included."""
        return (*self.numerator.items, *self.denominator.items)


class Rate(_Quotient):
    """Events over population (rate), a stock as at one date over population (rate_of_stock), or events over other
    events, which may pass 100 (ratio_of_counts); each times the multiplier.
    """

    kind: Literal["rate", "rate_of_stock", "ratio_of_counts"]
    standardised_over: ClassVar[str] = ""


class Share(_Quotient):
    """A part over its whole, each part being in the whole, in percent."""

    kind: Literal["share"]
    standardised_over: str = Field(
        default="",
        description="an item of data/counts with the numerator by group of the denominator, each dimension a group and "
        'an outcome type as "Robbery: 1": the share is standardised for the mix of groups where an edition holds it',
    )
    is_percent: ClassVar[bool] = True


class Cases(_Quotient):
    """Cases out of cases reviewed, in percent; never compared between forces."""

    kind: Literal["cases"]
    standardised_over: ClassVar[str] = ""
    is_percent: ClassVar[bool] = True
    in_reading: ClassVar[tuple[str, ...]] = (*_Counted.in_reading, "numerator", "denominator")


class Context(_Quotient):
    """A count over population or over another count, as context: it gets no interval, rank or verdict."""

    kind: Literal["context"]
    window_below: str = Field(
        default="", description="the window of the denominator, where it is another one; {below} names it in the texts"
    )
    is_context: ClassVar[bool] = True
    standardised_over: ClassVar[str] = ""
    in_caption: ClassVar[tuple[str, ...]] = ("window", "below")
    in_reading: ClassVar[tuple[str, ...]] = (*_Counted.in_reading, "below")


class Change(_Counted):
    """(later - earlier) / earlier of the same count in two windows, in percent."""

    kind: Literal["change"]
    standardised_over: ClassVar[str] = ""
    earlier: str = Field(description="the window that it is set against")
    denominator: ClassVar[Part] = NOTHING
    is_percent: ClassVar[bool] = True
    in_caption: ClassVar[tuple[str, ...]] = ("window", "earlier")
    in_reading: ClassVar[tuple[str, ...]] = (*_Counted.in_reading, "earlier")

    @property
    def items(self) -> tuple[str, ...]:
        """Every item that the measure counts."""
        return self.numerator.items


class Survey(_Defined):
    """Described in Annex A only; no value in this report, and nothing to count."""

    kind: Literal["survey"]
    standardised_over: ClassVar[str] = ""
    numerator: ClassVar[Part] = NOTHING
    denominator: ClassVar[Part] = NOTHING
    multiplier: ClassVar[int] = 1
    earlier: ClassVar[str] = ""
    caption: ClassVar[str] = ""
    reading: ClassVar[str] = ""
    items: ClassVar[tuple[str, ...]] = ()


Measure: TypeAlias = Rate | Share | Change | Cases | Context | Survey
KINDS: dict[str, type[Measure]] = {  # each class says which kinds it is
    kind: model for model in get_args(Measure) for kind in get_args(model.model_fields["kind"].annotation)
}


class Measures:
    """The declared measures in the order of data/measures.toml, which is the order of the report."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        self._by_id = {measure.id: measure for measure in measures}

    def __iter__(self) -> Iterator[Measure]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __repr__(self) -> str:
        return f"<{len(self)} measures: {', '.join(self.ids[:2])} and others>"

    def __contains__(self, measure_id: object) -> bool:
        return measure_id in self._by_id

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the measures."""
        return tuple(self._by_id)

    @cached_property
    def _by_title(self) -> dict[str, list[Measure]]:
        """The measures by each of their names as a reader writes it: title and tile, in full and without asides."""
        named: dict[str, dict[str, Measure]] = defaultdict(dict)
        for one in self:
            for name in (one.id, one.title, one.tile, *(ASIDE.sub("", name) for name in (one.title, one.tile))):
                named[_key(name)][one.id] = one
        return {name: list(found.values()) for name, found in named.items()}

    def get(self, name: str) -> Measure:
        """Return a measure by its id, its title or the label of its tile, in any case, "Recorded crime" for one.

        What a title says in brackets and per how many people may be left out. Raises InputError, with close matches,
        for what names none, or more than one.
        """
        if name in self._by_id:
            return self._by_id[name]
        found = self._by_title.get(_key(name), [])
        if len(found) == 1:
            return found[0]
        near = found or self._near(name)
        told = " or ".join(f"{one.id} ({one.title})" for one in near)
        raise InputError(f"No measure '{name}'; {f'did you mean {told}?' if near else 'see them with: peel measures'}")

    def _near(self, name: str) -> list[Measure]:
        """Return the measures of the nearest names: spelt alike, or with all words of what was asked for."""
        key, words = _key(name), set(_key(name).split())
        near = [self._by_id[one] for one in difflib.get_close_matches(name, self._by_id, n=NEAR)]
        keys = difflib.get_close_matches(key, self._by_title, n=NEAR)
        keys += [one for one in self._by_title if words and words <= set(one.split())]
        near += [one for each in keys for one in self._by_title[each]]
        return list({one.id: one for one in near}.values())[:NEAR]


def _key(name: str) -> str:
    """Return the words and numbers of a name in small letters: case and punctuation tell no measures apart."""
    return " ".join(re.findall(r"[a-z0-9]+", name.lower().replace(",", "")))


def measures_in(given: Mapping[str, Any], where: str, sources: frozenset[str]) -> Measures:
    """Return the measures of a file. `sources` are the ids that there are; none where the folder has no register.

    Raises InputError for each entry that is not as its kind asks, and for each name of no measure or source.
    """
    with Faults() as faults:
        faults.of(refuse_headings, given, where, "measure")
        found = stated(faults, measure_in, given, where, "measure")
        ids = [entry.get("id", "") for entry in given["measure"]] if found else []  # those of the wrong ones too
        for place, measure in found:
            faults.of(named, [measure.part_of] if measure.part_of else [], place, "part_of", ids, where)
            faults.of(named, measure.sources if sources else (), place, "sources", sources, "data/sources.csv")
    return Measures(measure for _, measure in found)


def measure_in(entry: Mapping[str, Any], where: str) -> Measure:
    """Return the measure that an entry declares. Raises InputError for one that is not as its kind asks."""
    kind = entry.get("kind")
    if "kind" not in entry or kind not in KINDS:
        found = f"kind is {kind!r}; use" if "kind" in entry else "no setting 'kind'; add it:"
        raise InputError(f"{where}: {found} one of {', '.join(KINDS)}")
    model = KINDS[kind]
    settings = {name for one in get_args(Measure) for name in one.model_fields}
    if unused := [name for name in entry if name in settings and name not in model.model_fields]:
        raise InputError(f"{where}: {unused[0]} is never used by a measure of kind {kind}; take it out")
    return declared(model, entry, where)


def own_measure_in(settings: Mapping[str, Any]) -> Measure:
    """Return a user's own measure, checked as an entry of data/measures.toml is; its title says whose it is.

    What is left out: `tile` and the texts are made of the title, `window` is "crime", `decimals` 1, `sources` none, and
    the multiplier of a percentage 100. Raises InputError as `measure_in` does, and for a survey, which counts nothing.
    """
    where, kind = f"own measure '{settings.get('id', '')}'", settings.get("kind")
    if kind == "survey":
        raise InputError(f"{where}: a survey counts nothing; its kind is one of {', '.join(KINDS)}")
    title = str(settings.get("title", ""))
    words = title.replace("{", "{{").replace("}", "}}")
    texts = {
        "caption": f"{words}{OWN}, by force, {{window}}",
        "reading": f"{words}{OWN}, {{force}} {{window}}: {{value}}",
    }
    usual = {"tile": title, "window": "crime", "decimals": 1, "sources": [], **texts}
    if kind in KINDS and KINDS[kind].is_percent:
        usual["multiplier"] = PER_HUNDRED
    whose = {"title": f"{title}{OWN}"} if "title" in settings else {}
    return measure_in({**usual, **settings, **whose}, where)


def limited(measure: Measure, dimensions: tuple[str, ...]) -> Measure:
    """Return a measure that counts these dimensions of its numerator alone, such as one offence group."""
    numerator = measure.numerator.model_copy(update={"dimensions": dimensions, "version": ""})
    return measure.model_copy(update={"numerator": numerator})


def below(measure: Measure) -> str:
    """Return the name of the window in which a measure's denominator counts: its own, unless it declares another."""
    return (measure.window_below if isinstance(measure, Context) else "") or measure.window


class NotComparableError(InputError):
    """Two figures, or a figure of a force, that must not be compared. The message is the reason."""


class Block(Declaration):
    """What must not be compared: two measures together, values over time, or a force's figure at all."""

    needs: ClassVar[dict[str, str]] = {"together": "with", "over_time": "years", "force": "years"}

    id: str = Field(description="the name of the block")
    kind: Literal["together", "over_time", "force"] = Field(
        description="together: they share no chart, table or sentence; over_time: values of `years` are not set "
        "beside each other; force: the forces are never shown or ranked, whatever counts are held"
    )
    measures: Texts = Field(default=(), description="the measures that it is about")
    others: Texts = Field(default=(), alias="with", description="(together) the measures that they are kept apart from")
    forces: Texts = Field(default=(), description="the forces that it is about; all where it is left out")
    years: Texts = Field(default=(), description='the years, in quotes, in which windows end; or "all"')
    reason: str = Field(default="", description="why, as readers see it")
    said_in: str = Field(default="", description="where it is said")

    @model_validator(mode="after")
    def _refuse_something(self) -> "Block":
        needed = ("reason", "said_in", "measures", self.needs[self.kind])
        if missing := [name for name in needed if not getattr(self, "others" if name == "with" else name)]:
            raise ValueError(f"no {missing[0]}; a block of kind {self.kind} needs {', '.join(needed)}")
        return self

    @field_validator("years")
    @classmethod
    def _are_years(cls, years: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [year for year in years if not re.fullmatch(r"all|\d{4}", year)]:
            raise ValueError(f"years has '{wrong[0]}'; write years of four figures in quotes, or \"all\"")
        return years

    def keeps_apart(self, first: Measure, second: Measure) -> bool:
        """Return whether the block is about these two measures, in either order."""
        one, other = set(self.measures), set(self.others)
        return (first.id in one and second.id in other) or (first.id in other and second.id in one)

    def holds_for_force(self, force_id: str) -> bool:
        """Return whether the block is about this force; one without forces is about all."""
        return not self.forces or force_id in self.forces

    def holds_in(self, *years: str) -> bool:
        """Return whether the block is about all these years."""
        return "all" in self.years or set(years) <= set(self.years)


def blocks_in(given: Mapping[str, Any], where: str, ids: Collection[str], forces: Collection[str]) -> tuple[Block, ...]:
    """Return the comparability blocks of a file. Raises InputError, with the block, for each that refuses nothing."""
    with Faults() as faults:
        faults.of(refuse_headings, given, where, "block")
        found = stated(faults, partial(declared, Block), given, where, "block")
        for place, block in found:
            faults.of(named, block.measures, place, "measures", ids, f"data/{MEASURES}")
            faults.of(named, block.others, place, "with", ids, f"data/{MEASURES}")
            faults.of(named, block.forces, place, "forces", forces, "data/forces.csv")
    return tuple(block for _, block in found)
