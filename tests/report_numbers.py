"""The numbers that a text of a report says, and the numbers that the values.csv beside it lets it say.

What counts as found, and nothing else does:
- in a reading or a tile: the value and the comparator's value of the force's own row and of that of England and Wales,
  shown as the figure shows them; in an alternative text also those of the largest and the smallest force;
- in a reading also the middle of the forces and the ends of their middle half, whose rows name the measure in
  `part_of`, and the gap to England and Wales of the force's row, in its unit and in percent;
- of a line, quarters, a funnel, the groups of outcomes and the notes on chance: the rows that name them in `part_of`;
- in what stands for a drawing on a narrow screen: the value of each force that the same line names, and its size beside
  a funnel; of a line the points at the days named, where it begins and ends, and its highest point;
- where a force lies among all forces: the rank columns of its row;
- how many forces have a value of the measure, are in its figure, or share a reason;
- how many peers a set has, and how many of them are in its means;
- how many entries a folded list or table has, in the line that opens it, and how many groups of outcomes there are;
- when a force was inspected, as the register of judgments has it, where no figure is told;
- a number within a text that the data folder holds word for word, or in the name of a period, a unit or a measure;
- the mid-years of the populations that the releases of the points of the measure's line, or of the population that its
  earlier value divides by, name: "mid-2012".
"""

import csv
import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from report_texts import Said
from tracing import NUMBER, Row, gaps, sentences_of_data, shown, whole, without

from peel_analysis.comparison import peer_groups
from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import day_in_words, is_day
from peel_analysis.data.registers import JUDGMENTS
from peel_analysis.measures import Measure
from peel_analysis.measures.outcome_groups import VERSION
from peel_analysis.reports.values_file import EditionValues
from peel_analysis.sections.judgments import programme_id

WITHOUT_A_FIGURE = {"key": "what-stands-out", "p": "wording-policy"}  # by the kind of text
RULES = {"10%", "95%"}  # the size rule, and the level of the intervals of an order
ALL_FORCES = str(forces.NUMBER_OF_FORCES)
OF_ONE = 128  # answers of one report and a little more: what is cached holds all its rows
ANY_WINDOW = "12 months to"
MID_YEAR = re.compile(r"mid-\d{4}")
ENDS = ("alt", "reading")  # texts of a line or funnel that say values; its notes say what it is made of
DECIMALS = {"phi": 1, "by-chance": 1, "by-chance-where-forces-differ": 1, "limits": 1}  # by the end of a row's name
WHOLE = ("outside", "forces", "fewest-forces", "comparisons", "winsorised", "difference")


@dataclass(frozen=True, eq=False)
class Beside:
    """The values.csv beside a report and that of all forces as text; one is no other, so what it lets say is cached.

    The rows by measure and force, and the further rows by the figure that says them.
    """

    edition: Edition
    force_id: str
    rows: dict[str, dict[str, Row]]
    further: dict[str, list[Row]]


def read(every: EditionValues, force_id: str) -> Beside:
    rows: dict[str, dict[str, Row]] = defaultdict(dict)
    further: dict[str, list[Row]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(every.text(force_id) + every.of_all_forces().partition("\n")[2])):
        if row["part_of"]:
            further[row["part_of"]].append(row)
        else:
            rows[row["measure"]][row["force_id"]] = row
    assert {len(by_force) for by_force in rows.values()} == {44}
    return Beside(every.edition, force_id, rows, further)


@cache
def measure_of(about: str) -> Measure | None:
    """Return the measure of a figure: "crime_per_1000-trend" and "crime_per_1000" are both of crime_per_1000."""
    base = "outcome_charged_pct" if about == "outcome-spread" else about.partition("-")[0]
    return next((measure for measure in open_data().measures if measure.id == base), None)


# What is no number of a sentence's own


def numbers(said: Said, beside: Beside) -> set[str]:
    """Return the numbers of a text outside of what it quotes and names."""
    measure = measure_of(said.about)
    line = beside.further.get(said.about, ())
    days = {day_in_words(date.fromisoformat(row["period_end"])) for row in line}
    of_people = (
        (*beside.further.get(f"{measure.id}-trend", ()), *earlier_populations(beside, measure)) if measure else ()
    )
    days |= {year for row in of_people for year in MID_YEAR.findall(row["release"])}
    quotations = (*quoted(beside, said.about), *open_data().policy.sentences(), *sentences_of_data())
    parts = (*quotations, *names(beside.edition.id, beside.force_id))
    inspected = () if said.about else years(beside.edition.id, beside.force_id)
    return set(NUMBER.findall(without(said.text, (*parts, *days, *inspected))))


