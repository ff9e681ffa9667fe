"""What a notebook cell shows: HTML with a short plain text, or Markdown."""

from base64 import b64encode
from dataclasses import dataclass
from html import escape

from peel_analysis.show.templates import TEMPLATES

STYLE = TEMPLATES / "style.css"


@dataclass(frozen=True, repr=False)
class Html:
    """HTML for JupyterLab and for the report; `about` says in plain text what it is."""

    html: str
    about: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"<{self.about}>"


@dataclass(frozen=True, repr=False)
class Markdown:
    """Markdown text, shown as such."""

    text: str

    def _repr_markdown_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return "<Markdown>"


def style() -> str:
    """Return the report's style sheet for a notebook that is read in JupyterLab; the report has its own copy."""
    return f'<style class="peel-style">{STYLE.read_text(encoding="utf-8")}</style>'


def picture(svg: str, alt: str) -> str:
    """Return a drawing as an HTML image that keeps its alternative text everywhere, untrusted notebooks included."""
    data = b64encode(svg.encode()).decode()
    return f'<img class="drawing" alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def folded(summary: str, html: str) -> str:
    """Return content that a reader unfolds."""
    return f'<details class="data"><summary>{escape(summary)}</summary>\n{html}\n</details>'
