"""What stands out, for all forces and editions: against the verdicts as printed, line by line, in order, with links."""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import cells
import pytest
from bs4 import BeautifulSoup, Tag
from conftest import later
from invented import DAY_2016, DAY_2017, YEAR_2017, Folder, all_forces, folder
from markupsafe import Markup

from peel_analysis import measures
from peel_analysis.comparison.verdicts import NEVER_COMPARED, verdict_lines
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import KEPT_IN
from peel_analysis.measures import Result
from peel_analysis.reports.page import Piece, SectionOnPage, page_html
from peel_analysis.sections.display import Html
from peel_analysis.sections.lists import read_apart, readings
from peel_analysis.sections.section import Section, open_section

OVERVIEW, FIRST_SCREEN, CRIME = "effectiveness_overview", "at_a_glance", "crime_per_1000"
LINK = re.compile(r'<a class="to-figure" href="#([a-z0-9_-]+)">([^<]+)</a>')
TARGET = re.compile(r' id="([a-z0-9_-]+)"')
TRACKED = next(block for block in open_data().blocks if block.id == "tracked_and_untracked_outcomes")
EDITIONS = ["2017", *later("2019", "2025")]
ALONE = "(by the size rule alone; no other force's figure is public)"
FEW = "(by the size rule alone; too few forces have a comparable figure)"
Line = dict[str, str]


@dataclass(frozen=True)
class Given:
    """An edition: every measure's verdicts as `peel verdicts` prints them, and its other sections."""

    edition: Edition
    printed: dict[str, list[Line]]
    others: list[SectionOnPage]
    section: Section

    def of(self, force_id: str) -> Section:
        return Section(
            self.edition.section(OVERVIEW),
            open_data().forces.find(force_id),
            self.edition,
            results=self.section.results,
        )


def pieces(*shown: Any) -> list[Piece]:
    """Return what cells show as pieces of a page, without pictures and tables."""
    bare = re.compile(r"<img [^>]*>|<table>.*?</table>", flags=re.DOTALL)
    return [Piece(Markup(bare.sub("", one.html)), one.data) for one in shown if isinstance(one, Html)]


@pytest.fixture(scope="module", params=EDITIONS)
def given(request: pytest.FixtureRequest, kept: Path) -> Given:
    edition = open_data().edition(request.param)
    results = {measure.id: measures.calculate(measure, edition) for measure in open_data().measures}
    printed: dict[str, list[Line]] = {force_id: [] for force_id in open_data().forces.ids}
    for result in results.values():
        for line in csv.DictReader(verdict_lines([result], open_data().forces.ids)):
            printed[line["force_id"]].append(line)
    parameters = {"force": "norfolk", "edition": edition.id}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEPT_IN, str(kept))
        others = [
            SectionOnPage(plan.id, plan.title, pieces(*cells.objects(plan.notebook, parameters)))
            for plan in edition.sections
            if plan.id not in (OVERVIEW, FIRST_SCREEN)
        ]
    return Given(
        edition,
        printed,
        others,
        Section(edition.section(OVERVIEW), open_data().forces.find("norfolk"), edition, results=results),
    )


def by_hand(printed: list[Line]) -> list[str]:
    """Return the measures that stand out for a force, in order, from what `peel verdicts` prints of it."""
    policy = open_data().policy

    def clearness(line: Line) -> tuple[bool, float, Decimal]:
        asked = max(policy.size.ratio * abs(Decimal(line["england_and_wales"])), Decimal(line["smallest_gap"]))
        return line["chance"] == "yes", abs(float(line["robust_z"] or 0)), abs(Decimal(line["gap"])) / asked

    flagged = [line for line in printed if line["verdict"].endswith(("higher than", "lower than"))]
    return [line["measure"] for line in sorted(flagged, key=clearness, reverse=True)[:7]]


def items(html: str) -> list[Tag]:
    return BeautifulSoup(html, "html.parser").select("ul > li")


def measure_of(line: Tag) -> str:
    return str(line["data-value"]).split("/")[1]


