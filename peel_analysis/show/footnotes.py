"""The notes under a figure: who is in England and Wales, who is missing or marked, and what else qualifies it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from peel_analysis.comparison import compare
from peel_analysis.comparison.sensitivity import (
    hangs_on_release,
    of_assigned,
    other_verdicts,
)
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL, NUMBER_OF_FORCES
from peel_analysis.data.reads import remembered
from peel_analysis.data.registers import OUTCOME_GROUPS
from peel_analysis.measures import Result
from peel_analysis.measures.provenance import other_releases
from peel_analysis.show.words import IN_DOUBT, changed, earlier_population, table_of_both_ends

NAMED_AT_MOST = 10  # forces named one by one in a footnote; more are counted
EACH_FORCE = "each force"
NATIONAL_ONLY = "In the England and Wales value, but not in the figure"


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


@remembered(maxsize=128)
def footnotes(result: Result, missing_from: str = "Not in the figure") -> Sequence[Footnote]:
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
    if result.measure.window_note and result.has_values:
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
    rows = result.edition.data.records(OUTCOME_GROUPS)
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
