"""The overview section: what stands out, numbers in brief, and that their ids, links and words hold on the page."""

import csv
import io
import re
from dataclasses import replace

import pytest
from conftest import Page
from page_elements import words
from sections_shown import parsed, section

from peel_analysis import measures
from peel_analysis.comparison import Compared, compare
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.sections.lists import standing_out
from peel_analysis.sections.section import Section
from peel_analysis.show import values
from peel_analysis.show.words import at_a_glance, reading

JUDGMENT_WORDS = re.compile(r"\b(high|low|good|bad|best|worst|better|worse)\b", re.IGNORECASE)
VALUE_ID = re.compile(r"(\d{4})/([a-z0-9_]+)/([a-z-]+)")


@pytest.fixture(scope="module")
def rows(edition: Edition) -> set[tuple[str, str, str]]:
    """The rows of values.csv: edition, measure and force."""
    text = values.as_csv(values.values(edition))
    return {(row["edition"], row["measure"], row["force_id"]) for row in csv.DictReader(io.StringIO(text))}


def overview(force_id: str, edition: Edition, results: dict[str, Result]) -> Section:
    return section("effectiveness_overview", force_id, edition, results)


@pytest.mark.parametrize("force_id", open_data().forces.ids)
def test_what_stands_out_has_at_most_seven_lines_each_with_its_value_and_figure(
    force_id: str, edition: Edition, results: dict[str, Result], rows: set[tuple[str, str, str]]
) -> None:
    shown = overview(force_id, edition, results)
    html = parsed(shown.standing_out().html)
    lines = html.select("ul.standing-out > li")
    assert len(lines) <= 7
    flagged = {
        one
        for one in results
        if (compare(results[one]).verdicts[force_id].words or open_data().policy.words.otherwise)
        != open_data().policy.words.otherwise
    }
    assert {str(line["data-value"]).split("/")[1] for line in lines} == flagged or len(lines) == 7
    for line in lines:
        found = VALUE_ID.fullmatch(str(line["data-value"]))
        assert found is not None
        assert found.groups() in rows
        assert found[3] == force_id
        assert [link["href"] for link in line.select("a")] == [f"#figure-{found[2]}"]
        assert re.search(r"(notably )?(higher|lower) than England and Wales", line.get_text())
    if not lines:
        assert "On no figure is" in html.get_text()


def test_the_clearest_comes_first(edition: Edition, results: dict[str, Result]) -> None:
    notable = 0
    for force_id in open_data().forces.ids:
        lines = parsed(overview(force_id, edition, results).standing_out().html).select("li")
        kinds = ["notably" in line.get_text() for line in lines]
        assert kinds == sorted(kinds, reverse=True), force_id
        notable += sum(kinds)
    assert notable > 0, "the list would not be tested on a notable figure"


def test_a_notable_figure_comes_before_one_that_lies_further_out(
    results: dict[str, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    far, notable = results["crime_per_1000"], results["outcome_charged_pct"]
    invented = {far.measure.id: (False, 9.0), notable.measure.id: (True, 2.0)}

    def compared(result: Result) -> Compared:
        chance, z = invented[result.measure.id]
        one = compare(result)
        given = replace(
            one.verdicts["norfolk"], words="higher than", size=True, position=True, chance=chance, robust_z=z
        )
        return replace(one, verdicts={**one.verdicts, "norfolk": given})

    monkeypatch.setattr("peel_analysis.sections.lists.compare", compared)
    lines = parsed(standing_out([far, notable], "norfolk").html).select("li")
    assert [str(line["data-value"]).split("/")[1] for line in lines] == [notable.measure.id, far.measure.id]


def test_more_than_seven_are_cut_to_seven(results: dict[str, Result]) -> None:
    result = results["outcome_charged_pct"]
    assert compare(result).verdicts["norfolk"].words == "higher than"
    assert len(parsed(standing_out([result] * 9, "norfolk").html).select("li")) == 7


def test_what_stands_out_says_how_many_flags_to_expect_of_chance(edition: Edition, results: dict[str, Result]) -> None:
    key = parsed(overview("norfolk", edition, results).standing_out().html).select_one("p.key")
    assert key is not None
    assert open_data().policy.label in key.get_text()
    assert "by chance alone" in key.get_text()


@pytest.mark.parametrize("force_id", open_data().forces.ids)
def test_numbers_in_brief_are_the_headline_measures_in_a_line_each(
    force_id: str, edition: Edition, results: dict[str, Result], rows: set[tuple[str, str, str]]
) -> None:
    shown = overview(force_id, edition, results)
    lines = parsed(shown.numbers_in_brief().html).select("ul.numbers-in-brief > li")
    assert lines
    for line in lines:
        found = VALUE_ID.fullmatch(str(line["data-value"]))
        assert found is not None
        assert found.groups() in rows
        assert found[2] in shown.plan.headline_measures
        assert f"{at_a_glance(results[found[2]], force_id)}." in line.get_text()
        assert not JUDGMENT_WORDS.search(line.get_text())


@pytest.mark.parametrize("edition_id", ["2017", "2019", "2025"])
def test_every_link_to_a_figure_goes_to_one_that_a_notebook_draws(edition_id: str) -> None:
    drawn = set()
    edition = open_data().edition(edition_id)
    for plan in edition.sections:
        source = plan.notebook.read_text(encoding="utf-8")
        drawn |= set(re.findall(r'section\.(?:figure|statement|measure)\(\\"([a-z0-9_]+)\\"', source))
        drawn |= {measure_id for block in plan.blocks for measure_id in block.measures}
    results = {measure.id: measures.calculate(measure, edition) for measure in open_data().measures}
    for force_id in ("norfolk", "city-of-london", "suffolk"):
        shown = overview(force_id, edition, results)
        for html in (shown.standing_out().html, shown.numbers_in_brief().html):
            linked = {str(link["href"]).removeprefix("#figure-") for link in parsed(html).select("a.to-figure")}
            assert linked <= drawn


def test_on_the_finished_page_every_id_is_a_row_and_every_link_arrives(page: Page) -> None:
    with (page.path.parent / "values.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["edition"], row["measure"], row["force_id"]) for row in csv.DictReader(file)}
    traced = page.html.select("[data-value]")
    assert len(traced) > 10
    for one in traced:
        assert tuple(str(one["data-value"]).split("/")) in rows, one["data-value"]
    for one in page.html.select("p.reading[data-value]"):
        _, measure_id, force_id = str(one["data-value"]).split("/")
        said = reading(measures.calculate(open_data().measure(measure_id), open_data().edition("2017")), force_id)
        assert words(one) == said, "so that what is tested of readings holds for the page"
    links = page.html.select("a.to-figure")
    assert len(links) >= 5
    for link in links:
        assert page.html.find(id=str(link["href"]).removeprefix("#")) is not None, link["href"]
    for one, most in zip(page.html.select("ul.standing-out"), (3, 7), strict=False):
        assert len(one.select("li")) <= most


def test_on_the_finished_page_generated_sentences_hold_no_word_of_judgment(page: Page) -> None:
    said = page.html.select("p.reading, ul.standing-out > li, ul.numbers-in-brief > li, ol.footnotes > li")
    assert len(said) > 20
    for one in said:
        assert not JUDGMENT_WORDS.search(one.get_text()), one.get_text()
    for image in page.html.select("img[alt]"):
        assert not JUDGMENT_WORDS.search(str(image["alt"])), image["alt"]
