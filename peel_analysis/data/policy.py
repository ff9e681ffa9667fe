"""The wording policy: when a figure is said to be higher or lower, by data/wording_policy.toml."""

import datetime
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from peel_analysis.data.declarations import Declaration, Pair, Texts, declared, filled
from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.files import meant
from peel_analysis.data.periods import day_in_words
from peel_analysis.data.text import in_words

POLICY = "wording_policy.toml"
POLICY_FILE = f"data/{POLICY}"
JUDGMENT_WORDS = re.compile(
    r"\b(high|highest|low|lowest|good|better|best|bad|worse|worst|poor\w*|strong\w*|weak\w*)\b", re.IGNORECASE
)
BASES = ("size, position and chance", "size and position", "size only")
REASONS = (
    "assumed_population",
    "partial_return",
    "incomplete_record",
    "mismatched_record",
    "context",
    "not_in_figure",
    "no_value",
    "no_national_value",
    "no_spread",
)
Overdispersion: TypeAlias = Literal["additive", "multiplicative", "none"]
WIDENED = {"additive": "additive tau-squared", "multiplicative": "multiplicative phi", "none": "not at all"}
TIERS = (
    "similar", "size", "size_across", "size_and_position", "within_the_limits", "all_three", "size_only",
    "similar_alone",
)  # fmt: skip
FILLED_LATER = {  # what the sentences under a heading may name in braces
    "says": (
        "against", "words", "gap", "side", "middle", "lower_half", "upper_half", "alone", "reason", "noun", "percent",
        "points",
    ),
    "funnel": ("force", "value", "middle", "words", "reason"),
    "glance": (
        "title", "window", "value", "words", "gap", "side", "national", "middle", "alone", "status",
    ),
    "spine": (),
    "ranks": ("force", "ranks", "ratio", "gap"),
    "multiple_comparisons": (
        "comparisons", "level", "by_chance", "where_forces_differ", "outside", "verdicts", "similar", "size",
        "size_and_position", "within_the_limits", "all_three", "size_only",
    ),
}  # fmt: skip
ONLY_TOLD = ("sentence", "method")  # what leaves every verdict as it is
DIGEST = 8  # figures of a digest that are shown


def _decimal(found: object, info: ValidationInfo) -> Decimal:
    if not isinstance(found, str) or not re.fullmatch(r"\d+(\.\d+)?", found):
        raise ValueError(f'{info.field_name} is {found!r}; write a number in quotes, as "0.10"')
    return Decimal(found)


Number = Annotated[Decimal, BeforeValidator(_decimal)]


class _Size(Declaration):
    """How large a gap must be."""

    sentence: str = Field(description="the rule, which names {ratio} and {smallest_gap}")
    ratio: Number = Field(description="the part of the England and Wales value that a gap must reach, in quotes")
    smallest_gap: dict[int, Number] = Field(description="the smallest gap in the unit, by the decimals that are shown")

    @field_validator("smallest_gap", mode="before")
    @classmethod
    def _by_decimals(cls, gaps: object) -> object:
        if not isinstance(gaps, dict):
            return gaps
        if wrong := [name for name in gaps if not name.isdecimal()]:
            raise ValueError(f"smallest_gap has '{wrong[0]}', which is no number of decimals; write 0, 1 or 2")
        return {int(name): gap for name, gap in gaps.items()}


class _Position(Declaration):
    """How far out among the forces a value must lie."""

    sentence: str = Field(description="the rule, which names {robust_z} and {fewest_forces}")
    robust_z: float = Field(gt=0, description="how far out a value lies, in robust standard deviations")
    fewest_forces: int = Field(gt=0, description="how many forces must take part")


class _Chance(Declaration):
    """The funnel limits."""

    sentence: str = Field(description="the rule, which names {level}, {overdispersion} and {winsorised}")
    method: str = Field(description="how the funnel limits are made")
    level: float = Field(gt=0, lt=1, description="the level of the funnel limits")
    overdispersion: Overdispersion = Field(description="how the limits are widened")
    winsorised: float = Field(ge=0, lt=0.5, description="the part that is winsorised at each end")


class _Standardised(Declaration):
    """What is said of a share that is standardised for the mix of offences."""

    sentence: str = Field(description="how it is made and what is said of it, for Annex A")
    table: str = Field(description="what is said under a table that shows it")
    without: str = Field(description="what Annex A says where no table by group is held of a {window}")
    reading: str = Field(description="the standardised {value}, with the {lower} and {upper} limit of its 95% interval")
    other_side: str = Field(description="it lies on another {side} of England and Wales than the {other} of the figure")
    size_gone: str = Field(description="the figure passes the size test, and the standardised one does not")
    size_appears: str = Field(description="the standardised one passes the size test, and the figure does not")
    sides: Pair = Field(description="what {side} and {other} are: above, below")
    in_texts: ClassVar[tuple[str, ...]] = ("window", "value", "lower", "upper", "side", "other")

    @model_validator(mode="after")
    def _fill_in_texts(self) -> "_Standardised":
        for name, text in self:
            if isinstance(text, str):
                filled(text, name, dict.fromkeys(self.in_texts, ""))
                if found := JUDGMENT_WORDS.search(text):
                    raise ValueError(f"{name} has {found[0]!r}, a word of judgment; write above or below")
        return self


