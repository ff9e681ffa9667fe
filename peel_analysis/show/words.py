"""A measure result in words, made by rule: caption, reading sentence, caveats and the notes under its figure."""

from dataclasses import dataclass

import pandas as pd

from peel_analysis.comparison import NotComparableError, compare
from peel_analysis.comparison.sensitivity import (
    NONE,
    disagreements,
    hangs_on_release,
    of_assigned,
    other_verdicts,
    standardised,
)
from peel_analysis.comparison.verdicts import HIGHER_OR_LOWER, NOTABLE
from peel_analysis.data.definitions import below
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL, NUMBER_OF_FORCES
from peel_analysis.data.periods import Period
from peel_analysis.data.registers import CAVEATS, OUTCOME_GROUPS, records
from peel_analysis.data.text import rounded, shown, whole
from peel_analysis.measures import Measure, Result
from peel_analysis.measures.exclusions import check_years
from peel_analysis.measures.provenance import other_releases
from peel_analysis.statistics.verdict import Verdict

AS_IT_IS = ("reported", "as_published")  # statuses of a value with nothing to be said of it
IN_DOUBT = ("incomplete", "mismatched")  # records of which a value says what is wrong with it
NAMED_AT_MOST = 10  # forces named one by one in a footnote; more are counted
EACH_FORCE = "each force"
NATIONAL_ONLY = "In the England and Wales value, but not in the figure"


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
    held = result.rows["value"].notna().any() or (result.rows["status"] != "not_available").any()
    return "" if held else str(result.rows["note"].iloc[0])


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
    return compare(result).policy.says.alone[0 if result.forces["value"].notna().sum() == 1 else 1]


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
    rows = result.edition.register(CAVEATS)
    about = rows[rows["force_id"].isin(("all", force_id or "all"))]
    return [row["sentence"] for row in records(about) if result.measure.id in row["applies_to"].split(";")]


def sources_in_words(result: Result) -> str:
    """Return the source line: publishers and titles, in the order of the measure's declaration; of none, the tables."""
    rows = result.edition.sources(result.measure.sources)
    return "; ".join(dict.fromkeys(f"{row['publisher']}, {row['title']}" for row in rows)) or result.release


@dataclass(frozen=True)
class Footnote:
    """A sentence under a figure, and the forces that it is about (none: the measure as a whole).

    `also_for` are forces whose own sentence it qualifies without being about them alone.
    """

    sentence: str
    force_ids: tuple[str, ...] = ()
    also_for: tuple[str, ...] = ()

    def qualifies(self, force_id: str) -> bool:
        """Return whether what is said of a force must not be read without it."""
        return force_id in self.force_ids or force_id in self.also_for


def footnotes(result: Result, missing_from: str = "Not in the figure") -> list[Footnote]:
    """Return the members of England and Wales; then who is missing, marked or without a comparator, and why.

    `missing_from` opens the notes on missing forces: a measure told without a figure says "No public value".
    """
    rows = result.forces
    held = rows["value"].notna()
    marked = rows["status"].isin(result.edition.data.statuses.marked)
    notes = [
        *_grouped(result, rows[~held], "note", missing_from),
        *_grouped(result, rows[held & ~rows["in_figure"]], "note", NATIONAL_ONLY),
        *_marked(result, rows[held & marked], "", "Shown with the mark {sign}"),
    ]
    if result.comparator_window is not None:
        without = held & rows["comparator_value"].isna() & (rows["comparator_note"] != "") & rows["in_figure"]
        year = result.comparator_window.end.year
        doubtful = rows[rows["comparator_value"].notna() & rows["comparator_status"].isin(IN_DOUBT)]
        notes += _marked(result, doubtful, "comparator_", f"{year} value shown in the table with the mark {{sign}}")
        notes += _grouped(result, rows[without], "comparator_note", f"Without a {year} value")
        if result.comparator_release and result.has_earlier:
            later = rows[rows["same_release_value"].notna() & rows["same_release_status"].isin(IN_DOUBT)]
            opening = "Later value by the table of both years, with the mark {sign}"
            notes += _marked(result, later, "same_release_", opening)
            notes.append(
                Footnote(
                    f"The two years are set beside each other in {table_of_both_ends(result)} alone: see the last "
                    f"columns of the table. The values drawn come from another table, and none is compared with {year}."
                )
            )
    notes += [Footnote(sentence) for sentence in (earlier_population(result)[1], *other_releases(result)) if sentence]
    if sentence := in_another_release(result):
        notes.append(Footnote(sentence, also_for=tuple(hangs_on_release(result))))
    if sentence := of_crimes_with_an_outcome(result):
        notes.append(Footnote(sentence))
    if result.measure.numerator.version:
        notes.append(Footnote(_what_counts(result)))
    if result.measure.window_note and result.rows["value"].notna().any():
        notes.append(Footnote(result.measure.window_note, also_for=tuple(map(str, rows.index[held]))))
    return [*of_england_and_wales(result), *notes]


