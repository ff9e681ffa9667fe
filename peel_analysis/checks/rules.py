"""The rules of the checks, read from data/checks.toml, and what a check finds."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from peel_analysis import forces
from peel_analysis.errors import InputError
from peel_analysis.location import PROJECT, data_folder

LEVELS = ("error", "query", "information")


@dataclass(frozen=True)
class Rule:
    """One check: what holds of the data, why it should, and how grave it is when it does not."""

    id: str
    level: str
    rule: str
    reason: str
    thresholds: Mapping[str, float]


@dataclass(frozen=True)
class Finding:
    """What a check found in one place: a table ("item release"), a force and a period where it is about one."""

    level: str
    table: str
    found: str
    force_id: str = ""
    period: str = ""

    @property
    def line(self) -> str:
        """The finding as one line: level, table, force, period, what was found."""
        who = forces.display_name(self.force_id) if self.force_id else ""
        return f"  {self.level}: {', '.join(filter(None, (self.table, who, self.period)))}: {self.found}"


@dataclass(frozen=True)
class Result:
    """A check's result: how much it looked at, in words, and what it found."""

    rule: Rule
    looked_at: str
    findings: tuple[Finding, ...] = ()

    def number(self, level: str) -> int:
        """Return how many findings have this level."""
        return sum(finding.level == level for finding in self.findings)

    def lines(self, *, brief: bool = False) -> Iterator[str]:
        """Yield the rule, the result and each finding, as lines for a terminal; `brief` has rules only of findings."""
        numbers = [f"{number} {_plural(level, number)}" for level in LEVELS[:2] if (number := self.number(level))]
        result = f"{self.looked_at}: {' and '.join(numbers) or 'nothing wrong'}"
        if brief and not numbers:
            yield f"{self.rule.id}: {result}"
        else:
            yield f"{self.rule.id}: {self.rule.rule}"
            yield f"  {result}"
        for finding in self.findings:
            yield finding.line


def rule(rule_id: str) -> Rule:
    """Return a rule of data/checks.toml with its thresholds filled into its words.

    A data folder without the file goes by the project's own. Raises InputError for a file or a rule that is wrong.
    """
    path = data_folder() / "checks.toml"
    rules = _read(path if path.is_file() else PROJECT / "data" / "checks.toml")
    if rule_id not in rules:
        raise InputError(f"data/checks.toml: no check '{rule_id}'; the checks are {', '.join(rules)}")
    return rules[rule_id]


@cache
def _read(path: Path) -> dict[str, Rule]:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
        rules = [_rule(row) for row in settings["check"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InputError(f"data/checks.toml: {type(error).__name__}: {error}; give each check its fields") from error
    for one in rules:
        if one.level not in LEVELS:
            raise InputError(f"data/checks.toml: check '{one.id}' has level '{one.level}'; use {', '.join(LEVELS)}")
    return {one.id: one for one in rules}


def _rule(row: dict[str, Any]) -> Rule:
    made = Rule(**{"thresholds": {}, **row})
    thresholds = MappingProxyType(dict(made.thresholds))
    return replace(made, rule=made.rule.format(**thresholds), thresholds=thresholds)


def _plural(level: str, number: int) -> str:
    return level if number == 1 else {"error": "errors", "query": "queries"}[level]
