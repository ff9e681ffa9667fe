"""The wording policy: when a figure is said to be higher or lower, read from data/wording_policy.toml."""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args

from peel_analysis.data.data_files import checked, filled, one_of, settings_of, texts
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import data_folder
from peel_analysis.data.periods import day_in_words
from peel_analysis.data.text import in_words
from peel_analysis.statistics.funnel import Overdispersion

FILE = "wording_policy.toml"
WHERE = f"data/{FILE}"
JUDGMENT_WORDS = re.compile(
    r"\b(high|highest|low|lowest|good|better|best|bad|worse|worst|poor\w*|strong\w*|weak\w*)\b", re.IGNORECASE
)
BASES = ("size, position and chance", "size and position", "size only")
REASONS = (
    "assumed_population",
    "partial_return",
    "incomplete_record",
    "mismatched_record",
    "not_in_figure",
    "no_value",
    "no_national_value",
    "no_spread",
)
PARTS: dict[str, dict[str, type]] = {
    "size": {"sentence": str, "ratio": str, "smallest_gap": dict},
    "position": {"sentence": str, "robust_z": float, "fewest_forces": int},
    "chance": {"sentence": str, "method": str, "level": float, "overdispersion": str, "winsorised": float},
    "words": {"all_three": list, "size_and_position": list, "size_only": list, "otherwise": str, "sentence": str},
    "basis": dict.fromkeys(BASES, str),
    "no_verdict": dict.fromkeys(REASONS, str),
    "multiple_comparisons": {"sentence": str},
}
SETTINGS: dict[str, type] = {"name": str, "version": str, "date": date, **dict.fromkeys(PARTS, dict)}
HALF = 0.5
SETTINGS_TOLD = {  # the settings that each sentence must name in braces
    "size": ("ratio", "smallest_gap"),
    "position": ("robust_z", "fewest_forces"),
    "chance": ("level", "overdispersion", "winsorised"),
}
WIDENED = {"additive": "additive tau-squared", "multiplicative": "multiplicative phi", "none": "not at all"}
ONLY_TOLD = ("name", "version", "date", "rules", "basis", "no_verdict")  # what leaves every verdict as it is
DIGEST = 8  # figures of a digest that are shown


@dataclass(frozen=True)
class Policy:
    """A named version of the three tests, the words they lead to, and the sentence that states each rule.

    `smallest_gap` is in the measure's unit, by the decimals it is shown to; each pair of words is (above, below).
    """

    name: str
    version: str
    date: date
    ratio: Decimal
    smallest_gap: dict[int, Decimal]
    robust_z: float
    fewest_forces: int
    level: float
    overdispersion: Overdispersion
    winsorised: float
    all_three: tuple[str, str]
    size_and_position: tuple[str, str]
    size_only: tuple[str, str]
    otherwise: str
    rules: tuple[str, ...]
    basis: dict[str, str]
    no_verdict: dict[str, str]

    @property
    def label(self) -> str:
        """The policy as it is cited: "size, position and chance, version 1.0 (31 January 2026)"."""
        return f"{self.name}, version {self.version} ({day_in_words(self.date)})"

    @property
    def settings_version(self) -> str:
        """The version with the first figures of the sha256 of what decides: "1.0+1a2b3c4d"."""
        decided = {name: value for name, value in vars(self).items() if name not in ONLY_TOLD}
        digest = hashlib.sha256(repr(sorted(decided.items())).encode()).hexdigest()
        return f"{self.version}+{digest[:DIGEST]}"

    def sentences(self) -> tuple[str, ...]:
        """Return every sentence of the policy, for Annex A."""
        return (*self.rules, *self.basis.values(), *self.no_verdict.values())

    def gap_for(self, decimals: int) -> Decimal:
        """Return the smallest gap that counts on a measure shown to so many decimals; InputError if undeclared."""
        if decimals not in self.smallest_gap:
            raise InputError(f"{WHERE}: no smallest_gap under [size] for a measure shown to {decimals} decimals")
        return self.smallest_gap[decimals]

    def gap_asked(self, national: Decimal, decimals: int) -> Decimal:
        """Return the gap that passes the size rule beside an England and Wales value, as shown to so many decimals."""
        return max(self.ratio * abs(national), self.gap_for(decimals))


def read_policy(path: Path | None = None) -> Policy:
    """Return the policy in the data folder, or in the file named.

    Raises InputError for a setting that is missing or cannot be read, and for a word of judgment in any sentence.
    """
    policy = _policy(checked(settings_of(path or data_folder() / FILE, WHERE), WHERE, SETTINGS))
    _check(policy)
    return policy