def in_another_release(result: Result) -> str:
    """Return whose sign of a change, or verdict, is another in another release that holds the same windows; or ""."""
    told = []
    for force_id, others in hangs_on_release(result).items():
        whose = NATIONAL if force_id == ENGLAND_AND_WALES else result.edition.forces.name(force_id)
        there = " or ".join(dict.fromkeys(_told(other, force_id) for other in others.values()))
        told.append(f"{whose} ({_told(result, force_id)} here, {there} there)")
    if not told:
        return ""
    return (
        "In another release that is held and has the same windows the sign of a change or the verdict is another for "
        f"{', '.join(told)}. values.csv names the release and gives its value."
    )


def _told(result: Result, force_id: str) -> str:
    """Return which way a change went, if it is one, and the verdict in quotes or by its test: "fell, “lower than”"."""
    verdict, measure = compare(result).verdicts.get(force_id), result.measure
    words = f"“{verdict.words}”" if verdict and verdict.words else ""
    if verdict and verdict.size and verdict.position is False:
        words = "apart by the size rule alone"
    way = changed(measure, result.of(force_id).value).partition(" by ")[0] if measure.kind == "change" else ""
    return ", ".join(filter(None, (way, words)))


def of_crimes_with_an_outcome(result: Result) -> str:
    """Return whose verdict would be another if the share were of the crimes that had been given an outcome; or ""."""
    other = of_assigned(result)
    if other is None:
        return ""
    flipped = [one for one, (own, there) in other_verdicts(result, other).items() if own and there]
    name = result.edition.forces.name
    told = ", ".join(f"{name(one)} ({_told(result, one)}, then {_told(other, one)})" for one in flipped)
    return (
        f"Set against the crimes that had been given an outcome, the verdict would be another for {told or 'no force'}."
    )


def _marked(result: Result, rows: pd.DataFrame, side: str, opening: str) -> list[Footnote]:
    """Return a footnote a mark and reason; `opening` names the mark. `side` is "comparator_" for the window before."""
    signs = rows[f"{side}status"].map(result.edition.data.statuses.mark)
    return [
        note
        for sign in dict.fromkeys(signs)
        for note in _grouped(result, rows[signs == sign], f"{side}note", opening.format(sign=sign))
    ]


def _grouped(result: Result, rows: pd.DataFrame, column: str, opening: str) -> list[Footnote]:
    """Return a footnote a reason. Reasons that differ by the force's own name only are one, told as "each force"."""
    groups: dict[str, list[str]] = {}
    forces = result.edition.forces
    for force_id, reason in rows[column].items():
        name = forces.official_name(str(force_id))
        unnamed = reason.replace(f". {name}", f". {EACH_FORCE.capitalize()}").replace(name, EACH_FORCE)
        groups.setdefault(unnamed[:1].upper() + unnamed[1:], []).append(str(force_id))
    notes = []
    for unnamed, force_ids in groups.items():
        who = f"{len(force_ids)} forces" if len(force_ids) > NAMED_AT_MOST else forces.in_words(force_ids)
        reason = rows[column][force_ids[0]] if len(force_ids) == 1 else unnamed
        notes.append(Footnote(f"{opening}: {who}. {reason}".strip(), tuple(force_ids)))
    return notes


def _what_counts(result: Result) -> str:
    """Return which outcomes a measure of several types counts, as far as the edition's table holds them."""
    part, held = result.measure.numerator, set[str]()
    for counts in (result.edition.counts(item) for item in part.items):
        held |= set() if counts is None else set(counts["dimension"])
    rows = records(result.edition.data.register(OUTCOME_GROUPS))
    words = {row["outcome_type"]: f"“{row['outcome_words']}”" for row in rows}
    named = [words[one] for one in part.dimensions if one in (held or words)]
    return f"{part.version[:1].upper()}{part.version[1:]}, counts these outcomes: {', '.join(named)}."


def members_in_words(result: Result, denominators: str) -> str:
    """Return who is in England and Wales, what its value is a sum over, and what is known to be incomplete in it."""
    left_out = [force_id for force_id in result.edition.forces.ids if force_id not in result.members]
    without = f" (not {result.edition.forces.in_words(left_out)})" if left_out else ""
    forces = f"{len(result.members)} of {NUMBER_OF_FORCES} forces{without}"
    summed = f"the sum of their counts over the sum of {denominators}"
    return f"{NATIONAL} is based on {forces}: {summed}. {result.national_warning}".strip()


def of_england_and_wales(result: Result) -> list[Footnote]:
    """Return who is in England and Wales, now and in the earlier window."""
    if not result.members or result.national.status == "as_published":
        return []
    by_residents = result.is_per_head and result.edition.national_population is not None
    summed = "their residents, each counted once" if by_residents else "their denominators"
    notes = [Footnote(members_in_words(result, summed))]
    if result.comparator_window is not None and result.earlier_national_warning:
        warning = result.earlier_national_warning
        said = f"{result.comparator_window.end.year} value of {NATIONAL}: {warning[:1].lower()}{warning[1:]}"
        notes.append(Footnote(said))
    return notes
