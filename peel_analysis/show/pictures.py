"""A drawing as a picture in HTML, and out of it again; nothing here draws, or waits for what does to be imported."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from markupsafe import Markup

from peel_analysis.data.text import visible
from peel_analysis.show.templates import piece

ADDRESS = ' src="data:image/svg+xml,'  # of the drawing in a picture
# What of a drawing cannot stand as it is between the quotes of an address: of base64, a quarter would be for nothing.
IN_ADDRESS = (("%", "%25"), ("'", "%27"), ('"', "'"), ("#", "%23"), ("&", "%26"), ("\n", "%0A"), ("\t", "%09"))
USED, XLINK = re.compile(r"(<use\b[^>]*? )href"), 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def described(svg: str, title: str, description: str) -> str:
    """Return a drawing as a file, whose first elements are its title and its description, which a screen reader says.

    Its references are those of SVG 1.1: not every program that a file is opened in knows the later ones.
    """
    start, end, rest = USED.sub(r"\1xlink:href", svg).replace("<svg ", f"<svg {XLINK} ", 1).partition(">")
    words = Markup("\n <title>{}</title>\n <desc>{}</desc>").format(visible(title), visible(description))
    return f"{start}{end}{words}{rest}"


def picture(svg: str, alt: str) -> Markup:
    """Return a drawing as an HTML image that keeps its alternative text everywhere, untrusted notebooks included."""
    for one, written in IN_ADDRESS:
        svg = svg.replace(one, written)
    return piece("picture", Markup(svg), alt)


def place_of_drawing(html: str) -> tuple[int, int]:
    """Return where what `drawing_at` reads begins and ends in HTML that holds a `picture`."""
    start = html.index(ADDRESS) + len(ADDRESS)
    return start, html.index('"', start)


def drawing_at(html: str, place: Sequence[int]) -> str:
    """Return the drawing of a `picture` as SVG text, byte for byte."""
    return unquote(str(html)[slice(*place)].replace("'", '"'))
