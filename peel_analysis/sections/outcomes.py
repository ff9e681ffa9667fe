"""The spread of outcomes: what became of the crimes recorded, by group, as shares that are shown together."""

from dataclasses import replace

from markupsafe import Markup

from peel_analysis.data.forces import NATIONAL
from peel_analysis.data.registers import NOT_AVAILABLE
from peel_analysis.data.settings import OUTCOME_SPREAD
from peel_analysis.data.text import whole
from peel_analysis.figures import as_svg, narrow_form, spread_bars
from peel_analysis.figures.spread import Segment, Stack
from peel_analysis.figures.style import analysis_function
from peel_analysis.measures import Value
from peel_analysis.measures.outcome_groups import NONE, OTHER, VERSION, Group, Spread
from peel_analysis.sections.blocks import figure_block
from peel_analysis.sections.display import Drawing, Html, numbered, source_line, stands_under
from peel_analysis.show import tables, words
from peel_analysis.show.footnotes import members_in_words
from peel_analysis.show.pictures import picture
from peel_analysis.show.tables import Cell, Row, count_cell, html_table, key_to_marks, value_cell
from peel_analysis.show.templates import piece
from peel_analysis.show.words import AS_IT_IS, no_figure, value_in_words, window_phrase

LONGEST_ALT = 600  # characters
NO_INTERVAL = "not_applicable"  # the status of the interval of a total, which is all of the crimes and no share of them


@analysis_function()
def spread_block(spread: Spread, number: int | None) -> Html:
    """Return the spread of a force: caption, reading sentence, drawing, footnotes, source, cautions and the table."""
    if words.not_available(spread.whole):
        return figure_block(spread.whole, spread.force_id, number)
    name = spread.name
    caption = (
        f"What became of the crimes recorded (excluding fraud) {window_phrase(spread.whole.window)}: outcomes as a "
        f"percentage of recorded crime, {name} and {NATIONAL}"
    )
    cautions = words.caveats(spread.whole, spread.force_id)
    data, bars = spread.whole.edition.data, stacks(spread)
    alt = data.marked(alt_text(spread))
    image = narrow_form(spread_bars, bars, data.word) + picture(as_svg(spread_bars(bars, data.word)), alt)
    drawing = Drawing(image, alt, [spread.whole])
    under = stands_under(footnotes(spread), source_line(spread.whole), cautions)
    body = piece(
        "figure_body",
        reading=reading(spread),
        image=drawing.image,
        under=piece("under", **under),
        summary=f"All groups of outcomes: {name} and {NATIONAL}",
        data=table(spread),
    )
    return numbered(OUTCOME_SPREAD, number, caption, body, drawing=drawing, under=under)


def stacks(spread: Spread) -> list[Stack]:
    """Return the bars to draw: the force, if it is shown, then England and Wales."""
    sides = {"own": spread.whole.edition.forces.name(spread.force_id)} if spread.is_shown else {}
    bars = []
    for side, name in (sides | {"national": NATIONAL}).items():
        shares = [(group, getattr(group, side)) for group in spread.groups]
        held = [(of, one) for of, one in shares if not one.is_missing]
        bars.append(Stack(name, tuple(Segment(of.name, one.value, _shown(spread, one), of.order) for of, one in held)))
    return bars


def _shown(spread: Spread, one: Value) -> str:
    return value_in_words(spread.whole.measure, one.value)


def reading(spread: Spread) -> str:
    """Return which group is the largest and the share charged, beside England and Wales; or why there is none."""
    name = spread.name
    if not spread.is_shown:
        return f"{NATIONAL} is shown alone: there is {no_figure(spread.whole, spread.force_id)}"
    named = [group for group in spread.groups if group.types]
    largest, first = max(named, key=lambda group: group.own.value), spread.groups[0]
    also = [group for group in spread.groups if group is first or group.name == OTHER]
    opening = (
        f"Of the crimes that {name} recorded {window_phrase(spread.whole.window)}, the largest group that the table "
        "of outcomes gives is "
    )
    told = (largest, *(group for group in also if group is not largest))
    return opening + " ".join(f"“{group.name}”: {_against(spread, group)}." for group in told)


def _against(spread: Spread, group: Group) -> str:
    return f"{_shown(spread, group.own)} ({NATIONAL}: {_shown(spread, group.national)})"


