"""Text for a terminal: what stands under each other."""

from peel_analysis.data.text import block, columns, pairs, paragraph


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
