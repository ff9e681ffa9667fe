"""A measure in a section: caption, reading sentence, figure, footnotes, source and the table behind it."""

from html import escape

from peel_analysis.comparison import compare
from peel_analysis.figures import ranked_svg, strip_svg
from peel_analysis.measures import Result
from peel_analysis.sections.display import picture
from peel_analysis.show import tables
from peel_analysis.show import words as wording
from peel_analysis.show.footnotes import footnotes

FEWEST_FOR_A_FIGURE = 2  # forces, unless the one is the report's own: it still stands beside England and Wales
NO_VALUE = "No value"  # what opens a note where there is no figure to be missing from
ALONE = '<p class="not-drawn">No other force has a public value, so none is drawn beside it.</p>'


def figure_block(result: Result, force_id: str, number: int) -> str:
    """Return the block of a measure as HTML. A measure that too few forces have is told in words and a table only."""
    if wording.not_available(result):
        return statement_block(result, force_id)
    drawn = len(result.plotted) >= FEWEST_FOR_A_FIGURE or force_id in result.plotted.index
    image = _image(result, force_id) if drawn else _not_drawn(result)
    if drawn and len(result.plotted) < FEWEST_FOR_A_FIGURE:
        image += ALONE
    return frame(
        result.measure.id,
        number,
        wording.caption(result),
        f"{_reading(result, force_id)}\n{_place(result, force_id)}{image}\n{about_block(result, force_id)}",
        drawn=drawn,
    )


def frame(figure_id: str, number: int, caption: str, html: str, *, drawn: bool = True) -> str:
    """Return a numbered figure around its content; the report numbers its figures anew, from first to last."""
    kind = "figure" if drawn else "figure undrawn"
    return (
        f'<figure class="{kind}" id="figure-{figure_id}">\n<figcaption><span class="figure-label">Figure '
        f'<span class="figure-number">{number}</span>:</span> {escape(caption)}</figcaption>\n{html}\n</figure>'
    )


def statement_block(result: Result, force_id: str) -> str:
    """Return a measure told in a sentence, with its source, caveats and the table behind it.

    A measure that the edition does not have is told in its reason alone: a table would say it 43 times.
    """
    about = "" if wording.not_available(result) else f"{about_block(result, force_id, NO_VALUE)}\n"
    return f'<div class="statement" id="figure-{result.measure.id}">\n{_reading(result, force_id)}\n{about}</div>'


def about_block(result: Result, force_id: str, missing_from: str = "Not in the figure") -> str:
    """Return what stands under every figure: footnotes, source, cautions and the table of all forces."""
    parts = (_footnotes(result, missing_from), source_line(result), cautions(result, force_id), _data(result, force_id))
    return "\n".join(part for part in parts if part)


def _image(result: Result, force_id: str) -> str:
    draw = strip_svg if result.measure.kind == "change" else ranked_svg
    return picture(draw(result, force_id), wording.alt_text(result, force_id))


def _reading(result: Result, force_id: str) -> str:
    value_id = wording.value_id(result, force_id)
    return f'<p class="reading" data-value="{value_id}">{escape(wording.reading(result, force_id))}</p>'


def _place(result: Result, force_id: str) -> str:
    """Return where a force's change lies among all forces' changes, always as a range; "" for other measures."""
    compared = compare(result)
    row = compared.row(force_id)
    if result.measure.kind != "change" or not compared.ranks.has_place(row):
        return ""
    name, place = escape(wording.official_name(force_id)), compared.ranks.words(row)
    return (
        f'<p class="place">In the order of all forces\' changes, from the largest rise to the largest fall, {name} '
        f"is {place}: as near as their intervals let an order be told.</p>\n"
    )


def _not_drawn(result: Result) -> str:
    have = "no force has" if len(result.plotted) == 0 else "only one force has"
    national, rate = result.national, ""
    if not national.is_missing:
        value = wording.value_in_words(result.measure, national.value)
        rate = f" England and Wales: {value} {escape(result.measure.unit)}."
    return f'<p class="not-drawn">The figure by force is not drawn, because {have} a public value.{rate}</p>'


def _footnotes(result: Result, missing_from: str) -> str:
    items = "".join(f"<li>{escape(note.sentence)}</li>" for note in footnotes(result, missing_from))
    return f'<ol class="footnotes">{items}</ol>' if items else ""


def source_line(result: Result, also: str = "") -> str:
    """Return the line that names the sources, in the inspectorate's form; `also` is a sentence about others."""
    named = " ".join(filter(None, (f"{wording.sources_in_words(result)}.", also)))
    return f'<p class="source">Source: {escape(named)} For further information about these data, see Annex A.</p>'


def cautions(result: Result, force_id: str) -> str:
    """Return the caveats that travel with the measure, folded, or nothing when it has none."""
    sentences = wording.caveats(result, force_id)
    if not sentences:
        return ""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    summary = f"<summary>How to read these data ({len(sentences)})</summary>"
    return f'<details class="caveats">{summary}<ul>{items}</ul></details>'


def _data(result: Result, force_id: str) -> str:
    title = escape(result.measure.title)
    return (
        f'<details class="data"><summary>All 43 forces: {title}</summary>\n'
        f"{tables.by_force(result, force_id)}\n</details>"
    )
