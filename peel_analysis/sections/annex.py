"""Annex A - About the data, generated from the registers: what each number rests on, and who is left out of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan

from markupsafe import Markup

from peel_analysis import measures
from peel_analysis.comparison.sensitivity import by_group, other_verdicts, with_assumed_population
from peel_analysis.comparison.verdicts import compare, flags_in_words
from peel_analysis.data import registers
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.forces import Force
from peel_analysis.data.text import enumerated
from peel_analysis.data.writing import once
from peel_analysis.measures import Measure, Result
from peel_analysis.measures.exclusions import exclusions_of
from peel_analysis.sections.blocks import funnels_table
from peel_analysis.sections.display import Html, notice_line, styled
from peel_analysis.show.tables import Cell, Row, count_cell, html_table, text_row, value_cell
from peel_analysis.show.templates import piece
from peel_analysis.statistics.intervals import COUNTS_NOT_SAMPLES

DATA_RETURN = "HMICFRS_RETURN"
CHECKED_WITH_FORCES = (
    "Where HMICFRS collected data from forces directly, it agreed the design with them, queried figures that stood out "
    "or did not fit together, and asked each force to check its final figures."
)
LEFT_OUT = "Forces left out of a figure or marked in it"
MARKED_OTHERWISE = "Figures marked by a check, a note on a count or an assumed population"
NONE_MARKED = "No figure of this edition is marked by a check, a note on a count or an assumed population."
DEFINED = ("Counted", "Out of", "Window", "Unit")
EFFECT_WORDS = {
    "excluded_from_figure": "Not in the figure",
    "excluded_from_national": "Not in England and Wales",
    "partial": "Partial",
    "combined": "Combined",
    "estimated": "Estimated",
}
BOTH = ["excluded_from_figure", "excluded_from_national"]


@dataclass(frozen=True, repr=False)
class Annex:
    """Annex A of one force's report, or of none: it is the same for every force."""

    force: Force | None
    edition: Edition

    def __repr__(self) -> str:
        return f"<Annex A: {f'{self.force.name}, ' if self.force else ''}{self.edition.id}>"

    def _repr_html_(self) -> str:
        whose = f"{self.force.official_name}, " if self.force else ""
        return styled(piece("paragraphs", [*notice_line(self.edition), f"Annex A: {whose}{self.edition.title}"]))

    def sources(self) -> Html:
        """Show the sources that the edition lists: those of its measures, then what else the report rests on."""
        rows = self.edition.sources()
        returned = any(row["source_id"] == DATA_RETURN for row in rows)
        return Html(piece("sources", CHECKED_WITH_FORCES if returned else "", rows), "sources")

    def definitions(self) -> Html:
        """Show every measure's definition: what is counted, over what, in which window, from which release."""
        body = [definition(self.edition, measure) for measure in self.edition.data.measures if measure.kind != "survey"]
        table = html_table("Definitions of the measures", ("Measure", *DEFINED), body)
        said = piece("paragraphs", [self._standardised()])
        return Html(piece("folded", f"All {len(body)} measures", table) + said, "definitions")

    def _standardised(self) -> str:
        """Return how shares are standardised for the mix of offences, or that no table by group is held."""
        edition, says = self.edition, self.edition.data.policy.standardised
        asked = {(one.standardised_over, edition.window(one.window)) for one in edition.data.measures}
        lacking = [window.words for item, window in asked if item and by_group(edition, item, window) is None]
        return says.without.format(window=lacking[0]) if lacking else says.sentence

    def populations(self) -> Html:
        """Show the denominators: the estimates in use, the force whose population is replaced, England and Wales."""
        return self._once("populations", self._populations)

    def _populations(self) -> Markup:
        rows, body = self.edition.populations, []
        for force in self.edition.forces:
            count, note = rows["population"][force.id], rows["sentence"][force.id]
            body.append(Row(force.name, (count_cell(float(count)), Cell(str(note)))))
        own = rows["sentence"][rows["sentence"] != ""]
        settings = self.edition.settings.population
        also = [one.sentence for one in (settings.national, settings.earlier) if one is not None]
        said = piece("paragraphs", [f"Rates per head use {settings.sentence}.", *own, *also])
        table = html_table("Populations used as denominators", ("Force", "Population", "Note"), body)
        both = self._with_the_assumed_population() if settings.national else Markup()
        return said + both + piece("folded", "The population of each force", table)

    def _with_the_assumed_population(self) -> Markup:
        """Return a table of the rates of England and Wales by residents and with the assumed population."""
        rows = []
        for result in measures.calculate_all(self.edition):
            if not result.is_per_head or isnan(result.national.denominator):
                continue
            other = with_assumed_population(result)
            both = (value_cell(result, one.national.value) for one in (result, other))
            rows.append(Row(result.measure.title, (*both, Cell(_forces_that_differ(result, other)))))
        columns = (
            "Measure",
            "Residents, each counted once",
            "With the assumed population",
            "Forces whose verdict would differ",
        )
        return html_table("England and Wales by either population", columns, rows) if rows else Markup()

    def exclusions(self) -> Html:
        """Show who is left out or marked: the register of exclusions by force, then the marks that it has not."""
        return self._once("exclusions", self._exclusions)

    def _exclusions(self) -> Markup:
        none = piece("paragraphs", ["No force is left out of a figure of this edition by a recorded exclusion."])
        table = exclusions_table(self.edition, list(self.edition.data.measures))
        return Markup("\n").join((table or none, marks_table(measures.calculate_all(self.edition))))

    def caveats(self) -> Html:
        """Show every caveat of the edition with the measures that it travels with."""
        named = ("all", *self.edition.forces.ids)
        shown = [row["sentence"] for row in self.edition.records(registers.CAVEATS) if row["force_id"] in named]
        return Html(piece("bullets", "caveats", shown), "caveats")

    def surveys(self) -> Html:
        """Show the surveys and the file review: who was asked, when, how many, and how the results may be used."""
        said: dict[str, list[str]] = {}
        for row in self.edition.records(registers.SURVEYS):
            said.setdefault(row["title"], []).append(row["sentence"])
        groups = [(title, " ".join(sentences)) for title, sentences in said.items()]
        none = piece("paragraphs", ["No survey and no review of case files is held for this edition."])
        return Html(piece("surveys", groups) if groups else none, "surveys and the file review")

    def wording_policy(self) -> Html:
        """Show the rule behind higher, lower and similar, and the flags found beside those to expect of chance."""
        return self._once("wording policy", self._wording_policy)

    def _wording_policy(self) -> Markup:
        policy, results = self.edition.data.policy, measures.calculate_all(self.edition)
        said = f"In this edition: {' '.join(flags_in_words(results))} {COUNTS_NOT_SAMPLES}"
        return piece("policy", policy.label, list(policy.sentences()), said, funnels_table(results))

    def notes_and_terms(self) -> Html:
        """Show what each mark means, the notes of the published report by number, and the terms it uses."""
        rows = [
            text_row(row["status"].replace("_", " "), row["mark"] or "none", row["meaning"])
            for row in self.edition.data.records(registers.STATUSES)
        ]
        parts = [html_table("Marks in tables and in values.csv", ("Status", "Mark", "Meaning"), rows)]
        if notes := self.edition.records(registers.FOOTNOTES):
            title = "Notes of the published report, by their numbers"
            parts.append(piece("folded", title, piece("published_notes", notes)))
        terms = self.edition.data.records(registers.GLOSSARY)
        parts.append(piece("folded", "Terms and abbreviations", piece("terms", terms)))
        return Html(Markup("\n").join(parts), "marks, notes and terms")

    def _once(self, part: str, make: Callable[[], Markup]) -> Html:
        """Show a part that every measure must be calculated for, and that is the same in every force's annex."""
        return Html(Markup(once("annex", (part, self.edition.key), lambda: make().encode()).decode()), part)


