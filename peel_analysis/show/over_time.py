"""The recent trend of a line and the signals among its quarters in words, without a judgment."""

from datetime import date

from peel_analysis.comparison import over_time
from peel_analysis.comparison.over_time import Recent, Signals
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL
from peel_analysis.data.periods import day_in_words
from peel_analysis.data.text import enumerated
from peel_analysis.data.text import in_words as number_in_words
from peel_analysis.measures import Series
from peel_analysis.show.words import value_in_words
from peel_analysis.statistics.trends import FEWEST_QUARTERS, POINTS

ABOUT_RECENT_TREND = (
    "The recent trend is told as Fingertips, the public health profiles of the Office for Health Improvement and "
    "Disparities, tells it: by a chi-square test for trend over the last five values that share no counts, since the "
    "last marked break in recording. Where the values vary about their line by more than chance, the test allows for "
    "it. Increasing and decreasing say which way the figures went, and nothing about how well the force does."
)
ABOUT_SIGNALS = (
    "The signals are those of the NHS's Making Data Count: a quarter outside the limits; seven or more in a row on one "
    "side of the mean (a shift); six or more rises, or falls, in a row (a trend); two of three in a row beyond two "
    "thirds of the way from the mean to a limit. The limits are those of an XmR chart: three standard deviations from "
    "the mean, as the moves from one quarter to the next give them. A mark is that of the first of a quarter's "
    "signals, in the order of the key. In about four of ten lines of ten years chance alone makes some signal."
)
ABOUT_SEASON = (
    "The season is taken out by dividing each quarter by its quarter's usual ratio to the year around it (the "
    "median over the years). Mean, limits and season start anew after each marked break in recording."
)
SIGNALS = {  # what a point is called, in a key and in a table; what is said of the latest; what is said of several
    "outside": ("Outside the limits", "it lies outside the limits", "outside the limits"),
    "trend": ("In a trend", "it is in a run of six or more {moves} in a row (a trend)", "in a trend"),
    "two_in_three": (
        "Two of three near a limit",
        "it is one of two in three that lie near the {limit} limit",
        "near a limit with another of three",
    ),
    "shift": ("In a shift", "it is in a run of seven or more {side} the mean (a shift)", "in a shift"),
}


def recent_trend_in_words(series: Series, force_id: str) -> str:
    """Return the recent trend of a force and of England and Wales: "Recent trend (...): increasing for ..."."""
    own, national = (over_time.recent(series, name) for name in (force_id, ENGLAND_AND_WALES))
    name = series.edition.forces.official_name(force_id)
    if own.trend is None:
        return f"Recent trend: not told. {_too_few(own, name)}"
    said = f"Recent trend ({_span(own)}): {own.trend.direction} for {name}"
    if national.trend is None or national.days != own.days:
        return f"{said}."
    same = national.trend.direction == own.trend.direction
    return f"{said} and for {NATIONAL}." if same else f"{said}; {national.trend.direction} for {NATIONAL}."


def _span(recent: Recent) -> str:
    first, last = (day_in_words(day) for day in (recent.days[0], recent.days[-1]))
    return f"12 months to {first} to 12 months to {last}, the last five years"


def _too_few(recent: Recent, name: str) -> str:
    if len(recent.days) == POINTS:
        return f"The counts of {name} are too small for its test."
    years = f"{number_in_words(len(recent.days))} year{'s' if len(recent.days) != 1 else ''}"
    return f"It takes five years since the last marked break in recording, and {name} has {years}."


def why_no_signals(series: Series, force_id: str) -> str:
    """Return why no signals are looked for among a force's quarters."""
    name, held = series.edition.forces.official_name(force_id), over_time.quarters_since_break(series, force_id)
    return (
        f"No signals are looked for among the quarters: the season and the limits need {FEWEST_QUARTERS} quarters "
        f"since the last marked break in recording, and {name} has {number_in_words(held)}."
    )


def signals_in_words(free: Series, force_id: str, found: Signals) -> str:
    """Return what the latest quarter of a part of a force's season-free line says, and how many carry a signal."""
    return " ".join((latest_in_words(free, force_id, found), _how_many(found), _unstable(found))).strip()


def latest_in_words(free: Series, force_id: str, found: Signals) -> str:
    """Return what the latest quarter of a part of a force's season-free line says."""
    value, last = float(found.quarters.iloc[-1]), date.fromisoformat(str(found.quarters.index[-1]))
    mean = value_in_words(free.measure, found.limits.centre)
    opening = (
        f"{free.edition.forces.official_name(force_id)}, three months to {day_in_words(last)}, with the season taken "
        f"out: {value_in_words(free.measure, value)}, beside a mean of {mean} over {int(found.quarters.count())} "
        "quarters."
    )
    latest = [_said(found, name) for name in found.names(-1)]
    if latest:
        told = (
            f"This quarter carries a signal: {enumerated(latest)}. In the terms of the NHS it is special cause "
            "variation, which is neither improvement nor concern."
        )
    else:
        told = "This quarter carries no signal: in the terms of the NHS it is common cause variation."
    return f"{opening} {told}"


def _said(found: Signals, name: str) -> str:
    is_above = float(found.quarters.iloc[-1]) > found.limits.centre
    is_rise = len(found.quarters) > 1 and float(found.quarters.iloc[-1]) > float(found.quarters.iloc[-2])
    return SIGNALS[name][1].format(
        moves="rises" if is_rise else "falls",
        limit="upper" if is_above else "lower",
        side="above" if is_above else "below",
    )


def _how_many(found: Signals) -> str:
    marked = int(found.marked.sum())
    if not marked:
        return "No quarter before it carries one."
    counted = ((int(inside.sum()), SIGNALS[name][2]) for name, inside in found.of.items())
    each = enumerated(f"{number_in_words(count)} {words}" for count, words in counted if count)
    carry = "carries a signal" if marked == 1 else "carry a signal"
    of_all = int(found.quarters.count())
    return f"Of the {of_all} quarters {number_in_words(marked)} {carry}: {each}{_more_than_one(found)}."


def _more_than_one(found: Signals) -> str:
    several = sum(int(inside.sum()) for inside in found.of.values()) > int(found.marked.sum())
    return " (some in more than one way)" if several else ""


def _unstable(found: Signals) -> str:
    if found.limits.is_stable:
        return ""
    return (
        "More than a third of them lie outside the limits: the line has moved, so that a single quarter outside says "
        "little."
    )


def signal_names(found: Signals, place: int) -> str:
    """Return the signals of a quarter for a table: "Outside the limits; in a shift", or "" for none."""
    words = "; ".join(SIGNALS[name][0] for name in found.names(place))
    return words[:1] + words[1:].replace("; I", "; i").replace("; T", "; t")
