"""The wording policy's file: its sentences state its settings, and a file that cannot be used is refused."""

import re
from pathlib import Path

import pytest

from peel_analysis.errors import InputError
from peel_analysis.location import PROJECT
from peel_analysis.statistics import expected_by_chance, read_policy, verdicts

POLICY_FILE = PROJECT / "data" / "wording_policy.toml"
POLICY = read_policy(POLICY_FILE)
JUDGMENT = re.compile(r"\b(high|low|good|bad|best|worst|better|worse)\b", re.IGNORECASE)


def test_policy_is_named_dated_and_free_of_judgment() -> None:
    words = {*POLICY.all_three, *POLICY.size_and_position, *POLICY.size_only, POLICY.otherwise}
    assert words == {
        "notably higher than", "notably lower than", "higher than", "lower than", "similar to",
    }  # fmt: skip
    assert POLICY.label == f"size, position and chance, version 1.0 ({POLICY.date:%Y-%m-%d})"
    spoken = [*words, *POLICY.sentences(), expected_by_chance(645, POLICY).sentence()]
    assert [text for text in spoken if JUDGMENT.search(text)] == []


def test_the_sentences_state_the_settings() -> None:
    size, position, chance, *_ = POLICY.rules
    assert f"{POLICY.ratio:.0%}" in size
    assert all(f"{gap} on" in size for gap in POLICY.smallest_gap.values())
    assert f"at least {POLICY.robust_z:.0f} " in position
    assert f"{POLICY.level:.1%}" in chance
    assert POLICY.overdispersion in chance
    assert f"{POLICY.winsorised:.0%} winsorised" in chance
    assert f"Fewer than {POLICY.fewest_forces} forces" in POLICY.basis["size only"]


def changed(folder: Path, old: str, new: str) -> Path:
    text = POLICY_FILE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "wording_policy.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("robust_z = 1.0\n", "", r"a setting is missing or cannot be read: KeyError\('robust_z'\)"),
        ('ratio = "0.10"', 'ratio = "much"', "a setting is missing or cannot be read"),
        ('"higher than", "lower than"', '"higher than"', "a setting is missing or cannot be read"),
        ('no_value = "', 'nothing = "', r"KeyError\('no_value'\)"),
        ('"additive"', '"guess"', "overdispersion is one of additive, multiplicative, none; found 'guess'"),
        ("notably higher than", "High against", "'High' is a word of judgment"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=f"data/wording_policy.toml: .*{message}"):
        read_policy(changed(tmp_path, old, new))


def test_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: FileNotFoundError"):
        read_policy(tmp_path / "none.toml")


def test_a_new_threshold_changes_the_verdict(tmp_path: Path) -> None:
    stricter = read_policy(changed(tmp_path, 'ratio = "0.10"', 'ratio = "0.50"'))
    assert verdicts([57.7], 42.5, 1, stricter)[0].words == "similar to"
