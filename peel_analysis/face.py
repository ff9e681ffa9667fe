"""The face for analysts: editions, measures, figures, sections and reports, as `import peel_analysis as peel` has them.

Each function names its errors and has one example, which the tests run.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from peel_analysis import measures
from peel_analysis.data import edition as data_edition
from peel_analysis.data.declarations import named
from peel_analysis.data.definitions import own_measure_in
from peel_analysis.data.edition import POPULATION
from peel_analysis.data.errors import InputError as InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.folder import open_data as open_data
from peel_analysis.data.registers import JUDGMENTS
from peel_analysis.figures import Figure as Figure
from peel_analysis.figures import spine_chart, spine_of
from peel_analysis.measures import Measure
from peel_analysis.sections import annex as annexes
from peel_analysis.sections import section as sections
from peel_analysis.sections.display import notice_line, styled
from peel_analysis.sections.picker import Explorer, Picks
from peel_analysis.sections.result import Result as Result
from peel_analysis.sections.result import in_hand, lines_over_editions, sources_of
from peel_analysis.show import values
from peel_analysis.show.tables import Cell, Row, html_table
from peel_analysis.show.templates import piece

DEFAULT_EDITION, DEFAULT_OUT = "2017", "build"  # those of the command
Folder = Data | Path | str | None  # a data folder, opened or named; None is the one in PEEL_DATA or the project's own


class Edition:
    """An edition of the report: its measures, forces and releases. Shown in a notebook, it lists them.

    `id` is its year, `title` its name; `vintage` says which populations rates divide by, `vintages` which there are for
    the same mid-year. An edition does not change: `with_population` gives another.
    """

    def __init__(self, edition: data_edition.Edition) -> None:
        self._edition = edition
        self.id, self.title = edition.id, edition.title
        self.vintage, self.vintages = edition.vintage, edition.vintages

    @property
    def measures(self) -> pd.DataFrame:
        """The measures in the report's order: by id, `title`, `unit`, `kind` and the `window` of the values.

        From data/measures.toml and the edition's file.

        >>> peel.edition("2017").measures.loc["crime_per_1000", "window"]
        '12 months to 30 June 2017'
        """
        held, window = self._edition.data.measures, self._edition.window
        rows = [(one.id, one.title, one.unit, one.kind, window(one.window).words) for one in held]
        return pd.DataFrame(rows, columns=["measure", "title", "unit", "kind", "window"]).set_index("measure")

    @property
    def releases(self) -> pd.DataFrame:
        """The releases that counts are taken from: by item, the `table` and its `release`. From the edition's file.

        >>> peel.edition("2017").releases.loc["recorded_crime", "release"]
        '2026-04'
        """
        rows = [(item, one.item, one.release) for item, one in self._edition.releases.items()]
        return pd.DataFrame(rows, columns=["item", "table", "release"]).set_index("item")

    @property
    def judgments(self) -> pd.DataFrame:
        """The grades of the edition's programme of inspections: a row by `force_id` and `question`, as they are held.

        Columns, all text: `grade`, one of the programme's scale or blank where no grade was read, `last_inspected`,
        `evidence`, `source_url` and `note`, as data/README.md describes them. Grades are not missing at random.

        >>> peel.edition("2019").judgments.loc[("norfolk", "preventing"), "grade"]
        'Good'
        """
        return self._edition.register(JUDGMENTS).drop(columns="edition").set_index(["force_id", "question"])

    @property
    def forces(self) -> pd.DataFrame:
        """The forces of the edition's data folder, as `peel.forces` gives them.

        >>> len(peel.edition("2017").forces)
        43
        """
        return forces(self._edition.data)

    def measure(self, measure: str | Measure) -> Result:
        """Return a measure for all forces and England and Wales: one of `measures` by its id, or one of your own.

        Raises InputError, with close matches, for an id that is none of them, for a table that does not answer, and for
        an own measure (`peel.measure`) with an id, item or dimension that cannot be its.

        >>> peel.edition("2017").measure("crime_per_1000")
        <crime_per_1000, edition 2017: Recorded crime ...; England and Wales 76.4 (43 of 43 forces)>
        """
        if not isinstance(measure, str):
            _check_own(measure, self._edition)
            return in_hand(measures.calculate(measure, self._edition))
        return in_hand(measures.calculate(self._edition.data.measure(measure), self._edition))

    def spine(self, force: str) -> Figure:
        """Return all figures that enough forces have in one look: a force beside England and Wales among the forces.

        `data` has a row a measure: the force's value and verdict, England and Wales, and the ends of the range of the
        forces and of their middle half. Raises InputError for a name that is none of the forces', and ValueError when
        no measure has enough forces.

        >>> peel.edition("2017").spine("norfolk").data.verdict["outcome_charged_pct"]
        'higher than'
        """
        own = self._edition.forces.find_id(force)
        figure = spine_chart(spine_of(measures.calculate_all(self._edition)), own)
        figure.set_title(f"{self._edition.forces.official_name(own)} among the forces, {self.title}")
        figure.set_source(sources_of(self.measure(str(one)) for one in figure.data.index))
        return figure

    def values(self) -> pd.DataFrame:
        """Return every measure for every force and England and Wales: the rows and columns of values.csv.

        A row a measure and force. `value` (float, in `unit`) is not rounded, and NaN where `status` says why. The other
        columns are those of the values file, which docs/values.md describes. Raises InputError for a table that does
        not answer.

        >>> values = peel.edition("2017").values().set_index(["measure", "force_id"])
        >>> print(values.value["crime_per_1000", "norfolk"].round(1))
        58.9
        """
        return values.values(self._edition)

    def workbook(self, path: Path | str, chosen: Iterable[str | Result] = (), *, force: str = "") -> Path:
        """Write measures as a workbook (.xlsx), all or those chosen, and return where it is.

        It has a table a measure, with a force's rows first where one is named, as `peel values --format xlsx` has.
        Raises InputError for another ending, for a result of another edition, and where the extra `xlsx` is not there.

        >>> peel.edition("2017").workbook("/tmp/crime.xlsx", ["crime_per_1000"], force="norfolk").name
        'crime.xlsx'
        """
        from peel_analysis.reports import workbook  # not above: few who read measures write one

        path = Path(path)
        if path.suffix.lower() != ".xlsx":
            raise InputError(f"{path.name}: a workbook is an .xlsx file; end its name so")
        results = [one if isinstance(one, Result) else self.measure(one) for one in chosen]
        if others := [one.edition.id for one in results if one.edition.id != self.id]:
            raise InputError(f"a result of edition {others[0]} in a workbook of {self.id}; write one an edition")
        own = self._edition.forces.find_id(force) if force else ""
        try:
            written = workbook.workbook_of(self._edition, results or measures.calculate_all(self._edition), own)
        except ModuleNotFoundError as error:
            remedy = 'pip install "peel_analysis[xlsx]"'
            raise InputError(f"a workbook needs {error.name}, which is not installed: {remedy}") from None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written)
        return path

    def with_counts(self, item: str, counts: pd.DataFrame) -> "Edition":
        """Return the edition with a table of your own beside its own: a DataFrame of counts, by force and period.

        Columns: `force_id` (or any name of the force), `period_start`, `period_end`, `count`, and, if there are any,
        `dimension` and `status`. `item` is what measures call it. It is checked as a file is that is added; nothing is
        written. A force that it does not name has no value. Raises InputError, with row and column, for what is wrong,
        and for an item that the data folder has.

        >>> import pandas as pd
        >>> own = pd.DataFrame({"force_id": ["norfolk"], "period_start": "2016-07-01", "period_end": "2017-06-30"})
        >>> edition = peel.edition("2017").with_counts("bicycle_thefts", own.assign(count=[1_234]))
        >>> edition.releases.loc["bicycle_thefts", "release"]
        'own'
        """
        return Edition(self._edition.with_counts(item, counts))

    def with_population(self, *, vintage: str | None = None, residents_only: bool = False) -> "Edition":
        """Return the edition with another vintage of its populations, or with residents alone for every force.

        Raises InputError, when a rate is asked for, for a vintage that lacks a force.

        >>> residents = peel.edition("2017").with_population(residents_only=True).measure("crime_per_1000")
        >>> round(residents.rows.value["city-of-london"])
        597
        """
        return Edition(self._edition.with_population(vintage=vintage, residents_only=residents_only))

    def __repr__(self) -> str:
        return f"<edition {self.id}: {self.title}; {len(self.measures)} measures, {len(self.forces)} forces>"

    def _repr_html_(self) -> str:
        """Return the edition's name, its measures and, folded, the releases."""
        tables = []
        for caption, data in (("Measures", self.measures), ("Releases", self.releases)):
            rows = [Row(str(row[0]), tuple(map(Cell, row[1:]))) for row in data.itertuples()]
            tables.append(html_table(caption, [str(data.index.name), *data.columns], rows))
        notice = piece("paragraphs", notice_line(self._edition))
        return styled(notice + tables[0] + piece("folded", "Where the counts come from", tables[1]), self.title)


