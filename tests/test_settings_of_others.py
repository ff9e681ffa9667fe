"""What a user has set for matplotlib, IPython, Jupyter or a terminal reaches no report, and nothing fails of it."""

import io
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import pytest
from conftest import later
from matplotlib.font_manager import fontManager
from refusals import assert_says
from small_notebook import write
from warm_kernels import printed

from peel_analysis import batch, cli
from peel_analysis.comparison import compare
from peel_analysis.engine import warm_connection
from peel_analysis.engine.papermill_engine import Engine, NotebookFailedError, execute
from peel_analysis.engine.this_python import THIS_PYTHON
from peel_analysis.figures import as_svg, change_strip, compared_bars, funnel_plot, ranked_bars, trend_lines
from peel_analysis.figures.style import MEASURE
from peel_analysis.measures import Result
from peel_analysis.measures.series import rolling

PROJECT = Path(__file__).resolve().parents[1]
DARK: Any = {
    "figure.facecolor": "black", "axes.facecolor": "black", "savefig.facecolor": "black", "text.color": "white",
    "axes.labelcolor": "white", "xtick.color": "white", "ytick.color": "white", "font.size": 20, "font.weight": "bold",
    "figure.dpi": 50, "savefig.dpi": 30, "savefig.bbox": "tight", "lines.linewidth": 7, "lines.markeredgewidth": 4,
    "legend.frameon": True, "axes.spines.top": True, "xtick.direction": "in", "axes.xmargin": 0.3, "patch.linewidth": 5,
    "text.usetex": True, "svg.fonttype": "path", "path.sketch": (1, 100, 2), "figure.autolayout": True,
    "axes.formatter.use_locale": True, "axes.unicode_minus": False, "mathtext.fontset": "cm", "timezone": "Asia/Tokyo",
}  # fmt: skip
ASKED = """
import json, os, sys
import matplotlib
import matplotlib.pyplot
answer = [sys.executable, matplotlib.rcParams["text.usetex"], matplotlib.rcParams["figure.facecolor"], dir()[:0]]
print(json.dumps([*answer, "of_a_startup_file" in globals(), "of_a_line" in globals(), os.environ["MPLBACKEND"]]))
"""

# The last that papermill asks of a kernel, which has answered and is not done with it.
SLOW_TO_BE_DONE = """
import time
kernel = get_ipython().kernel
asked = kernel.shell_handlers["kernel_info_request"]
async def slow(*message):
    await asked(*message)
    time.sleep(0.5)
kernel.shell_handlers["kernel_info_request"] = slow
"""


def drawings(results: dict[str, Result]) -> dict[str, str]:
    crime = results["crime_per_1000"]
    change = next(result for result in results.values() if result.measure.kind == "change")
    return {
        "bars": as_svg(ranked_bars(crime, "norfolk")),
        "beside": as_svg(compared_bars(crime, ["norfolk", "kent"])),
        "strip": as_svg(change_strip(change, "norfolk")),
        "funnel": as_svg(funnel_plot(compare(crime), "norfolk")),
        "trend": as_svg(trend_lines(rolling(crime), "norfolk")),
    }


def test_a_user_s_own_style_changes_no_drawing(results: dict[str, Result]) -> None:
    plain = drawings(results)
    with mpl.rc_context(DARK):
        assert drawings(results) == plain
        assert mpl.rcParams["figure.facecolor"] == "black"  # and a notebook keeps its own for what it draws itself
    assert "#000000" not in plain["bars"].partition("<g")[0]


