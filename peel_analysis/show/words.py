"""A measure result in words, made by rule: caption, reading sentence, what it says in brief, caveats and sources."""

from peel_analysis.comparison import NotComparableError, compare
from peel_analysis.comparison.sensitivity import (
    NONE,
    disagreements,
    standardised,
)
from peel_analysis.comparison.verdicts import HIGHER_OR_LOWER, NOTABLE
from peel_analysis.data.definitions import below
from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL
from peel_analysis.data.periods import Period
from peel_analysis.data.reads import as_text, question
from peel_analysis.data.registers import CAVEATS
from peel_analysis.data.text import rounded, shown, whole
from peel_analysis.measures import Measure, Result
from peel_analysis.measures.exclusions import check_years
from peel_analysis.statistics.verdict import Verdict

AS_IT_IS = ("reported", "as_published")  # statuses of a value with nothing to be said of it
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
    """Return the windows that texts of a declaration name: its own, that of a change's base, and its denominator's."""
    earlier = result.earlier_window
    other = window_phrase(result.edition.window(below(result.measure)))
    return {"window": window_phrase(result.window), "earlier": earlier.words if earlier else "", "below": other}


def noun(measure: Measure) -> str:
    """Return what a value of the measure is called in a sentence."""
    return {"share": "figure", "change": "change", "cases": "figure"}.get(measure.kind, "rate")


def reading(result: Result, force_id: str) -> str:
    """Return what the figure says of a force, in two or three sentences; for a force without a figure, why."""
    own = result.of(force_id)
    if reason := not_available(result):
        return f"{result.measure.title}: not available in this edition. {reason}"
    if own.is_missing:
        return f"{result.measure.title}: there is {no_figure(result, force_id)}"
    beside = [_against_national(result, force_id), with_the_mix(result, force_id), _against_earlier(result, force_id)]
    sentences = [_opening(result, force_id), *(reversed(beside) if result.measure.is_context else beside)]
    if own.status not in AS_IT_IS:
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
    return result.lacking


def _opening(result: Result, force_id: str) -> str:
    own = result.of(force_id)
    sizes = {"numerator": own.numerator, "denominator": own.denominator} if result.measure.kind == "cases" else {}
    return (
        result.measure.reading.format(
            force=result.edition.forces.official_name(force_id),
            value=value_in_words(result.measure, own.value),
            changed=changed(result.measure, own.value),
            **_windows(result),
            **{name: whole(size) for name, size in sizes.items()},
        )
        + "."
    )


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
    if measure.is_context:
        known = value_in_words(measure, national.value) if not national.is_missing else ""
        return f"{NATIONAL} {window_phrase(result.window)}: {known}." if known else ""
    verdict, says = compare(result).verdicts[force_id], compare(result).policy.says
    if national.is_missing:
        return says.no_national_value.format(noun=noun(measure), reason=national.note)
    told = {
        "against": f"the England and Wales {noun(measure)} of {value_in_words(measure, national.value)}",
        "words": verdict.words,
        "reason": verdict.reason,
        "alone": _alone(result),
        **_how_far(result, verdict),
    }
    return str(getattr(says, verdict.tier or "no_verdict").format(**told))


def _how_far(result: Result, verdict: Verdict) -> dict[str, str]:
    """Return the gap and its side, the middle of the forces and the two ends of their middle half, as far as known."""
    middles = {"middle": verdict.median, "lower_half": verdict.lower_half, "upper_half": verdict.upper_half}
    told = {name: value_in_words(result.measure, one) for name, one in middles.items() if one is not None}
    if verdict.gap is None:
        return told
    says = compare(result).policy.says
    return {**told, "side": says.sides[0 if verdict.gap > 0 else 1], "gap": _gap_in_words(result, verdict)}