def editions(data: Folder = None) -> tuple[str, ...]:
    """Return the ids of the editions in the data folder, earliest first.

    >>> peel.editions()
    ('2017', '2019', '2025')
    """
    return _data(data).editions


def edition(edition_id: str | int = DEFAULT_EDITION, data: Folder = None) -> Edition:
    """Return an edition by its id, of the data folder in use or of another; two stand side by side.

    Raises InputError, with the list of editions, when there is none, and for a folder that is none.

    >>> peel.edition("2017").title
    'PEEL: Police effectiveness 2017'
    """
    return Edition(_data(data).edition(edition_id))


def forces(data: Folder = None) -> pd.DataFrame:
    """Return the 43 territorial police forces of England and Wales, a row each by `force_id`, from data/forces.csv.

    Columns, all text: `name` as in a list of forces, `official_name`, `region`, `country`, and `ons_code`, the code of
    its area. Raises InputError for a register that is wrong.

    >>> peel.forces().loc["norfolk", "official_name"]
    'Norfolk Constabulary'
    """
    columns = ["name", "official_name", "region", "country", "ons_code"]
    every = _data(data).forces
    rows = [[getattr(one, column) for column in columns] for one in every]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(every.ids, name="force_id"))


def compare(result: Result, forces: Iterable[str] = (), *, region: str = "", kind: str = "bars") -> Figure:
    """Return the figure of chosen forces beside England and Wales; its `data` has the numbers.

    `kind` is "bars", with 95% intervals, "trend" or "quarters", lines; `region` adds the forces of a region. It is
    `result.compare`, which names the errors; to set editions beside each other is `over_editions`.

    >>> crime = peel.edition("2017").measure("crime_per_1000")
    >>> figure = peel.compare(crime, ["norfolk", "suffolk", "kent"])
    >>> figure.data["value"].round(1).to_dict()
    {'Kent': 76.3, 'Suffolk': 64.2, 'Norfolk': 58.9, 'England and Wales': 76.4}
    """
    return result.compare(forces, region=region, kind=kind)


