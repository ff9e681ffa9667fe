"""Texts of the data folder are text on every page, also where a register, a declaration or a finding holds a tag.

Into every column that holds text, of every register, and into every setting that holds text, of every declaration, goes
what would run if a page took it for HTML, and what else a page, a picture, a notebook, a shell or a terminal could take
for its own. It names its file and column, so that a page says whose it shows.
"""

import csv
import json
import re
import shutil
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import cells
import pytest
from accessibility import UNFOLD
from bs4 import BeautifulSoup, Tag
from command import run
from page_elements import drawing
from test_page_browser import CHROMIUM, FLAGS

from peel_analysis.changes import changes_between, open_version
from peel_analysis.changes.output import as_page
from peel_analysis.data.files import VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.reports.page import SectionOnPage, page_html, pieces
from peel_analysis.sections.section import open_section
from peel_analysis.site import Site, make_site

DATA = Path(__file__).resolve().parents[1] / "data"
HOSTILE = "<img src=x onerror=ran('{}')>"
ALSO = (
    "[away](javascript:ran('a')) ![picture](http://x.invalid/p.png) <script>ran('s')</script> $\\frac{1}{2}$ [^x] "
    "{{7*7}} {% x %} ${HOME} `x` !x %run x \x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}x"
)
UNBRACED = str.maketrans("{}", "()")  # braces of a setting are filled in, and refused where they are not known
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f\N{RIGHT-TO-LEFT OVERRIDE}]")
SHOWN = re.compile(r"<img src=x onerror=ran\('([\w./]+)'\)>")
CODE = re.compile(r"[\w;:./+#-]*")  # ids, numbers, days, addresses: a column of nothing else holds no text
NUMBER = re.compile(r"[\d.,+-]*")
CLOSED = {  # texts that are looked up by their words, or are asked for as they are: others are refused
    "force_names.csv": {"name"},
    "forces.csv": {"ons_name", "region", "country"},
    "judgments.csv": {"grade"},
    "outcome_groups.csv": {"group"},
    "printed_totals.csv": {"bodies"},
    "programmes.toml": {"programme.grades"},
    "published_values.csv": {"period_words", "value"},
    "sections.toml": {"section.block.title"},
    "wording_policy.toml": {"name"},
}
FINDINGS = "## Effectiveness overview {1}\n\nBefore {0}.[^1]\n\n### Summary\n\n{0}\n\n> Quoted `{0}` {0}\n\n* {0}\n"


def hostile(where: str) -> str:
    return f"{HOSTILE.format(where)} {ALSO.translate(UNBRACED) if '.toml' in where else ALSO}"


