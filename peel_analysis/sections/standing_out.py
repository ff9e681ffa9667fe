"""What stands out: the few figures on which the policy finds a force higher or lower, the clearest first."""

from collections.abc import Iterable
from html import escape

from peel_analysis.comparison import compare
from peel_analysis.comparison.verdicts import expected_flags
from peel_analysis.measures import Result
from peel_analysis.sections.lines import lines, read_apart
from peel_analysis.show.words import official_name

AT_MOST = 7  # lines


def standing_out(results: list[Result], force_id: str) -> str:
    """Return the list as HTML: at most seven lines, each with its figure and the id of its row in values.csv.

    `results` are all those of the edition: the note under the list counts the comparisons made with any of them.
    """
    told = clearest(results, force_id)
    policy = escape(compare(results[0]).policy.label)
    chosen = f"Chosen by the wording policy ({policy}) from every figure of this edition that has a verdict."
    note = f'<p class="key">{chosen} {_by_chance(results)}</p>'
    if not told:
        return (
            f'<p class="none-recorded">On no figure is {escape(official_name(force_id))} found higher or lower '
            f"than England and Wales by the stated rule.</p>{note}"
        )
    return f'<ul class="standing-out">{lines(told, force_id)}</ul>{read_apart(told, force_id)}{note}'


def clearest(results: Iterable[Result], force_id: str) -> list[Result]:
    """Return the results on which the force is found higher or lower, the clearest first, at most seven."""
    found = [result for result in results if _stands_out(result, force_id)]
    return sorted(found, key=lambda result: _clearness(result, force_id), reverse=True)[:AT_MOST]


def _stands_out(result: Result, force_id: str) -> bool:
    compared = compare(result)
    return compared.verdicts[force_id].words not in ("", compared.policy.otherwise)


def _clearness(result: Result, force_id: str) -> tuple[bool, float, float]:
    """Return what the list is sorted by: notable first, then distance from the other forces, then from the whole.

    The last is in gaps that the size rule asks for, so that figures of different units have an order; it decides among
    those that the size rule alone could be held against.
    """
    compared = compare(result)
    verdict = compared.verdicts[force_id]
    distance = abs(verdict.robust_z) if verdict.robust_z is not None else 0.0
    if verdict.gap is None or verdict.national_shown is None:
        return bool(verdict.chance), distance, 0.0
    asked = compared.policy.gap_asked(verdict.national_shown, result.measure.decimals)
    return bool(verdict.chance), distance, float(abs(verdict.gap) / asked)


def _by_chance(results: list[Result]) -> str:
    """Return the note on multiple comparisons for the measures that have a funnel."""
    expected = expected_flags(results)
    return escape(expected.sentence()) if expected else ""