def _forces_that_differ(result: Result, other: Result) -> str:
    """Return the forces whose verdict another value of England and Wales would change, or why none has a verdict."""
    if result.measure.is_context:
        return compare(result).policy.no_verdict["context"]
    return result.edition.forces.in_words(other_verdicts(result, other)) or "No force"


def definition(edition: Edition, measure: Measure) -> Row:
    """Return a measure's definition, under DEFINED."""
    top, below = measure.numerator.words, measure.denominator.words
    if measure.kind == "change":
        below = f"{top} in the {edition.window(measure.earlier).words}"
    without = [edition.lacks.get(item) for item in measure.items if item not in edition.releases]
    held = all(lack is None or lack.status != "not_available" for lack in without)  # that holds for all forces
    window = edition.window(measure.window).words if held else "Not available in this edition"
    return text_row(measure.title, top, below, window, measure.unit)


def exclusions_table(edition: Edition, of_measures: Sequence[Measure]) -> Markup:
    """Return a table of the forces that the register leaves out of measures or marks in them; nothing for none.

    A row is what holds of a force for one reason: its years, and the measures where several are asked about.
    """
    titles = {measure.id: measure.title for measure in of_measures}
    register, found = edition.register(registers.EXCLUSIONS), defaultdict(list)
    about = register[register["measure_id"].isin(titles)]
    for (measure_id, force_id, year, reason), group in about.groupby(
        ["measure_id", "force_id", "period_year", "reason"], sort=False
    ):
        effects = sorted(set(group["effect"]))
        effect = "Not in either" if effects == BOTH else "; ".join(EFFECT_WORDS[one] for one in effects)
        basis = " and ".join(dict.fromkeys(group["basis"]))
        found[str(force_id), effect, str(reason), basis].append((str(year), titles[str(measure_id)]))
    rows = []
    for (force_id, *told), figures in sorted(found.items(), key=lambda one: one[0][0]):
        years = enumerated(sorted({year for year, _ in figures}, reverse=True))
        which = ["; ".join(dict.fromkeys(title for _, title in figures))] if len(titles) > 1 else []
        rows.append(text_row(edition.forces.name(force_id), years, *which, *told))
    columns = ("Force", "Year", *(["Measures"] if len(titles) > 1 else []), "Effect", "Reason", "Basis")
    caption = LEFT_OUT if len(titles) > 1 else f"{of_measures[0].title}: forces left out or marked"
    return html_table(caption, columns, rows) if rows else Markup()


