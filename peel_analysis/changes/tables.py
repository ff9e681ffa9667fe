"""A comparison as text: a table on the terminal, CSV with every row, and a Markdown list for the changelog."""

import csv
import io
import math
from decimal import Decimal

from peel_analysis.changes.compared import Comparison
from peel_analysis.changes.inputs import IN_WORDS, ORDER
from peel_analysis.changes.moves import Move, in_order, part_shown
from peel_analysis.changes.refusals import refusals
from peel_analysis.changes.split import PARTS
from peel_analysis.data.text import in_words, whole, without_noise

SHOWN = 25  # rows of the terminal's table, unless all are asked for
FLIPS = 10  # sentences, and verdicts, unless all are asked for
NAMED = 3  # forces that the changelog names a measure
COLUMNS = (
    "measure",
    "force_id",
    "period_end_a",
    "period_end_b",
    "value_a",
    "value_b",
    "shown_a",
    "shown_b",
    "difference_shown",
    "difference",
    *PARTS,
    "size_percent",
    "kind",
    "status_a",
    "status_b",
    "status_causes",
    "not_separable_causes",
    "numerator_a",
    "numerator_b",
    "denominator_a",
    "denominator_b",
    "verdict_a",
    "verdict_b",
    "note_a",
    "note_b",
    "refused",
)
HEAD = ("measure", "force", "A", "B", "difference", "unrounded", "counts", "cause")
RIGHT = {2, 3, 4, 5}


def order_in_words() -> str:
    """Return the order in which inputs are swapped, in a sentence."""
    steps = ", then ".join(IN_WORDS[cause] for cause in ORDER)
    return f"Causes: from A, one input after the other is taken from B and everything is calculated again: {steps}."


def summary(comparison: Comparison) -> str:
    """Return how many values moved, appeared and disappeared, and how many sentences and verdicts flipped."""
    kinds = [move.kind for move in comparison.moves]
    as_shown = sum(bool(move.difference_shown) for move in comparison.moves)
    refused = kinds.count("refused")
    not_compared = f" ({whole(refused)} more must not be compared)" if refused else ""
    return (
        f"{whole(len(kinds) - refused)} values compared{not_compared}: "
        f"{kinds.count('moved')} moved ({as_shown} as shown), "
        f"{kinds.count('appeared')} appeared, {kinds.count('disappeared')} disappeared, "
        f"{kinds.count('status')} changed status only; {len(comparison.flips)} sentences and "
        f"{len(comparison.verdict_flips)} verdicts flipped"
    )


def counts(move: Move) -> str:
    """Return the numerator on both sides, or nothing where it is the same or missing."""
    ends = (move.a.numerator, move.b.numerator)
    if ends[0] == ends[1] or any(math.isnan(count) for count in ends):
        return ""
    return " to ".join(whole(count) for count in ends)


def text_table(comparison: Comparison, *, every: bool) -> str:
    """Return the terminal's table: England and Wales first, then the biggest moves, and what else there is to say."""
    moves = in_order(comparison.moves)
    chosen = moves if every else moves[:SHOWN]
    lines = [f"A: {comparison.a.name}", f"B: {comparison.b.name}", summary(comparison), ""]
    not_compared = [refusal.sentence for refusal in refusals(comparison.moves)]
    if not_compared:
        lines += ["Not compared:", *(f"  {sentence}" for sentence in not_compared), ""]
    if chosen:
        lines += _aligned([HEAD, *(_cells(move) for move in chosen)])
    elif not not_compared:
        lines.append("Nothing moved.")
    if len(moves) > len(chosen):
        lines.append(f"... and {len(moves) - len(chosen)} more; --all shows them")
    lines += _flips("Sentences that flipped:", _sentences(comparison), every=every)
    lines += _flips("Verdicts that flipped:", _verdicts(comparison), every=every)
    remarks = [f"Note: {remark}" for remark in comparison.remarks]
    return "\n".join([*lines, "", *remarks, order_in_words()]) + "\n"


