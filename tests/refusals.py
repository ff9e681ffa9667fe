"""An invented data folder that answers until a test spoils it, and the refusal that a user then reads."""

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


def refusal(about: Callable[[], object]) -> str:
    """Return the message of the error, which is one that a user can put right and is told in one line."""
    with pytest.raises(InputError) as raised:
        about()
    message = str(raised.value)
    assert "\n" not in message
    return message
