"""What a force signs off: every value that will be printed about it, with its counts, and nothing of other forces'."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import code_version
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import NATIONAL, Force
from peel_analysis.data.periods import Period
from peel_analysis.data.registers import NOT_AVAILABLE
from peel_analysis.data.text import in_words, visible, whole
from peel_analysis.measures import Part, Result, calculate_all
from peel_analysis.reports.workbook import A4, NO_TIME, OPTIONS, set_heights
from peel_analysis.returns.folder import Returns
from peel_analysis.returns.form import STATUSES, Return
from peel_analysis.returns.log import Answered, Entry, answered, read_log
from peel_analysis.returns.queries import ASKED, PREFIX, Query, check_returns, queries_in
from peel_analysis.show import words as wording
from peel_analysis.show.tables import Cell, Row, html_table
from peel_analysis.show.templates import render, style_sheet

FEWEST_OTHERS = 10  # forces beside its own whose returns are in a value of England and Wales that a force is shown
NOT_SHOWN = f"not shown: it rests on the returns of fewer than {FEWEST_OTHERS} other forces"
WHAT_IT_IS = (
    "Every value that will be printed about the force and rests on its data return, as it will be printed; the counts "
    f"behind it; and what will stand beside it. A value of {NATIONAL} is shown where it is published, or where the "
    f"returns of at least {FEWEST_OTHERS} other forces are in it. Nothing else of another force's return is here. "
    f"{NOT_AVAILABLE} stands where there is no value."
)
BESIDE_OTHERS = "fewest_forces"  # the threshold of a rule that sets a figure beside those of other forces
FAR_FROM_OTHERS = "The figure lies far from those of most other forces."
FIRST_ROW = 5  # of a sheet's table, from 0: the notice, two titles, a blank row and the heading stand above
NUMBERS, PERCENT = {"valign": "top", "align": "right", "indent": 1}, '"%"'
LINE_TO_WRITE_ON = 36  # points
TO_SIGN = ("Name", "Rank or role", "Date", "Signature")
DECLARATION = (
    "I have read the values, the counts and what will stand beside them. They may be printed as they are here."
)
TO_CORRECT = "Where something is wrong do not sign: correct the form of the return, and send it again."


@dataclass(frozen=True)
class Number:
    """A number with the text that it is shown as; a workbook holds the number, and shows as many decimals."""

    value: float
    text: str
    decimals: int = 0

    @property
    def format(self) -> str:
        """How a workbook shows it."""
        parts = f".{'0' * self.decimals}" if self.decimals else ""
        return f"#,##0{parts}{PERCENT if '%' in self.text else ''}"


@dataclass(frozen=True)
class Table:
    """A table of the page and the workbook: what stands over it, and what is said where it has no row."""

    id: str
    title: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str | Number, ...], ...]
    where_empty: str = ""


@dataclass(frozen=True)
class SignOff:
    """What is signed off of one force's return."""

    force: Force
    edition: Edition
    about: str
    tables: tuple[Table, ...]
    open_queries: int

    @property
    def to_correct(self) -> str:
        """What is said under the lines to sign on."""
        number = f"{in_words(self.open_queries)} {'query is' if self.open_queries == 1 else 'queries are'}"
        still = (
            f"{number[:1].upper()}{number[1:]} still open: the answer may change a value. " if self.open_queries else ""
        )
        return f"{still}{TO_CORRECT}"

    @property
    def title(self) -> str:
        """What stands over the page."""
        return f"For sign-off: {self.force.official_name}, {self.edition.title}"

    def named(self, ending: str) -> str:
        """Return the name of a file of it: "unpublished-signoff-norfolk-2017.html"."""
        return self.edition.data.named(f"signoff-{self.force.id}-{self.edition.id}.{ending}")


def sign_offs(returns: Returns, made: Data, forces: Sequence[Force]) -> Iterator[SignOff]:
    """Yield what forces sign off, from the folder of returns and the data that were made of it.

    Raises InputError for a force of which the folder has no return.
    """
    by_force = {one.force.id: one for one in returns.every}
    if missing := [force.official_name for force in forces if force.id not in by_force]:
        raise InputError(f"{returns.folder}: no return of {', '.join(missing)}; put its form there")
    if made.notice is None:
        raise InputError(f"{made.folder}: made of no returns; give the folder that holds the forms")
    edition = made.edition(returns.edition_id)
    measures = [one for one in made.measures if _items(one.numerator, one.denominator) & set(made.returned)]
    results = calculate_all(edition, measures)
    entries = read_log(returns)
    every = answered(queries_in(check_returns(returns)), entries)
    for force in forces:
        one = by_force[force.id]
        asked = [each for each in every if each.query.force_id == force.id]
        logged = [entry for entry in entries if entry.force_id == force.id and entry.decision]
        open_queries = sum(each.state == "open" for each in asked)
        about = f"Of the file {one.file} (SHA-256 {one.sha256}). Made by peel_analysis {code_version()}."
        tables = (
            _values(results, force),
            _as_returned(one, made),
            _caveats(results, force),
            _queries(asked, logged, made),
        )
        yield SignOff(force, edition, about, tables, open_queries)


