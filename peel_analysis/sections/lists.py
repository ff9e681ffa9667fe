"""Measures side by side: tiles, lists of readings, what stands out, crime by offence group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from markupsafe import Markup

from peel_analysis import measures
from peel_analysis.comparison import NotComparableError, check_together, compare, reasons_apart
from peel_analysis.comparison.comparable import peer_groups, why_none
from peel_analysis.comparison.verdicts import flags_in_words
from peel_analysis.data.definitions import limited
from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import NATIONAL, Force
from peel_analysis.data.reads import question
from peel_analysis.data.registers import AREAS_FOR_IMPROVEMENT
from peel_analysis.data.settings import TileGroup
from peel_analysis.data.text import enumerated
from peel_analysis.data.text import in_words as number_in_words
from peel_analysis.measures import Result, Value
from peel_analysis.measures.result import of_each
from peel_analysis.sections.display import Html, source_line
from peel_analysis.show import tables
from peel_analysis.show import words as wording
from peel_analysis.show.templates import piece
from peel_analysis.show.words import not_available
from peel_analysis.statistics.intervals import COUNTS_NOT_SAMPLES

AT_MOST, FIRST = 7, 3  # lines of what stands out, and of those on the first screen
GROUPS = 3  # of offences, that are seen before the others are unfolded
TILES = 6  # on the first screen
RATE, CHANGE = "crime_per_1000", "crime_change_12m"
NO_CHANGE = "not_applicable"  # the status of a change from no crime at all, or of an interval from or to none


def panel(block: TileGroup, results: list[Result], force_id: str) -> Html:
    """Return one group of tiles: a heading, a tile a measure, the key and the group's note.

    The tiles of measures that the force has no value of are folded, under a line that names them. Of measures that must
    not stand together only the heading is shown, and the reason.
    """
    about = f"tiles: {block.title.rstrip('*')}"
    if refused := _apart(results):
        return Html(piece("panel", block.title, refused=refused), about)
    missing = [one for one in results if one.of(force_id).is_missing]
    shown, lacking = (_tiles(mine, force_id) for mine in ([one for one in results if one not in missing], missing))
    note = block.note.format(window=wording.window_phrase(results[0].window)) if block.note else ""
    key = _key(results, (*shown.statuses, *lacking.statuses))
    html = piece("panel", block.title, shown.tiles, lacking.tiles, key, note)
    return Html(html, about, {"tiles": [result.measure.id for result in results]})


def headline_tiles(results: Sequence[Result], force_id: str) -> Html:
    """Return the tiles of the first screen: at most six measures that the force has a value of, and their key.

    A measure that must not stand beside one before it is left to its own group of tiles.
    """
    told = together((result for result in results if not result.of(force_id).is_missing), TILES)
    shown = _tiles(told, force_id)
    html = piece("headline_tiles", shown.tiles, _key(told, shown.statuses)) if told else Markup()
    return Html(html, "headline tiles", {"first_screen": True})


def together(results: Iterable[Result], number: int) -> list[Result]:
    """Return the first of some results that may stand beside each other, at most so many."""
    told: list[Result] = []
    for result in results:
        if not _apart([*told, result]):
            told.append(result)
    return told[:number]


def _apart(results: Sequence[Result]) -> str:
    """Return why two of the measures must not stand together, or ""."""
    try:
        for first, second in combinations(results, 2):
            check_together(first.measure, second.measure, first.edition)
    except NotComparableError as refusal:
        return str(refusal)
    return ""


def _key(results: Sequence[Result], statuses: Iterable[str]) -> Markup:
    return tables.key_to_marks(results[0].edition.data.statuses, statuses)


@dataclass(frozen=True)
class _Tiles:
    """What tiles show, and the statuses of their values: not of those that a dash stands for."""

    tiles: list[dict[str, Any]]
    statuses: list[str]


def _tiles(results: Sequence[Result], force_id: str) -> _Tiles:
    found = _Tiles([], [])
    for result in results:
        own, windows, earlier = result.of(force_id), wording.windows_in_words(result), ""
        found.statuses.extend(one.status for one in (own, result.national) if not one.is_missing)
        if (window := result.comparator_window) is not None and own.has_comparator:
            remark, _ = wording.earlier_population(result)
            before = tables.value_cell(result, own.comparator_value, own.comparator_status).text
            earlier = f"{window.words}: {before}{f' ({remark})' if remark else ''}"
            found.statuses.append(own.comparator_status)
            if result.comparator_release:
                later = tables.value_cell(result, own.same_release_value, own.same_release_status).text
                earlier += f"; by the same release {later} in the {result.window.words}"
                found.statuses.append(own.same_release_status)
        tile: dict[str, Any] = {
            "measure_id": result.measure.id,
            "label": result.measure.tile,
            "own": _value(result, own),
            "window": windows[:1].upper() + windows[1:],
            "national": _value(result, result.national),
            "earlier": earlier[:1].upper() + earlier[1:],
            "remark": "" if own.status == "reported" else own.short,
        }
        found.tiles.append(tile)
    return found


def _value(result: Result, one: Value) -> dict[str, str]:
    """Return a value in words with its mark, or why there is none."""
    if one.is_missing:
        return {"words": "", "mark": "", "why": f"no figure: {one.note or one.status.replace('_', ' ')}"}
    sign = result.edition.data.statuses.mark(one.status)
    return {"words": wording.value_in_words(result.measure, one.value), "mark": sign, "why": ""}


def introduction(force: Force) -> Html:
    """Return the sentence that says how to read the panel of tiles and, folded, what a dash means."""
    words = (
        f"Each tile sets {force.official_name} beside {NATIONAL}. Tiles without a figure are folded under a line that "
        "names them."
    )
    dash = (
        "A dash means that there is no figure: the force did not supply it, it was counted with another force's, it is "
        "not comparable, it has not been published, no table that this edition uses holds it, or the measure does not "
        "apply. The words under the dash say why."
    )
    folded = piece("folded", "What a dash means", piece("paragraph", "key", dash), "about-dashes")
    return Html(piece("paragraph", "panel-introduction", words) + folded, "how to read the panel")


def readings(kind: str, results: Sequence[Result], force_id: str, about: str, note: str = "") -> Html:
    """Return figures in a line each: value, gap, position, the id of its row in values.csv and a link to its figure.

    A measure that the edition does not have gets no link; what is only counted as a part of another measure is linked
    to the figure of the whole. Under the list stands why lines of it are not to be compared with each other.
    """
    lines = []
    for result in results:
        figure = "" if not_available(result) else result.measure.part_of or result.measure.id
        said_of, value_id = f"{wording.at_a_glance(result, force_id)}.", wording.value_id(result, force_id)
        lines.append({"value_id": value_id, "reading": said_of, "figure": figure})
    said = {"kind": kind, "lines": lines, "apart": read_apart(results, force_id), "note": note}
    return Html(piece("readings", **said), about, {"readings": said})


def read_apart(results: Sequence[Result], force_id: str) -> list[str]:
    """Return each reason why the lines of one list that say a value are not to be compared with each other."""
    told = [result for result in results if not result.of(force_id).is_missing]
    return list(reasons_apart([result.measure for result in told], told[0].edition)) if told else []


def standing_out(results: Sequence[Result], force_id: str) -> Html:
    """Return the few figures on which the policy finds a force higher or lower: at most seven lines, clearest first.

    `results` are all those of the edition: the note under the list counts the comparisons made with any of them.
    """
    policy, about = compare(results[0]).policy, "what stands out"
    told = _standing_out(results, force_id)[:AT_MOST]
    note = (
        f"Chosen by the wording policy ({policy.label}) from every figure of this edition that has "
        f"a verdict. {' '.join(flags_in_words(results))}"
    )
    if told:
        return readings("standing-out", told, force_id, about, note)
    none = _none(results, force_id)
    return Html(piece("paragraph", "none-recorded", none) + piece("paragraph", "key", note), about)


def most_standing_out(results: Sequence[Result], force_id: str) -> Html:
    """Return the three figures that stand out the clearest, a short line each with a link to the figure; or none."""
    about, told = "what stands out the most", _standing_out(results, force_id)[:FIRST]
    if not told:
        return Html(piece("paragraph", "none-recorded", _none(results, force_id)), about)
    return readings("standing-out", told, force_id, about)


def peers_named(edition: Edition, force_id: str) -> Html:
    """Return the force's peers, a line a set; for a force without any, the reason."""
    groups, name = peer_groups(edition, force_id), edition.forces.name
    said = [(f"{one.title[:1].upper()}{one.title[1:]}", enumerated([*map(name, one.peer_ids)])) for one in groups]
    html = piece("peers_named", said) if said else piece("paragraph", "none-recorded", why_none(edition, force_id))
    return Html(html, "peers")


