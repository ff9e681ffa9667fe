"""A measure in a section: as a figure by force, against size, beside the force's peers, and over time."""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
from markupsafe import Markup

from peel_analysis.comparison import Compared, compare
from peel_analysis.comparison.comparable import PeerGroup, means, peer_groups, why_none
from peel_analysis.comparison.over_time import season_free, signals_of
from peel_analysis.comparison.verdicts import SHOWN_LEVEL, interval_of
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL, NUMBER_OF_FORCES
from peel_analysis.data.periods import day_in_words, is_day
from peel_analysis.data.registers import NOT_AVAILABLE
from peel_analysis.figures import (
    change_strip,
    funnel,
    funnel_plot,
    funnel_svg,
    narrow_form,
    quarter_lines,
    ranked,
    ranked_bars,
    ranked_svg,
    strip_svg,
    trend_lines,
)
from peel_analysis.figures.funnel import middle_in_words
from peel_analysis.figures.style import analysis_function
from peel_analysis.figures.trend import lines_in_words, span_in_words
from peel_analysis.measures import Result, Series, quarterly, rolling
from peel_analysis.measures.provenance import population_tables
from peel_analysis.sections.display import UNFOLDED, Drawing, Html, numbered, source_line, stands_under
from peel_analysis.sections.numbers import by_force
from peel_analysis.show import tables
from peel_analysis.show import words as wording
from peel_analysis.show.footnotes import footnotes
from peel_analysis.show.over_time import (
    ABOUT_RECENT_TREND,
    ABOUT_SEASON,
    ABOUT_SIGNALS,
    recent_trend_in_words,
    signals_in_words,
    why_no_signals,
)
from peel_analysis.show.pictures import picture
from peel_analysis.show.tables import Cell, Row, html_table, key_to_marks, value_cell
from peel_analysis.show.templates import piece
from peel_analysis.show.words import no_figure, value_in_words

FURTHER = {"funnel": "against the size of forces", "trend": "over time", "quarters": "by quarter, without the season"}
NOT_PUBLIC = "not_public"
NO_COUNTS, NO_INTERVAL = NOT_PUBLIC, "not_applicable"  # the statuses of an interval without counts, or of a mean


def figure_block(result: Result, force_id: str, number: int | None) -> Html:
    """Return the figure of a measure by force: caption, reading, drawing, notes, source, cautions and table.

    A measure that too few forces have is told in words and a table only.
    """
    if wording.not_available(result):
        return statement_block(result, force_id)
    if force_id not in by_force(result):
        said_of, value_id = wording.reading(result, force_id), wording.value_id(result, force_id)
        body = piece("figure_body", reading=said_of, value_id=value_id, not_drawn=_in_its_place(result, force_id))
        return Html(
            piece("statement", result.measure.id, body),
            f"not drawn: {result.measure.id}",
            {"statement": result.measure.id},
        )
    draw, wide = (strip_svg, change_strip) if result.measure.kind == "change" else (ranked_svg, ranked_bars)
    alt = result.edition.data.marked(ranked.alt_text(result, (force_id,)))
    narrow = narrow_form(wide, result, force_id)
    drawing = Drawing(narrow + picture(draw(result, force_id), alt), alt, [result], "every force")
    place = wording.rank_in_words(result, force_id)
    under = _under(result, force_id, rule=wording.rule_of_ranks(result) if place else "")
    body = _body(result, force_id, under, place=place, image=drawing.image)
    return numbered(result.measure.id, number, wording.caption(result), body, drawing=drawing, under=under)


def statement_block(result: Result, force_id: str) -> Html:
    """Return a measure told in a sentence, with its source, caveats and the table behind it.

    A measure that the edition does not have is told in its reason alone: a table would say it 43 times.
    """
    measure_id = result.measure.id
    if wording.not_available(result):
        said, value_id = wording.reading(result, force_id), wording.value_id(result, force_id)
        body, held = piece("figure_body", reading=said, value_id=value_id), {}
    else:
        under = _under(result, force_id, "No value")  # there is no figure to be missing from
        national = _national_alone(result) if result.of(force_id).is_missing else []
        body = _body(result, force_id, under, not_drawn=national)
        held = {"under": under, "title": result.measure.title}
    return Html(piece("statement", measure_id, body), f"statement: {measure_id}", {"statement": measure_id, **held})


