"""The full spread of outcomes: its groups add up, its drawing can be read, and its words name what is missing."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from peel_analysis import measures
from peel_analysis.data.folder import open_data
from peel_analysis.figures import as_svg, narrow_form
from peel_analysis.figures.spread import (
    LEFT,
    LOOKS,
    RIGHT,
    Segment,
    Stack,
    crossings,
    inside,
    place,
    spread_bars,
)
from peel_analysis.figures.style import WIDTH, width_of
from peel_analysis.measures.outcome_groups import NONE, OTHER, Spread, grouping, spread_of
from peel_analysis.sections.outcomes import alt_text, footnotes, reading, spread_block, stacks, table

ROOM = WIDTH - LEFT - RIGHT


def spread(edition: str, force_id: str) -> Spread:
    return spread_of(open_data().edition(edition), force_id)


def stack(*shares: float, name: str = "Group") -> Stack:
    return Stack("Small", tuple(Segment(name, share, f"{share}%", n) for n, share in enumerate(shares, start=1)))


def test_all_types_are_in_one_group_each() -> None:
    types = [one for _, _, group in grouping(open_data().edition("2017").data) for one in group]
    assert len(types) == len(set(types)) == 22
    assert [order for _, order, _ in grouping(open_data().edition("2017").data)] == list(range(1, 13))


def test_the_groups_of_2025_add_up_to_recorded_crime() -> None:
    for force_id in ("norfolk", "city-of-london"):
        one = spread("2025", force_id)
        assert one.absent == ()
        assert sum(group.own.numerator for group in one.groups) == one.own.denominator
        assert sum(group.national.numerator for group in one.groups) == 5_225_477
        assert sum(group.national.value for group in one.groups) == pytest.approx(100)


def test_a_group_is_what_the_engine_gives_for_its_types() -> None:
    by_name = {group.name: group for group in spread("2025", "norfolk").groups}
    charged = measures.calculate(open_data().measure("outcome_charged_pct"), open_data().edition("2025"))
    assert by_name["Charged or summonsed"].own.value == charged.of("norfolk").value
    no_suspect = measures.calculate(open_data().measure("outcome_no_suspect_pct"), open_data().edition("2025"))
    assert by_name["Investigation complete: no suspect identified"].national.value == no_suspect.national.value
    action = measures.calculate(open_data().measure("outcome_action_taken_pct"), open_data().edition("2025"))
    names = (
        "Charged or summonsed",
        "Out of court (formal)",
        "Out of court (informal)",
        "Diversionary, educational or intervention activity",
    )
    assert sum(by_name[name].national.numerator for name in names) == action.national.numerator


def test_2019_has_no_outcome_22_and_says_so() -> None:
    one = spread("2019", "derbyshire")
    assert one.absent == ("Diversionary, educational or intervention activity",)
    notes = " ".join(footnotes(one))
    assert "Not given by the table of outcomes used for this edition: Diversionary" in notes
    assert "the outcomes counted come to 61,299, 1,546 more than the 59,753 crimes recorded" in notes


def test_2017_shows_what_the_table_supports() -> None:
    one = spread("2017", "norfolk")
    assert [group.name for group in one.groups] == [
        "Charged or summonsed",
        "Out of court (formal)",
        "Out of court (informal)",
        "Diversionary, educational or intervention activity",
        OTHER,
        NONE,
    ]
    assert sum(group.own.numerator for group in one.groups) == one.own.denominator
    assert "Evidential difficulties (victim supports action)" in one.absent
    assert any(f"within “{OTHER}”" in note for note in footnotes(one))


def test_an_excluded_force_is_not_drawn_and_the_reason_is_given() -> None:
    one = spread("2017", "suffolk")
    assert not one.is_shown
    assert "Athena" in reading(one)
    assert "Suffolk Constabulary is not shown." in alt_text(one)
    assert "42 of 43 forces (not Suffolk)" in footnotes(one)[-1]
    html = table(one)
    assert "nan" not in html
    assert html.count("[x]") >= 2 * len(one.groups)


def test_more_outcomes_than_crimes_are_not_hidden() -> None:
    one = spread("2017", "surrey")
    assert one.groups[-1].own.numerator == 0
    assert any("32 more than the 68,025 crimes recorded" in note for note in footnotes(one))


def test_a_marked_force_carries_its_mark_and_its_sentence() -> None:
    one = spread("2025", "norfolk")
    rows = one.whole.rows.copy()
    rows.loc["norfolk", ["status", "note"]] = ["incomplete", "The record leaves crimes out."]
    groups = tuple(replace(group, own=replace(group.own, status="incomplete")) for group in one.groups)
    marked = replace(one, groups=groups, whole=one.whole.with_rows(rows))
    assert "The record leaves crimes out." in footnotes(marked)
    assert "13.2% [u]" in table(marked)
    assert "[u] incomplete" in table(marked)


def test_the_reading_and_the_alternative_text_hold_the_numbers() -> None:
    one = spread("2025", "norfolk")
    assert "“Charged or summonsed”: 13.2% (England and Wales: 8.7%)." in reading(one)
    text = alt_text(one)
    assert 20 <= len(text) <= 600
    assert "Norfolk Constabulary" in text
    assert "21.8% (39.4%)" in text
    assert text.endswith("The table holds all 12 groups.")


def test_the_block_is_whole() -> None:
    html = spread_block(spread("2025", "norfolk"), 3).html
    assert '<figure class="figure" id="figure-outcome-spread">' in html
    assert '<span class="figure-number">3</span>' in html
    assert html.count("<img ") == 1
    assert html.count('scope="row"') == 14
    assert "Source: Home Office, Crime outcomes open data tables" in html
    assert not re.search(r"\bnan\b|\bNone\b", html)


def test_an_edition_without_outcomes_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = open_data().edition("2025")
    without = replace(edition, releases={k: v for k, v in edition.releases.items() if k != "outcomes_recorded"})
    html = spread_block(spread_of(without, "norfolk"), 1).html
    assert "not available in this edition" in html
    assert "<img" not in html


def test_a_share_that_shows_as_nothing_is_not_drawn() -> None:
    one = spread("2017", "norfolk")
    diversion = one.groups[3]
    assert diversion.name in table(one)
    assert diversion.name not in narrow_form(spread_bars, stacks(one))
    named = [[segment.name for segment, _ in bar.drawn] for bar in stacks(one)]
    assert [(one.groups[0].name in names, diversion.name in names) for names in named] == [(True, False)] * 2


def test_neighbours_differ_in_fill_and_hatching() -> None:
    assert len(LOOKS) == len(set(LOOKS)) >= 13
    assert all(one != other for one, other in pairwise(LOOKS))


def test_a_label_goes_inside_where_it_fits() -> None:
    segment = Segment("Charged or summonsed", 20, "20.0%", 1)
    assert inside(segment, 3.0) == "Charged or summonsed\n20.0%"
    assert inside(segment, 0.8) == "Charged or\nsummonsed\n20.0%"
    assert inside(segment, 0.3) == ""
    assert width_of("mm", 9) > width_of("nn", 9) > width_of("ii", 9) > 0


def test_small_segments_are_labelled_without_crossings() -> None:
    for bar in (
        stack(1, 1, 2, 0.5, 90, 1, 2, 2.5, name="Some name of a group that is long"),
        stack(8, 2, 3, 1, 80, 2, 2, 2, name="Name"),
    ):
        labels = place(bar, ROOM / 100, ROOM)
        assert len(labels) >= 6
        assert crossings(labels) == 0
        assert all(label.left >= -LEFT and label.right <= ROOM + RIGHT for label in labels)


def test_every_force_of_2019_and_2025_has_its_labels_apart() -> None:
    for edition, force_id in (("2019", "derbyshire"), ("2025", "leicestershire"), ("2025", "gwent")):
        bars = stacks(spread(edition, force_id))
        inch = ROOM / max(100.0, *(sum(one.share for one in bar.segments) for bar in bars))
        assert [crossings(place(bar, inch, ROOM)) for bar in bars] == [0, 0]


def test_the_drawing_is_the_same_each_time_and_names_every_group() -> None:
    bars = stacks(spread("2025", "norfolk"))
    svg = as_svg(spread_bars(bars))
    assert svg == as_svg(spread_bars(bars))
    assert "Transferred to another body 2.7%" in svg
    assert "pattern" in svg


@pytest.mark.parametrize("count", [0, 3])
def test_another_number_of_stacks_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} stacks; one or two can be drawn"):
        as_svg(spread_bars([stack(100.0)] * count))
