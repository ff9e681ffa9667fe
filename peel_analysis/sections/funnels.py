"""A funnel in a section: is a force of its size farther from England and Wales than forces usually are?"""

from html import escape

from peel_analysis.comparison import Compared, compare
from peel_analysis.figures import funnel_svg
from peel_analysis.measures import Result
from peel_analysis.sections.blocks import frame, source_line
from peel_analysis.sections.display import picture
from peel_analysis.wording import no_figure, official_name, value_in_words, window_phrase


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
    value, national = (value_in_words(result.measure, one.value) for one in (own, result.national))
    if verdict.chance is None:
        return f"{name}: {value}. {verdict.reason} So it is not set against the limits."
    account = "do not account" if verdict.chance else "can account"
    return (
        f"{name}: {value}. {_place(verdict.chance)} The usual differences among forces, of which chance is a part, "
        f"{account} for how far this is from the England and Wales value of {national}."
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
        f"England and Wales: {value_in_words(result.measure, result.national.value)}."
    )


def _place(outside: bool) -> str:
    return f"It lies {'outside' if outside else 'within'} the outer limits."


def _notes(compared: Compared) -> list[str]:
    funnel = compared.funnel
    assert funnel is not None
    measure = compared.result.measure
    without = value_in_words(measure, funnel.target_without_largest)
    return [
        funnel.statement(),
        f"Without its largest force the pooled value would be {without}.",
        "Forces without a verdict take no part in the limits.",
    ]
