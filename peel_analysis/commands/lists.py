"""`peel forces` and `peel values`: what is printed to standard output."""

import argparse
import sys

from peel_analysis.data import forces
from peel_analysis.data.forces import ENGLAND_AND_WALES


def list_forces(given: argparse.Namespace) -> int:
    """Print the 43 forces: id, official name and region."""
    for force in forces.all_forces():
        print(f"{force.id:<20} {force.official_name:<34} {force.region}")
    return 0


def values(given: argparse.Namespace) -> int:
    """Print the values of an edition as CSV or JSON."""
    from peel_analysis import measures
    from peel_analysis.data.edition import open_edition
    from peel_analysis.show import values as value_table

    edition = open_edition(given.edition).with_population(vintage=given.population, residents_only=given.residents_only)
    edition = edition.without_incomplete() if given.leave_out_incomplete else edition
    chosen = [measures.get(given.measure)] if given.measure else None
    rows = value_table.values(edition, chosen)
    if given.force:
        national = given.force.lower().replace(" ", "-") == ENGLAND_AND_WALES
        rows = rows[rows["force_id"] == (ENGLAND_AND_WALES if national else forces.find(given.force).id)]
    sys.stdout.write(value_table.as_csv(rows) if given.format == "csv" else value_table.as_json(rows))
    return 0


def verdicts(given: argparse.Namespace) -> int:
    """Print the policy, how many flags to expect of chance, and for each measure every force's verdict.

    Each verdict comes with the numbers that it can be recomputed from.
    """
    from peel_analysis import measures
    from peel_analysis.comparison import chance
    from peel_analysis.comparison.listing import verdict_lines
    from peel_analysis.data.edition import open_edition
    from peel_analysis.statistics import read_policy

    edition = open_edition(given.edition)
    chosen = [measures.get(given.measure)] if given.measure else list(measures.declared())
    force_ids = [forces.find(given.force).id] if given.force else list(forces.ids())
    results = measures.calculate_all(edition, chosen)
    expected = chance.among(results)
    by_chance = expected.sentence() if expected else chance.NONE_MADE
    print("\n".join("# " + sentence for sentence in (*read_policy().sentences(), by_chance)))
    for result in results:
        print("\n".join(verdict_lines(result, force_ids)))
    return 0
