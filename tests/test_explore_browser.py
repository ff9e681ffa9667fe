"""JupyterLab in a browser, light and dark: explore.ipynb runs, and its pickers change the figure."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_explore import EXPLORE, widgets
from test_page_browser import browser
from test_wheel import served

__all__ = ["browser", "widgets"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETTINGS = "config/lab/user-settings/@jupyterlab/apputils-extension"
PATIENCE = 120_000  # milliseconds
SEEN = "document.querySelector('.widget-html-content').innerHTML"


@pytest.fixture(params=["Light", "Dark"])
def lab(request: pytest.FixtureRequest, tmp_path: Path, widgets: None) -> Iterator[str]:
    """The address of explore.ipynb in JupyterLab, in a theme."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(EXPLORE, tmp_path / "notebooks")
    settings = {"themes": {"theme": f"JupyterLab {request.param}"}, "notification": {"fetchNews": "false"}}
    for name, one in settings.items():
        file = tmp_path / SETTINGS / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(one), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "peel_analysis.cli", "lab", "notebooks"]
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=invented"]
    own = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            [*command, *options], cwd=tmp_path, env={**os.environ, **own}, stdout=log, stderr=log
        ) as process,
    ):
        try:
            served(f"http://localhost:{port}/api?token=invented")
            yield f"http://localhost:{port}/lab/tree/explore.ipynb?token=invented"
        finally:
            process.terminate()


def test_a_pick_changes_the_figure_and_nothing_fails(browser: Any, lab: str) -> None:
    tab = browser.new_context(viewport={"width": 1400, "height": 1300}).new_page()
    tab.set_default_timeout(PATIENCE)
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(lab, wait_until="domcontentloaded")
    tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_text("Run All Cells", exact=True).click()
    tab.locator(".widget-html-content img").wait_for()
    alt = tab.locator(".widget-html-content img").get_attribute("alt")
    assert "Norfolk Constabulary" in alt
    for label, picked, said in (
        ("Force", "Kent", "Kent Police"),
        ("Figure", "Trend: rolling 12 months", 'result.trend("kent")'),
        ("Edition", "2025", 'peel.edition("2025")'),
        ("Region", "Wales", 'kind="trend"'),
        ("Region", "East", "five"),
    ):
        before = tab.evaluate(SEEN)
        tab.get_by_label(label, exact=True).select_option(label=picked)
        tab.wait_for_function(f"before => {SEEN} !== before", arg=before)
        assert said in tab.locator(".widget-html-content").inner_text()
    assert tab.locator(".widget-html-content img").count() == 0, "too many forces for lines: the reason in its place"
    assert tab.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert faults == []
