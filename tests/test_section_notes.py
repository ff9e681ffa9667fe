"""A note that figures of a page share is said once, under the first of them, and linked to from the others."""

import re
from collections import Counter

import cells
import pytest
from bs4 import BeautifulSoup, Tag
from conftest import later

from peel_analysis.data.folder import open_data
from peel_analysis.measures import calculate_all
from peel_analysis.reports.page import Piece, Said, SectionOnPage, page_html
from peel_analysis.sections.blocks import figure_block, statement_block
from peel_analysis.sections.display import Html, stands_under
from peel_analysis.sections.section import open_section
from peel_analysis.show import words as wording
from peel_analysis.show.footnotes import footnotes

pytestmark = pytest.mark.usefixtures("kept_for_all_forces")
FORCES = [("2017", "norfolk"), ("2019", "metropolitan"), ("2025", "cheshire")]


def page(edition_id: str, force_id: str) -> BeautifulSoup:
    """Return the page of a force's sections but for Annex A and the overview."""
    parameters = {"force": force_id, "edition": edition_id}
    plans = [one for one in open_data().edition(edition_id).sections if one.id in ("preventing", "investigating")]
    sections = [
        SectionOnPage(one.id, one.title, [Piece(part.html, part.data) for part in shown if isinstance(part, Html)])
        for one, shown in ((one, cells.objects(one.notebook, parameters)) for one in plans)
    ]
    edition, force = open_data().edition(edition_id), open_data().forces.find(force_id)
    return BeautifulSoup(page_html(sections, force, edition, "key"), "html.parser")


@pytest.mark.parametrize(("edition_id", "force_id"), [FORCES[0], *later(*FORCES[1:])])
def test_a_note_is_said_once_on_a_page_and_every_link_names_the_figure_that_has_it(
    edition_id: str, force_id: str
) -> None:
    html = page(edition_id, force_id)
    for kind in ("ol.footnotes > li", "details.caveats li"):
        told = Counter(" ".join(note.get_text().split()) for note in html.select(kind))
        assert [note for note, times in told.items() if times > 1] == []
    links = html.select(".noted-elsewhere a")
    for link in links:
        target = html.find(id=str(link["href"]).removeprefix("#"))
        assert isinstance(target, Tag)
        number = target.select_one(".figure-number")
        if number is not None:
            assert link.get_text() == f"Figure {number.get_text()}"
        assert target in link.find_all_previous(["figure", "div"]), "an earlier one"
    assert len(links) >= 3


def test_a_figure_has_all_its_notes_between_its_own_and_those_that_it_names() -> None:
    html, section = page("2017", "norfolk"), open_section("investigating", "norfolk", "2017")
    held = {
        str(one["id"]): [" ".join(note.get_text().split()) for note in one.select("ol.footnotes > li")]
        for one in html.select("figure")
    }
    told = list(held["figure-outcome_action_taken_pct"])
    elsewhere = html.select_one("#figure-outcome_action_taken_pct .noted-elsewhere")
    for part in elsewhere.decode_contents().split("too.") if elsewhere else ():
        if found := re.search(r'Notes? ([\d, andto]+) under <a href="#(.*?)">', part):
            for first, last in re.findall(r"(\d+)(?: to (\d+))?", found[1]):
                told += held[found[2]][int(first) - 1 : int(last or first)]
    every = footnotes(section.measure("outcome_action_taken_pct"))
    assert sorted(told) == sorted(note.sentence for note in every)
    assert len(held["figure-outcome_action_taken_pct"]) < len(every)


def test_a_figure_in_a_notebook_has_all_its_cautions() -> None:
    section = open_section("investigating", "norfolk", "2017")
    section.figure("outcome_charged_pct")
    shown = BeautifulSoup(section.figure("outcome_action_taken_pct").html, "html.parser")
    cautions = wording.caveats(section.measure("outcome_action_taken_pct"), "norfolk")
    assert [one.get_text() for one in shown.select("details.caveats li")] == cautions
    assert not shown.select(".noted-elsewhere")


@pytest.mark.parametrize(
    ("edition_id", "force_id", "said"),
    [("2017", "norfolk", "12 months to 30 June 2017 is assumed"), ("2025", "derbyshire", "Shown with the mark [u]")],
)
def test_what_qualifies_a_force_s_own_sentence_is_never_folded(edition_id: str, force_id: str, said: str) -> None:
    edition, found = open_data().edition(edition_id), list[str]()
    for result in calculate_all(edition):
        if wording.not_available(result) or result.of(force_id).is_missing:
            continue
        for block, missing in (
            (figure_block(result, force_id, 1), "Not in the figure"),
            (statement_block(result, force_id), "No value"),
        ):
            html = BeautifulSoup(block.html, "html.parser")
            standing = [note.get_text() for note in html.select("li") if not note.find_parent("details")]
            own = [note.sentence for note in footnotes(result, missing) if note.qualifies(force_id)]
            assert [one for one in own if one not in standing] == [], result.measure.id
            found += own
    assert any(said in one for one in found)


def test_notes_are_named_by_their_places_and_those_that_are_said_already_unfold_no_other() -> None:
    said = Said()
    said.under("one", "Figure 1", stands_under([*"abcde"], "", ["warned"]))
    told = said.under("two", "Figure 2", stands_under(["a", "b", "c", "f", "e"], "", ["warned", "again"]))
    assert (told["notes"], told["cautions"], told["open_notes"]) == (["f"], ["again"], 0)
    assert told["links"] == [
        {"figure_id": "one", "name": "Figure 1", "which": "1 to 3 and 5"},
        {"figure_id": "one", "name": "Figure 1", "which": ""},
    ]