def measure(**settings: Any) -> Measure:
    """Return a measure of your own, declared as an entry of data/measures.toml is: `edition.measure` calculates it.

    Needed: `id`, `title`, `kind` (rate, share, ratio_of_counts, change, ...), `numerator` and, but for a change,
    `denominator` (`items` and, if not all count, `dimensions`), `unit`, and `multiplier` unless it is a percentage.
    Others have a usual value: `window` ("crime"), `comparator`, `decimals` (1), `sources`, `caption`, `reading`.
    data/README.md explains each. A sentence calls a gap under ten of the last decimal similar: of rare events, rather
    give a rate per 100,000 than per 1,000. What is shown of it says that it is your own, and no report has it. Raises
    InputError that names the setting which is wrong.

    >>> robbery = {"items": ["recorded_crime"], "dimensions": ["Robbery"]}
    >>> people = {"items": ["population"]}
    >>> own = peel.measure(id="robbery", title="Robberies per 1,000 population", kind="rate", numerator=robbery,
    ...                    denominator=people, multiplier=1000, unit="per 1,000 population")
    >>> peel.edition("2017").measure(own)
    <robbery, edition 2017: Robberies per 1,000 population (own measure), 12 months ...; England and Wales 1.1 ...>
    """
    return own_measure_in(settings)


