"""Checks of what has expired: caveats, comparability blocks and breaks that no figure bears any more."""

from collections.abc import Iterator, Sequence

from peel_analysis.checks.rules import CheckResult, Finding
from peel_analysis.data.definitions import COMPARABILITY, MEASURES, Block, Measure
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import Data
from peel_analysis.data.registers import CAVEATS, PUBLISHED_VALUES, SERIES_BREAKS, records

NOTHING_HELD = "not_available"  # the status of what an edition has neither counts nor a report of


def check(data: Data, editions: Sequence[Edition]) -> list[CheckResult]:
    """Return what the registers that the data folder holds say of figures that none of the editions has.

    Blocks and breaks are looked at with all editions of the folder, for they are about no edition of their own. Raises
    InputError for a register or a declaration that cannot be used.
    """
    checks = [(CAVEATS.file, caveats)]
    if {one.id for one in editions}.issuperset(data.editions):
        checks += [(COMPARABILITY, comparability), (SERIES_BREAKS.file, series_breaks)]
    return [one(data, editions) for file, one in checks if data.has(file) and data.has(MEASURES)]


def caveats(data: Data, editions: Sequence[Edition]) -> CheckResult:
    """Return the caveats of these editions of which no measure has a figure there."""
    by, looked_at, findings = data.rule("caveats_apply"), 0, []
    for row in records(data.register(CAVEATS)):
        mine = [one for one in editions if row["edition"] in (one.id, "all")]
        looked_at += bool(mine)
        named = row["applies_to"].split(";")
        measures = [one for one in data.measures if one.id in named or "all" in named]
        if mine and not any(_has_figures(measure, edition) for measure in measures for edition in mine):
            found = f"no figure of {row['applies_to'].replace(';', ', ')} in edition {row['edition']}; take the row out"
            findings.append(Finding(by.level, data.place_of(CAVEATS, row), found))
    return CheckResult(by, f"{looked_at} caveats", tuple(findings))


def comparability(data: Data, editions: Sequence[Edition]) -> CheckResult:
    """Return the comparability blocks that refuse nothing which these editions could show."""
    by = data.rule("comparability_apply")
    findings = [
        Finding(by.level, f"data/{COMPARABILITY}, block '{block.id}'", found)
        for block in data.blocks
        for found in _refuses_nothing(block, data, editions)
    ]
    return CheckResult(by, f"{len(data.blocks)} blocks", tuple(findings))


def series_breaks(data: Data, editions: Sequence[Edition]) -> CheckResult:
    """Return the breaks whose days no table of their item reaches."""
    by, rows, findings = data.rule("series_breaks_apply"), records(data.register(SERIES_BREAKS)), []
    taken_from = {item: source.item for edition in editions for item, source in edition.releases.items()}
    for row in rows:
        item = taken_from.get(row["item"], row["item"])
        tables = (data.counts(*key) for key in data.tables if key[0] == item)
        if not any(
            table["period_start"].min() <= row["last_day"] and row["first_day"] <= table["period_end"].max()
            for table in tables
        ):
            found = f"no table of {row['item']} reaches these days; correct item or days, or take the row out"
            period = f"{row['first_day']} to {row['last_day']}"
            findings.append(Finding(by.level, data.place_of(SERIES_BREAKS, row), found, period=period))
    return CheckResult(by, f"{len(rows)} breaks", tuple(findings))


def _has_figures(measure: Measure, edition: Edition) -> bool:
    """Return whether an edition has counts or published values of a measure, or says that there are some elsewhere."""
    wanted = measure.numerator.items or (measure.id,)
    if any(item in edition.releases for item in wanted):
        return True
    if any(item in edition.lacks and edition.lacks[item].status != NOTHING_HELD for item in wanted):
        return True
    published = edition.data.has(PUBLISHED_VALUES.file)
    return published and measure.id in set(edition.register(PUBLISHED_VALUES)["measure_id"])


def _refuses_nothing(block: Block, data: Data, editions: Sequence[Edition]) -> Iterator[str]:
    measures = [one for one in data.measures if one.id in block.measures]
    if block.kind == "together":
        others = [one for one in data.measures if one.id in block.others]
        if not any(
            all(any(_has_figures(one, edition) for one in side) for side in (measures, others)) for edition in editions
        ):
            yield "no edition has figures on both sides of it; take the block out"
        return
    years = {
        str(edition.windows[name].end.year)
        for edition in editions
        for measure in measures
        for name in (measure.window, measure.comparator, measure.earlier)
        if name in edition.windows
    }
    if "all" not in block.years and years.isdisjoint(block.years):
        ends = " or ".join(block.years)
        yield f"no window of these measures ends in {ends}; correct the years, or take the block out"
