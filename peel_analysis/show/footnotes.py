"""The notes under a figure: who is missing or marked and why, what is counted, and who is in England and Wales."""

from dataclasses import dataclass

import pandas as pd

from peel_analysis.data.forces import NATIONAL, NUMBER_OF_FORCES
from peel_analysis.data.registers import OUTCOME_GROUPS, records
from peel_analysis.measures import Result
from peel_analysis.measures.provenance import other_releases
from peel_analysis.show.words import IN_DOUBT

NAMED_AT_MOST = 10  # forces named one by one in a footnote; more are counted
EACH_FORCE = "each force"
NATIONAL_ONLY = "In the England and Wales value, but not in the figure"


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
    notes += [Footnote(sentence) for sentence in other_releases(result)]
    if result.measure.numerator.version:
        notes.append(Footnote(_what_counts(result)))
    if result.measure.window_note and result.rows["value"].notna().any():
        notes.append(Footnote(result.measure.window_note))
    return [*notes, *_members(result)]


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
    groups: dict[str, list[tuple[str, str]]] = {}
    forces = result.edition.forces
    for force_id, reason in rows[column].items():
        unnamed = _unnamed(str(reason), forces.official_name(str(force_id)))
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
    return (
        f"{NATIONAL} is based on {len(result.members)} of {NUMBER_OF_FORCES} forces{without}: the sum of their "
        f"counts over the sum of {denominators}. {result.national_warning}"
    ).strip()


def _members(result: Result) -> list[Footnote]:
    """Return who is in England and Wales, now and in the earlier window."""
    if not result.members or result.national.status == "as_published":
        return []
    notes = [Footnote(members_in_words(result, "their denominators"))]
    if result.comparator_window is not None and result.earlier_national_warning:
        warning = result.earlier_national_warning
        said = f"{result.comparator_window.end.year} value of {NATIONAL}: {warning[:1].lower()}{warning[1:]}"
        notes.insert(0, Footnote(said))
    return notes
