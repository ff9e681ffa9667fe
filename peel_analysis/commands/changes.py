"""`peel changes A B`: what moved from A to B, and why."""

import argparse
import sys
from pathlib import Path


def changes(given: argparse.Namespace) -> int:
    """Print the comparison as a table, CSV or a changelog list; with --html, write the page too."""
    from peel_analysis.changes import compare, open_side, tables
    from peel_analysis.data.errors import InputError
    from peel_analysis.data.location import check_writable

    if given.html:
        if Path(given.html).is_dir():
            raise InputError(f"--html {given.html}: a folder; give the name of a file, such as changes.html in it")
        check_writable(Path(given.html).parent, f"--html {given.html}")
    chosen = [given.measure] if given.measure else None
    comparison = compare(open_side(given.a), open_side(given.b), chosen)
    if given.html:
        from peel_analysis.changes.page import changes_page
        from peel_analysis.data.writing import write_text

        write_text(Path(given.html), changes_page(comparison))
        print(given.html, file=sys.stderr)
    if given.format == "csv":
        sys.stdout.write(tables.as_csv(comparison))
    elif given.format == "changelog":
        sys.stdout.write(tables.as_changelog(comparison))
    else:
        sys.stdout.write(tables.text_table(comparison, every=given.all))
    return 0