@lru_cache(OF_ONE)
def quoted(beside: Beside, about: str) -> tuple[str, ...]:
    """Return the reasons that the rows of a figure's measure give, the longest first."""
    measure = measure_of(about)
    rows = beside.rows[measure.id].values() if measure else ()
    told = {text for row in rows for text in (*reasons(row), *(unnamed(row, reason) for reason in reasons(row)))}
    return tuple(sorted(told, key=len, reverse=True))


def earlier_populations(beside: Beside, measure: Measure) -> list[Row]:
    """Return the row of the population that a measure's earlier values divide by, if there is one."""
    return [row for row in beside.further[measure.id] if row["measure"] == f"{measure.id}-earlier-population"]


def reasons(row: Row) -> list[str]:
    return [row[name] for name in ("note", "comparator_note", "same_release_note") if row[name]]


def unnamed(row: Row, reason: str) -> str:
    """Return a reason as it stands for several forces, without the name of any."""
    named = (
        "England and Wales"
        if row["force_id"] == ENGLAND_AND_WALES
        else open_data().forces.find(row["force_id"]).official_name
    )
    told = reason.replace(named, "each force")
    return told[:1].upper() + told[1:]


@cache
def names(edition_id: str, force_id: str) -> tuple[str, ...]:
    """Return the names that hold numbers: of the edition, periods, measures and units, the policy and sets of peers."""
    edition = open_data().edition(edition_id)
    told = {window.words for window in edition.windows.values()}
    told |= {
        text for one in open_data().measures for text in (one.title, one.tile, one.unit, one.unit.split(" ", 1)[-1])
    }
    told |= {edition.title, open_data().policy.label, ANY_WINDOW, f"version {VERSION}"}
    told |= {told_as_at(group.as_at) for group in peer_groups(edition, force_id)}
    told |= {one.unit.removesuffix("population") for one in open_data().measures}
    return tuple(sorted((one for one in told if NUMBER.search(one)), key=len, reverse=True))


def told_as_at(text: str) -> str:
    return day_in_words(date.fromisoformat(text)) if is_day(text) else text


@cache
def years(edition_id: str, force_id: str) -> tuple[str, ...]:
    """Return when the force was last inspected, as the register has it, and the edition's own programme."""
    edition = open_data().edition(edition_id)
    rows = edition.register(JUDGMENTS)
    told = {*rows.loc[rows["force_id"] == force_id, "last_inspected"], programme_id(edition)}
    return tuple(sorted(filter(None, told), key=len, reverse=True))


# What is found


def allowed(said: Said, beside: Beside) -> set[str]:
    """Return the numbers that a text may say, by what it is about and which kind of text it is."""
    if said.about == "spine":
        return of_spine(beside)
    return of_narrow(said, beside) if said.kind == "narrow" else of_its_own(said, beside)


def of_narrow(said: Said, beside: Beside) -> set[str]:
    """Return the numbers that a line of what stands for a drawing may say: of the forces or of the days that it names.

    The years are those of the ends of a line over time, and without a day it says how high the line goes.
    """
    measure, further = measure_of(said.about), beside.further.get(said.about, [])
    ends = {row["period_end"][:4] for row in further} if "ends" in (said.element.get("class") or ()) else set()
    if measure is None or said.about.endswith("-quarters") or said.about == "outcome-spread":
        return of_its_own(said, beside) | ends
    if said.about.endswith("-trend"):
        highest = sorted((row for row in further if row["value"]), key=lambda row: float(row["value"]))[-1:]
        return points(measure, further, said) | values(measure, highest, "value") | ends
    rows = beside.rows[measure.id]
    named = [row for force_id, row in rows.items() if open_data().forces.name(force_id) in said.text]
    middle = [row for row in further if row["measure"] == f"{measure.id}-funnel-middle"]
    sizes = {form for row in named if middle for form in whole(row["denominator"])}
    return values(measure, [*named, *middle], "value") | sizes | counts(beside, measure)


