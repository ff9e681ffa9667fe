"""The inspectorate's judgments: a force's grades with what they rest on, and over forces where all of them are held."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from peel_analysis.data.edition import Edition
from peel_analysis.data.programmes import OVERALL, UNGRADED, Marked
from peel_analysis.data.reads import as_text, question
from peel_analysis.data.registers import JUDGMENTS, SECTIONS_INSPECTED
from peel_analysis.show.tables import html_table, text_row
from peel_analysis.show.templates import piece

NOT_RECORDED = "not recorded in this edition"
ONLY_WORDS = "described in words, no grade read"


@dataclass(frozen=True)
class Judgment:
    """A grade as the inspectorate gave it, "" for none. Nothing here computes or suggests one.

    `marked` is the mark of a grade that was not read from a page of the inspectorate, and `key` what the mark means.
    """

    grade: str = ""
    last_inspected: str = ""
    evidence: str = ""
    note: str = ""
    marked: Marked | None = None
    key: str = ""

    @property
    def grade_in_words(self) -> str:
        """The grade with its mark, or that none is recorded."""
        if self.marked:
            return f"{self.grade} [{self.marked.mark}]"
        return self.grade or (ONLY_WORDS if self.evidence == "summary" else NOT_RECORDED)

    @property
    def is_recorded(self) -> bool:
        """Whether a grade, that there is none to give, or the inspectorate's words in place of one are held."""
        return self.grade_in_words != NOT_RECORDED

    @property
    def basis(self) -> str:
        """What a marked grade rests on, where its programme has that said of each; else nothing."""
        return f"{self.marked.words} {self.note}".strip() if self.marked and self.marked.words else ""

    @property
    def remark(self) -> str:
        """The sentence that goes with a marked grade that stands alone, else nothing."""
        return f"[{self.marked.mark}] {self.basis or self.key}" if self.marked else ""


def judgment(edition: Edition, force_id: str, question_id: str) -> Judgment:
    """Return the force's judgment on a question; one that is not held is "not recorded in this edition"."""
    programme = edition.programme
    question = programme.question(question_id) if programme else None
    ungraded = UNGRADED if question and not question.graded else ""
    mine = edition.about(JUDGMENTS, force_id, question_id)
    if programme is None or not mine:
        return Judgment(ungraded)
    row = mine[0]
    marked = programme.marked.get(row["evidence"]) if row["grade"] else None
    key = programme.keys[marked.mark] if marked else ""
    return Judgment(row["grade"] or ungraded, row["last_inspected"], row["evidence"], row["note"], marked, key)


def judgments_table(edition: Edition, force_id: str) -> Markup:
    """Return the judgments: the overall one, if there is one, and each question with grade and year last inspected.

    Questions without a grade are named in one line. Under them stands what marks mean and, once, what grades that are
    missing do to a set that is not complete.
    """
    programme = edition.programme
    if programme is None:
        return piece("paragraphs", ["This edition names no programme of inspections, so no judgment stands here."])
    found = [(question.name, judgment(edition, force_id, question.id)) for question in programme.questions]
    held = [(name, one) for name, one in found if one.is_recorded]
    rows = [text_row(name, one.grade_in_words, one.last_inspected or NOT_RECORDED) for name, one in held]
    table = html_table("Judgments by question", ("Question", "Grade", "Last inspected"), rows) if rows else Markup()
    table += piece("grades", lacking=_not_recorded(found))
    overall = Markup()
    if programme.overall:
        overall = grade_box(f"{programme.overall} {programme.id}", judgment(edition, force_id, OVERALL))
    incomplete = "" if is_complete(edition) else programme.incomplete
    return piece("judgments", overall, table, keys_of(found), incomplete)


