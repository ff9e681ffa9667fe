"""JupyterLab in a browser: every notebook runs, and what it shows can be read in the light and in the dark.

One server and one tab serve all, as a reader has them; a notebook is run once, and the theme changed under it.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from test_explore import widgets
from test_page_browser import browser
from test_wheel import served

from peel_analysis.data.files import PROJECT

__all__ = ["browser", "widgets"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTEBOOKS = sorted(path.name for path in (PROJECT / "notebooks").glob("*.ipynb"))
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SETTINGS = {  # all cells are there, not those in view alone; nothing is asked of the network
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false"},
}
PATIENCE = 120_000  # milliseconds
SEEN = "document.querySelector('.widget-html-content').innerHTML"
FEWEST = {"texts": 4.5, "graphics": 3.0}  # of contrast to 1
OPEN = """async name => {
    window.shown = await jupyterapp.commands.execute('docmanager:open', {path: name});
    await shown.context.ready; await shown.sessionContext.ready;
    await jupyterapp.commands.execute('notebook:run-all-cells');
}"""
RUN = """() => shown.sessionContext.session.kernel.status === 'idle'
    && [...shown.content.model.cells].every(one => one.type !== 'code' || one.executionCount)
    && shown.content.widgets.every(one => !one.isPlaceholder() && (!one.outputArea
        || one.node.querySelectorAll('.jp-OutputArea-output').length >= one.outputArea.model.length))"""
FAULTS = """() => [...shown.content.model.cells].filter(one => one.type === 'code').flatMap(one => one.outputs.toJSON())
    .filter(one => one.output_type === 'error' || one.name === 'stderr').map(one => one.ename || one.text)"""
THEME = """async theme => {
    await jupyterapp.commands.execute('apputils:change-theme', {theme: `JupyterLab ${theme}`});
    shown.node.querySelectorAll('details').forEach(one => one.open = true);
}"""
# JupyterLab fades its splash over a change of theme: two within a fifth of a second would take it away twice, a fault.
CHANGED = """theme => document.body.dataset.jpThemeName === `JupyterLab ${theme}`
    && !document.getElementById('jupyterlab-splash')"""
# What of texts and of their grounds is transparent is laid over what is behind it, as axe does, which passes over what
# is out of view. JupyterLab's own prompts are not looked at: that of a chosen cell has 4.3:1.
CONTRASTS = """() => {
    const context = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d');
    const rgba = colour => {
        context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
        return [red, green, blue, alpha / 255];
    };
    const over = (one, below) => [0, 1, 2].map(at => one[at] * one[3] + below[at] * (1 - one[3]));
    const linear = part => part / 255 <= .04045 ? part / 255 / 12.92 : ((part / 255 + .055) / 1.055) ** 2.4;
    const light = colour => [.2126, .7152, .0722].reduce((sum, by, at) => sum + by * linear(colour[at]), .05);
    const grounds = one => one ? [...grounds(one.parentElement), getComputedStyle(one).backgroundColor] : [];
    const ground = one => grounds(one).map(rgba).reduce((below, colour) => over(colour, below), [255, 255, 255]);
    const contrast = (colour, below) => {
        const [dark, bright] = [light(over(rgba(colour), below)), light(below)].sort((one, two) => one - two);
        return bright / dark;
    };
    const inside = '.jp-OutputArea-output, .jp-MarkdownOutput';
    const texts = {}, graphics = {};
    const walker = document.createTreeWalker(shown.content.node, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const one = walker.currentNode.parentElement, said = walker.currentNode.data.trim().slice(0, 60);
        if (!said || !one.closest(inside) || !one.checkVisibility() || one.matches('style, option')) continue;
        texts[`${one.tagName}.${one.className}: ${said}`] = contrast(getComputedStyle(one).color, ground(one));
    }
    for (const one of shown.content.node.querySelectorAll('.judgment, .grades div, .tile')) {
        const style = getComputedStyle(one), side = one.matches('.tile') ? 'borderTopColor' : 'borderLeftColor';
        graphics[one.innerText.slice(0, 60)] = contrast(style[side], ground(one.parentElement));
    }
    return {texts, graphics};
}"""
VIOLATIONS = """async () => {
    const found = await axe.run({include: [['.peel']]}, {runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']});
    return found.violations.map(one => [one.id, one.nodes[0].html.slice(0, 120)]);
}"""
TOO_WIDE = """() => [...shown.node.querySelectorAll('.jp-OutputArea-output:has(.peel)')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText.slice(0, 60))"""
BULLETS = """() => [...shown.node.querySelectorAll('.tile')].map(one => getComputedStyle(one).listStyleType)"""
SCHEMES = (
    """() => [...shown.node.querySelectorAll('.peel img.drawing')].map(one => getComputedStyle(one).colorScheme)"""
)
CLOSE = """async () => {
    await shown.sessionContext.shutdown();
    shown.context.model.dirty = false; shown.close();
}"""


@pytest.fixture(scope="module")
def lab(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A tab in which JupyterLab is open, with the console's errors as `faults`."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "notebooks").mkdir()
    for name in NOTEBOOKS:
        shutil.copy(PROJECT / "notebooks" / name, folder / "notebooks")
    for name, settings in SETTINGS.items():
        file = folder / "config/lab/user-settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "peel_analysis.cli", "lab", "notebooks", "--no-browser", "--expose-app-in-browser"]
    options = [f"--port={port}", "--IdentityProvider.token=invented"]
    own = {"JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_DATA_DIR": str(folder / "data")}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [*command, *options], cwd=folder, env={**os.environ, **own}, stdout=log, stderr=log
        ) as process,
    ):
        try:
            served(f"http://localhost:{port}/api?token=invented")
            tab = browser.new_context(viewport={"width": 1400, "height": 1300}).new_page()
            tab.set_default_timeout(PATIENCE)
            tab.faults = []
            tab.on("pageerror", lambda error: tab.faults.append(str(error)))
            tab.on("console", lambda said: tab.faults.append(said.text) if said.type == "error" else None)
            tab.goto(f"http://localhost:{port}/lab?token=invented", wait_until="domcontentloaded")
            tab.wait_for_function("window.jupyterapp?.started.then(() => jupyterapp.restored).then(() => true)")
            tab.evaluate(AXE)
            yield tab
        finally:
            process.terminate()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_and_can_be_read_in_the_light_and_in_the_dark(lab: Any, widgets: None, name: str) -> None:
    lab.evaluate(OPEN, name)
    lab.wait_for_function(RUN)
    assert lab.evaluate(FAULTS) == []
    drawings = lab.locator(".jp-NotebookPanel:not(.lm-mod-hidden) img.drawing")
    for theme in ("Dark", "Light"):
        lab.evaluate(THEME, theme)
        lab.wait_for_function(CHANGED, arg=theme)
        for kind, contrasts in lab.evaluate(CONTRASTS).items():
            assert {what: one for what, one in contrasts.items() if one < FEWEST[kind]} == {}, theme
            assert contrasts or kind == "graphics", theme
        assert lab.evaluate(VIOLATIONS) == [], theme
        assert set(lab.evaluate(SCHEMES)) <= {theme.lower()}, "drawings follow it"
    assert lab.evaluate(TOO_WIDE) == []
    assert set(lab.evaluate(BULLETS)) <= {"none"}
    assert all(one["width"] <= 800 for one in (each.bounding_box() for each in drawings.all()) if one)
    if name == "explore.ipynb":
        picks_change_what_is_shown(lab)
    lab.evaluate(CLOSE)
    assert lab.faults == []


def picks_change_what_is_shown(lab: Any) -> None:
    """Pick in the pickers of explore.ipynb, and look at the figure, the sentence and the code."""
    alt = lab.locator(".widget-html-content img").get_attribute("alt")
    assert "Norfolk Constabulary" in alt
    for label, picked, said in (
        ("Force", "Kent", "Kent Police"),
        ("Figure", "Trend: rolling 12 months", 'result.trend("kent")'),
        ("Edition", "2025", 'peel.edition("2025")'),
        ("Region", "Wales", 'kind="trend"'),
        ("Region", "East", "five"),
    ):
        before = lab.evaluate(SEEN)
        lab.get_by_label(label, exact=True).select_option(label=picked)
        lab.wait_for_function(f"before => {SEEN} !== before", arg=before)
        assert said in lab.locator(".widget-html-content").inner_text()
    assert lab.locator(".widget-html-content img").count() == 0, "too many forces for lines: the reason in its place"
