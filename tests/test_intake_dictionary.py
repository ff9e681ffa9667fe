"""The data dictionary: every file and column of data/ is in it, and its origins are those of provenance.csv."""

import re
from pathlib import Path

import pandas as pd
import pytest

from peel_analysis.checks.rules import PROVENANCE_COLUMNS
from peel_analysis.data.counts import COUNTS_COLUMNS
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.intake.registers import (
    ORIGINS,
    SETTINGS,
    provenance_section,
    read_provenance,
    with_provenance,
    with_settings,
)

DATA = Path(__file__).resolve().parents[1] / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")


def test_the_part_on_origins_is_what_provenance_makes_of_it() -> None:
    assert with_provenance(README, read_provenance(Data(DATA))) == README


def test_origins_name_the_tables_of_a_file_together() -> None:
    words = ("ONS", "Tables", "of 2018", "OGL", "as printed", "x.xlsx", "0" * 64)
    rows = [("asb_incidents", "2018-03", *words), ("populations", "2017", *words)]
    made = provenance_section(pd.DataFrame(rows, columns=list(PROVENANCE_COLUMNS)))
    assert made.count("### Tables") == 1
    assert "* tables: `counts/asb_incidents/2018-03.csv`, `populations.csv`, vintage 2017\n" in made
    assert f"* file: `x.xlsx`, sha256 `{'0' * 64}`" in made


@pytest.mark.parametrize("readme", ["", ORIGINS[0], f"{ORIGINS[1]} {ORIGINS[0]}"])
def test_a_dictionary_without_the_marks_is_refused(readme: str) -> None:
    with pytest.raises(InputError, match=r"data/README.md: the lines .* mark a part that is made; put them back"):
        with_provenance(readme, read_provenance(Data(DATA)))


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: str(path.name))
def test_every_register_and_column_is_described(path: Path) -> None:
    line = next((line for line in README.splitlines() if line.startswith(f"| `{path.name}` |")), "")
    columns = pd.read_csv(path, nrows=0).columns
    assert [column for column in columns if f"`{column}`" not in line] == []


def test_every_setting_item_and_column_of_counts_is_described() -> None:
    missing = [path.name for path in DATA.glob("*.toml") if f"`{path.name}`" not in README]
    missing += [path.name for path in (DATA / "counts").iterdir() if f"`{path.name}`" not in README]
    missing += [column for column in COUNTS_COLUMNS if f"`{column}`" not in README]
    assert missing == []


def test_the_dictionary_of_settings_is_that_of_the_models() -> None:
    assert with_settings(README) == README
    spoilt = README.replace("| `decimals` | a whole number |", "| `decimals` | text |")
    assert spoilt != README
    assert with_settings(spoilt) == README


def test_a_dictionary_without_its_marks_is_refused() -> None:
    with pytest.raises(InputError, match=r"^data/README\.md: the lines .* mark a part that is made; put them back$"):
        with_settings(README.replace(SETTINGS[1], ""))


@pytest.mark.parametrize("name", [ORIGINS[1], "`x`", "``", "a|b"])
def test_the_name_of_a_file_ends_neither_its_code_nor_the_part_on_origins(name: str) -> None:
    row = ("calls", "2018", "A force", "Return", "of 2018", "none", "as returned", name, "0" * 64)
    rows = pd.DataFrame([row], columns=list(PROVENANCE_COLUMNS))
    made = with_provenance(README, rows)
    assert with_provenance(made, rows) == made
    assert with_provenance(made, read_provenance(Data(DATA))) == README
    told = next(line for line in made.splitlines() if name in line and line.startswith("* file: "))
    fence = re.match(r"\* file: (`+)", told)
    assert fence is not None
    assert told.count(fence[1]) == (4 if fence[1] == "`" else 2)
