"""What is made from a data folder that is not published says so, in sight and in its name, and never mixes with more.

The returns are invented, as are the sections of the two reports that are made from them.
"""

import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pyarrow.parquet as pq
import pytest
from bs4 import BeautifulSoup
from command import run
from pypdf import PdfReader
from small_batch import SmallBatch, files_below, small_batch
from test_returns import folder_of

import peel_analysis as peel
from peel_analysis import cli, measures
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import Data, open_data
from peel_analysis.reports.figure_files import citation
from peel_analysis.returns.folder import read_returns
from peel_analysis.returns.form import Row, asked, filled_form
from peel_analysis.returns.load import load
from peel_analysis.sections.section import open_section

SECRET_FILE, SECRET_COUNT, SECRET_REASON = "zz-secret-return.xlsx", 987654321, "SECRETREASON"
WORD = "Unpublished"
SENTENCE = "Made with data returns of forces that have not been published, and not for publication."
OPENED = 'import peel_analysis as peel\nsection = peel.section("{}", force, edition)\nsection.figure("calls_per_1000")'
FIGURE = OPENED.format("force_in_numbers")
ANNEX = 'print(*range(300), sep="\\n")\n' + OPENED.format("risk_based_inspection")  # of more than a page
BOTH = ("--forces", "norfolk,suffolk")


