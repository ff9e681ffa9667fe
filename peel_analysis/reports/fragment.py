"""An executed section notebook as a piece of HTML: prose and outputs, headings one level down, no code."""

import re
from functools import cache
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"
ANCHOR = re.compile(r'<a class="anchor-link"[^>]*>.*?</a>')
HEADING = re.compile(r"<(/?)h([1-5])\b")
HEADING_ID = re.compile(r'(<h[2-6] id=")')
STYLE = re.compile(r'<style class="peel-style">.*?</style>', re.DOTALL)


@cache
def _exporter() -> Any:
    """Return the exporter; making one takes as long as exporting several notebooks, so a process keeps one."""
    from nbconvert.exporters import HTMLExporter

    return HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="peel", extra_template_basedirs=[str(TEMPLATES)], optimistic_validation=True
    )


def section_html(notebook: Any, section_id: str) -> str:
    """Return an executed notebook as a fragment for the report.

    The notebook's title becomes a second-level heading, and so on down; ids of headings get the section's id in front,
    so that "Areas for improvement" can stand in four sections; style sheets for JupyterLab are taken out.
    """
    from nbconvert.exporters import TemplateExporter

    # Not HTMLExporter's own method: it parses the page again, for pictures without words and for JupyterLab's classes.
    html, _ = TemplateExporter.from_notebook_node(_exporter(), notebook)
    html = STYLE.sub("", ANCHOR.sub("", html))
    html = HEADING.sub(lambda match: f"<{match[1]}h{int(match[2]) + 1}", html)
    return HEADING_ID.sub(rf"\1{section_id}-", html).strip()
