"""The values as a workbook: a cover, its contents, notes and marks, and a table a measure, made with gptables.

It follows the Analysis Function's good practice: one table a sheet, marked up as a table; no merged and no empty cell;
a mark such as [x] where there is no number, and its reason by the number of a note. Every number is that of values.csv,
as a workbook holds it: to 16 digits. No cell is a formula, or a link that a text brought in.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from peel_analysis.data.edition import Edition
from peel_analysis.data.files import code_version
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL
from peel_analysis.data.registers import NOT_AVAILABLE, Statuses
from peel_analysis.data.text import visible
from peel_analysis.measures import Measure, Result, provenance
from peel_analysis.show import values
from peel_analysis.show import words as wording
from peel_analysis.show.footnotes import footnotes, of_england_and_wales
from peel_analysis.show.tables import count_headings
from peel_analysis.show.templates import ATTRIBUTION, what_this_is
from peel_analysis.show.values_dictionary import COLUMNS as DICTIONARY
from peel_analysis.statistics.intervals import CASES_ARE_A_SAMPLE, COUNTS_NOT_SAMPLES

if TYPE_CHECKING:
    from gptables import GPTable, GPWorkbook

NOT_APPLICABLE = "[z]"
GENERAL = {NOT_AVAILABLE: "not available", NOT_APPLICABLE: "not applicable"}
UNUSED = (  # of the shorthand that government statistics share, beside the marks of data/statuses.csv
    ("[b]", "break", "A break in the series. Not used here: where a line has one, a report cuts it there."),
    ("[c]", "confidential", "Left out so that nobody can be recognised. Not used here: the counts are published."),
    ("[p]", "provisional", "To be revised by its publisher. Not used here: no release says it of a figure."),
)
INSTRUCTIONS = (
    "This worksheet contains one table. Marks such as [x] are explained on the worksheet Marks; notes are named by "
    "number, and stand on the worksheet Notes."
)
WHY_NO_TABLE = "A measure has no table where no force has a public value of it, in its window or in the one before."
CONTENTS_ARE = "This worksheet contains one table. It links to the other worksheets."
NOTES_ARE = "This worksheet contains one table: the notes that tables name by number, and forces' notes among them."
LINK, DOLLARS, LETTER = re.compile(r"\](?=\()"), re.compile(r"\$(?=\$)"), re.compile("[A-Za-z0-9]")
LONGEST = 32_000  # characters of a text; a cell holds 32,767
NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)  # the same workbook is the same bytes
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
A4, BOLD = 9, {"bold": True}
NAMES, NUMBER, COUNT, WHOLE, TEXT = 28, 13, 14, 12, 20  # widths of columns, in characters
COVER, NOTES, CONTENTS = (90,), (16, 130), (16, 130)
LINE, FIT, HEADING = 16.0, 1.15, 1.1  # points of a line; letters in the width of one; how much wider a heading's are


@dataclass(frozen=True)
class Shown:
    """A column of a table: which one of values.csv, how wide, and as what its numbers are shown; "" for no number."""

    name: str
    width: int
    shown_as: str = ""


VALUE, GAP, AMOUNT, PLACE = "value", "gap", "amount", "place"
SHOWN = (
    Shown("value", NUMBER, VALUE),
    Shown("status", TEXT),
    Shown("lower_95", NUMBER, VALUE),
    Shown("upper_95", NUMBER, VALUE),
    Shown("numerator", COUNT, AMOUNT),
    Shown("denominator", COUNT, AMOUNT),
    Shown("gap", NUMBER, GAP),
    Shown("rank_first", WHOLE, PLACE),
    Shown("rank_last", WHOLE, PLACE),
    Shown("verdict", TEXT),
    Shown("comparator_value", NUMBER, VALUE),
    Shown("comparator_status", TEXT),
    Shown("comparator_numerator", COUNT, AMOUNT),
    Shown("comparator_denominator", COUNT, AMOUNT),
    Shown("same_release_value", NUMBER, VALUE),
    Shown("same_release_status", TEXT),
    Shown("same_release_numerator", COUNT, AMOUNT),
    Shown("same_release_denominator", COUNT, AMOUNT),
    Shown("standardised_value", NUMBER, VALUE),
    Shown("standardised_lower_95", NUMBER, VALUE),
    Shown("standardised_upper_95", NUMBER, VALUE),
    Shown("standardised_expected", COUNT, AMOUNT),
    Shown("in_figure", WHOLE),
    Shown("in_national", WHOLE),
)
OF_FORCES = ("gap", "rank_first", "rank_last", "verdict", "in_figure", "in_national")  # not of England and Wales
EARLIER, SAME_RELEASE = "comparator_", "same_release_"


@dataclass(frozen=True)
class Sheet:
    """A table on its sheet, and how wide its columns are."""

    table: "GPTable"
    widths: tuple[int, ...]


@dataclass
class Notes:
    """The notes of a workbook, each once; gptables numbers them in the order in which tables come to them."""

    names: dict[str, str] = field(default_factory=dict)

    def of(self, texts: Iterable[str]) -> str:
        """Return what stands for some notes in a cell; gptables puts their numbers in its place."""
        named = [self.names.setdefault(text, f"n{len(self.names)}") for text in dict.fromkeys(texts) if text]
        return "".join(f"$${name}$$" for name in named)

    def table(self) -> pd.DataFrame:
        """Return the notes as gptables takes them."""
        rows = [(name, _text(text)) for text, name in self.names.items()]
        return pd.DataFrame(rows, columns=["Note", "Note text"])


def workbook_of(edition: Edition, results: Sequence[Result], force_id: str = "") -> bytes:
    """Return the workbook of one force, its rows first in each table, or of all forces, as the bytes of an .xlsx file.

    A measure without a value for anybody has no table: it is a row of the last sheet, with the reason. Raises
    ModuleNotFoundError without gptables, of the extra xlsx.
    """
    import gptables

    notes, sheets = Notes(), {"Marks": _marks(edition.data.statuses)}
    shown = [one for one in results if _has_values(one)]
    for number, one in enumerate(shown, start=1):
        sheets[f"Table_{number}"] = _table(one, force_id, number, notes)
    if lacking := [one for one in results if one not in shown]:
        sheets["Not_available"] = _without_values(lacking, notes)
    whose = edition.forces.official_name(force_id) if force_id else "all forces"
    title = _text(edition.data.marked(f"{edition.title}: {whose}"))
    for sheet in sheets.values():
        sheet.table.set_title(edition.data.marked(str(sheet.table.title)))
    cover = _cover(edition, results, len(shown))
    theme = deepcopy(gptables.gptheme)
    for at_top in (theme.update_index_2_format, theme.update_index_3_format, theme.update_data_format):
        at_top({"valign": "top"})
    made = gptables.produce_workbook(
        out := BytesIO(),
        {name: sheet.table for name, sheet in sheets.items()},
        theme=theme,
        cover=gptables.Cover(title, **cover, width=COVER[0]),
        contentsheet_options={"title": edition.data.marked("Table of contents"), "instructions": CONTENTS_ARE},
        notes_table=notes.table(),
        notesheet_options={"title": edition.data.marked("Notes"), "instructions": NOTES_ARE},
        auto_width=False,
        workbook_options=OPTIONS,
    )
    made.set_properties({"title": title, "comments": what_this_is(edition.data), "created": NO_TIME})
    _lay_out(made, sheets)
    set_heights(made.get_worksheet_by_name("Cover"), 2, [[one] for one in cover["intro"]], COVER)
    set_heights(made.get_worksheet_by_name("Cover"), 3 + len(cover["intro"]), [[one] for one in cover["about"]], COVER)
    set_heights(made.get_worksheet_by_name("Notes"), 3, notes.table().to_numpy().tolist(), NOTES)
    made.close()
    return out.getvalue()


def _has_values(result: Result) -> bool:
    return bool(result.rows[["value", "comparator_value"]].notna().any(axis=None))


def _text(text: str) -> str:
    """Return a text as a cell has it: what no eye sees is written out, and gptables finds no link and no note in it.

    gptables refuses a cell without a letter or a digit; such a text is put in words.
    """
    shown = LINK.sub("] ", DOLLARS.sub("$ ", visible(text)))[:LONGEST].strip()
    return shown if LETTER.search(shown) else f"as given: {shown}" if shown else "none"


def _marks(statuses: Statuses) -> Sheet:
    """Return the sheet that explains every mark and status."""
    used = [(row["mark"] or "none", row["words"] or status, row["meaning"]) for status, row in statuses.rows.items()]
    rows = sorted([*used, *UNUSED], key=lambda row: row[0].strip("["))
    about = "This worksheet contains one table. The marks are those that government statistics share."
    return _plain("Marks and statuses", "marks", ("Mark", "Status", "Meaning"), rows, about, (12, 28, 100))


def _without_values(results: Iterable[Result], notes: Notes) -> Sheet:
    """Return the sheet of the measures that no force has a value of, a row a reason."""
    rows = []
    for one in results:
        groups = one.why_missing()
        for place, (status, note, force_ids) in enumerate(groups):
            of_most = "All other forces" if len(groups) > 1 else "All forces"
            whose = one.edition.forces.in_words(force_ids) if place else of_most
            told = (_status(one.edition.data.statuses, status), note)
            rows.append((one.measure.title, one.measure.unit, one.window.words, whose, *told))
    about = (
        f"This worksheet contains one table. None of these figures is zero: there is none. {notes.of([WHY_NO_TABLE])}"
    )
    columns = ("Measure", "Unit", "Window", "Forces", "Status", "Why")
    return _plain("Measures without a value", "not_available", columns, rows, about, (45, 30, 28, 45, TEXT, 80))


def _plain(
    title: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]], about: str, widths: tuple[int, ...]
) -> Sheet:
    """Return a sheet with a table of texts."""
    from gptables import GPTable

    cells = pd.DataFrame([[_text(cell) for cell in row] for row in rows], columns=list(columns), dtype=object)
    return Sheet(GPTable(cells, name, title, instructions=about, index_columns={2: 0}), widths)


def _status(statuses: Statuses, status: str) -> str:
    """Return a status as a cell has it: "reported", "estimated [e]"."""
    return f"{_text(statuses.words(status) or status)} {_text(statuses.mark(status) or ' ')}".removesuffix(" none")


def _table(result: Result, own: str, number: int, notes: Notes) -> Sheet:
    """Return the sheet of a measure, the workbook's own force first. A column in which nothing stands is left out."""
    from gptables import GPTable

    rows = _rows(result, own)
    columns = [one for one in SHOWN if _is_held(result, rows, one.name)]
    statuses, forces, headings = result.edition.data.statuses, result.edition.forces, _headings(result)
    cells: dict[str, list[Any]] = {"Force": [_text(forces.name(row["force_id"])) for row in rows]}
    cells |= {headings[one.name]: [_cell(statuses, one.name, row) for row in rows] for one in columns}
    sides = ("", *(side for side in (EARLIER, SAME_RELEASE) if any(one.name.startswith(side) for one in columns)))
    of_all = [one.sentence for one in footnotes(result) if not one.force_ids]
    about = notes.of([*wording.caveats(result, own or None), *of_all])  # in the order in which gptables finds them
    on_columns = {headings[name]: notes.of([text]) for name, text in _about_columns(result) if headings[name] in cells}
    cells["Notes"] = [notes.of(_reasons(result, row, sides)) or "none" for row in rows]
    formats: list[dict[str, Any]] = [
        {"column": {"columns": [place], "format": _format(result.measure, one, cells[headings[one.name]])}}
        for place, one in enumerate(columns, start=1)
    ]
    table = GPTable(
        pd.DataFrame(cells, dtype=object),
        f"table_{number}",
        f"Table {number}: {_text(result.measure.title)}, {wording.windows_in_words(result)}",
        instructions=INSTRUCTIONS,
        legend=[_key(statuses, [row[f"{side}status"] for side in sides for row in rows], cells)],
        source=_text(f"Source: {wording.sources_in_words(result)}. Release: {result.release or 'as published'}."),
        scope=f"Unit: {_text(result.measure.unit)}. {about}",
        table_notes=on_columns,
        index_columns={2: 0, 3: len(cells) - 1},
        additional_formatting=[*formats, {"row": {"rows": [1, 2] if own else [1], "format": BOLD}}],
    )
    return Sheet(table, (NAMES, *(one.width for one in columns), TEXT))


