"""A measure in a section: caption, figure, reading sentence, footnotes, source and the table behind it."""

from html import escape

from peel_analysis import tables, wording
from peel_analysis.figures import ranked_svg
from peel_analysis.measures import Result
from peel_analysis.sections.display import picture

FEWEST_FOR_A_FIGURE = 2  # forces; one bar alone sets nothing beside anything


def figure_block(result: Result, force_id: str, number: int) -> str:
    """Return the block of a measure as HTML. A measure that too few forces have is told in words and a table only."""
    drawn = len(result.plotted) >= FEWEST_FOR_A_FIGURE
    image = picture(ranked_svg(result, force_id), wording.alt_text(result, force_id)) if drawn else _not_drawn(result)
    kind = "figure" if drawn else "figure undrawn"
    caption = (
        f'<span class="figure-label">Figure <span class="figure-number">{number}</span>:</span> '
        f"{escape(wording.caption(result))}"
    )
    return (
        f'<figure class="{kind}" id="figure-{result.measure.id}">\n<figcaption>{caption}</figcaption>\n'
        f"{_reading(result, force_id)}\n{image}\n{_footnotes(result)}\n{_source(result)}\n"
        f"{_caveats(result, force_id)}\n{_data(result, force_id)}\n</figure>"
    )


def statement_block(result: Result, force_id: str) -> str:
    """Return a measure told in a sentence, with its source, caveats and the table behind it."""
    return (
        f'<div class="statement" id="figure-{result.measure.id}">\n{_reading(result, force_id)}\n{_footnotes(result)}\n'
        f"{_source(result)}\n{_caveats(result, force_id)}\n{_data(result, force_id)}\n</div>"
    )


def _reading(result: Result, force_id: str) -> str:
    return f'<p class="reading">{escape(wording.reading(result, force_id))}</p>'


def _not_drawn(result: Result) -> str:
    count = len(result.plotted)
    have = "no force has" if count == 0 else "only one force has"
    national = result.national
    rate = ""
    if not national.is_missing:
        value = wording.value_in_words(result.measure, national.value)
        rate = f" England and Wales: {value} {escape(result.measure.unit)}."
    return f'<p class="not-drawn">The figure by force is not drawn, because {have} a public value.{rate}</p>'


def _footnotes(result: Result) -> str:
    items = "".join(f"<li>{escape(note.sentence)}</li>" for note in wording.footnotes(result))
    return f'<ol class="footnotes">{items}</ol>' if items else ""


def _source(result: Result) -> str:
    return (
        f'<p class="source">Source: {escape(wording.sources_in_words(result))}. '
        "For further information about these data, see Annex A.</p>"
    )


def _caveats(result: Result, force_id: str) -> str:
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