def _under(result: Result, force_id: str, missing_from: str = "Not in the figure", rule: str = "") -> dict[str, Any]:
    """Return what stands under a measure by force: first, and never folded, the notes that qualify the force's value.

    All are folded where the reading has said already that the force's is not public. `missing_from` opens the notes on
    missing forces, and `rule` is a note that comes last.
    """
    every = sorted(footnotes(result, missing_from), key=lambda note: not note.qualifies(force_id))
    notes = [note.sentence for note in every] + ([rule] if rule else [])
    own = sum(note.qualifies(force_id) for note in every)
    unfolded = 0 if result.of(force_id).status == NOT_PUBLIC else max(UNFOLDED, own)
    return stands_under(notes, source_line(result), wording.caveats(result, force_id), unfolded)


def _body(result: Result, force_id: str, under: dict[str, Any], **drawing: object) -> Markup:
    """Return what is said of a measure by force, with what stands under every figure; `drawing` comes between."""
    return piece(
        "figure_body",
        reading=wording.reading(result, force_id),
        value_id=wording.value_id(result, force_id),
        under=piece("under", **under),
        summary=f"Data of all {NUMBER_OF_FORCES} forces",
        data=tables.by_force(result, force_id),
        **drawing,
    )


def _in_its_place(result: Result, force_id: str) -> list[str]:
    """Return what stands where a figure would: why there is none, unless the reading says it, and England and Wales."""
    have = "no force has" if result.plotted.empty else "only one force has"
    is_said = result.of(force_id).status == NOT_PUBLIC
    why = [] if is_said else [f"The figure by force is not drawn, because {have} a public value."]
    return [*why, *_national_alone(result)]


def _national_alone(result: Result) -> list[str]:
    """Return the value of England and Wales where no force's stands beside it; nothing where there is none."""
    national = result.national
    if national.is_missing:
        return []
    return [f"{NATIONAL}: {value_in_words(result.measure, national.value)} {result.measure.unit}."]


def funnel_block(result: Result, force_id: str, number: int | None) -> Html:
    """Return the funnel of a measure with what it rests on; where it is refused, the reason in its place."""
    compared = compare(result)
    caption = (
        f"{result.measure.title} against size, with limits that hold the usual differences among forces, by force, "
        f"{wording.window_phrase(result.window)}"
    )
    if compared.funnel is None:
        return _refused(result, "funnel", compared.funnel_refused)
    notes = compared.policy.funnel.notes
    alt = result.edition.data.marked(funnel.alt_text(compared, (force_id,)))
    narrow = narrow_form(funnel_plot, compared, force_id)
    return _further(
        "funnel",
        Drawing(narrow + picture(funnel_svg(compared, force_id), alt), alt, [result], "every force"),
        number,
        caption,
        stands_under(notes, source_line(result)),
        reading=_of_funnel(compared, force_id),
    )


def _refused(result: Result, kind: str, why: str) -> Html:
    """Return why a further figure is not drawn, in one line without a number."""
    shown = piece("statement", f"{result.measure.id}-{kind}", piece("paragraph", "refused", why))
    return Html(shown, f"{kind}: {result.measure.id}")


def _further(
    kind: str, drawing: Drawing, number: int | None, caption: str, under: dict[str, Any], **shown: object
) -> Html:
    """Return a figure that says more of a measure than its own figure does, folded; `shown` are its other parts."""
    (result,) = drawing.results
    figure_id, about = f"{result.measure.id}-{kind}", f"{kind}: {result.measure.id}"
    body = piece("figure_body", under=piece("under", **under), image=drawing.image, **shown)
    further = f"{result.measure.title}: {FURTHER[kind]}"
    return numbered(figure_id, number, caption, body, drawing=drawing, about=about, under=under, further=further)


