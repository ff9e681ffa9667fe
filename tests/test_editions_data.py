"""Bad input through the library: one line that names the file and the row or cell, and how to put it right."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from invented import DAY_2017, QUARTERS_2017, YEAR_2016, Folder, all_forces, folder

from peel_analysis import measures, tables
from peel_analysis.comparison import blocks
from peel_analysis.data import editions, open_edition
from peel_analysis.errors import InputError
from peel_analysis.periods import GapError

CRIME = "counts/recorded_crime/invented.csv"
EDITION = "editions/2017.toml"
DURHAM = "2017,da_arrest_rate,2017,durham,excluded_from_figure"
NORFOLK = "norfolk,recorded_crime,,2016-07-01,2016-09-30,9175"
HEADER = "force_id,item,dimension,period_start,period_end,count,status,release"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    made = folder(tmp_path, monkeypatch)
    quarters = [row for period in QUARTERS_2017 for row in all_forces(period, 9000)]
    made.counts(
        {"recorded_crime": [*quarters, *all_forces(YEAR_2016, 30_000)], "organised_crime_groups": all_forces(DAY_2017)}
    )
    return made


def refusal(about: Callable[[], object]) -> str:
    """Return the message of the error, which is one that a user can put right and is told in one line."""
    with pytest.raises(InputError) as raised:
        about()
    message = str(raised.value)
    assert "\n" not in message
    return message


def without(text: str, part: str) -> str:
    """Return the text without the lines that hold a part."""
    return "\n".join(line for line in text.splitlines() if part not in line) + "\n"


def test_the_invented_folder_answers_before_it_is_spoilt(data: Folder) -> None:
    assert data.result("crime_per_1000").of("norfolk").numerator == 4 * 9175
    assert data.result("ocg_per_million").of("norfolk").status == "reported"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (HEADER, HEADER.replace("count,", "counts,"), r"line 1: no column count \(is it the column 'counts'\?\)"),
        (HEADER, HEADER.replace(",release", ""), r"line 1: no column release; the columns are force_id, item"),
        (NORFOLK, NORFOLK.replace("9175", "about 9000"), r"line \d+, column count: found 'about 9000'.*write a whole"),
        (NORFOLK, NORFOLK.replace("9175", ""), r"line \d+, column count: no count.*give the count or the status"),
        (NORFOLK, NORFOLK.replace("norfolk", "norfok"), r"line \d+, column force_id: .*'norfok' \(did you mean norf"),
        (NORFOLK, NORFOLK.replace("2016-07-01", "2016-10-01"), r"line \d+, column period_end: the period ends before"),
    ],
)
def test_a_table_that_is_not_in_its_shape(data: Folder, old: str, new: str, message: str) -> None:
    data.replace(CRIME, old, new)
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}, line ")
    assert re.search(message, said), said


def test_a_row_that_stands_twice(data: Folder) -> None:
    lines = data.read(CRIME).splitlines()
    data.write(CRIME, "\n".join([*lines, lines[5], ""]))
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}, line {len(lines) + 1}: repeats the key of an earlier line (city-of-london")
    assert said.endswith("keep one of the two")


@pytest.mark.parametrize(
    ("rows", "quarters"),
    [
        ("kent,", ("30 September 2016", "31 December 2016", "31 March 2017", "30 June 2017")),
        ("kent,recorded_crime,,2017-01-01", ("31 March 2017",)),
    ],
)
def test_a_force_that_is_missing_from_a_table(data: Folder, rows: str, quarters: tuple[str, ...]) -> None:
    data.write(CRIME, without(data.read(CRIME), rows))
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}: ")
    assert said.endswith("; add the rows, or blank counts with a status that says why")
    about = said.split("no row for Kent in ")[1]
    days = re.findall(r"3 months to (\d+ \w+ 201\d)", about)
    assert tuple(days) == quarters


def test_a_gap_in_the_quarters(data: Folder) -> None:
    data.write(CRIME, without(data.read(CRIME), ",2017-01-01,"))
    with pytest.raises(GapError):
        data.result("crime_per_1000")
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}: 12 months to 30 June 2017: no row for the period that starts on 2017-01-01")
    assert "add the missing rows" in said


def test_quarters_that_overlap(data: Folder) -> None:
    data.write(CRIME, data.read(CRIME) + "norfolk,recorded_crime,,2017-02-01,2017-04-30,5,reported,invented\n")
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}: 12 months to 30 June 2017: rows overlap on 2017-02-01; remove one")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (DURHAM, DURHAM.replace("durham", "durhamm"), r"line 21: force_id 'durhamm' .* did you mean Durham\?"),
        (
            DURHAM,
            DURHAM.replace("durham", "england-and-wales"),
            "no force 'england-and-wales'; use an id of data/force",
        ),
        (DURHAM, DURHAM.replace("arrest", "arest"), r"da_arest_rate, 2017, durham: no measure 'da_arest_rate'; use an"),
        (DURHAM, DURHAM.replace("_from_figure", ""), r"line 21: effect is 'excluded'; use one of excluded_from_figure"),
        (
            DURHAM,
            DURHAM.replace(",2017,d", ",217,d"),
            r"da_arrest_rate, 217, durham: no window of edition 2017 ends in",
        ),
        (f"{DURHAM},not_supplied", f"{DURHAM},", r"durham: missing_because is empty; use not_supplied"),
        (",dispersal_orders,stated", ",dispersal,stated", r"merseyside: the measure does not count 'dispersal'; use"),
        ("short_reason,said_in", "short,said_in", r"line 1: expected columns edition, .* found edition"),
    ],
)
def test_an_exclusion_that_is_about_nothing(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("exclusions.csv", old, new)
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith("data/exclusions.csv"), said
    assert re.search(message, said), said


def test_an_exclusion_without_a_reason(data: Folder) -> None:
    row = next(line for line in data.read("exclusions.csv").splitlines() if line.startswith(DURHAM))
    reason = row.split(",stated,")[1].split(",")[0]
    data.replace("exclusions.csv", f"stated,{reason}", "stated,")
    said = refusal(lambda: data.result("crime_per_1000"))
    assert (
        said
        == "data/exclusions.csv, line 21: da_arrest_rate, 2017, durham: the reason is empty; say why, it is printed"
    )


def test_an_exclusion_that_stands_twice(data: Folder) -> None:
    lines = data.read("exclusions.csv").splitlines()
    data.write("exclusions.csv", "\n".join([*lines, lines[3], ""]))
    said = refusal(lambda: data.result("crime_per_1000"))
    assert re.match(rf"data/exclusions.csv, line {len(lines) + 1}: repeats an earlier row's key \(.*keep one", said)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[windows]", "[windows", r"not TOML: .*\(at line \d+, column \d+\); mend that line"),
        ("[windows]", "[window]", "no setting 'windows'; write it as in the file of another edition"),
        ("mid_year = 2016\n", "", "no setting 'mid_year'"),
        ('title = "', 'name = "', "no setting 'title'"),
        ("end = 2017-06-30", 'end = "30 June"', r"\[windows\], crime: end is '30 June'; write a date without quotes"),
        ("end = 2017-06-30, months = 12", "end = 2017-06-30", r"\[windows\], crime: months is None; give a number"),
        ("start = 2017-07-21", "start = 2018-07-21", r"\[windows\], ipsos: it starts on 2018-07-21, after its end"),
        ('status = "estimated"', 'state = "estimated"', "unexpected keyword argument 'state'; write the setting as"),
        (
            "instead.city-of-london",
            "instead.londn",
            r"\[population.instead\]: no force 'londn'; use an id of data/forc",
        ),
        ("[lacks.not_public]", "[lacks.secret]", r"\[lacks\]: no status 'secret' for a figure that is missing; use co"),
    ],
)
def test_an_edition_that_cannot_be_read(data: Folder, old: str, new: str, message: str) -> None:
    data.replace(EDITION, old, new)
    said = refusal(lambda: open_edition("2017"))
    assert said.startswith(f"data/{EDITION}"), said
    assert re.search(message, said), said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("crime_previous =", "crime_before =", "no window 'crime_previous'; add it under [windows]"),
        (
            'recorded_crime = "invented"',
            'recorded_crime = "2017-99"',
            "recorded_crime is to come from release 2017-99, but data/counts/recorded_crime/2017-99.csv does not exist",
        ),
        (
            'recorded_crime = "invented"\n',
            "",
            "no release for 'recorded_crime' and no reason why; name a release under",
        ),
        (
            'vintage = "2017"',
            'vintage = "2099"',
            "in vintage 2099; add the row, or name another vintage in data/editio",
        ),
    ],
)
def test_an_edition_that_asks_for_what_is_not_there(data: Folder, old: str, new: str, message: str) -> None:
    data.replace(EDITION, old, new)
    said = refusal(lambda: data.result("crime_per_1000"))
    assert message in said
    assert said.startswith("data/"), said
    assert f"data/{EDITION}" in said


def test_an_unknown_edition_gets_the_list(data: Folder) -> None:
    assert refusal(lambda: open_edition(2018)) == f"No edition '2018'; the editions are {', '.join(editions())}"
    for path in (data.path / "editions").glob("*.toml"):
        path.unlink()
    assert refusal(lambda: open_edition("2017")) == "No edition '2017'; the editions are (none)"


def test_an_unknown_vintage_gets_those_that_are_held(data: Folder) -> None:
    other = data.edition().with_population(vintage="2099")
    said = refusal(lambda: measures.calculate(measures.get("crime_per_1000"), other))
    assert said.endswith("(for that year: 2017, 2018-revised)")


def test_an_unknown_measure_gets_its_near_ones(data: Folder) -> None:
    assert refusal(lambda: measures.get("crime_per_100")).startswith("No measure 'crime_per_100'; did you mean crime_")
    assert "the measures are calls_per_1000, " in refusal(lambda: measures.get("xyz"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("norfolk,2016,892870,2017", "norfolk,2016,many,2017", r", line \d+: .*above zero; found 'norfolk' and 'many'"),
        ("norfolk,2016,892870,2017", "norfolk,2016,0,2017", r", line \d+: .*above zero; found 'norfolk' and '0'"),
        ("norfolk,2016,892870,2017", "norfok,2016,892870,2017", r", line \d+: .*the id of a force.*found 'norfok'"),
        ("norfolk,2016,892870,2017\n", "", r": no population of norfolk for mid-2016 in vintage 2017; add the row"),
        ("suffolk,2016,", "norfolk,2016,", r", line \d+: repeats an earlier row's force, mid-year and vintage"),
        ("norfolk,2016,892870,2017", "norfolk,2016,892,870,2017", r", line \d+: 5 cells for 4 columns; put a cell"),
        ("norfolk,2016,892870,2017", "norfolk,mid-2016,892870,2017", r", line \d+: .*; found 'norfolk,mid-2016,"),
        ("force_id,mid_year", "force,mid_year", r", line 1: expected columns force_id, .*; found force, mid_year"),
    ],
)
def test_populations_that_cannot_be_used(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("populations.csv", old, new)
    said = refusal(lambda: data.result("crime_per_1000"))
    assert re.match(rf"data/populations.csv{message}", said), said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[[measure]]", "[[measure]", r"line \d+, column \d+"),
        (
            'kind = "rate_of_stock"',
            'kind = "stock"',
            "measure 'ocg_per_million': kind is 'stock'; use one of rate, rate",
        ),
        ('tile = "Staff survey"', 'tyle = "Staff survey"', "measure 'staff_survey': .*'tyle'; write the entry as the"),
        ('id = "da_calls_per_1000"', 'id = "calls_per_1000"', "two measures have the same id; give each its own"),
        (
            '{ items = ["calls"] }',
            '{ item = ["calls"] }',
            "'calls_per_1000': a numerator or denominator without 'items'",
        ),
    ],
)
def test_measures_that_cannot_be_read(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("measures.toml", old, new)
    said = refusal(lambda: measures.get("crime_per_1000"))
    assert said.startswith("data/measures.toml"), said
    assert re.search(message, said), said


def test_a_published_value_that_is_no_number(data: Folder) -> None:
    data.replace("published_values.csv", ",57.7,", ",most,")
    said = refusal(lambda: data.result("da_arrest_rate"))
    where = "data/published_values.csv, line 2: da_arrest_rate, norfolk"
    assert said == f"{where}: the value is 'most'; write a number, as 57.7"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "force"', 'kind = "forces"', "kind is 'forces'; use together, over_time, force"),
        ('reason = "North', 'why = "North', "block 'north_yorkshire_domestic_abuse': no reason; every block says what"),
        ("[[block]]", "[[block]", r"data/comparability.toml: .*line \d+"),
    ],
)
def test_comparability_blocks_that_cannot_be_read(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("comparability.toml", old, new)
    said = refusal(blocks.blocks)
    assert said.startswith("data/comparability.toml"), said
    assert re.search(message, said), said


@pytest.mark.parametrize("name", ["measures.toml", "populations.csv", "exclusions.csv", "statuses.csv"])
def test_a_register_that_is_missing(data: Folder, name: str) -> None:
    (data.path / name).unlink()
    said = refusal(lambda: tables.by_force(data.result("crime_per_1000"), "norfolk"))
    assert said.startswith(f"data/{name}: the file is missing from ")


def test_a_row_of_a_register_with_a_cell_too_many_is_named_by_its_line(data: Folder) -> None:
    lines = data.path.joinpath("statuses.csv").read_text(encoding="utf-8").splitlines()
    data.path.joinpath("statuses.csv").write_text("\n".join([*lines[:3], "", lines[3] + ",more", *lines[4:]]), "utf-8")
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said == (
        "data/statuses.csv, line 5: 6 cells for 5 columns; put a cell that holds a comma in quotation marks"
    )
