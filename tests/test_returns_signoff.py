"""The page that a force signs: its own values, counts and reasons, and no other force's. All counts are invented."""

import csv
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import test_page_browser
from accessibility import violations
from command import run
from conftest import later

from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.periods import Period
from peel_analysis.measures import calculate
from peel_analysis.returns.example import file_of, forms_with_faults
from peel_analysis.returns.folder import Returns, read_returns
from peel_analysis.returns.form import Row, asked, filled_form
from peel_analysis.returns.load import load
from peel_analysis.returns.log import LOG, add_to_log
from peel_analysis.returns.queries import check_returns, queries_in
from peel_analysis.returns.signoff import FAR_FROM_OTHERS, NOT_SHOWN, SignOff, as_page, as_workbook, sign_offs
from peel_analysis.show.words import value_in_words

DATA = open_data()
browser = test_page_browser.browser  # the fixture
EDITION = DATA.edition("2017")
NORFOLK = DATA.forces.find("norfolk")
REASON = "The force began to count charges in May."


def supplied(item: str, force_id: str) -> bool:
    """Return whether a force supplied an item: one by all, one by Norfolk and ten others, one by it and nine others."""
    fewest = {"organised_crime_groups": 10, "clares_law_right_to_know": 9}
    others = [one for one in DATA.forces.ids if one not in ("norfolk", "city-of-london")][: fewest.get(item, 43)]
    return item not in fewest or force_id in ("norfolk", *others)


def count_of(force_id: str, place: int) -> int:
    """Return a count of nine figures that no other force and no other row has."""
    return 100_000_000 + 1_000 * DATA.forces.ids.index(force_id) + place


def row_of(force_id: str, place: int, item: str, period: Period) -> Row:
    """Return a row of a force's form."""
    if not supplied(item, force_id):
        return Row(item, period, None, "not_supplied", f"Nothing of {force_id} was counted.")
    partial = ("partial", REASON) if (force_id, item) == ("norfolk", "domestic_abuse_charges") else ("reported", "")
    return Row(item, period, count_of(force_id, place), *partial)


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Returns:
    """Return the returns of all forces, in which no two counts are alike."""
    folder = tmp_path_factory.mktemp("returns")
    for force in DATA.forces:
        rows = {
            (item.id, period.end.year): row_of(force.id, place, item.id, period)
            for place, (item, period) in enumerate(asked(EDITION))
        }
        (folder / f"return-{force.id}.xlsx").write_bytes(filled_form(EDITION, force, rows, {}))
    return read_returns(folder, DATA)


@pytest.fixture(scope="module")
def made(returns: Returns) -> Data:
    """Return the data folder that is made of them."""
    return load(returns)


@pytest.fixture(scope="module")
def norfolk(returns: Returns, made: Data) -> SignOff:
    """Return what Norfolk signs."""
    (one,) = sign_offs(returns, made, [NORFOLK])
    return one


def texts_of(workbook: bytes, folder: Path) -> str:
    """Return all that is in a workbook."""
    (folder / "book.xlsx").write_bytes(workbook)
    with zipfile.ZipFile(folder / "book.xlsx") as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def without_counts(folder: Path, reason: str) -> SignOff:
    """Return what Norfolk signs of a return in which nothing is supplied, each time for a reason."""
    every = ((item.id, period) for item, period in asked(EDITION))
    rows = {(item, period.end.year): Row(item, period, None, "not_supplied", reason) for item, period in every}
    (folder / "form.xlsx").write_bytes(filled_form(EDITION, NORFOLK, rows, {}))
    alone = read_returns(folder, DATA)
    (one,) = sign_offs(alone, load(alone), [NORFOLK])
    return one


def test_nothing_of_another_force_is_on_the_page_or_in_the_workbook(
    norfolk: SignOff, returns: Returns, made: Data, tmp_path: Path
) -> None:
    edition = made.edition("2017")
    per_head = [calculate(made.measure(one), edition) for one in ("calls_per_1000", "ocg_per_million", "asb_cbo")]
    for text in (as_page(norfolk), texts_of(as_workbook(norfolk), tmp_path)):
        small = text.lower()
        assert "norfolk" in small
        for one in returns.every:
            if one.force.id == "norfolk":
                assert all(str(row.count) in text or f"{row.count:,}" in text for row in one.rows)
                continue
            names = {one.force.id, one.force.name, one.force.official_name, one.file}
            assert not [name for name in names if name.lower() in small]
            counts = [row.count for row in one.rows if row.count is not None]
            assert not [count for count in counts if str(count) in text or f"{count:,}" in text]
            values = [(result.measure, result.of(one.force.id).value) for result in per_head]
            shown = [value_in_words(measure, value) for measure, value in values if value == value]
            assert not [value for value in shown if value in text or value.replace(",", "") in text]


