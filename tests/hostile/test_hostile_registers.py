"""Every register and declaration of the data folder, changed in every way declared: read as it is, or refused."""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from zlib import crc32

import pytest
from changed_bytes import SIGNS, UNDEFINED
from judge import LONGEST_LINE, PROJECT

from peel_analysis.checks.rules import MADE, read_made
from peel_analysis.data import registers
from peel_analysis.data.cross_checks import reads_of_edition, reads_of_folder
from peel_analysis.data.errors import Faults
from peel_analysis.data.folder import Data

CSV = sorted(path.name for path in (PROJECT / "data").glob("*.csv"))
TOML = sorted(str(path.relative_to(PROJECT / "data")) for path in (PROJECT / "data").rglob("*.toml"))
CUTS, SHARE = 12, 20
OF_FILE = {register.file: register for register in registers.ALL}
CELLS = (
    "",
    "#REF!",
    "\x1b[31m",
    "a" * 200_000,
    "=1+1",
    "<script>",
    "1e400",
    "٣",
    "nan",
    "-1",
    "9" * 30,
    "0000-00-00",
    "9999-12-31",
    "{{x}}",
    '"',
    "a\nb",
)
VALUES = (
    "''",
    "0",
    "-1",
    "nan",
    "1e400",
    "[]",
    "{}",
    "true",
    "'#REF!'",
    "9" * 30,
    "0000-01-01",
    "[[[[1]]]]",
    "'" + "a" * 3000 + "'",
    '"\\u001b[31m"',
)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def written(rows: list[list[str]], **settings: str) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, **{"lineterminator": "\n", **settings}).writerows(rows)  # type: ignore[arg-type]
    return file.getvalue()


def closed(name: str, column: str) -> bool:
    """Return whether a column of a register takes only words, days, numbers or ids that are declared."""
    register = OF_FILE.get(name)
    if register is None:
        return column in ("force_id", "population", "mid_year", "area_km2")
    return column in (*dict(register.choices), *register.days, *register.numbers, "force_id", "edition")


def register_variants(name: str, text: str, random: Random) -> Iterator[tuple[str, str, bool]]:
    """Yield a name, the text of a register, and whether only a refusal is right."""
    heading, *rows = rows_of(text)
    yield "rows permuted", written([heading, *random.sample(rows, len(rows))]), False
    order = random.sample(range(len(heading)), len(heading))
    if len(heading) > 1 and order != sorted(order):
        yield "columns permuted", written([[row[at] for at in order] for row in (heading, *rows)]), False
    yield "foreign column", written([[*heading, "Remark"], *([*row, "x"] for row in rows)]), False
    yield "row repeated", written([heading, *rows, rows[0]]), True
    yield "long row", written([heading, *rows, [*rows[-1], "x"]]), True
    yield "short row", written([heading, *rows, rows[-1][:-1] or ["x", "y"]]), True
    yield "heading alone", written([heading]), False
    yield "no heading", written(rows), True
    yield "two headings", written([heading, heading, *rows]), True
    yield "semicolons", written([heading, *rows], delimiter=";"), len(heading) > 1
    for at, column in enumerate(heading):
        yield f"no column {column}", written([row[:at] + row[at + 1 :] for row in (heading, *rows)]), True
        yield f"column {column} renamed", written([[*heading[:at], "Foo", *heading[at + 1 :]], *rows]), True
        for cell in random.sample(CELLS, 4):
            number = random.randrange(len(rows))
            row = rows[number]
            changed = [*rows[:number], [*row[:at], cell, *row[at + 1 :]], *rows[number + 1 :]]
            told = closed(name, column) and cell not in ("", "-1", "9999-12-31", "٣") and row[at] != cell
            yield f"{column} of row {number} is {cell[:20]!r}", written([heading, *changed]), told


