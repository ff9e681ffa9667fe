"""A drawing as matplotlib writes it, made small: the same picture in a quarter of the bytes, and dark on a dark screen.

Groups and ids that nothing refers to go, a style is written once, and numbers have two decimals of a point. Texts stay
texts. The style sheet holds selectors of one class and one media query, as other readers of SVG know no more.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from math import dist
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

from markupsafe import escape

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
DRAWN, DEFINED = ("path", "use", "text", "rect"), ("path", "clipPath", "pattern")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
AS_BY_DEFAULT = ("", "stroke-dashoffset: 0", "text-anchor: start", "stroke-linecap: butt")
OF_ALL = "stroke-linejoin:round"
COMMAND = re.compile(r"([MLCQz])([^MLCQz]*)")
DECIMALS, HALF_TURN = re.compile(r"-?\d+\.\d+"), re.compile(r"rotate\(-?0 [^)]*\)")
MOVE = re.compile(r"translate\((\S+) (\S+)\)")
REFERENCE = re.compile(r'(#|<(?:path|clipPath|pattern) id=")([\w.-]+)(?=[)"])')
USED = re.compile(r'href="#([^"]+)"')
COLOUR = re.compile(r"(fill|stroke):(#[0-9a-f]{6})")
PEN = re.compile(r"fill:(#[0-9a-f]{6});stroke:\1;stroke-width:([\d.]+)(?:;stroke-linejoin:miter)?")
FEWEST_CURVES, TOLERANCE = (
    4,
    0.01,
)  # a closed path of so many curves is a circle where it is one to a hundredth of a point
# The colours on a dark screen: words have 4.5:1 and marks 3:1 against its ground, or an outline that does.
GROUND, INK = "#14181b", "#f3f2f1"
ON_DARK = {
    "#ffffff": GROUND, "#000000": INK, "#0b0c0c": INK, "#1a1a1a": "#e4e6e7", "#3d3d3d": "#c3c8cb", "#5c5c5c": "#b4bbc0",
    "#a6a6a6": "#6f787e", "#bfbfbf": "#525b61", "#cccccc": "#4c5458", "#d9d9d9": "#454d52", "#e4e4e4": "#30373b",
    "#e9e9e9": "#272d31", "#12436d": "#7db8f0", "#6f9dc9": "#4a78a3", "#c3d7ea": "#2f4a63", "#28a197": "#3cb8ad",
    "#bfe3e0": "#2b5450", "#801650": "#f29acb", "#e6c7d8": "#5e3a4e", "#f46a25": "#ff8f52",
}  # fmt: skip
Point = tuple[float, float]


class Part(NamedTuple):
    """What is drawn: an element without its style and the area that it is cut to, which stand beside it.

    `group` is the id of the group around it that has been given one: "name-norfolk".
    """

    name: str
    written: str
    style: str
    clip: str
    group: str


class Parts(NamedTuple):
    """A drawing in its parts: its size, what parts refer to, each with its own parts, and what is drawn, in order."""

    size: str
    defined: list[tuple[Element, list[Part]]]
    drawn: list[Part]


def compact(svg: str) -> str:
    """Return a drawing of matplotlib's as a smaller SVG that looks the same, and follows a dark screen."""
    return put_together(parts_of(svg))


def parts_of(svg: str) -> Parts:
    """Return the parts of a drawing of matplotlib's."""
    root = fromstring(svg)
    size = " ".join(f'{name}="{root.get(name)}"' for name in ("width", "height", "viewBox"))
    defined = [(one, list(_inside(one))) for defs in root.iter(f"{SVG}defs") for one in defs if one.get("id")]
    return Parts(size, defined, list(_drawn(root, "", "")))


def put_together(parts: Parts) -> str:
    """Return the SVG of some parts, without what none of them refers to."""
    size, _, drawn = parts
    used = {found for part in drawn if part.name == "use" for found in USED.findall(part.written)}
    defined = [(one, inside) for one, inside in parts.defined if not one.tag.endswith("}path") or one.get("id") in used]
    of_text = _common([part.style for part in drawn if part.name == "text"])
    classes: dict[str, str] = {}
    for part in (*(part for _, parts in defined for part in parts), *drawn):
        if _beyond(part.style, of_text):
            classes.setdefault(part.style, _short(len(classes)))
    ids = {str(one.get("id")): _short(number) for number, (one, _) in enumerate(defined)}
    rules = {"svg": OF_ALL, "text": of_text, **{f".{name}": _beyond(style, of_text) for style, name in classes.items()}}
    written = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f"<style>{_style_sheet(rules)}</style>"
        f"<defs>{''.join(_definition(one, parts, classes) for one, parts in defined)}</defs>"
        f"{''.join(_elements(drawn, classes))}</svg>"
    )
    return REFERENCE.sub(lambda found: found[1] + ids.get(found[2], found[2]), written)