def _items(*parts: Part) -> set[str]:
    return {item for part in parts for item in part.items}


def _values(results: Iterable[Result], force: Force) -> Table:
    """Return the table of the values, each window of a measure in a row of its own."""
    columns = ("Measure", "Period", "Value", "Count", "What it counts", "Divided by", "What that is")
    return Table(
        "values",
        "Values that will be printed",
        (*columns, NATIONAL, "What will stand beside it"),
        (34, 18, 11, 12, 26, 13, 22, 22, 60),
        tuple(row for result in results for row in _rows(result, force)),
    )


def _rows(result: Result, force: Force) -> Iterator[tuple[str | Number, ...]]:
    own, national = result.of(force.id), result.national
    in_both = [own.note, *_left_out(in_figure=own.in_figure, in_national=own.in_national)]
    now = (own.value, own.numerator, own.denominator, own.status, " ".join(filter(None, in_both)))
    yield _row(result, result.window, now, _national(result, national.value, national.status, result.members, force))
    if earlier := result.comparator_window:
        status, members = national.comparator_status, result.comparator_members
        there = _national(result, national.comparator_value, status, members, force)
        before = (own.comparator_value, own.comparator_numerator, own.comparator_denominator)
        yield _row(result, earlier, (*before, own.comparator_status, own.comparator_note), there)


def _row(
    result: Result, period: Period, own: tuple[float, float, float, str, str], national: str
) -> tuple[str | Number, ...]:
    value, numerator, denominator, status, note = own
    measure, data = result.measure, result.edition.data
    words = data.statuses.words(status) if status else ""
    is_said = note.lower().startswith(words)  # as in the note of a value that is as published
    beside = note if is_said else ". ".join(filter(None, (words[:1].upper() + words[1:], note)))
    return (
        measure.title,
        period.words,
        _number(value, wording.value_in_words(measure, value) if not math.isnan(value) else "", measure.decimals),
        _count(numerator),
        _named(measure.numerator, data),
        _count(denominator),
        _named(measure.denominator, data),
        national,
        beside or "Nothing",
    )


def _national(result: Result, value: float, status: str, members: tuple[str, ...], force: Force) -> str:
    """Return the value of England and Wales as a force may see it: published, or of the returns of enough others."""
    if math.isnan(value):
        return NOT_AVAILABLE
    shown = wording.value_in_words(result.measure, value)
    if status == "as_published":
        return f"{shown} (as published)"
    if len(set(members) - {force.id}) < FEWEST_OTHERS:
        return NOT_SHOWN
    return f"{shown} ({len(members)} forces)"


def _left_out(*, in_figure: bool, in_national: bool) -> Iterator[str]:
    if not in_figure:
        yield "Not in the figure."
    if not in_national:
        yield f"Not in the value of {NATIONAL}."


def _number(value: float, text: str, decimals: int) -> str | Number:
    return NOT_AVAILABLE if math.isnan(value) else Number(value, text, decimals)


def _count(count: float) -> str | Number:
    return NOT_AVAILABLE if math.isnan(count) else Number(count, whole(count))


def _named(part: Part, data: Data) -> str:
    """Return what a part of a measure counts, as the form calls it."""
    titles = (data.returned[item].title if item in data.returned else item.replace("_", " ") for item in part.items)
    words = "; ".join("Population" if title == POPULATION else title for title in titles)
    return words[:1].upper() + words[1:]


def _as_returned(one: Return, data: Data) -> Table:
    rows = tuple(
        (
            data.returned[row.item].title,
            row.period.words,
            data.returned[row.item].unit,
            "blank" if row.count is None else Number(row.count, whole(row.count)),
            STATUSES[row.status],
            row.reason or ("none given" if row.status != "reported" else "none needed"),
        )
        for row in one.rows
    )
    columns = ("Item", "Period", "Unit", "Count", "Status", "Reason, as it will be printed")
    return Table("returned", "Counts as returned", columns, (46, 24, 16, 14, 26, 80), rows)


def _caveats(results: Iterable[Result], force: Force) -> Table:
    """Return the caveats that the register has about the measures, or about the force; each once."""
    measures: dict[str, list[str]] = {}
    for result in results:
        for sentence in wording.caveats(result, force.id):
            measures.setdefault(sentence, []).append(result.measure.title)
    rows = tuple((sentence, "; ".join(titles)) for sentence, titles in measures.items())
    title = "Caveats that will stand beside the values"
    return Table("caveats", title, ("Caveat", "Measures"), (90, 80), rows, "There is none.")


