"""A drawing as a picture in HTML, and out of it again; nothing here draws, or waits for what does to be imported."""

from base64 import b64decode, b64encode
from collections.abc import Sequence

from markupsafe import Markup

from peel_analysis.data.text import visible
from peel_analysis.show.templates import piece

ADDRESS = ' src="data:image/svg+xml;base64,'  # of the drawing in a picture


def described(svg: str, title: str, description: str) -> str:
    """Return a drawing with its title and its description, which a screen reader says, as its first elements."""
    start, end, rest = svg.partition(">")
    words = Markup("\n <title>{}</title>\n <desc>{}</desc>").format(visible(title), visible(description))
    return f"{start}{end}{words}{rest}"


def picture(svg: str, alt: str) -> Markup:
    """Return a drawing as an HTML image that keeps its alternative text everywhere, untrusted notebooks included."""
    return piece("picture", b64encode(svg.encode()).decode(), alt)


def place_of_drawing(html: str) -> tuple[int, int]:
    """Return where what `drawing_at` reads begins and ends in HTML that holds a `picture`."""
    start = html.index(ADDRESS) + len(ADDRESS)
    return start, html.index('"', start)


def drawing_at(html: str, place: Sequence[int]) -> str:
    """Return the drawing of a `picture` as SVG text, byte for byte."""
    return b64decode(html[slice(*place)]).decode()
