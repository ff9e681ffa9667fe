"""`peel why`: every number in the account, against the tables and against values.csv."""

import re
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from invented import DAY_2017, YEAR_2016, YEAR_2017, Count, Folder, all_forces

from peel_analysis import cli
from peel_analysis.data.files import VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.data.text import whole
from peel_analysis.show.values import values
from peel_analysis.why import account

DATA = Path(__file__).resolve().parents[1] / "data"
NATIONAL = "england-and-wales"
HEADINGS = ["Value", "Formula", "England and Wales", "Exclusions", "Verdict", "Published value", "Provenance"]

pytestmark = pytest.mark.usefixtures("own_data_folder")


def said(measure_id: str, force_id: str, edition: str = "2017") -> str:
    return account(open_data().measure(measure_id), force_id, open_data().edition(edition))


def block(text: str, heading: str) -> list[str]:
    """The lines under a heading, blanks folded."""
    lines = text.splitlines()
    start = lines.index(heading) + 1
    end = next((place for place in range(start, len(lines)) if not lines[place]), len(lines))
    return [" ".join(line.split()) for line in lines[start:end]]


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines()[2:] if line and not line.startswith(" ")]


@cache
def records(edition: str = "2017") -> dict[tuple[str, str], dict[Hashable, Any]]:
    """The rows of values.csv by measure and force."""
    return {
        (row["measure"], row["force_id"]): row for row in values(open_data().edition(edition)).to_dict(orient="records")
    }


def norfolk_crimes() -> pd.DataFrame:
    rows = pd.read_csv(DATA / "counts" / "recorded_crime" / "2026-04.csv")
    inside = (rows["period_start"] >= "2016-07-01") & (rows["period_end"] <= "2017-06-30")
    return rows[inside & (rows["force_id"] == "norfolk")]


def test_a_rate_from_its_counts_to_its_rounding() -> None:
    text = said("crime_per_1000", "norfolk")
    rows = norfolk_crimes()
    counted = block(text, "Counted")
    quarters = rows.groupby("period_end")["count"].sum()
    assert counted[0] == "recorded crime, 12 months to 30 June 2017: data/counts/recorded_crime/2026-04.csv"
    assert counted[4] == f"1 April 2017 to 30 June 2017 {whole(quarters['2017-06-30'])}"
    assert counted[5] == f"total {whole(float(rows['count'].sum()))}"
    groups = rows.groupby("dimension")["count"].sum()
    assert counted[6:] == [f"of which {name} {whole(count)}" for name, count in groups.items()]
    value = 1000 * int(rows["count"].sum()) / 892870
    assert block(text, "Formula") == [
        "recorded_crime / population x 1,000",
        f"{whole(rows['count'].sum())} / 892,870 x 1,000 = {value!r}",
    ]
    assert block(text, "Value")[0] == "shown 58.9 per 1,000 population"
    assert f"rounding decimal, half up, 1 decimal place: {value!r} is shown as 58.9" in block(text, "Value")
    assert block(text, "Divided by")[0] == "population: 892,870 (data/populations.csv, mid-2016, vintage 2017)"


def test_a_rate_has_its_comparator_and_its_origin() -> None:
    text = said("crime_per_1000", "norfolk")
    own = records()["crime_per_1000", "norfolk"]
    comparator = block(text, "Comparator")
    assert comparator[0] == "window 12 months to 30 June 2016"
    assert f"unrounded {own['comparator_value']!r}" in comparator
    assert block(text, "Counted (comparator)")[5] == f"total {whole(own['comparator_numerator'])}"
    origin = block(text, "Provenance")
    assert f"rule {own['rule']}" in origin
    assert f"code {own['code_version']}" in origin
    assert [line.removeprefix("sha256 ") for line in origin if line.startswith("sha256")] == own["source_sha256"].split(
        ";"
    )


@pytest.mark.parametrize("edition", ["2017", "2019", "2025"])
@pytest.mark.parametrize("force_id", ["norfolk", "city-of-london", "suffolk", NATIONAL])
def test_every_number_has_an_account_in_the_same_shape(edition: str, force_id: str) -> None:
    opened = open_data().edition(edition)
    rows = records(edition)
    for measure in open_data().measures:
        text = account(measure, force_id, opened)
        assert [heading for heading in headings(text) if heading in HEADINGS] == [
            heading for heading in HEADINGS if heading != "Verdict" or force_id != NATIONAL
        ]
        row = rows[measure.id, force_id]
        unrounded = "none" if pd.isna(row["value"]) else repr(row["value"])
        assert f"unrounded {unrounded}" in block(text, "Value")
        status = next(line for line in block(text, "Value") if line.startswith("status"))
        assert status.startswith(f"status {row['status']}")
        if pd.notna(row["numerator"]) and measure.kind != "change":
            top, below = whole(row["numerator"]), whole(row["denominator"])
            assert f"{top} / {below} x {measure.multiplier:,} = {unrounded}" in block(text, "Formula")
        assert not re.search(r"\bnan\b|\bNone\b|<NA>", text), (measure.id, force_id)


