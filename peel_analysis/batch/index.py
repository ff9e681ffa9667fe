"""The page that links the reports of an edition, and says which of them are of an earlier run, and why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from peel_analysis.batch.units import Report
from peel_analysis.batch.work import Outcome
from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.data.text import enumerated
from peel_analysis.data.writing import write_text
from peel_analysis.sections.catalogue import plan_of
from peel_analysis.sections.judgments import OVERALL, judgment
from peel_analysis.show.templates import style_sheet

OWN_STYLE = """
.index-notice { border: 2px solid var(--ink); padding: .6rem .9rem; margin: 1.5rem 0 .5rem; }
.index-note { display: block; margin: .2rem 0; padding-left: .6rem; border-left: 4px solid var(--blue); }
"""


@dataclass(frozen=True)
class Standing:
    """What there is of a force: whether its page is there and is of the data as they are, and where its run failed."""

    report: Report
    is_there: bool
    is_current: bool
    failed: tuple[str, ...]

    @property
    def is_earlier(self) -> bool:
        """True when the page that is there is not what the last run would have made."""
        return self.is_there and bool(self.failed or not self.is_current)

    @property
    def note(self) -> str:
        """What a reader must know of the page before reading it; empty when there is nothing."""
        failed = f"The last run failed in {enumerated(self.failed)}." if self.failed else ""
        if not self.is_there:
            return failed
        earlier = "Report of an earlier run" + ("" if self.is_current else ", which may rest on earlier data")
        return f"{earlier}. {failed}".strip() if self.is_earlier else ""


def write_index(path: Path, edition: Edition, reports: Iterable[Report], outcomes: Iterable[Outcome]) -> None:
    """Write the page that links every force's report that is there, with its overall judgment.

    `outcomes` are those of the run that has just ended; of forces that it left out, their files tell.
    """
    of_force: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        of_force[outcome.force_id].append(outcome)
    standings = [standing_of(report, of_force[report.force_id]) for report in reports]
    page = _page(path.parent, edition, standings)
    if not path.exists() or path.read_text(encoding="utf-8") != page:
        write_text(path, page)


def standing_of(report: Report, outcomes: Sequence[Outcome]) -> Standing:
    """Return what there is of a force, from the outcomes of the last run or, when there are none, from its files."""
    if outcomes:
        failed = {outcome.section_id for outcome in outcomes if outcome.failed}
    else:
        failed = {unit.section_id for unit in report.units if _is_there(unit.failed)}
    made = any(outcome.section_id == report.section_id and not outcome.failed for outcome in outcomes)
    return Standing(report, made or _is_there(report.page), made or report.is_fresh(), _names(report, failed))


def _names(report: Report, failed: set[str]) -> tuple[str, ...]:
    """Return the failed parts of a report in words, in report order."""
    sections = [unit.section_id for unit in report.units if unit.section_id in failed]
    page = ("the making of its page",) if report.section_id in failed else ()
    if len(sections) == len(report.units):
        return ("every section", *page)
    return (*(f"“{plan_of(section_id).title}”" for section_id in sections), *page)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may not be looked into
        return False


def _page(folder: Path, edition: Edition, standings: Sequence[Standing]) -> str:
    rows = "\n".join(_row(folder, edition, standing) for standing in standings)
    title = escape(edition.title)
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{style_sheet()}{OWN_STYLE}</style>\n</head>\n"
        f'<body class="peel-page">\n<header class="masthead"><div class="masthead-inner"><h1>{title}</h1>'
        f"<p>Reports on {len(standings)} police forces of England and Wales</p></div></header>\n<main>\n"
        f"{_notice(standings)}"
        f'<div class="table-frame" role="region" aria-label="Reports" tabindex="0"><table>\n'
        f"<caption>Reports, with the overall judgment of {escape(edition.id)}</caption>\n"
        f'<thead><tr><th scope="col">Force</th><th scope="col">Overall effectiveness</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>\n</main>\n</body>\n</html>\n"
    )


def _notice(standings: Sequence[Standing]) -> str:
    """Return a paragraph above the table where a reader could take an earlier report for one of now."""
    number = sum(standing.is_earlier for standing in standings)
    if not number:
        return ""
    said = "1 report is" if number == 1 else f"{number} reports are"
    return f'<p class="index-notice"><strong>{said} of an earlier run.</strong> The table says which, and why.</p>\n'


def _row(folder: Path, edition: Edition, standing: Standing) -> str:
    report = standing.report
    name = escape(forces.find(report.force_id).official_name)
    grade = escape(judgment(edition, report.force_id, OVERALL).grade_in_words)
    link = report.page.relative_to(folder).as_posix()
    named = f'<a href="{link}">{name}</a>' if standing.is_there else f"{name} (no report made)"
    note = f'<span class="index-note">{escape(standing.note)}</span>' if standing.note else ""
    return f'<tr><th scope="row">{named}{note}</th><td>{grade}</td></tr>'