def without_findings(edition: Edition, force: Force) -> Html:
    """Return on which questions no findings are held and no area for improvement is recorded, in one line, or nothing.

    Their sections have no empty headings for these.
    """
    held = {section for section, _ in edition.findings(force.id)}
    plans = [plan for plan in edition.sections if plan.question]
    without = [plan.title for plan in plans if plan.title not in held]
    as_well = [plan.title for plan in plans if not edition.about(AREAS_FOR_IMPROVEMENT, force.id, plan.question)]
    name, none = force.official_name, "in this edition on"
    findings, areas = f"No findings of inspectors are held for {name}", "o area for improvement is recorded"
    if without == as_well:
        said = [f"{findings}, and n{areas}, {none}: {'; '.join(without)}."] if without else []
    else:
        said = [f"{findings} {none}: {'; '.join(without)}."] if without else []
        said += [f"N{areas} on: {'; '.join(as_well)}."] if as_well else []
    words = " ".join(said)
    return Html(piece("paragraph", "no-findings", words) if words else Markup(), "sections without findings")


def _standing_out(results: Sequence[Result], force_id: str) -> list[Result]:
    """Return the results on which the policy finds a force higher or lower, clearest first."""
    otherwise = compare(results[0]).policy.words.otherwise
    found = [one for one in results if compare(one).verdicts[force_id].words not in ("", otherwise)]
    return sorted(found, key=lambda one: _clearness(one, force_id), reverse=True)


