"""A comparison as one self-contained page: what moved most first, then what it did to sentences and verdicts."""

from collections.abc import Iterable
from html import escape

from peel_analysis.changes.compared import Comparison
from peel_analysis.changes.inputs import IN_WORDS, ORDER
from peel_analysis.changes.moves import Move, in_order, part_shown
from peel_analysis.changes.refusals import refusals
from peel_analysis.changes.sides import Side
from peel_analysis.changes.tables import counts, summary
from peel_analysis.data import forces
from peel_analysis.sections.display import STYLE
from peel_analysis.show.tables import Cell, Row, html_table
from peel_analysis.show.templates import TEMPLATES

MOST = 20  # rows of the table that the page leads with
COLUMNS = ("A", "B", "Difference", "Unrounded", "Counts behind it", "Cause")


def changes_page(comparison: Comparison) -> str:
    """Return the page: no script, font or picture from elsewhere; one h1; each table with caption and headers."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=False)
    moves = in_order(comparison.moves)
    came_and_went = [move for move in moves if move.kind in ("appeared", "disappeared")]
    moved = [move for move in moves if move.kind in ("moved", "status")]
    return environment.get_template("changes.html.j2").render(
        title=escape(f"What moved: {comparison.a.name} to {comparison.b.name}"),
        a=escape(_side(comparison.a)),
        b=escape(_side(comparison.b)),
        summary=escape(summary(comparison)),
        style=STYLE.read_text(encoding="utf-8"),
        refused=[escape(refusal.sentence) for refusal in refusals(comparison.moves)],
        most=_moves_table("What moved most", moved[:MOST]) if moved else "",
        came_and_went=_moves_table("Values that appeared or disappeared", came_and_went) if came_and_went else "",
        sentences=_sentences(comparison),
        verdicts=_verdicts(comparison),
        measures=list(_by_measure(moves)),
        remarks=[escape(remark) for remark in comparison.remarks],
        order=[escape(IN_WORDS[cause]) for cause in ORDER],
    )


def _side(side: Side) -> str:
    if side.edition is None:
        return f"{side.name} (values only)"
    return f"{side.name}: {side.edition.title}, {side.edition.window('crime').words}"


def _moves_table(caption: str, moves: Iterable[Move], *, one_measure: bool = False) -> str:
    columns = COLUMNS if one_measure else ("Measure", *COLUMNS)
    return html_table(caption, ("Force", *columns), [_row(move, one_measure=one_measure) for move in moves])


def _row(move: Move, *, one_measure: bool) -> Row:
    difference, as_shown = move.difference, move.difference_shown
    cells = [
        Cell(move.shown(move.a), is_number=True),
        Cell(move.shown(move.b), is_number=True),
        Cell("" if as_shown is None else f"{as_shown:+}", is_number=True),
        Cell("" if difference is None else part_shown(difference, move.decimals), is_number=True),
        Cell(counts(move)),
        Cell(move.causes),
    ]
    if not one_measure:
        cells.insert(0, Cell(move.title))
    return Row(move.name, tuple(cells))


def _sentences(comparison: Comparison) -> str:
    rows = [
        Row(forces.display_name(flip.force_id), (Cell(flip.title), Cell(flip.before), Cell(flip.after)))
        for flip in comparison.flips
    ]
    return html_table("Sentences that flipped", ("Force", "Measure", "A said", "B says"), rows) if rows else ""


def _verdicts(comparison: Comparison) -> str:
    rows = [
        Row(move.name, (Cell(move.title), Cell(move.a.verdict or "no verdict"), Cell(move.b.verdict or "no verdict")))
        for move in comparison.verdict_flips
    ]
    return html_table("Verdicts that flipped", ("Force", "Measure", "A", "B"), rows) if rows else ""


def _by_measure(moves: list[Move]) -> Iterable[tuple[str, str]]:
    """Yield each measure's title and the table of all its moves, in the order of its largest."""
    largest_first = sorted(moves, key=lambda move: -move.size)
    for measure_id in dict.fromkeys(move.measure_id for move in largest_first):
        mine = [move for move in moves if move.measure_id == measure_id]
        caption = f"{mine[0].title}: every move"
        yield escape(f"{mine[0].title} ({len(mine)})"), _moves_table(caption, mine, one_measure=True)
