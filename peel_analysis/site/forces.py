"""The indexes: all editions with all forces, and an edition's forces with their grades."""

from collections.abc import Iterator

from peel_analysis.data.edition import Edition
from peel_analysis.data.programmes import OVERALL
from peel_analysis.data.text import enumerated
from peel_analysis.sections.judgments import grades_over_forces, judgment
from peel_analysis.site.page import INDEX, Site, Standing


def all_editions(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the index over all editions and forces: a link to each report that is there."""
    rows = [
        (force, [(one, f"{one.id}/{force.id}/index.html") for one in map(site.data.edition, site.data.editions)])
        for force in site.data.forces
    ]
    yield INDEX, site.page("editions.html.j2", INDEX, title="Police force reports", rows=rows, has=site.has)


def edition_index(site: Site, edition: Edition) -> Iterator[tuple[str, str]]:
    """Yield an edition's index: its forces with their judgments, and what there is of each."""
    standings = site.standings.get(edition.id, {})
    rows = [
        {
            "name": force.official_name,
            "link": f"{force.id}/index.html",
            "standing": standings.get(force.id, Standing(site.has(f"{edition.id}/{force.id}/index.html"))),
            "grade": _of_judgments(edition, force.id),
        }
        for force in edition.forces
    ]
    counted = grades_over_forces(edition, OVERALL)
    spread = enumerated(f"{count} {grade.lower()}" for grade, count in counted.items() if count)
    path = f"{edition.id}/index.html"
    yield path, site.page("reports.html.j2", path, edition, rows=rows, spread=spread)


def _of_judgments(edition: Edition, force_id: str) -> str:
    """Return the overall judgment on a force or, in a programme without one, on how many questions a grade is held."""
    programme = edition.programme
    if programme is None or programme.overall:
        return judgment(edition, force_id, OVERALL).grade_in_words
    held = [one.id for one in programme.questions if judgment(edition, force_id, one.id).grade in programme.grades]
    return f"held on {len(held)} of {len(programme.questions)} questions" if held else "none held"
