"""What a run tells: progress on a terminal, one line a unit in a pipe, a log file, a summary and an index page."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from peel_analysis import forces
from peel_analysis.batch.units import Report
from peel_analysis.batch.work import Outcome
from peel_analysis.data import Edition
from peel_analysis.sections.judgments import OVERALL, judgment
from peel_analysis.writing import write_text

if TYPE_CHECKING:
    from tqdm import tqdm

Told = Callable[[Outcome], None]


@contextmanager
def telling(total: int, log: Path, *, lines: bool) -> Iterator[Told]:
    """Yield what is called with each outcome: it writes the log and shows progress.

    On a terminal: a bar. In a pipe: a line a unit, or nothing when `lines` is False. The log is one JSON object a line.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    bar = _bar(total) if sys.stderr.isatty() else None
    with log.open("w", encoding="utf-8") as file:

        def told(outcome: Outcome) -> None:
            file.write(json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(outcome)}) + "\n")
            file.flush()
            if bar is not None:
                bar.set_postfix_str(f"{outcome.force_id}/{outcome.section_id}", refresh=False)
                bar.update(1)
            elif lines and outcome.outcome != "fresh":
                print(f"{outcome.outcome} {outcome.force_id}/{outcome.section_id} {outcome.seconds:.1f} s", flush=True)
            if outcome.failed:
                _say(f"failed: {outcome.force_id}/{outcome.section_id}: {outcome.error}", bar)

        try:
            yield told
        finally:
            if bar is not None:
                bar.close()


def _bar(total: int) -> "tqdm":
    from tqdm import tqdm

    return tqdm(total=total, unit="unit", leave=False)


def _say(line: str, bar: "tqdm | None") -> None:
    if bar is not None:
        bar.write(line, file=sys.stderr)
    else:
        print(line, file=sys.stderr, flush=True)


def summary(outcomes: list[Outcome], seconds: float) -> str:
    """Return the summary table of a run: sections and pages done, fresh and failed, and the time it took."""
    sections = Counter(outcome.outcome for outcome in outcomes if outcome.section_id != "page")
    pages = Counter(outcome.outcome for outcome in outcomes if outcome.section_id == "page")
    rows = [
        ("", "done", "fresh", "failed"),
        ("sections", *(str(sections[state]) for state in ("done", "fresh", "failed"))),
        ("pages", *(str(pages[state]) for state in ("done", "fresh", "failed"))),
    ]
    lines = ["".join(f"{cell:>10}" if place else f"{cell:<10}" for place, cell in enumerate(row)) for row in rows]
    return "\n".join([*lines, f"{seconds:.1f} s"])


def write_index(path: Path, edition: Edition, reports: list[Report]) -> None:
    """Write the page that links every force's report that is there, with its overall judgment."""
    rows = "\n".join(_index_row(path, edition, report) for report in reports)
    title = escape(edition.title)
    page = (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{_style()}</style>\n</head>\n"
        f'<body class="peel-page">\n<header class="masthead"><div class="masthead-inner"><h1>{title}</h1>'
        f"<p>Reports on {len(reports)} police forces of England and Wales</p></div></header>\n<main>\n"
        f'<div class="table-frame" role="region" aria-label="Reports" tabindex="0"><table>\n'
        f"<caption>Reports, with the overall judgment of {escape(edition.id)}</caption>\n"
        f'<thead><tr><th scope="col">Force</th><th scope="col">Overall effectiveness</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>\n</main>\n</body>\n</html>\n"
    )
    if not path.exists() or path.read_text(encoding="utf-8") != page:
        write_text(path, page)


def _index_row(path: Path, edition: Edition, report: Report) -> str:
    name = escape(forces.find(report.force_id).official_name)
    grade = escape(judgment(edition, report.force_id, OVERALL).grade_in_words)
    link = report.page.relative_to(path.parent).as_posix()
    named = f'<a href="{link}">{name}</a>' if report.page.exists() else f"{name} (no report made)"
    return f'<tr><th scope="row">{named}</th><td>{grade}</td></tr>'


def _style() -> str:
    from peel_analysis.sections.display import STYLE

    return STYLE.read_text(encoding="utf-8")
