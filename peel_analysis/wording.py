"""A measure result in words: caption, reading sentence, footnotes and alt text, made by rule."""

from dataclasses import dataclass

import pandas as pd

from peel_analysis import forces
from peel_analysis.comparison import NotComparableError, check_years, compare
from peel_analysis.data import registers
from peel_analysis.forces import ENGLAND_AND_WALES
from peel_analysis.measures import Measure, Result
from peel_analysis.measures.releases import other_releases
from peel_analysis.numbers import in_words, rounded, shown, whole
from peel_analysis.periods import Period

NATIONAL = "England and Wales"
NAMED_AT_MOST = 10  # forces named one by one in a footnote; more are counted
EACH_FORCE = "each force"


def official_name(force_id: str) -> str:
    """Return "Norfolk Constabulary" or "England and Wales"."""
    return NATIONAL if force_id == ENGLAND_AND_WALES else forces.find(force_id).official_name


def value_in_words(measure: Measure, value: float) -> str:
    """Return a value as the report shows it: "58.9", "17.5%", "+10.0%"."""
    return shown(value, measure.decimals, percent=measure.is_percent, signed=measure.kind == "change")


def window_phrase(window: Period) -> str:
    """Return "in the 12 months to 30 June 2017" or "as at 1 July 2017"."""
    return window.words if window.is_date else f"in the {window.words}"


def windows_in_words(result: Result) -> str:
    """Return "12 months to 30 June 2017", and for a change the window that it is counted from as well."""
    earlier = f", against {result.earlier_window.words}" if result.earlier_window else ""
    return f"{result.window.words}{earlier}"


def value_id(result: Result, force_id: str) -> str:
    """Return the id of a row of values.csv: edition, measure and force."""
    return f"{result.edition.id}/{result.measure.id}/{force_id}"


def caption(result: Result) -> str:
    """Return the figure's caption in the inspectorate's form, without its number."""
    return result.measure.caption.format(**_windows(result))


def _windows(result: Result) -> dict[str, str]:
    """Return what the texts of a declaration name: its window, and that which a change is counted from."""
    earlier = result.earlier_window
    return {"window": window_phrase(result.window), "earlier": earlier.words if earlier else ""}


def noun(measure: Measure) -> str:
    """Return what a value of the measure is called in a sentence."""
    nouns = {"share": "figure", "change": "change", "ratio_of_counts": "rate", "cases": "figure"}
    return nouns.get(measure.kind, "rate")


def reading(result: Result, force_id: str) -> str:
    """Return what the figure says of a force, in two or three sentences; for a force without a figure, why."""
    own = result.of(force_id)
    if reason := not_available(result):
        return f"{result.measure.title}: not available in this edition. {reason}"
    if own.is_missing:
        return (
            f"{result.measure.title}: there is no comparable figure for {official_name(force_id)}. {own.note}".strip()
        )
    sentences = [_opening(result, force_id), _against_national(result, force_id), _against_earlier(result, force_id)]
    if own.status not in ("reported", "as_published"):
        sentences.append(own.note)
    return " ".join(sentence for sentence in sentences if sentence)


def not_available(result: Result) -> str:
    """Return why the edition has the measure for no force at all, or "" when it has it for some or could have."""
    rows = result.rows
    held = rows["value"].notna().any() or (rows["status"] != "not_available").any()
    return "" if held else str(rows["note"].iloc[0])


def _opening(result: Result, force_id: str) -> str:
    own = result.of(force_id)
    fields = {
        "force": official_name(force_id),
        "value": value_in_words(result.measure, own.value),
        **_windows(result),
        "changed": changed(result.measure, own.value),
    }
    if result.measure.kind == "cases":
        fields |= {"numerator": whole(own.numerator), "denominator": whole(own.denominator)}
    return result.measure.reading.format(**fields) + "."


def changed(measure: Measure, value: float) -> str:
    """Return a change in words: "rose by 10.0%", "fell by 1.9%" or "did not change"."""
    number = rounded(value, measure.decimals)
    if number == 0:
        return "did not change"
    size = shown(abs(value), measure.decimals, percent=True)
    return f"{'rose' if number > 0 else 'fell'} by {size}"


def _against_national(result: Result, force_id: str) -> str:
    measure, national = result.measure, result.national
    if force_id == ENGLAND_AND_WALES or measure.kind == "cases":
        return ""
    if national.is_missing:
        return f"There is no England and Wales {noun(measure)} to set it against. {national.note}"
    verdict = compare(result).verdicts[force_id]
    against = f"the England and Wales {noun(measure)} of {value_in_words(measure, national.value)}"
    if not verdict.words:
        return f"This stands beside {against}. {verdict.reason}"
    if verdict.size and verdict.position is False:
        against += " by the stated rule: the gap is within the usual spread of forces"
    return f"This is {verdict.words} {against}."


def _against_earlier(result: Result, force_id: str) -> str:
    window, own = result.comparator_window, result.of(force_id)
    if window is None or own.status == "as_published":
        return ""
    try:
        check_years(result.measure, force_id, window.end.year, result.window.end.year)
    except NotComparableError as refusal:
        return str(refusal)
    if not own.has_comparator:
        return own.comparator_note if result.has_earlier else ""
    value = value_in_words(result.measure, own.comparator_value)
    phrase = window_phrase(window)
    caution = f" {own.comparator_note}" if own.comparator_status == "incomplete" else ""
    return f"{phrase[0].upper()}{phrase[1:]} it was {value}.{caution}"


