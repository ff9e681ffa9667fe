"""A report as a PDF: what readers of every kind find in it, that it holds the page's numbers, and what it needs."""

import builtins
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT, Page, peel, shared_folder_of_run
from page_elements import drawing
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from peel_analysis.data.errors import InputError
from peel_analysis.data.writing import key_of_page
from peel_analysis.reports.page import as_pdf, check_can_be_made

NAME = "norfolk-2017.pdf"
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


@pytest.fixture(scope="session")
def folder(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Norfolk's report with its PDF, made once a run from the notebooks of the shared reports."""
    try:
        check_can_be_made()
    except InputError as error:
        if os.environ.get("CI"):
            pytest.fail(f"{error}: .ci/run must install it")
        pytest.skip(str(error))
    return (
        shared_folder_of_run(tmp_path_factory, "pdf", lambda unfinished: _make(made, unfinished)) / "2017" / "norfolk"
    )


def _make(made: Path, folder: Path) -> None:
    shutil.copytree(made / "reports" / "2017" / "norfolk", folder / "2017" / "norfolk")
    done = peel("report", "norfolk", "--pdf", "--out", str(folder), cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="session")
def reader(folder: Path) -> PdfReader:
    return PdfReader(folder / NAME)


@pytest.fixture(scope="session")
def texts(reader: PdfReader) -> list[str]:
    """The text of each page, blanks folded."""
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.slow
def test_norfolk_with_its_annex_is_10_to_20_pages_each_with_a_running_head_and_something_to_read(
    texts: list[str],
) -> None:
    assert 10 <= len(texts) <= 20
    for number, text in enumerate(texts, start=1):
        assert text.count(f"Page {number} of {len(texts)}") == 1
        assert len(text) > 500, f"page {number} holds little: {text}"
    head = "Norfolk Constabulary – PEEL: Police effectiveness 2017 Not a publication of HMICFRS"
    assert [number for number, text in enumerate(texts, start=1) if head not in text] == [1]


@pytest.mark.slow
def test_the_cover_says_what_it_is_the_grades_with_their_years_and_where_sections_begin(
    reader: PdfReader, texts: list[str]
) -> None:
    cover = texts[0]
    for said in (
        "This is not a publication of HMICFRS",
        "PEEL: Police effectiveness 2017",
        "Norfolk Constabulary",
        "Good (2017)",
        "Outstanding (2016)",
        "Ungraded (2017)",
    ):
        assert said in cover
    begins = next(number for number, text in enumerate(texts, start=1) if "Annex A – About the data Every" in text)
    assert re.search(rf"Annex A – About the data[ .]*{begins}\b", cover)


@pytest.mark.slow
def test_it_is_tagged_and_has_a_title_a_language_and_no_date(reader: PdfReader) -> None:
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"].value
    assert str(root["/Lang"]) == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert reader.metadata is not None
    assert reader.metadata.title == "PEEL: Police effectiveness 2017: Norfolk Constabulary"
    assert "/CreationDate" not in reader.metadata
    assert re.search(rb"pdfuaid:part\W+1\b", root["/Metadata"].get_data())


@pytest.mark.slow
def test_bookmarks_are_the_headings_in_their_order(reader: PdfReader, norfolk: Page) -> None:
    [force] = [one for one in reader.outline if not isinstance(one, list)]
    assert force.title == "Norfolk Constabulary"
    sections = [one.title for one in reader.outline[1] if not isinstance(one, list)]
    of_pages = [one.get_text() for page in (norfolk.html, norfolk.annex) for one in page.select("section h2")]
    assert sections == of_pages


@pytest.mark.slow
def test_every_drawing_keeps_its_alternative_text(reader: PdfReader, norfolk: Page) -> None:
    told = {
        " ".join(str(one["/Alt"]).split()) for one in _structure(reader.root_object["/StructTreeRoot"]) if "/Alt" in one
    }
    shown = [one for one in norfolk.html.select("img.drawing") if not one.find_parent("details", class_="further")]
    assert len(shown) > 5
    assert [one["alt"] for one in shown if " ".join(str(one["alt"]).split()) not in told] == []


def _structure(element: Any) -> Iterator[DictionaryObject]:
    """Yield the elements of a PDF's tree of tags."""
    element = element.get_object()
    if isinstance(element, list):
        for one in element:
            yield from _structure(one)
    elif isinstance(element, DictionaryObject):
        yield element
        if "/K" in element:
            yield from _structure(element["/K"])


@pytest.mark.slow
def test_links_lead_to_places_of_the_pdf_and_to_addresses_of_the_web(reader: PdfReader) -> None:
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", ())]
    inside = {str(link["/Dest"]) for link in links if "/Dest" in link}
    assert {"annex_a", "figure-crime_per_1000"} <= inside
    assert [one for one in inside if one not in reader.named_destinations] == []
    outside = [str(link["/A"]["/URI"]) for link in links if "/A" in link]
    assert [one for one in outside if not one.startswith("https://")] == []


@pytest.mark.slow
def test_each_number_in_it_is_a_number_of_the_page_or_its_annex(texts: list[str], norfolk: Page) -> None:
    said = {number for page in (norfolk.html, norfolk.annex) for number in NUMBER.findall(page.get_text(" "))}
    known = said | _drawn(norfolk) | {str(number) for number in range(1, len(texts) + 1)}
    for number, text in enumerate(texts, start=1):
        assert [one for one in NUMBER.findall(text) if one not in known] == [], number
    whole = " ".join(texts)
    for value in ("58.9", "76.4", "+10.0%", "17.5%", "26.0%", "23.6", "57.7"):
        assert value in whole


def _drawn(page: Page) -> set[str]:
    """Return the numbers of the drawings."""
    svgs = map(drawing, page.html.select("img.drawing"))
    return {number for svg in svgs for number in NUMBER.findall(re.sub(r"<[^>]*>", " ", svg))}


@pytest.mark.slow
def test_the_page_links_it_and_its_loss_is_told(folder: Path, norfolk: Page) -> None:
    assert f'<a href="{NAME}">' in (folder / "index.html").read_text(encoding="utf-8")
    assert ".pdf" not in str(norfolk.html.find("nav")), "a page without one links none"
    assert key_of_page(folder / "index.html")


@pytest.mark.slow
def test_the_same_page_gives_the_same_bytes(folder: Path) -> None:
    page = (folder / "annex.html").read_text(encoding="utf-8")
    first = as_pdf(page)
    assert first == as_pdf(page)
    assert len(first) > 10_000


@pytest.mark.parametrize("error", [ImportError("No module named 'weasyprint'"), OSError("cannot load libpango")])
def test_without_what_makes_it_a_line_says_what_to_install(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def missing(name: str, *others: Any) -> Any:
        if name == "weasyprint":
            raise error
        return imported(name, *others)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InputError, match=r"peel-analysis\[pdf\].*libpango-1.0-0") as told:
        check_can_be_made()
    assert str(error) in str(told.value)


def test_without_it_the_command_ends_with_2_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    path = f"{tmp_path}{os.pathsep}{PROJECT}"
    done = peel("report", "norfolk", "--pdf", "--out", "reports", cwd=tmp_path, PYTHONPATH=path)
    assert done.returncode == 2
    assert "pip install 'peel-analysis[pdf]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "reports" / "2017").exists()
