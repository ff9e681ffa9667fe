"""What a section notebook works with: the force, the edition, the judgment, the findings and the measures."""

from dataclasses import dataclass, field
from html import escape
from itertools import combinations

import pandas as pd

from peel_analysis import measures
from peel_analysis.comparison import NotComparableError, check_together
from peel_analysis.data import forces, registers
from peel_analysis.data.edition import Edition, open_edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.findings import cited, findings, has_findings
from peel_analysis.data.forces import Force
from peel_analysis.measures import Result
from peel_analysis.sections import blocks, crime_groups, outcome_spread, tiles
from peel_analysis.sections.catalogue import SectionPlan, catalogue, plan_of
from peel_analysis.sections.display import Html, Markdown, style
from peel_analysis.sections.funnels import funnel_block
from peel_analysis.sections.judgments import grade_box, inspection_line, judgment, judgments_table, programme
from peel_analysis.sections.lines import lines, read_apart
from peel_analysis.sections.over_time import trend_block
from peel_analysis.sections.peer_panel import peer_panel
from peel_analysis.sections.standing_out import standing_out
from peel_analysis.show.words import not_available


@dataclass
class Section:
    """A section of one force's report."""

    plan: SectionPlan
    force: Force
    edition: Edition
    figures: list[str] = field(default_factory=list)

    results: dict[str, Result] = field(default_factory=dict)

    def result(self, measure_id: str) -> Result:
        """Return a measure calculated for the edition: all forces and England and Wales."""
        if measure_id not in self.results:
            self.results[measure_id] = measures.calculate(measures.get(measure_id), self.edition)
        return self.results[measure_id]

    def opening(self) -> Html:
        """Show the judgment on the section's question, whether it was inspected, and whether findings are held."""
        lines = [style()]
        if self.plan.question:
            one = judgment(self.edition, self.force.id, self.plan.question)
            lines.append(grade_box("Judgment" if self.plan.graded else "Not graded", one))
            if line := inspection_line(self.edition, self.force.id, self.plan):
                lines.append(f'<p class="not-inspected">{escape(line)}</p>')
        if not has_findings(self.edition, self.force.id) and self.plan.question:
            lines.append(
                f'<p class="no-findings">No findings of inspectors are held for {escape(self.force.official_name)} in '
                f"this edition: the section gives only the numbers that there are.</p>"
            )
        return Html("\n".join(lines), f"{self.plan.title}: {self.force.name}, {self.edition.id}")

    def part(self, heading: str, *, always: bool = False) -> Markdown:
        """Show a sub-heading and what inspectors found under it.

        Without findings the sub-heading is left out, unless `always`: a part with figures keeps it.
        """
        text = findings(self.edition, self.force.id, self.plan.title, heading)
        return Markdown(f"## {heading}\n\n{text}".strip() if text or always else "")

    def text(self) -> Markdown:
        """Show the findings that stand before the section's first sub-heading."""
        return Markdown(findings(self.edition, self.force.id, self.plan.title))

    def figure(self, measure_id: str, *, always: bool = True) -> Html:
        """Show a measure by force: numbered caption, reading sentence, figure, footnotes, source and table.

        Unless `always`, a measure that the edition has no value of is left to its tile, which says why.
        """
        if not always and self.result(measure_id).rows["value"].isna().all():
            return Html("", f"figure: {measure_id}")
        number = self._number(measure_id)
        html = blocks.figure_block(self.result(measure_id), self.force.id, number)
        return Html(html, f"figure {number}: {measure_id}")

    def _number(self, figure_id: str) -> int:
        """Return a figure's number within the section; a cell that is run again keeps its number."""
        if figure_id not in self.figures:
            self.figures.append(figure_id)
        return self.figures.index(figure_id) + 1

    def trend(self, measure_id: str) -> Html:
        """Show a measure over time: the force and England and Wales, with breaks in recording marked."""
        about = f"trend: {measure_id}"
        if not_available(self.result(measure_id)):
            return Html("", about)  # the measure's own figure says why there is none
        try:
            html = trend_block(self.result(measure_id), self.force.id, self._number(f"{measure_id}-trend"))
        except InputError as refusal:
            return Html(f'<p class="refused">{escape(str(refusal))}</p>', about)
        return Html(html, about)

    def funnel(self, measure_id: str) -> Html:
        """Show a measure against the force's size, with the limits of chance; where that is refused, the reason."""
        if not_available(self.result(measure_id)):
            return Html("", f"funnel: {measure_id}")
        number = self._number(f"{measure_id}-funnel")
        return Html(funnel_block(self.result(measure_id), self.force.id, number), f"funnel: {measure_id}")

    def peers(self, measure_id: str) -> Html:
        """Show a measure for the force's peers, with their weighted and simple means."""
        if not_available(self.result(measure_id)):
            return Html("", f"peers: {measure_id}")
        return Html(peer_panel(self.result(measure_id), self.force.id), f"peers: {measure_id}")

    def standing_out(self) -> Html:
        """Show the few figures on which the force is found higher or lower than England and Wales."""
        results = [self.result(measure.id) for measure in measures.declared()]
        return Html(standing_out(results, self.force.id), "what stands out")

    def statement(self, measure_id: str) -> Html:
        """Show a measure in a sentence, with its table."""
        return Html(blocks.statement_block(self.result(measure_id), self.force.id), f"statement: {measure_id}")

    def outcome_spread(self) -> Html:
        """Show the full spread of outcomes as shares of recorded crime: the force and England and Wales."""
        number = self._number(outcome_spread.FIGURE_ID)
        html = outcome_spread.spread_block(self.edition, self.force.id, number)
        return Html(html, f"figure {number}: the spread of outcomes")

    def crime_by_group(self) -> Html:
        """Show recorded crime by offence group: the force's count and rate, England and Wales, and the change."""
        return Html(crime_groups.by_group(self.edition, self.force.id), "recorded crime by offence group")

    def judgments(self) -> Html:
        """Show every judgment with the year it was last inspected."""
        return Html(judgments_table(self.edition, self.force.id), "judgments")

    def tiles(self, title: str) -> Html:
        """Show one group of tiles of Force in numbers."""
        block = next(block for block in self.plan.blocks if block.title.rstrip("*") == title)
        results = [self.result(measure_id) for measure_id in block.measures]
        try:
            for first, second in combinations(results, 2):
                check_together(first.measure, second.measure, self.edition)
        except NotComparableError as refusal:
            return Html(tiles.refused(block, str(refusal)), f"tiles: {title}")
        return Html(tiles.panel(block, results, self.force.id), f"tiles: {title}")

    def tiles_introduction(self) -> Html:
        """Show how to read the panel of tiles."""
        return Html(style() + tiles.introduction(self.force.id), "how to read the panel")

    def inspected_questions(self) -> Html:
        """Show which questions were inspected in the edition and which keep an earlier grade."""
        plans = [plan for plan in catalogue() if plan.question]
        lines = [inspection_line(self.edition, self.force.id, plan) for plan in plans]
        items = "".join(
            f"<li>{escape(plan.name_of_question)}: {escape(line or f'inspected in {programme(self.edition)}.')}</li>"
            for plan, line in zip(plans, lines, strict=True)
        )
        return Html(f'<ul class="questions">{items}</ul>', "questions inspected")

    def numbers_in_brief(self) -> Html:
        """Show what the headline measures say of the force, each sentence with a link to its figure."""
        results = [self.result(measure_id) for measure_id in self.plan.headline_measures]
        items, apart = lines(results, self.force.id), read_apart(results, self.force.id)
        return Html(f'<ul class="numbers-in-brief">{items}</ul>{apart}', "what the numbers say")

    def areas_for_improvement(self) -> Html:
        """Show the areas for improvement and causes of concern on the section's question, or that none is recorded."""
        rows = self.edition.register(registers.AREAS_FOR_IMPROVEMENT)
        mine = rows[(rows["force_id"] == self.force.id) & (rows["question"] == self.plan.question)]
        if mine.empty:
            return Html(
                f'<p class="none-recorded">No area for improvement on this question is recorded for '
                f"{escape(self.force.official_name)} in this edition.</p>",
                "areas for improvement",
            )
        items = "".join(f"<li>{escape(_area(row))}</li>" for _, row in mine.iterrows())
        return Html(f'<ul class="areas-for-improvement">{items}</ul>', "areas for improvement")

    def closing(self) -> Html:
        """Show the areas for improvement under their heading, then the notes that the section's findings cite."""
        areas, notes = self.areas_for_improvement().html, self.notes().html
        return Html(f"<h2>Areas for improvement</h2>\n{areas}\n{notes}", "areas for improvement and notes")

    def notes(self) -> Html:
        """Show the notes that the section's findings cite."""
        rows = self.edition.register(registers.FOOTNOTES)
        numbers = cited(self.edition, self.force.id, self.plan.title)
        mine = rows[rows["number"].astype(int).isin(numbers)]
        items = "".join(
            f'<li value="{row["number"]}" id="note-{row["number"]}">{escape(row["sentence"])}</li>'
            for _, row in mine.iterrows()
        )
        return Html(f'<ol class="notes">{items}</ol>' if items else "", "notes")


def _area(row: pd.Series) -> str:
    kind, sentence, note = (row[name] for name in ("kind", "sentence", "note"))
    opening = "Cause of concern: " if kind == "cause_of_concern" else ""
    return f"{opening}{sentence} {note}".strip()


def open_section(section_id: str, force: str, edition: str) -> Section:
    """Return a section of a force's report. Raises InputError for an unknown section, force or edition."""
    return Section(plan_of(section_id), forces.find(force), open_edition(edition))