def _of_funnel(compared: Compared, force_id: str) -> str:
    """Return where the force lies and what that means; for a force that is not set against the limits, why."""
    result = compared.result
    if result.of(force_id).is_missing:
        return f"There is {no_figure(result, force_id)}"
    return wording.place_in_funnel(result, force_id)


def funnels_table(results: Iterable[Result]) -> Markup:
    """Return a table of what the limits of every measure's funnel rest on, folded; nothing where none is made."""
    rows = []
    for one in map(compare, results):
        if limits := one.funnel:
            said = (str(limits.forces), middle_in_words(one), f"{limits.phi:,.1f}", f"{limits.tau2:.3g}")
            forces, *others = (Cell(number, is_number=True) for number in said)
            rows.append(Row(one.result.measure.title, (forces, Cell(limits.scale), *others)))
    columns = ("Measure", "Forces", "Scale", "Middle of the forces", "Phi", "Tau-squared")
    table = html_table("Funnel limits of each measure", columns, rows)
    return piece("folded", "What the funnel limits of each measure rest on", table) if rows else Markup()


def peer_panel(result: Result, force_id: str) -> Html:
    """Return a folded table a peer group, and under them the key and what the intervals are; or why there are no peers.

    Columns: value in the measure's unit, its 95% interval where counts are public, and a note. The weighted mean has
    the interval of its summed counts, as England and Wales has; the simple mean has no counts, and so none.
    """
    body = peer_tables(result, force_id)
    if not why_none(result.edition, force_id):
        title = f"{result.edition.forces.name(force_id)} beside its peers: {result.measure.title}"
        body = piece("folded", title, body, "data peers", f"{result.measure.id}-peers")
    return Html(body, f"peers: {result.measure.id}")


def peer_tables(result: Result, force_id: str, own: Sequence[PeerGroup] | None = None) -> Markup:
    """Return the tables of a peer panel with their key, of a user's `own` sets if any; without peers, the reason."""
    statuses = result.edition.data.statuses
    if own is None and (reason := why_none(result.edition, force_id)):
        return piece("paragraph", "none-recorded", reason)
    groups = peer_groups(result.edition, force_id) if own is None else own
    shown = [result.of(one) for one in (force_id, *(peer for group in groups for peer in group.peer_ids))]
    shown.append(result.national)
    without = [NO_COUNTS for one in shown if not one.is_missing and math.isnan(one.numerator)]
    parts = [_group_table(result, group, force_id) for group in groups]
    parts.append(key_to_marks(statuses, [*(one.status for one in shown), *without, NO_INTERVAL]))
    parts.append(tables.about_intervals(result))
    return Markup("\n").join(parts)


def _group_table(result: Result, group: PeerGroup, force_id: str) -> Markup:
    peers = result.highest_first(group.peer_ids)
    found = means(result, group)
    top, below = (result.sum_of(found.members, name) for name in ("numerator", "denominator"))
    rows = [_row(result, force_id, "own-force"), *(_row(result, peer.force_id) for peer in peers)]
    sign = result.edition.data.statuses.mark(NO_INTERVAL)
    for title, mean, interval, how in (
        ("Weighted", found.weighted, tables.counts_interval_cell(result.measure, top, below), "Sum over sum"),
        ("Simple", found.simple, Cell(sign, is_number=True), "Each peer counts the same"),
    ):
        cells = (value_cell(result, mean), interval, Cell(f"{how}, {found.basis}"))
        rows.append(Row(f"{title} mean of the peers", cells, "total"))
    rows.append(_row(result, ENGLAND_AND_WALES, "total"))
    caption = f"{result.measure.title}: {group.title}, {wording.windows_in_words(result)}, {found.basis}"
    unit = result.measure.unit[:1].upper() + result.measure.unit[1:]
    as_at = day_in_words(date.fromisoformat(group.as_at)) if is_day(group.as_at) else group.as_at
    notes = (found.why_left_out, group.note, f"Set as at {as_at}.")
    table = html_table(caption, ("Force", unit, "95% interval", "Note"), rows)
    return table + piece("paragraph", "key", " ".join(filter(None, notes)))