def of_its_own(said: Said, beside: Beside) -> set[str]:
    """Return the numbers that a text about one figure, a list or a table of it may say."""
    measure = measure_of(said.about)
    further = beside.further.get(said.about or WITHOUT_A_FIGURE.get(said.kind, ""), [])
    people = earlier_populations(beside, measure) if measure else []
    of_figure = {form for row in further if row not in people for form in forms(row, measure)}
    if said.kind == "summary":
        return entries(said)
    if measure is None or said.about.endswith("-quarters"):
        return of_figure
    rows = beside.rows[measure.id]
    two = [rows[beside.force_id], rows[ENGLAND_AND_WALES]]
    if said.about.endswith("-trend"):
        return (
            points(measure, further, said) if said.kind in ENDS else {row["members"] for row in further} | {ALL_FORCES}
        )
    if said.about.endswith("-funnel"):
        middle = [row for row in further if row["measure"] == f"{said.about}-middle"]
        return values(measure, [*two, *middle], "value") if said.kind in ENDS else of_figure
    if said.about.endswith("-peers"):
        sets = [row for row in further if row["measure"].endswith("-peers")]
        return {f"{Decimal(row['value']):.0f}" for row in sets} | {row["members"] for row in sets}
    if said.about == "outcome-spread":
        return of_figure | {groups(further)} | {two[0]["members"], ALL_FORCES}
    if said.kind == "alt":
        return values(measure, [*two, *extremes(rows)], "value") | counts(beside, measure)
    if said.kind == "place":
        return {two[0][name] for name in ("rank_first", "rank_last", "ranked")}
    if said.kind == "footnotes":
        smallest = {f"{open_data().policy.gap_for(measure.decimals)}"} | RULES if measure.kind == "change" else set()
        return smallest | counts(beside, measure)
    of_mix = values(measure, two[:1], "standardised_value", "standardised_lower_95", "standardised_upper_95")
    of_reading = of_figure | of_mix | gaps(two[0]) if said.kind != "tile" else set()
    return values(measure, two, "value", "comparator_value", "same_release_value") | of_reading


def of_spine(beside: Beside) -> set[str]:
    """Return each measure's value of the force and of England and Wales, its gap, and how many measures there are."""
    told = {str(number) for number in range(len(beside.rows) + 1)}
    for measure in open_data().measures:
        rows = beside.rows[measure.id]
        told |= values(measure, [rows[beside.force_id], rows[ENGLAND_AND_WALES]], "value")
        told |= gaps(rows[beside.force_id])
    return told


def values(measure: Measure, rows: list[Row], *names: str) -> set[str]:
    """Return the shown forms of these columns of these rows; of cases the two counts as well."""
    told = {form for row in rows for name in names for form in shown(measure, row[name])}
    if measure.kind != "cases":
        return told
    return told | {form for row in rows for name in ("numerator", "denominator") for form in whole(row[name])}


def extremes(rows: dict[str, Row]) -> list[Row]:
    """Return the rows of the largest and of the smallest value in the figure."""
    drawn = [row for row in rows.values() if row["force_id"] != ENGLAND_AND_WALES and is_drawn(row)]
    ordered = sorted(drawn, key=lambda row: float(row["value"]))
    return ordered[:1] + ordered[-1:]


def is_drawn(row: Row) -> bool:
    return row["in_figure"] == "True" and row["value"] != ""


def points(measure: Measure, further: list[Row], said: Said) -> set[str]:
    """Return the shown forms of the points of each line at the days that the text names."""
    named = [row for row in further if day_in_words(date.fromisoformat(row["period_end"])) in said.text]
    return values(measure, named, "value")


def forms(row: Row, measure: Measure | None) -> set[str]:
    """Return the forms in which a sentence may show a further row that is not the point of a line."""
    name = row["measure"].removeprefix(row["part_of"]).removeprefix("-")
    sign = "%" if row["unit"] == "percent" else ""
    told = whole(row["numerator"].removeprefix("-")) | whole(row["denominator"])
    if name == "tau-squared":
        return {f"{float(row['value']):.3g}"}
    if name in DECIMALS or name in WHOLE or row["unit"] in ("verdicts", "quarters"):
        size = Decimal(row["value"]).quantize(Decimal(1).scaleb(-DECIMALS.get(name, 0)), ROUND_HALF_UP)
        return {f"{abs(size):,}{sign}"}
    return told | shown(measure, row["value"]) if measure else told


def groups(further: list[Row]) -> str:
    """Return how many groups of outcomes there are."""
    parts = [row["measure"].removeprefix("outcome-spread-") for row in further if row["force_id"] == ENGLAND_AND_WALES]
    return str(len({*parts} - {"all", "difference"}))


@lru_cache(OF_ONE)
def counts(beside: Beside, measure: Measure) -> frozenset[str]:
    """Return how many forces there are in all, in England and Wales, in a measure's figure, and for each reason."""
    rows = list(beside.rows[measure.id].values())
    of_forces = [row for row in rows if row["force_id"] != ENGLAND_AND_WALES]
    drawn = sum(is_drawn(row) for row in of_forces)
    sharing = [
        Counter(unnamed(row, row[name]) for row in of_forces)
        for name in ("note", "comparator_note", "same_release_note")
    ]
    told = {drawn, len(of_forces), *(number for shared in sharing for number in shared.values())}
    return frozenset({*map(str, told), rows[0]["members"], rows[0]["comparator_period_end"][:4]})


def entries(said: Said) -> set[str]:
    """Return how many entries stand under a line that opens them."""
    folded = said.element.parent
    assert folded is not None
    assert folded.name == "details"
    return {str(len(folded.select(entry))) for entry in ("li", "tbody tr")} | {ALL_FORCES}
