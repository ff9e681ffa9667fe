"""Programmes of inspections: what was asked, in which order, on which scale of grades, and which grades are marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import Field, model_validator

from peel_analysis.data.declarations import Declaration, ListOf, declared, filled, named, refuse_headings, stated
from peel_analysis.data.errors import Faults
from peel_analysis.data.files import Rows, meant
from peel_analysis.data.registers import EVIDENCE, JUDGMENTS, WITHOUT_GRADE
from peel_analysis.data.text import enumerated

PROGRAMMES = "programmes.toml"
OVERALL = "overall"  # what the register calls the judgment on all questions together
UNGRADED = "Ungraded"


class Question(Declaration):
    """A question of a programme."""

    id: str = Field(description="the question, as data/judgments.csv names it")
    title: str = Field(description="its title in the programme's reports; the heading of the section that answers it")
    short_title: str = Field(default="", description="its name in the table of judgments, where the title is long")
    graded: bool = Field(default=True, description="false for a question that never gets a grade")

    @property
    def name(self) -> str:
        """The question as the table of judgments names it."""
        return self.short_title or self.title


class Marked(Declaration):
    """The mark of a grade that was not read from a page of the inspectorate."""

    mark: str = Field(description="what stands in brackets behind the grade: the id of a [[key]]")
    words: str = Field(default="", description="said of each such grade before its note; not listed if left out")


class Key(Declaration):
    """What a mark behind a grade means."""

    id: str = Field(description="the mark")
    sentence: str = Field(description="what it means, printed where grades have it; a colon leads to the single grades")


class ProgrammeEntry(Declaration):
    """A programme of inspections."""

    id: str = Field(description="the programme, as data/judgments.csv names it")
    grades: ListOf[str] = Field(description="its scale, from the first grade to the last")
    overall: str = Field(default="", description="the title of the judgment on all questions; none if left out")
    about: str = Field(description="what readers are told of the grades; {grades} is the scale in words")
    incomplete: str = Field(default="", description="printed with the grades where not every force's are held")
    marked: dict[str, Marked] = Field(default={}, description="which grades get a mark, by the evidence for them")
    questions: ListOf[Question] = Field(alias="question", description="its questions, in the order of its reports")

    @model_validator(mode="after")
    def _is_told(self) -> "ProgrammeEntry":
        filled(self.about, "about", {"grades": ""})
        if len(self.grades) < 2:
            raise ValueError(f"grades is {list(self.grades)}; write the whole scale, from the first to the last")
        return self


class Programme(ProgrammeEntry):
    """A programme of inspections, with what its marks mean."""

    keys: Mapping[str, str]

    def question(self, question_id: str) -> Question | None:
        """Return a question by its id; None for one that the programme does not have."""
        return next((one for one in self.questions if one.id == question_id), None)

    @property
    def judged(self) -> tuple[str, ...]:
        """The ids of what it judges: the whole, where it does, and each question."""
        return (*([OVERALL] if self.overall else []), *(one.id for one in self.questions))

    def allowed(self, question_id: str) -> tuple[str, ...]:
        """Return what a grade on a question may be, besides not known."""
        question = self.question(question_id)
        return self.grades if question is None or question.graded else (UNGRADED,)

    @property
    def scale(self) -> str:
        """Its scale in words: "from outstanding through good and requires improvement to inadequate"."""
        first, *between, last = (one.lower() for one in self.grades)
        return f"from {first}{f' through {enumerated(between)}' if between else ''} to {last}"

    @property
    def about_grades(self) -> str:
        """What readers are told of its grades."""
        return self.about.format(grades=self.scale)


@dataclass(frozen=True)
class Programmes:
    """The programmes that are declared, in the order of their file."""

    all: tuple[Programme, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the programmes."""
        return tuple(one.id for one in self.all)

    @property
    def question_ids(self) -> frozenset[str]:
        """The ids of everything that any programme judges."""
        return frozenset(judged for one in self.all for judged in (OVERALL, *one.judged))

    def get(self, programme_id: str) -> Programme | None:
        """Return a programme by its id; None for one that is not declared."""
        return next((one for one in self.all if one.id == programme_id), None)


def programmes_in(given: Mapping[str, Any], where: str) -> Programmes:
    """Return the programmes. Raises InputError, with the programme, for each that is not as it must be."""
    with Faults() as faults:
        faults.of(refuse_headings, given, where, "programme", "key")
        listed = stated(faults, partial(declared, Key), given, where, "key") if "key" in given else []
        keys = {one.id: one.sentence for _, one in listed}
        found = stated(faults, _programme_in, given, where, "programme")
        for place, one in found:
            faults.of(named, one.marked, place, "marked", EVIDENCE, "the evidence that data/judgments.csv may have")
            marks = [marked.mark for marked in one.marked.values()]
            faults.of(named, marks, place, "mark", keys, f"a [[key]] of {where}")
    return Programmes(tuple(Programme.model_construct(keys=keys, **dict(one)) for _, one in found))


def _programme_in(entry: Mapping[str, Any], place: str) -> ProgrammeEntry:
    """Return a programme; a fault of a question is told with the question."""
    with Faults() as faults:
        stated(faults, partial(declared, Question), entry, place, "question")
    return declared(ProgrammeEntry, entry, place)


def check_judgments(rows: Rows, programmes: Programmes) -> None:
    """Raise InputError, with file and line, for each question or grade that the row's programme does not have.

    A row whose evidence names no grade has none, and every other row has one.
    """
    wanted = ("edition", "question", "grade", "evidence")
    with Faults() as faults:
        for line, *cells in zip(rows.lines, *map(rows.column, wanted), strict=True):
            if wrong := _wrong(programmes, *cells):
                faults.add([f"{JUDGMENTS.where}, line {line}: {wrong}"])


def _wrong(programmes: Programmes, edition: str, question: str, grade: str, evidence: str) -> str:
    """Return what is wrong with a judgment and how to put it right, or ""."""
    programme = programmes.get(edition)
    if programme is None:  # `check_rows` says so
        return ""
    if question not in programme.judged:
        near = meant(question, programme.judged)
        remedy = f"did you mean {near}?" if near else f"use one of {', '.join(programme.judged)}"
        return f"question is '{question}', which programme {edition} of data/{PROGRAMMES} does not have; {remedy}"
    if evidence in WITHOUT_GRADE:
        return f"grade is '{grade}', and {evidence} says that none was read; leave it blank" if grade else ""
    allowed = programme.allowed(question)
    if grade not in allowed:
        return f"grade is '{grade}'; use one of the grades of {edition}: {', '.join(allowed)}"
    return ""
