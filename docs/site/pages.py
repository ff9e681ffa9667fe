"""What the build of the documents adds to the pages: those that stand elsewhere, and what their code shows.

README, the data dictionary, CONTRIBUTING, CHANGELOG, the glossary and the cookbook are read where they are. Links among
all of these lead to their pages of the site; a link to a file that has no page becomes its name. Code in Python runs as
the page is built, and an error ends the build: what is shown is what it gives.
"""

import ast
import contextlib
import csv
import itertools
import json
import posixpath
import re
import tempfile
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

import peel_analysis as peel
from peel_analysis.show.tables import Cell, Row, html_table

PROJECT = Path(__file__).resolve().parents[2]
READ_FROM = {
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "cookbook.md": "notebooks/cookbook.ipynb",
    "data_dictionary.md": "data/README.md",
    "glossary.md": "data/glossary.csv",
    "limits.md": "README.md",
}
PAGE_OF = {source: page for page, source in READ_FROM.items()}
PAGE_OF |= {"README.md": "index.md", "README.md#limits": "limits.md"}
RUN = ("how_to/", "gallery.md", "cookbook.md")  # pages whose code is run; elsewhere it is shown alone
INCLUDED = re.compile(r"(?m)^<!-- from ([\w./]+): (.+) -->$")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)")
CODE = re.compile(r"(?ms)^```python\n(.*?)^```$")
TABLE = re.compile(r"(?s)<table\b[^>]*>(.*?)</table>")
ROWS = 45  # of a table: the forces and England and Wales


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Return the files with the pages that are read from elsewhere in the project, and what the pages load."""
    for page, source in READ_FROM.items():
        files.append(File.generated(config, page, content=_read(source, page)))
    for name in ("pages.css", "iframe-worker.js"):
        content = (Path(__file__).parent / name).read_text(encoding="utf-8")
        files.append(File.generated(config, f"assets/{name}", content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return the page with the sections that it names from elsewhere, its links made true, and what its code shows."""
    place = page.file.src_uri
    source = READ_FROM.get(place, f"docs/{place}")
    markdown = _linked(markdown, source, place)
    markdown = INCLUDED.sub(lambda one: _linked(_section(one[1], one[2]), one[1], place), markdown)
    if not place.startswith(RUN):
        return markdown
    names: dict[str, Any] = {}
    try:
        return CODE.sub(lambda one: f"{one[0]}\n\n{_shown(_run(one[1], names), page, config, files)}", markdown)
    except Exception as error:
        error.add_note(f"In the code of {source}")
        raise


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return the page with a frame around each table: a wide one is moved within it, by keyboard too."""
    number = itertools.count(1)

    def frame(table: re.Match[str]) -> str:
        named = f'role="region" aria-label="Table {next(number)}"'
        return f'<div class="table" tabindex="0" {named}><table class="data">{table[1]}</table></div>'

    return TABLE.sub(frame, html)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Return the page with a name for its search, which the theme gives none."""
    return output.replace('class="md-search"', 'class="md-search" aria-label="Search"')


def _read(source: str, page: str) -> str:
    path = PROJECT / source
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as opened:
            rows = [f"| {row['term']} | {row['meaning']} |" for row in csv.DictReader(opened)]
        return "\n".join(["# Abbreviations and terms in reports", "", "| term | meaning |", "|---|---|", *rows, ""])
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = [("".join(cell["source"]), cell["cell_type"] == "code") for cell in cells]
        return "\n\n".join(f"```python\n{text}\n```" if code else text for text, code in texts)
    if page == "limits.md":
        return _section(source, "Limits").replace("## ", "# ", 1)
    return path.read_text(encoding="utf-8")


def _section(source: str, heading: str) -> str:
    """Return a section of a page, heading and all but for that of the page itself; what is not there is an error."""
    text = (PROJECT / source).read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^(##? {re.escape(heading)})\n(.*?)(?=^## |\Z)", text)
    if not found:
        raise ValueError(f"{source} has no section '{heading}'")
    below = found[2].removesuffix("---\n\n")
    return below if found[1].startswith("# ") else f"{found[1]}\n{below}"


def _linked(markdown: str, source: str, place: str) -> str:
    """Return the text of a file of the project with its links as they go from a page of the site."""

    def link(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        file, hash_mark, heading = target.partition("#")
        if "://" in target or not file:
            return found[0]
        named = posixpath.normpath(posixpath.join(posixpath.dirname(source), file))
        to = PAGE_OF.get(f"{named}#{heading}") or PAGE_OF.get(
            named, named.removeprefix("docs/") if named.startswith("docs/") else ""
        )
        words = LINK.sub(link, words)
        if not to:
            return words
        return f"{picture}[{words}]({posixpath.relpath(to, posixpath.dirname(place) or '.')}{hash_mark}{heading})"

    # What stands in code is no link; words in a link may be code.
    parts = re.split(r"(?ms)(^ *```.*?^ *```$)", markdown)
    return "".join(part if number % 2 else LINK.sub(link, part) for number, part in enumerate(parts))


def _run(code: str, names: dict[str, Any]) -> Any:
    """Run the code of a cell in a folder of its own, and return what its last line gives."""
    *before, last = ast.parse(code).body
    gives = isinstance(last, ast.Expr)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        exec(compile(ast.Module(before if gives else [*before, last], []), "<page>", "exec"), names)
        return eval(compile(ast.Expression(last.value), "<page>", "eval"), names) if gives else None


def _shown(value: Any, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return what a page shows of a value: a figure as a drawing, a table as a table, all else as text."""
    if value is None:
        return ""
    if isinstance(value, peel.Result):
        value = value.figure()
    if isinstance(value, peel.Figure):
        return _drawing(value, page, config, files)
    if isinstance(table := getattr(value, "data", value), pd.DataFrame):
        return _table(table.head(ROWS))
    text = str(value)
    return f"> {text}" if isinstance(value, str) and "\n" not in text else f"```text\n{text}\n```"


def _table(table: pd.DataFrame) -> str:
    """Return a table with row headers; of a table by number, the first column has them."""
    table = table.reset_index() if table.index.names != [None] else table
    cells = zip(*(_words(column) for _, column in table.items()), strict=True)
    rows = [Row(header, tuple(map(Cell, others))) for header, *others in cells]
    [found] = TABLE.finditer(html_table("What it gives", list(map(str, table.columns)), rows))
    return found[0]


def _words(column: pd.Series) -> list[str]:
    """Return the cells of a column as text: numbers with one decimal, if any of them has one, and nothing for none."""
    if not pd.api.types.is_float_dtype(column):
        return [str(cell) for cell in column]
    decimals = int((column.dropna() % 1 != 0).any())
    return ["" if pd.isna(cell) else f"{cell:.{decimals}f}" for cell in column]


def _drawing(figure: peel.Figure, page: Page, config: MkDocsConfig, files: Files) -> str:
    with tempfile.TemporaryDirectory() as folder:
        drawing = figure.save(Path(folder) / "figure.svg").read_text(encoding="utf-8")
    begun = f"figures/{page.file.src_uri.removesuffix('.md').replace('/', '-')}-"
    number = 1 + sum(file.src_uri.startswith(begun) for file in files)
    drawn = File.generated(config, f"{begun}{number}.svg", content=drawing, inclusion=InclusionLevel.INCLUDED)
    files.append(drawn)
    address = posixpath.relpath(drawn.src_uri, posixpath.dirname(page.file.src_uri) or ".")
    return f"[![{escape(figure.alt_text)}]({address})]({address})"
