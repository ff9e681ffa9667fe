"""An invented data folder that answers until a test spoils it, and the refusal that a user then reads."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from invented import DAY_2017, QUARTERS_2017, YEAR_2016, Folder, all_forces, folder

from peel_analysis.data.errors import InputError


def answering_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Return a folder with invented crimes and organised crime groups, enough for two measures."""
    made = folder(tmp_path, monkeypatch)
    quarters = [row for period in QUARTERS_2017 for row in all_forces(period, 9000)]
    made.counts(
        {"recorded_crime": [*quarters, *all_forces(YEAR_2016, 30_000)], "organised_crime_groups": all_forces(DAY_2017)}
    )
    return made


NAMES = re.compile(r"'[^']*'|\{\w+\}|\b\w*[_\d]\w*\b")  # what a message quotes, fills in or counts
REMEDIES = (
    *("write", "add", "use", "mend", "take", "give", "keep", "exchange", "name", "put", "leave", "did you mean"),
    *("there are", "the settings are", "expected", "needs"),
)


def assert_tells(found: str, expected: str) -> None:
    """Assert that a message has the parts of another: the place, what was found, every name in it, and a remedy.

    The words between them may differ.
    """
    place, _, rest = expected.partition(": ")
    assert found.startswith(place), found
    for name in NAMES.findall(rest):
        assert name.strip("'") in found, (name, found)
    wanted = [remedy for remedy in REMEDIES if re.search(rf"\b{remedy}\b", rest)]
    assert any(re.search(rf"\b{remedy}\b", found) for remedy in wanted or REMEDIES), found


def assert_says(message: str, *parts: str) -> None:
    """Assert that a message begins with the first part, the place, and has what was found and the remedy after it."""
    assert message.startswith(parts[0]), message
    assert [part for part in parts if part not in message] == [], message


def refusal(about: Callable[[], object]) -> str:
    """Return the message of the error, which is one that a user can put right and is told in one line."""
    with pytest.raises(InputError) as raised:
        about()
    message = str(raised.value)
    assert "\n" not in message
    return message
