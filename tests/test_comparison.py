"""Verdicts on invented counts: who gets one, who is flagged, and what the comparison rests on."""

from pathlib import Path

import pytest
from invented import DAY_2017, YEAR_2016, YEAR_2017, Folder, all_forces, folder

from peel_analysis.comparison import Compared, compare
from peel_analysis.data.folder import open_data

PEOPLE = 1_000_000


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    made = folder(tmp_path, monkeypatch)
    made.population(dict.fromkeys(open_data().forces.ids, PEOPLE))
    return made


def around(rate: int, people: int = PEOPLE) -> dict[str, int | str | None]:
    """Return counts of 43 forces of one size whose true rates per 1,000 lie within 15% of `rate`, evenly spread."""
    return {
        force_id: round(people * rate / 1000 * (0.85 + 0.3 * place / 42))
        for place, force_id in enumerate(open_data().forces.ids)
    }


def crimes(data: Folder, people: dict[str, int], counts: dict[str, int]) -> Compared:
    """Return the comparison of invented crimes; forces not named have a million people and 76.5 to 103.5 per 1,000."""
    data.population(people)
    instead = {**around(90), **counts}
    data.counts({"recorded_crime": [*all_forces(YEAR_2017, instead=instead), *all_forces(YEAR_2016, instead=instead)]})
    return compare(data.result("crime_per_1000"))


def test_a_partial_return_gets_no_verdict(data: Folder) -> None:
    powers = ("criminal_behaviour_orders", "community_protection_notices", "civil_injunctions", "dispersal_orders")
    data.counts({item: [*all_forces(YEAR_2017), *all_forces(YEAR_2016)] for item in powers})
    one = compare(data.result("asb_powers_per_million"))
    assert one.verdicts["merseyside"].reason == "No verdict: the force's return is partial."
    assert one.verdicts["humberside"].reason == "No verdict: there is no value."
    assert one.verdicts["norfolk"].words
    assert one.funnel is not None
    assert one.funnel.forces == 43 - 4 - 4 - 1, "without the excluded, the partial and the City of London"


def test_a_small_force_is_not_flagged_for_noise(data: Folder) -> None:
    """45 instead of some 36 organised crime groups, in the smallest force: a quarter more, well within chance."""
    data.population({"warwickshire": 400_000})
    tenths = {force_id: round(int(str(count)) / 1000) for force_id, count in around(90).items()}
    counts = {**tenths, "warwickshire": 45}
    data.counts({"organised_crime_groups": all_forces(DAY_2017, instead=counts)})
    one = compare(data.result("ocg_per_million"))
    verdict = one.verdicts["warwickshire"]
    assert (verdict.size, verdict.position, verdict.chance) == (True, True, False)
    assert verdict.words == "higher than", "never notably"
    assert verdict.funnel_z is not None
    assert 0 < verdict.funnel_z < 2


def test_a_large_force_is_not_flagged_for_a_trifle(data: Folder) -> None:
    """5% more in ten million people is far beyond chance, and still a trifle."""
    one = crimes(data, {"metropolitan": 10 * PEOPLE}, {"metropolitan": 945_000})
    verdict = one.verdicts["metropolitan"]
    assert (verdict.size, verdict.words) == (False, "similar to")
    lower, upper = one.limits("metropolitan", 0.998)
    assert one.result.national.value < lower < upper, "chance alone could not explain it"


@pytest.mark.parametrize(
    ("count", "words"), [(150_000, "notably higher than"), (40_000, "notably lower than"), (90_000, "similar to")]
)
def test_a_force_that_truly_differs_is_flagged(data: Folder, count: int, words: str) -> None:
    verdict = crimes(data, {}, {"kent": count}).verdicts["kent"]
    assert verdict.words == words
    assert verdict.basis == "size, position and chance"


def test_the_order_of_the_forces_does_not_matter(data: Folder) -> None:
    assert {crimes(data, {}, {force_id: 150_000}).verdicts[force_id].words for force_id in ("avon-and-somerset",)} == {
        "notably higher than"
    }
    assert crimes(data, {}, {"wiltshire": 150_000}).verdicts["wiltshire"].words == "notably higher than"


@pytest.mark.parametrize(("forces_with_a_value", "refused"), [(19, True), (20, False)])
def test_a_funnel_needs_twenty_forces(data: Folder, forces_with_a_value: int, refused: bool) -> None:
    everyone = [force_id for force_id in open_data().forces.ids if force_id not in ("city-of-london",)]
    silent: dict[str, int | str | None] = dict.fromkeys(everyone[forces_with_a_value:], "not_supplied")
    data.counts({"organised_crime_groups": all_forces(DAY_2017, instead={**silent, "city-of-london": 5})})
    one = compare(data.result("ocg_per_million"))
    assert (one.funnel is None) == refused
    if refused:
        assert one.funnel_refused == "A funnel needs at least 20 forces with a comparable value; found 19."
        assert one.verdicts[everyone[0]].basis == "size only"
    else:
        assert one.funnel_refused == ""
        assert one.verdicts[everyone[0]].basis == "size, position and chance"


def test_a_share_above_its_whole_refuses_the_funnel_and_names_the_force(data: Folder) -> None:
    tables = {
        "domestic_abuse_offences": all_forces(YEAR_2017, 900, instead={"kent": 20_000}),
        "recorded_crime": [*all_forces(YEAR_2017, 10_000), *all_forces(YEAR_2016, 10_000)],
    }
    data.counts({**tables, "domestic_abuse_offences": [*tables["domestic_abuse_offences"], *all_forces(YEAR_2016)]})
    one = compare(data.result("da_share_of_crime_pct"))
    assert one.funnel is None
    assert one.funnel_refused == "No funnel is made: Kent counted more than the whole that it is a share of."


def test_a_national_value_of_0_refuses_the_funnel(data: Folder) -> None:
    data.counts({"organised_crime_groups": all_forces(DAY_2017, 0, 0)})
    one = compare(data.result("ocg_per_million"))
    assert one.funnel is None
    assert one.funnel_refused.startswith("No funnel is made: a funnel needs a target above zero")
    assert one.verdicts["kent"].reason.startswith("No verdict: more than half of the forces share one value")


def test_the_policy_of_the_data_folder_in_use_decides(data: Folder) -> None:
    data.replace("wording_policy.toml", 'ratio = "0.10"', 'ratio = "0.01"')
    data.replace("wording_policy.toml", 'version = "2.0"', 'version = "invented"')
    one = crimes(data, {"metropolitan": 10 * PEOPLE}, {"metropolitan": 1_100_000})
    assert one.policy.version == "invented"
    assert one.policy.size.ratio == open_data().policy.size.ratio
    assert one.verdicts["metropolitan"].size is True


def test_an_edited_policy_is_seen_by_the_result_that_was_compared_before(data: Folder) -> None:
    one = crimes(data, {"metropolitan": 10 * PEOPLE}, {"metropolitan": 945_000})
    assert compare(one.result) is one, "made once for a result and a policy"
    data.replace("wording_policy.toml", 'ratio = "0.10"', 'ratio = "0.01"')
    again = compare(one.result)
    assert (one.verdicts["metropolitan"].size, again.verdicts["metropolitan"].size) == (False, True)