def _gap_in_words(result: Result, verdict: Verdict) -> str:
    """Return the gap to England and Wales: "22%", "9.0 percentage points (53%)", or "4.0 percentage points"."""
    forms = compare(result).policy.says.gap
    points = f"{abs(verdict.gap or 0):,}"
    if result.measure.kind == "change":
        return forms.points.format(points=points)
    if verdict.gap_percent is None:
        return forms.unit.format(points=points)
    form = forms.both if result.measure.is_percent else forms.percent
    return form.format(points=points, percent=f"{abs(verdict.gap_percent):,}%")


def in_one_phrase(result: Result, force_id: str) -> str:
    """Return what the reading says of a force beside England and Wales; "" where it says nothing."""
    return "" if result.of(force_id).is_missing or not_available(result) else _against_national(result, force_id)


def in_brief(result: Result, force_id: str) -> str:
    """Return the verdict's words; of a force that passes size and not position, how far it is: "22% below"."""
    compared = compare(result)
    verdict = compared.verdicts[force_id]
    if verdict.size and verdict.position is False:
        return compared.policy.says.brief.format(**_how_far(result, verdict))
    return verdict.words


def gap_in_brief(result: Result, force_id: str) -> str:
    """Return how far a force is from England and Wales: "22% below", "no gap", or "" where that is not known."""
    compared = compare(result)
    verdict = compared.verdicts[force_id]
    if not verdict.gap:
        return "" if verdict.gap is None else "no gap"
    return compared.policy.says.brief.format(**_how_far(result, verdict))


def at_a_glance(result: Result, force_id: str) -> str:
    """Return a figure of a force in one line: value, gap to England and Wales, and position among the forces.

    Behind it stands in a few words what is in doubt about a value that is not simply reported.
    """
    compared, own, national = compare(result), result.of(force_id), result.national
    verdict, says = compared.verdicts[force_id], compared.policy.glance
    window = windows_in_words(result)
    told = {
        "title": result.measure.title,
        "window": says.assumed.format(window=window) if result.measure.window_note else window,
    }
    if own.is_missing:
        status = result.edition.data.statuses.words(own.status) or own.status.replace("_", " ")
        return says.no_figure.format(**told, status=status)
    form = says.no_national_value if national.is_missing else getattr(says, verdict.tier or "no_verdict")
    line = str(form).format(
        **told,
        value=value_in_words(result.measure, own.value),
        national="" if national.is_missing else value_in_words(result.measure, national.value),
        words=verdict.words,
        alone=_alone(result),
        **_how_far(result, verdict),
    )
    in_doubt = own.short and own.status not in AS_IT_IS
    return f"{line}. {own.short}" if in_doubt else line


def _alone(result: Result) -> str:
    """Return why the size rule decides alone, where it does: no other force's figure is public, or too few are."""
    return compare(result).policy.says.alone[0 if sum(not one.is_missing for one in result.values[:-1]) == 1 else 1]


def place_in_funnel(result: Result, force_id: str) -> str:
    """Return where the force lies beside the limits of its funnel, and how that and its verdict both hold."""
    compared = compare(result)
    verdict, says = compared.verdicts[force_id], compared.policy.funnel
    form = says.not_tested
    if verdict.chance:
        form = says.outside if verdict.tier == NOTABLE else says.outside_and_not_flagged
    elif verdict.chance is not None:
        form = says.within_and_flagged if verdict.tier in HIGHER_OR_LOWER else says.within
    return form.format(
        force=result.edition.forces.official_name(force_id),
        value=value_in_words(result.measure, result.of(force_id).value),
        middle=value_in_words(result.measure, compared.funnel.target) if compared.funnel else "",
        words=verdict.words,
        reason=verdict.reason,
    )


def rank_in_words(result: Result, force_id: str) -> str:
    """Return where the force's change lies among all forces' changes; "" for other measures."""
    compared = compare(result)
    row = compared.row(force_id)
    if result.measure.kind != "change" or not compared.ranks.has_place(row):
        return ""
    return compared.policy.ranks.sentence.format(
        force=result.edition.forces.official_name(force_id),
        ranks=compared.ranks.words(row),
    )


