"""Annex A - About the data, generated from the registers: what each number rests on, and who is left out of it."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import pandas as pd

from peel_analysis import measures
from peel_analysis.comparison import chance
from peel_analysis.data import cache as kept
from peel_analysis.data import forces, registers
from peel_analysis.data.edition import Edition, open_edition
from peel_analysis.data.forces import Force
from peel_analysis.data.text import whole
from peel_analysis.measures import Measure
from peel_analysis.sections.display import Html, folded, style
from peel_analysis.sections.funnels import funnels_table
from peel_analysis.sections.marked import marks_table
from peel_analysis.show.tables import Cell, Row, html_table
from peel_analysis.statistics import COUNTS_NOT_SAMPLES, read_policy

DATA_RETURN = "HMICFRS_RETURN"
CHECKED_WITH_FORCES = (
    "Where HMICFRS collected data from forces directly, it agreed the design with them, queried figures that stood out "
    "or did not fit together, and asked each force to check its final figures."
)
ALSO_PRINTED = (
    "A caution that is about certain figures is also printed under them; one that is about a single force, in that "
    "force's report only. Those about the whole report, and about surveys, are printed here alone."
)
EFFECT_WORDS = {
    "excluded_from_figure": "Not in the figure",
    "excluded_from_national": "Not in England and Wales",
    "partial": "Partial",
    "combined": "Combined",
    "estimated": "Estimated",
}


@dataclass(frozen=True)
class Annex:
    """Annex A of one force's report. It is the same for every force, but for its caveats."""

    force: Force
    edition: Edition

    def opening(self) -> Html:
        """Show the style sheet that the annex's tables need."""
        return Html(style(), "Annex A")

    def sources(self) -> Html:
        """Show the sources that the edition lists: those of its measures, then what else the report rests on."""
        rows = self.edition.sources()
        items = "".join(f'<li id="source-{row["source_id"]}">{_source(row)}</li>' for row in rows)
        returned = any(row["source_id"] == DATA_RETURN for row in rows)
        opening = f"<p>{CHECKED_WITH_FORCES}</p>" if returned else ""
        return Html(f'{opening}<ul class="sources">{items}</ul>', "sources")

    def definitions(self) -> Html:
        """Show every measure's definition: what is counted, over what, in which window, from which release."""
        body = [self._definition(measure) for measure in measures.declared() if measure.kind != "survey"]
        table = html_table("Definitions of the measures", ("Measure", "Counted", "Out of", "Window", "Unit"), body)
        return Html(folded(f"All {len(body)} measures", table), "definitions")

    def _definition(self, measure: Measure) -> Row:
        top = ", ".join(_item_words(item) for item in measure.numerator.items)
        if measure.numerator.dimensions:
            types = "type" if len(measure.numerator.dimensions) == 1 else "types"
            top += f" ({types} {', '.join(measure.numerator.dimensions)})"
        below = ", ".join(_item_words(item) for item in measure.denominator.items)
        if measure.kind == "change":
            below = f"{top} in the {self.edition.window(measure.earlier).words}"
        held = not any(_is_lacking(item, self.edition) for item in measure.items)
        window = self.edition.window(measure.window).words if held else "Not available in this edition"
        return Row(measure.title, (Cell(top), Cell(below), Cell(window), Cell(measure.unit)))

    def populations(self) -> Html:
        """Show the denominators: the estimates in use, and the force whose population is replaced."""
        rows = self.edition.populations
        populations = rows["population"].to_dict()
        body = [
            Row(
                force.name,
                (Cell(whole(float(populations[force.id])), is_number=True), Cell(str(rows.at[force.id, "sentence"]))),
            )
            for force in forces.all_forces()
        ]
        sentences = [
            f"Rates per head use {self.edition.population_sentence}.",
            *rows["sentence"][rows["sentence"] != ""],
        ]
        text = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
        table = html_table("Populations used as denominators", ("Force", "Population", "Note"), body)
        return Html(text + folded("The population of each force", table), "populations")

    def exclusions(self) -> Html:
        """Show who is left out or marked: the register of exclusions by measure, then the marks that it has not."""
        return Html(self._once("exclusions", self._exclusions), "exclusions")

    def _exclusions(self) -> str:
        rows = self.edition.register(registers.EXCLUSIONS)
        titles = {measure.id: measure.title for measure in measures.declared()}
        tables_by_measure = [
            _exclusion_table(titles[str(measure_id)], group)
            for measure_id, group in rows.groupby("measure_id", sort=False)
        ]
        none = "<p>No force is left out of a figure of this edition by a recorded exclusion.</p>"
        return "\n".join((*(tables_by_measure or [none]), marks_table(self.edition)))

    def caveats(self) -> Html:
        """Show every caveat of the edition with the measures that it travels with."""
        rows = self.edition.register(registers.CAVEATS)
        shown = rows[rows["force_id"].isin(("all", *forces.ids()))]
        items = "".join(f"<li>{escape(row['sentence'])}</li>" for _, row in shown.iterrows())
        return Html(f'<h2>Cautions</h2>\n<p>{ALSO_PRINTED}</p><ul class="caveats">{items}</ul>', "caveats")

    def surveys(self) -> Html:
        """Show the surveys and the file review: who was asked, when, how many, and how the results may be used."""
        rows = self.edition.register(registers.SURVEYS)
        blocks = [
            f"<h3>{escape(str(title))}</h3><p>{escape(' '.join(group['sentence']))}</p>"
            for title, group in rows.groupby("title", sort=False)
        ]
        none = "<p>No survey and no review of case files is held for this edition.</p>"
        return Html("\n".join(blocks) or none, "surveys and the file review")

    def wording_policy(self) -> Html:
        """Show the rule behind higher, lower and similar, and how many flags chance alone would give."""
        return Html(self._once("wording policy", self._wording_policy), "wording policy")

    def _wording_policy(self) -> str:
        policy = read_policy()
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in policy.sentences())
        results = [measures.calculate(measure, self.edition) for measure in measures.declared()]
        expected = chance.among(results)
        chance_alone = f"In this edition: {escape(expected.sentence())} " if expected else ""
        return (
            f"<p>The policy is named {escape(policy.label)}. Every force and every measure gets the same tests.</p>"
            f'<ul class="policy">{items}</ul><p>{chance_alone}{escape(COUNTS_NOT_SAMPLES)}</p>'
            f"\n{funnels_table(results)}"
        )

    def notes_and_terms(self) -> Html:
        """Show what each mark means, the notes of the published report by number, and the terms it uses."""
        return Html("\n".join((_marks(), _notes(self.edition), _glossary())), "marks, notes and terms")

    def _once(self, part: str, make: Callable[[], str]) -> str:
        """Return a part that every measure must be calculated for, and that is the same in every force's annex."""
        asked = (part, self.edition.key)
        return kept.once("annex", asked, lambda: make().encode()).decode()


