"""A force beside its peers: their values with intervals, the two means, and where each set of peers comes from."""

import math
from datetime import date
from html import escape

from peel_analysis.comparison import compare
from peel_analysis.comparison.peers import PeerGroup, PeerMeans, means, peer_groups, why_none
from peel_analysis.comparison.verdicts import SHOWN_LEVEL
from peel_analysis.data.forces import ENGLAND_AND_WALES, display_name
from peel_analysis.data.periods import day_in_words, is_day
from peel_analysis.measures import Result
from peel_analysis.show import tables
from peel_analysis.show.marks import key_to_marks, mark
from peel_analysis.show.tables import Cell, Row
from peel_analysis.show.words import value_in_words, windows_in_words

NO_COUNTS, NO_INTERVAL = "not_public", "not_applicable"  # the statuses of an interval without counts, or of a mean


def peer_panel(result: Result, force_id: str) -> str:
    """Return a folded table a peer group, and under them the key and what the intervals are; or why there are no peers.

    Columns: value in the measure's unit, its 95% interval where counts are public, and a note. The weighted mean has
    the interval of its summed counts, as England and Wales has; the simple mean has no counts, and so none.
    """
    title = f"{escape(display_name(force_id))} beside its peers: {escape(result.measure.title)}"
    if reason := why_none(force_id):
        return f'<p class="none-recorded">{escape(reason)}</p>'
    groups = peer_groups(result.edition, force_id)
    shown = "\n".join(_group_table(result, group, force_id) for group in groups)
    about = f'class="data peers" data-measure="{result.measure.id}-peers"'
    return f"<details {about}><summary>{title}</summary>\n{shown}\n{_about(result, groups, force_id)}\n</details>"


def _group_table(result: Result, group: PeerGroup, force_id: str) -> str:
    own = result.of(force_id)
    peers = sorted(
        (result.of(peer) for peer in group.peer_ids),
        key=lambda one: -math.inf if one.is_missing else one.value,
        reverse=True,
    )
    rows = [_row(result, one.force_id, one.value, one.status, one.short) for one in peers]
    group_means = means(result, group)
    for title, mean, interval, how in (
        ("Weighted mean of the peers", group_means.weighted, _pooled(result, group_means), "Sum over sum"),
        ("Simple mean of the peers", group_means.simple, _none(), "Each peer counts the same"),
    ):
        rows.append(Row(title, (_value(result, mean), interval, Cell(f"{how}, {group_means.basis}")), "total"))
    rows.append(_row(result, ENGLAND_AND_WALES, result.national.value, result.national.status, "", kind="total"))
    first = _row(result, force_id, own.value, own.status, own.short, kind="own-force")
    caption = f"{result.measure.title}: {group.title}, {windows_in_words(result)}, {group_means.basis}"
    unit = result.measure.unit[:1].upper() + result.measure.unit[1:]
    table = tables.html_table(caption, ("Force", unit, "95% interval", "Note"), [first, *rows])
    notes = (group_means.why_left_out, group.note, f"Set as at {_as_at(group)}.")
    return f'{table}<p class="key">{escape(" ".join(filter(None, notes)))}</p>'


def _as_at(group: PeerGroup) -> str:
    return day_in_words(date.fromisoformat(group.as_at)) if is_day(group.as_at) else group.as_at


def _row(result: Result, force_id: str, value: float, status: str, short: str, kind: str = "") -> Row:
    without = mark(status) if math.isnan(value) else ""
    limits = compare(result).limits(force_id, SHOWN_LEVEL)
    interval = tables.interval_cell(result.measure, *limits, without or "[x]")
    return Row(display_name(force_id), (_value(result, value, status), interval, Cell(short)), kind)


def _value(result: Result, value: float, status: str = "reported") -> Cell:
    sign = mark(status)
    if math.isnan(value):
        return Cell(sign or "[x]", is_number=True)
    return Cell(f"{value_in_words(result.measure, value)} {sign}".strip(), is_number=True)


def _pooled(result: Result, group_means: PeerMeans) -> Cell:
    """Return the interval of the members' counts taken together: where one is not public, there is none."""
    rows = result.rows.loc[list(group_means.members)]
    top, below = (float(rows[name].sum(skipna=False)) for name in ("numerator", "denominator"))
    return tables.counts_interval_cell(result.measure, top, below)


def _none() -> Cell:
    return Cell(mark(NO_INTERVAL), is_number=True)


def _about(result: Result, groups: tuple[PeerGroup, ...], force_id: str) -> str:
    """Return the key to the marks in all of the tables, and once what their intervals are."""
    peers = [peer for group in groups for peer in group.peer_ids]
    shown = [result.of(one) for one in (force_id, *peers, ENGLAND_AND_WALES)]
    without = [NO_COUNTS for one in shown if not one.is_missing and math.isnan(one.numerator)]
    key = key_to_marks([*(one.status for one in shown), *without, NO_INTERVAL])
    return f"{key}{tables.about_intervals(result)}"
