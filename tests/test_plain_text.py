"""Text for a terminal: what stands under each other."""

import json

import pandas as pd
import pytest

from peel_analysis.data.counts import cells_of, texts_of
from peel_analysis.data.text import as_cell, block, columns, from_cell, pairs, paragraph, visible


def test_columns_stand_under_each_other_and_numbers_to_the_right() -> None:
    rows = [("force", "value"), ("Norfolk", "58.9"), ("{Kent}", "1,058.9")]
    assert columns(rows, right=(1,)) == ["force      value", "Norfolk     58.9", "{Kent}   1,058.9"]


def test_no_line_ends_in_blanks() -> None:
    assert columns([("a", ""), ("b", "longer")], right=()) == ["a", "b  longer"]
    assert columns([], right=(0,)) == []


def test_a_long_text_is_folded_under_itself_and_an_empty_one_left_out() -> None:
    first, second = pairs([("note", "word " * 30), ("status", "")])
    assert first.startswith("note  word")
    assert second.startswith("      word")
    assert [line[:2] for line in paragraph("word " * 30)] == ["- ", "  "]


def test_a_block_without_lines_is_nothing() -> None:
    assert block("Caveats", []) == []
    assert block("Caveats", ["one"]) == ["", "Caveats", "  one"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b]0;title\x07\x9b2J", "\\u001b]0;title\\u0007\\u009b2J"),
        ("12\u202e34\u2066", "12\\u202e34\\u2066"),
        ("a\rb\0", "a\\u000db\\u0000"),
        ("a\tb\nDyfed\u2013Powys \u00e9", "a\tb\nDyfed\u2013Powys \u00e9"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, seen: str) -> None:
    assert visible(text) == seen
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''-x", "-"])
def test_a_text_that_a_spreadsheet_would_run_is_text_in_a_cell(text: str) -> None:
    assert as_cell(text) == f"'{text}"
    assert from_cell(as_cell(text)) == text


@pytest.mark.parametrize("text", ["", "-5", "+5", "-1,234.5", "-10.0%", "-1e-05", "'", "'a", "a=1", "Dyfed-Powys"])
def test_numbers_and_other_texts_are_cells_as_they_are(text: str) -> None:
    assert as_cell(text) == from_cell(as_cell(text)) == text


def test_a_table_is_read_as_it_was_written() -> None:
    rows = pd.DataFrame({"text": ["=1+1", "'@x", "a"], "number": [-1, 2, 3], "mixed": ["-x", -1.5, None]})
    cells = cells_of(rows)
    assert cells["text"].tolist() == ["'=1+1", "''@x", "a"]
    assert cells["number"].tolist() == [-1, 2, 3]
    assert cells["mixed"].tolist()[:2] == ["'-x", -1.5]
    assert texts_of(cells).equals(rows)
