"""What must not be compared: each kind of block raises with its reason, and what is allowed passes."""

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from invented import Folder, folder

from peel_analysis import measures
from peel_analysis.comparison import NotComparableError, check_over_time, check_together
from peel_analysis.comparison.comparable import point_of
from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.data.edition_file import Release
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.data.periods import Period
from peel_analysis.measures.exclusions import barred, check_years

TRACKED = ("outcome_charged_pct", "outcome_evidential_victim_pct", "outcome_no_suspect_pct", "outcome_action_taken_pct")
DOMESTIC_ABUSE = ("da_charge_rate", "da_arrest_rate", "da_voluntary_attendance_rate")
NORTH_YORKSHIRE = ("da_share_of_crime_pct", *DOMESTIC_ABUSE)


def reason_of(block_id: str) -> str:
    return next(block.reason for block in open_data().blocks if block.id == block_id)


@pytest.mark.parametrize(("general", "domestic"), [*product(TRACKED, DOMESTIC_ABUSE)])
def test_tracked_and_untracked_outcomes_never_share_anything(edition: Edition, general: str, domestic: str) -> None:
    one, other = open_data().measure(general), open_data().measure(domestic)
    assert (one.tracked, other.tracked) == (True, False)
    for pair in ((one, other), (other, one)):
        with pytest.raises(NotComparableError) as refused:
            check_together(*pair, edition)
        assert str(refused.value) == reason_of("tracked_and_untracked_outcomes")


def test_measures_of_different_windows_are_refused(edition: Edition) -> None:
    with pytest.raises(
        NotComparableError, match=r"different windows \(12 months to 30 June 2017; 12 months to 31 March"
    ):
        check_together(open_data().measure("crime_per_1000"), open_data().measure("asb_incidents_per_1000"), edition)
    with pytest.raises(NotComparableError, match=r"; as at 1 July 2017\)"):
        check_together(open_data().measure("crime_per_1000"), open_data().measure("ocg_per_million"), edition)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("crime_per_1000", "crime_change_12m"),
        ("outcome_charged_pct", "outcome_action_taken_pct"),
        ("da_arrest_rate", "da_charge_rate"),
        ("outcome_charged_pct", "da_share_of_crime_pct"),
        ("crime_per_1000", "crime_per_1000"),
    ],
)
def test_what_may_stand_together_passes(edition: Edition, first: str, second: str) -> None:
    check_together(open_data().measure(first), open_data().measure(second), edition)


@pytest.mark.parametrize("measure_id", ["calls_per_1000", "da_calls_per_1000"])
def test_calls_of_2016_and_2017_are_refused_for_every_force(measure_id: str) -> None:
    for force_id in (*open_data().forces.ids, forces.ENGLAND_AND_WALES):
        with pytest.raises(NotComparableError) as refused:
            check_years(open_data().measure(measure_id), force_id, 2016, 2017, open_data().blocks)
        assert str(refused.value) == reason_of("calls_2016_2017")
    check_years(open_data().measure(measure_id), "norfolk", 2017, 2018, open_data().blocks)
    check_years(open_data().measure(measure_id), "norfolk", 2017, 2017, open_data().blocks)


def test_organised_crime_groups_of_two_forces_are_refused_between_2016_and_2017() -> None:
    groups = open_data().measure("ocg_per_million")
    for force_id in open_data().forces.ids:
        if force_id in ("warwickshire", "west-mercia"):
            with pytest.raises(NotComparableError) as refused:
                check_years(groups, force_id, 2016, 2017, open_data().blocks)
            assert str(refused.value) == reason_of("organised_crime_groups_2016_2017")
        else:
            check_years(groups, force_id, 2016, 2017, open_data().blocks)
    check_years(groups, "warwickshire", 2017, 2018, open_data().blocks)


@pytest.mark.parametrize("measure_id", NORTH_YORKSHIRE)
def test_north_yorkshire_is_never_shown_on_domestic_abuse(edition: Edition, measure_id: str) -> None:
    measure = open_data().measure(measure_id)
    for year in (2016, 2017):
        found = barred(measure, edition, year)
        assert {one: block.reason for one, block in found.items()} == {
            "north-yorkshire": reason_of("north_yorkshire_domestic_abuse")
        }
    assert barred(measure, edition, 2018) == {}
    assert barred(open_data().measure("crime_per_1000"), edition, 2017) == {}
    register = measures.calculate(measure, edition).of("north-yorkshire")
    assert (register.in_figure, register.is_missing) == (False, True), "the exclusions register says the same"


def test_tracked_outcomes_of_editions_with_other_releases_are_refused(edition: Edition) -> None:
    charged, crime = open_data().measure("outcome_charged_pct"), open_data().measure("crime_per_1000")
    later = replace(
        edition,
        settings=edition.settings.model_copy(update={"id": "2018"}),
        windows={**edition.windows, "crime": Period.months_to(date(2018, 6, 30), 12)},
        releases={**edition.releases, "outcomes_recorded": Release(item="outcomes_recorded", release="2025-01")},
    )
    earlier, after = (point_of(charged, one) for one in (edition, later))
    said = r"edition 2017 and edition 2018 rest on different releases of them \(2024-07 and 2025-01\), so the two are"
    with pytest.raises(NotComparableError, match=said):
        check_over_time(charged, "kent", earlier, after, open_data().blocks)
    check_over_time(charged, "kent", earlier, replace(after, release=earlier.release), open_data().blocks)
    check_over_time(charged, "kent", earlier, replace(after, end=earlier.end), open_data().blocks)  # no time between
    check_over_time(crime, "kent", point_of(crime, edition), point_of(crime, later), open_data().blocks)


@pytest.mark.parametrize("other", ["2019", "2025"])
def test_the_editions_of_this_project_do_not_share_a_release_of_outcomes(edition: Edition, other: str) -> None:
    charged = open_data().measure("outcome_charged_pct")
    earlier, later = point_of(charged, edition), point_of(charged, open_data().edition(other))
    with pytest.raises(NotComparableError, match="rest on different releases"):
        check_over_time(charged, "norfolk", earlier, later, open_data().blocks)


def test_every_block_names_what_exists_and_where_it_is_said() -> None:
    known = {measure.id for measure in open_data().measures}
    for block in open_data().blocks:
        assert set(block.measures) | set(block.others) <= known, block.id
        assert set(block.forces) <= set(open_data().forces.ids), block.id
        assert block.reason.endswith("."), block.id
        assert block.said_in, block.id
        assert set(block.years) <= {"all", "2016", "2017"}, block.id


def test_a_refusal_is_an_error_that_the_command_tells() -> None:
    assert issubclass(NotComparableError, InputError)


def test_a_block_is_added_as_data_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data: Folder = folder(tmp_path, monkeypatch)
    entry = (
        '[[block]]\nid = "invented"\nkind = "force"\nmeasures = ["crime_per_1000"]\nforces = ["kent"]\n'
        'years = ["all"]\nreason = "An invented reason."\nsaid_in = "nowhere"\n'
    )
    data.write("comparability.toml", data.read("comparability.toml") + entry)
    found = barred(open_data().measure("crime_per_1000"), data.edition(), data.edition().window("crime").end.year)
    assert {force_id: block.reason for force_id, block in found.items()} == {"kent": "An invented reason."}