def test_every_force_is_told_what_stands_out_most_in_order(given: Given) -> None:
    told = 0
    for force_id in open_data().forces.ids:
        found = items(given.of(force_id).standing_out().html)
        assert [measure_of(line) for line in found] == by_hand(given.printed[force_id]), force_id
        assert len(found) <= 7
        for line in found:
            assert re.search(r"(notably )?(higher|lower) than England and Wales", line.get_text())
        told += len(found)
    assert told > 80


@pytest.mark.parametrize(
    ("edition_id", "force_id", "measure_id", "said"),
    [
        ("2025", "norfolk", "outcome_no_suspect_pct", "21.8%, notably lower than England and Wales (39.4%)"),
        ("2025", "metropolitan", "outcome_no_suspect_pct", "59.5%, notably higher than England and Wales"),
        ("2019", "city-of-london", "outcome_evidential_victim_pct", "5.5%|notably lower than|18.7%"),
        ("2025", "city-of-london", "outcome_evidential_victim_pct", "notably lower than"),
        ("2017", "norfolk", "da_voluntary_attendance_rate", "1.6, lower than England and Wales (7.0)"),
        ("2017", "norfolk", "clares_law_rtk_per_100k", "17.5|higher than|5.7"),
    ],
)
def test_what_was_left_out_once_is_told(edition_id: str, force_id: str, measure_id: str, said: str) -> None:
    overview = open_section(OVERVIEW, force_id, edition_id)
    found = {measure_of(line): line.get_text() for line in items(overview.standing_out().html)}
    assert all(part in found[measure_id] for part in said.split("|")), found[measure_id]


def test_a_line_says_what_is_in_doubt_about_its_value_and_that_a_period_is_assumed(given: Given) -> None:
    doubtful = 0
    for force_id in open_data().forces.ids:
        overview = given.of(force_id)
        for line in items(overview.standing_out().html + overview.numbers_in_brief().html):
            own = given.section.measure(measure_of(line)).of(force_id)
            if not own.is_missing and own.status not in ("reported", "as_published"):
                assert own.short, (force_id, own.status)
                assert f". {own.short}." in line.get_text(), line
                doubtful += 1
            note = open_data().measure(measure_of(line)).window_note
            assert ("which is assumed" in line.get_text()) == bool(note)
    assert doubtful > 0


def test_every_line_has_a_link_and_every_link_arrives(given: Given) -> None:
    for force_id in open_data().forces.ids:
        overview = given.of(force_id)
        html = overview.standing_out().html
        lists = pieces(overview.standing_out(), overview.numbers_in_brief())
        sections = [*given.others, SectionOnPage(OVERVIEW, "Overview", lists)]
        page = page_html(sections, overview.force, given.edition, "key")
        links, targets = LINK.findall(page), TARGET.findall(page)
        wanted = sum(LINK.search(str(line)) is not None for line in items(html + overview.numbers_in_brief().html))
        assert len(links) == wanted, "no link was taken out"
        assert len(LINK.findall(html)) == len(items(html)), "each line that stands out has one"
        assert all(targets.count(target) == 1 for target, _ in links)
        for target, words in links:
            assert not target.startswith("tile-"), "what has a verdict has a figure or a table"
            assert words == "The data" or words.startswith("Figure "), words


def test_every_measure_that_can_have_a_verdict_has_a_figure_or_a_tile(given: Given) -> None:
    targets = {target for one in given.others for part in one.pieces for target in TARGET.findall(part.html)}
    for measure in open_data().measures:
        held = given.section.measure(measure.id).rows["value"].notna().any()  # a section without figures is left out
        if held and measure.kind not in NEVER_COMPARED:
            assert targets & {f"figure-{measure.part_of or measure.id}", f"tile-{measure.id}"}, measure.id


def test_lines_that_must_not_be_compared_say_so(given: Given) -> None:
    general, domestic = set(TRACKED.measures), set(TRACKED.others)
    for force_id in open_data().forces.ids:
        overview = given.of(force_id)
        for html in (overview.standing_out().html, overview.numbers_in_brief().html):
            listed = {one for line in items(html) if has_value(given, force_id, one := measure_of(line))}
            both = bool(listed & general and listed & domestic)
            assert (TRACKED.reason in html) == both, (force_id, listed)
            windows = {given.section.measure(one).window.words for one in listed}
            assert ("counted in different windows" in html) == (len(windows) > 1), (force_id, listed)
            assert all(one in html for one in windows)


