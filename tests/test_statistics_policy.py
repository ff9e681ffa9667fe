"""The wording policy's file: its sentences state its settings, and a file that cannot be used is refused."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from peel_analysis.data.errors import InputError
from peel_analysis.data.files import PROJECT, toml_of
from peel_analysis.data.folder import open_data
from peel_analysis.data.periods import day_in_words
from peel_analysis.data.policy import Policy, policy_in
from peel_analysis.statistics.verdict import verdicts

POLICY_FILE = PROJECT / "data" / "wording_policy.toml"
POLICY = open_data(POLICY_FILE.parent).policy
JUDGMENT = re.compile(r"\b(high|low|good|bad|best|worst|better|worse)\b", re.IGNORECASE)


def policy_of(path: Path) -> Policy:
    """Return the policy of a file."""
    return policy_in(toml_of(path, "data/wording_policy.toml"))


def test_policy_is_named_dated_and_free_of_judgment() -> None:
    words = {*POLICY.words.all_three, *POLICY.words.size_and_position, *POLICY.words.size_only, POLICY.words.otherwise}
    assert words == {
        "notably higher than", "notably lower than", "higher than", "lower than", "similar to",
    }  # fmt: skip
    assert POLICY.label == f"size, position and chance, version 2.0 ({day_in_words(POLICY.date)})"
    spoken = [*words, *POLICY.sentences()]
    assert [text for text in spoken if JUDGMENT.search(text)] == []


def test_the_sentences_state_the_settings() -> None:
    size, position, chance, method, *_ = POLICY.sentences()[:6]
    assert POLICY.size.ratio == Decimal("0.10")
    assert "at least 10% above or below" in size
    assert all(f"{gap} on" in size for gap in POLICY.size.smallest_gap.values())
    assert f"at least {POLICY.position.robust_z:.0f} " in position
    assert f"at least {POLICY.position.fewest_forces} forces" in position
    assert method.startswith("How the funnel limits are made: ")
    assert f"{POLICY.chance.level:.1%}" in chance
    assert POLICY.chance.overdispersion in chance
    assert f"{POLICY.chance.winsorised:.0%} winsorised" in chance
    assert f"Fewer than {POLICY.position.fewest_forces} forces" in POLICY.basis["size only"]


def changed(folder: Path, old: str, new: str) -> Path:
    text = POLICY_FILE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "wording_policy.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("robust_z = 1.0\n", "", r"\[position\]: no setting 'robust_z'; add it: a number"),
        ('ratio = "0.10"', 'ratio = "much"', r"\[size\]: ratio is 'much'; write a number in quotes, as"),
        ('"higher than", "lower than"', '"higher than"', r"\[words\]: size_and_position is .*; write two texts"),
        ('no_value = "', 'nothing = "', r"\[no_verdict\]: there is no setting 'nothing'"),
        ('"additive"', '"guess"', "overdispersion is 'guess'; use one of additive, multiplicative, none"),
        ("notably higher than", "High against", "'High' is a word of judgment"),
        ('"higher than", "lower than"', '"highest of", "lower than"', "'highest' is a word of judgment"),
        ('"higher than", "lower than"', '"higher than", "poorer than"', "'poorer' is a word of judgment"),
        ('name = "size, position and chance"', 'name = "best and worst"', "'best' is a word of judgment"),
        ("{ratio}", "a tenth", r"\[size\]: sentence does not say what ratio is; write {ratio} where it belongs"),
        ("is at least {robust_z} in", "is far in", r"\[position\]: sentence does not say what robust_z is; write {"),
        ("by {gap} ({alone}).", "by {gab} ({alone}).", r"\[says\]: size_only has {gab}, which is not filled in"),
        ("Found outside: {outside}", "Found: {found}", r"\[multiple_comparisons\]: expected has {found}, which is not"),
        ('["above", "below"]', '["better", "below"]', "'better' is a word of judgment"),
        ("outside the {level}", "outside the {levels}", r"\[chance\]: sentence has {levels}, which is not filled in"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=f"data/wording_policy.toml.*{message}"):
        policy_of(changed(tmp_path, old, new))


def test_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"data/wording_policy\.toml: the file is missing from "):
        policy_of(tmp_path / "none.toml")


def test_a_new_threshold_changes_the_verdict(tmp_path: Path) -> None:
    stricter = policy_of(changed(tmp_path, 'ratio = "0.10"', 'ratio = "0.50"'))
    assert verdicts([57.7], 42.5, 1, stricter)[0].words == "similar to"
