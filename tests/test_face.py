"""The face for analysts: it costs nothing until it is used, its examples run, and what it shows can be held."""

import doctest
import subprocess
import sys
from html import unescape
from pathlib import Path
from shutil import copytree
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image
from pypdf import PdfReader
from register_rows import register

import peel_analysis as peel
from peel_analysis import face
from peel_analysis.sections import result as results

EXAMPLES = [
    example
    for documented in (face, results, peel.open_data, peel.Figure)
    for example in doctest.DocTestFinder().find(documented)
    if example.examples
]


@pytest.fixture(scope="module")
def crime() -> peel.Result:
    return peel.edition("2017").measure("crime_per_1000")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name.removeprefix("peel_analysis."))
def test_the_example_of_the_documentation_runs(example: doctest.DocTest, crime: peel.Result) -> None:
    example.globs = {"peel": peel, "crime": crime}
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append)
    assert not said, "".join(said)


def test_everything_that_is_offered_is_documented_with_an_example() -> None:
    public = [name for name in dir(peel) if not name.startswith("_")]
    assert all(hasattr(peel, name) for name in public)
    with_example = {example.name.rpartition(".")[2] for example in EXAMPLES}
    functions = {name for name in public if name[0].islower()}
    methods = {name for one in (peel.Edition, peel.Result) for name in vars(one) if not name.startswith("_")}
    assert functions | methods | {"save"} <= with_example


def test_importing_the_package_reads_none_of_it() -> None:
    code = "import peel_analysis, sys; print({'pandas', 'peel_analysis.face'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()", "nothing that takes time"
    with pytest.raises(AttributeError, match="has no attribute 'mesure'"):
        _ = peel.mesure


def test_a_result_shows_its_figure_with_its_table(crime: peel.Result) -> None:
    html = crime._repr_html_()
    assert html.count("<img ") == 1
    assert 'alt="Bar chart of 43 forces: ' in html
    assert html.count('<th scope="row">') == 44
    missing = peel.edition("2017").measure("ocg_per_million")
    assert "<img" not in missing._repr_html_()
    assert "<table" not in missing._repr_html_()


def test_the_data_of_a_measure_are_the_values_file_with_names_regions_and_units(crime: peel.Result) -> None:
    values = peel.edition("2017").values()
    own = values[values["measure"] == "crime_per_1000"].set_index("force_id")
    for column in ("value", "unit", "numerator", "denominator", "lower_95", "upper_95", "status"):
        pd.testing.assert_series_equal(crime.data[column], own[column], check_index_type=False)
    assert crime.data["name"]["metropolitan"] == "Metropolitan"
    assert crime.data["region"]["metropolitan"] == "London"


def test_a_region_is_its_forces_and_an_unknown_one_is_refused_with_the_list(crime: peel.Result) -> None:
    regions = peel.forces().region
    assert set(crime.region("north east").index) == set(regions[regions == "North East"].index)
    assert set(crime.compare(region="Wales").data.index) == {*crime.region("Wales").name, "England and Wales"}
    with pytest.raises(peel.InputError, match="East Midlands, London"):
        crime.region("Eastern")


def test_forces_are_compared_as_bars_and_as_lines(crime: peel.Result) -> None:
    three = ["norfolk", "suffolk", "kent"]
    lines = peel.compare(crime, three, kind="trend")
    last = lines.data.groupby("force_id").last().value
    assert last.to_dict() == crime.rows.value[[*three, "england-and-wales"]].to_dict()
    marks = {str(lines.parts[one][0].get_marker()) for one in three}  # type: ignore[attr-defined]
    assert len(marks) == 3, "not by colour alone"
    with pytest.raises(ValueError, match="choose at most five"):
        crime.compare(peel.forces().index[:6], kind="trend")
    with pytest.raises(ValueError, match="bars, trend, quarters"):
        crime.compare(three, kind="pie")


def test_each_picked_force_has_a_colour_of_its_own_by_hue(crime: peel.Result) -> None:
    figure = crime.ranked("norfolk", "suffolk", "kent", hue="name")
    fills = {figure.parts[one][0].get_facecolor() for one in ("norfolk", "suffolk", "kent")}  # type: ignore[attr-defined]
    assert len(fills) == 3
    assert crime.ranked("norfolk", ["suffolk"]).alt_text == crime.ranked(["norfolk", "suffolk"]).alt_text


def test_a_list_of_peers_of_ones_own_is_the_one_set(crime: peel.Result) -> None:
    own = crime.peers("city-of-london", ["norfolk", "Suffolk"])
    two = crime.rows.loc[["norfolk", "suffolk"]]
    means = own.data.set_index("force_id").value
    assert means["weighted-mean"] == pytest.approx(1000 * two.numerator.sum() / two.denominator.sum())
    assert means["simple-mean"] == pytest.approx(two.value.mean())
    assert "Own list of peers" in own._repr_html_()


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_saved_figure_holds_title_source_and_alternative_text(kind: str, crime: peel.Result, tmp_path: Path) -> None:
    figure = crime.figure("norfolk")
    path = figure.save(tmp_path / f"one.{kind}", title="Where <Norfolk> stands", size=(9, 10))
    if kind == "png":
        held = Image.open(path)
        assert held.size == (1800, 2000)
        assert held.info["Title"] == "Where <Norfolk> stands"
        assert held.info["Description"] == figure.alt_text
    elif kind == "svg":
        told = {one.tag.rpartition("}")[2]: one.text for one in ElementTree.parse(path).getroot()}
        words = "".join(ElementTree.parse(path).getroot().itertext())
        assert told["title"] == "Where <Norfolk> stands"
        assert told["desc"] == figure.alt_text
        assert words.count("Where <Norfolk> stands") == 2, "told and drawn"
        assert "Source: Home Office, Police recorded crime open data tables; Office" in words
    else:
        about = PdfReader(path).metadata
        assert about is not None
        assert (about.title, about.subject) == ("Where <Norfolk> stands", figure.alt_text)
        assert "Source: Home Office" in PdfReader(path).pages[0].extract_text()


