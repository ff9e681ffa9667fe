"""The wording policy: when a figure is said to be higher or lower, read from data/wording_policy.toml."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args

from peel_analysis.errors import InputError
from peel_analysis.location import data_folder
from peel_analysis.periods import day_in_words
from peel_analysis.statistics.funnel import Overdispersion

FILE = "wording_policy.toml"
JUDGMENT_WORDS = re.compile(r"\b(high|low|good|bad|best|worst|better|worse)\b", re.IGNORECASE)
BASES = ("size, position and chance", "size and position", "size only")
OWN_REASONS = ("no_value", "no_national_value", "no_spread")  # those that the verdict itself gives


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

    def sentences(self) -> tuple[str, ...]:
        """Return every sentence of the policy, for Annex A."""
        return (*self.rules, *self.basis.values(), *self.no_verdict.values())

    def gap_for(self, decimals: int) -> Decimal:
        """Return the smallest gap that counts on a measure shown to so many decimals; InputError if undeclared."""
        if decimals not in self.smallest_gap:
            raise InputError(f"data/{FILE}: no smallest_gap under [size] for a measure shown to {decimals} decimals")
        return self.smallest_gap[decimals]


def read_policy(path: Path | None = None) -> Policy:
    """Return the policy in the data folder, or in the file named.

    Raises InputError for a setting that is missing or cannot be read, and for a word of judgment in any sentence.
    """
    source = path or data_folder() / FILE
    try:
        policy = _policy(tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise InputError(f"data/{FILE}: a setting is missing or cannot be read: {error!r}") from error
    _check(policy)
    return policy


def _policy(text: dict[str, Any]) -> Policy:
    size, position, chance, words = text["size"], text["position"], text["chance"], text["words"]
    return Policy(
        name=text["name"],
        version=text["version"],
        date=text["date"],
        ratio=Decimal(size["ratio"]),
        smallest_gap={int(decimals): Decimal(gap) for decimals, gap in size["smallest_gap"].items()},
        robust_z=float(position["robust_z"]),
        fewest_forces=int(position["fewest_forces"]),
        level=float(chance["level"]),
        overdispersion=cast(Overdispersion, chance["overdispersion"]),
        winsorised=float(chance["winsorised"]),
        all_three=_pair(words["all_three"]),
        size_and_position=_pair(words["size_and_position"]),
        size_only=_pair(words["size_only"]),
        otherwise=words["otherwise"],
        rules=tuple(part["sentence"] for part in (size, position, chance, words, text["multiple_comparisons"])),
        basis={name: text["basis"][name] for name in BASES},
        no_verdict={**{name: text["no_verdict"][name] for name in OWN_REASONS}, **text["no_verdict"]},
    )


def _pair(words: list[str]) -> tuple[str, str]:
    above, below = words
    return above, below


def _check(policy: Policy) -> None:
    if policy.overdispersion not in get_args(Overdispersion):
        choices = ", ".join(get_args(Overdispersion))
        raise InputError(f"data/{FILE}: overdispersion is one of {choices}; found {policy.overdispersion!r}")
    words = (*policy.all_three, *policy.size_and_position, *policy.size_only, policy.otherwise)
    for text in (*words, *policy.sentences()):
        if found := JUDGMENT_WORDS.search(text):
            raise InputError(
                f"data/{FILE}: {found[0]!r} is a word of judgment; write higher, lower or similar: {text!r}"
            )