@dataclass(frozen=True)
class Footnote:
    """A sentence under a figure, and the forces that it is about (none: the measure as a whole)."""

    sentence: str
    force_ids: tuple[str, ...] = ()


def footnotes(result: Result, missing_from: str = "Not in the figure") -> list[Footnote]:
    """Return who is missing, marked or without a comparator, and why; then the members of England and Wales.

    `missing_from` opens the notes on missing forces: a measure told without a figure says "No public value".
    """
    rows = result.forces
    missing = rows[rows["value"].isna()]
    figure_only = rows[rows["value"].notna() & ~rows["in_figure"]]
    marked = rows[rows["value"].notna() & rows["status"].isin(("partial", "estimated", "incomplete"))]
    notes = [
        *_grouped(missing, "note", missing_from),
        *_grouped(figure_only, "note", "In the England and Wales value, but not in the figure"),
        *_grouped(marked, "note", "Shown with a mark"),
    ]
    if result.comparator_window is not None:
        without = rows[rows["value"].notna() & rows["comparator_value"].isna() & (rows["comparator_note"] != "")]
        year = result.comparator_window.end.year
        doubtful = rows[rows["comparator_value"].notna() & (rows["comparator_status"] == "incomplete")]
        notes += _grouped(doubtful, "comparator_note", f"{year} value shown with a mark")
        notes += _grouped(without[without["in_figure"]], "comparator_note", f"Without a {year} value")
    notes += [Footnote(sentence) for sentence in other_releases(result)]
    if result.measure.window_note and result.rows["value"].notna().any():
        notes.append(Footnote(result.measure.window_note))
    return [*notes, *_members(result)]


def _grouped(rows: pd.DataFrame, column: str, opening: str) -> list[Footnote]:
    """Return a footnote a reason. Reasons that differ by the force's own name only are one, told as "each force"."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for force_id, reason in rows[column].items():
        unnamed = _unnamed(str(reason), official_name(str(force_id)))
        groups.setdefault(unnamed, []).append((str(force_id), str(reason)))
    notes = []
    for unnamed, members in groups.items():
        force_ids = tuple(force_id for force_id, _ in members)
        who = f"{len(force_ids)} forces" if len(force_ids) > NAMED_AT_MOST else forces.in_words(force_ids)
        reason = members[0][1] if len(members) == 1 else unnamed
        notes.append(Footnote(f"{opening}: {who}. {reason}".strip(), force_ids))
    return notes


def _unnamed(reason: str, name: str) -> str:
    """Return a reason with the force's name replaced, so that it can stand for several forces."""
    opened = reason.replace(f". {name}", f". {EACH_FORCE.capitalize()}").replace(name, EACH_FORCE)
    return opened[:1].upper() + opened[1:]


def _members(result: Result) -> list[Footnote]:
    if not result.members or result.national.status == "as_published":
        return []
    left_out = [force_id for force_id in forces.ids() if force_id not in result.members]
    sentence = f"{NATIONAL} is based on {len(result.members)} of {forces.NUMBER_OF_FORCES} forces"
    if left_out:
        sentence += f" (not {forces.in_words(left_out)})"
    return [Footnote(f"{sentence}: the sum of their counts over the sum of their denominators.")]


def caveats(result: Result, force_id: str | None = None) -> list[str]:
    """Return the caveats that travel with the measure: those about all forces and those about this one."""
    rows = result.edition.register(registers.CAVEATS)
    about = rows[rows["force_id"].isin(("all", force_id or "all"))]
    return [row["sentence"] for row in registers.records(about) if result.measure.id in row["applies_to"].split(";")]


def sources_in_words(result: Result) -> str:
    """Return the source line: publishers and titles, in the order of the measure's declaration."""
    rows = result.edition.sources(result.measure.sources)
    named = [f"{row['publisher']}, {row['title']}" for row in rows]
    return "; ".join(dict.fromkeys(named))


def alt_text(result: Result, force_id: str) -> str:
    """Return the alternative text of the ranked figure: what it shows, and its main numbers (20 to 600 characters)."""
    measure, plotted = result.measure, result.plotted
    values = plotted["value"]
    ends = (forces.display_name(str(values.idxmax())), forces.display_name(str(values.idxmin())))
    own = (
        f"{official_name(force_id)}: {value_in_words(measure, result.of(force_id).value)}."
        if force_id in plotted.index
        else f"{official_name(force_id)} is not shown."
    )
    national = result.national
    line = "" if national.is_missing else f" {NATIONAL}: {value_in_words(measure, national.value)}."
    span = ""
    if len(plotted) > 1:
        span = (
            f" Values run from {value_in_words(measure, values.max())} ({ends[0]}) "
            f"to {value_in_words(measure, values.min())} ({ends[1]})."
        )
    number = in_words(len(plotted))
    bars = (
        f"Bar chart of {number} force{'s' if len(plotted) != 1 else ''}: {measure.title}, {windows_in_words(result)}."
    )
    return f"{bars} {own}{line}{span}"
