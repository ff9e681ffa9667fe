"""The files of a page's figures, below `figures/` beside it: the data of each, its drawing as SVG, and that as PNG."""

import csv
import importlib.util
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peel_analysis.data.edition import Edition
from peel_analysis.data.files import code_version
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import ENGLAND_AND_WALES, Force, Forces
from peel_analysis.data.text import as_cell
from peel_analysis.data.writing import once
from peel_analysis.show.pictures import described, drawing_at, place_of_drawing
from peel_analysis.show.templates import PEEL

if TYPE_CHECKING:
    from resvg.usvg import Options

FOLDER = "figures"
COLUMNS = (
    "edition", "measure", "force_id", "force", "period_end", "value", "lower_95", "upper_95", "numerator",
    "denominator", "unit", "status", "note", "comparator_period_end", "comparator_value", "comparator_status",
)  # fmt: skip
# A drawing reaches nowhere over its axes, and each cut to their edges would cost the time of a drawing.
CLIPPED = re.compile(r' clip-path="[^"]*"')
SIZE = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"')
PIXELS = 730  # across: a drawing as large as it says it is, at 96 to an inch
AS_IT_IS, WHITE = (1, 0, 0, 0, 1, 0), (255, 255, 255, 255)  # neither moved nor scaled; the ground
COLOURS = 16  # of the palette: a drawing has about eight, and of fewer than these the palest would be taken for white
COMPRESSION = 6  # of 9: the next two would make the files a twentieth smaller in three times the time
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")  # of matplotlib: the picture is the same on every machine
FAMILY = "DejaVu Sans"
Row = dict[str, str]
Figure = Mapping[str, Any]  # the data of a piece of the page: `figure` and `files`, as `sections.display` has them


def figure_files(
    figures: Iterable[tuple[Figure, str]], values: str, of_all: str, force: Force, data: Data
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of figures, by their path from the page's folder, named as the data folder has it.

    `figures` are the data of each and its HTML, which holds the drawing; `values` is the force's values file, and
    `of_all` the edition's. `<id>.csv` has COLUMNS: the rows of these two that are the figure's data, and the names of
    their forces. `<id>.svg` is the drawing with its caption as the title, and `<id>.png` is the same `PIXELS` across.
    """
    own = (force.id, ENGLAND_AND_WALES)
    rows = [*csv.DictReader(io.StringIO(values)), *(row for row in _rows(of_all) if row["force_id"] not in own)]
    for one, html in figures:
        figure_id = one["figure"]["figure_id"]
        svg, name = drawing_at(html, one["files"]["drawing"]), data.named(f"{FOLDER}/{figure_id}")
        yield f"{name}.csv", _data(figure_id, one["files"], rows, force, data.forces).encode()
        title = data.marked(one["figure"]["caption"])
        yield f"{name}.svg", described(svg, title, one["files"]["alt"]).encode()
        yield f"{name}.png", as_png(svg)


@lru_cache(maxsize=1)
def _rows(values: str) -> list[Row]:
    """Return the rows of an edition's values file, which a worker needs again for each force."""
    return list(csv.DictReader(io.StringIO(values)))


def _data(figure_id: str, of: Figure, rows: Sequence[Row], force: Force, forces: Forces) -> str:
    out = io.StringIO()
    written = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    written.writeheader()
    own = (force.id, ENGLAND_AND_WALES)
    for row in rows:
        is_of_measure = row["measure"] in of["measures"] and (of["every_force"] or row["force_id"] in own)
        if is_of_measure or (row["part_of"] == figure_id and figure_id not in of["measures"]):
            written.writerow({**row, "force": as_cell(forces.name(row["force_id"]))})
    return out.getvalue()


def keep_pictures(notebook: Mapping[str, Any]) -> None:
    """Make the PNGs of an executed notebook's drawings, and keep them where its run looks for what is made once."""
    for output in (one for cell in notebook["cells"] for one in cell.get("outputs", ())):
        shown = output.get("data", {})
        if "files" in shown.get(PEEL, {}):
            as_png(drawing_at(shown["text/html"], place_of_drawing(shown["text/html"])))


def as_png(svg: str) -> bytes:
    """Return a drawing as a PNG of `PIXELS` across, in few colours, with the letters of FONTS."""
    return once("pictures", (svg,), lambda: _as_png(svg))


def _as_png(svg: str) -> bytes:
    from PIL import Image
    from resvg import render, usvg

    tree = usvg.Tree.from_str(SIZE.sub(_in_pixels, CLIPPED.sub("", svg), count=1), _options())
    image = Image.open(io.BytesIO(render(tree, AS_IT_IS, bg_color=WHITE))).convert("RGB")
    out = io.BytesIO()
    few = image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(out, "PNG", compress_level=COMPRESSION)
    return out.getvalue()


def _in_pixels(size: re.Match[str]) -> str:
    width, height = map(float, size.groups())
    return f'width="{PIXELS}" height="{round(height * PIXELS / width)}"'


@cache
def _options() -> "Options":
    """Return how drawings are read: with these fonts and no other. matplotlib is not imported for them."""
    from resvg import usvg

    found = importlib.util.find_spec("matplotlib")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("matplotlib is not installed")
    options = usvg.Options.default()
    for name in FONTS:
        file = Path(found.submodule_search_locations[0], "mpl-data", "fonts", "ttf", name)
        options.load_font_data(file.read_bytes())  # of a file that is named, each text would read it again
    options.font_family = FAMILY
    return options


def citation(figure: Figure, number: int, force: Force, edition: Edition) -> str:
    """Return how a figure is cited: whose it is, its title, what it is made from, and that it is no publication.

    No clock tells a date: the newest of the releases that the figure rests on does.
    """
    of, named = figure["files"], f"Figure {number}: " if number else ""
    said = [f"{force.official_name}, {edition.title}. {named}{figure['figure']['caption']}."]
    said.append(f"Made by peel_analysis {code_version()} from {'; '.join(of['sources'])}.")
    said += [f"Data {of['data']}."] if of["data"] else []
    said += [f"{of['newest']} (the month that the newest release used is named after)."] if of["newest"] else []
    is_public = edition.data.notice is None
    told = "Made from public data, not" if is_public else f"{edition.data.made_from} Not"
    return " ".join((*said, f"{told} a publication of HMICFRS."))
