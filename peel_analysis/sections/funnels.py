"""A funnel in a section: is a force farther from the middle of the forces than one of its size usually is?"""

from collections.abc import Iterable
from html import escape

from peel_analysis.comparison import Compared, compare
from peel_analysis.figures import funnel_svg
from peel_analysis.measures import Result
from peel_analysis.sections.blocks import frame, source_line
from peel_analysis.sections.display import folded, picture
from peel_analysis.show.tables import Cell, Row, html_table
from peel_analysis.show.words import no_figure, official_name, value_in_words, window_phrase


def funnel_block(result: Result, force_id: str, number: int) -> str:
    """Return the funnel of a measure with what it rests on; where it is refused, the reason in its place."""
    compared = compare(result)
    caption = (
        f"{result.measure.title} against size, with limits that hold the usual differences among forces, by force, "
        f"{window_phrase(result.window)}"
    )
    if compared.funnel is None:
        html = f'<p class="refused">{escape(compared.funnel_refused)}</p>'
        return frame(f"{result.measure.id}-funnel", number, caption, html, drawn=False)
    image = picture(funnel_svg(compared, force_id), _alt_text(compared, force_id))
    notes = "".join(f"<li>{escape(note)}</li>" for note in _notes(compared))
    said = f'<p class="reading">{escape(_reading(compared, force_id))}</p>'
    html = f'{said}\n{image}\n<ol class="footnotes">{notes}</ol>\n{source_line(result)}'
    return frame(f"{result.measure.id}-funnel", number, caption, html)


def _reading(compared: Compared, force_id: str) -> str:
    """Return where the force lies and what that means; for a force that is not set against the limits, why."""
    result, name = compared.result, official_name(force_id)
    own, verdict = result.of(force_id), compared.verdicts[force_id]
    if own.is_missing:
        return f"There is {no_figure(own)}"
    value = value_in_words(result.measure, own.value)
    if verdict.chance is None:
        return f"{name}: {value}. {verdict.reason} So it is not set against the limits."
    account = "do not account" if verdict.chance else "can account"
    return (
        f"{name}: {value}. {_place(verdict.chance)} The usual differences among forces, of which chance is a part, "
        f"{account} for how far this is from the middle of the forces, {_middle(compared)}."
    )


def _alt_text(compared: Compared, force_id: str) -> str:
    """Return what the funnel shows: who is outside the limits, and where the force lies."""
    result = compared.result
    own = result.of(force_id)
    shown = "not shown" if own.is_missing else value_in_words(result.measure, own.value)
    verdict = compared.verdicts[force_id]
    place = "No place in the funnel." if verdict.chance is None else _place(verdict.chance)
    return (
        f"Funnel plot of {result.measure.title}, {result.window.words}. {official_name(force_id)}: {shown}. {place} "
        f"Middle of the forces: {_middle(compared)}. England and Wales: "
        f"{value_in_words(result.measure, result.national.value)}."
    )


def _place(outside: bool) -> str:
    return f"It lies {'outside' if outside else 'within'} the outer limits."


def _notes(compared: Compared) -> list[str]:
    funnel = compared.funnel
    assert funnel is not None
    return [
        funnel.statement(),
        f"The limits stand on the middle of these forces (the median, {_middle(compared)}) and not on England and "
        "Wales, which a very large force draws towards its own value.",
        "Forces without a verdict take no part in the limits.",
    ]


def funnels_table(results: Iterable[Result]) -> str:
    """Return a table of what the limits of every measure's funnel rest on, folded; nothing where none is made."""
    compared = [one for one in map(compare, results) if one.funnel is not None]
    columns = ("Measure", "Forces", "Scale", "Middle of the forces", "Phi", "Tau-squared")
    table = html_table("Funnel limits of each measure", columns, [_funnel_row(one) for one in compared])
    return folded("What the funnel limits of each measure rest on", table) if compared else ""


def _funnel_row(compared: Compared) -> Row:
    funnel = compared.funnel
    assert funnel is not None
    numbers = (_middle(compared), f"{funnel.phi:,.1f}", f"{funnel.tau2:.3g}")
    cells = (
        Cell(str(funnel.forces), is_number=True),
        Cell(funnel.scale),
        *(Cell(one, is_number=True) for one in numbers),
    )
    return Row(compared.result.measure.title, cells)


def _middle(compared: Compared) -> str:
    assert compared.funnel is not None
    return value_in_words(compared.result.measure, compared.funnel.target)