@dataclass(frozen=True)
class Builds:
    """A published build as it was before one from returns was made into the same folder, and as it is after it."""

    out: Path
    returns: Path
    before: dict[str, bytes]
    marked: dict[str, bytes]
    after: dict[str, bytes]


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Make a published build, one from returns, and the published one once more, all with the same caches."""
    batch = small_batch(tmp_path_factory.mktemp("notice"), FIGURE, ANNEX)
    sections = batch.data / "sections.toml"
    text = sections.read_text(encoding="utf-8")
    sections.write_text(text.rstrip() + '\npage = "annex"\n', encoding="utf-8")
    blocks = batch.data / "comparability.toml"  # of that year, it says that the measure's values are not comparable
    blocks.write_text(blocks.read_text(encoding="utf-8").replace("2017", "2019"), encoding="utf-8")
    returns = batch.folder / "returns"
    returns.mkdir()
    edition = open_data(batch.data).edition("2017")
    for file, force_id, given in (
        (SECRET_FILE, "norfolk", (SECRET_COUNT, "partial", SECRET_REASON)),
        ("suffolk.xlsx", "suffolk", (350_000, "reported", "")),
    ):
        rows = {(item.id, period.end.year): Row(item.id, period, *given) for item, period in asked(edition)}
        (returns / file).write_bytes(filled_form(edition, edition.forces.find(force_id), rows, {}))
    _build(batch)
    before = _published(batch.out)
    _build(batch, "--returns", str(returns))
    assert _published(batch.out) == before
    marked = files_below(batch.out / "unpublished")
    for path in batch.out.iterdir():
        if path.name not in ("unpublished", ".kept"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _build(batch)
    return Builds(batch.out, returns, before, marked, _published(batch.out))


def _build(batch: SmallBatch, *returns: str) -> None:
    """Make the reports of two forces, the pages around them, and a page of what changed, which the caller names."""
    done = batch.run(*BOTH, *returns, "--xlsx", "--pdf")
    assert done.returncode == 0, done.stderr
    named = batch.out / "moved.html" if not returns else batch.folder / "moved.html"
    with patch.dict(os.environ, batch.environment):
        for command in (["site", "--out", str(batch.out)], ["changes", "2017", "2019", "--html", str(named)]):
            assert cli.main([*command, "--data", str(batch.data), *returns]) == 0
    assert (WORD in named.read_text(encoding="utf-8")) == bool(returns)


def _published(out: Path) -> dict[str, bytes]:
    """Return what stands outside of the folder of what is not published; but for caches, which later runs remove."""
    return {
        name: content for name, content in files_below(out).items() if not name.startswith(("unpublished/", ".kept/"))
    }


@pytest.mark.slow
def test_a_published_build_is_what_it_was_after_one_from_returns(builds: Builds) -> None:
    assert builds.after == builds.before
    assert {Path(name).suffix for name in builds.after} >= {".html", ".xlsx", ".pdf", ".parquet", ".csv", ".json"}


@pytest.mark.slow
def test_no_file_of_a_published_build_holds_anything_of_a_return(builds: Builds) -> None:
    secrets = (str(SECRET_COUNT), f"{SECRET_COUNT:,}", SECRET_FILE, "zz-secret", SECRET_REASON, "returns-2017", WORD)
    everything = {**builds.after, **{f"kept/{name}": one for name, one in files_below(builds.out / ".kept").items()}}
    for name, content in everything.items():
        for text in _texts(name, content):
            assert not [one for one in secrets if one in text], name
    told = "\n".join(text for name, content in builds.marked.items() for text in _texts(name, content))
    assert [one for one in secrets if one not in told] == [SECRET_FILE, "zz-secret"], "the test would find the others"


def _texts(name: str, content: bytes) -> Iterator[str]:
    """Yield all that a file holds as text, whatever packs it."""
    yield content.decode("utf-8", errors="replace")
    if name.endswith(".xlsx"):
        book = zipfile.ZipFile(io.BytesIO(content))
        yield from (book.read(one).decode("utf-8", errors="replace") for one in book.namelist())
    if name.endswith(".parquet"):
        table = pq.read_table(io.BytesIO(content))
        yield f"{table.schema.metadata} {table.to_pydict()}"
    if name.endswith(".pdf"):
        reader = PdfReader(io.BytesIO(content))
        yield " ".join((str(reader.metadata), *(page.extract_text() for page in reader.pages)))


@pytest.mark.slow
def test_every_file_that_is_made_from_returns_has_the_word_in_its_name(builds: Builds) -> None:
    names = [Path(name) for name in builds.marked]
    own = [name for name in names if name.parts[0] != ".kept" and name.suffix != ".ipynb"]
    assert [str(name) for name in own if not name.name.startswith("unpublished-")] == []
    assert {name.name for name in own} >= {
        "unpublished-norfolk-2017.pdf", "unpublished-norfolk-2017.xlsx", "unpublished-values.parquet",
        "unpublished-annex.html", "unpublished-calls_per_1000.png", "unpublished-method.html",
    }  # fmt: skip


@pytest.mark.slow
def test_every_link_of_a_marked_site_leads_somewhere(builds: Builds) -> None:
    out, links = builds.out / "unpublished", 0
    for file in sorted(out.rglob("*.html")):
        html = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        for link in html.select("[href], [src], [data-part]"):
            address = str(link.get("href") or link.get("src") or link.get("data-part"))
            path, _, part = address.partition("#")
            if address.startswith(("https:", "http:", "data:")) or link.get("data-part"):
                continue
            target = file if not path else file.parent / path
            assert target.is_file(), (file, address)
            assert not part or f'id="{part}"' in target.read_text(encoding="utf-8"), (file, address)
            links += 1
    assert links > 100
    parts = BeautifulSoup((out / "unpublished-search.html").read_bytes(), "html.parser").select("[data-part]")
    assert "unpublished-annex.html#risk_based_inspection" in {str(one["data-part"]) for one in parts}


@pytest.mark.slow
def test_every_page_says_at_its_top_and_at_its_foot_what_it_is(builds: Builds) -> None:
    said = f"{WORD}. {SENTENCE} This is not a publication of HMICFRS."
    pages = {name: content for name, content in builds.marked.items() if name.endswith(".html")}
    assert len(pages) > 12
    for name, content in pages.items():
        page = BeautifulSoup(content, "html.parser")
        assert page.title is not None
        assert page.title.get_text().startswith(f"{WORD}. "), name
        assert [one.get_text(strip=True) for one in page.select(".what-this-is")] == [said], name
        assert said in page.footer.get_text(), name  # type: ignore[union-attr]
        assert "Made from public data" not in page.get_text(), name


@pytest.mark.slow
def test_a_pdf_says_what_it_is_on_its_cover_and_over_each_page(builds: Builds) -> None:
    first, *others = PdfReader(io.BytesIO(builds.marked["2017/norfolk/unpublished-norfolk-2017.pdf"])).pages
    assert f"{WORD}. {SENTENCE}" in " ".join(first.extract_text().split())
    assert others
    assert all(f"{WORD}. Not a publication of HMICFRS" in page.extract_text() for page in others)
    assert not [page for page in (first, *others) if "public data" in page.extract_text()]


@pytest.mark.slow
def test_every_drawing_and_its_narrow_form_hold_the_word(builds: Builds) -> None:
    drawings = [content.decode() for name, content in builds.marked.items() if name.endswith(".svg")]
    assert len(drawings) == 2
    for svg in drawings:
        words = [one.get_text() for one in BeautifulSoup(svg, "html.parser").select("text")]
        assert words.count(WORD) == 1
    page = BeautifulSoup(builds.marked["2017/norfolk/unpublished-index.html"], "html.parser")
    assert [one.get_text() for one in page.select(".narrow > p > strong")] == [f"{WORD}."]
    assert all(str(one["alt"]).startswith(f"{WORD}. ") for one in page.select("img.drawing"))


@pytest.mark.slow
def test_a_workbook_says_what_it_is_on_its_cover_and_over_each_sheet(builds: Builds) -> None:
    book = openpyxl.load_workbook(io.BytesIO(builds.marked["2017/norfolk/unpublished-norfolk-2017.xlsx"]))
    assert {sheet.title: str(sheet["A1"].value).startswith(f"{WORD}. ") for sheet in book} == dict.fromkeys(
        book.sheetnames, True
    )
    assert SENTENCE in " ".join(str(row[0].value) for row in book["Cover"].iter_rows())
    assert str(book.properties.title).startswith(f"{WORD}. ")


@pytest.mark.slow
def test_values_and_notebooks_say_what_they_are(builds: Builds) -> None:
    metadata = json.loads(builds.marked["2017/unpublished-values.csv-metadata.json"])
    assert metadata["dc:title"].startswith(f"{WORD}. Values of the measures")
    assert metadata["url"] == "unpublished-values.csv"
    told = pq.read_schema(io.BytesIO(builds.marked["2017/unpublished-values.parquet"])).metadata
    assert told[b"title"].startswith(f"{WORD}. ".encode())
    assert SENTENCE in told[b"description"].decode()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The project's data with invented returns of four forces."""
    folder = tmp_path_factory.mktemp("returns")
    arrests = {
        force_id: {"domestic_abuse_arrests": (count, "reported", ""), "domestic_abuse_offences": (1000, "reported", "")}
        for force_id, count in (("norfolk", 577), ("suffolk", 450), ("kent", 350))
    }
    return load(read_returns(folder_of(folder, arrests), open_data()))


