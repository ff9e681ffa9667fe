"""Texts of the data folder are text on every page, also where a register, a declaration or a finding holds a tag.

Into every column that holds text, of every register, and into every setting that holds text, of every declaration, goes
what would run if a page took it for HTML. It names its file and column, so that a page says whose it shows.
"""

import csv
import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import cells
import pytest
from bs4 import BeautifulSoup

from peel_analysis.batch.make import write_index
from peel_analysis.batch.units import report_of
from peel_analysis.changes import changes_between, open_version
from peel_analysis.changes.output import as_page
from peel_analysis.data.files import VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.reports.page import SectionOnPage, page_html, pieces

DATA = Path(__file__).resolve().parents[1] / "data"
HOSTILE = "<img src=x onerror=ran('{}')>"
SHOWN = re.compile(r"<img src=x onerror=ran\('([\w./]+)'\)>")
CODE = re.compile(r"[\w;:./+#-]*")  # ids, numbers, days, addresses: a column of nothing else holds no text
NUMBER = re.compile(r"[\d.,+-]*")
CLOSED = {  # texts that are looked up by their words, or are asked for as they are: others are refused
    "force_names.csv": {"name"},
    "forces.csv": {"official_name", "name", "ons_name", "region", "country"},
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
    return HOSTILE.format(where)


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
        spoilt = f'{written[:-1]} {hostile(f"{path.name}/{name}")}"'
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


def page(force_id: str, edition_id: str) -> str:
    edition, force = open_data().edition(edition_id), open_data().forces.find(force_id)
    parameters = {"force": force_id, "edition": edition_id}
    sections = [
        SectionOnPage(plan.id, plan.title, list(pieces(cells.executed(plan.notebook, parameters), plan.id)))
        for plan in edition.sections
    ]
    return page_html(sections, force, edition, "key")


def ran(html: BeautifulSoup) -> list[str]:
    """Return the tags that hold what a text brought in: an address that is no picture of ours, or a handler."""
    return [str(tag) for tag in html.find_all(True) if "onerror" in tag.attrs or tag.get("src") == "x"]


def shown(html: BeautifulSoup) -> set[str]:
    """Return the columns and settings whose texts the page says or gives to a screen reader; none of them may run."""
    assert ran(html) == []
    heard = [str(tag[name]) for name in ("alt", "aria-label") for tag in html.select(f"[{name}]")]
    return set(SHOWN.findall(unescape(" ".join([html.get_text(), *heard]))))


def test_texts_are_text_on_the_page_of_a_force(spoilt: Path) -> None:
    reached: set[str] = set()
    for force_id, edition_id in (("norfolk", "2017"), ("essex", "2017"), ("city-of-london", "2025")):
        reached |= shown(BeautifulSoup(page(force_id, edition_id), "html.parser"))
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
    write_index(
        tmp_path / "index.html",
        edition,
        [report_of(edition, open_data().forces.find("norfolk"), tmp_path, "shared")],
        [],
    )
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert shown(BeautifulSoup(index, "html.parser")) >= {"2017.toml/title", "programmes.toml/programme.overall"}
