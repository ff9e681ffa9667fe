"""An executed notebook as pieces of a page: what is left out, and how prose, findings and figures are shown."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from markupsafe import Markup

from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result, calculate
from peel_analysis.reports.page import SectionOnPage, page_html, pieces
from peel_analysis.sections.display import Drawing, Findings, Html, numbered, stands_under
from peel_analysis.show.pictures import picture
from peel_analysis.show.templates import PEEL, linked, piece

SECTION = "investigating"
SVG = '<svg width="10pt" height="10pt" viewBox="0 0 10 10" xmlns="http://www.w3.org/2000/svg"></svg>'
PACKAGE = Path(__file__).resolve().parents[1] / "peel_analysis"
TAG = re.compile(r"</?(a|dd|details|div|dl|dt|figure|h[1-6]|img|li|ol|p|pre|span|strong|style|sup|t[dhr]|table|ul)\b")


def prose(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def cell(*data: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    outputs = [{"output_type": "execute_result", "data": one} for one in data]
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "outputs": outputs}


@cache
def crime() -> Result:
    edition = open_data().edition("2017")
    return calculate(edition.data.measure("crime_per_1000"), edition)


def figure(figure_id: str, number: int | None) -> dict[str, Any]:
    drawing = Drawing(picture(SVG, "It rose."), "It rose.", [crime()])
    body = piece("paragraph", "reading", "It rose.") + drawing.image
    shown = numbered(figure_id, number, f"Of {figure_id}", body, drawing=drawing, under=stands_under([], "Source."))
    return {"text/html": shown._repr_html_(), **shown._repr_mimebundle_()}


def on_page(*cells: dict[str, Any]) -> BeautifulSoup:
    edition = open_data().edition("2017")
    section = SectionOnPage(SECTION, "Investigating", list(pieces({"cells": cells}, SECTION)))
    return BeautifulSoup(page_html([section], edition.forces.find("norfolk"), edition, "key"), "html.parser")


def test_cells_that_show_working_are_left_out_and_what_an_analyst_adds_is_not() -> None:
    html = on_page(
        cell({"text/html": "<table><td>58.9</td></table>"}, tags=("working",)),
        cell({"text/html": "<p id=own>Added</p>"}),
    )
    assert html.select("table") == []
    assert html.find(id="own") is not None


def test_figures_are_numbered_in_the_order_of_the_page() -> None:
    shown = {"crime": figure("crime", 7), "own": figure("own", None), "spine": figure("spine", 0)}
    html = on_page(*map(cell, (*shown.values(), figure("outcomes", 1))))
    assert [one.get_text() for one in html.select(".figure-number")] == ["1", "2", "3"]
    assert [one["id"] for one in html.select("figure")] == [f"figure-{one}" for one in (*shown, "outcomes")]
    assert [one.get_text() for one in html.select("figure .reading")] == ["It rose."] * 4
    assert "figure-number" not in shown["own"]["text/html"], "alone it has none"


@pytest.mark.parametrize("where", ["prose", "findings"])
def test_raw_html_in_markdown_is_text_and_headings_have_the_section_s_id(where: str) -> None:
    text = "Before <b onclick=x>bold</b>\n\n<script>run()</script>\n\n[away](javascript:run())"
    found = Findings("Initial investigation", text)
    shown = prose(f"## Initial investigation\n\n{text}") if where == "prose" else cell(found._repr_mimebundle_())
    html = on_page(shown)
    heading = html.find("h3", id=f"{SECTION}-initial-investigation")
    assert heading is not None
    section = html.find("section", id=SECTION)
    assert section is not None
    assert section.find(["b", "script"]) is None
    assert "<b onclick=x>bold</b>" in section.get_text()
    assert [link["href"] for link in section.find_all("a") if "javascript" in str(link["href"])] == []


def test_links_and_pictures_of_findings_are_text() -> None:
    text = "[a](http://x.invalid) ![b](http://x.invalid/b) <http://x.invalid> http://x.invalid\n\n[c]: http://x.invalid"
    found = Findings("", text)
    html = on_page(cell({"text/html": found._repr_html_(), **found._repr_mimebundle_()}))
    assert html.select(f"#{SECTION} a, img") == []
    for part in text.split():
        assert part in html.get_text().split(), part
    assert BeautifulSoup(found._repr_html_(), "html.parser").find(["a", "img"]) is None


def test_a_picture_of_a_notebook_s_prose_is_text_and_a_link_is_one() -> None:
    html = on_page(prose('[a](http://x.invalid) ![b](http://x.invalid/b.png "c")'))
    assert [link["href"] for link in html.select(f"#{SECTION} a")] == ["http://x.invalid"]
    assert html.select("img") == []
    assert '![b](http://x.invalid/b.png "c")' in html.get_text()


def test_dollars_in_a_cell_are_no_mathematics_and_the_page_shows_the_same() -> None:
    shown = Html(piece("paragraph", "key", "$x$ and \\(y\\)"), "key")
    assert shown._repr_html_().startswith('<div class="peel tex2jax_ignore mathjax_ignore"><p class="key">')
    html = on_page(cell({"text/html": shown._repr_html_()}))
    assert [str(one) for one in html.select(f"#{SECTION} > *")] == ['<p class="key">$x$ and \\(y\\)</p>']
    assert Html(Markup(), "key")._repr_html_() == ""


def test_no_line_of_a_page_ends_within_a_date_and_what_no_reader_reads_stays() -> None:
    shown = '<p title="to 1 May 2017">To 1 May 2017, or <b>30 June 2017</b>.</p><script>"1 May 2017"</script> 1 May'
    html = on_page(cell({"text/html": shown}), prose("In the 12 months to 30 June 2017 or 12 June 20175"))
    assert [str(one) for one in html.select(f"#{SECTION} > *")] == [
        '<p title="to 1 May 2017">To 1~May~2017, or <b>30~June~2017</b>.</p>'.replace("~", "\xa0"),
        '<script>"1 May 2017"</script>',
        "<p>In the 12 months to 30~June~2017 or 12 June 20175</p>".replace("~", "\xa0"),
    ]


def test_notes_that_follow_each_other_are_cited_apart() -> None:
    html = on_page(cell(Findings("", "Hubs.[^6][^7]")._repr_mimebundle_()))
    assert [link["href"] for link in html.select("sup a")] == ["#note-6", "#note-7"]
    assert "Hubs.6, 7" in html.get_text()


def test_what_a_notebook_shows_holds_what_the_page_must_know() -> None:
    assert figure("crime", 1)[PEEL]["figure"]["figure_id"] == "crime"
    assert Html(piece("paragraph", "key", "A & B"), "key")._repr_mimebundle_() == {}


def test_no_module_builds_a_tag_of_html() -> None:
    """Tags stand in the templates, which escape what they are handed; drawings are no HTML, and escape their words."""
    built = [
        f"{path.relative_to(PACKAGE)}, line {node.lineno}: {node.value[:60]}"
        for path in PACKAGE.rglob("*.py")
        if path.name != "compact.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TAG.search(node.value)
    ]
    assert built == []


def test_web_addresses_alone_are_links() -> None:
    said = linked("See https://www.example.org/a_b?c=1&d=2, www.example.org; javascript:alert(1) and <b>")
    found = [(str(one["href"]), one.get_text()) for one in BeautifulSoup(said, "html.parser").select("a")]
    assert [href for href, _ in found] == ["https://www.example.org/a_b?c=1&d=2", "https://www.example.org"]
    assert "javascript:alert(1) and &lt;b&gt;" in said
