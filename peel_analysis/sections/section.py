"""What a section notebook works with: the force, the edition, the judgment, the findings and the measures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from markupsafe import Markup

from peel_analysis import measures
from peel_analysis.data import reads, registers
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.forces import Force
from peel_analysis.data.programmes import UNGRADED
from peel_analysis.data.settings import OUTCOME_SPREAD, SectionPlan
from peel_analysis.data.text import slug
from peel_analysis.measures.outcome_groups import spread_of
from peel_analysis.sections import blocks, judgments, lists, outcomes, spine
from peel_analysis.sections.display import Findings, Html, notice_line, styled
from peel_analysis.sections.numbers import figure_numbers
from peel_analysis.sections.result import Result, in_hand
from peel_analysis.show.templates import piece
from peel_analysis.show.words import not_available


@dataclass(repr=False)
class Section:
    """A section of one force's report. Each method shows one part of it; a figure is drawn from a measure or its id."""

    plan: SectionPlan
    force: Force
    edition: Edition
    results: dict[str, measures.Result] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.has_own_results = bool(self.results)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The numbers that figures have in the force's report, by their ids; what it does not draw has none."""
        return figure_numbers(self.edition, self.force.id, self.plan.id)

    def __repr__(self) -> str:
        return f"<{self.plan.title}: {self.force.name}, {self.edition.id}>"

    def _repr_html_(self) -> str:
        """Return the section's name, with the style sheet for a notebook that is read in JupyterLab."""
        named = f"{self.plan.title}: {self.force.official_name}, {self.edition.title}"
        return styled(piece("paragraphs", [*notice_line(self.edition), named]))

    def measure(self, measure: str | Result) -> Result:
        """Return a measure of the edition, to look at and to draw; one that is in hand already is itself.

        Raises InputError, with close matches, when there is none of that id, and for a user's own: no report has those.
        """
        if isinstance(measure, Result):
            if measure.is_own:
                declare = "declare it in data/measures.toml for a report to have it"
                raise InputError(f"{measure.measure.id} is an own measure; {declare}")
            return measure
        held = self.results.get(measure) or measures.calculate(self.edition.data.measure(measure), self.edition)
        self.results[measure] = shown = in_hand(held)
        return shown

    def _every_measure(self) -> list[Result]:
        """Return all measures of the edition, asked for in one: that is a short name in what a notebook has read."""
        for one in measures.calculate_all(self.edition):
            self.results.setdefault(one.measure.id, in_hand(one))
        return [self.measure(one.id) for one in self.edition.data.measures]

    def _told_by_itself(self, part: str, *words: str) -> Html:
        """Show a part that rests on much and shows little of it: a notebook has read what it shows, not the rest."""
        if self.has_own_results or self.plan != self.edition.section(self.plan.id):
            shown: Html = getattr(self, f"_{part}")(*words)
            return shown
        return _shown(self.edition, self.force.id, self.plan.id, part, *words)

    def opening(self) -> Html:
        """Show the judgment on the section's question, and whether it was inspected."""
        about = f"{self.plan.title}: {self.force.name}, {self.edition.id}"
        if not self.plan.question:
            return Html(Markup(), about)
        given = judgments.judgment(self.edition, self.force.id, self.plan.question)
        box = judgments.grade_box("Not graded" if given.grade == UNGRADED else "Judgment", given)
        line = judgments.inspection_line(self.edition, self.force.id, self.plan.question)
        return Html(piece("opening", box, line), about)

    def part(self, heading: str, *, always: bool = False) -> Findings:
        """Show a sub-heading and what inspectors found under it; without findings neither, unless `always`."""
        text = self.edition.findings(self.force.id).get((self.plan.title, heading), "")
        return Findings(heading if text or always else "", text)

    def text(self) -> Findings:
        """Show the findings that stand before the section's first sub-heading."""
        return Findings("", self.edition.findings(self.force.id).get((self.plan.title, ""), ""))

    def figure(self, measure: str | Result, *, always: bool = True) -> Html:
        """Show a measure by force: numbered caption, reading sentence, figure, footnotes, source and table.

        Unless `always`, a measure that the edition has no value of is left to its tile, which says why.
        """
        result = self.measure(measure)
        if not always and not result.has_values:
            return Html(Markup(), f"figure: {result.measure.id}")
        return blocks.figure_block(result, self.force.id, self.numbers.get(result.measure.id))

    def trend(self, measure: str | Result) -> Html:
        """Show a measure over time: the force and England and Wales, with breaks in recording marked."""
        return self._if_available("trend", measure, blocks.trend_block)

    def quarters(self, measure: str | Result) -> Html:
        """Show a measure by quarter with the season taken out and the signals marked, or why none are looked for."""
        return self._if_available("quarters", measure, blocks.quarters_block)

    def funnel(self, measure: str | Result) -> Html:
        """Show a measure against the force's size, with the limits of chance; where that is refused, the reason."""
        return self._if_available("funnel", measure, blocks.funnel_block)

    def peers(self, measure: str | Result) -> Html:
        """Show a measure for the force's peers, with their weighted and simple means."""
        result = self.measure(measure)
        if not_available(result):
            return Html(Markup(), f"peers: {result.measure.id}")
        return blocks.peer_panel(result, self.force.id)

    def _if_available(self, kind: str, measure: str | Result, draw: Callable[..., Html]) -> Html:
        """Show a measure in one more way; of one that is not available its own figure says why, and this nothing."""
        result = self.measure(measure)
        about = f"{kind}: {result.measure.id}"
        if not_available(result):
            return Html(Markup(), about)
        try:
            return draw(result, self.force.id, self.numbers.get(f"{result.measure.id}-{kind}"))
        except InputError as refusal:
            return Html(piece("paragraph", "refused", str(refusal)), about)

    def statement(self, measure: str | Result) -> Html:
        """Show a measure in a sentence, with its table."""
        return blocks.statement_block(self.measure(measure), self.force.id)

    def outcome_spread(self) -> Html:
        """Show the full spread of outcomes as shares of recorded crime: the force and England and Wales."""
        spread = spread_of(self.edition, self.force.id)
        return outcomes.spread_block(spread, self.numbers.get(OUTCOME_SPREAD))

    def crime_by_group(self) -> Html:
        """Show recorded crime by offence group: the force's count and rate, England and Wales, and the change."""
        return lists.by_group(self.edition, self.force.id)

    def standing_out(self) -> Html:
        """Show the few figures on which the force is found higher or lower than England and Wales."""
        return lists.standing_out(self._every_measure(), self.force.id)

    def spine(self) -> Html:
        """Show all figures that enough forces have in one look: the force among the forces, a row a figure."""
        results = self._every_measure()
        return spine.spine_block(results, self.force.id)

    def numbers_in_brief(self) -> Html:
        """Show what the headline measures say of the force, each sentence with a link to its figure."""
        results = [self.measure(measure_id) for measure_id in self.plan.headline_measures]
        return lists.readings("numbers-in-brief", results, self.force.id, "what the numbers say")

    def grades(self) -> Html:
        """Show the grades in brief, each with the year it was last inspected."""
        return Html(judgments.grades_in_brief(self.edition, self.force.id), "grades")

    def most_standing_out(self) -> Html:
        """Show the three figures on which the force is the most clearly found higher or lower: value, gap, position."""
        return self._told_by_itself("most_standing_out")

    def _most_standing_out(self) -> Html:
        return lists.most_standing_out(self._every_measure(), self.force.id)

    def headline_tiles(self) -> Html:
        """Show the tiles of the headline measures that the force has a value of, at most six."""
        return self._told_by_itself("headline_tiles")

    def _headline_tiles(self) -> Html:
        return lists.headline_tiles([self.measure(one) for one in self.plan.headline_measures], self.force.id)

    def peers_named(self) -> Html:
        """Show who the force's peers are, a line a set."""
        return lists.peers_named(self.edition, self.force.id)

    def without_findings(self) -> Html:
        """Show in one line of which sections no findings of inspectors are held; nothing where all have some."""
        return lists.without_findings(self.edition, self.force)

    def tiles(self, title: str) -> Html:
        """Show one group of tiles of Force in numbers. Raises InputError, with the list, when there is none."""
        titles = [block.title.rstrip("*") for block in self.plan.blocks]
        if title not in titles:
            raise InputError(f"No group of tiles '{title}'; the groups are {', '.join(titles)}")
        return self._told_by_itself("tiles", str(titles.index(title)))

    def _tiles(self, number: str) -> Html:
        block = self.plan.blocks[int(number)]
        return lists.panel(block, [self.measure(measure_id) for measure_id in block.measures], self.force.id)

    def tiles_introduction(self) -> Html:
        """Show how to read the panel of tiles."""
        return lists.introduction(self.force)

    def about_grades(self) -> Html:
        """Show how the programme of the edition grades: its scale, and what has no grade."""
        programme = self.edition.programme
        return Html(piece("paragraphs", [programme.about_grades] if programme else []), "about the grades")

    def judgments(self) -> Html:
        """Show every judgment with the year it was last inspected."""
        return Html(judgments.judgments_table(self.edition, self.force.id), "judgments")

    def inspected_questions(self) -> Html:
        """Show which questions were inspected in the edition and which keep an earlier grade."""
        programme, said = self.edition.programme, []
        for question in programme.questions if programme else ():
            line = judgments.inspection_line(self.edition, self.force.id, question.id)
            said.append(f"{question.name}: {line or f'inspected in {judgments.programme_id(self.edition)}.'}")
        return Html(piece("bullets", "questions", said), "questions inspected")

    def areas_for_improvement(self) -> Html:
        """Show the areas for improvement and causes of concern on the section's question under a heading; else none."""
        about = "areas for improvement"
        mine = self.edition.about(registers.AREAS_FOR_IMPROVEMENT, self.force.id, self.plan.question)
        if not mine:
            return Html(Markup(), about)
        said = []
        for row in mine:
            opening = "Cause of concern: " if row["kind"] == "cause_of_concern" else ""
            said.append(f"{opening}{row['sentence']} {row['note']}".strip())
        heading = piece("heading", 3, slug(f"{self.plan.id}-{about}"), "Areas for improvement")
        return Html(heading + piece("bullets", "areas-for-improvement", said), about)

    def notes(self) -> Html:
        """Show the notes that the section's findings cite."""
        mine = self.edition.notes(self.edition.cited(self.force.id, self.plan.title))
        return Html(piece("notes", mine) if mine else Markup(), "notes")


def _all_of(shown: Html) -> bytes:
    return repr((str(shown.html), shown.about, shown.data)).encode()


@reads.question("shown", _all_of)
def _shown(edition: Edition, force_id: str, section_id: str, part: str, *words: str) -> Html:
    section = Section(edition.section(section_id), edition.forces.find(force_id), edition)
    shown: Html = getattr(section, f"_{part}")(*words)
    return shown


def open_section(section_id: str, force: str, edition: str, data: Data | None = None) -> Section:
    """Return a section of a force's report. Raises InputError for an unknown section, force or edition."""
    data = data or open_data()
    found = data.edition(edition)
    return Section(found.section(section_id), data.forces.find(force), found)
