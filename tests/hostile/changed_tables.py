"""Columns, rows and sheets of an extract moved, added, taken out or repeated, and the ways to write a CSV file."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from random import Random
from typing import Any

from changed_cells import ANY, EITHER, LESS, NO, SAME_ONLY
from extracts import FORMATS, LEFT, Change, Extract, Mutation, Sheet
from workbooks import Row

BOOKS, BY_ROWS = ("xlsx", "ods"), ("csv", "xlsx", "ods")  # a column of a Parquet file has its name and no row above
FLAT, CRIMES, AREAS = ("crime", "outcomes", "return"), ("crime", "outcomes"), ("areas", "workforce")
PUBLISHED = ("crime", "outcomes", "areas", "workforce")  # a return may hold what it will
NEEDED = {
    "crime": "year quarter force group count",
    "outcomes": "year quarter force group type count",
    "return": "force item from to count status",
    "areas": "count",
    "workforce": "count",
}
SPELLINGS: dict[str, Callable[[object], object]] = {
    "as it is": lambda cell: cell,
    "in capitals": lambda cell: str(cell).upper(),
    "with blanks": lambda cell: f" {cell} ",
    "with a note": lambda cell: f"{cell} [note 2]",
}


def _given(name: object, _: object) -> object:
    return name


def columns() -> Iterator[Mutation]:
    """Yield the changes of columns."""
    for number in range(8):
        yield Mutation(f"columns permuted {number}", _permute_columns, SAME_ONLY)
    for heading in ("Remarks", "Checked by", "Region Code", "Population", "", None, "#REF!", "=1+1"):
        for at_start in (True, False):
            right = EITHER if at_start or heading in ("", None, "#REF!", "=1+1") else SAME_ONLY
            change = _foreign_column(heading, lambda _: "words", at_start=at_start)
            yield Mutation(f"foreign column {heading!r} {at_start}", change, right, FLAT)
    like = (
        "n;Offences;Count;Number;Outcomes;Year;Group;Force;Financial Year 2;Number of Offences;count;start;end;Status 2"
    )
    of_areas = "Number of incidents;Number;Rate per 1,000;Change;30 September 2018;Apr '17 to Mar '18;2018;"
    for names, of in ((like, FLAT), (of_areas, AREAS)):
        for heading in names.split(";"):
            change = _foreign_column(heading, lambda random: random.randint(1, 99))
            yield Mutation(f"second column {heading}", change, EITHER, of)


def headings() -> Iterator[Mutation]:
    """Yield the changes of what columns are called, and tables without one."""
    for format_, needed in NEEDED.items():
        for column in needed.split():
            yield Mutation(f"no column {column}", _drop_column(column), LESS, (format_,))
            for name in ("Foo", None, "#REF!", "Rate per 1,000", "<b>"):
                yield Mutation(f"{column} headed {name!r}", _heading(column, partial(_given, name)), LESS, (format_,))
            for word, spell in SPELLINGS.items():
                right = EITHER if format_ == "return" or word == "with blanks" else SAME_ONLY
                yield Mutation(f"{column} headed {word}", _heading(column, spell), right, (format_,))
    pairs = (("force", "group"), ("year", "count"), ("quarter", "count"), ("group", "code"))
    of_return = (("force", "item"), ("from", "to"), ("count", "from"), ("status", "item"))
    others = ((("outcomes",), (("count", "assigned"),)), (("areas",), (("count", "rate"),)))
    for of, swapped in ((CRIMES, pairs), (("return",), of_return), *others):
        for one, other in swapped:
            yield Mutation(f"{one} and {other} swapped", _swap(one, other), NO, of)


def _permute_columns(extract: Extract, random: Random) -> None:
    first, width = LEFT.get(extract.format, 0), len(extract.rows[extract.heading])
    order = [*range(first), *random.sample(range(first, width), width - first)]
    if extract.format == "areas":  # a year is written over its first column: write it over each
        extract.rows[extract.top][:] = [
            None,
            None,
            *[extract.rows[extract.top][2]] * 2,
            *[extract.rows[extract.top][4]] * 2,
        ]
    for row in extract.rows[extract.top :]:
        if len(row) == width:
            row[:] = [row[at] for at in order]


def _foreign_column(heading: object, values: Callable[[Random], object], *, at_start: bool = False) -> Change:
    def change(extract: Extract, random: Random) -> None:
        least, width = LEFT.get(extract.format, 0), len(extract.rows[extract.heading])
        at = least if at_start else random.randint(least, width)
        for number in range(extract.top, len(extract.rows) - extract.below):
            row = extract.rows[number]
            row.extend([None] * (width - len(row)))
            row.insert(
                at, None if number < extract.heading else heading if number == extract.heading else values(random)
            )

    return change


def _heading(column: str, name: Callable[[object], object]) -> Change:
    def change(extract: Extract, _: Random) -> None:
        row, at = extract.rows[extract.heading], extract.columns[column]
        row[at] = name(row[at])

    return change


def _drop_column(column: str) -> Change:
    def change(extract: Extract, _: Random) -> None:
        for row in extract.rows[extract.top :]:
            del row[extract.columns[column] : extract.columns[column] + 1]

    return change


def _swap(one: str, other: str) -> Change:
    def change(extract: Extract, _: Random) -> None:
        row, a, b = extract.rows[extract.heading], extract.columns[one], extract.columns[other]
        row[a], row[b] = row[b], row[a]

    return change


def rows() -> Iterator[Mutation]:
    """Yield the changes of rows."""
    for number in range(6):
        yield Mutation(f"rows permuted {number}", _permute_rows, SAME_ONLY, ("crime", "outcomes", "return", "areas"))
    yield Mutation("rows permuted", _permute_rows, EITHER, ("workforce",))
    yield Mutation("no heading", lambda extract, _: extract.rows.pop(extract.heading), NO)
    yield Mutation("heading alone", _without_rows(0, 1), NO)
    yield Mutation("nothing", lambda extract, _: extract.rows.clear(), NO, FLAT)
    for column, of in (("force", PUBLISHED), ("group", CRIMES), ("type", ("outcomes",))):
        for number in range(4):
            yield Mutation(f"without a {column} {number}", _without(column), LESS, of)
    for first, last in ((1, 1), (0.5, 1), (0.5, 0.5), (0.9, 1), (0.98, 1), (0, 0.5), (0.01, 1), (0.3, 0.34), (0.05, 1)):
        right = ANY if first == last else LESS  # of areas it may be a region
        yield Mutation(f"without rows {first} to {last}", _without_rows(first, last), right, AREAS)
        yield Mutation(f"without rows {first} to {last}", _without_rows(first, last), LESS, CRIMES)
    for word, spell in SPELLINGS.items():
        yield Mutation(f"row repeated, force {word}", _repeat("force", spell), NO)
        for column in ("year", "code", "group"):
            yield Mutation(f"row repeated, {column} {word}", _repeat(column, spell), NO, CRIMES)
    for column, pattern in (
        ("year", "2024-25"),
        ("quarter", "Q{}"),
        ("force", "{} Police"),
        ("code", "0{}"),
        ("code", "{}.0"),
    ):
        yield Mutation(f"row repeated, {column} {pattern}", _repeat(column, pattern.format), NO, CRIMES)
    for where in ("top", "under", "middle", "end"):
        yield Mutation(f"blank rows {where}", _insert([[], [None, None], []], where), SAME_ONLY, files=BY_ROWS)
        yield Mutation(f"blank cells {where}", _insert([["", " ", "  "]], where), EITHER)
        yield Mutation(
            f"a note {where}",
            _insert([["Note: provisional"]], where),
            SAME_ONLY if where == "end" else EITHER,
            PUBLISHED,
        )
        yield Mutation(f"a note {where}", _insert([["Note: provisional"]], where), EITHER, ("return",))
        yield Mutation(f"a total {where}", _insert([["England and Wales", *[None] * 5, 1]], where), EITHER)
    yield Mutation(
        "second heading", lambda extract, random: _insert([extract.rows[extract.heading]], "")(extract, random), EITHER
    )
    yield Mutation("row with more cells", lambda extract, random: extract.row(random).extend(["x", 9]), EITHER)
    yield Mutation("row with another number", lambda extract, random: extract.row(random).append(99), EITHER)
    yield Mutation(
        "row with fewer cells", lambda extract, random: extract.row(random).__delitem__(slice(-2, None)), LESS
    )


def _permute_rows(extract: Extract, random: Random) -> None:
    mixed = random.sample([extract.rows[at] for at in extract.table], len(extract.table))
    extract.rows[extract.heading + 1 : len(extract.rows) - extract.below] = mixed


def _without(column: str) -> Change:
    """Take out every row with the value that one row, taken by chance, has in a column."""

    def change(extract: Extract, random: Random) -> None:
        at, table = extract.columns[column], extract.table
        chosen = random.choice(extract.forces_rows())[at]
        extract.rows[:] = [row for number, row in enumerate(extract.rows) if number not in table or row[at] != chosen]

    return change


def _without_rows(first: float, last: float) -> Change:
    """Take out a stretch of the table, given as shares of it; a share of 1 is its last row."""

    def change(extract: Extract, _: Random) -> None:
        begin, size = extract.table.start, len(extract.table)
        del extract.rows[begin + int(first * (size - 1)) : begin + max(int(last * size), int(first * (size - 1)) + 1)]

    return change


def _repeat(column: str, spelling: Callable[[object], object]) -> Change:
    """Repeat a row at the table's end, in another spelling of one cell."""

    def change(extract: Extract, random: Random) -> None:
        row = list(random.choice(extract.forces_rows()))
        row[extract.columns[column]] = spelling(row[extract.columns[column]])
        extract.rows.insert(extract.table.stop, row)

    return change


