"""Markdown as HTML: the prose of notebooks, and what inspectors found, of which nothing runs or is loaded."""

import re
from collections import Counter
from typing import Any

import mistune
from markupsafe import Markup, escape

from peel_analysis.data.edition import CITATION
from peel_analysis.data.text import in_words, slug, visible
from peel_analysis.show.templates import piece

SYNTAX = ("strikethrough", "table", "task_lists", "def_list")  # what JupyterLab reads beside plain Markdown
LINKED = ("link", "auto_link", "auto_email")
CITATIONS = rf"(?:{CITATION})+"  # notes that findings cite, as in "... MASH.[^6][^7]"


class Prose:
    """Turns the Markdown of one section into HTML, in the order in which it is shown.

    A first-level heading becomes one of the second level, and so on down; the section's own `title` stands in place of
    the first, since a programme of inspections can have another title for a question than the next. Ids of headings are
    their words in small letters with the section's id in front, so that "Areas for improvement" can stand in four
    sections; one that stands twice in a section has a number after it. Raw HTML and pictures are
    shown as they are written.
    """

    def __init__(self, section_id: str, title: str = "") -> None:
        renderer = _Renderer(section_id, title)
        self._prose = mistune.create_markdown(renderer=renderer, plugins=[*SYNTAX, "url"])
        self._findings = mistune.create_markdown(renderer=renderer, plugins=[*SYNTAX])
        for one in (self._prose, self._findings):
            one.inline.register("citations", CITATIONS, _citations, before="link")
        self._findings.inline.rules = [rule for rule in self._findings.inline.rules if rule not in LINKED]
        self._findings.block.rules.remove("ref_link")

    def prose(self, text: str) -> Markup:
        """Return the prose of a notebook, which may hold links."""
        return Markup(self._prose(visible(text)))

    def findings(self, heading: str, text: str) -> Markup:
        """Return what inspectors found under a sub-heading: the first paragraph, and the others folded.

        Notes that are cited become links, and nothing else does.
        """
        first, *others = re.split(r"\n\s*\n", visible(text).strip())
        shown = Markup(self._findings(f"## {visible(heading)}\n\n{first}" if heading else first))
        if not others:
            return shown
        summary = f"Read on: {in_words(len(others))} more paragraph{'s' if len(others) > 1 else ''}"
        return shown + piece("folded", summary, Markup(self._findings("\n\n".join(others))), "findings")


class _Renderer(mistune.HTMLRenderer):
    """Markdown as HTML, without what would run or load anything."""

    def __init__(self, section_id: str, title: str) -> None:
        super().__init__(escape=True)
        self.section_id, self.title = section_id, title
        self.taken: Counter[str] = Counter()

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        if level == 1 and self.title:
            text, self.title = str(escape(visible(self.title))), ""
        name = slug(f"{self.section_id}-{Markup(text).striptags()}")
        self.taken[name] += 1
        again = f"-{self.taken[name]}" if self.taken[name] > 1 else ""
        return str(piece("heading", min(level + 1, 6), f"{name}{again}", Markup(text)))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        named = f' "{title}"' if title else ""
        return str(escape(f"![{text}]({url}{named})"))

    def citations(self, text: str) -> str:
        return str(piece("citations", re.findall(r"\d+", text)))


def _citations(inline: mistune.InlineParser, found: re.Match[str], state: mistune.InlineState) -> int:
    state.append_token({"type": "citations", "raw": found[0]})
    return found.end()
