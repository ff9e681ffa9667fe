"""A measure result in words: caption, reading sentence and caveats, made by rule."""

from peel_analysis.comparison import NotComparableError, compare
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import Period
from peel_analysis.data.registers import CAVEATS, records
from peel_analysis.data.text import rounded, shown, whole
from peel_analysis.measures import Measure, Result
from peel_analysis.measures.exclusions import check_years
from peel_analysis.statistics.verdict import Verdict

IN_DOUBT = ("incomplete", "mismatched")  # records of which a value says what is wrong with it


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
        return f"{result.measure.title}: there is {no_figure(result, force_id)}"
    sentences = [_opening(result, force_id), _against_national(result, force_id), _against_earlier(result, force_id)]
    if own.status not in ("reported", "as_published"):
        sentences.append(own.note)
    return " ".join(sentence for sentence in sentences if sentence)


def no_figure(result: Result, force_id: str) -> str:
    """Return that a force has no figure, and why: "no figure for Kent Police (not public). Forces gave these ..."."""
    own = result.of(force_id)
    status = result.edition.data.statuses.words(own.status)
    which = f" ({status})" if status else ""
    return f"no figure for {result.edition.forces.official_name(force_id)}{which}. {own.note}".strip()


def not_available(result: Result) -> str:
    """Return why the edition has the measure for no force at all, or "" when it has it for some or could have."""
    rows = result.rows
    held = rows["value"].notna().any() or (rows["status"] != "not_available").any()
    return "" if held else str(rows["note"].iloc[0])


def _opening(result: Result, force_id: str) -> str:
    own = result.of(force_id)
    fields = {
        "force": result.edition.forces.official_name(force_id),
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
    return f"This is {verdict.words} {against}{_how_tested(result, verdict)}."


def _how_tested(result: Result, verdict: Verdict) -> str:
    """Return what a reader must know of the tests: that only one could be made, or that position decided."""
    if verdict.position is None or verdict.median is None or verdict.robust_z is None:
        alone = result.forces["value"].notna().sum() == 1
        others = "no other force's figure is public" if alone else "too few forces have a comparable figure"
        return f" (by the size rule alone; {others})"
    if not verdict.size or verdict.position:
        return ""
    middle = f"the middle of the forces ({value_in_words(result.measure, verdict.median)})"
    if abs(verdict.robust_z) < compare(result).policy.robust_z:
        return f" by the stated rule: the force lies within the usual spread around {middle}"
    one, other = ("below", "above") if verdict.robust_z > 0 else ("above", "below")
    return f" by the stated rule: the force lies {one} England and Wales but {other} {middle}"


def _against_earlier(result: Result, force_id: str) -> str:
    window, own = result.comparator_window, result.of(force_id)
    if window is None or own.status == "as_published":
        return ""
    try:
        check_years(result.measure, force_id, window.end.year, result.window.end.year, result.edition.data.blocks)
    except NotComparableError as refusal:
        return str(refusal)
    if not own.has_comparator:
        return own.comparator_note if result.has_earlier else ""
    value = value_in_words(result.measure, own.comparator_value)
    phrase = window_phrase(window)
    caution = f" {own.comparator_note}" if own.comparator_status in IN_DOUBT else ""
    return f"{phrase[0].upper()}{phrase[1:]} it was {value}.{caution}"


def caveats(result: Result, force_id: str | None = None) -> list[str]:
    """Return the caveats that travel with the measure: those about all forces and those about this one."""
    rows = result.edition.register(CAVEATS)
    about = rows[rows["force_id"].isin(("all", force_id or "all"))]
    return [row["sentence"] for row in records(about) if result.measure.id in row["applies_to"].split(";")]


def sources_in_words(result: Result) -> str:
    """Return the source line: publishers and titles, in the order of the measure's declaration."""
    rows = result.edition.sources(result.measure.sources)
    named = [f"{row['publisher']}, {row['title']}" for row in rows]
    return "; ".join(dict.fromkeys(named))
