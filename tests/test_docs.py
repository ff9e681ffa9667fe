"""The pages in docs/: every command, option and column is on its page, every link leads somewhere, and all are built.

Their code in Python runs as they are built."""

import importlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from bs4 import BeautifulSoup

import peel_analysis as peel
from peel_analysis.changes.versions import VERSION_SETTINGS
from peel_analysis.cli import command, folders, reports, returns, values  # noqa: F401  (the subcommands add themselves)
from peel_analysis.data.folder import open_data
from peel_analysis.measures import calculate
from peel_analysis.show.values import COLUMNS

DOCS = Path(__file__).resolve().parents[1] / "docs"
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")


def commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    for one, found in group.commands.items():
        if isinstance(found, click.Group):
            yield from commands(found, f"{name} {one}")
        else:
            yield f"{name} {one}", found


@pytest.mark.parametrize(("name", "found"), list(commands(command, "peel")))
def test_every_command_and_option_is_in_the_reference(name: str, found: click.Command) -> None:
    assert re.search(rf"(?m)^\| (\[|)`{re.escape(name)}\b", COMMANDS), "it has a row of its own"
    options = {one.opts[0] for one in found.params if isinstance(one, click.Option)}
    assert {option for option in options if not re.search(rf"{option}\b(?!-)", COMMANDS)} == set()


def test_every_column_and_setting_is_in_the_reference() -> None:
    page = (DOCS / "values.md").read_text(encoding="utf-8")
    assert {column for column in COLUMNS if f"| `{column}` |" not in page} == set()
    settings = re.split(", ", VERSION_SETTINGS)
    assert {setting for setting in settings if f"`{setting.partition('=')[0]}" not in COMMANDS} == set()


def test_every_item_of_a_return_is_on_its_page() -> None:
    page = (DOCS / "data_returns.md").read_text(encoding="utf-8")
    assert {item for item in open_data().returned if f"`{item}`" not in page} == set()


@pytest.mark.parametrize("page", sorted(DOCS.glob("how_to/*.md")), ids=lambda page: page.stem)
def test_what_a_reader_is_told_to_type_is_understood(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("FILE").touch()
    Path("trial").mkdir()
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"))
    lines = [line for block in blocks for line in block.splitlines()]
    assert lines
    for name, *words in map(shlex.split, lines):
        found: click.Command = command
        while name == "peel" and isinstance(found, click.Group):
            found = found.commands[words.pop(0)]
        if name == "peel":
            found.make_context("peel", words)
        elif name == "make":
            assert f"\n{words[0]}:" in (DOCS.parent / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        file, _, heading = target.partition("#")
        assert (page.parent / file).exists() if file else True, target
        if heading:
            titles = re.findall(r"(?m)^#+ (.+)$", (page.parent / file if file else page).read_text(encoding="utf-8"))
            assert heading in {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}, target


def test_every_function_on_the_way_is_there() -> None:
    named = re.findall(r"(?m)^\|(?: \d+ \|)? `([a-z_.]+[A-Za-z_.]*)` \|", (DOCS / "way_through.md").read_text("utf-8"))
    assert len(named) > 20
    for name in named:
        parts = name.split(".")
        found = importlib.import_module(f"peel_analysis.{parts[0]}.{parts[1]}")
        for part in parts[2:]:
            found = getattr(found, part)
        assert callable(found), name


def test_what_contributing_adds_is_all_that_is_needed(tmp_path: Path) -> None:
    """Apply its differences to a copy: the measure is calculated, the exclusion holds, the edition opens."""
    for name in ("data", "notebooks"):
        shutil.copytree(DOCS.parent / name, tmp_path / name)
    added = re.findall(r"```diff\n(.*?)```", (DOCS.parent / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)
    assert len(added) == 4
    for one in added:
        subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=one, text=True, check=True)
    data = open_data(tmp_path / "data")
    caution = calculate(data.measure("outcome_caution_pct"), data.edition("2017"))
    counts = data.counts("outcomes_recorded", "2024-07")
    mine = (counts["force_id"] == "norfolk") & counts["dimension"].isin(["2", "3"])
    inside = mine & (counts["period_start"] >= "2016-07-01") & (counts["period_end"] <= "2017-06-30")
    assert caution.of("norfolk").numerator == counts.loc[inside, "count"].sum()
    assert not caution.of("suffolk").in_figure
    assert calculate(data.measure("crime_per_1000"), data.edition("2018")).national.value > 0
    notebook = (tmp_path / "notebooks" / "05_investigating.ipynb").read_text("utf-8")
    assert "section.figure(caution)" in "".join(
        line for cell in json.loads(notebook)["cells"] for line in cell["source"]
    )


@pytest.mark.slow
def test_the_pages_are_built_without_a_warning_and_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    if not importlib.util.find_spec("material") and not os.environ.get("CI"):
        pytest.skip("mkdocs-material is not installed: pip install 'peel-analysis[docs]'")
    settings = ["--quiet", "--strict", "--config-file", str(DOCS / "site" / "mkdocs.yml"), "--site-dir", str(tmp_path)]
    mkdocs = [sys.executable, "-m", "mkdocs", "build", *settings]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(mkdocs, env=quiet, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    pages = {
        page.relative_to(tmp_path).as_posix(): page.read_text(encoding="utf-8") for page in tmp_path.rglob("*.html")
    }
    for name, html in pages.items():
        soup = BeautifulSoup(html, "html.parser")
        loaded = [one["src"] for one in soup.select("[src]")] + [one["href"] for one in soup.select("link[href]")]
        assert [one for one in loaded if re.match(r"(https?:)?//", str(one))] == [], name
        assert not soup.select("img:not([alt])"), name
        assert ">>>" not in " ".join(one.text for one in soup.select("blockquote")), name
    styles = " ".join(style.read_text(encoding="utf-8") for style in tmp_path.rglob("*.css"))
    assert not re.search(r"url\(['\"]?(https?:)?//|@import", styles)
    offered = [name for name in peel.__all__ if not re.search(rf'id="peel_analysis[\w.]*\.{name}"', pages["face.html"])]
    assert offered == [], "the reference has all that the package offers"
    assert len(re.findall(r'<img alt="[^"]{40,}" src="figures/', pages["gallery.html"])) == 10
    assert 'id="limits"' in pages["limits.html"]
    assert "police effectiveness, efficiency and legitimacy" in pages["terms.html"]