def footnotes(spread: Spread) -> list[str]:
    """Return how the shares were made: grouping, groups not to be had, what they add up to, marks and members."""
    notes = [
        f"Outcome types are grouped as the Home Office groups them (version {VERSION} of the grouping); the table "
        "under the figure names the types."
    ]
    if spread.absent:
        named = "; ".join(spread.absent)
        within = any(group.name == OTHER for group in spread.groups)
        rest = f"Those assigned are within “{OTHER}”, the others within “{NONE}”." if within else ""
        notes.append(f"Not given by the table of outcomes used for this edition: {named}. {rest}".strip())
    for side, name in (("own", spread.name), ("national", NATIONAL))[not spread.is_shown :]:
        values = [getattr(group, side) for group in spread.groups]
        count, crimes = sum(one.numerator for one in values), values[0].denominator
        if count != crimes:
            more = "more" if count > crimes else "fewer"
            notes.append(
                f"{name}: the outcomes counted come to {whole(count)}, {whole(abs(count - crimes))} {more} than the "
                f"{whole(crimes)} crimes recorded, because the two counts are from different releases."
            )
    if spread.is_shown and spread.own.status not in AS_IT_IS and spread.own.note:
        notes.append(spread.own.note)
    return [*notes, members_in_words(spread.whole, "their recorded crimes")]


def table(spread: Spread) -> Markup:
    """Return the table behind the figure: a row a group, then the total and the crimes, the key and what intervals are.

    Columns: types, the force's crimes, its share of recorded crime with the 95% interval (Wilson's), and the share of
    England and Wales, in percent.
    """
    columns = ("Outcome", "Types", "Crimes", "Percent of recorded crime", "95% interval", f"{NATIONAL}, percent")
    own, national = ([getattr(group, side) for group in spread.groups] for side in ("own", "national"))
    crimes = [replace(one, numerator=one.denominator, value=100.0) for one in (own[0], national[0])]
    rows = [_row(spread, group.name, group.types, [group.own], [group.national]) for group in spread.groups]
    rows.append(_row(spread, "Total of these outcomes", None, own, national))
    rows.append(_row(spread, "Recorded crime (excluding fraud)", None, crimes[:1], crimes[1:]))
    caption = f"Outcomes of crimes recorded {window_phrase(spread.whole.window)}, {spread.name}"
    statuses = [spread.own.status, spread.whole.national.status, *([NO_INTERVAL] if spread.is_shown else [])]
    about = tables.about_intervals(spread.whole) if spread.is_shown else Markup()
    return html_table(caption, columns, rows) + key_to_marks(spread.whole.edition.data.statuses, statuses) + about


def _row(spread: Spread, header: str, types: tuple[str, ...] | None, own: list[Value], national: list[Value]) -> Row:
    """Return the row of some groups taken together; a total is of no types and has no interval."""
    result, mark = spread.whole, spread.whole.edition.data.statuses.mark

    def share(values: list[Value]) -> Cell:
        return value_cell(result, sum(one.value for one in values), values[0].status)

    if not spread.is_shown:
        cells = [Cell(mark(spread.own.status) or NOT_AVAILABLE, is_number=True)] * 3
    else:
        count = sum(one.numerator for one in own)
        none = Cell(mark(NO_INTERVAL), is_number=True)
        interval = none if types is None else tables.counts_interval_cell(result.measure, count, own[0].denominator)
        cells = [count_cell(count), share(own), interval]
    kind = "total" if types is None else ""
    return Row(header, (Cell(", ".join(types or ())), *cells, share(national)), kind)


def alt_text(spread: Spread) -> str:
    """Return the alternative text: the groups with their shares, largest first, as many as 600 characters hold."""
    name, alone = spread.name, not spread.is_shown
    groups = sorted(spread.groups, key=lambda group: -(group.national if alone else group.own).value)
    opening = f"Stacked bar of outcomes as shares of recorded crime, {spread.whole.window.words}. "
    opening += f"{name} is not shown. {NATIONAL}: " if alone else f"{name} ({NATIONAL} in brackets), largest first: "
    ending = f" The table holds all {len(groups)} groups."
    text = opening
    for group in groups:
        shares = _shown(spread, group.national)
        if not alone:
            shares = f"{_shown(spread, group.own)} ({shares})"
        more = f"{'; ' if text != opening else ''}{group.name} {shares}"
        if len(text) + len(more) + len(ending) >= LONGEST_ALT:
            break
        text += more
    return f"{text}.{ending}"
