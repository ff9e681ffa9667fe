"""A measure's result as an analyst holds it: its rows to look at, and its figures, tables and sentences to ask for."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import pandas as pd
from markupsafe import Markup

from peel_analysis import comparison, figures, measures, why
from peel_analysis.comparison.comparable import NOTE_OF_A_LIST, PeerGroup, means, peer_groups
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES, NUMBER_OF_FORCES
from peel_analysis.data.text import enumerated
from peel_analysis.figures import Figure
from peel_analysis.sections.blocks import peer_tables
from peel_analysis.sections.display import styled
from peel_analysis.show import tables
from peel_analysis.show import words as wording
from peel_analysis.show.templates import piece

OPENING = 8  # lines of an account that a terminal shows of its own accord
OWN_MEASURE = "Own measure: it was declared in a notebook, and no report has it."
OWN_PEERS = "Own list of peers"
KINDS = ("bars", "trend", "quarters")


@dataclass(frozen=True, repr=False)
class Table:
    """A table as the report shows it, and as a DataFrame under `data`."""

    data: pd.DataFrame
    html: Markup

    def _repr_html_(self) -> str:
        return styled(self.html)

    def __repr__(self) -> str:
        """Return the first and the last rows: no more than ten lines."""
        settings: tuple[Any, ...] = ("display.max_rows", 6, "display.min_rows", 4, "display.max_columns", 4)
        with pd.option_context(*settings, "display.expand_frame_repr", False, "display.max_colwidth", 30):
            return repr(self.data)


class Account(str):
    """The account of a number: plain text, which a notebook shows whole and `print` prints."""

    __slots__ = ()

    def __repr__(self) -> str:
        lines = self.splitlines()
        more = [f"... and {len(lines) - OPENING} more lines: print it"] if len(lines) > OPENING + 1 else []
        return "\n".join([*lines[:OPENING], *more] if more else lines)

    def _repr_html_(self) -> str:
        return styled(piece("printed", str(self)))


class Result(measures.Result):
    """A measure calculated for an edition: a value a force, and its figures, tables and sentences.

    A force is named as people name it: "norfolk", "Norfolk", "Norfolk Constabulary". Raises InputError, with close
    matches, for a name that is none of the 43. In the examples `crime` is
    `peel.edition("2017").measure("crime_per_1000")`.

    Attributes
    ----------
    rows
        A DataFrame with a row a force and England and Wales last, by force id. `value` is in the measure's unit
        (`measure.unit`), not rounded, and NaN where `status` says why; it is the quotient of `numerator` and
        `denominator` times the measure's multiplier, or their change. `note` and `short` are the reason in full and in
        a few words. `in_figure` and `in_national` are false for a force that data/exclusions.csv leaves out of the
        figure or of the national value. `comparator_value`, `comparator_numerator`, `comparator_denominator`,
        `comparator_status` and `comparator_note` are the same of the window that the values are set beside.
    national
        The row of England and Wales: `result.national.value`.
    members
        The ids of the forces that are in both sums of the value of England and Wales.
    """

    @property
    def data(self) -> pd.DataFrame:
        """The value of every force and, last, of England and Wales, with all that it takes to read it: by force id.

        Columns: `name`, `region` ("" for England and Wales), `value`, not rounded, its `unit`, its 95% interval
        (`lower_95`, `upper_95`), `numerator`, `denominator`, `earlier_value`, `status`, and `note` that says why. A
        number that there is none of is NaN.

        >>> crime.data.loc["norfolk", ["name", "region", "unit"]].tolist()
        ['Norfolk', 'East', 'per 1,000 population']
        """
        force_ids = [str(one) for one in self.forces.index]
        data = tables.beside(self, *force_ids).set_axis(pd.Index(self.rows.index, name="force_id"))
        data.insert(0, "name", [self.edition.forces.name(one) for one in data.index])
        data.insert(1, "region", [*(self.edition.forces.find(one).region for one in force_ids), ""])
        data.insert(3, "unit", self.measure.unit)
        return data

    def region(self, name: str) -> pd.DataFrame:
        """Return the rows of `data` of one region's forces, highest value first. `peel.forces` has the regions.

        Raises InputError, with the list, for a region that is none.

        >>> crime.region("North East").name.tolist()
        ['Cleveland', 'Northumbria', 'Durham']
        """
        data, regions = self.data, sorted({one.region for one in self.edition.forces})
        found = {one.casefold(): one for one in regions}.get(name.strip().casefold())
        if found is None:
            raise InputError(f"No region '{name}'; the regions are {', '.join(regions)}")
        return data[data["region"] == found].sort_values("value", ascending=False, kind="stable")

    def figure(self, *forces: str | Iterable[str]) -> Figure:
        """Return the figure that a report shows of the measure: a dot a force for a change, else ranked bars.

        >>> crime.figure("norfolk").alt_text
        'Bar chart of 43 forces: ...'
        """
        return self.strip(*forces) if self.measure.kind == "change" else self.ranked(*forces)

    def ranked(self, *forces: str | Iterable[str], hue: str = "") -> Figure:
        """Return the bars of all forces, highest value first, with one force or several picked out, or none.

        With `hue="name"` each of them has a colour of its own, as in seaborn. Raises ValueError when no force has a
        value, for more forces than colours (five), and for another hue.

        >>> crime.ranked("norfolk", "Kent Police", hue="name").data.name.iloc[0]
        'West Yorkshire'
        """
        if hue not in ("", "name"):
            raise ValueError(f"hue is {hue!r}; write 'name' for a colour a force, or leave it out")
        return self._titled(figures.ranked_bars(self, self._ids(*forces), apart=bool(hue)))

    def strip(self, *forces: str | Iterable[str]) -> Figure:
        """Return all forces' values along one line, with one force or several picked out, or none.

        Raises ValueError when no force has a value.

        >>> crime.strip("norfolk").savefig("strip.svg")  # doctest: +SKIP
        """
        return self._titled(figures.change_strip(self, self._ids(*forces)))

    def funnel(self, *forces: str | Iterable[str]) -> Figure:
        """Return each force's value against its size, with the limits of chance and of the forces' own spread.

        Raises ValueError, with the reason, for a measure whose funnel is refused.

        >>> crime.funnel("norfolk").data.takes_part.sum().item()
        42
        """
        return self._titled(figures.funnel_plot(comparison.compare(self), self._ids(*forces)))

    def trend(self, force: str, *, quarters: bool = False, control_limits: bool = False) -> Figure:
        """Return the lines of a force and of England and Wales: of rolling 12 months, or of quarters.

        Control limits (XmR) are those of quarters: points that share counts would make them far too narrow. Raises
        InputError for a measure without counts over time, and ValueError for a force without a line.

        >>> crime.trend("norfolk").data.index[-1]
        '2017-06-30'
        """
        series, own = (measures.quarterly if quarters or control_limits else measures.rolling)(self), self._id(force)
        figure = figures.trend_lines(series, own, control_limits=control_limits)
        return self._titled(figure, series.per_head(self.measure.title, own))

    def quarters(self, force: str) -> Figure:
        """Return a force's quarters with the season taken out, their control limits, and the signals among them.

        `data` has a row a quarter: value, mean, limits and the signals in words. Raises InputError for a measure that
        is not counted by quarter, and ValueError for a force with fewer than 20 quarters since a marked break.

        >>> len(peel.edition("2025").measure("crime_per_1000").quarters("norfolk").data)
        41
        """
        series, own = measures.quarterly(self), self._id(force)
        figure = figures.quarter_lines(comparison.over_time.season_free(series), own)
        title = f"{series.per_head(self.measure.title, own)}, each quarter with the season taken out"
        return self._titled(figure, title)

    def recent_trend(self, force: str = ENGLAND_AND_WALES) -> str:
        """Return "increasing", "decreasing" or "no significant change" over the last five years, or "" for too few.

        The method is in `statistics.trends`. Raises InputError for a measure without counts over time.

        >>> peel.edition("2017").measure("asb_incidents_per_1000").recent_trend("norfolk")
        'decreasing'
        """
        own = force if force == ENGLAND_AND_WALES else self._id(force)
        found = comparison.over_time.recent(measures.rolling(self), own).trend
        return found.direction if found else ""

    def control_limits(self, force: str) -> pd.DataFrame:
        """Return the control limits (XmR) of a force's quarters as counted, a row a part of its line between breaks.

        The season is still in them and widens them; `quarters` has it taken out, with limits of its own.

        Columns: `first` and `last` quarter's end, `quarters`, `mean`, `lower`, `upper` (in the unit of the line),
        `outside` (points beyond the limits) and `is_stable`. A part with too few quarters for limits is left out.

        >>> peel.edition("2025").measure("crime_per_1000").control_limits("norfolk").quarters.tolist()
        [41]
        """
        columns = ["first", "last", "quarters", "mean", "lower", "upper", "outside", "is_stable"]
        rows = []
        for part, limits in figures.limits_by_part(measures.quarterly(self), self._id(force)):
            first, last, outside = str(part.index[0]), str(part.index[-1]), int(limits.outside.sum())
            of_chance = (limits.centre, limits.lower, limits.upper)
            rows.append((first, last, int(part.count()), *of_chance, outside, limits.is_stable))
        return pd.DataFrame(rows, columns=columns)

    def compare(self, *forces: str | Iterable[str], region: str = "", kind: str = "bars") -> Figure:
        """Return the figure of chosen forces beside England and Wales; `data` has their numbers.

        `kind` is "bars", with 95% intervals, "trend", lines of rolling 12 months, or "quarters", lines of quarters.
        `region` adds the forces of a region. Raises ValueError for another kind, when none of them has a value, and for
        lines of more than five forces or of a force without one; InputError for a measure without counts over time.

        >>> crime.compare("norfolk", "kent").data.value.round(1).tolist()
        [76.3, 58.9, 76.4]
        >>> crime.compare("norfolk", "kent", kind="trend").data.name.unique().tolist()
        ['Norfolk', 'Kent', 'England and Wales']
        """
        chosen = (*self._ids(*forces), *(map(str, self.region(region).index) if region else ()))
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; use one of {', '.join(KINDS)}")
        if kind == "bars":
            return self._titled(figures.compared_bars(self, chosen))
        series = (measures.rolling if kind == "trend" else measures.quarterly)(self)
        figure = figures.compared_lines(series, chosen)
        return self._titled(figure, series.per_head(self.measure.title, chosen[0]))

    def beside(self, *forces: str) -> pd.DataFrame:
        """Return the numbers of forces and of England and Wales: a row each, by name, as `tables.beside` has them.

        >>> crime.beside("norfolk").value.round(1).to_dict()
        {'Norfolk': 58.9, 'England and Wales': 76.4}
        """
        return tables.beside(self, *map(self._id, forces))

    def table(self, force: str = "") -> Table:
        """Return the table under a report's figure: all forces, highest value first, with counts and 95% intervals.

        >>> len(crime.table("norfolk").data)
        44
        """
        ordered = self.forces.sort_values("value", ascending=False, kind="stable", na_position="last").index
        data = tables.beside(self, *map(str, ordered))
        return Table(data, tables.by_force(self, self._id(force) if force else ""))

    def peers(self, force: str, own: Iterable[str] = ()) -> Table:
        """Return a force beside its peers, a table a set of peers; `data` has them all in one.

        `own` are forces of your own choice, which then are the one set.

        Its columns: `peers` (the set), `force_id`, `name`, `value` (in the measure's unit), `status`. The rows of a set
        are the force's, its peers' and the two means (`weighted-mean`, sum over sum, and `simple-mean`).

        >>> crime.peers("norfolk").data.peers.nunique()
        2
        >>> crime.peers("norfolk", ["suffolk", "devon-and-cornwall"]).data.name.tolist()[:3]
        ['Norfolk', 'Suffolk', 'Devon and Cornwall']
        """
        force_id = self._id(force)
        peer_ids = tuple(one for one in dict.fromkeys(self._ids(own)) if one != force_id)
        mine = PeerGroup("own", OWN_PEERS, "chosen in a notebook", NOTE_OF_A_LIST, peer_ids)
        groups = (mine,) if peer_ids else peer_groups(self.edition, force_id)
        rows: list[tuple[str, str, str, float, str]] = []
        for group in groups:
            found = means(self, group)
            for one in map(self.of, (force_id, *group.peer_ids)):
                rows.append((group.title, one.force_id, self.edition.forces.name(one.force_id), one.value, one.status))
            rows.append((group.title, "weighted-mean", "Weighted mean of the peers", found.weighted, ""))
            rows.append((group.title, "simple-mean", "Simple mean of the peers", found.simple, ""))
        data = pd.DataFrame(rows, columns=["peers", "force_id", "name", "value", "status"])
        return Table(data, peer_tables(self, force_id, groups if peer_ids else None))

    def sentence(self, force: str) -> str:
        """Return what a report says of a force: its value, beside England and Wales and an earlier year; or why not.

        >>> crime.sentence("norfolk")
        'Norfolk Constabulary ... 58.9 ...'
        """
        said = wording.reading(self, self._id(force))
        return f"{said} {OWN_MEASURE}" if self.is_own else said

    @property
    def is_own(self) -> bool:
        """Whether the measure is a user's own: one that the data folder does not declare, and no report has.

        >>> crime.is_own
        False
        """
        return self.measure.id not in self.edition.data.measures

    def why(self, force: str = ENGLAND_AND_WALES) -> Account:
        """Return the full account of a force's value: formula, counts, exclusions, verdict, caveats and provenance.

        >>> crime.why("norfolk")
        Recorded crime (excluding fraud) per 1,000 population: Norfolk Constabulary
        ...
        """
        return Account(why.account(self.measure, self._id(force), self.edition))

    def _titled(self, figure: Figure, title: str = "") -> Figure:
        figure.set_title(title or f"{self.measure.title}, {wording.windows_in_words(self)}")
        figure.set_source(sources_of([self]))
        return figure

    def _id(self, force: str) -> str:
        return self.edition.forces.find_id(force)

    def _ids(self, *forces: str | Iterable[str]) -> tuple[str, ...]:
        """Return the ids of forces that are named one by one or in lists."""
        return tuple(self._id(name) for one in forces for name in ((one,) if isinstance(one, str) else one))

    def __repr__(self) -> str:
        national = self.national
        value = "no value" if national.is_missing else wording.value_in_words(self.measure, national.value)
        return (
            f"<{self.measure.id}, edition {self.edition.id}: {self.measure.title}, {wording.windows_in_words(self)}; "
            f"England and Wales {value} ({len(self.members)} of {NUMBER_OF_FORCES} forces)>"
        )

    def _repr_html_(self) -> str:
        """Return the figure with no force picked out, what it shows, its source and, folded, its table."""
        drawing: dict[str, Any] = {"not_drawn": [wording.not_available(self) or "No force has a value to draw."]}
        if not self.plotted.empty:
            figure = self.figure()
            figure.set_source("")  # it stands under the figure as text
            drawing = {"image": figure.as_image(), "data": self.table().html}
        own = OWN_MEASURE if self.is_own else ""
        unit, note = self.measure.unit, "" if self.plotted.empty else self.national.note
        said = [
            f"{unit[:1].upper()}{unit[1:]}.",
            f"England and Wales: {note[:1].lower()}{note[1:]}" if note else "",
            own,
        ]
        drawing |= {
            "under": piece("under", source=f"Source: {wording.sources_in_words(self)}.", annex=False),
            "summary": f"All {NUMBER_OF_FORCES} forces",
        }
        body = piece("figure_body", reading=" ".join(said).strip(), **drawing)
        return styled(body, self.measure.title if self.plotted.empty else "")


def lines_over_editions(results: Iterable[Result], forces: Iterable[str]) -> Figure:
    """Return a measure's values in some editions as lines, as `peel.over_editions` describes it."""
    every = sorted(results, key=lambda one: one.window.end)
    last = every[-1]
    chosen = [last.edition.forces.find_id(one) for one in forces]
    series = comparison.over_time.across_editions(every, chosen or last.edition.forces.ids)
    figure = figures.compared_lines(series, chosen)
    shown = [*(chosen or last.edition.forces.ids), ENGLAND_AND_WALES]
    columns = ["edition", "period_end", "force_id", "name", "value", "unit", "status", "note", "release"]
    rows = [
        (one.edition.id, one.window.end.isoformat(), own.force_id, one.edition.forces.name(own.force_id),
         own.value, one.measure.unit, own.status, own.note, one.release)
        for one in every
        for own in map(one.of, shown)
    ]  # fmt: skip
    figure._make_data = lambda: pd.DataFrame(rows, columns=columns)
    named = f"editions {enumerated(one.edition.id for one in every)}"
    said = (f"{last.edition.forces.name(name)} {_each(every, name)}" for name in (*chosen, ENGLAND_AND_WALES))
    figure.alt_text = f"Line chart: {last.measure.title}, {named}. {'; '.join(said)}."
    figure.set_title(f"{last.measure.title}, {named}")
    figure.set_source(sources_of(every))
    return figure


def _each(results: Iterable[Result], force_id: str) -> str:
    held = ((one, one.of(force_id)) for one in results)
    return ", ".join(
        "no value" if own.is_missing else wording.value_in_words(one.measure, own.value) for one, own in held
    )


def sources_of(results: Iterable[Result]) -> str:
    """Return the source line of several results, each source once."""
    every = list(results)
    named = dict.fromkeys(name for one in every for name in wording.sources_in_words(one).split("; "))
    own = [OWN_MEASURE] if any(one.is_own for one in every) else []
    return " ".join([f"Source: {'; '.join(named)}.", *own])


def in_hand(result: measures.Result) -> Result:
    """Return a result with its figures, tables and sentences, each time the same; one that has them is itself."""
    return result if isinstance(result, Result) else _with_what_it_shows(result)


@lru_cache(maxsize=128)
def _with_what_it_shows(result: measures.Result) -> Result:
    return Result(**{one.name: getattr(result, one.name) for one in fields(measures.Result)})
