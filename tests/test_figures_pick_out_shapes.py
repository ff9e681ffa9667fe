"""Strips and funnels, where the picked force has another shape: picked out, it is byte for byte the drawing of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from invented import YEAR_2016, YEAR_2017, all_forces, folder

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import CHECKSUM_SIZE, KEPT_IN
from peel_analysis.figures import as_svg, change_strip, funnel_plot, funnel_svg, ranked_svg, strip_svg
from peel_analysis.figures.compact import Part, Parts
from peel_analysis.measures import Result

IN_A_ROLE = re.compile(r"(own|other)-([a-z]+)-(.+)")
REFERENCE, TARGET = re.compile(r'(?:href="|url\()#([^")]+)'), re.compile(r' id="([^"]+)"')


@dataclass(frozen=True)
class Drawing:
    """A kind of drawing of a measure: picked out of the shared one, and drawn for one force."""

    picked: Callable[[Result, str], str]
    alone: Callable[[Result, str], str]
    measure_id: str
    edition: str = "2017"

    @property
    def result(self) -> Result:
        return real(self.measure_id, self.edition)


STRIP = Drawing(strip_svg, lambda result, force_id: as_svg(change_strip(result, force_id)), "crime_change_12m")
FUNNEL = Drawing(
    lambda result, force_id: funnel_svg(compare(result), force_id),
    lambda result, force_id: as_svg(funnel_plot(compare(result), force_id)),
    "outcome_charged_pct",
)
DRAWINGS = (
    STRIP,
    replace(STRIP, measure_id="crime_change_5y"),
    FUNNEL,
    replace(FUNNEL, measure_id="asb_incidents_per_1000"),
    replace(FUNNEL, measure_id="outcome_action_taken_pct", edition="2019"),
)
# Which make test-all draws: each has a fellow of its kind
LATER = ("crime_change_5y", "asb_incidents_per_1000", "outcome_action_taken_pct")
# Each with another mark, name or place: the ends of a scale, a name that is long, no value; make test-all draws all
SAMPLE = ("norfolk", "metropolitan", "city-of-london", "suffolk", "dyfed-powys", "avon-and-somerset")
EACH = pytest.mark.parametrize(
    "drawing",
    [pytest.param(one, marks=pytest.mark.slow if one.measure_id in LATER else ()) for one in DRAWINGS],
    ids=lambda drawing: f"{drawing.measure_id}-{drawing.edition}",
)


@cache
def real(measure_id: str, edition: str) -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition(edition))


@pytest.fixture(autouse=True, scope="module")
def _keep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the shared drawings for the module, as a batch does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEPT_IN, str(tmp_path_factory.mktemp("kept")))
        yield


@pytest.mark.parametrize("forces", [SAMPLE, pytest.param(open_data().forces.ids, marks=pytest.mark.slow)], ids=len)
@EACH
def test_each_force_picked_out_is_the_drawing_of_it_alone(drawing: Drawing, forces: tuple[str, ...]) -> None:
    result, pictures = drawing.result, set()
    for force_id in forces:
        picked = drawing.picked(result, force_id)
        assert picked == drawing.alone(result, force_id), force_id
        pictures.add(picked)
    missing = sum(result.of(force_id).is_missing for force_id in forces)
    assert len(pictures) == len(forces) - max(0, missing - 1), "one picture for all that have no value"


@EACH
def test_only_the_picked_force_has_its_own_mark_and_name(drawing: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    for force_id in ("norfolk", "metropolitan", "city-of-london"):
        drawn = parts_of(drawing, drawing.result, force_id, monkeypatch)
        parts = [found for part in drawn if (found := IN_A_ROLE.fullmatch(part.group))]
        assert {found[3] for found in parts if found[1] == "own"} == {force_id}
        assert force_id not in {found[3] for found in parts if found[1] == "other"}
        name = open_data().forces.name(force_id)
        assert sum(part.written.partition(">")[2].startswith(name) for part in drawn) == 1


def parts_of(drawing: Drawing, result: Result, force_id: str, monkeypatch: pytest.MonkeyPatch) -> list[Part]:
    """Return what is drawn where a force is picked out, each part with the id of its group, which is left out after."""
    found: list[Parts] = []
    with monkeypatch.context() as patch:
        patch.setattr("peel_analysis.figures.pick_out.put_together", found.append)
        drawing.picked(result, force_id)
    return found[0].drawn


@EACH
def test_every_reference_of_a_picked_drawing_has_its_target_and_every_shape_is_used(drawing: Drawing) -> None:
    for force_id in open_data().forces.ids:
        svg = drawing.picked(drawing.result, force_id)
        targets = TARGET.findall(svg)
        assert len(targets) == len(set(targets))
        assert set(REFERENCE.findall(svg)) <= set(targets)
        shapes = re.findall(r'<path id="([^"]+)"', svg)
        assert shapes
        assert set(shapes) <= set(REFERENCE.findall(svg))


def test_references_are_whole_in_ranked_bars_too() -> None:
    svg = ranked_svg(real("outcome_charged_pct", "2017"), "norfolk")
    assert set(REFERENCE.findall(svg)) <= set(TARGET.findall(svg))
    assert svg.index("<defs>") < svg.index("<use ")


def test_a_force_that_is_not_drawn_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    result = real("outcome_charged_pct", "2017")
    assert result.of("suffolk").is_missing
    groups = {part.group for part in parts_of(FUNNEL, result, "suffolk", monkeypatch)}
    assert not [one for one in groups if one.endswith("-suffolk") or one.startswith("own-")]
    funnel = compare(result).funnel
    assert funnel is not None
    assert sum(one.startswith("other-mark-") for one in groups) == funnel.eligible.sum()


@pytest.mark.filterwarnings("ignore:.*points cannot be placed")
def test_a_strip_of_forces_that_are_all_alike_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = folder(tmp_path, monkeypatch)
    data.counts({"recorded_crime": [*all_forces(YEAR_2016, 1000, 0), *all_forces(YEAR_2017, 1000, 0)]})
    result = data.result("crime_change_12m")
    for force_id in ("norfolk", "kent"):
        assert strip_svg(result, force_id) == as_svg(change_strip(result, force_id))


@EACH
def test_the_marks_stand_where_they_do_whoever_is_picked_out(drawing: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    places: dict[str, str] = {}
    for force_id in ("norfolk", "metropolitan", "city-of-london", "kent"):
        for part in parts_of(drawing, drawing.result, force_id, monkeypatch):
            if (found := IN_A_ROLE.fullmatch(part.group)) and found[2] == "mark":
                place = part.written[part.written.index(" x=") :]
                assert places.setdefault(found[3], place) == place, part.group
    assert len(places) >= 38  # of 43, five records of outcomes of edition 2019 are in doubt


@pytest.mark.parametrize("drawing", [STRIP, FUNNEL], ids=["strip", "funnel"])
def test_all_forces_share_one_kept_drawing(drawing: Drawing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEPT_IN, str(tmp_path))
    drawn = [drawing.picked(drawing.result, force_id) for force_id in open_data().forces.ids]
    (shared,) = (tmp_path / "drawings").iterdir()
    assert shared.read_bytes()[CHECKSUM_SIZE:].startswith(b"<svg")
    for module, function in (("ranked", "change_strip"), ("funnel", "funnel_plot")):
        monkeypatch.setattr(f"peel_analysis.figures.{module}.{function}", None)  # from here on nothing can be drawn
    assert [drawing.picked(drawing.result, force_id) for force_id in open_data().forces.ids] == drawn


def changed(result: Result, column: str, value: float | str) -> Result:
    rows = result.rows.copy()
    rows.loc["kent", column] = value
    return result.with_rows(rows)


@pytest.mark.parametrize(
    ("drawing", "column", "value"),
    [
        (STRIP, "value", 1.0),
        (STRIP, "in_figure", False),
        (FUNNEL, "numerator", 9000.0),
        (FUNNEL, "denominator", 90000.0),
        (FUNNEL, "status", "partial"),
    ],
)
def test_another_result_is_another_drawing(drawing: Drawing, column: str, value: float | str) -> None:
    other = changed(drawing.result, column, value)
    picked = drawing.picked(other, "norfolk")
    assert picked != drawing.picked(drawing.result, "norfolk")
    assert picked == drawing.alone(other, "norfolk")


def test_another_policy_or_declaration_is_another_funnel() -> None:
    compared = compare(FUNNEL.result)
    assert compared.funnel is not None
    named = replace(
        compared.result, measure=compared.result.measure.model_copy(update={"unit": "percent of something else"})
    )
    others = [
        replace(compared, funnel=replace(compared.funnel, overdispersion="none")),
        replace(compared, funnel=replace(compared.funnel, target=compared.funnel.target + 1e-9)),
        replace(compared, result=named),
    ]
    for other in others:
        assert funnel_svg(other, "norfolk") == as_svg(funnel_plot(other, "norfolk"))
    assert len({funnel_svg(one, "norfolk") for one in (compared, others[0], others[2])}) == 3
