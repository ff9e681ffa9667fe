"""`peel data build`: the tables of counts, remade from the published files."""

import argparse
from pathlib import Path

from peel_analysis.location import data_folder


def build(given: argparse.Namespace) -> int:
    """Remake data/counts, data/populations.csv and data/provenance.csv, and print what was read."""
    from peel_analysis.build import build as build_tables

    for account in build_tables(Path(given.raw), data_folder()):
        print("\n".join(account.lines()))
    return 0