def _rows(result: Result, own: str) -> list[dict[Any, Any]]:
    """Return the rows of values.csv of a measure in the order of a table: its own force, England and Wales, others."""
    rows = values.of_results([result]).to_dict(orient="records")
    places = {own: 0, ENGLAND_AND_WALES: 1}
    return sorted(rows, key=lambda row: places.get(row["force_id"], 2))


def _is_held(result: Result, rows: Iterable[Mapping[str, Any]], name: str) -> bool:
    """Return whether something stands in a column; earlier values are those of a window that the tables reach."""
    if name.startswith(EARLIER) and not result.has_earlier:
        return False
    return any(row[name] != "" and not pd.isna(row[name]) for row in rows)


def _headings(result: Result) -> dict[str, str]:
    """Return the headings of a table's columns: those of the dictionary, with what is counted and in which window."""
    headings = {one.name: DICTIONARY[one.name].title for one in SHOWN}
    headings["numerator"], headings["denominator"] = count_headings(result)
    if earlier := result.comparator_window:
        windows = {EARLIER: earlier.words, SAME_RELEASE: f"{result.window.words}, same release as the one before"}
        for side, window in windows.items():
            named = ("value", "status", "numerator", "denominator")
            headings |= {f"{side}{name}": f"{headings[name]}, {window}" for name in named}
    return headings


