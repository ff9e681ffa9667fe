"""`peel data build` and `peel data add`: the tables of counts, made from the published files."""

import argparse
from pathlib import Path

from peel_analysis.commands.check import ERRORS_IN_DATA, told
from peel_analysis.data.location import check_writable, data_folder


def build(given: argparse.Namespace) -> int:
    """Remake data/counts and the registers beside it; print what was read and what the checks find in it."""
    from peel_analysis.checks.table_checks import check
    from peel_analysis.checks.tables_held import TablesHeld
    from peel_analysis.intake.build import build as build_tables

    check_writable(data_folder(), f"--data {data_folder()}")
    for account in build_tables(Path(given.raw), data_folder()):
        print("\n".join(account.lines()))
    return told(check(TablesHeld(data_folder())))


def add(given: argparse.Namespace) -> int:
    """Take one file into the data folder, or show what that would change; an error in its data changes nothing."""
    from peel_analysis.data import forces
    from peel_analysis.intake.addition import plan

    if not given.dry_run:
        check_writable(data_folder(), f"--data {data_folder()}")
    not_supplied = [forces.find(name).id for name in given.not_supplied.split(",") if name.strip()]
    addition = plan(Path(given.file), data_folder(), given.release or "", not_supplied)
    print("\n".join(addition.lines()))
    if not addition.texts:
        print("Nothing changes: the data folder holds all of this already.")
        return 0
    told(addition.results, brief=True)
    if not addition.is_sound:
        print("Nothing was changed: the checks found errors in the data.")
        return ERRORS_IN_DATA
    names = sorted(str(path.relative_to(data_folder())) for path in addition.texts)
    if not given.dry_run:
        addition.write()
    print(f"{'Would write' if given.dry_run else 'Written'}: {', '.join(names)}")
    return 0
