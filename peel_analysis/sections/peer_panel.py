"""A force beside its peers: their values, the two means, and where each set of peers comes from."""

import math
from datetime import date
from html import escape

from peel_analysis import tables
from peel_analysis.comparison.peers import PeerGroup, means, peer_groups, why_none
from peel_analysis.forces import ENGLAND_AND_WALES, display_name
from peel_analysis.marks import mark
from peel_analysis.measures import Result
from peel_analysis.periods import day_in_words, is_day
from peel_analysis.tables import Cell, Row
from peel_analysis.wording import value_in_words, windows_in_words


def peer_panel(result: Result, force_id: str) -> str:
    """Return a folded table a peer group; for a force without peers, why it has none."""
    title = f"{escape(display_name(force_id))} beside its peers: {escape(result.measure.title)}"
    if reason := why_none(force_id):
        return f'<p class="none-recorded">{escape(reason)}</p>'
    groups = "\n".join(_group_table(result, group, force_id) for group in peer_groups(result.edition, force_id))
    about = f'class="data peers" data-measure="{result.measure.id}-peers"'
    return f"<details {about}><summary>{title}</summary>\n{groups}\n</details>"


def _group_table(result: Result, group: PeerGroup, force_id: str) -> str:
    own = result.of(force_id)
    peers = sorted(
        (result.of(peer) for peer in group.peer_ids),
        key=lambda one: -math.inf if one.is_missing else one.value,
        reverse=True,
    )
    rows = [_row(result, one.force_id, one.value, one.status, one.short) for one in peers]
    group_means = means(result, group)
    for title, mean, how in (
        ("Weighted mean of the peers", group_means.weighted, "Sum over sum"),
        ("Simple mean of the peers", group_means.simple, "Each peer counts the same"),
    ):
        rows.append(Row(title, (_value(result, mean), Cell(f"{how}, {group_means.basis}")), "total"))
    rows.append(_row(result, ENGLAND_AND_WALES, result.national.value, result.national.status, "", kind="total"))
    first = _row(result, force_id, own.value, own.status, own.short, kind="own-force")
    caption = f"{result.measure.title}: {group.title}, {windows_in_words(result)}, {group_means.basis}"
    table = tables.html_table(caption, ("Force", result.measure.unit, "Note"), [first, *rows])
    notes = (group_means.why_left_out, group.note, f"Set as at {_as_at(group)}.")
    return f'{table}<p class="key">{escape(" ".join(filter(None, notes)))}</p>'


def _as_at(group: PeerGroup) -> str:
    return day_in_words(date.fromisoformat(group.as_at)) if is_day(group.as_at) else group.as_at


def _row(result: Result, force_id: str, value: float, status: str, short: str, kind: str = "") -> Row:
    return Row(display_name(force_id), (_value(result, value, status), Cell(short)), kind)


def _value(result: Result, value: float, status: str = "reported") -> Cell:
    sign = mark(status)
    if math.isnan(value):
        return Cell(sign or "[x]", is_number=True)
    return Cell(f"{value_in_words(result.measure, value)} {sign}".strip(), is_number=True)
