"""An executed section notebook as the pieces of a page: prose and outputs, headings one level down, and no code."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import mistune
from markupsafe import Markup

from peel_analysis.sections.display import CITATIONS, PEEL, cited
from peel_analysis.show.templates import piece

WORKING = "working"  # the tag of cells that show an analyst the rows behind a figure
SYNTAX = ("strikethrough", "table", "url", "task_lists", "def_list")  # what JupyterLab reads beside plain Markdown


@dataclass(frozen=True)
class Piece:
    """A part of a page as HTML, and what the page must know of it, as `sections.display` describes it."""

    html: Markup
    data: Mapping[str, Any] = field(default_factory=dict)


def pieces(notebook: Mapping[str, Any], section_id: str) -> Iterator[Piece]:
    """Yield the prose and the outputs of an executed notebook, but for those of cells that show working.

    The notebook's title becomes a second-level heading, and so on down; ids of headings get the section's id in front,
    so that "Areas for improvement" can stand in four sections. Raw HTML in prose and findings is shown as text.
    """
    prose = mistune.create_markdown(renderer=_Prose(section_id), plugins=[*SYNTAX])
    prose.inline.register("citations", CITATIONS, _citations, before="link")
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            yield Piece(_html(prose, cell["source"]))
        elif WORKING not in cell["metadata"].get("tags", ()):
            for output in cell.get("outputs", ()):
                yield from _shown(output, prose)


def _shown(output: Mapping[str, Any], prose: mistune.Markdown) -> Iterator[Piece]:
    if output["output_type"] == "stream" and output["name"] == "stdout":
        yield Piece(piece("printed", output["text"]))
    shown: Mapping[str, Any] = output.get("data", {})
    data = shown.get(PEEL, {})
    if "findings" in data:
        heading, text = data["findings"]["heading"], data["findings"]["text"]
        yield Piece(_html(prose, f"## {heading}\n\n{text}" if heading else text))
    elif "text/html" in shown:
        yield Piece(Markup(shown["text/html"]), data)
    elif "text/markdown" in shown:
        yield Piece(_html(prose, shown["text/markdown"]))


def _html(prose: mistune.Markdown, text: str) -> Markup:
    return Markup(prose(text))


class _Prose(mistune.HTMLRenderer):
    """Markdown as HTML, without what would run or load anything."""

    def __init__(self, section_id: str) -> None:
        super().__init__(escape=True)
        self.section_id = section_id

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        name = Markup(text).striptags().replace(" ", "-")
        return str(piece("heading", min(level + 1, 6), f"{self.section_id}-{name}", Markup(text)))

    def citations(self, text: str) -> str:
        return str(cited(text))


def _citations(inline: mistune.InlineParser, found: re.Match[str], state: mistune.InlineState) -> int:
    state.append_token({"type": "citations", "raw": found[0]})
    return found.end()
