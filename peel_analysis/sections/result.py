"""A measure's result as an analyst holds it: its rows to look at, and its figures, tables and sentences to ask for."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
from markupsafe import Markup

from peel_analysis import comparison, figures, measures, why
from peel_analysis.comparison.comparable import means, peer_groups
from peel_analysis.data.forces import ENGLAND_AND_WALES, NUMBER_OF_FORCES
from peel_analysis.figures import Figure
from peel_analysis.sections.blocks import peer_tables
from peel_analysis.show import tables
from peel_analysis.show import words as wording
from peel_analysis.show.templates import piece


@dataclass(frozen=True, repr=False)
class Table:
    """A table as the report shows it, and as a DataFrame under `data`."""

    data: pd.DataFrame
    html: Markup

    def _repr_html_(self) -> str:
        return piece("in_notebook", self.html)

    def __repr__(self) -> str:
        return repr(self.data)


class Account(str):
    """The account of a number: plain text that a notebook shows as it is printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


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

    def figure(self, forces: str | Iterable[str] = ()) -> Figure:
        """Return the figure that a report shows of the measure: a dot a force for a change, else ranked bars.

        >>> crime.figure("norfolk").alt_text
        'Bar chart of 43 forces: ...'
        """
        return self.strip(forces) if self.measure.kind == "change" else self.ranked(forces)

    def ranked(self, forces: str | Iterable[str] = ()) -> Figure:
        """Return the bars of all forces, highest value first, with one force or several picked out, or none.

        Raises ValueError when no force has a value.

        >>> crime.ranked(["norfolk", "Kent Police"]).data.name.iloc[0]
        'West Yorkshire'
        """
        return self._titled(figures.ranked_bars(self, self._ids(forces)))

    def strip(self, forces: str | Iterable[str] = ()) -> Figure:
        """Return all forces' values along one line, with one force or several picked out, or none.

        Raises ValueError when no force has a value.

        >>> crime.strip("norfolk").savefig("strip.svg")  # doctest: +SKIP
        """
        return self._titled(figures.change_strip(self, self._ids(forces)))

    def funnel(self, forces: str | Iterable[str] = ()) -> Figure:
        """Return each force's value against its size, with the limits of chance and of the forces' own spread.

        Raises ValueError, with the reason, for a measure whose funnel is refused.

        >>> crime.funnel("norfolk").data.takes_part.sum().item()
        42
        """
        return self._titled(figures.funnel_plot(comparison.compare(self), self._ids(forces)))

    def trend(self, force: str, *, quarters: bool = False, control_limits: bool = False) -> Figure:
        """Return the lines of a force and of England and Wales: of rolling 12 months, or of quarters.

        Control limits (XmR) are those of quarters: points that share counts would make them far too narrow. Raises
        InputError for a measure without counts over time, and ValueError for a force without a line.

        >>> crime.trend("norfolk").data.index[-1]
        '2017-06-30'
        """
        series, own = (measures.quarterly if quarters or control_limits else measures.rolling)(self), self._id(force)
        figure = figures.trend_lines(series, own, control_limits=control_limits)
        figure.set_title(series.per_head(self.measure.title, own))
        return figure

    def quarters(self, force: str) -> Figure:
        """Return a force's quarters with the season taken out, their control limits, and the signals among them.

        `data` has a row a quarter: value, mean, limits and the signals in words. Raises InputError for a measure that
        is not counted by quarter, and ValueError for a force with fewer than 20 quarters since a marked break.

        >>> len(peel.edition("2025").measure("crime_per_1000").quarters("norfolk").data)
        41
        """
        series, own = measures.quarterly(self), self._id(force)
        figure = figures.quarter_lines(comparison.over_time.season_free(series), own)
        figure.set_title(f"{series.per_head(self.measure.title, own)}, each quarter with the season taken out")
        return figure

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

    def compare(self, forces: Iterable[str]) -> Figure:
        """Return the bars of chosen forces beside England and Wales, with 95% intervals; `data` has their numbers.

        Raises ValueError when none of them has a value.

        >>> crime.compare(["norfolk", "kent"]).data.value.round(1).tolist()
        [76.3, 58.9, 76.4]
        """
        return self._titled(figures.compared_bars(self, self._ids(forces)))

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

    def peers(self, force: str) -> Table:
        """Return a force beside its peers, a table a set of peers; `data` has them all in one.

        Its columns: `peers` (the set), `force_id`, `name`, `value` (in the measure's unit), `status`. The rows of a set
        are the force's, its peers' and the two means (`weighted-mean`, sum over sum, and `simple-mean`).

        >>> crime.peers("norfolk").data.peers.nunique()
        2
        """
        own = self._id(force)
        rows: list[tuple[str, str, str, float, str]] = []
        for group in peer_groups(self.edition, own):
            found = means(self, group)
            for one in map(self.of, (own, *group.peer_ids)):
                rows.append((group.title, one.force_id, self.edition.forces.name(one.force_id), one.value, one.status))
            rows.append((group.title, "weighted-mean", "Weighted mean of the peers", found.weighted, ""))
            rows.append((group.title, "simple-mean", "Simple mean of the peers", found.simple, ""))
        data = pd.DataFrame(rows, columns=["peers", "force_id", "name", "value", "status"])
        return Table(data, peer_tables(self, own))

    def sentence(self, force: str) -> str:
        """Return what a report says of a force: its value, beside England and Wales and an earlier year; or why not.

        >>> crime.sentence("norfolk")
        'Norfolk Constabulary ... 58.9 ...'
        """
        return wording.reading(self, self._id(force))

    def why(self, force: str = ENGLAND_AND_WALES) -> Account:
        """Return the full account of a force's value: formula, counts, exclusions, verdict, caveats and provenance.

        >>> crime.why("norfolk")
        Recorded crime (excluding fraud) per 1,000 population: Norfolk Constabulary
        ...
        """
        return Account(why.account(self.measure, self._id(force), self.edition))

    def _titled(self, figure: Figure) -> Figure:
        figure.set_title(f"{self.measure.title}, {wording.windows_in_words(self)}")
        return figure

    def _id(self, force: str) -> str:
        return self.edition.forces.find_id(force)

    def _ids(self, forces: str | Iterable[str]) -> tuple[str, ...]:
        return tuple(map(self._id, (forces,) if isinstance(forces, str) else forces))

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
            drawing = {"image": self.figure().as_image(), "data": self.table().html}
        unit, note = self.measure.unit, "" if self.plotted.empty else self.national.note
        said = [f"{unit[:1].upper()}{unit[1:]}.", f"England and Wales: {note[:1].lower()}{note[1:]}" if note else ""]
        drawing |= {
            "under": piece("under", source=f"Source: {wording.sources_in_words(self)}.", annex=False),
            "summary": f"All {NUMBER_OF_FORCES} forces",
        }
        body = piece("figure_body", reading=" ".join(said).strip(), **drawing)
        return piece("in_notebook", body, self.measure.title if self.plotted.empty else "")


def in_hand(result: measures.Result) -> Result:
    """Return a result with its figures, tables and sentences; one that has them is itself."""
    if isinstance(result, Result):
        return result
    return Result(**{one.name: getattr(result, one.name) for one in fields(measures.Result)})
