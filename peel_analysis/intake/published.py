"""Published files on their way into the data folder: all of them, byte for byte as before, or one more file."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from peel_analysis.checks import rules
from peel_analysis.checks.data_checks import check
from peel_analysis.checks.rules import KEYS, PROVENANCE, CheckResult, Key, TablesHeld
from peel_analysis.data import counts as shape
from peel_analysis.data.errors import InputError, in_one_line
from peel_analysis.data.files import wrong_name
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import POPULATIONS as POPULATIONS_FILE
from peel_analysis.data.forces import POPULATIONS_TABLE
from peel_analysis.data.registers import records
from peel_analysis.data.settings import PUBLISHED_FILES, PublishedFile
from peel_analysis.data.writing import JOURNAL, write_files
from peel_analysis.intake import parts, registers
from peel_analysis.sources import data_return
from peel_analysis.sources.formats import FORMATS, TRANSCRIBED, TRANSCRIPTS, Format, read_transcript, recognise
from peel_analysis.sources.reading import Account, Reading, Request
from peel_analysis.sources.sheets import Book, SourceError, open_book

FORMAT_OF = {known.reader: known for known in FORMATS if known.reader}
ROW = tuple(column for column in shape.COUNTS_KEY if column != "release")


@dataclass
class Tables:
    """All tables of one build, in memory: count tables by (item, release), and the registers that go with them."""

    counts: dict[Key, pd.DataFrame] = field(default_factory=dict)
    populations: list[pd.DataFrame] = field(default_factory=list)
    printed: list[pd.DataFrame] = field(default_factory=list)
    provenance: list[dict[str, str]] = field(default_factory=list)


def build(raw: Path, data: Data) -> list[Account]:
    """Write `counts/<item>/<release>.csv` and the registers beside them in a data folder; return each file's account.

    `raw` holds the published files under the publishers' folders (`home_office`, `ons`). Tables that were read off
    public pages come from the folder `facts` beside `raw`; without it they stay as they are, and their accounts say so.
    What `peel data add` has put there stays. All tables are made and checked before the first is written. Raises
    SourceError, TableError, or InputError for what data/published_files.toml declares, and for a part that would stand
    for the whole or counts that are far from others, unless a file's entry says why they are right.
    """
    if not raw.is_dir():
        raise SourceError(f"{raw}: no such folder; give the one that holds home_office and ons")
    tables = Tables()
    accounts = [_add(published, raw, data, tables) for published in data.published_files.files]
    _keep_added(data, tables)
    populations = pd.concat(tables.populations, ignore_index=True)
    printed = pd.concat(tables.printed, ignore_index=True)
    provenance = pd.DataFrame(tables.provenance, columns=list(rules.PROVENANCE_COLUMNS))
    _refuse_parts(tables.counts, printed, data)
    write_files(registers.texts_of(data, tables.counts, populations, printed, provenance), data.folder / JOURNAL)
    return accounts


def _refuse_parts(counts: Mapping[Key, pd.DataFrame], printed: pd.DataFrame, data: Data) -> None:
    """Raise InputError, naming each place, for tables that are not whole or that have counts far from others."""
    stored = {key: data.counts(*key) for key in counts if data.holds(*key)}
    known = {pair for one in data.published_files.files if one.part_is_known for pair in one.tables}
    confirmed = {" ".join(pair) for one in data.published_files.files if one.confirmed for pair in one.tables}
    lost = parts.replaced(
        {key: rows for key, rows in stored.items() if key not in known}, counts, data.rule("replaced")
    )
    wrong = [
        finding
        for result in [*check(TablesHeld(data, counts, printed), list(counts)), lost]
        for finding in result.findings
        if (result.rule.id in parts.RULES and finding.level == "error")
        or (result.rule.stops and finding.table not in confirmed)
    ]
    if wrong:
        remedy = "put the file as published there, or say in its entry of data/published_files.toml why it is right"
        named = "; ".join(finding.line(data.forces).strip() for finding in wrong[: parts.NAMED])
        more = f"; and {len(wrong) - parts.NAMED} more" if len(wrong) > parts.NAMED else ""
        raise InputError(f"{parts.NOT_BUILT}: {named}{more}; {remedy} (part_is_known or confirmed)")


def _add(published: PublishedFile, raw: Path, data: Data, tables: Tables) -> Account:
    """Add the tables of one file, read anew or, for a transcribed file that is not there, as they are."""
    is_transcribed = published.reader in TRANSCRIPTS
    if not is_transcribed and published.reader not in FORMAT_OF:
        found = f"no reader {published.reader!r}; use one of {', '.join((*FORMAT_OF, *TRANSCRIPTS))}"
        raise SourceError(f"data/{PUBLISHED_FILES}, {published.file}: {found}")
    path = (raw.parent if is_transcribed else raw) / published.file
    if not path.is_file():
        if is_transcribed:
            return _keep(published, data, tables)
        raise SourceError(
            f"{path}: no such file; put the published file there ({published.publisher}: {published.title}, "
            f"{published.release_words}). Not all of these files can be had outside the project (README.md, "
            "Limits): data/ holds what was made of them, and `peel data add` takes in a file that is published"
        )
    if is_transcribed:
        reading = read_transcript(path, published, data.forces)
    else:
        request = Request(open_book(path), published.release, data.forces, vintages=published.vintages)
        reading = FORMAT_OF[published.reader].read(request)
    reading = registers.with_notes(reading, data)
    for item, release in published.tables:
        if item == POPULATIONS_TABLE:
            tables.populations.append(reading.populations[reading.populations["vintage"] == release])
        else:
            mine = (reading.counts["item"] == item) & (reading.counts["release"] == release)
            rows = shape.combine([reading.counts[mine]])
            if published.part_is_known:
                rows = parts.marked({(item, release): rows}, (), data.items)[item, release]
            tables.counts[item, release] = rows
        row = {"table": item, "release": release, "source_file": published.file, "sha256": reading.account.sha256}
        words = published.words()
        words["release_words"] += parts.reasons(published.part_is_known, published.confirmed)
        tables.provenance.append(words | row)
    tables.printed.append(registers.printed_rows(reading.account, published.release))
    return reading.account


def _keep_added(data: Data, tables: Tables) -> None:
    """Keep the rows of the registers that belong to tables which no file of this build makes."""
    made = {pair for published in data.published_files.files for pair in published.tables}
    tables.provenance += records(registers.without(registers.read_provenance(data), ("table", "release"), made))
    populations = registers.read_populations(data)
    vintages = {release for item, release in made if item == POPULATIONS_TABLE}
    tables.populations.append(populations[~populations["vintage"].isin(vintages)])
    tables.printed.append(registers.without(TablesHeld(data).printed(), ("item", "release"), made))


def _keep(published: PublishedFile, data: Data, tables: Tables) -> Account:
    """Keep the tables that a missing transcribed file would make."""
    provenance = registers.read_provenance(data)
    for item, release in published.tables:
        name = POPULATIONS_FILE if item == POPULATIONS_TABLE else f"counts/{item}/{release}.csv"
        if not data.has(name):
            found = "no such file, and no facts folder beside the raw folder to make it from; give one"
            raise SourceError(f"data/{name}: {found}")
        if item == POPULATIONS_TABLE:
            before = registers.read_populations(data)
            tables.populations.append(before[before["vintage"] == release])
        else:
            tables.counts[item, release] = data.counts(item, release)
        tables.provenance += records(provenance[(provenance["table"] == item) & (provenance["release"] == release)])
    notes = ("the file is not there; the tables made from it stay as they are",)
    return Account(file=published.file, sha256="", format=TRANSCRIBED, release=published.tables[0][1], notes=notes)


@dataclass(frozen=True, eq=False)
class Addition:
    """What a file would change: `texts` are the files of the data folder that would be other than they are.

    `differences` are, by table, how many rows are new, revised and unchanged.
    """

    account: Account
    differences: dict[str, tuple[int, int, int]]
    remarks: tuple[str, ...]
    results: tuple[CheckResult, ...]
    texts: dict[Path, str]
    is_confirmed: bool = False
    journal: Path | None = None

    @property
    def is_sound(self) -> bool:
        """True when no check finds an error in what would be added, and each query that stops is confirmed."""
        return not any(self.refusals())

    def refusals(self) -> Iterator[str]:
        """Yield why nothing may be written, each with what to do."""
        return parts.refusals(self.results, is_confirmed=self.is_confirmed)

    def lines(self) -> Iterator[str]:
        """Yield what was read, and how it stands to what the data folder holds, as lines for a terminal."""
        yield from self.account.lines()
        for table, (new, revised, unchanged) in self.differences.items():
            yield f"  {table}: {new:,} rows new, {revised:,} revised, {unchanged:,} unchanged"
        yield from self.remarks

    def write(self) -> None:
        """Write what changes, all of it or nothing."""
        write_files(self.texts, self.journal)


def plan(
    file: Path,
    data: Data,
    release: str = "",
    not_supplied: Collection[str] = (),
    *,
    part: str = "",
    confirmed: str = "",
) -> Addition:
    """Return what adding a file to a data folder would change; nothing is written.

    Without `release` it is the one under which this very file is in already, else the one that the file names. `part`
    is why a part is taken in: the counts that are not whole are marked partial. `confirmed` is why counts that are far
    from others are right. Raises SourceError for a file that is not understood, or only in part, TableError for rows
    that are not in shape, and InputError for a file that names no release, and for one that has less than its release.
    """
    book = open_book(file)
    known = recognise(book)
    provenance = registers.read_provenance(data)
    known_as, published = registers.known_as(data, provenance, book.sha256)
    if release and published and release not in (published.release, *(name for _, name in published.tables)):
        published = None
    release = _release(release, known, book, known_as, published)
    if not_supplied and not known.may_lack_forces:
        raise InputError(f"--not-supplied: a {known.name} says itself which figures were not supplied; leave it out")
    vintages = published.vintages if published else ("", "")
    request = Request(
        book, release, data.forces, not_supplied, vintages, is_part=bool(part), returned=tuple(data.returned)
    )
    reading = registers.with_notes(known.read(request), data)
    if published:  # of a file that is listed its entry says which populations are taken
        listed = [name for item, name in published.tables if item == POPULATIONS_TABLE]
        reading = replace(reading, populations=reading.populations[reading.populations["vintage"].isin(listed)])
    totals = registers.printed_rows(reading.account, release)
    read, held, results, part = _checked(reading, totals, data, part)
    stored = {key: data.counts(*key) for key in read if data.holds(*key)}
    differences = {" ".join(key): difference(stored.get(key), rows, ROW) for key, rows in read.items()}
    before = registers.read_populations(data)
    for vintage, rows in reading.populations.groupby("vintage", sort=True):
        same = before[before["vintage"] == vintage]
        differences[f"populations {vintage}"] = difference(same, rows, registers.POPULATION_KEY)
    populations = registers.replaced(before, reading.populations, ("vintage", "mid_year"))
    tables, printed = held.added, held.printed()
    asked = any(result.rule.stops and result.findings for result in results)
    reasons = parts.reasons(part, confirmed if asked else "")
    after = _provenance_after(data, provenance, reading, tables, published, reasons)
    texts = registers.texts_of(
        data, tables, populations if len(reading.populations) else None, printed if len(printed) else None, after
    )
    changed = {path: text for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text}
    return Addition(
        account=replace(reading.account, partial=parts.number_partial(read.values())),
        differences=differences,
        remarks=tuple(_remarks(held, tables, release, known_as)),
        results=tuple(results),
        texts=changed,
        is_confirmed=bool(confirmed),
        journal=data.folder / JOURNAL,
    )


def _checked(
    reading: Reading, totals: pd.DataFrame, data: Data, part: str
) -> tuple[dict[Key, pd.DataFrame], TablesHeld, list[CheckResult], str]:
    """Return the tables read, the folder as it would be with them, what the checks find, and why a part is taken in.

    `part` marks a part.
    """
    read = {
        (str(item), str(name)): shape.combine([rows])
        for (item, name), rows in reading.counts.groupby(["item", "release"], sort=True)
    }

    def check_read() -> tuple[TablesHeld, list[CheckResult]]:
        stored = {key: data.counts(*key) for key in read if data.holds(*key)}
        tables = {key: _joined(rows, stored.get(key), reading.account) for key, rows in read.items()}
        printed = registers.replaced(TablesHeld(data).printed(), totals, ("item", "release"), tables)
        held = TablesHeld(data, tables, printed, reading.cells)
        replaced = parts.replaced(stored, tables, data.rule("replaced"), is_known=bool(part))
        return held, [*check(held, list(tables)), replaced]

    held, results = check_read()
    part = part or parts.why_old(read, results, data)
    if part:
        read = parts.marked(read, results, data.items)
        held, results = check_read()
    return read, held, results, part


def _release(chosen: str, known: Format, book: Book, before: Sequence[str], published: PublishedFile | None) -> str:
    if chosen:
        if wrong := wrong_name(chosen):
            raise InputError(f"--release {wrong}")
        return chosen
    release = published.release if published else before[0] if before else known.release(book)
    if not release:
        remedy = "give --release, such as --release 2026-04 for one that was published in April 2026"
        raise InputError(f"{book.file}: the file does not say which release it is; {remedy}")
    return release


def _joined(rows: pd.DataFrame, before: pd.DataFrame | None, account: Account) -> pd.DataFrame:
    """Return a table as it would be: a return joins what its release holds, any other file replaces it."""
    if before is None or account.format != data_return.FORMAT:
        return rows
    return shape.combine([registers.replaced(before, rows, ROW)])


def difference(before: pd.DataFrame | None, after: pd.DataFrame, key: Sequence[str]) -> tuple[int, int, int]:
    """Return how many rows are new, revised and unchanged; one with the same key and other content is revised."""
    if before is None or before.empty:
        return len(after), 0, 0
    content = [str(column) for column in after.columns if column not in key]
    both = after.merge(before[[*key, *content]], on=list(key), suffixes=("", "_before"))
    now, then = both[content], both[[f"{column}_before" for column in content]].set_axis(content, axis="columns")
    same = ((now == then).fillna(False) | (now.isna() & then.isna())).all(axis="columns")
    unchanged = int(same.sum())
    return len(after) - len(both), len(both) - unchanged, unchanged


def _remarks(held: TablesHeld, tables: Iterable[Key], release: str, others: Sequence[str]) -> Iterator[str]:
    """Yield the `others`, the releases that the file is in as, and how many counts differ from another release's.

    That is the latest other release with some of the same rows, if there is one.
    """
    if others and release not in others:
        yield f"  the same file is in already as release {', '.join(others)}"
    for item, own in tables:
        beside = sorted((name for one, name in held.tables() if one == item and name != own), key=rules.release_order)
        joined = (
            (name, held.counts((item, own)).merge(held.counts((item, name)), on=list(ROW), suffixes=("", "_other")))
            for name in reversed(beside)
        )
        name, both = next(((name, both) for name, both in joined if not both.empty), ("", pd.DataFrame()))
        if name:
            apart = both["count"].astype(float) - both["count_other"].astype(float)
            total = float(both["count_other"].astype(float).sum())
            yield (
                f"  {item} {own} beside {name}: {int((apart.abs() > 0).sum()):,} of {len(both):,} counts that both "
                f"hold differ; their sum is {apart.sum():+,.0f} ({100 * apart.sum() / total if total else 0:+.2f}%)"
            )


def _provenance_after(
    data: Data,
    provenance: pd.DataFrame,
    reading: Reading,
    tables: Collection[Key],
    published: PublishedFile | None,
    reasons: str = "",
) -> pd.DataFrame:
    """Return the provenance with the file's rows in place of those of the same table and release.

    Several returns of forces can make one table: each keeps its row, by the name of its file.
    """
    account = reading.account
    if published:
        words = published.words() | {"source_file": published.file}
    else:
        named = f"named {account.release} when it was added with peel data add"
        of_format, file = data.published_files.words_for(account.format), in_one_line(account.file)
        words = of_format | {"release_words": named, "source_file": file}
    words["release_words"] += reasons
    keys = [*tables, *((POPULATIONS_TABLE, str(vintage)) for vintage in reading.populations["vintage"].unique())]
    rows = pd.DataFrame(
        [{**words, "table": item, "release": release, "sha256": account.sha256} for item, release in keys],
        columns=list(rules.PROVENANCE_COLUMNS),
        dtype=str,
    )
    is_return = account.format == data_return.FORMAT
    return registers.replaced(provenance, rows, KEYS[PROVENANCE][: 3 if is_return else 2])
