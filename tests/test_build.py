"""Remaking data/ from the published files."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from shared_folder import shared
from workbooks import FORCES

from peel_analysis.data import counts
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.forces import POPULATIONS_COLUMNS
from peel_analysis.intake.published import build
from peel_analysis.intake.registers import check_populations
from peel_analysis.sources.sheets import SourceError

DATA = Path(__file__).resolve().parents[1] / "data"
LISTED = "published_files.toml"
ROLLING, MID_2024 = (
    next(one for one in open_data(DATA).published_files.files if one.reader == reader)
    for reader in ("rolling recorded crime", "mid-2024 populations")
)


def data_for(folder: Path) -> Data:
    """A data folder with what a build needs and without counts."""
    folder.mkdir()
    for name in ("forces.csv", "force_names.csv", "count_notes.csv", LISTED):
        shutil.copy(DATA / name, folder)
    return Data(folder)


def small(tmp_path: Path) -> tuple[Path, Data]:
    """A raw folder with two invented transcribed tables beside it, and a data folder that lists them alone."""
    data = data_for(tmp_path / "out")
    listed = [f"[[file]]{entry}" for entry in (DATA / LISTED).read_text(encoding="utf-8").split("[[file]]")[1:]]
    chosen = [entry for entry in listed if any(f'reader = "{one.reader}"' in entry for one in (ROLLING, MID_2024))]
    (data.folder / LISTED).write_text("\n".join(chosen), encoding="utf-8")
    (tmp_path / "raw").mkdir()
    (tmp_path / "facts").mkdir()
    others = "".join(f"{one},200\n" for one in FORCES.ids if one not in ("norfolk", "kent"))
    (tmp_path / ROLLING.file).write_text(f"force_id,to_2017_06_30\nnorfolk,120\nkent,300\n{others}", encoding="utf-8")
    (tmp_path / MID_2024.file).write_text(
        "ons_code,name,population_mid_2024\nE23000024,Norfolk,9000\n", encoding="utf-8"
    )
    return tmp_path / "raw", data


def test_tables_populations_and_provenance_are_written(tmp_path: Path) -> None:
    accounts = build(*small(tmp_path))
    rows = counts.read(tmp_path / "out" / "counts" / "recorded_crime" / "rolling-2018-12.csv", forces=FORCES)
    assert rows.set_index("force_id")["count"][["kent", "norfolk", "essex"]].tolist() == [300, 120, 200]
    assert set(rows["period_start"]) == {"2016-07-01"}
    assert (tmp_path / "out" / "populations.csv").read_text(encoding="utf-8").splitlines()[
        1
    ] == "norfolk,2024,9000,2024"
    provenance = pd.read_csv(tmp_path / "out" / "provenance.csv", dtype=str)
    assert provenance["table"].tolist() == ["populations", "recorded_crime"]
    assert provenance["sha256"].tolist() == [accounts[1].sha256, accounts[0].sha256]


def test_without_the_transcribed_files_their_tables_stay(tmp_path: Path) -> None:
    raw, data = small(tmp_path)
    build(raw, data)
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.csv")}
    shutil.rmtree(tmp_path / "facts")
    accounts = build(raw, data)
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.csv")} == before
    assert all("stay as they are" in account.notes[0] for account in accounts)


def test_a_file_that_is_not_understood_leaves_every_table_as_it_was(tmp_path: Path) -> None:
    raw, data = small(tmp_path)
    build(raw, data)
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    (tmp_path / ROLLING.file).write_text("force_id,to_2017_06_30\nnorfolk,121\n", encoding="utf-8")
    (tmp_path / MID_2024.file).write_text(
        "ons_code,name,population_mid_2024\nE23000024,Norfolk,many\n", encoding="utf-8"
    )
    with pytest.raises(SourceError, match=r"population_mid_2024.csv, line 2, column population_mid_2024: found 'many'"):
        build(raw, data)
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_a_published_file_that_is_missing_is_named(tmp_path: Path) -> None:
    data = data_for(tmp_path / "out")
    (tmp_path / "raw").mkdir()
    before = {path.name for path in data.folder.rglob("*")}
    first = data.published_files.files[0]
    with pytest.raises(
        SourceError, match=rf"{Path(first.file).name}: no such file; put the published file there \(Home"
    ):
        build(tmp_path / "raw", data)
    assert {path.name for path in data.folder.rglob("*")} == before


def test_no_raw_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder; give the one that holds home_office and ons"):
        build(tmp_path / "raw", Data(DATA))


def test_transcribed_tables_need_either_their_file_or_what_was_made_of_it(tmp_path: Path) -> None:
    raw, data = small(tmp_path)
    shutil.rmtree(tmp_path / "facts")
    with pytest.raises(SourceError, match=r"rolling-2018-12.csv: no such file, and no facts folder"):
        build(raw, data)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [("kent", 2016, 5, "a"), ("kent", 2016, 6, "a")],
            r"populations.csv: repeats .* \(kent, mid-2016, vintage a\)",
        ),
        ([("kent", 2016, 0, "a")], r"populations.csv: a population below 1 \(kent, mid-2016"),
    ],
)
def test_populations_are_checked(rows: list[tuple[str, int, int, str]], message: str) -> None:
    with pytest.raises(counts.TableError, match=message):
        check_populations(pd.DataFrame(rows, columns=list(POPULATIONS_COLUMNS)), "populations.csv")


def test_every_table_in_data_has_its_provenance_and_the_other_way_round() -> None:
    provenance = pd.read_csv(DATA / "provenance.csv", dtype=str, keep_default_na=False)
    told = {(row.table, row.release) for row in provenance.itertuples() if row.table != "populations"}
    assert told == {(path.parent.name, path.stem) for path in (DATA / "counts").rglob("*.csv")}
    vintages = set(pd.read_csv(DATA / "populations.csv", dtype=str)["vintage"])
    assert vintages == set(provenance.loc[provenance["table"] == "populations", "release"])
    assert (provenance.map(len) > 0).all().all()
    assert provenance["sha256"].str.fullmatch("[0-9a-f]{64}").all()


@pytest.mark.parametrize(
    "path", sorted((DATA / "counts").rglob("*.csv")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_table_in_data_passes_the_check_under_its_own_name(path: Path) -> None:
    rows = counts.read(path, forces=FORCES)
    assert set(rows["item"]) == {path.parent.name}
    assert set(rows["release"]) == {path.stem}
    assert set(rows["force_id"]) >= {"norfolk", "city-of-london"}
    assert rows["force_id"].nunique() == 43


def total(release: str, end: str, force_id: str = "", start: str = "") -> int:
    rows = counts.read(DATA / "counts" / "recorded_crime" / f"{release}.csv", forces=FORCES)
    rows = rows[(rows["period_end"] <= end) & (rows["period_start"] > start)]
    return int(rows.loc[rows["force_id"] == force_id if force_id else slice(None), "count"].sum())


def test_recorded_crime_in_the_windows_of_2017() -> None:
    assert total("2026-04", "2017-06-30", "norfolk", "2016-06-30") == 52_569
    assert total("2026-04", "2016-06-30", "norfolk", "2015-06-30") == 47_811
    assert total("2026-04", "2017-06-30", start="2016-06-30") == 4_458_435
    assert total("2026-04", "2016-06-30", start="2015-06-30") == 3_910_417
    assert total("rolling-2018-12", "2012-06-30", "norfolk", "2011-06-30") == 39_955
    assert total("rolling-2018-12", "2017-06-30", "norfolk", "2016-06-30") == 52_279


def test_city_of_london_has_its_assumed_populations() -> None:
    rows = (
        pd.read_csv(DATA / "populations.csv").query("force_id == 'city-of-london'").set_index(["vintage", "mid_year"])
    )
    assert rows.loc[("daytime-2014", 2014), "population"] == 553_103
    assert rows.loc[("2017", 2016), "population"] == 9_401


@pytest.mark.slow
@pytest.mark.shared
def test_data_is_what_the_published_files_make_byte_for_byte(tmp_path: Path) -> None:
    data = data_for(tmp_path / "out")
    build(shared("raw"), data)
    made = {str(path.relative_to(data.folder)): path.read_bytes() for path in data.folder.rglob("*.csv")}
    assert len(made) == 39  # 33 tables of counts, three registers and the three that were there
    assert made == {name: (DATA / name).read_bytes() for name in made}