def declaration_variants(text: str, random: Random, *, names_are_free: bool) -> Iterator[tuple[str, str, bool]]:
    """Yield a name, the text of a declaration, and whether only a refusal is right."""
    lines = text.split("\n")
    settings = [at for at, line in enumerate(lines) if re.match(r"\w+ = ", line)]
    chosen = random.sample(settings, min(len(settings), 12))
    yield "unknown setting", text + "\nfoo_bar = 1\n", True
    yield "unknown table", text + "\n[foo_bar]\na = 1\n", True
    yield "not closed", text + '\nfoo = "\n', True
    for at in chosen:
        key, _, value = lines[at].partition(" = ")
        for name, line in (
            ("misspelt", f"{key}x = {value}"),
            ("twice", f"{lines[at]}\n{lines[at]}"),
            ("without a value", f"{key} ="),
        ):
            if value[:1] in "[{" and value.count("[") + value.count("{") != value.count("]") + value.count("}"):
                continue  # it goes on in the next line
            told = name != "misspelt" or not names_are_free
            yield f"{key} {name}", "\n".join([*lines[:at], line, *lines[at + 1 :]]), told
        for put in random.sample(VALUES, 3):
            yield f"{key} is {put[:20]}", "\n".join([*lines[:at], f"{key} = {put}", *lines[at + 1 :]]), False


def byte_variants(content: bytes, random: Random) -> Iterator[tuple[str, bytes, bool]]:
    """Yield a name, the spoiled bytes of a register or a declaration, and whether only a refusal is right."""
    for number in range(CUTS):
        yield f"cut at {number}/{CUTS}", content[: len(content) * number // CUTS], False
    for name, sign in SIGNS.items():
        yield f"{name} in front", sign + content, name != "HTML"
    for value in UNDEFINED:
        at = random.randrange(len(content))
        yield f"byte {value:#04x} put in", content[:at] + bytes([value]) + content[at:], value > 0x7F
    for encoding in ("utf-16", "utf-32", "cp500"):
        yield encoding, content.decode("utf-8").encode(encoding, "replace"), True
    yield "byte order mark", b"\xef\xbb\xbf" + content, False
    yield "carriage returns", content.replace(b"\n", b"\r\n"), False


def variants(name: str, content: bytes) -> Iterator[tuple[str, bytes, bool]]:
    random = Random(crc32(name.encode()))
    text = content.decode("utf-8")
    if name.endswith(".csv"):
        texts = register_variants(name, text, random)
    else:  # an edition calls its windows what it will
        texts = declaration_variants(text, random, names_are_free=name.startswith("editions/"))
    yield from ((called, changed.encode("utf-8"), told) for called, changed, told in texts)
    yield from byte_variants(content, random)


def refusals(data: Data) -> tuple[str, ...]:
    """Return what is refused of a data folder, a line each; whatever else is raised comes out."""
    faults = Faults()
    reads: list[Callable[[], object]] = [lambda: data.rules, lambda: data.items, lambda: data.populations]
    reads += [*reads_of_folder(data, whole=True), *(partial(read_made, data, *register) for register in MADE)]
    for read in reads:
        faults.of(read)
    for edition_id in faults.of(lambda: data.editions) or ():
        if edition := faults.of(data.edition, edition_id):
            for read in reads_of_edition(edition):
                faults.of(read)
    return tuple(faults.found)


def wrong(line: str) -> str:
    """Return what is wrong with a refusal, or ""."""
    faults = {
        "not one line": not line.isprintable(),
        "too long": len(line) > LONGEST_LINE,
        "does not name a file": not re.match(r"data/\w", line),
        "says no remedy": not re.search(r"[;:?] .*; |; |\?$|: .*: ", line),
    }
    return next((f"{words}: {line[:300]!r}" for words, is_so in faults.items() if is_so), "")


def found_wrong(folder: Path, name: str, share: int = 1) -> list[str]:
    """Return what is wrong with the answers to the variants of a file, or to one in `share`; the file is put back."""
    data, path, found = Data(folder), folder / name, []
    content = path.read_bytes()
    for number, (called, changed, told) in enumerate(variants(name, content)):
        if number % share or changed == content:
            continue
        path.write_bytes(changed)
        try:
            lines = refusals(data)
        except Exception as error:
            lines = (f"broke out: {type(error).__name__}: {error}",)
        found += [f"{name}, {called}: {fault}" for fault in map(wrong, lines) if fault]
        found += [f"{name}, {called}: is read, though it cannot be right"] if told and not lines else []
    path.write_bytes(content)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("registers") / "data"
    shutil.copytree(PROJECT / "data", made, ignore=shutil.ignore_patterns("counts"))
    return made


@pytest.mark.parametrize("name", [*CSV, *TOML])
def test_a_changed_register_is_read_or_refused_in_a_line(folder: Path, name: str) -> None:
    assert found_wrong(folder, name, SHARE) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CSV, *TOML])
def test_every_changed_register_is_read_or_refused_in_a_line(folder: Path, name: str) -> None:
    assert found_wrong(folder, name) == []
