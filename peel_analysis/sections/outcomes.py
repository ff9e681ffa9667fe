"""The spread of outcomes: what became of the crimes recorded, by group, as shares that are shown together."""

from dataclasses import dataclass, replace

from markupsafe import Markup

from peel_analysis import measures
from peel_analysis.data import forces, registers
from peel_analysis.data.edition import Edition
from peel_analysis.data.text import whole
from peel_analysis.figures import as_svg
from peel_analysis.figures.spread import Segment, Stack, spread_bars
from peel_analysis.measures import Result, Value
from peel_analysis.sections.blocks import figure_block, source_line
from peel_analysis.sections.display import Html, numbered, picture
from peel_analysis.show.marks import key_to_marks, mark
from peel_analysis.show.tables import (
    Cell,
    Row,
    about_intervals,
    count_cell,
    counts_interval_cell,
    html_table,
    value_cell,
)
from peel_analysis.show.templates import piece
from peel_analysis.show.words import (
    NATIONAL,
    caveats,
    no_figure,
    not_available,
    official_name,
    value_in_words,
    window_phrase,
)

FIGURE_ID = "outcome-spread"
LONGEST_ALT = 600  # characters
THINNEST = 0.05  # percent
NO_INTERVAL = "not_applicable"  # the status of the interval of a total, which is all of the crimes and no share of them
MEASURE = "outcome_charged_pct"  # whose exclusions, marks and members hold for every group
GROUPING, VERSION = "home_office_groups", "1"
ALL_OUTCOMES = "all"  # the dimension of a table that gives the total of all outcomes instead of every type
OTHER, NONE = "All other outcomes", "No outcome in the record"


@dataclass(frozen=True)
class Group:
    """A group of outcome types: its place in the order, the force's share and that of England and Wales."""

    name: str
    order: int
    types: tuple[str, ...]
    own: Value
    national: Value


@dataclass(frozen=True)
class Spread:
    """The groups of one force in order; `whole` is recorded crime, `absent` are groups that the table cannot give."""

    force_id: str
    groups: tuple[Group, ...]
    absent: tuple[str, ...]
    whole: Result

    @property
    def own(self) -> Value:
        """The force's value that the register's switches and the marks belong to."""
        return self.whole.of(self.force_id)

    @property
    def is_shown(self) -> bool:
        """True when the force has shares and no exclusion keeps them out of the figure."""
        return self.own.in_figure and not self.own.is_missing


@dataclass(frozen=True)
class Outcomes:
    """Every group of outcomes for all forces: name, place, types and result; `every` is the total in place of types."""

    groups: tuple[tuple[str, int, tuple[str, ...], Result], ...]
    absent: tuple[str, ...]
    whole: Result
    every: Result | None


def spread_of(edition: Edition, force_id: str) -> Spread:
    """Return every group of outcomes of one force."""
    return spread_in(outcomes_of(edition), force_id)


def outcomes_of(edition: Edition) -> Outcomes:
    """Return every group of outcomes that the edition's table holds, each calculated as a measure of its own.

    Groups are those of data/outcome_groups.csv.
    """
    counts = edition.counts("outcomes_recorded")
    held = set() if counts is None else set(counts["dimension"])
    groups, absent = [], []
    for name, order, types in grouping():
        if held.issuperset(types):
            groups.append((name, order, types, _calculated(edition, types)))
        else:
            absent.append(name)
    whole = groups[0][3] if groups else measures.calculate(measures.get(MEASURE), edition)
    every = _calculated(edition, (ALL_OUTCOMES,)) if ALL_OUTCOMES in held else None
    return Outcomes(tuple(groups), tuple(absent), whole, every)


def spread_in(outcomes: Outcomes, force_id: str) -> Spread:
    """Return the groups of one force.

    Where the table gives the total in place of every type, what is left of it is "All other outcomes", and recorded
    crime without an outcome is "No outcome in the record".
    """
    groups = [
        Group(name, order, types, result.of(force_id), result.national)
        for name, order, types, result in outcomes.groups
    ]
    if outcomes.every is not None:
        groups += _rest(outcomes.every, force_id, groups)
    return Spread(force_id, tuple(groups), outcomes.absent, outcomes.whole)