def _drawn(parent: Element, clip: str, group: str) -> Iterator[Part]:
    """Yield what is drawn below an element, in order, without its groups."""
    for one in parent:
        name, within = one.tag.removeprefix(SVG), one.get("clip-path", clip)
        if name == "g":
            own = one.get("id", "")
            yield from _drawn(one, within, own if "-" in own else group)  # matplotlib's own ids have none
        elif name in DRAWN:
            yield _part(one, name, within, group)


def _inside(defined: Element) -> Iterator[Part]:
    """Yield the parts of a definition: of a mark's shape, itself."""
    name = defined.tag.removeprefix(SVG)
    return iter([_part(defined, name)]) if name == "path" else _drawn(defined, "", "")


def _part(one: Element, name: str, clip: str = "", group: str = "") -> Part:
    given = {key: value for key, value in one.attrib.items() if key not in ("id", "style", "fill", "clip-path")}
    style = short_style(one.get("style") or (f"fill: {one.get('fill')}" if "fill" in one.attrib else ""))
    if name == "path" and "d" in given:  # a letter that no font has is a path of nothing
        given["d"], style = _path(given["d"], style)
    if transform := HALF_TURN.sub("", given.pop("transform", "")):
        moved = MOVE.fullmatch(transform)
        given |= {"x": moved[1], "y": moved[2]} if moved and "x" not in given else {"transform": transform}
    written = "".join(f' {key.replace(LINK, "href")}="{_shorter(value)}"' for key, value in given.items())
    words = f">{escape(''.join(one.itertext()))}" if name == "text" else ""
    return Part(name, written + words, style, clip, group)


def _shorter(value: str) -> str:
    return DECIMALS.sub(lambda number: _number(_hundredths(number[0])), value)


@lru_cache(maxsize=1024)
def short_style(style: str) -> str:
    """Return a style without white space, and without what holds anyway."""
    said = ";".join(one for one in style.split("; ") if one not in AS_BY_DEFAULT)
    return re.sub(r"'(\w+)'", r"\1", said.replace(": ", ":").replace(", ", ",").replace(":0.", ":."))


def _common(styles: Sequence[str]) -> str:
    """Return the declarations that all styles have, as a style."""
    having = Counter(declared for style in styles for declared in style.split(";"))
    return ";".join(declared for declared in styles[0].split(";") if having[declared] == len(styles)) if styles else ""


def _beyond(style: str, common: str) -> str:
    """Return a style, of a text what it says beyond all texts' declarations."""
    return ";".join(one for one in style.split(";") if "font" not in style or one not in common.split(";"))