def test_every_value_stands_with_its_counts_and_what_is_said_of_it(norfolk: SignOff, made: Data) -> None:
    values, returned, caveats = (table.rows for table in norfolk.tables[:3])
    by_measure = {(row[0], row[1]): row for row in values}
    counted = ((one.title, {*one.numerator.items, *one.denominator.items}) for one in made.measures)
    assert {title for title, _ in by_measure} == {title for title, items in counted if items & {*made.returned}}
    charges = by_measure["Domestic abuse charge rate", "12 months to 30 June 2017"]
    assert [getattr(cell, "text", cell) for cell in charges] == [
        "Domestic abuse charge rate",
        "12 months to 30 June 2017",
        "100.0",
        "100,025,007",
        "Domestic abuse charges",
        "100,025,002",
        "Domestic abuse-related offences",
        "100.0 (42 forces)",
        f"Partial. {REASON}",
    ]
    charged = next(row for row in returned if row[0] == "Domestic abuse charges")
    assert (charged[4], charged[5]) == ("Partial", REASON)
    assert any("Home Office Counting Rules" in str(row[0]) for row in caveats)


def test_england_and_wales_is_shown_where_ten_other_forces_are_in_it(norfolk: SignOff) -> None:
    national = {row[0]: str(row[7]) for row in norfolk.tables[0].rows if str(row[1]).endswith("2017")}
    assert national["Organised crime groups per 1 million population"].endswith(" (11 forces)")
    assert national["Clare's Law 'right to know' disclosures per 100,000 population"] == NOT_SHOWN


def test_a_published_value_of_england_and_wales_is_shown(returns: Returns, tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes((returns.folder / "return-norfolk.xlsx").read_bytes())
    alone = read_returns(tmp_path, DATA)
    (one,) = sign_offs(alone, load(alone), [NORFOLK])
    national = {row[0]: str(row[7]) for row in one.tables[0].rows if str(row[1]).endswith("2017")}
    assert national["Domestic abuse arrest rate"] == "42.5 (as published)"
    assert national["Calls for assistance per 1,000 population"] == "[x]"


def test_queries_stand_with_what_was_decided_and_an_open_one_is_told_above_the_remedy(
    returns: Returns, tmp_path: Path
) -> None:
    (tmp_path / "form.xlsx").write_bytes((returns.folder / "return-norfolk.xlsx").read_bytes())
    alone = read_returns(tmp_path, DATA)
    queries = add_to_log(alone, queries_in(check_returns(alone)))
    with (tmp_path / LOG.file).open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    entries[0] |= {"answer": "It is right.", "by": "A. Officer", "on": "2026-01-02", "decision": "confirmed"}
    gone = entries[1] | {"value": "12", "answer": "A slip.", "by": "B. Officer", "on": "2026-01-03"}
    with (tmp_path / LOG.file).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, LOG.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*entries, gone | {"decision": "corrected"}])
    (one,) = sign_offs(alone, load(alone), [NORFOLK])
    rows = one.tables[-1].rows
    assert len(rows) == len(queries) + 1
    states = {(row[0], row[2]): row[4:] for row in rows}
    assert states[queries[0].id, queries[0].value] == ("decided: confirmed", "It is right.", "A. Officer, 2026-01-02")
    assert states[queries[1].id, queries[1].value] == ("open", "none yet", "none yet")
    assert states[queries[1].id, "12"] == ("decided: corrected", "A slip.", "B. Officer, 2026-01-03")
    assert one.open_queries == len(queries) - 1
    asked = {row[0]: str(row[3]) for row in rows}
    assert asked["norfolk-asb_powers-2017-not_the_sum"].endswith("100,025,019 + 100,025,021 = 400,100,072.")
    assert "queries are still open: the answer may change a value." in as_page(one)