def grouping() -> list[tuple[str, int, tuple[str, ...]]]:
    """Return the groups in order: name, place, and the outcome types in it."""
    rows = registers.read_register(registers.OUTCOME_GROUPS)
    mine = rows[(rows["grouping_id"] == GROUPING) & (rows["version"] == VERSION)]
    by_name: dict[str, tuple[int, list[str]]] = {}
    for row in registers.records(mine):
        by_name.setdefault(row["group"], (int(row["group_order"]), []))[1].append(row["outcome_type"])
    ordered = sorted(by_name.items(), key=lambda item: item[1][0])
    return [(name, order, tuple(types)) for name, (order, types) in ordered]


def _calculated(edition: Edition, types: tuple[str, ...]) -> Result:
    measure = measures.get(MEASURE)
    one = replace(measure, numerator=replace(measure.numerator, dimensions=types, version=""), comparator="")
    return measures.calculate(one, edition)


def _rest(every: Result, force_id: str, groups: list[Group]) -> list[Group]:
    """Return what the total holds beside the groups, and what recorded crime holds beside the total."""
    other, none = [], []
    for of, one in (("own", every.of(force_id)), ("national", every.national)):
        known = sum(getattr(group, of).numerator for group in groups)
        other.append(_with_count(one, one.numerator - known))
        none.append(_with_count(one, max(one.denominator - one.numerator, 0.0)))
    order = len(grouping())
    return [Group(OTHER, order, (), *other), Group(NONE, order + 1, (), *none)]


def _with_count(one: Value, count: float) -> Value:
    return replace(one, numerator=count, value=100 * count / one.denominator)


def spread_block(spread: Spread, number: int) -> Html:
    """Return the spread of a force: caption, reading sentence, drawing, footnotes, source, cautions and the table."""
    if not_available(spread.whole):
        return figure_block(spread.whole, spread.force_id, number)
    name = official_name(spread.force_id)
    caption = (
        f"What became of the crimes recorded (excluding fraud) {window_phrase(spread.whole.window)}: outcomes as a "
        f"percentage of recorded crime, {name} and {NATIONAL}"
    )
    body = piece(
        "figure_body",
        reading=reading(spread),
        image=picture(as_svg(spread_bars(stacks(spread))), alt_text(spread)),
        notes=footnotes(spread),
        source=source_line(spread.whole),
        cautions=caveats(spread.whole, spread.force_id),
        summary=f"All groups of outcomes: {name} and {NATIONAL}",
        data=table(spread),
    )
    return numbered(FIGURE_ID, number, caption, body, about=f"figure {number}: the spread of outcomes")


def stacks(spread: Spread) -> list[Stack]:
    """Return the bars to draw: the force, if it is shown, then England and Wales."""
    sides = [("own", forces.display_name(spread.force_id))] if spread.is_shown else []
    return [
        Stack(
            name,
            tuple(
                Segment(group.name, one.value, _shown(spread, one), group.order)
                for group in spread.groups
                if is_drawn(one := getattr(group, side))
            ),
        )
        for side, name in (*sides, ("national", NATIONAL))
    ]


def is_drawn(one: Value) -> bool:
    """Return whether a share is wide enough to be seen: one that shows as 0.0% is in the table only."""
    return not one.is_missing and one.value >= THINNEST


def _shown(spread: Spread, one: Value) -> str:
    return value_in_words(spread.whole.measure, one.value)


def reading(spread: Spread) -> str:
    """Return which group is the largest and the share charged, beside England and Wales; or why there is none."""
    name = official_name(spread.force_id)
    if not spread.is_shown:
        return f"{NATIONAL} is shown alone: there is {no_figure(spread.own)}"
    named = [group for group in spread.groups if group.types]
    largest, first = max(named, key=lambda group: group.own.value), spread.groups[0]
    also = [group for group in spread.groups if group is first or group.name == OTHER]
    sentences = [
        f"Of the crimes that {name} recorded {window_phrase(spread.whole.window)}, the largest group that the table "
        f"of outcomes gives is “{largest.name}”: {_against(spread, largest)}.",
        *(f"“{group.name}”: {_against(spread, group)}." for group in also if group is not largest),
    ]
    return " ".join(sentences)


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
    notes += [note for side in ("own", "national") if (note := _sum_in_words(spread, side))]
    if spread.is_shown and spread.own.status not in ("reported", "as_published") and spread.own.note:
        notes.append(spread.own.note)
    return [*notes, _members(spread)]