def rule_of_ranks(result: Result) -> str:
    """Return when an order between two forces counts in a range of ranks."""
    policy = compare(result).policy
    gap = policy.gap_for(result.measure.decimals)
    return policy.ranks.rule.format(ratio=policy.settings_in_words["ratio"], gap=gap)


def with_the_mix(result: Result, force_id: str) -> str:
    """Return the share standardised for the mix of offences, and where it disagrees with the share as it is; or ""."""
    share, own = standardised(result).get(force_id, NONE), result.of(force_id)
    if share.is_missing or force_id == ENGLAND_AND_WALES:
        return ""
    says, national = result.edition.data.policy.standardised, result.national.value
    limits = {"value": share.value, "lower": share.lower, "upper": share.upper}
    told = {name: value_in_words(result.measure, one) for name, one in limits.items()}
    told |= {
        name: says.sides[0 if one > national else 1] for name, one in (("side", share.value), ("other", own.value))
    }
    texts = (says.reading, *(getattr(says, one) for one in disagreements(result, force_id)))
    return " ".join(text.format(**told) for text in texts)


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
    value, phrase = value_in_words(result.measure, own.comparator_value), window_phrase(window)
    caution = f" {own.comparator_note}" if own.comparator_status in IN_DOUBT else ""
    if result.comparator_release:
        if own.same_release_status in IN_DOUBT:
            caution += f" {own.same_release_note}"
        later = value_in_words(result.measure, own.same_release_value)
        both = f"{value} {phrase} and {later} {window_phrase(result.window)}"
        return f"In {table_of_both_ends(result)}, which holds both years, it was {both}.{caution}"
    return f"{phrase[0].upper()}{phrase[1:]} it was {value}.{caution}"


def table_of_both_ends(result: Result) -> str:
    """Return what the table is that both ends of a comparison over time come from; "" where it is the values' own."""
    both = result.edition.both(result.measure.items) if result.comparator_release else {}
    return " and ".join(one.words for one in both.values())


def earlier_population(result: Result) -> tuple[str, str]:
    """Return what the value of the year before divides by: what stands beside it, and the sentence under the figure.

    Beside it stands nothing where the population is of its own mid-year and of the edition's set of estimates. Both
    are "" for a measure that is not a rate per head, or has no earlier values.
    """
    year, window, edition = result.comparator_mid_year, result.comparator_window, result.edition
    if year is None or window is None or not result.rows["comparator_value"].notna().any():
        return "", ""
    opening = f"The values {window_phrase(window)} divide by the population of mid-{year}"
    if year == edition.mid_year:
        said = "as those of this edition do: the estimates of their own mid-year are not held."
        return f"population of mid-{year}", f"{opening}, {said}"
    earlier = edition.earlier_population
    said = f"{opening}, their own mid-year. {earlier.sentence if earlier else ''}".strip()
    return earlier.short if earlier else "", said


def earlier_in_words(result: Result) -> str:
    """Return the earlier window as a table or a key names its values, with a remark on what they divide by, if any."""
    if result.comparator_window is None:
        return ""
    remark, _ = earlier_population(result)
    return window_phrase(result.comparator_window) + (f" ({remark})" if remark else "")


def caveats(result: Result, force_id: str | None = None) -> list[str]:
    """Return the caveats that travel with the measure: those about all forces and those about this one."""
    return _caveats(result.edition, force_id or "all", result.measure.id)


@question("caveats", as_text)
def _caveats(edition: Edition, force_id: str, measure_id: str) -> list[str]:
    about = (row for row in edition.records(CAVEATS) if row["force_id"] in ("all", force_id))
    return [row["sentence"] for row in about if measure_id in row["applies_to"].split(";")]


def sources_in_words(result: Result) -> str:
    """Return the source line: publishers and titles, in the order of the measure's declaration; of none, the tables."""
    rows = result.edition.sources(result.measure.sources)
    return "; ".join(dict.fromkeys(f"{row['publisher']}, {row['title']}" for row in rows)) or result.release