def _row(result: Result, force_id: str, kind: str = "") -> Row:
    one = result.of(force_id)
    limits = compare(result).limits(force_id, SHOWN_LEVEL)
    without = result.edition.data.statuses.mark(one.status) if one.is_missing else ""
    interval = tables.interval_cell(result.measure, *limits, without or NOT_AVAILABLE)
    note = Cell("" if force_id == ENGLAND_AND_WALES else one.short)
    name = result.edition.forces.name(force_id)
    return Row(name, (value_cell(result, one.value, one.status), interval, note), kind)


@analysis_function()
def trend_block(result: Result, force_id: str, number: int | None) -> Html:
    """Return the figure of a measure over time with its notes and its table; for a force without a line, the reason.

    Raises InputError for a measure whose counts allow no line.
    """
    series, name = rolling(result), result.edition.forces.official_name(force_id)
    title = series.per_head(result.measure.title, force_id)
    caption = f"{title}, {name} and {NATIONAL}, {span_in_words(series)}"
    if series.values[force_id].dropna().empty:
        return _refused(result, "trend", wording.reading(result, force_id))
    own = result.of(force_id)
    remark = f" ({own.short[:1].lower()}{own.short[1:]})" if own.short and own.status not in wording.AS_IT_IS else ""
    lines = lines_in_words(series, force_id, remark)
    key = key_to_marks(result.edition.data.statuses, series.statuses[force_id].unique())
    figure = trend_lines(series, force_id)
    figure.alt_text = f"Line chart: {title}, {span_in_words(series)}. {lines}"
    return _further(
        "trend",
        Drawing(narrow_form(trend_lines, series, force_id) + figure.as_image(), figure.alt_text, [result]),
        number,
        caption,
        stands_under(
            _line_notes(result, series, force_id), source_line(result, _source_of_populations(result, series))
        ),
        reading=f"{lines} {recent_trend_in_words(series, force_id)}",
        summary="The points of the lines",
        data=_points_table(result, series, force_id, caption) + key + tables.about_intervals(result),
    )


def _points_table(result: Result, series: Series, force_id: str, caption: str) -> Markup:
    columns = ("12 months to", result.edition.forces.official_name(force_id), "95% interval", NATIONAL)
    own, statuses = series.values[force_id], series.statuses[force_id]
    tops = series.numerator[force_id].where(own.notna())  # no interval where the point itself is missing
    limits = interval_of(series.measure, tops.to_numpy(float), series.denominator[force_id].to_numpy(float))
    told = (own, statuses, limits.lower, limits.upper, series.values[ENGLAND_AND_WALES])
    rows = []
    for day, value, status, *ends, national in zip(series.days, *(one.tolist() for one in told), strict=True):
        shown = value_cell(result, value, "" if math.isnan(value) else status)
        cells = (shown, tables.interval_cell(series.measure, *ends), value_cell(result, national))
        rows.append(Row(day_in_words(day), cells))
    return html_table(caption, columns, rows)