def test_city_of_london_states_its_assumption() -> None:
    text = said("crime_per_1000", "city-of-london")
    below = " ".join(block(text, "Divided by"))
    assert "population of city-of-london: 553,103 (data/populations.csv, mid-2014, vintage daytime-2014" in below
    assert "Assumption: The City of London rate uses an assumed population" in below
    assert "data/populations.csv (vintage daytime-2014)" in block(text, "Provenance")


def test_england_and_wales_names_its_members_and_their_counts() -> None:
    text = said("outcome_charged_pct", NATIONAL)
    own = records()["outcome_charged_pct", NATIONAL]
    national = block(text, "England and Wales")
    table = national[national.index("member counted divided by value") + 1 :]
    assert [line.split()[0] for line in table] == [one for one in open_data().forces.ids if one != "suffolk"]
    assert sum(int(line.split()[1].replace(",", "")) for line in table) == own["numerator"]
    assert sum(int(line.split()[2].replace(",", "")) for line in table) == own["denominator"]
    assert "left out suffolk" in national
    counted = block(text, "Counted, sum over 42 forces")
    assert f"total {whole(own['numerator'])}" in counted


def test_england_and_wales_per_head_counts_residents_and_shows_both_sums() -> None:
    text, own = said("crime_per_1000", NATIONAL, "2025"), records("2025")["crime_per_1000", NATIONAL]
    national = block(text, "England and Wales")
    crimes = whole(own["numerator"])
    assert f"sum over sum {crimes} / 61,806,682 x 1,000 = {own['value']!r}" in national
    assert f"with the assumed population {crimes} / 62,344,674 x 1,000 = 83.81593269699349" in national
    table = national[national.index("member counted divided by value") + 1 :]
    assert sum(int(line.split()[2].replace(",", "")) for line in table) == own["denominator"] == 61_806_682
    below = " ".join(block(text, "Divided by, sum over 43 forces"))
    assert "61,806,682 (data/populations.csv, mid-2024, vintage 2024)" in below
    assert "residents, each counted once" in below
    assert "553,103" not in below


def test_a_rate_with_each_other_population() -> None:
    lines = block(said("crime_per_1000", "avon-and-somerset", "2025"), "Other populations")
    assert lines == [
        "population value England and Wales verdict",
        "as used 92.8 84.5 similar to",
        "assumed population in England and Wales too 92.8 83.8 higher than",
        "residents only 92.8 84.5 similar to",
    ]
    lines = block(said("crime_per_1000", "norfolk"), "Other populations")
    assert [line.split()[:2] for line in lines[2:5]] == [
        ["vintage", "2018"],
        ["vintage", "2018-revised"],
        ["vintage", "rebased-2021"],
    ]
    revised = open_data().populations["norfolk", 2016, "2018-revised"]
    assert f"{1000 * 52_569 / revised:.1f}" in lines[3]
    assert "Other populations" not in said("outcome_charged_pct", "norfolk")


def test_a_comparator_names_the_population_of_its_own_mid_year() -> None:
    text = said("crime_per_1000", "norfolk", "2025")
    below = " ".join(block(text, "Divided by (comparator)"))
    assert "population: 931,943 (data/populations.csv, mid-2023, vintage rebased-2021)" in below
    assert "can also come from the change of set" in below


def test_a_change_shows_both_windows() -> None:
    text = said("crime_change_5y", "norfolk")
    rows = pd.read_csv(DATA / "counts" / "recorded_crime" / "rolling-2018-12.csv")
    own = rows[rows["force_id"] == "norfolk"].set_index("period_end")["count"]
    later, earlier = whole(own["2017-06-30"]), whole(own["2012-06-30"])
    value = 100 * (own["2017-06-30"] - own["2012-06-30"]) / own["2012-06-30"]
    assert block(text, "Formula")[1] == f"({later} - {earlier}) / {earlier} x 100 = {float(value)!r}"
    assert f"total {later}" in block(text, "Counted")
    assert f"total {earlier}" in block(text, "Counted before")


