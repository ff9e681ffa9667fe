"""Returns made into a data folder: the project's, with their counts, and their reasons among the exclusions."""

import csv
import io
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data.definitions import Measure
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.files import NOTICE, files_below
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.registers import EXCLUSIONS, SOURCES, Register
from peel_analysis.data.writing import JOURNAL, one_writer, write_files
from peel_analysis.intake import registers
from peel_analysis.measures.exclusions import OUT
from peel_analysis.returns.folder import DATA, Returns
from peel_analysis.returns.form import ILLUSTRATIVE, STATUSES, WITHOUT, Row
from peel_analysis.returns.log import CONFIRMED, DENIED, EXCLUDED, PARTIAL, Entry, decided, read_log

NOTED = ("partial", "estimated", "combined")
LEFT_OUT = "Left out after a query"
ABOUT = ("edition", "measure_id", "period_year", "force_id")  # of a row of the register
Fact = Mapping[str, str]
Decided = dict[tuple[str, str, int], Entry]  # by force, item and year
WHO_AND_HOW = {  # whose the counts are, as a source is named, and how they were made, by the word that marks the forms
    "": ("Police forces", "the counts that the forces wrote into the forms, as they stand"),
    ILLUSTRATIVE: ("Invented counts", "invented counts, which no force wrote"),
}
SOURCE = "RETURNS"  # the returns' id in the register of sources


def load(returns: Returns) -> Data:
    """Write the data folder of some returns into their folder, as far as it differs from what is there; return it.

    The data folder that they were read with stays as it is. Counts of items that measures count are in it under the
    release of the returns, and every status but reported is a row of its exclusions, with the force's reason. So is
    every decision of the folder's log to leave a count out or to mark it as partial, with the answer for its reason.
    Raises InputError for a folder of that name that is something else, a log that cannot be read, and for each row that
    has no whole number, or not what its status says, unless it was decided to leave it out.
    """
    source, target = returns.data, returns.folder / DATA
    _refuse_other(target)
    about = _decided(returns)
    returns = _usable(returns, about)
    edition = source.edition(returns.edition_id)
    contents: dict[Path, str | bytes] = {
        target / name: Path(path).read_bytes()
        for name, path in files_below(source.folder)
        if not any(part.startswith(".") for part in name.split("/"))
    }
    contents |= {target / path.relative_to(source.folder): text for path, text in _tables(returns, edition).items()}
    contents[target / f"editions/{edition.id}.toml"] = _with_releases(edition, returns)
    contents[target / NOTICE] = f'word = "{returns.notice.word}"\nsentence = "{returns.notice.sentence}"\n'
    contents[target / EXCLUSIONS.file] = _with_facts(source, *_facts(returns, edition, about))
    contents[target / SOURCES.file] = _as_csv(SOURCES, [*source.records(SOURCES), _named(returns, edition)])
    target.mkdir(exist_ok=True)
    with one_writer(target):
        changed = {path: text for path, text in contents.items() if _bytes(text) != _there(path)}
        write_files(changed, target / JOURNAL)
        for name, path in list(files_below(target)):
            if target / name not in contents and not name.startswith("."):
                Path(path).unlink()
    return open_data(target)


def _refuse_other(target: Path) -> None:
    """Raise InputError for a folder that holds anything and was not made of returns: its files would be lost."""
    if target.is_dir() and any(target.iterdir()) and not (target / NOTICE).is_file():
        remedy = "put the forms in a folder of their own"
        raise InputError(f"{target}: is there already, and was not made of returns; {remedy}")


def _decided(returns: Returns) -> Decided:
    """Return what the log has decided, by force, item and year; of an item that no measure counts, for its parts."""
    log, used = read_log(returns), counted(returns)
    found: Decided = {}
    for one in returns.every:
        for (name, year), entry in decided(log, one).items():
            item = returns.data.returned[name]
            for each in [name] if name in used else item.sum_of or [item.asked_with]:
                found[one.force.id, each, year] = entry
    return found


