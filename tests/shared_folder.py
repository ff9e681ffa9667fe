"""The founders' folder with the published files as found, which stands beside a checkout or not at all."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(name: str) -> Path:
    """Return a file or folder of the shared folder; the test that asks for one that is not there is skipped."""
    if not (SHARED / name).exists():
        pytest.skip(f"the founders' shared folder is not beside this checkout: no {name}")
    return SHARED / name
