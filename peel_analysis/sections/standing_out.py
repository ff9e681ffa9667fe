"""What stands out: the few figures on which the policy finds a force higher or lower, the clearest first."""

from html import escape

from peel_analysis.comparison import chance, compare
from peel_analysis.measures import Result
from peel_analysis.statistics import Verdict
from peel_analysis.wording import official_name, reading, value_id

AT_MOST = 7  # lines


def standing_out(results: list[Result], force_id: str) -> str:
    """Return the list as HTML: at most seven lines, each with its figure and the id of its row in values.csv."""
    found = [(verdict, result) for result in results if _stands_out(verdict := compare(result).verdicts[force_id])]
    ordered = sorted(found, key=lambda pair: _clearness(pair[0]), reverse=True)[:AT_MOST]
    policy = compare(results[0]).policy
    note = f'<p class="key">By the wording policy: {escape(policy.label)}. {_by_chance(results)}</p>'
    if not ordered:
        return (
            f'<p class="none-recorded">On no figure is {escape(official_name(force_id))} found higher or lower '
            f"than England and Wales by the stated rule.</p>{note}"
        )
    items = "".join(
        f'<li data-value="{value_id(result, force_id)}">{escape(reading(result, force_id))} '
        f'<a class="to-figure" href="#figure-{result.measure.id}">See the figure</a></li>'
        for _, result in ordered
    )
    return f'<ul class="standing-out">{items}</ul>{note}'


def _stands_out(verdict: Verdict) -> bool:
    return bool(verdict.size) and verdict.position is not False and bool(verdict.words)


def _clearness(verdict: Verdict) -> tuple[bool, float, float]:
    """Return what the list is sorted by: notable first, then distance from the other forces, then from the whole."""
    distance = abs(verdict.robust_z) if verdict.robust_z is not None else 0.0
    return bool(verdict.chance), distance, abs(float(verdict.gap or 0))


def _by_chance(results: list[Result]) -> str:
    """Return the note on multiple comparisons for the measures that have a funnel."""
    expected = chance.among(results)
    return escape(expected.sentence()) if expected else ""