def _usable(returns: Returns, about: Decided) -> Returns:
    """Return the returns as decided: partial where that was, and blank where what is no count was to be left out."""
    with Faults() as faults:
        every = []
        for one in returns.every:
            rows = [_as_decided(row, about.get((one.force.id, row.item, row.year))) for row in one.rows]
            faults.add(map(_unusable, rows))
            every.append(replace(one, rows=tuple(rows)))
    return replace(returns, every=tuple(every))


def _as_decided(row: Row, entry: Entry | None) -> Row:
    """Return a row as it is used: marked as partial, with the answer for its reason, or blank where it is no count."""
    if entry is None:
        return row
    if entry.decision == EXCLUDED:
        blank = replace(row, count=None, written="", status="not_supplied", reason=entry.answer)
        return row if row.fits else blank
    if entry.decision == PARTIAL and row.count is not None:
        return replace(row, status=PARTIAL, reason=f"{row.reason} {entry.answer}".strip())
    return replace(row, reason=row.reason or entry.answer)


def _unusable(row: Row) -> str:
    """Return why a row can be no count, and what to do; "" for one that can."""
    if row.fits:
        return ""
    found = f"the count is {row.written!r}" if row.written else f"the count does not go with '{STATUSES[row.status]}'"
    remedy = "have the force write a whole number, or none" if row.written else "have the force correct one of the two"
    return f"{row.place}: {found}; {remedy}, or decide in queries.csv to leave it out"


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _there(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def release_of(returns: Returns) -> str:
    """Return the release that the counts of the returns are held as."""
    return f"returns-{returns.edition_id}"


def counted(returns: Returns) -> list[str]:
    """Return the items of the returns that a measure counts."""
    measures = returns.data.measures
    used = {item for measure in measures for item in (*measure.numerator.items, *measure.denominator.items)}
    return [item for item in returns.data.returned if item in used]


def _tables(returns: Returns, edition: Edition) -> dict[Path, str]:
    """Return the tables of counts, and the registers that are made with them, as text by path in the source folder."""
    data, release = returns.data, release_of(returns)
    table = returns.counts(release)
    tables = {(item, release): shape.combine([table[table["item"] == item]]) for item in counted(returns)}
    named, how_made = _named(returns, edition), WHO_AND_HOW[returns.word][1]
    words = {
        "publisher": named["publisher"],
        "title": named["title"],
        "release_words": named["release"],
        "licence": "not published",
        "how_made": how_made,
    }
    added = pd.DataFrame(
        [
            {**words, "table": item, "release": release, "source_file": one.file, "sha256": one.sha256}
            for item, _ in tables
            for one in returns.every
        ]
    )
    provenance = pd.concat([registers.read_provenance(data), added], ignore_index=True)
    return registers.texts_of(data, tables, None, None, provenance)


def _named(returns: Returns, edition: Edition) -> Fact:
    """Return the row of the register of sources that names the returns."""
    return {
        "source_id": SOURCE,
        "publisher": WHO_AND_HOW[returns.word][0],
        "title": f"{returns.notice.word} data returns for {edition.title}",
        "covers": "What the form of the return asks for",
        "release": f"{len(returns.every)} return{'s' if len(returns.every) > 1 else ''}",
        "availability": "not published",
        "sentence": returns.notice.sentence,
    }


def _with_releases(edition: Edition, returns: Returns) -> str:
    """Return the edition's file with the returns' release of each item that they hold, and them among its sources."""
    text = (edition.data.folder / f"editions/{edition.id}.toml").read_text(encoding="utf-8")
    items = counted(returns)
    lines = "\n".join(f'{item} = "{release_of(returns)}"' for item in items)
    text = re.sub(r"(?m)^\[releases\].*$", lambda heading: f"{heading[0]}\n{lines}", text, count=1)
    text = re.sub(r"(?m)^sources *= *\[", rf'\g<0>"{SOURCE}", ', text, count=1)
    own = edition.settings.source_instead
    stands_for = dict.fromkeys(one for item in items if (one := returns.data.returned[item].source) and one not in own)
    instead = "".join(f'{one} = "{SOURCE}", ' for one in stands_for)
    if own:
        return re.sub(r"(?m)^source_instead *= *\{ *", rf"\g<0>{instead}", text, count=1)
    return re.sub(r"(?m)^\[", f"source_instead = {{ {instead.rstrip(', ')} }}\n\n[", text, count=1)


def _facts(returns: Returns, edition: Edition, about: Decided) -> tuple[list[Fact], set[tuple[str, ...]]]:
    """Return the exclusions that statuses and decisions make, and the measures, years and forces of decisions."""
    facts: list[Fact] = []
    by_decision: set[tuple[str, ...]] = set()
    for one in returns.every:
        for measure in returns.data.measures:
            for year, rows in _by_year(measure, edition, one.rows).items():
                key = (edition.id, measure.id, str(year), one.force.id)
                entries = [entry for row in rows if (entry := about.get((one.force.id, row.item, year)))]
                if any(entry.decision != CONFIRMED or entry.rule == DENIED for entry in entries):
                    by_decision.add(key)
                said = {"said_in": f"Data return of {one.force.official_name}", "basis": "stated"}
                fact = {**dict(zip(ABOUT, key, strict=True)), **said}
                out = [entry for entry in entries if entry.decision == EXCLUDED]
                effects = _left_out(rows, out) if out else _effects(measure, rows)
                facts += [{**fact, **effect} for effect in effects]
    return facts, by_decision


def _left_out(rows: list[Row], entries: Iterable[Entry]) -> Iterator[Mapping[str, str]]:
    """Yield both switches for a measure of which a count was decided to be left out."""
    held = all(row.count is not None for row in rows)
    why = {"missing_because": "not_comparable", "although_held": "yes"} if held else {"missing_because": "not_supplied"}
    reason = " ".join(dict.fromkeys(entry.answer for entry in entries))
    for effect in OUT:
        yield {"effect": effect, "reason": reason, "short_reason": LEFT_OUT, **why}


def _by_year(measure: Measure, edition: Edition, rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Return the rows that a measure counts, by the year of its window and of its comparator."""
    items = {*measure.numerator.items, *measure.denominator.items}
    windows = [edition.windows[name] for name in (measure.window, measure.comparator) if name in edition.windows]
    every = [row for row in rows if row.item in items]
    return {window.end.year: [row for row in every if row.period == window] for window in windows}


def _effects(measure: Measure, rows: list[Row]) -> Iterator[Mapping[str, str]]:
    """Yield what a measure's rows do: a sum without some of its parts is partial, one without all is left out."""
    without = [row for row in rows if row.status in WITHOUT]
    parts = [row for row in rows if row.item in measure.numerator.items]
    if without and len(parts) > len(without) and set(without) < set(parts):
        components = ";".join(row.item for row in without)
        yield _effect("partial", without, missing_because="not_supplied", components=components)
    elif without:
        worst = without[0]
        for effect in OUT:
            yield _effect(effect, without, missing_because=worst.status)
    for status in NOTED:
        if noted := [row for row in rows if row.status == status]:
            yield _effect(status, noted, missing_because="not_comparable" if status == "combined" else "")


def _effect(effect: str, rows: list[Row], **more: str) -> Mapping[str, str]:
    short = STATUSES[rows[0].status]
    reasons = " ".join(dict.fromkeys(row.reason for row in rows if row.reason))
    reason = reasons or f"{short}; the return gives no reason."
    return {"effect": effect, "reason": reason, "short_reason": short, **more}


def _with_facts(data: Data, facts: Iterable[Fact], by_decision: Container[tuple[str, ...]]) -> str:
    """Return the register of exclusions with more rows; of what it has, its own stay, but for what was decided."""

    def about(row: Fact) -> tuple[str, ...]:
        return tuple(row[name] for name in ABOUT)

    rows = [row for row in data.records(EXCLUSIONS) if about(row) not in by_decision]
    known = set(map(about, rows))
    rows += [fact for fact in facts if about(fact) not in known]
    return _as_csv(EXCLUSIONS, rows)


def _as_csv(register: Register, rows: Iterable[Fact]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, register.columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