def test_a_missing_value_says_why() -> None:
    text = said("outcome_charged_pct", "suffolk")
    assert block(text, "Value")[:2] == ["shown [not_supplied]: no value", "unrounded none"]
    assert "rounding a missing value is never shown as 0" in block(text, "Value")
    assert block(text, "Formula")[1:] == [
        "not calculated: no value",
        "counts that follow are in the tables, and the register of exclusions leaves them out",
    ]
    assert "Suffolk Constabulary sent the Home Office no outcomes for 2017" in " ".join(block(text, "Exclusions"))


def test_a_figure_without_a_public_table_says_so() -> None:
    text = said("calls_per_1000", "kent")
    assert "calls: no public table (not_public). Forces gave these figures to HMICFRS" in " ".join(
        block(text, "Counted")
    )
    assert block(text, "England and Wales")[0] == "shown [not_public]"


@pytest.mark.parametrize("measure_id", ["calls_per_1000", "da_arrest_rate"])
def test_england_and_wales_without_members_is_no_sum(measure_id: str) -> None:
    text = said(measure_id, "england-and-wales")
    assert "no public table (not_public)" in " ".join(block(text, "Counted"))
    assert "0 forces" not in text


def test_a_published_value_names_its_place() -> None:
    text = said("da_arrest_rate", "norfolk")
    assert block(text, "Formula")[1] == "not calculated: as published"
    assert "57.7 arrests per 100 domestic abuse-related offences" in block(text, "Published value")[0]
    assert "[Norfolk 2017 report, Protecting vulnerable people and supporting victims, Initial response]" in " ".join(
        block(text, "Published value")
    )
    assert not [line for line in block(text, "Provenance") if line.startswith("sha256")]


def test_a_share_names_its_dimensions() -> None:
    text = said("outcome_action_taken_pct", "norfolk")
    assert block(text, "Formula")[0] == (
        "outcomes_recorded (dimensions 1, 2, 3, 6, 7, 8, 22; action taken, version 1) / recorded_crime x 100"
    )
    named = [line.split()[2] for line in block(text, "Counted") if line.startswith("of which")]
    assert named == ["1", "2", "3", "6", "7", "8", "22"]


def test_items_that_a_partial_return_does_not_hold_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path / "data")
    monkeypatch.setenv(VARIABLE, str(folder.path))
    powers = open_data().measure("asb_powers_per_million").numerator.items
    tables: dict[str, list[Count]] = {item: all_forces(YEAR_2017) for item in powers}
    folder.counts(tables)
    register = pd.read_csv(folder.path / "exclusions.csv", dtype=str, keep_default_na=False)
    partial = register[(register["measure_id"] == "asb_powers_per_million") & (register["components"] != "")].iloc[0]
    text = said("asb_powers_per_million", partial["force_id"])
    for item in partial["components"].split(";"):
        words = f"{item.replace('_', ' ')}: left out, for the force's partial return does not hold it"
        assert words in " ".join(block(text, "Counted"))


def test_a_stock_is_as_at_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path / "data")
    monkeypatch.setenv(VARIABLE, str(folder.path))
    folder.counts({"organised_crime_groups": [*all_forces(DAY_2017), *all_forces(("2016-07-01", "2016-07-01"))]})
    counted = block(said("ocg_per_million", "kent"), "Counted")
    place = open_data().forces.ids.index("kent")
    assert counted[1] == f"as at 1 July 2017 {100 + 7 * place}"


def test_a_blank_count_is_shown_with_its_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path / "data")
    monkeypatch.setenv(VARIABLE, str(folder.path))
    folder.counts({"calls": [*all_forces(YEAR_2017, instead={"kent": "not_supplied"}), *all_forces(YEAR_2016)]})
    counted = block(said("calls_per_1000", "kent"), "Counted")
    assert counted[1:] == ["1 July 2016 to 30 June 2017 [no count] not_supplied", "total [no count]"]


def test_names_are_forgiving_and_errors_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["why", "crime_per_1000", "England and Wales"]) == 0
    assert "England and Wales" in capsys.readouterr().out.splitlines()[0]
    assert cli.main(["why", "crime_per_1000", "Devon & Cornwall"]) == 0
    assert "Devon & Cornwall Police" in capsys.readouterr().out.splitlines()[0]
    for arguments, message in (
        (["crime_per_100", "norfolk"], "peel: No measure 'crime_per_100'; did you mean"),
        (["crime_per_1000", "norfok"], "peel: No force called 'norfok'; did you mean Norfolk?"),
        (["crime_per_1000", "norfolk", "--edition", "1999"], "peel: No edition '1999'; the editions are 2017"),
    ):
        assert cli.main(["why", *arguments]) == 2
        error = capsys.readouterr().err
        assert error.startswith(message)
        assert error.count("\n") == 1
