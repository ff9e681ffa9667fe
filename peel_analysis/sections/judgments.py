"""Judgments as inputs: the grade of each question, when it was last inspected, and on what evidence we hold it."""

from dataclasses import dataclass

from markupsafe import Markup

from peel_analysis.data.edition import Edition
from peel_analysis.data.registers import SECTIONS_INSPECTED
from peel_analysis.data.settings import SectionPlan
from peel_analysis.show.tables import html_table, text_row
from peel_analysis.show.templates import piece

OVERALL = "overall"
NOT_RECORDED = "not recorded in this edition"
INDIRECT = {"derived": "worked out from a later or an earlier page", "narrative": "read from the inspectorate's text"}


@dataclass(frozen=True)
class Judgment:
    """A grade as the inspectorate gave it. Nothing here computes or suggests one."""

    question: str
    grade: str
    last_inspected: str
    evidence: str
    note: str

    @property
    def is_recorded(self) -> bool:
        """True when a grade is held."""
        return bool(self.grade)

    @property
    def grade_in_words(self) -> str:
        """The grade, with a mark when it was not read from a page that states it."""
        if not self.is_recorded:
            return NOT_RECORDED
        return f"{self.grade} [d]" if self.evidence in INDIRECT else self.grade

    @property
    def remark(self) -> str:
        """The sentence that goes with a marked grade, else nothing."""
        if self.evidence not in INDIRECT or not self.is_recorded:
            return ""
        return f"[d] {INDIRECT[self.evidence].capitalize()}. {self.note}".strip()


def judgment(edition: Edition, force_id: str, question: str) -> Judgment:
    """Return the force's judgment on a question; one that is not held is "not recorded in this edition"."""
    rows = edition.register_of_judgments()
    mine = rows[(rows["force_id"] == force_id) & (rows["question"] == question)]
    plan = next((plan for plan in edition.data.sections if plan.question == question), None)
    ungraded = "Ungraded" if plan is not None and not plan.graded else ""
    if mine.empty:
        return Judgment(question, ungraded, "", "explicit" if ungraded else "not_found", "")
    row = mine.iloc[0]
    grade = row["grade"] or ungraded
    evidence = row["evidence"] if row["grade"] or not grade else "explicit"
    return Judgment(question, grade, row["last_inspected"], evidence, row["note"])


def judgments_table(edition: Edition, force_id: str) -> Markup:
    """Return the judgments: overall first, then each question with its grade and the year last inspected."""
    found = [(plan, judgment(edition, force_id, plan.question)) for plan in edition.data.sections if plan.question]
    rows = [
        text_row(plan.name_of_question, one.grade_in_words, one.last_inspected or NOT_RECORDED) for plan, one in found
    ]
    remarks = [f"{plan.name_of_question}: {one.remark.removeprefix('[d] ')}" for plan, one in found if one.remark]
    title = f"Overall effectiveness {programme(edition)}".strip()
    table = html_table("Judgments by question", ("Question", "Grade", "Last inspected"), rows)
    return piece("judgments", grade_box(title, judgment(edition, force_id, OVERALL)), table, remarks)


def grade_box(title: str, one: Judgment) -> Markup:
    """Return a judgment as a line: what was judged and the grade."""
    slug = one.grade.lower().replace(" ", "-") if one.is_recorded else "not-recorded"
    return piece("judgment", title, one.grade_in_words, slug, one.remark)


def programme(edition: Edition) -> str:
    """Return the inspections that the edition's grades belong to ("2017", "2018/19"), or "" for an edition of none."""
    return edition.settings.inspected_title


def inspected(edition: Edition, force_id: str, question: str) -> str:
    """Return whether the question was inspected in the edition: "yes", "no" or "unknown"."""
    rows = edition.register(SECTIONS_INSPECTED)
    mine = rows[(rows["force_id"] == force_id) & (rows["question"] == question)]
    return "unknown" if mine.empty else str(mine.iloc[0]["inspected"])


def inspection_line(edition: Edition, force_id: str, plan: SectionPlan) -> str:
    """Return the line that says that a question was not inspected, or what is known instead; nothing if it was.

    Where it is not recorded which questions were inspected, the line gives the year of the grade, if that is held.
    """
    state = inspected(edition, force_id, plan.question)
    if state == "yes":
        return ""
    one = judgment(edition, force_id, plan.question)
    if state == "no":
        stands = f"the {one.last_inspected} grade stands" if one.last_inspected else "the earlier grade stands"
        return f"Not inspected in {programme(edition)}: {stands}."
    if one.last_inspected and edition.register(SECTIONS_INSPECTED).empty:
        return f"Last inspected in {one.last_inspected}."
    when = f"in {programme(edition)} " if programme(edition) else ""
    return f"Whether this question was inspected {when}is {NOT_RECORDED}."