@pytest.mark.parametrize("of_matplotlib", [True, False])
def test_no_font_of_a_machine_and_no_list_of_fonts_moves_a_drawing(
    of_matplotlib: bool, results: dict[str, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = drawings(results)
    own = Path(mpl.get_data_path(), "fonts", "ttf")
    serif = [font for font in fontManager.ttflist if font.name == "DejaVu Serif" and own in Path(font.fname).parents]
    fonts = [font for font in fontManager.ttflist if font.name == "DejaVu Sans" and own in Path(font.fname).parents]
    others = [replace(font, name="Arial") for font in serif]  # of other heights and widths than any Arial
    with monkeypatch.context() as patch:
        patch.setattr(fontManager, "ttflist", fonts if of_matplotlib else others)
        fontManager.addfont(own / "DejaVuSansMono.ttf")  # it forgets what has been found before
        assert drawings(results) == plain
    fontManager.addfont(own / "DejaVuSansMono.ttf")
    assert not [name for name, svg in plain.items() if MEASURE in svg or "font-family:Arial,'Lib" not in svg]


@pytest.fixture
def of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a user who has a dark style with usetex, another Python named python3, and a broken IPython."""
    home = tmp_path / "home"
    profile = home / ".ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00.py").write_text("of_a_startup_file = 1\nraise RuntimeError('broken startup')")
    lines = (
        'c.InteractiveShellApp.extensions = ["an_extension_that_is_not_there"]',
        'c.InteractiveShellApp.exec_lines = ["of_a_line = 1"]',
        'raise RuntimeError("broken configuration")',
    )
    for name in ("ipython_config.py", "ipython_kernel_config.py"):
        (profile / name).write_text("\n".join(lines))
    (home / "start.py").write_text("raise RuntimeError('broken PYTHONSTARTUP')")
    style = home / "matplotlibrc"
    style.write_text("text.usetex: True\nfigure.facecolor: black\nno.such.setting: 1\n")
    kernel = tmp_path / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    of_no_python = {"argv": ["/bin/false", "-f", "{connection_file}"], "display_name": "Another", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(of_no_python))
    for name, value in {
        "HOME": home, "IPYTHONDIR": home / ".ipython", "PYTHONSTARTUP": home / "start.py", "MATPLOTLIBRC": style,
        "JUPYTER_PATH": tmp_path / "jupyter", "MPLBACKEND": "no_such_backend",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    return home


@pytest.mark.parametrize("engine", ["peel", "stock"])
def test_kernels_of_a_report_are_of_this_python_and_nobody_s_settings(
    engine: Engine, of_another: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = sorted(of_another.rglob("*"))
    out = tmp_path / "out.ipynb"
    execute(write(tmp_path / "n.ipynb", ASKED), out, timeout=60, engine=engine, kernel_name=THIS_PYTHON)
    warm_connection.stop()
    inline = "module://matplotlib_inline.backend_inline"
    assert json.loads(printed(out)) == [sys.executable, False, "white", [], False, False, inline]
    said = capfd.readouterr()
    assert said.out + said.err == ""
    assert [path for path in sorted(of_another.rglob("*")) if ".ipython" in path.parts and path not in before] == []


def test_a_kernel_that_is_about_to_be_done_is_not_interrupted(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    execute(write(tmp_path / "n.ipynb", SLOW_TO_BE_DONE), tmp_path / "out.ipynb", timeout=60, engine="stock")
    said = capfd.readouterr()
    assert said.out + said.err == ""


@pytest.mark.parametrize("name", ["{draft}", "{force}", "{", "{}", "}{0}", "{pm.run_uuid}"])
def test_braces_in_a_path_are_braces(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    source = write(folder / "{edition}.ipynb", "print(force)")
    execute(source, folder / "{out}.ipynb", {"force": "norfolk", "edition": "2017"}, timeout=60)
    assert printed(folder / "{out}.ipynb") == "norfolk\n"
    assert sorted(path.name for path in folder.iterdir()) == ["{edition}.ipynb", "{out}.ipynb"]


@pytest.mark.parametrize(
    "hostile", ['"; raise SystemExit #', "\\", '\\"+str(1/0)+\\"', "\n%%bash\nfalse", "{force}", "!false"]
)
def test_a_parameter_is_text_and_never_code(hostile: str, tmp_path: Path) -> None:
    source = write(tmp_path / "n.ipynb", "import json; print(json.dumps(force))")
    execute(source, tmp_path / "out.ipynb", {"force": hostile}, timeout=60)
    assert json.loads(printed(tmp_path / "out.ipynb")) == hostile


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_letter_that_the_terminal_lacks_is_escaped(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "G\N{LATIN SMALL LETTER W WITH CIRCUMFLEX}ent"
    page = SimpleNamespace(page=tmp_path / name / "index.html")
    monkeypatch.setattr(batch, "make_report", lambda *_: (page, []))
    terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", terminal)
    assert cli.main(["report", "norfolk", "--out", str(tmp_path / name)]) == 0
    terminal.flush()
    letter = "\\u0175" if encoding != "utf-8" else "\N{LATIN SMALL LETTER W WITH CIRCUMFLEX}"
    said = terminal.buffer.getvalue().decode(encoding)
    assert said == f"{tmp_path}/G{letter}ent/index.html{os.linesep}"


def test_a_byte_that_is_no_letter_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", "norfolk", "--out", str(tmp_path / "ent \udcff")]) == 2
    assert_says(capfd.readouterr().err, f"peel: {tmp_path}/ent \\udcff", "no letter", "rename it")
    assert list(tmp_path.iterdir()) == []


CODE = "'+open('ran','w').name+'"
BY_HAND: list[Any] = ["../../x", '"""+str(1/0)+"""', "%run x.py", ["norfolk", "kent"], {"a": 1}, None, 7]


@pytest.mark.parametrize("name", ["force", "edition"])
@pytest.mark.parametrize("given", [CODE, *later(*BY_HAND)])
def test_a_run_by_hand_refuses_what_is_no_force_or_edition(
    name: str, given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = PROJECT / "notebooks" / "02_risk_based_inspection.ipynb"
    with pytest.raises(NotebookFailedError) as refused:
        execute(source, tmp_path / "out.ipynb", {name: given}, timeout=120)
    assert refused.value.name in ("UnknownForceError", "InputError")
    assert str(given) in refused.value.value
    assert [path.name for path in tmp_path.iterdir()] == ["out.ipynb"]
