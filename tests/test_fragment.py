"""A section's fragment says what nbconvert's own exporter says, though it leaves out that exporter's second parse."""

import json
from typing import Any

import nbformat
from bs4 import BeautifulSoup, Tag
from conftest import Page
from nbconvert.exporters import HTMLExporter, TemplateExporter

from peel_analysis.reports import fragment


def test_the_second_parse_of_nbconvert_changes_nothing_that_a_reader_meets(page: Page) -> None:
    """Elements, attributes and texts are the same; only the order of attributes and the writing of signs differ."""
    for held in page.notebooks:
        notebook = nbformat.reads(json.dumps(held), as_version=4)  # type: ignore[no-untyped-call]
        ours, _ = TemplateExporter.from_notebook_node(fragment._exporter(), notebook)
        theirs, _ = HTMLExporter.from_notebook_node(fragment._exporter(), notebook)
        assert elements(ours) == elements(theirs)
        assert len(elements(ours)) > 20


def elements(html: str) -> list[Any]:
    """Return elements with their attributes in one order, and texts, as they follow each other."""
    found: list[Any] = []
    for one in BeautifulSoup(html, "html.parser").descendants:
        if isinstance(one, Tag):
            found.append((one.name, sorted((name, str(value)) for name, value in one.attrs.items())))
        elif str(one).strip():
            found.append(str(one).strip())
    return found
