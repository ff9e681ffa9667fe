"""What a check finds: its findings under the rule that it goes by, and how they are told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from peel_analysis.data.forces import Forces
from peel_analysis.data.settings import Rule


@dataclass(frozen=True)
class Finding:
    """What a check found in one place: a table ("item release"), a force and a period where it is about one."""

    level: str
    table: str
    found: str
    force_id: str = ""
    period: str = ""

    def line(self, forces: Forces) -> str:
        """Return the finding as one line: level, table, force, period, what was found."""
        who = forces.name(self.force_id) if self.force_id else ""
        return f"  {self.level}: {', '.join(filter(None, (self.table, who, self.period)))}: {self.found}"


@dataclass(frozen=True)
class CheckResult:
    """A check's result: how much it looked at, in words, and what it found."""

    rule: Rule
    looked_at: str
    findings: tuple[Finding, ...] = ()

    def number(self, level: str) -> int:
        """Return how many findings have this level."""
        return sum(finding.level == level for finding in self.findings)

    def lines(self, forces: Forces, *, brief: bool = False) -> Iterator[str]:
        """Yield the rule, the result and each finding, as lines for a terminal; `brief` has rules only of findings."""
        plurals = {"error": "errors", "query": "queries"}
        numbers = [
            f"{number} {level if number == 1 else plural}"
            for level, plural in plurals.items()
            if (number := self.number(level))
        ]
        result = f"{self.looked_at}: {' and '.join(numbers) or 'nothing wrong'}"
        if brief and not numbers:
            yield f"{self.rule.id}: {result}"
        else:
            yield f"{self.rule.id}: {self.rule.rule}"
            yield f"  {result}"
        for finding in self.findings:
            yield finding.line(forces)


def errors(results: Iterable[CheckResult]) -> int:
    """Return how many findings are errors."""
    return sum(result.number("error") for result in results)


def lines(results: Sequence[CheckResult], forces: Forces, *, brief: bool = False) -> Iterator[str]:
    """Yield the results as lines for a terminal, and a last line with the numbers of errors and queries."""
    for result in results:
        yield from result.lines(forces, brief=brief)
    queries = sum(result.number("query") for result in results)
    yield f"{errors(results)} errors, {queries} queries; a query is for a person to look at, and is no error"