def _cell(statuses: Statuses, name: str, row: Mapping[str, Any]) -> str | int | float:
    """Return what a cell holds: a number, a text, or the mark of what there is not."""
    held, side = row[name], next((side for side in (EARLIER, SAME_RELEASE) if name.startswith(side)), "")
    if row["force_id"] == ENGLAND_AND_WALES and name in OF_FORCES:
        return NOT_APPLICABLE
    if name == f"{side}status":
        return _status(statuses, held) if held else NOT_AVAILABLE
    if isinstance(held, bool):
        return "Yes" if held else "No"
    if isinstance(held, str):
        return _text(held or "no verdict")
    if not pd.isna(held):
        return int(held) if held == int(held) else float(held)
    status = row[f"{side}status"] if pd.isna(row[f"{side}value"]) else ""
    return (_text(statuses.mark(status)) if status and statuses.mark(status) else "") or NOT_AVAILABLE


def _about_columns(result: Result) -> list[tuple[str, str]]:
    """Return what must be known of some columns, by their names in values.csv."""
    intervals = CASES_ARE_A_SAMPLE if result.measure.kind == "cases" else COUNTS_NOT_SAMPLES
    described = ((name, DICTIONARY[name].description) for name in ("rank_first", "verdict"))
    return [("lower_95", intervals), *((name, f"{text[:1].upper()}{text[1:]}.") for name, text in described)]


