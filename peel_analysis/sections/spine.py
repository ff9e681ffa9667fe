"""The overview's figure of all measures in one look, with its table and what is left out of it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from peel_analysis.comparison import reasons_apart
from peel_analysis.data.forces import NATIONAL
from peel_analysis.data.policy import Policy
from peel_analysis.data.text import enumerated
from peel_analysis.data.text import in_words as number_in_words
from peel_analysis.figures import narrow_form, spine_chart, spine_of, spine_svg
from peel_analysis.figures.spine import APART_BY_SIZE, Spine, SpineRow, alt_text, tier
from peel_analysis.measures import Result
from peel_analysis.sections.display import Drawing, Html, numbered, stands_under
from peel_analysis.show import words as wording
from peel_analysis.show.pictures import picture
from peel_analysis.show.tables import Cell, Row, html_table, key_to_marks, value_cell
from peel_analysis.show.templates import piece
from peel_analysis.show.words import value_in_words
from peel_analysis.statistics.verdict import Verdict

FIGURE_ID = "spine"
NONE = "No figure is public for enough forces to be drawn in one look."


def spine_block(results: Iterable[Result], force_id: str) -> Html:
    """Return the spine chart of an edition's measures for a force: caption, reading, drawing, notes and table.

    It has no number: the figures of the published report keep theirs. Without a measure that enough forces have, a line
    says so.
    """
    spine, about = spine_of(results), "all figures in one look"
    if not spine.rows:
        return Html(piece("paragraph", "none-recorded", NONE), about)
    edition = spine.rows[0].result.edition
    name = edition.forces.official_name(force_id)
    alt = edition.data.marked(alt_text(spine, force_id))
    shown = [row.result for row in spine.rows]
    drawing = Drawing(
        narrow_form(spine_chart, spine, force_id) + picture(spine_svg(spine, force_id), alt), alt, shown, "own"
    )
    under = stands_under(_notes(spine, force_id), "Source: that of each figure is under its own figure.")
    body = piece(
        "figure_body",
        reading=_reading(spine, force_id),
        image=drawing.image,
        under=piece("under", **under),
        summary="The rows of the chart",
        data=_table(spine, force_id),
    )
    caption = f"Every figure that enough forces have: {name} beside {NATIONAL} and the range of the forces"
    return numbered(FIGURE_ID, 0, caption, body, drawing=drawing, under=under, about=about)


def _reading(spine: Spine, force_id: str) -> str:
    """Return how many of the rows have which verdict: "... one notably lower, three higher and two similar."."""
    edition = spine.rows[0].result.edition
    policy = edition.data.policy
    shown = [row for row in spine.rows if row.is_shown(force_id)]
    found = Counter(_found(row.verdict(force_id), policy) for row in shown)
    told = [f"{number_in_words(count)} {words}" for (_, words), count in sorted(found.items())]
    figures = f"{number_in_words(len(shown))} figure{'s' if len(shown) != 1 else ''}"
    beside = f" Beside {NATIONAL} they are: {enumerated(told)}." if told else ""
    return f"{edition.forces.official_name(force_id)} has {figures} here.{beside}"


def _found(verdict: Verdict, policy: Policy) -> tuple[int, str]:
    """Return the tier of a verdict and its words: "higher", "below (as forces often are)", "similar"."""
    level = tier(verdict)
    if level == APART_BY_SIZE and verdict.gap is not None:
        return level, f"{policy.says.sides[verdict.gap < 0]} ({policy.spine.often})"
    return level, verdict.words.removesuffix(" than").removesuffix(" to") or "without a verdict"


def _notes(spine: Spine, force_id: str) -> list[str]:
    """Return how the chart is read, what must be read apart, and in one line each what is left out."""
    edition = spine.rows[0].result.edition
    measures = [row.result.measure for row in spine.rows]
    notes = [edition.data.policy.spine.how_to_read, *reasons_apart(measures, edition)]
    if lacking := [row.result for row in spine.rows if not row.is_shown(force_id)]:
        notes.append(f"{edition.forces.official_name(force_id)} is not shown on: {_titles(lacking)}.")
    if spine.kept_apart:
        notes.append(f"Left out, since they must not stand in one chart with others here: {_titles(spine.kept_apart)}.")
    if spine.too_few:
        notes.append(f"Left out, since too few forces have a public value: {_titles(spine.too_few)}.")
    return notes


def _titles(results: Sequence[Result]) -> str:
    return "; ".join(one.measure.title for one in results)


def _table(spine: Spine, force_id: str) -> str:
    edition = spine.rows[0].result.edition
    name = edition.forces.official_name(force_id)
    columns = ("Figure", name, NATIONAL, "Verdict", "Smallest", "Middle half", "Largest")
    rows = [_table_row(row, force_id) for row in spine.rows]
    statuses = [row.result.of(force_id).status for row in spine.rows]
    caption = f"{name} beside {NATIONAL} and the range of the forces"
    return html_table(caption, columns, rows) + key_to_marks(edition.data.statuses, statuses)


def _table_row(row: SpineRow, force_id: str) -> Row:
    result, own = row.result, row.result.of(force_id)
    half = " to ".join(value_in_words(result.measure, one) for one in (row.lower_half, row.upper_half))
    cells = (
        value_cell(result, own.value, own.status),
        value_cell(result, row.national),
        Cell(wording.in_brief(row.result, force_id) or "No verdict"),
        value_cell(result, row.smallest),
        Cell(half, is_number=True),
        value_cell(result, row.largest),
    )
    return Row(f"{result.measure.title}, {wording.windows_in_words(result)}", cells)