class _Words(Declaration):
    """What values are called."""

    all_three: Pair = Field(description="what a value is called that passes all three tests: above, below")
    size_and_position: Pair = Field(description="the same for size and position")
    size_only: Pair = Field(description="the same where size alone can be tested")
    otherwise: str = Field(description="what any other value is called")
    sentence: str = Field(description="the rule")


class _Gap(Declaration):
    """How a gap to England and Wales is given."""

    percent: str = Field(description="of a rate or a ratio of counts: in {percent} of the England and Wales value")
    points: str = Field(description="of a change: in percentage {points}")
    both: str = Field(description="of a share: in percentage {points} and in {percent}")
    unit: str = Field(description="where England and Wales is not above zero: in {points}, of the measure's unit")


class _ByTests(Declaration):
    """What is said of a figure, by the tests that it passed."""

    similar: str = Field(description="the gap is below the size rule")
    size: str = Field(description="size is passed, and position is not")
    size_across: str = Field(description="the same, far out on the other side of the middle of the forces")
    size_and_position: str = Field(description="size and position are passed, and there is no funnel")
    within_the_limits: str = Field(description="size and position are passed, and chance is not")
    all_three: str = Field(description="all three tests are passed")
    size_only: str = Field(description="size is passed, the only test that could be made")
    similar_alone: str = Field(description="size is not passed, the only test that could be made")
    no_verdict: str = Field(description="there is no verdict")
    no_national_value: str = Field(description="England and Wales has no value")


class _Says(_ByTests):
    """What a sentence says of a figure, by the tests that it passed.

    A sentence may name {against}, {words}, {gap}, {side}, {middle}, {lower_half}, {upper_half}, {alone}, {reason} and
    {noun}; the last two are of a figure without a verdict, or of England and Wales without a value.
    """

    rule: str = Field(description="how words follow from tests, for Annex A")
    brief: str = Field(description="size is passed, and position is not: in the cell of a table")
    alone: Pair = Field(description="why size alone decides: no other force's figure is public, or too few are")
    sides: Pair = Field(description="what {side} is: above, below")
    gap: _Gap


class _InFunnel(Declaration):
    """What is said of a force beside the limits: it may name {force}, {value}, {middle}, {words} and {reason}."""

    within: str = Field(description="within the limits, and not called higher or lower")
    within_and_flagged: str = Field(description="within the limits, and called higher or lower: how both hold")
    outside: str = Field(description="outside the limits, and called notable")
    outside_and_not_flagged: str = Field(description="outside the limits, and not called notable: how both hold")
    not_tested: str = Field(description="set against no limits, for a {reason}")
    notes: Texts = Field(description="what stands under every funnel")


class _AtAGlance(_ByTests):
    """What a line says of a figure: its value, the gap to England and Wales, its position among the forces."""

    no_figure: str = Field(description="the force has no figure, for the reason of its {status}")
    assumed: str = Field(description="what {window} is where the measure has a note on its window")


class _InSpine(Declaration):
    """What is said of the chart of all figures in one look."""

    how_to_read: str = Field(description="how its rows are read, under the chart")
    often: str = Field(description="what stands beside {side} of a figure that is apart by size alone")


class _Ranks(Declaration):
    """What is said of a force's range of ranks."""

    sentence: str = Field(description="the range, which names {force} and {ranks}")
    rule: str = Field(description="when an order counts, which names {ratio} and {gap}")


class _Many(Declaration):
    """What is said where many comparisons are made."""

    sentence: str = Field(description="what is said of many comparisons at once")
    expected: str = Field(description="how many fall outside the limits: to expect, and found")
    found: str = Field(description="how many verdicts are of each tier")


