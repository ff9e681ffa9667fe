"""Invented sheets with a row a police force area: regions with their forces, and tables of incidents."""

from collections.abc import Callable
from pathlib import Path

from workbooks import FORCES, Row, read_file, save

from peel_analysis.sources.reading import Reading

TITLE = "Table P7:  Anti-social behaviour incidents, by police force area, year ending March 2017 to March 20181,2"
REGION_CODES = {"London": "E12000007", "West Midlands": "E12000005"}


def sums(rows: list[Row]) -> Row:
    """Return the sum of each column of rows of figures."""
    return [sum(cell for cell in cells if isinstance(cell, float)) for cells in zip(*rows, strict=True)]


def area_rows(
    figures: dict[str, Row], default: Row, of_region: Callable[[list[Row]], Row] = lambda inside: ["..", ".."]
) -> list[Row]:
    """Regions with their forces beneath, as published: code, name, then the figures; `of_region` has a region's."""
    rows: list[Row] = []
    for region in dict.fromkeys(force.region for force in FORCES):
        code = REGION_CODES.get(region, "W92000004" if region == "Wales" else "E12000009")
        members = [force for force in FORCES if force.region == region]
        inside = [figures.get(force.id, default) for force in members]
        rows.append([code, region, *figures.get(region, of_region(inside))])
        rows += [[force.ons_code, force.name, *cells] for force, cells in zip(members, inside, strict=True)]
    return rows


def incidents_by_year(*years: int, figures: dict[str, Row] | None = None) -> list[Row]:
    """Return a sheet without codes and regions: 1,000 incidents a force and year, unless `figures` says otherwise."""
    title = f"Table P5: Anti-social behaviour incidents, by police force area, year ending March {years[-1]}"
    heading: Row = [None, *(f"Number of incidents, year ending March {year} [note 3]" for year in years)]
    default: Row = [1000.0] * len(years)
    return [[title], heading, *([force.name, *(figures or {}).get(force.id, default)] for force in FORCES)]


def incidents_sheet(figures: dict[str, Row] | None = None) -> list[Row]:
    """Return a sheet of one year: 500 incidents and a rate of 10 in each force, unless `figures` says otherwise."""
    return [
        [TITLE],
        [],
        ["England and Wales"],
        [None, None, "Apr '16 to Mar '175, 6", None],
        ["Area Code", "Area Name", "Number of Incidents", "Rate per 1,000 population"],
        ["K04000001", "ENGLAND AND WALES (exc. BTP)", "..", ".."],
        *area_rows(figures or {}, [500, 10.0]),
        [None, "British Transport Police7", 9, ".."],
        ["Source: Police recorded incidents"],
        ["8. Norfolk Constabulary gave 11 months."],
    ]


def read(tmp_path: Path, rows: list[Row], name: str = "Table P5 ") -> Reading:
    """Return what is read of a workbook with these rows on its second sheet."""
    return read_file(save(tmp_path / "x.xlsx", {"Notes": [["Notes"]], name: rows}))