def test_a_query_that_sets_a_figure_beside_others_gives_none_of_theirs(tmp_path: Path) -> None:
    for name, form in forms_with_faults(EDITION, 1).items():
        (tmp_path / name).write_bytes(form if isinstance(form, bytes) else form.encode())
    for force_id in ("dorset", "essex", "surrey"):  # whose forms hold what is no count, so that none can be loaded
        (tmp_path / file_of(DATA.forces.find(force_id), EDITION)).unlink()
    returns = read_returns(tmp_path, DATA)
    (one,) = sign_offs(returns, load(returns), [DATA.forces.find("west-midlands")])
    asked = {row[0]: row[3] for row in one.tables[-1].rows}
    assert asked == {"west-midlands-domestic_abuse_charges-2017-far_from_others": FAR_FROM_OTHERS}
    assert one.named("html") == "illustrative-signoff-west-midlands-2017.html"


def test_a_value_that_is_as_published_says_so_once(tmp_path: Path) -> None:
    rows = {
        (item.id, period.end.year): Row(item.id, period, None, "not_supplied", REASON)
        for item, period in asked(EDITION)
    }
    (tmp_path / "form.xlsx").write_bytes(filled_form(EDITION, NORFOLK, rows, {}))
    alone = read_returns(tmp_path, DATA)
    (one,) = sign_offs(alone, load(alone), [NORFOLK])
    beside = {row[0]: (getattr(row[2], "text", row[2]), str(row[8])) for row in one.tables[0].rows}
    value, told = beside["Domestic abuse charge rate"]
    assert value == "20.0"
    assert told.startswith("As published: Norfolk 2017 report, ")
    assert beside["Calls for assistance per 1,000 population"] == (
        "[x]",
        f"Not supplied. {REASON} Not in the figure. Not in the value of England and Wales.",
    )


def test_the_page_and_its_workbook_say_what_they_are_and_have_a_place_to_sign(norfolk: SignOff, tmp_path: Path) -> None:
    page = as_page(norfolk)
    assert norfolk.named("html") == "unpublished-signoff-norfolk-2017.html"
    assert page.index("<span>Unpublished. ") < page.index("<h1>")
    assert re.findall("<dt>(.*?)</dt>", page) == ["Name", "Rank or role", "Date", "Signature"]
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    (tmp_path / "book.xlsx").write_bytes(as_workbook(norfolk))
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert all(str(sheet["A1"].value).startswith("Unpublished. ") for sheet in book)
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def test_the_command_writes_the_page_and_refuses_a_force_without_a_return(
    returns: Returns, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "returns").mkdir()
    (tmp_path / "returns" / "norfolk.xlsx").write_bytes((returns.folder / "return-norfolk.xlsx").read_bytes())
    given = ("--returns", str(tmp_path / "returns"), "-o", str(tmp_path / "out"))
    code, _, err = run(capsys, "returns", "signoff", "norfolk", *given)
    assert code == 0, err
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made == {"unpublished-signoff-norfolk-2017.html", "unpublished-signoff-norfolk-2017.xlsx"}
    code, _, err = run(capsys, "returns", "signoff", "kent", *given)
    assert (code, "no return of Kent Police; put its form there" in err) == (2, True)


def test_a_text_of_a_return_is_text_on_the_page_and_no_formula(tmp_path: Path) -> None:
    one = without_counts(tmp_path, "=<img src=x onerror=alert(1)> =HYPERLINK(1)")
    assert "<img" not in as_page(one)
    assert "&lt;img src=x" in as_page(one)
    assert "<f>" not in texts_of(as_workbook(one), tmp_path)


@pytest.mark.browser
@pytest.mark.parametrize("looks", [{}, *later({"color_scheme": "dark"}, {"forced_colors": "active"})])
def test_the_page_passes_axe_and_fits_a_narrow_screen(
    browser: Any, norfolk: SignOff, tmp_path: Path, looks: dict[str, str]
) -> None:
    (tmp_path / "page.html").write_text(as_page(norfolk), encoding="utf-8")
    for width in (320, 1280):
        tab = browser.new_context(viewport={"width": width, "height": 900}, **looks).new_page()
        tab.goto((tmp_path / "page.html").as_uri(), wait_until="load")
        assert violations(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.context.close()