class Policy(Declaration):
    """The file of the wording policy. A sentence names its settings in braces, so that what is printed is done.

    `smallest_gap` is in the measure's unit, by the decimals it is shown to; each pair of words is (above, below).
    """

    is_file: ClassVar[bool] = True
    name: str = Field(description="the policy as it is cited")
    version: str = Field(description="raised when a rule changes")
    date: datetime.date = Field(description="when this version was made")
    size: _Size
    position: _Position
    chance: _Chance
    words: _Words
    says: _Says
    funnel: _InFunnel
    glance: _AtAGlance
    spine: _InSpine
    ranks: _Ranks
    basis: dict[str, str] = Field(description="what is said of a verdict, by the tests that were made")
    no_verdict: dict[str, str] = Field(description="what is said of a figure without a verdict, by the reason")
    standardised: _Standardised
    multiple_comparisons: _Many

    @field_validator("basis", "no_verdict")
    @classmethod
    def _has_all(cls, sentences: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        wanted = BASES if info.field_name == "basis" else REASONS
        if unknown := [name for name in sentences if name not in wanted]:
            near = f"did you mean {one}? The" if (one := meant(unknown[0], wanted)) else "the"
            raise ValueError(f"there is no setting '{unknown[0]}'; {near} settings are {', '.join(wanted)}")
        if missing := [name for name in wanted if name not in sentences]:
            raise ValueError(f"no setting '{missing[0]}'; add it: text in quotes")
        return {name: sentences[name] for name in wanted}

    @property
    def label(self) -> str:
        """The policy as it is cited: "size, position and chance, version 1.0 (31 January 2026)"."""
        return f"{self.name}, version {self.version} ({day_in_words(self.date)})"

    @property
    def settings_version(self) -> str:
        """The version with the first figures of the sha256 of what decides: "1.0+1a2b3c4d"."""
        rules = (self.size, self.position, self.chance, self.words)
        decided = {name: value for rule in rules for name, value in rule if name not in ONLY_TOLD}
        digest = hashlib.sha256(repr(sorted(decided.items())).encode()).hexdigest()
        return f"{self.version}+{digest[:DIGEST]}"

    @property
    def settings_in_words(self) -> dict[str, str]:
        """The settings as sentences say them, by name."""
        gaps = sorted(self.size.smallest_gap.items())
        return {
            "ratio": _percent(self.size.ratio),
            "smallest_gap": ", ".join(
                f"{gap} on a measure shown to {in_words(shown)} decimal{'s' if shown > 1 else ''}"
                for shown, gap in gaps
            ),
            "robust_z": f"{self.position.robust_z:g}",
            "fewest_forces": str(self.position.fewest_forces),
            "level": _percent(Decimal(str(self.chance.level))),
            "overdispersion": WIDENED[self.chance.overdispersion],
            "winsorised": _percent(Decimal(str(self.chance.winsorised))),
        }

    def sentences(self) -> tuple[str, ...]:
        """Return every sentence of the policy, for Annex A: the three tests, the limits, the words, what is said."""
        told = self.settings_in_words
        stated = [_stated(name, getattr(self, name), told) for name in ("size", "position", "chance")]
        others = (self.chance.method, self.words.sentence, self.says.rule, self.multiple_comparisons.sentence)
        return (*stated, *others, *self.basis.values(), *self.no_verdict.values())

    def gap_for(self, decimals: int) -> Decimal:
        """Return the smallest gap that counts on a measure shown to so many decimals; InputError if undeclared."""
        if decimals not in self.size.smallest_gap:
            raise InputError(f"{POLICY_FILE}: no smallest_gap under [size] for a measure shown to {decimals} decimals")
        return self.size.smallest_gap[decimals]

    def gap_asked(self, national: Decimal, decimals: int) -> Decimal:
        """Return the gap that passes the size rule beside an England and Wales value, as shown to so many decimals."""
        return max(self.size.ratio * abs(national), self.gap_for(decimals))


def policy_in(given: Mapping[str, Any]) -> Policy:
    """Return the policy that a file declares.

    Raises InputError for a setting that is missing or unreadable or that its sentence leaves out, and for a word of
    judgment.
    """
    policy = declared(Policy, given, POLICY_FILE)
    told = policy.settings_in_words
    with Faults() as faults:
        fill_in = {name: partial(_with_settings, text, "basis", name, told) for name, text in policy.basis.items()}
        basis = {name: faults.of(fill) or "" for name, fill in fill_in.items()}
        policy = policy.model_copy(update={"basis": basis})
        words = policy.words
        verdicts = (*words.all_three, *words.size_and_position, *words.size_only, words.otherwise)
        later = filter(None, map(faults.of, _filled_later(policy)))
        for text in (policy.name, *verdicts, *(faults.of(policy.sentences) or ()), *later):
            if found := JUDGMENT_WORDS.search(text):
                faults.add([f"{POLICY_FILE}: {found[0]!r} is a word of judgment; write higher or lower: {text!r}"])
    return policy


def _filled_later(policy: Policy) -> Iterator[Callable[[], str]]:
    """Yield what fills in, on trial, each sentence that the figures of a force do; InputError for an unknown name."""
    for part, known in FILLED_LATER.items():
        rules = getattr(policy, part)
        for name, text in rules:
            texts = dict(text) if isinstance(text, Declaration) else {name: text}
            for one, said in texts.items():
                for each in (said,) if isinstance(said, str) else said:
                    yield partial(_with_settings, each, part, one, dict.fromkeys(known, "0"))


def _percent(share: Decimal) -> str:
    return f"{(100 * share).normalize():f}%"


def _stated(part: str, rule: _Size | _Position | _Chance, told: Mapping[str, str]) -> str:
    """Return a rule's sentence with its settings; InputError for one that leaves one of its own settings out."""
    text = _with_settings(rule.sentence, part, "sentence", told)
    if missing := [name for name in type(rule).settings() if name in told and f"{{{name}}}" not in rule.sentence]:
        remedy = f"write {{{missing[0]}}} where it belongs"
        raise InputError(f"{POLICY_FILE}, [{part}]: sentence does not say what {missing[0]} is; {remedy}")
    return text


def _with_settings(text: str, part: str, name: str, told: Mapping[str, str]) -> str:
    try:
        return filled(text, name, told)
    except ValueError as error:
        raise InputError(f"{POLICY_FILE}, [{part}]: {error}") from None