def _queries(asked: Iterable[Answered], logged: Iterable[Entry], data: Data) -> Table:
    """Return the queries about a return, open and decided, and the decisions about counts that it no longer has.

    The sentence of a query that sets the figure beside those of other forces is not among it.
    """
    rows: dict[tuple[str, str], tuple[str, ...]] = {}
    for one in asked:
        entry = one.entry if one.entry and one.entry.value == one.query.value else None
        state = f"decided: {entry.decision}" if entry and one.state == "decided" else one.state
        rows[one.query.id, one.query.value] = _query_row(one.query, state, entry, data)
    for entry in logged:
        rows.setdefault((entry.query, entry.value), _query_row(entry, f"decided: {entry.decision}", entry, data))
    columns = ("Query", "About", "Value", "What was asked", "State", "Answer", "By, on")
    return Table("queries", "Queries", columns, (52, 34, 22, 60, 20, 50, 24), tuple(rows.values()), "There is none.")


def _query_row(about: Query | Entry, state: str, entry: Entry | None, data: Data) -> tuple[str, ...]:
    name = about.id if isinstance(about, Query) else about.query
    title = data.returned[about.item].title if about.item in data.returned else "The whole return"
    is_alone = BESIDE_OTHERS not in data.rule(f"{PREFIX}{about.rule}").thresholds
    sentence = about.sentence.removesuffix(ASKED).strip() if is_alone else FAR_FROM_OTHERS
    told = (f"{title}, {about.year}", about.value or "blank", sentence, state)
    answer = (entry.answer, ", ".join(filter(None, (entry.by, entry.on)))) if entry else ("", "")
    return (name, *told, *(one or "none yet" for one in answer))


def as_page(one: SignOff) -> str:
    """Return the page, self-contained, which prints on A4."""
    tables = [
        (
            table.id,
            table.title,
            html_table(table.title, table.columns, map(_html_row, table.rows)) if table.rows else "",
            table.where_empty,
        )
        for table in one.tables
    ]
    page = render(
        "signoff.html.j2",
        one.edition.data,
        style=style_sheet("signoff"),
        title=one.title,
        force_name=one.force.official_name,
        edition_title=one.edition.title,
        intro=WHAT_IT_IS,
        tables=tables,
        declaration=DECLARATION,
        to_correct=one.to_correct,
        to_sign=TO_SIGN,
        about=one.about,
    )
    return str(page)


def _html_row(row: tuple[str | Number, ...]) -> Row:
    first, *others = row
    return Row(str(first), tuple(Cell(one.text, True) if isinstance(one, Number) else Cell(one) for one in others))


def as_workbook(one: SignOff) -> bytes:
    """Return the workbook beside the page, as the bytes of an .xlsx file: a sheet a table, and one to sign."""
    import xlsxwriter

    book = xlsxwriter.Workbook(out := BytesIO(), OPTIONS)
    book.set_properties({"title": one.edition.data.marked(one.title), "created": NO_TIME})
    below = (DECLARATION, one.to_correct, one.about)
    to_sign = Table("sign", "Sign-off", ("To be filled in", ""), (24, 90), tuple((name, "") for name in TO_SIGN))
    for table in (*one.tables, to_sign):
        sheet = book.add_worksheet(table.id.capitalize())
        _write_table(book, sheet, one, table)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
    line = book.add_format({"bottom": 1})
    for row in range(FIRST_ROW, FIRST_ROW + len(TO_SIGN)):
        sheet.set_row(row, LINE_TO_WRITE_ON)
        sheet.write_blank(row, 1, None, line)
    for row, text in enumerate(below, start=FIRST_ROW + len(TO_SIGN) + 1):
        sheet.write_string(row, 0, visible(text))
    book.close()
    return out.getvalue()


def _write_table(book: Any, sheet: Any, one: SignOff, table: Table) -> None:
    plain, bold, large = (
        book.add_format({"valign": "top", **more})
        for more in (
            {"text_wrap": True},
            {"text_wrap": True, "bold": True, "bottom": 1},
            {"bold": True, "font_size": 13},
        )
    )
    for row, text in enumerate((one.edition.data.made_from, one.title, table.title)):
        sheet.write_string(row, 0, text, large)
    for column, (name, width) in enumerate(zip(table.columns, table.widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(FIRST_ROW - 1, column, name, bold)
    rows = table.rows or ((table.where_empty,),)
    for at, cells in enumerate(rows, start=FIRST_ROW):
        for column, cell in enumerate(cells):
            if isinstance(cell, Number):
                shown = book.add_format({**NUMBERS, "num_format": cell.format})
                sheet.write_number(at, column, cell.value, shown)
            else:
                sheet.write_string(at, column, visible(cell), plain)
    texts = [[cell if isinstance(cell, str) else "" for cell in row] for row in rows]
    set_heights(sheet, FIRST_ROW, texts, table.widths[: len(texts[0])])
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.repeat_rows(FIRST_ROW - 1)