@pytest.fixture(scope="module")
def edition(data: Data) -> Edition:
    """The edition of 2017 with the returns."""
    return data.edition("2017")


def test_a_figure_saved_by_an_analyst_holds_the_word(data: Data, tmp_path: Path) -> None:
    result = peel.edition("2017", data).measure("da_arrest_rate")
    for figure in (result.figure("norfolk"), result.compare("norfolk", "kent")):
        path = figure.save(tmp_path / "figure.svg", title="Arrests", size=(9, 6))
        svg = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert [one.get_text() for one in svg.select("text")].count(WORD) == 1
        assert svg.desc is not None
        assert svg.desc.get_text().startswith(f"{WORD}. ")


def test_a_citation_says_what_a_figure_is_made_from(edition: Edition, data: Data) -> None:
    shown = open_section("protecting", "norfolk", "2017", data).figure("da_arrest_rate")
    cited = citation(shown.data, 1, edition.forces.find("norfolk"), edition)
    assert cited.endswith(f"{WORD}. {SENTENCE} Not a publication of HMICFRS.")
    assert "public data" not in cited


def test_the_first_output_of_a_notebook_says_what_it_is(data: Data) -> None:
    for opened in (open_section("protecting", "norfolk", "2017", data), peel.annex("norfolk", data=data)):
        assert BeautifulSoup(opened._repr_html_(), "html.parser").p.get_text().startswith(f"{WORD}. ")  # type: ignore[union-attr]
    assert SENTENCE in peel.edition("2017", data)._repr_html_()
    assert WORD not in open_section("protecting", "norfolk", "2017")._repr_html_()


@pytest.mark.parametrize(
    "command",
    [
        ("why", "da_arrest_rate", "norfolk"),
        ("values", "--measure", "da_arrest_rate"),
        ("verdicts", "--measure", "da_arrest_rate"),
        ("policy", "--measure", "da_arrest_rate"),
        ("changes", "2017", "2017", "--measure", "da_arrest_rate"),
    ],
)
def test_a_command_says_in_one_line_beside_what_it_prints_that_it_is_not_published(
    capsys: pytest.CaptureFixture[str], data: Data, command: tuple[str, ...]
) -> None:
    code, _, told = run(capsys, *command, "--returns", str(data.folder.parent))
    assert (code, told) == (0, f"peel: {WORD}. {SENTENCE}\n")
    assert run(capsys, *command)[2] == ""


def test_notebooks_can_be_opened_with_returns(capsys: pytest.CaptureFixture[str], data: Data, tmp_path: Path) -> None:
    code, out, told = run(capsys, "lab", str(tmp_path / "lab"), "--copy-only", "--returns", str(data.folder.parent))
    assert (code, told) == (0, f"peel: {WORD}. {SENTENCE}\n")
    assert Path(out.strip()).is_file()


def test_all_has_its_place_and_name_by_the_data_folder(data: Data) -> None:
    assert data.below(Path("build")) == Path("build/unpublished")
    assert data.named("../values.csv") == "../unpublished-values.csv"
    assert data.named("index.html#norfolk") == "unpublished-index.html#norfolk"
    published = open_data()
    assert (published.below(Path("build")), published.named("a/b.csv"), published.word) == (
        Path("build"),
        "a/b.csv",
        "",
    )


def test_a_published_version_is_not_read_from_a_folder_that_is_not(
    capsys: pytest.CaptureFixture[str], builds: Builds
) -> None:
    folder = str(builds.out / "unpublished" / "2017")
    code, _, told = run(capsys, "changes", "2017", folder)
    assert code == 2
    assert "no values.csv in any folder there" in told


def test_measures_of_returns_are_as_without_the_notice(edition: Edition) -> None:
    result = measures.calculate(edition.data.measure("da_arrest_rate"), edition)
    assert result.of("norfolk").value == pytest.approx(57.7)