def grades_in_brief(edition: Edition, force_id: str) -> Markup:
    """Return the grades as a list: the overall one first, each with the year last inspected and the key to its mark.

    Those that are not recorded are named in one line.
    """
    programme = edition.programme
    if programme is None:
        return Markup()
    judged = [(question.name, question.id) for question in programme.questions]
    if programme.overall:
        judged.insert(0, (f"{programme.overall} {programme.id}", OVERALL))
    found = [(name, judgment(edition, force_id, one)) for name, one in judged]
    shown = [(name, one.grade_in_words, one.last_inspected) for name, one in found if one.is_recorded]
    keys = [" ".join([sentence, *said]) for sentence, said in keys_of(found)]
    return piece("grades", shown, keys, _not_recorded(found))


def _not_recorded(found: Iterable[tuple[str, Judgment]]) -> list[str]:
    return [name for name, one in found if not one.is_recorded]


def keys_of(found: Iterable[tuple[str, Judgment]]) -> list[tuple[str, list[str]]]:
    """Return what each mark of some grades, each with its name, means, and the single ones of which more is said."""
    keys: dict[str, list[str]] = {}
    for name, one in found:
        if one.marked:
            said = keys.setdefault(f"[{one.marked.mark}] {one.key}", [])
            said += [f"{name}: {one.basis}"] if one.basis else []
    return list(keys.items())


def grade_box(title: str, one: Judgment) -> Markup:
    """Return a judgment as a line: what was judged and the grade."""
    slug = one.grade.lower().replace(" ", "-") or "not-recorded"
    return piece("judgment", title, one.grade_in_words, slug, one.remark)


def grades_over_forces(edition: Edition, question_id: str) -> Mapping[str, int]:
    """Return how many forces have each grade on a question, in the order of the scale.

    It is empty unless every force's grade is held: the grades that are missing are not like those that were found.
    """
    rows = edition.register(JUDGMENTS)
    graded = rows[(rows["question"] == question_id) & (rows["grade"] != "")]
    if edition.programme is None or set(graded["force_id"]) != set(edition.forces.ids):
        return {}
    counted = Counter(graded["grade"])
    return {grade: counted[grade] for grade in edition.programme.allowed(question_id)}


@question("complete", as_text)
def is_complete(edition: Edition) -> bool:
    """Return whether every force's grade is held on all that the edition's programme grades."""
    return edition.data.cached(("complete", edition.choices), lambda: _is_complete(edition))


def _is_complete(edition: Edition) -> bool:
    programme = edition.programme
    if programme is None:
        return False
    ungraded = {question.id for question in programme.questions if not question.graded}
    return all(grades_over_forces(edition, judged) for judged in programme.judged if judged not in ungraded)


def programme_id(edition: Edition) -> str:
    """Return the inspections that the edition's grades belong to ("2017", "2018/19"), or "" for an edition of none."""
    return edition.programme.id if edition.programme else ""


def inspected(edition: Edition, force_id: str, question_id: str) -> str:
    """Return whether the question was inspected in the edition: "yes", "no" or "unknown"."""
    mine = edition.about(SECTIONS_INSPECTED, force_id, question_id)
    return mine[0]["inspected"] if mine else "unknown"


def inspection_line(edition: Edition, force_id: str, question_id: str) -> str:
    """Return the line that says that a question was not inspected, or what is known instead; nothing if it was.

    Where it is not recorded which questions were inspected, the line gives the year of the grade, if that is held.
    """
    state = inspected(edition, force_id, question_id)
    if state == "yes":
        return ""
    one = judgment(edition, force_id, question_id)
    programme = programme_id(edition)
    if state == "no":
        stands = f"the {one.last_inspected} grade stands" if one.last_inspected else "the earlier grade stands"
        return f"Not inspected in {programme}: {stands}."
    if one.last_inspected and not _says_what_was_inspected(edition):
        return f"Last inspected in {one.last_inspected}."
    when = f"in {programme} " if programme else ""
    return f"Whether this question was inspected {when}is {NOT_RECORDED}."


@question("inspected", as_text)
def _says_what_was_inspected(edition: Edition) -> bool:
    return not edition.register(SECTIONS_INSPECTED).empty
