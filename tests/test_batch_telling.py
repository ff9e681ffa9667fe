"""The log of a run: a whole line a unit, also when two runs write it at once."""

import json
from pathlib import Path

from peel_analysis.batch.make import progress
from peel_analysis.batch.work import Outcome


def outcome(force_id: str, error: str = "") -> Outcome:
    return Outcome(force_id, "page", "k", "failed" if error else "fresh", 0.0, error)


def forces_in(log: Path) -> list[str]:
    return [json.loads(line)["force_id"] for line in log.read_text(encoding="utf-8").splitlines()]


def test_a_run_begins_its_log_anew(tmp_path: Path) -> None:
    log = tmp_path / "out" / "run.jsonl"
    for force_id in ("kent", "norfolk"):
        with progress(1, log, lines=False) as told:
            told(outcome(force_id))
    assert forces_in(log) == ["norfolk"]


def test_two_runs_at_once_write_whole_lines(tmp_path: Path) -> None:
    log = tmp_path / "run.jsonl"
    with progress(4, log, lines=False) as told:
        told(outcome("essex", "a long error, which the second run's first line is shorter than"))
        with progress(2, log, lines=False) as told_too:
            for force_id in ("kent", "norfolk"):
                told_too(outcome(force_id))
                told(outcome(force_id))
        told(outcome("suffolk"))
    assert forces_in(log) == ["kent", "kent", "norfolk", "norfolk", "suffolk"]
    assert b"\0" not in log.read_bytes()
