"""`peel changes A B`: what moved from A to B, and why."""

import argparse
import sys
from pathlib import Path


def changes(given: argparse.Namespace) -> int:
    """Print the comparison as a table, CSV or a changelog list; with --html, write the page too."""
    from peel_analysis.changes import changes_between, open_version, output
    from peel_analysis.data.errors import InputError
    from peel_analysis.data.location import check_writable
    from peel_analysis.data.writing import write_text

    if given.html:
        if Path(given.html).is_dir():
            raise InputError(f"--html {given.html}: a folder; give the name of a file, such as changes.html in it")
        check_writable(Path(given.html).parent, f"--html {given.html}")
    chosen = [given.measure] if given.measure else None
    found = changes_between(open_version(given.a), open_version(given.b), chosen)
    if given.html:
        write_text(Path(given.html), output.as_page(found))
        print(given.html, file=sys.stderr)
    if given.format == "csv":
        sys.stdout.write(output.as_csv(found))
    elif given.format == "changelog":
        sys.stdout.write(output.as_changelog(found))
    else:
        sys.stdout.write(output.text_table(found, every=given.all))
    return 0