def _source(row: dict[str, str]) -> str:
    address = f' <span class="address">{escape(row["url"])}</span>' if row["url"] else ""
    return f"<strong>{escape(row['publisher'])}</strong>, {escape(row['title'])}. {escape(row['sentence'])}{address}"


def _is_lacking(item: str, edition: Edition) -> bool:
    """Return whether the edition has no table of an item, by a reason that holds for all forces."""
    lack = edition.lacks.get(item)
    return item not in edition.releases and lack is not None and lack.status == "not_available"


def _item_words(item: str) -> str:
    return item.removesuffix("_long").removesuffix("_recorded").replace("_", " ")


def _exclusion_table(title: str, rows: pd.DataFrame) -> str:
    """Return one measure's exclusions, a force and a reason a row, its effects together."""
    grouped = rows.groupby(["force_id", "period_year", "reason"], sort=False)
    body = [_exclusion_row(str(force_id), str(year), str(reason), group) for (force_id, year, reason), group in grouped]
    return html_table(f"{title}: forces left out or marked", ("Force", "Year", "Effect", "Reason", "Basis"), body)


def _exclusion_row(force_id: str, year: str, reason: str, group: pd.DataFrame) -> Row:
    effects = "; ".join(EFFECT_WORDS[effect] for effect in dict.fromkeys(group["effect"]))
    basis = " and ".join(dict.fromkeys(group["basis"]))
    return Row(forces.display_name(force_id), (Cell(year), Cell(effects), Cell(reason), Cell(basis)))


def _marks() -> str:
    rows = registers.read_register(registers.STATUSES)
    body = [
        Row(row["status"].replace("_", " "), (Cell(row["mark"] or "none"), Cell(row["meaning"])))
        for _, row in rows.iterrows()
    ]
    table = html_table("Marks in tables and in values.csv", ("Status", "Mark", "Meaning"), body)
    return f"<h2>Marks, notes and terms</h2>\n{table}"


def _notes(edition: Edition) -> str:
    rows = edition.register(registers.FOOTNOTES)
    items = "".join(
        f'<li value="{row["number"]}"><strong>{escape(row["subject"])}.</strong> {escape(row["sentence"])}</li>'
        for _, row in rows.iterrows()
    )
    return folded("Notes of the published report, by their numbers", f"<ol>{items}</ol>") if items else ""


def _glossary() -> str:
    rows = registers.read_register(registers.GLOSSARY)
    items = "".join(f"<dt>{escape(row['term'])}</dt><dd>{escape(row['meaning'])}</dd>" for _, row in rows.iterrows())
    return folded("Terms and abbreviations", f"<dl>{items}</dl>")


def open_annex(force: str, edition: str) -> Annex:
    """Return Annex A for a force. Raises InputError for an unknown force or edition."""
    return Annex(forces.find(force), open_edition(edition))