def test_the_source_stands_under_all_that_is_drawn(crime: peel.Result) -> None:
    figure = crime.ranked("norfolk")
    figure.set_source("Source: " + "somebody who has a long name, " * 12)
    figure.set_size_inches(6, 11)
    figure.draw_without_rendering()
    texts = [one for one in figure.texts if one.get_text().startswith("Source: ")]
    assert len(texts) == 1
    assert texts[0].get_window_extent().y0 >= 0
    assert texts[0].get_window_extent().y1 <= figure.axes[0].get_window_extent().y0
    with pytest.raises(ValueError, match="png, svg, pdf"):
        figure.save("one.doc")


def test_what_the_face_gives_is_short_where_it_is_printed(crime: peel.Result) -> None:
    edition, section = peel.edition("2017"), peel.section("investigating", "norfolk")
    held: list[object] = [crime, crime.measure, crime.national, edition, crime.edition.forces, section, crime.ranked()]
    held += [crime.table(), crime.peers("norfolk"), crime.why("norfolk"), peel.open_data(), section.figure(crime)]
    held += [crime.edition.data.measures, peel.annex("norfolk")]
    for one in held:
        assert len(repr(one).splitlines()) <= 10, type(one)
        assert len(repr(one)) <= 1200, type(one)
    assert str(crime.why("norfolk")).splitlines()[-1] in unescape(crime.why("norfolk")._repr_html_())


def test_an_edition_gives_the_judgments_of_its_programme() -> None:
    given = peel.edition("2025").judgments
    held = [row for row in register("judgments") if row["edition"] == "2023-25"]
    assert list(given.columns) == ["grade", "last_inspected", "evidence", "source_url", "note"]
    assert given["grade"].to_dict() == {(row["force_id"], row["question"]): row["grade"] for row in held}


def test_an_edition_lists_its_measures_and_releases() -> None:
    edition = peel.edition("2017")
    html = edition._repr_html_()
    assert all(measure_id in html for measure_id in edition.measures.index)
    assert all(item in html for item in edition.releases.index)
    assert repr(edition) == "<edition 2017: PEEL: Police effectiveness 2017; 26 measures, 43 forces>"


@pytest.mark.parametrize("name", ["norfolk", "Norfolk", "Norfolk Constabulary"])
def test_a_force_is_named_as_people_name_it(crime: peel.Result, name: str) -> None:
    assert crime.sentence(name) == crime.sentence("norfolk")
    assert crime.ranked(name).alt_text == crime.ranked("norfolk").alt_text


def test_an_unknown_name_is_refused_with_near_ones(crime: peel.Result) -> None:
    with pytest.raises(peel.InputError, match="did you mean Norfolk"):
        crime.ranked("Norfok")
    with pytest.raises(peel.InputError, match="crime_per_1000"):
        peel.edition("2017").measure("crime_per_100")
    with pytest.raises(peel.InputError, match="2025"):
        peel.edition("1917")


def test_peers_are_shown_as_the_report_shows_them_and_held_as_rows(crime: peel.Result) -> None:
    peers = crime.peers("norfolk")
    shown = peers._repr_html_()
    for row in peers.data.itertuples():
        assert str(row.name) in shown
    none = crime.peers("city-of-london")
    assert none.data.empty
    assert "none-recorded" in none._repr_html_()


def test_limits_are_those_that_the_figure_draws() -> None:
    crime = peel.edition("2025").measure("crime_per_1000")
    drawn = crime.trend("norfolk", control_limits=True).axes[0].lines
    levels = {float(line.get_ydata()[0]) for line in drawn if len(line.get_ydata()) == 2}  # type: ignore[index,arg-type]
    limits = crime.control_limits("norfolk")
    assert levels == set(limits[["mean", "lower", "upper"]].to_numpy().ravel())


def test_editions_of_two_folders_stand_side_by_side(tmp_path: Path) -> None:
    copytree(peel.open_data().folder, tmp_path / "data")
    register = tmp_path / "data" / "forces.csv"
    register.write_text(register.read_text(encoding="utf-8").replace(",Kent,", ",The garden,", 1), encoding="utf-8")
    here, there = peel.edition("2017"), peel.edition("2017", data=tmp_path / "data")
    names = [one.measure("crime_per_1000").ranked().data.name["kent"] for one in (here, there, here)]
    assert names == ["Kent", "The garden", "Kent"]
    assert peel.section("preventing", "kent", data=tmp_path / "data").force.name == "The garden"
    assert there.forces.name["kent"] == "The garden"