def _reasons(result: Result, row: Mapping[str, Any], sides: Iterable[str]) -> list[str]:
    """Return what a row's notes say; that of England and Wales names its members."""
    if row["force_id"] == ENGLAND_AND_WALES and (told := of_england_and_wales(result)):
        return [one.sentence for one in told]
    return [row[f"{side}note"] for side in sides]


def _key(statuses: Statuses, given: Iterable[str], cells: Mapping[str, Sequence[Any]]) -> str:
    """Return the key to the marks that stand in a table."""
    meanings: dict[str, list[str]] = {}
    for status in filter(None, given):
        meanings.setdefault(statuses.mark(status), []).append(statuses.words(status))
    for mark, words in GENERAL.items():
        if any(mark in column for column in cells.values()):
            meanings.setdefault(mark, []).append(words)
    told = (f"{mark} {' or '.join(dict.fromkeys(words))}" for mark, words in sorted(meanings.items()) if mark)
    return _text(f"Marks in this table: {'; '.join(told) or 'none'}.")


def _format(measure: Measure, one: Shown, column: Iterable[Any]) -> dict[str, Any]:
    """Return how a column is shown: values with the decimals of the report, counts as whole as they are, texts set in.

    A text would else touch the number before it.
    """
    if not one.shown_as:
        return {"indent": 1, "align": "left"}
    decimals = f"#,##0{'.' if measure.decimals else ''}{'0' * measure.decimals}"
    if one.shown_as == GAP or (one.shown_as == VALUE and measure.kind == "change"):
        return {"num_format": f"+{decimals};-{decimals};{decimals}", "align": "right"}
    parts = any(isinstance(cell, float) for cell in column)  # of people in full-time equivalents
    formats = {VALUE: decimals, AMOUNT: "#,##0.00" if parts else "#,##0", PLACE: "0"}
    return {"num_format": formats[one.shown_as], "align": "right"}


