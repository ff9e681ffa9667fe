"""The log of a run: a whole line a unit, also when two runs write it at once."""

import io
import json
import re
from pathlib import Path

import pytest

from peel_analysis.batch.make import progress, summary_line
from peel_analysis.batch.work import Outcome


def outcome(force_id: str, error: str = "") -> Outcome:
    return Outcome(force_id, "page", "k", "failed" if error else "fresh", 0.0, error)


def forces_in(log: Path) -> list[str]:
    return [json.loads(line)["force_id"] for line in log.read_text(encoding="utf-8").splitlines()]


def test_a_run_begins_its_log_anew(tmp_path: Path) -> None:
    log = tmp_path / "out" / "run.jsonl"
    for force_id in ("kent", "norfolk"):
        with progress(1, log, {}) as told:
            told(outcome(force_id))
    assert forces_in(log) == ["norfolk"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_each_section_of_a_report_as_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    outcomes = [
        Outcome("kent", name, "k", word, 2.5) for name, word in (("a", "done"), ("b", "fresh"), ("page", "done"))
    ]
    with progress(3, tmp_path / "run.jsonl", {"a": "Section A", "b": "Section B", "page": "The page"}) as told:
        for one in outcomes:
            told(one)
    lines = [line for line in re.split(r"[\r\n]+", terminal.getvalue()) if line.startswith("made")]
    assert [line.strip() for line in lines] == ["made: Section A, 2.5 s", "made: The page, 2.5 s"]
    assert capsys.readouterr().out == ""
    assert summary_line(outcomes, 6.25) == "sections: 1 made, 1 already up to date; 6.2 s"


def test_two_runs_at_once_write_whole_lines(tmp_path: Path) -> None:
    log = tmp_path / "run.jsonl"
    with progress(4, log, {}) as told:
        told(outcome("essex", "a long error, which the second run's first line is shorter than"))
        with progress(2, log, {}) as told_too:
            for force_id in ("kent", "norfolk"):
                told_too(outcome(force_id))
                told(outcome(force_id))
        told(outcome("suffolk"))
    assert forces_in(log) == ["kent", "kent", "norfolk", "norfolk", "suffolk"]
    assert b"\0" not in log.read_bytes()