def _insert(rows: list[Row], where: str) -> Change:
    def change(extract: Extract, random: Random) -> None:
        places = {"top": 0, "under": extract.heading + 1, "end": extract.table.stop}
        at = places.get(where, random.choice(extract.table))
        extract.rows[at:at] = deepcopy(rows)

    return change


def sheets() -> Iterator[Mutation]:
    """Yield the changes of sheets."""

    def words(_: Extract) -> list[Row]:
        return [["Words", "more"], [1, 2]] * 30

    def other(extract: Extract) -> list[Row]:
        return [row[:4] for row in extract.rows[extract.heading :]][:20]

    yield Mutation("sheets permuted", lambda extract, _: extract.sheets.reverse(), SAME_ONLY, files=BOOKS)
    for state in ("hidden", "veryHidden"):
        yield Mutation(f"{state} copy", _sheet("Old", lambda extract: extract.rows, state), ANY, files=BOOKS)
        yield Mutation(f"{state} words", _sheet("Old", words, state), SAME_ONLY, files=BOOKS)
        yield Mutation(f"{state} table", _hide(state), LESS, files=BOOKS)
    yield Mutation("copy on a sheet", _sheet("Copy", lambda extract: extract.rows), NO, files=BOOKS)
    yield Mutation("reference sheet", _sheet("Reference", other), EITHER, files=BOOKS)
    yield Mutation("empty sheet", _sheet("Empty", lambda _: []), SAME_ONLY, files=BOOKS)
    for name in ("Words", "=cmd<b>&", "\u202eabc", "{{ 1 }}"):
        yield Mutation(f"sheet {name!r}", _sheet(name, words), SAME_ONLY, files=BOOKS)
    yield Mutation("rows on two sheets", _split, EITHER, FLAT, BOOKS)


