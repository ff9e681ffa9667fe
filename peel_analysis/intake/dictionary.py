"""The part of data/README.md that says where each table comes from, made from provenance.csv."""

import pandas as pd

from peel_analysis.data.errors import InputError
from peel_analysis.sources.published_files import PROVENANCE_COLUMNS

README = "README.md"
START = "<!-- made from provenance.csv; `peel data add` and `peel data build` remake it -->"
END = "<!-- end of what is made from provenance.csv -->"


def provenance_section(provenance: pd.DataFrame) -> str:
    """Return the origins as Markdown: a heading a file, with its words, its digest and the tables made from it."""
    lines: list[str] = []
    facts = [column for column in PROVENANCE_COLUMNS if column not in ("table", "release")]
    ordered = provenance.sort_values(["table", "release", "source_file"], kind="stable")
    for _, rows in ordered.groupby(facts, sort=False):
        row = rows.iloc[0]
        tables = [
            f"`counts/{table}/{release}.csv`" if table != "populations" else f"`populations.csv`, vintage {release}"
            for table, release in zip(rows["table"], rows["release"], strict=True)
        ]
        lines += [
            f"### {row['title']}",
            "",
            f"* tables: {', '.join(tables)}",
            f"* publisher: {row['publisher']}; licence: {row['licence']}",
            f"* release: {row['release_words']}",
            f"* how made: {row['how_made']}",
            f"* file: `{row['source_file']}`, sha256 `{row['sha256']}`",
            "",
        ]
    return "\n".join(lines)


def with_provenance(readme: str, provenance: pd.DataFrame) -> str:
    """Return the data dictionary with its part on origins made anew. Raises InputError when its place is not marked."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise InputError(f"data/{README}: the lines {START!r} and {END!r} mark the part on origins; put them back")
    return f"{before}{START}\n\n{provenance_section(provenance)}\n{END}{after}"
