"""`peel why MEASURE FORCE`: the full account of one number."""

import argparse
import sys

from peel_analysis.data import forces
from peel_analysis.data.forces import ENGLAND_AND_WALES


def why(given: argparse.Namespace) -> int:
    """Print what one value rests on."""
    from peel_analysis import measures
    from peel_analysis.data.edition import open_edition
    from peel_analysis.why import account

    national = given.force.strip().lower().replace(" ", "-") == ENGLAND_AND_WALES
    force_id = ENGLAND_AND_WALES if national else forces.find(given.force).id
    sys.stdout.write(account(measures.get(given.measure), force_id, open_edition(given.edition)))
    return 0