def _sheet(name: str, rows: Callable[[Extract], list[Row]], state: str = "visible") -> Change:
    def change(extract: Extract, random: Random) -> None:
        extract.sheets.insert(random.randint(0, len(extract.sheets)), Sheet(name, deepcopy(rows(extract)), state))

    return change


def _hide(state: str) -> Change:
    def change(extract: Extract, _: Random) -> None:
        extract.main_sheet.state = state

    return change


def _split(extract: Extract, _: Random) -> None:
    half = len(extract.table) // 2
    extract.sheets.append(Sheet("More", [extract.rows[extract.heading], *extract.rows[half:]]))
    del extract.rows[half:]


def texts() -> Iterator[Mutation]:
    """Yield the ways to write a CSV file."""
    plain = ({"lineterminator": "\n"}, {"encoding": "utf-8-sig"}, {"encoding": "cp1252"}, {"quoting": 1})
    odd: list[dict[str, Any]] = [{"delimiter": one} for one in ";\t|:~\x1f"]
    encodings = "utf-16 utf-16-le utf-16-be utf-32 utf-7 cp500 cp037 mac_roman ascii"
    odd += [{"encoding": one} for one in encodings.split()]
    odd += [{"lineterminator": "\r"}, {"delimiter": "\t", "encoding": "utf-16"}]
    for right, ways in ((SAME_ONLY, plain), (EITHER, odd)):
        for way in ways:
            yield Mutation(f"written with {way}", _written(way), right, FORMATS, ("csv",))


def _written(way: dict[str, Any]) -> Change:
    return lambda extract, _: extract.text.update(way)
