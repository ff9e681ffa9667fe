"""What a data folder has to report on: its measures and its editions, as a command lists them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from peel_analysis.data.definitions import Measure
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import Data
from peel_analysis.data.registers import JUDGMENTS
from peel_analysis.data.text import block, columns, pairs, paragraph
from peel_analysis.measures import Result, calculate_all

CRIME = "crime"  # the window that names an edition's year


def measures_table(data: Data) -> list[str]:
    """Return the measures as lines: a table with a row each, then why a measure has no figure in an edition.

    The column of an edition says for how many forces there is a figure. Raises InputError for data that cannot be used.
    """
    results = {name: {one.measure.id: one for one in calculate_all(data.edition(name))} for name in data.editions}
    head = ("measure", *results, "kind", "title", "unit", "of")
    rows = [
        (one.id, *(_forces(found[one.id]) for found in results.values()), one.kind, one.title, one.unit, _of(one))
        for one in data.measures
    ]
    table = columns([head, *rows], right=range(1, len(results) + 1))
    told = [f"An edition's column says for how many of the {len(data.forces.ids)} forces there is a figure."]
    return [*table, "", *told, *(line for name, found in results.items() for line in _without(name, found))]


def _of(measure: Measure) -> str:
    """Return what is counted and what that is divided by: "recorded crime / population"."""
    return " / ".join(filter(None, (measure.numerator.words, measure.denominator.words)))


def _forces(result: Result) -> str:
    """Return for how many forces there is a figure, in figures, or "none"."""
    return str(int(result.forces["value"].notna().sum()) or "none")


def _without(name: str, results: Mapping[str, Result]) -> Iterator[str]:
    """Yield, under the edition's name, each reason why measures have a figure of few forces or of none."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for measure_id, result in results.items():
        missing = result.forces[result.forces["value"].isna()]
        if 2 * len(missing) > len(result.forces):  # of a few forces their own reports say why
            reasons[str(missing["note"].mode().iloc[0])].append(measure_id)
    told = [line for why, ids in reasons.items() for line in paragraph(f"{', '.join(ids)}: {why}")]
    yield from block(f"No figure of most forces in edition {name}", told)


def editions_list(data: Data) -> list[str]:
    """Return the editions as lines, each with its title, window and what is held for it.

    Raises InputError for data that cannot be used.
    """
    return [line for name in data.editions for line in _edition(data.edition(name))]


def _edition(edition: Edition) -> list[str]:
    names, results = edition.forces.ids, list(calculate_all(edition))
    with_figures = [int(one.forces["value"].notna().sum()) for one in results]
    most = sum(2 * one > len(names) for one in with_figures)
    few = sum(0 < 2 * one <= len(names) for one in with_figures)
    found = [one for one in names if edition.findings(one)]
    judged = edition.register(JUDGMENTS)
    graded = judged.loc[judged["grade"] != "", "force_id"].nunique()
    programme = edition.programme.id if edition.programme else ""
    releases = [f"{item} {one.release}" for item, one in edition.releases.items()]
    told = pairs(
        [
            ("title", edition.title),
            ("window", f"{edition.window(CRIME).words} (recorded crime)"),
            ("measures", f"{most} of {len(results)} with a figure of most forces, {few} of a few alone"),
            ("findings", f"of {edition.forces.in_words(found)}" if found else "of no force"),
            ("grades", f"of {graded} forces, PEEL {programme}" if graded else "of no force"),
            ("releases", ", ".join(releases)),
        ]
    )
    return [*([] if edition.id == edition.data.editions[0] else [""]), edition.id, *(f"  {line}" for line in told)]