def _cover(edition: Edition, results: Sequence[Result], tables: int) -> dict[str, list[str]]:
    """Return what the cover says: what this is, and what its numbers rest on. Nobody is named to ask."""
    behind = provenance.tables_behind(edition, results)
    releases = [f"{one.publisher}, {one.title}: {one.release_words}" for one in behind if one.title]
    others = len(results) - tables
    lacking = f" {others} measures have no public value for any force: the last worksheet says why." if others else ""
    return {
        "intro": [
            what_this_is(edition.data),
            f"{tables} tables, one a measure: every force's value beside that of {NATIONAL}.{lacking}",
            "Every number is that of values.csv, which holds the same rows for other programs. None is rounded: a cell "
            "shows as many decimals as the report does, and holds all.",
            "Where there is no number a mark such as [x] stands, and the last column names the note that says why. A "
            "mark is never zero.",
        ],
        "about": [
            *([_text(edition.settings.about)] if edition.settings.about else []),
            "Counts and populations are from these releases:",
            *(_text(one) for one in dict.fromkeys(releases)),
            f"Made by peel_analysis {code_version()}.",
            ATTRIBUTION,
        ],
    }


def _lay_out(made: "GPWorkbook", sheets: Mapping[str, Sheet]) -> None:
    """Set how wide columns and how high rows are, what stays in view beside a long table, and how it is printed."""
    widths = {"Contents": CONTENTS, "Notes": NOTES, **{name: sheet.widths for name, sheet in sheets.items()}}
    for sheet in made.worksheets():
        for place, width in enumerate(widths.get(sheet.get_name(), ())):
            sheet.set_column(place, place, width)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    for name, one in sheets.items():
        sheet, heading = made.get_worksheet_by_name(name), one.table.data_range[0]
        sheet.freeze_panes(heading + 1, 1)
        sheet.repeat_rows(heading)
        set_heights(sheet, heading, [list(one.table.table.columns)], [width / HEADING for width in one.widths])
        set_heights(sheet, heading + 1, one.table.table.to_numpy().tolist(), one.widths)


def set_heights(sheet: Any, first: int, rows: Iterable[Sequence[Any]], widths: Sequence[float]) -> None:
    """Set each row as high as its longest cell needs: not every program that opens a workbook works it out."""
    for place, row in enumerate(rows, start=first):
        lines = [_lines(cell, width) for cell, width in zip(row, widths, strict=True) if isinstance(cell, str)]
        sheet.set_row(place, LINE * max(lines, default=1))


def _lines(text: str, width: float) -> int:
    return sum(max(1, math.ceil(len(line) / width / FIT)) for line in text.split("\n"))
