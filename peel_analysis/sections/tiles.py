"""Force in numbers: the panel of tiles, in HTML, with a dash and its reason where there is no figure."""

from html import escape

from peel_analysis.measures import Result, Value
from peel_analysis.sections.catalogue import Block
from peel_analysis.show import words as wording
from peel_analysis.show.marks import key_to_marks, mark
from peel_analysis.show.words import NATIONAL, official_name


def panel(block: Block, results: list[Result], force_id: str) -> str:
    """Return one group of tiles: a heading, a tile a measure and the group's note."""
    tiles = "\n".join(_tile(result, force_id) for result in results)
    note = block.note.format(window=wording.window_phrase(results[0].window)) if block.note else ""
    foot = str(key_to_marks(_marked(results, force_id))) + (f'<p class="tile-note">{escape(note)}</p>' if note else "")
    return _framed(block, f'<ul class="tiles">\n{tiles}\n</ul>\n{foot}')


def refused(block: Block, reason: str) -> str:
    """Return a group of tiles that must not stand together: its heading, and the reason in place of the figures."""
    return _framed(block, f'<p class="refused">{escape(reason)}</p>\n')


def _framed(block: Block, html: str) -> str:
    return f'<div class="panel">\n<h2 class="panel-title">{escape(block.title)}</h2>\n{html}</div>'


def _marked(results: list[Result], force_id: str) -> list[str]:
    """Return the statuses of the values that the tiles show, not of those that a dash stands for."""
    statuses = []
    for result in results:
        own = result.of(force_id)
        statuses += [one.status for one in (own, result.national) if not one.is_missing]
        statuses += [own.comparator_status] if own.has_comparator and result.comparator_window is not None else []
    return list(dict.fromkeys(status for status in statuses if status))


def _tile(result: Result, force_id: str) -> str:
    own = result.of(force_id)
    lines = [
        f'<p class="tile-label">{escape(result.measure.tile)}</p>',
        f'<p class="tile-value">{_value(result, own)}</p>',
        f'<p class="tile-window">{escape(_capital(wording.windows_in_words(result)))}</p>',
        f'<p class="tile-national">{NATIONAL}: {_value(result, result.national)}</p>',
        _earlier(result, force_id),
        _remark(own),
    ]
    measure_id, told = result.measure.id, "\n".join(line for line in lines if line)
    return f'<li class="tile" id="tile-{measure_id}" data-measure="{measure_id}">\n{told}</li>'


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _value(result: Result, one: Value) -> str:
    """Return a value, or a dash that a screen reader speaks as its reason."""
    if one.is_missing:
        return f'<span aria-hidden="true">–</span><span class="for-screen-readers">{escape(_why(one))}</span>'
    return f"<strong>{escape(wording.value_in_words(result.measure, one.value))}</strong> {mark(one.status)}".strip()


def _why(one: Value) -> str:
    return f"no figure: {one.note or one.status.replace('_', ' ')}"


def _earlier(result: Result, force_id: str) -> str:
    window = result.comparator_window
    if window is None:
        return ""
    own = result.of(force_id)
    if not own.has_comparator:
        return ""
    value = wording.value_in_words(result.measure, own.comparator_value)
    sign = mark(own.comparator_status) if own.comparator_status else ""
    return f'<p class="tile-earlier">{escape(_capital(window.words))}: {value} {sign}</p>'


def _remark(one: Value) -> str:
    if not one.short or one.status == "reported":
        return ""
    return f'<p class="tile-remark">{escape(one.short)}</p>'


def introduction(force_id: str) -> str:
    """Return the sentence that says how to read the panel."""
    return (
        f'<p class="panel-introduction">Each tile sets {escape(official_name(force_id))} beside {NATIONAL}. '
        "A dash means that there is no figure: the force did not supply it, it was counted with another force's, it is "
        "not comparable, it has not been published, no table that this edition uses holds it, or the measure does not "
        "apply. The words under the dash say why.</p>"
    )