def _flips(title: str, flips: list[str], *, every: bool) -> list[str]:
    if not flips:
        return []
    kept = flips if every else flips[:FLIPS]
    more = [f"... and {len(flips) - len(kept)} more; --all shows them"] if len(flips) > len(kept) else []
    return ["", title, *kept, *more]


def _sentences(comparison: Comparison) -> list[str]:
    return [f"  A: {flip.before}\n  B: {flip.after}" for flip in comparison.flips]


def _verdicts(comparison: Comparison) -> list[str]:
    return [
        f"  {move.measure_id}, {move.name}: {move.a.verdict or 'no verdict'} -> {move.b.verdict or 'no verdict'}"
        for move in comparison.verdict_flips
    ]


def _cells(move: Move) -> tuple[str, ...]:
    difference = move.difference
    return (
        move.measure_id,
        move.name,
        move.shown(move.a),
        move.shown(move.b),
        "" if move.difference_shown is None else f"{move.difference_shown:+}",
        "" if difference is None else part_shown(difference, move.decimals),
        counts(move),
        move.causes if move.kind != "appeared" and move.kind != "disappeared" else f"{move.kind}: {move.causes}",
    )


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if place in RIGHT else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def as_csv(comparison: Comparison) -> str:
    """Return every row, moved or not, as CSV with COLUMNS: values and parts unrounded, empty where missing.

    The parts are exact decimals: added up as decimals they are the difference.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_record(move) for move in comparison.moves)
    return file.getvalue()


def _record(move: Move) -> list[str]:
    a, b, parts = move.a, move.b, move.split.parts
    return [
        move.measure_id,
        move.force_id,
        a.period_end,
        b.period_end,
        _number(a.value),
        _number(b.value),
        "" if a.is_missing else move.shown(a),
        "" if b.is_missing else move.shown(b),
        "" if move.difference_shown is None else str(move.difference_shown),
        "" if move.difference is None else _exactly(move.difference),
        *(_exactly(parts[cause]) if parts else "" for cause in PARTS),
        _number(move.size) if parts else "",
        move.kind,
        a.status,
        b.status,
        ";".join(move.split.status_causes),
        ";".join(move.split.joint),
        *(_count(count) for count in (a.numerator, b.numerator, a.denominator, b.denominator)),
        a.verdict,
        b.verdict,
        a.note,
        b.note,
        move.refused,
    ]


def _exactly(part: Decimal) -> str:
    return f"{part.normalize():f}"


def _number(value: float) -> str:
    return "" if math.isnan(value) else repr(value)


def _count(count: float) -> str:
    return "" if math.isnan(count) else _exactly(without_noise(count))


def as_changelog(comparison: Comparison) -> str:
    """Return a Markdown list for "Figures that moved": one bullet a measure, the biggest moves and their causes."""
    moves = in_order(comparison.moves)
    lines = [f"From {comparison.a.name} to {comparison.b.name}: {summary(comparison)}.", ""]
    for measure_id in dict.fromkeys(move.measure_id for move in sorted(moves, key=lambda move: -move.size)):
        lines.append(_bullet([move for move in moves if move.measure_id == measure_id]))
    not_compared = [f"- Not compared: {refusal.sentence}" for refusal in refusals(comparison.moves)]
    if not moves and not not_compared:
        lines.append("- Nothing moved.")
    return "\n".join([*lines, *not_compared]) + "\n"


def _bullet(moves: list[Move]) -> str:
    """Return one measure's line: England and Wales, then the largest moves of forces."""
    national = [move for move in moves if move.is_national]
    of_forces = [move for move in moves if not move.is_national]
    named = [_in_changelog(move) for move in (*national, *of_forces[:NAMED])]
    more = len(of_forces) - NAMED
    if more > 0:
        named.append(f"{in_words(more)} other {'force' if more == 1 else 'forces'} moved less")
    return f"- {moves[0].title}: {'; '.join(named)}."


def _in_changelog(move: Move) -> str:
    ends = f"{move.name} {move.shown(move.a)} to {move.shown(move.b)}"
    return f"{ends} ({move.causes})" if move.causes else ends
