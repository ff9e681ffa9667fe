"""What is put in place of one cell of a table, by column, and what is right then.

`SAME` alone: the counts of the unchanged file. `EITHER`: those or a refusal. `LESS`: a refusal, or fewer counts and the
words for it. `ANY`: each of the three. Never another number, a traceback, or a part that is written.
"""

from collections.abc import Callable, Iterator
from random import Random

from extracts import FORMATS, Change, Extract, Mutation, Right
from judge import NOT_SAID, REFUSED, SAME, TOLD

SAME_ONLY, NO, EITHER = Right({SAME}), Right({REFUSED}), Right({SAME, REFUSED})
LESS, ANY = Right({TOLD, REFUSED}), Right({SAME, TOLD, REFUSED})
LONG = 200_000  # letters; the reader of CSV files in Python's library takes 131,072


def _like(pattern: str) -> Callable[[object], object]:
    """Return what makes of a cell a text by a pattern; `{:,}` is for its number."""
    return lambda cell: pattern.format(_number(cell) if ":" in pattern else str(cell).strip())


def _number(cell: object) -> float:
    assert isinstance(cell, int | float)
    return int(cell) if float(cell).is_integer() else cell


NO_COUNTS = "#REF! #N/A #VALUE! #DIV/0! #NAME? 1,2,3 12,34 1.2.3 1e400 inf 0x10 1_000 ١٢٣ １２３ ½ <b>1</b> =1+1 twelve"
NO_COUNTS += " −5 --5 5- $5 5% 1;2 {{7*7}} \x1b[31m1 " + "1" * LONG + " " + "a" * LONG
COUNTS = {
    NO: (*NO_COUNTS.split(" "), "see note", "1\n2", "1 2"),
    LESS: (10**18, 10**20, 1e20, 1e300, -99_999_999, 10**8, 0.5, float("nan"), "nan", True, None),
    LESS | {NOT_SAID}: ("..",),  # a published mark: the count is blank, and its status says why
    SAME_ONLY: (_like("{:,}"), _like("  {} "), str),
    EITHER: (
        *map(_like, ("{}\xa0", "{} [r]", "{}.0", "+{}", "'{}", "00{}")),
        lambda cell: float(_number(cell)),
        lambda cell: f"{_number(cell):,}".replace(",", "."),
        lambda cell: f"{_number(cell):,}".replace(",", "\u2009"),
    ),
}
NOT_PROVIDED = {LESS: ("N/A - data not provided",)}
TOO_MANY = {LESS: (lambda cell: _number(cell) * 100,)}  # a return has no neighbours to be set beside
NEGATIVE = {LESS: (_like("-{}"), _like("({})"))}  # of crimes it is a correction
NAMES = {
    NO: (
        *("Narnia Constabulary", "#REF!", 17, "=HYPERLINK(1)", "<script>alert(1)</script>", "\x1b]0;x\x07Norfolk\x00"),
        *("Norfolk " * (LONG // 8), lambda cell: str(cell)[1] + str(cell)[0] + str(cell)[2:]),
    ),
    LESS: (None,),
    SAME_ONLY: (lambda cell: str(cell).upper(), _like("  {}  "), _like("{}\xa0")),
    EITHER: (_like("{} Police"), _like("{} [note 3]")),
}
ANOTHER = {NO: (lambda cell: "Kent" if "Kent" not in str(cell) else "Essex",)}
BY_CODE = {EITHER: tuple(value for values in NAMES.values() for value in values)}  # a code says which force it is
ODD_YEARS = "1017/18 2117/18 0000/01 0001/02 9999/00 2024/26 24/25 2024 soon 2023/24 1/4/2024 #REF!"
YEARS = {
    NO: (*ODD_YEARS.split(), 2024, None),
    SAME_ONLY: ("2024-25", "2024_25", "2024/2025", " 2024/25 ", "2024/25 [p]"),
    EITHER: ("٢٠٢٤/٢٥", "2024/25 2025/26"),
}
QUARTERS = {
    NO: (0, 3, 5, 1.5, -1, 10**20, None, "#REF!", "first", "Q5", "1/2"),
    SAME_ONLY: (_like("Q{}"), _like(" {} "), _like("q{}")),
    EITHER: (_like("Quarter {}"),),
}
GROUPS = {
    NO: ("Robery", "#REF!", 12, "All", "<i>", "Theft,Robbery"),
    LESS: (None,),
    ANY: (lambda cell: "Robbery" if cell != "Robbery" else "Drug offences",),  # outcomes by type are the same then
    SAME_ONLY: (lambda cell: str(cell).upper(), _like("{} [note 1]"), _like("{}2")),
}
TYPES = {
    NO: ("23", "99", "-1", None, "#REF!", "charged", "1.5", 10**20),
    LESS: ("1a", lambda cell: "1" if cell != "1" else "2"),
    SAME_ONLY: (_like("Type {}"),),
}
WORDS = {EITHER: ("=1+1", "@x", "<b>", "\x07", "a" * LONG, None, "{{x}}", '"', "a\nb", "#REF!", "999", "34/5")}
ITEMS = {
    NO: ("burglary", None, "#REF!", 5, "=calls", "calls;calls", "a" * LONG, "recorded_crime"),
    SAME_ONLY: (lambda cell: str(cell).upper(), lambda cell: str(cell).replace("_", " ")),
}
FIRST_DAYS = "1017-07-01 2117-07-01 0000-07-01 2016-7-1 soon 2018-07-01 2016-02-30 #REF! 01/07/2016"
LAST_DAYS = "9999-12-31 2117-06-30 2016-06-30 2017-06-31 #REF! 30/06/2017"
CELLS = (  # the formats, the column, and what is put there
    (FORMATS, "count", COUNTS),
    (("outcomes",), "assigned", COUNTS),
    (("areas", "workforce"), "later", COUNTS),
    (("crime", "outcomes"), "count", NOT_PROVIDED),
    (("crime", "outcomes", "areas", "workforce"), "count", TOO_MANY),
    (("areas", "workforce", "return"), "count", NEGATIVE),
    (("crime", "outcomes", "workforce", "return"), "force", NAMES),
    (("crime", "outcomes", "areas", "workforce"), "force", ANOTHER),
    (("areas",), "force", BY_CODE),
    (("areas",), "rate", {ANY: ("#REF!", None, "x", 1e300, -5, 0)}),
    (("crime", "outcomes"), "year", YEARS),
    (("crime", "outcomes"), "quarter", QUARTERS),
    (("crime", "outcomes"), "group", GROUPS),
    (("crime", "outcomes"), "description", WORDS),
    (("crime", "outcomes"), "code", WORDS),
    (("outcomes",), "type", TYPES),
    (("return",), "item", ITEMS),
    (("return",), "from", {NO: (*FIRST_DAYS.split(), None, 42552)}),
    (("return",), "to", {NO: (*LAST_DAYS.split(), None, 10**20)}),
    (("return",), "status", {NO: ("good", None, "#REF!", "not_supplied", "<b>", 1)}),
)


def changed_cells() -> Iterator[Mutation]:
    """Yield the changes of single cells."""
    for of, column, values in CELLS:
        for right, some in values.items():
            for number, value in enumerate(some):
                shown = f"by rule {number}" if callable(value) else repr(value)[:24]
                yield Mutation(f"{column} {'/'.join(sorted(right))} {shown}", _cell(column, value), right, of)


def _cell(column: str, value: object) -> Change:
    """Put a value in one row of the table, or a function's answer for what is there."""

    def change(extract: Extract, random: Random) -> None:
        count, at = extract.columns["count"], extract.columns[column]
        row = random.choice([row for row in extract.forces_rows() if isinstance(row[count], int | float)])
        row[at] = value(row[at]) if callable(value) else value

    return change