def over_editions(
    measure: str | Measure, forces: str | Iterable[str] = (), editions: Iterable[str | int] = (), data: Folder = None
) -> Figure:
    """Return a measure over editions, all that are held or those named: the line of England and Wales and of forces.

    `data` has a row an edition and force (every force where none is named): `edition`, `period_end`, `force_id`,
    `name`, `value`, `unit`, `status`, `note` and `release`. Raises NotComparableError, an InputError, with the reason,
    where values of two editions must not be compared, by data/comparability.toml or because releases of outcomes
    differ, and InputError where there is nothing to draw; ValueError for more than five forces.

    >>> figure = peel.over_editions("crime_per_1000", ["norfolk"])
    >>> figure.data[figure.data.force_id == "norfolk"].set_index("edition").value.round(1).to_dict()
    {'2017': 58.9, '2019': 68.5, '2025': 63.3}
    """
    folder = _data(data)
    every = [edition(one, folder).measure(measure) for one in (tuple(editions) or folder.editions)]
    return lines_over_editions(every, (forces,) if isinstance(forces, str) else forces)


def explore(
    force: str = "norfolk", edition: str | int = DEFAULT_EDITION, measure: str = "crime_per_1000", kind: str = "ranked"
) -> Explorer:
    """Return pickers for force, edition, measure, kind of figure, peers, region and population, with what they show.

    Figure, sentence, table and the code that makes them change with each pick; what is refused says its reason. `shown`
    has them. `kind` is "ranked", "funnel", "trend", "quarters" or "compare". It needs ipywidgets (the extra `lab`),
    without which it shows what it was called with. Raises InputError for a name that is none of those offered.

    >>> explored = peel.explore("norfolk", kind="trend")
    >>> explored.shown.code.splitlines()[-2]
    'figure = result.trend("norfolk")'
    """
    held = _data(None).edition(edition)
    return Explorer(Picks(held.forces.find_id(force), held.id, measure, kind), held.data)


def section(section_id: str, force: str, edition: str = DEFAULT_EDITION, data: Folder = None) -> sections.Section:
    """Return a section of a force's report, as the section notebooks open it: its figures, findings and judgment.

    Raises InputError for an unknown section, force or edition.

    >>> peel.section("investigating", "norfolk").plan.title
    'Investigating crime and reducing re-offending'
    """
    return sections.open_section(section_id, force, edition, _data(data))


def annex(force: str, edition: str = DEFAULT_EDITION, data: Folder = None) -> annexes.Annex:
    """Return Annex A of a force's report: sources, definitions, populations, exclusions, caveats and terms.

    Raises InputError for an unknown force or edition.

    >>> peel.annex("norfolk").definitions()
    <definitions>
    """
    return annexes.open_annex(force, edition, _data(data))


def report(force: str, edition: str = DEFAULT_EDITION, out: Path | str = DEFAULT_OUT, data: Folder = None) -> Path:
    """Make a force's report below the folder `out` and return where its page is; what is fresh is not made again.

    It takes about 20 seconds: every section notebook is run. Raises InputError for an unknown force or edition, for
    data that cannot be used, and when a section fails: its message names the section and says where the notebook is.

    >>> peel.report("norfolk", "2017", out="/tmp/peel")  # doctest: +SKIP
    PosixPath('/tmp/peel/2017/norfolk/index.html')
    """
    from peel_analysis.batch import Making, make_report  # not above: what runs notebooks takes long to import

    folder = _data(data)
    making = Making(folder.below(Path(out).resolve()))
    plan, outcomes = make_report(folder.edition(edition), folder.forces.find(force), making)
    failed = [f"{outcome.section_id}: {outcome.error}" for outcome in outcomes if outcome.failed]
    if failed:
        raise InputError("; ".join(failed))
    return plan.page


def _check_own(measure: Measure, of: data_edition.Edition) -> None:
    """Raise InputError for an own measure with a declared one's id, or with an item or dimension that there is not."""
    place = f"own measure '{measure.id}'"
    if measure.id in of.data.measures:
        raise InputError(f"{place}: data/measures.toml has a measure of that id; give yours another")
    known = {*of.releases, *of.lacks, POPULATION}
    for part in (measure.numerator, measure.denominator):
        named(part.items, place, "items", known, f"edition {of.id}, nor in a table of `with_counts`")
        tables = [of.counts(item) for item in part.items if item != POPULATION]
        held = {one for table in tables if table is not None for one in table["dimension"]}
        named(part.dimensions if held else (), place, "dimensions", held, ", ".join(part.items))


def _data(folder: Folder) -> Data:
    return folder if isinstance(folder, Data) else open_data(folder)