def _policy(given: dict[str, Any]) -> Policy:
    parts = {name: checked(given[name], f"{WHERE}, [{name}]", kinds) for name, kinds in PARTS.items()}
    size, position, chance, words = (parts[name] for name in ("size", "position", "chance", "words"))
    pairs = {name: _pair(words, name) for name in ("all_three", "size_and_position", "size_only")}
    one_of(chance, f"{WHERE}, [chance]", "overdispersion", get_args(Overdispersion))
    told = _told(size, position, chance)
    return Policy(
        name=given["name"],
        version=given["version"],
        date=given["date"],
        ratio=_decimal(size["ratio"], f"{WHERE}, [size]: ratio"),
        smallest_gap=_gaps(size["smallest_gap"]),
        robust_z=float(_within(position, "position", "robust_z", 0, math.inf)),
        fewest_forces=int(_within(position, "position", "fewest_forces", 0, math.inf)),
        level=float(_within(chance, "chance", "level", 0, 1)),
        overdispersion=cast(Overdispersion, chance["overdispersion"]),
        winsorised=float(chance["winsorised"]),
        **pairs,
        otherwise=words["otherwise"],
        rules=(
            *(_filled(parts[name], name, "sentence", told, SETTINGS_TOLD[name]) for name in SETTINGS_TOLD),
            chance["method"],
            words["sentence"],
            parts["multiple_comparisons"]["sentence"],
        ),
        basis={name: _filled(parts["basis"], "basis", name, told) for name in BASES},
        no_verdict=parts["no_verdict"],
    )


def _told(size: dict[str, Any], position: dict[str, Any], chance: dict[str, Any]) -> dict[str, str]:
    """Return the settings as sentences say them, by name."""
    gaps = sorted(_gaps(size["smallest_gap"]).items())
    return {
        "ratio": _percent(_decimal(size["ratio"], f"{WHERE}, [size]: ratio")),
        "smallest_gap": ", ".join(f"{gap} on a measure shown to {_decimals(places)}" for places, gap in gaps),
        "robust_z": f"{position['robust_z']:g}",
        "fewest_forces": str(position["fewest_forces"]),
        "level": _percent(Decimal(str(chance["level"]))),
        "overdispersion": WIDENED[chance["overdispersion"]],
        "winsorised": _percent(Decimal(str(chance["winsorised"]))),
    }


def _percent(share: Decimal) -> str:
    return f"{(100 * share).normalize():f}%"


def _decimals(places: int) -> str:
    return f"{in_words(places)} decimal{'s' if places > 1 else ''}"


def _filled(given: dict[str, Any], part: str, name: str, told: Mapping[str, str], needed: Iterable[str] = ()) -> str:
    """Return a sentence with its settings; InputError for one that leaves out a setting that it must tell."""
    where = f"{WHERE}, [{part}]"
    text = filled(given, where, name, told)
    if missing := [setting for setting in needed if f"{{{setting}}}" not in given[name]]:
        raise InputError(f"{where}: {name} does not say what {missing[0]} is; write {{{missing[0]}}} where it belongs")
    return text


def _gaps(given: dict[str, Any]) -> dict[int, Decimal]:
    where = f"{WHERE}, [size.smallest_gap]"
    if wrong := [name for name in given if not name.isdecimal()]:
        raise InputError(f"{where}: '{wrong[0]}' is no number of decimals; write 0, 1 or 2")
    return {int(name): _decimal(gap, f"{where}: {name}") for name, gap in given.items()}


def _decimal(text: Any, where: str) -> Decimal:
    if not isinstance(text, str) or not re.fullmatch(r"\d+(\.\d+)?", text):
        raise InputError(f'{where} is {text!r}; write a number in quotes, as "0.10"')
    return Decimal(text)


def _within(given: dict[str, Any], part: str, name: str, above: float, below: float) -> float:
    found: float = given[name]
    if not above < found < below:
        wanted = f"between {above} and {below}" if below < math.inf else f"above {above}"
        raise InputError(f"{WHERE}, [{part}]: {name} is {found}; write a number {wanted}")
    return found


def _pair(words: dict[str, Any], name: str) -> tuple[str, str]:
    pair = texts(words, f"{WHERE}, [words]", name)
    if len(pair) != 2:
        raise InputError(f"{WHERE}, [words]: {name} is {list(pair)!r}; write two texts, above and below")
    above, below = pair
    return above, below


def _check(policy: Policy) -> None:
    if not 0 <= policy.winsorised < HALF:
        raise InputError(
            f"{WHERE}, [chance]: winsorised is {policy.winsorised}; write the part at each end, under {HALF}"
        )
    words = (policy.name, *policy.all_three, *policy.size_and_position, *policy.size_only, policy.otherwise)
    for text in (*words, *policy.sentences()):
        if found := JUDGMENT_WORDS.search(text):
            raise InputError(f"{WHERE}: {found[0]!r} is a word of judgment; write higher, lower or similar: {text!r}")
