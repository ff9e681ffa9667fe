"""What a run tells: progress on a terminal, one line a unit in a pipe, a log file and a summary."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from peel_analysis.batch.work import Outcome

if TYPE_CHECKING:
    from tqdm import tqdm

Told = Callable[[Outcome], None]


@contextmanager
def telling(total: int, log: Path, *, lines: bool) -> Iterator[Told]:
    """Yield what is called with each outcome: it writes the log and shows progress.

    On a terminal: a bar. In a pipe: a line a unit, or nothing when `lines` is False. The log is one JSON object a line.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    bar = _bar(total) if sys.stderr.isatty() else None
    # Without a buffer each line is one write at the file's end: the lines of two runs at once stay whole.
    with log.open("ab", buffering=0) as file:

        def told(outcome: Outcome) -> None:
            file.write(_log_line(outcome))
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


def _log_line(outcome: Outcome) -> bytes:
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(outcome)}
    return (json.dumps(line) + "\n").encode()


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