def columns_of_text(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [name for name in rows[0] if any(not CODE.fullmatch(row[name] or "") for row in rows)]
    return [name for name in texts if name not in CLOSED.get(path.name, ())]


def spoil_register(path: Path) -> None:
    chosen = columns_of_text(path)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    for row in rows:
        row |= {
            name: f"{row[name]} {hostile(f'{path.name}/{name}')}" for name in chosen if not NUMBER.fullmatch(row[name])
        }
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def settings_of_text(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and not CODE.fullmatch(value):
        yield name, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from settings_of_text(one, f"{name}.{key}".strip("."))
    elif isinstance(value, list):
        for one in value:
            yield from settings_of_text(one, name)


def spoil_declaration(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    chosen = [one for one in settings_of_text(tomllib.loads(text)) if one[0] not in CLOSED.get(path.name, ())]
    for name, value in sorted(set(chosen), key=lambda one: -len(one[1])):
        written = json.dumps(value, ensure_ascii=False)
        spoilt = json.dumps(f"{value} {hostile(f'{path.name}/{name}')}")
        text = spoilt.join(re.split(re.escape(written) + r"(?!\s*=)", text))  # a key is no text
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("hostile") / "data"
    shutil.copytree(DATA, folder)
    for path in sorted(folder.glob("*.csv")):
        spoil_register(path)
    for path in sorted(folder.rglob("*.toml")):
        spoil_declaration(path)
    (folder / "findings" / "2017" / "norfolk.md").write_text(
        FINDINGS.format(hostile("findings"), hostile("sections.toml/section.title")), encoding="utf-8"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder))
        yield folder


@cache
def page(force_id: str, edition_id: str) -> str:
    """Return a page of the spoilt data, which every test here has."""
    edition, force = open_data().edition(edition_id), open_data().forces.find(force_id)
    parameters = {"force": force_id, "edition": edition_id}
    sections = [
        SectionOnPage(plan.id, plan.title, list(pieces(cells.executed(plan.notebook, parameters), plan.id)))
        for plan in edition.sections
    ]
    return page_html(sections, force, edition, "key")


OURS = re.compile("beforeprint|// Without this script|const unfold")


def ran(html: BeautifulSoup) -> list[str]:
    """Return the tags that hold what a text brought in: a script, a handler, or what goes or is loaded elsewhere."""
    beside = ("norfolk/index.html", "index.html", "values.csv", "annex.html", "figures/")
    in_site = ("../index.html", "../values.csv", "../search.html", "../../index.html", "../../search.html")
    ours = {"src": ("data:image/svg+xml,",), "href": ("#", *beside, *in_site)}
    return [
        str(tag)
        for tag in html.find_all(True)
        if any(name.startswith("on") for name in tag.attrs)
        or any(name in tag.attrs and not str(tag[name]).startswith(own) for name, own in ours.items() if not said(tag))
        or (tag.name == "script" and not OURS.search(tag.get_text()))
    ]


def said(tag: Tag) -> bool:
    """Return whether a tag is the link of an address, http or https, that its words are."""
    address = str(tag.get("href"))
    return tag.name == "a" and address.startswith(("http://", "https://")) and address.endswith(tag.get_text())


def drawings(html: BeautifulSoup) -> list[str]:
    """Return the texts of each drawing of a page, which must be whole: a control in one would leave a blank."""
    found = map(drawing, html.select("img.drawing"))
    return [" ".join(ElementTree.fromstring(svg).itertext()) for svg in found]


def shown(html: BeautifulSoup) -> set[str]:
    """Return the columns and settings whose texts the page says or gives to a screen reader; none of them may run."""
    assert ran(html) == []
    assert OBEYED.findall(str(html)) == []
    heard = [str(tag[name]) for name in ("alt", "aria-label") for tag in html.select(f"[{name}]")]
    return set(SHOWN.findall(unescape(" ".join([html.get_text(), *heard]))))


def test_texts_are_text_on_the_page_of_a_force(spoilt: Path) -> None:
    reached: set[str] = set()
    for force_id, edition_id in (("norfolk", "2017"), ("essex", "2017"), ("city-of-london", "2025")):
        html = BeautifulSoup(page(force_id, edition_id), "html.parser")
        reached |= shown(html)
        assert "[away](javascript:ran('a')) ![picture](http://x.invalid/p.png)" in html.get_text()
        drawn = [one for one in drawings(html) if "onerror" in one]  # names and titles in pictures are text there too
        assert any("$\\frac{1}{2}$" in one for one in drawn)
        assert OBEYED.findall("".join(drawn)) == []
    assert reached >= {
        "findings",
        "2017.toml/title",
        "areas_for_improvement.csv/sentence",
        "caveats.csv/sentence",
        "comparability.toml/block.reason",
        "exclusions.csv/reason",
        "exclusions.csv/short_reason",
        "footnotes.csv/sentence",
        "glossary.csv/term",
        "judgments.csv/note",
        "measures.toml/measure.caption",
        "measures.toml/measure.reading",
        "measures.toml/measure.tile",
        "measures.toml/measure.title",
        "measures.toml/measure.unit",
        "outcome_groups.csv/outcome_words",
        "peer_sets.toml/set.title",
        "programmes.toml/key.sentence",
        "programmes.toml/programme.about",
        "programmes.toml/programme.incomplete",
        "programmes.toml/programme.marked.derived.words",
        "programmes.toml/programme.question.title",
        "sections.toml/section.block.note",
        "sections.toml/section.title",
        "series_breaks.csv/sentence",
        "sources.csv/title",
        "sources.csv/url",
        "statuses.csv/mark",
        "statuses.csv/meaning",
        "statuses.csv/words",
        "surveys.csv/title",
        "wording_policy.toml/says.size",
    }


def test_texts_are_text_on_the_page_of_what_changed_and_on_that_of_all_reports(spoilt: Path, tmp_path: Path) -> None:
    changes = changes_between(open_version("2017", open_data()), open_version("2017@residents-only", open_data()))
    assert "measures.toml/measure.title" in shown(BeautifulSoup(as_page(changes), "html.parser"))
    edition = open_data().edition("2017")
    make_site(Site(tmp_path, edition.data, (edition,), is_whole=False))
    index = (tmp_path / "2017" / "index.html").read_text(encoding="utf-8")
    assert shown(BeautifulSoup(index, "html.parser")) >= {"2017.toml/title", "programmes.toml/programme.overall"}


@pytest.mark.browser
def test_a_browser_runs_and_loads_nothing_that_a_text_brought_in(spoilt: Path, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    path = tmp_path / "index.html"
    path.write_text(page("norfolk", "2017"), encoding="utf-8")
    happened: Any = []
    with sync_playwright() as playwright:
        tab: Any = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS)).new_page()
        tab.on("dialog", lambda dialog: happened.append(dialog.message) or dialog.dismiss())
        tab.on("pageerror", lambda error: happened.append(str(error)))
        tab.on("request", lambda request: happened.append(request.url))
        tab.add_init_script("window.ran = what => alert(what)")
        tab.goto(path.as_uri(), wait_until="load")
        tab.evaluate(UNFOLD)
        assert tab.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    assert [one for one in happened if one != path.as_uri() and not one.startswith("data:")] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("why", "crime_per_1000", "norfolk"),
        ("verdicts", "--force", "norfolk"),
        ("values", "--force", "norfolk"),
        ("values", "--force", "norfolk", "--format", "json"),
        ("forces",),
    ],
)
def test_a_terminal_is_shown_what_it_would_obey(
    arguments: tuple[str, ...], spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = run(capsys, *arguments, "--data", str(spoilt))
    assert code == 0
    assert "onerror=ran" in said
    assert "\\u001b[31m\\u202ex" in said
    assert OBEYED.findall(said) == []
    if "json" in arguments:
        units = [row["unit"] for row in json.loads(said)]
        assert any("\x1b[31m" in unit for unit in units)  # which is the same text


def test_a_notebook_sets_no_text_as_mathematics(spoilt: Path) -> None:
    norfolk = open_section("preventing", "norfolk", "2017")
    for shown_html in (norfolk.figure("asb_incidents_per_1000")._repr_html_(), norfolk._repr_html_()):
        first = BeautifulSoup(shown_html, "html.parser").find(True)
        assert first is not None
        assert first["class"] == ["peel", "tex2jax_ignore", "mathjax_ignore"]
