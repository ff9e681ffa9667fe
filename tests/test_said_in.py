"""Where a fact is said: a place that a reader of the published report can find, never a line of a transcript."""

import re

import pytest
from tracing import sentences_of_data

from peel_analysis.data import registers
from peel_analysis.data.folder import open_data
from peel_analysis.data.registers import Register

REPORT = "Norfolk 2017 report, "
WITH_PLACES = [register for register in registers.ALL if "said_in" in register.columns]
SECTIONS = (
    "Annex A",
    "Effectiveness overview",
    "Force in numbers",
    "Protecting vulnerable people and supporting victims",
    "Specialist capabilities",
)


def places(text: str) -> list[str]:
    """Return the places of the published report that a cell names."""
    return text.removeprefix(REPORT).split(" (")[0].split("; ") if text.startswith(REPORT) else []


@pytest.mark.parametrize("register", WITH_PLACES, ids=lambda register: register.file)
def test_no_place_is_a_line_of_a_transcript(register: Register) -> None:
    cells = open_data().register(register)["said_in"]
    assert not cells.empty
    assert [cell for cell in cells if re.search(r"\blines? \d", cell)] == []


@pytest.mark.parametrize("register", WITH_PLACES, ids=lambda register: register.file)
def test_a_place_of_the_published_report_begins_with_its_section(register: Register) -> None:
    named = [place for cell in open_data().register(register)["said_in"] for place in places(cell)]
    own = [place for place in named if not place.startswith("ONS ")]
    assert [place for place in own if place.split(", ")[0] not in SECTIONS] == []


def test_what_must_not_be_compared_names_its_place_too() -> None:
    said = [block.said_in for block in open_data().blocks]
    assert all(places(one)[0].startswith("Annex A, ") for one in said)


def test_no_text_of_the_data_folder_names_a_line_of_the_report() -> None:
    assert [text for text in sentences_of_data() if re.search(r"report, lines? \d", text)] == []