@analysis_function()
def quarters_block(result: Result, force_id: str, number: int | None) -> Html:
    """Return the figure of a measure's quarters with the season taken out, and the signals among them.

    A line that is too short says so in its place. Raises InputError for a measure that is not counted by quarter.
    """
    try:
        series = quarterly(result)
    except InputError:
        why = f"{result.measure.title}: the counts are by year, so no signals are looked for among quarters."
        raise InputError(why) from None
    free, name = season_free(series), result.edition.forces.official_name(force_id)
    found, title = signals_of(free, force_id), series.per_head(result.measure.title, force_id)
    caption = f"{title}, {name}, each quarter with the season taken out"
    if not found:
        has_line = series.values[force_id].notna().any()
        refused = why_no_signals(series, force_id) if has_line else wording.reading(result, force_id)
        return _refused(result, "quarters", refused)
    ends = (found[0].quarters.index[0], found[-1].quarters.index[-1])
    caption += f", {' to '.join(day_in_words(date.fromisoformat(str(end))) for end in ends)}"
    figure = quarter_lines(free, force_id)
    notes = [ABOUT_SIGNALS, ABOUT_SEASON, *(one.sentence for one in series.breaks(force_id))]
    return _further(
        "quarters",
        Drawing(narrow_form(quarter_lines, free, force_id) + figure.as_image(), figure.alt_text, [result]),
        number,
        caption,
        stands_under(notes, source_line(result, _source_of_populations(result, series))),
        reading=signals_in_words(free, force_id, found[-1]),
        summary="The quarters and their signals",
        data=_quarters_table(result, series, figure.data, force_id, caption),
    )


def _quarters_table(result: Result, series: Series, shown: pd.DataFrame, force_id: str, caption: str) -> Markup:
    columns = ("Three months to", "As counted", "Season taken out", "Mean", "Lower limit", "Upper limit", "Signals")
    rows = []
    counted = series.values[force_id].loc[shown.index]
    for (end, *numbers, signals), before in zip(shown.itertuples(), counted.tolist(), strict=True):
        cells = [value_cell(result, one) for one in (before, *numbers)]
        rows.append(Row(day_in_words(date.fromisoformat(str(end))), (*cells, Cell(signals))))
    return html_table(caption, columns, rows)


def _source_of_populations(result: Result, series: Series) -> str:
    """Return the source of the points' populations where they are of more years than the edition's own, else ""."""
    if len(set(series.mid_years)) < 2:
        return ""
    by_table: dict[str, list[int]] = {}
    for year in sorted(set(series.mid_years)):
        for table in population_tables(result.edition, [year]):
            by_table.setdefault(f"{table.publisher}, {table.title}" if table.title else "", []).append(year)
    return " ".join(f"{_years_in_words(years)}: {title}." for title, years in by_table.items() if title)


def _years_in_words(years: list[int]) -> str:
    first, last = years[0], years[-1]
    return f"Population of mid-{last}" if first == last else f"Populations of mid-{first} to mid-{last}"


def _line_notes(result: Result, series: Series, force_id: str) -> list[str]:
    own = result.of(force_id)
    notes = [one.sentence for one in series.breaks(force_id)]
    if own.status not in wording.AS_IT_IS and own.note:
        notes.append(own.note)
    if series.mid_years:
        notes.append(_about_population(result, series, force_id))
    notes.append(ABOUT_RECENT_TREND)
    members = f"{len(series.members)} of {NUMBER_OF_FORCES} forces"
    fewer = "" if set(series.members) == set(result.members) else ", so its last point can differ from the value above"
    notes.append(f"England and Wales is the sum of the same {members} at every point{fewer}.")
    return notes


def _about_population(result: Result, series: Series, force_id: str) -> str:
    """Return which population the points divide by, and what they must not be taken for."""
    assumed = f" Every point of {result.edition.forces.official_name(force_id)} divides by its assumed population."
    kept = assumed if force_id in series.assumed else ""
    if series.mid_year is not None:
        return (
            f"Every point divides by the same population, that of mid-{series.mid_year}: the estimates of all the "
            "years before are not held on one basis. The lines move with the counts alone, and an earlier point is not "
            f"the rate of its own year.{kept}"
        )
    first, last = series.mid_years[0], series.mid_years[-1]
    each = f"Each point divides by the population of its own mid-year, from mid-{first} to mid-{last}"
    earlier = result.edition.earlier_population
    return f"{each}{f'. {earlier.sentence}' if earlier else ', all of one set of estimates.'}{kept}"
