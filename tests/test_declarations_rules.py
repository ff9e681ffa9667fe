"""Misspelt checks and wording policies: each is refused in one line that names the place and the remedy."""

from pathlib import Path

import pytest
from invented import Folder, folder
from refusals import assert_tells

from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.data.policy import REASONS

POLICY = "data/wording_policy.toml"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "above_percent = 105",
            "above_percnt = 105",
            "data/checks.toml, check 'parts_within_whole': rule has {above_percent}, which is not filled in; there are "
            "{above_percnt}",
        ),
        (
            "above_percent = 105",
            'above_percent = "105"',
            "data/checks.toml, check 'parts_within_whole', thresholds: above_percent is '105'; write a number",
        ),
        ('id = "forces"', 'id = "shape"', "data/checks.toml: two checks have the id 'shape'; give each its own"),
    ],
)
def test_a_check_that_is_misspelt(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("checks.toml", old, new)
    with pytest.raises(InputError) as refused:
        open_data(data.path).rule("shape")
    assert_tells(str(refused.value), message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("level = 0.998", "level = 99.8", f"{POLICY}, [chance]: level is 99.8; write a number under 1"),
        (
            "fewest_forces = 20",
            "fewest_forces = 0",
            f"{POLICY}, [position]: fewest_forces is 0; write a number above 0",
        ),
        (
            "winsorised = 0.1",
            "winsorised = 0.5",
            f"{POLICY}, [chance]: winsorised is 0.5; write a number under 0.5",
        ),
        ('ratio = "0.10"', "ratio = 0.10", f"{POLICY}, [size]: ratio is 0.1; write a number in quotes"),
        (
            '1 = "1.0"',
            'one = "1.0"',
            f"{POLICY}, [size]: smallest_gap has 'one', no number of decimals; write 0, 1 or 2",
        ),
        (
            'partial_return = "',
            'partial_retrun = "',
            f"{POLICY}, [no_verdict]: there is no setting 'partial_retrun'; did you mean partial_return? The "
            f"settings are {', '.join(REASONS)}",
        ),
    ],
)
def test_a_policy_that_is_misspelt(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("wording_policy.toml", old, new)
    with pytest.raises(InputError) as refused:
        _ = open_data().policy
    assert_tells(str(refused.value), message)