def _short(number: int) -> str:
    """Return a name: a to z, then aa, ba, ..."""
    name = LETTERS[number % len(LETTERS)]
    return name + _short(number // len(LETTERS) - 1) if number >= len(LETTERS) else name


def _style_sheet(rules: Mapping[str, str]) -> str:
    dark = {name: ";".join(_on_dark(said)) for name, said in rules.items()} | {"svg": f"fill:{INK}"}
    light, darker = ("".join(f"{name}{{{said}}}" for name, said in one.items() if said) for one in (rules, dark))
    return f"{light}@media(prefers-color-scheme:dark){{{darker}}}"


def _on_dark(style: str) -> Iterator[str]:
    for what, colour in COLOUR.findall(style):
        yield f"{what}:{ON_DARK.get(colour, colour)}"


def _definition(one: Element, parts: Sequence[Part], classes: Mapping[str, str]) -> str:
    """Return what drawn parts refer to: a mark's shape, the area that parts are cut to, or a hatching."""
    name, kept = one.tag.removeprefix(SVG), ("patternUnits", "x", "y", "width", "height")
    if name == "path":
        return _element(parts[0], f' id="{one.get("id")}"' + _shared(parts[0].style, "", classes))
    given = "".join(f' {key}="{one.get(key)}"' for key in kept if key in one.attrib)
    return f'<{name} id="{one.get("id")}"{given}>{"".join(_elements(parts, classes))}</{name}>'


def _elements(parts: Iterable[Part], classes: Mapping[str, str]) -> Iterator[str]:
    """Yield the parts as elements; a group says what several that follow each other share."""
    for (style, clip), run in groupby(parts, key=lambda part: (part.style, part.clip)):
        together, shared = list(run), _shared(style, clip, classes)
        moved = clip and together[0].name == "use"  # an area on it would move with it
        if not shared or (len(together) == 1 and not moved):
            yield from (_element(part, shared) for part in together)
        else:
            yield f"<g{shared}>{''.join(_element(part, '') for part in together)}</g>"


def _shared(style: str, clip: str, classes: Mapping[str, str]) -> str:
    named = {"class": classes.get(style, ""), "clip-path": clip}
    return "".join(f' {key}="{value}"' for key, value in named.items() if value)


def _element(part: Part, also: str) -> str:
    return f"<{part.name}{also}{part.written}</text>" if part.name == "text" else f"<{part.name}{also}{part.written}/>"


@lru_cache(maxsize=1024)
def _path(commands: str, style: str) -> tuple[str, str]:
    """Return the commands of a path, from point to point, in hundredths where a circle is two arcs; and its style."""
    given = [(letter, [float(number) for number in numbers.split()]) for letter, numbers in COMMAND.findall(commands)]
    starts = [place for place, (letter, _) in enumerate(given) if letter == "M"]
    pieces = [given[start:end] for start, end in zip(starts, [*starts[1:], len(given)], strict=True)]
    circles = [_circle(piece) for piece in pieces]
    radii, pen = {one[2] for one in circles if one}, PEN.fullmatch(style)
    if pen and len(pieces) > 1 and all(circles) and len(radii) == 1:  # dots: points of a round pen as wide as they are
        dots = "".join(f"M{_joined(one[:2])}h0" for one in circles if one)
        width = _number(2 * radii.pop() + _hundredths(pen[2]))
        return dots, f"fill:none;stroke:{pen[1]};stroke-linecap:round;stroke-width:{width}"
    written = (_arcs(*circle) if circle else _steps(piece) for piece, circle in zip(pieces, circles, strict=True))
    return "".join(written), style


def _circle(piece: Sequence[tuple[str, list[float]]]) -> tuple[int, int, int] | None:
    """Return the centre and the radius of a closed piece of curves where it is a circle, in hundredths, else None."""
    (_, start), *curves = piece
    if len(curves) <= FEWEST_CURVES or curves[-1][0] != "z" or any(letter != "C" for letter, _ in curves[:-1]):
        return None
    ends = [(numbers[4], numbers[5]) for _, numbers in curves[:-1]]
    centre = (sum(x for x, _ in ends) / len(ends), sum(y for _, y in ends) / len(ends))
    radius = dist(centre, start)
    if any(abs(dist(centre, end) - radius) > TOLERANCE for end in ends):
        return None
    return _hundredths(centre[0]), _hundredths(centre[1]), _hundredths(radius)


def _arcs(x: int, y: int, radius: int) -> str:
    arc = f"a{_joined((radius, radius))} 0 1 0 "
    return f"M{_joined((x - radius, y))}{arc}{_joined((2 * radius, 0))}{arc}{_joined((-2 * radius, 0))}z"


def _steps(piece: Sequence[tuple[str, list[float]]]) -> str:
    """Return a piece with each command after the first relative to where the one before it ends."""
    written, last, (x, y) = [], "", (0, 0)
    for letter, numbers in _straightened([(letter, [_hundredths(one) for one in given]) for letter, given in piece]):
        if letter == "M":
            command, steps = "M", numbers
        elif letter == "z":
            command, steps = "z", []
        else:
            command, steps = letter.lower(), [number - (x, y)[place % 2] for place, number in enumerate(numbers)]
            if command == "l" and 0 in steps:
                command, steps = ("h", steps[:1]) if steps[1] == 0 else ("v", steps[1:])
        told = _joined(steps)
        written.append((" " if told[:1] not in ("-", "") else "") + told if command == last else command + told)
        last = command
        if numbers:
            x, y = numbers[-2:]
    return "".join(written)


def _straightened(piece: list[tuple[str, list[int]]]) -> list[tuple[str, list[int]]]:
    """Return a piece without the points of a line from which what is left lies no more than a hundredth away."""
    if len(piece) < 3 or any(letter != "L" for letter, _ in piece[1:]):
        return piece
    (_, start), *between, (_, end) = piece
    far, place = max((_away(point, start, end), -place) for place, (_, point) in enumerate(between, start=1))
    if far <= 1:
        return [piece[0], piece[-1]]
    return [*_straightened(piece[: 1 - place]), *_straightened([("L", piece[-place][1]), *piece[1 - place :]])[1:]]


def _away(point: Sequence[int], start: Sequence[int], end: Sequence[int]) -> float:
    """Return how far a point is from the nearest of a line between two."""
    across, up = end[0] - start[0], end[1] - start[1]
    length = across**2 + up**2
    along = ((point[0] - start[0]) * across + (point[1] - start[1]) * up) / length if length else 0
    along = min(max(along, 0), 1)
    return dist(point, (start[0] + along * across, start[1] + along * up))


def _joined(numbers: Iterable[int]) -> str:
    """Return hundredths as numbers with what keeps them apart."""
    return " ".join(map(_number, numbers)).replace(" -", "-")


def _hundredths(number: str | float) -> int:
    return round(float(number) * 100)


@lru_cache(maxsize=4096)
def _number(hundredths: int) -> str:
    whole = f"{abs(hundredths) / 100:.2f}".rstrip("0").rstrip(".").lstrip("0") or "0"
    return f"-{whole}" if hundredths < 0 else whole
