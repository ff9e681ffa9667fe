"""The command, run within the process of a test."""

import csv
import io

import pytest

from peel_analysis import cli


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the exit code and what the command printed to its two outputs."""
    code = cli.main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def values(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    """Return the rows that `peel values` prints."""
    code, out, _ = run(capsys, "values", *arguments)
    assert code == 0
    return list(csv.DictReader(io.StringIO(out)))