def _none(results: Sequence[Result], force_id: str) -> str:
    name = results[0].edition.forces.official_name(force_id)
    return f"On no figure is {name} found higher or lower than England and Wales by the stated rule."


def _clearness(result: Result, force_id: str) -> tuple[bool, float, float]:
    """Return what the list is sorted by: notable first, then distance from the other forces, then from the whole.

    The last is in gaps that the size rule asks for, so that figures of different units have an order; it decides among
    those that the size rule alone could be held against.
    """
    compared = compare(result)
    verdict = compared.verdicts[force_id]
    distance = abs(verdict.robust_z) if verdict.robust_z is not None else 0.0
    if verdict.gap is None or verdict.national_shown is None:
        return bool(verdict.chance), distance, 0.0
    asked = compared.policy.gap_asked(verdict.national_shown, result.measure.decimals)
    return bool(verdict.chance), distance, float(abs(verdict.gap) / asked)


def by_group(edition: Edition, force_id: str) -> Html:
    """Return a table of recorded crime and its source: the offence groups with the most crimes, then all crime.

    The other groups are folded.

    Columns: crimes in the force, its rate with its 95% interval, the England and Wales rate, the change on the earlier
    12 months in the force with its 95% interval, and the change in England and Wales. What the intervals are stands
    under the table. The source and the forces are those of the measures of all crime (excluding fraud).
    """
    *found, total = (_row(force_id, group, *both) for group, both in _crime(edition).items())
    rows = [row for _, row in (*sorted(found, key=lambda row: -row[0]), total)]
    window = edition.window(edition.data.measure(RATE).window).words
    columns = (
        "Offence group",
        "Crimes",
        "Per 1,000 population",
        "95% interval of the rate",
        "Rate, England and Wales",
        f"Change on the {edition.window(edition.data.measure(CHANGE).earlier).words}",
        "95% interval of the change",
        "Change, England and Wales",
    )
    name = edition.forces.official_name(force_id)
    caption = f"Recorded crime (excluding fraud) by offence group, {name}, {window}"
    others = f"The other offence groups, {name}, {window}"
    rest = rows[GROUPS:-1]
    summary = f"The other {number_in_words(len(rest))} offence groups"
    of_all = measures.calculate(edition.data.measure(RATE), edition)
    blank = edition.data.statuses.mark(NO_CHANGE)
    has_blank = any(cell.text == blank for row in rows for cell in row.cells)
    parts = (
        tables.html_table(caption, columns, [*rows[:GROUPS], rows[-1]]),
        *([piece("folded", summary, tables.html_table(others, columns, rest))] if rest else []),
        tables.key_to_marks(edition.data.statuses, [of_all.of(force_id).status, *([NO_CHANGE] if has_blank else [])]),
        piece("paragraph", "key", COUNTS_NOT_SAMPLES),
        piece("source_of", source_line(of_all)),
    )
    return Html(Markup("\n").join(parts), "recorded crime by offence group")


def _of_both(found: Mapping[str, tuple[Result, Result]]) -> bytes:
    """Return what the rates and changes of all groups come to, as a text."""
    return of_each({f"{kind} {group}": one for group, both in found.items() for kind, one in enumerate(both)})


@question("crime", _of_both)
def _crime(edition: Edition) -> Mapping[str, tuple[Result, Result]]:
    """Return rates and changes of each offence group, and last, under "", of all: the same measures for it alone."""
    return edition.data.cached(("crime by group", edition.choices), lambda: _by_group(edition))


def _by_group(edition: Edition) -> dict[str, tuple[Result, Result]]:
    counts, (rate, change) = edition.counts("recorded_crime"), map(edition.data.measure, (RATE, CHANGE))
    groups = [] if counts is None else [str(group) for group in counts["dimension"].unique() if group]
    both = {group: (limited(rate, (group,)), limited(change, (group,))) for group in groups} | {"": (rate, change)}
    return {
        group: (measures.calculate(one, edition), measures.calculate(two, edition))
        for group, (one, two) in both.items()
    }


def _row(force_id: str, group: str, rates: Result, changes: Result) -> tuple[float, tables.Row]:
    """Return the crimes of a group, or of all, and their row."""
    rate, change, statuses = rates.measure, changes.measure, rates.edition.data.statuses
    own, blank = rates.of(force_id), statuses.mark(NO_CHANGE)
    cells = (
        tables.count_cell(own.numerator),
        tables.value_cell(rates, own.value, own.status, blank),
        tables.counts_interval_cell(rate, own.numerator, own.denominator, blank),
        tables.value_cell(rates, rates.national.value, without=blank),
        tables.value_cell(changes, changes.of(force_id).value, without=blank),
        tables.interval_cell(change, *compare(changes).limits(force_id), blank),
        tables.value_cell(changes, changes.national.value, without=blank),
    )
    return own.numerator, tables.Row(group or "All crime (excluding fraud)", cells, "" if group else "total")