def _sum_in_words(spread: Spread, side: str) -> str:
    """Return the sentence on outcomes that do not come to recorded crime, or "" when they do."""
    if side == "own" and not spread.is_shown:
        return ""
    values = [getattr(group, side) for group in spread.groups]
    count, crimes = sum(one.numerator for one in values), values[0].denominator
    if count == crimes:
        return ""
    name = official_name(spread.force_id) if side == "own" else NATIONAL
    more = "more" if count > crimes else "fewer"
    return (
        f"{name}: the outcomes counted come to {whole(count)}, {whole(abs(count - crimes))} {more} than the "
        f"{whole(crimes)} crimes recorded, because the two counts are from different releases."
    )


def _members(spread: Spread) -> str:
    members = spread.whole.members
    left_out = [force_id for force_id in forces.ids() if force_id not in members]
    without = f" (not {forces.in_words(left_out)})" if left_out else ""
    return (
        f"{NATIONAL} is based on {len(members)} of {forces.NUMBER_OF_FORCES} forces{without}: "
        f"the sum of their counts over the sum of their recorded crimes. {spread.whole.national_warning}"
    ).strip()


def table(spread: Spread) -> Markup:
    """Return the table behind the figure: a row a group, then the total and the crimes, the key and what intervals are.

    Columns: types, the force's crimes, its share of recorded crime with the 95% interval (Wilson's), and the share of
    England and Wales, in percent.
    """
    columns = ("Outcome", "Types", "Crimes", "Percent of recorded crime", "95% interval", f"{NATIONAL}, percent")
    body = []
    for group in spread.groups:
        interval = counts_interval_cell(spread.whole.measure, group.own.numerator, group.own.denominator)
        cells = (Cell(", ".join(group.types)), *_own_cells(spread, [group.own], interval))
        body.append(Row(group.name, (*cells, _share(spread, [group.national]))))
    own, national = ([getattr(group, side) for group in spread.groups] for side in ("own", "national"))
    body.append(_total("Total of these outcomes", spread, own, national))
    crimes = [replace(one, numerator=one.denominator, value=100.0) for one in (own[0], national[0])]
    body.append(_total("Recorded crime (excluding fraud)", spread, crimes[:1], crimes[1:]))
    caption = f"Outcomes of crimes recorded {window_phrase(spread.whole.window)}, {official_name(spread.force_id)}"
    statuses = [spread.own.status, spread.whole.national.status, *([NO_INTERVAL] if spread.is_shown else [])]
    about = about_intervals(spread.whole) if spread.is_shown else Markup()
    return html_table(caption, columns, body) + key_to_marks(statuses) + about


def _total(header: str, spread: Spread, own: list[Value], national: list[Value]) -> Row:
    interval = Cell(mark(NO_INTERVAL), is_number=True)
    return Row(header, (Cell(""), *_own_cells(spread, own, interval), _share(spread, national)), "total")


def _own_cells(spread: Spread, values: list[Value], interval: Cell) -> tuple[Cell, Cell, Cell]:
    if not spread.is_shown:
        missing = Cell(mark(spread.own.status) or "[x]", is_number=True)
        return missing, missing, missing
    return count_cell(sum(one.numerator for one in values)), _share(spread, values), interval


def _share(spread: Spread, values: list[Value]) -> Cell:
    return value_cell(spread.whole.measure, sum(one.value for one in values), mark(values[0].status))


def alt_text(spread: Spread) -> str:
    """Return the alternative text: the groups with their shares, largest first, as many as 600 characters hold."""
    name, alone = official_name(spread.force_id), not spread.is_shown
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