def open_annex(force: str, edition: str, data: Data | None = None) -> Annex:
    """Return Annex A for a force. Raises InputError for an unknown force or edition."""
    data = data or open_data()
    return Annex(data.forces.find(force), data.edition(edition))


def marks_table(results: Iterable[Result]) -> Markup:
    """Return a table of the marked figures: a force and reason a row, with the years, the mark and the measures."""
    found: dict[tuple[str, str, str, str], list[tuple[int, str]]] = defaultdict(list)
    for result in results:
        data = result.edition.data
        for year, force_id, status, reason in _marked(result):
            sign = f"{data.statuses.mark(status)} {data.statuses.words(status)}"
            found[force_id, data.forces.name(force_id), sign, reason].append((year, result.measure.title))
    rows = []
    for (_, name, sign, reason), figures in sorted(found.items(), key=lambda one: (one[0][0], -max(one[1])[0])):
        years = " and ".join(str(year) for year in sorted({year for year, _ in figures}, reverse=True))
        titles = "; ".join(dict.fromkeys(title for _, title in figures))
        rows.append(text_row(name, years, sign, titles, reason))
    columns = ("Force", "Year", "Mark", "Measures", "Reason")
    return html_table(MARKED_OTHERWISE, columns, rows) if rows else piece("paragraphs", [NONE_MARKED])


def _marked(result: Result) -> Iterator[tuple[int, str, str, str]]:
    """Yield year, force, status and reason of each marked figure, now and earlier, whose mark is not registered."""
    for side, window in (("", result.window), ("comparator_", result.comparator_window)):
        if window is None:
            continue
        registered = exclusions_of(result.measure, result.edition, window.end.year).rows
        given = set(zip(registered["force_id"], registered["effect"], strict=True))
        shown = result.forces[result.forces[f"{side}value"].notna()]
        for force_id, row in shown.iterrows():
            status = str(row[f"{side}status"])
            if result.edition.data.statuses.mark(status) and (force_id, status) not in given:
                yield window.end.year, str(force_id), status, str(row[f"{side}note"])