def has_value(given: Given, force_id: str, measure_id: str) -> bool:
    return not given.section.measure(measure_id).of(force_id).is_missing


def test_both_lists_of_norfolk_2017_are_warned_of() -> None:
    overview = open_section(OVERVIEW, "norfolk", "2017")
    assert TRACKED.reason in overview.standing_out().html
    assert TRACKED.reason in overview.numbers_in_brief().html
    assert "(12 months to 30 June 2017; 12 months to 31 March 2017)" in overview.numbers_in_brief().html


def test_a_verdict_by_the_size_rule_alone_says_so_and_no_other_does(given: Given) -> None:
    alone = 0
    for force_id in open_data().forces.ids:
        overview = given.of(force_id)
        why = {line["measure"]: line["why"] for line in given.printed[force_id]}
        for line in items(overview.standing_out().html + overview.numbers_in_brief().html):
            assert (ALONE in line.get_text()) == (why[measure_of(line)] == "size only")
            assert FEW not in line.get_text()
            alone += ALONE in line.get_text()
    assert (alone > 0) == (given.edition.id == "2017")


def test_seven_of_more_lines_are_the_clearest_seven(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    """No force has more than seven, so seven is made two here: the list is cut after it is put in order."""
    monkeypatch.setattr("peel_analysis.sections.lists.AT_MOST", 2)
    for force_id in open_data().forces.ids:
        found = [measure_of(line) for line in items(given.of(force_id).standing_out().html)]
        assert found == by_hand(given.printed[force_id])[:2]


def told(result: Result, force_id: str) -> str:
    return readings("numbers-in-brief", [result], force_id, "what the numbers say").html


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def test_where_a_few_other_forces_have_a_figure_the_line_says_that(data: Folder) -> None:
    """Invented organised crime groups of five forces."""
    silent: dict[str, int | str | None] = dict.fromkeys(open_data().forces.ids[5:], "not_supplied")
    tables = [*all_forces(DAY_2017, instead=silent), *all_forces(DAY_2016, instead=silent)]
    data.counts({"organised_crime_groups": tables})
    result = data.result("ocg_per_million")
    named = open_data().forces.ids[0]
    assert FEW in told(result, named)
    assert "the size rule" not in told(result, open_data().forces.ids[-1]), "a force without a figure has no verdict"


def test_a_part_of_a_measure_is_linked_to_the_figure_of_the_whole(data: Folder) -> None:
    """Invented criminal behaviour orders, which no notebook draws apart from the other powers."""
    data.counts({"criminal_behaviour_orders": all_forces(YEAR_2017)})
    assert 'href="#figure-asb_powers_per_million"' in told(data.result("asb_cbo"), "norfolk")


def test_no_lines_have_nothing_to_be_read_apart(edition: Edition) -> None:
    assert read_apart([], "norfolk") == []
    missing = measures.calculate(open_data().measure("ocg_per_million"), edition)
    assert read_apart([missing], "norfolk") == []


def test_a_figure_that_is_not_on_the_page_leaves_its_tile_and_then_no_link(edition: Edition) -> None:
    told = readings("numbers-in-brief", [measures.calculate(open_data().measure(CRIME), edition)], "norfolk", "brief")

    def linked(*others: dict[str, Any]) -> list[tuple[str, str]]:
        shown = [*pieces(told), *(Piece(Markup("<p>"), other) for other in others)]
        return LINK.findall(
            page_html([SectionOnPage("a", "A", shown)], open_data().forces.find("norfolk"), edition, "key")
        )

    tile, table = {"tiles": [CRIME]}, {"statement": CRIME}
    drawn = open_section("investigating", "norfolk", "2017").figure(CRIME)
    figure = {name: drawn.data[name] for name in ("figure", "files")}
    assert linked(table, tile) == [(f"figure-{CRIME}", "The data")]
    assert linked(figure, tile) == [(f"figure-{CRIME}", "Figure 1")]
    assert linked(tile) == [(f"tile-{CRIME}", "The tile")]
    assert linked() == []
