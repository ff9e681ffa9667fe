"""The templates of everything that is shown as HTML: what a template is handed is text, unless it is markup itself."""

import re
from calendar import month_name
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from peel_analysis.data.text import slug, visible

if TYPE_CHECKING:
    from jinja2 import Environment, Template

    from peel_analysis.data.folder import Data

PEEL = "application/vnd.peel+json"  # of what a page must know of the HTML that a cell shows
TEMPLATES = Path(__file__).parent / "templates"
# A web address in a text: of a named host without a user or a port, up to what ends a sentence
ADDRESS = re.compile(
    r"((?<![\w@/.:])(?:https?://|www\.)(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w@:.-]*@)(?:[/?#][\w/.~%?&=#+,:;-]*[\w/#=?])?(?![\w@:]))"
)
# Of a style sheet, what is no use to who is sent it: comments, and white space beside marks; texts in quotes stay
IN_CSS = re.compile(r'("[^"]*")|/\*.*?\*/|\s*([{};,])\s*|(?<=:) +', re.DOTALL)
MACROS = "macros.html.j2"
IN_DATE = re.compile(rf" (?<=\d )(?:{'|'.join(month_name[1:])}) (?=\d{{4}}\b)")  # a blank first: found the soonest
NOT_READ = ("script", "style", "title")
# Of the pages' style sheet, what a notebook has in another way: lengths, but for a screen's, and the section around all
IN_REMS, IN_SECTION = re.compile(r"([\d.]+)rem(?!\) ?\{)"), re.compile(r"(?:section)?\.report-section (?=[a-z.])")
WITHIN_NOTEBOOKS = ".peel, #peel"  # an id in the list gives all that is nested more weight than JupyterLab's own rules
STYLES = ("style", "page", "dark", "narrow", "print")  # the later say more than the earlier
ATTRIBUTION = "Contains public sector information licensed under the Open Government Licence v3.0."
NOT_HMICFRS = "This is not a publication of HMICFRS."


def what_this_is(data: "Data") -> str:
    """Return what is said of all that is made from a data folder: what it is made from, and what it is not."""
    return f"{data.made_from} {NOT_HMICFRS}"


def render(template: str, data: "Data", **values: object) -> Markup:
    """Return a template of `templates/` filled in, as markup: another template puts it in place as it is.

    Every page says by `what_this_is` what it is and is not, and by `attribution` under which licence its data are. It
    names files by `named`, and begins its title with `word`, if any: as the data folder, from which it is made, has it.

    Texts among the values are escaped; Markup, which only templates make, is not. Raises jinja2.UndefinedError for a
    value that the template needs and was not handed.
    """
    told = {"what_this_is": what_this_is(data), "attribution": ATTRIBUTION, "named": data.named, "word": data.word}
    return Markup(_with_whole_dates(_template(template).render(values, **told)))


def _with_whole_dates(page: str) -> str:
    """Return a page of whose text no line ends within a date; what stands in a tag stays as it is."""

    def whole(month: re.Match[str]) -> str:
        tag = page.rfind("<", 0, month.start())
        is_read = page.find(">", tag, month.start()) >= 0 and not page.startswith(NOT_READ, tag + 1)
        return month[0].replace(" ", "\N{NO-BREAK SPACE}") if is_read else month[0]

    return IN_DATE.sub(whole, page)


def piece(macro: str, *values: object, **named: object) -> Markup:
    """Return a piece of a page, made by a macro of `macros.html.j2`: "table", "figure", "tile"."""
    return Markup(getattr(_template(MACROS).module, macro)(*values, **named))


def in_notebook(html: Markup) -> Markup:
    """Return what a cell shows as HTML, in which JupyterLab sets nothing as mathematics: dollars are dollars."""
    return piece("in_notebook", html) if html else html


def as_on_page(html: str) -> Markup:
    """Return the HTML that a cell shows as a page has it."""
    before, after = str(piece("in_notebook", Markup("|"))).split("|")
    return Markup(html.removeprefix(before).removesuffix(after) if html.startswith(before) else html)


def compile_pieces() -> None:
    """Compile what a section's pages are made of; the kernels of a batch, which are forked later, find it ready."""
    _template(MACROS)


@cache
def style_sheet(*further: str) -> Markup:
    """Return the style sheet of every page, and `further` ones after it; it holds no text from the data."""
    return _joined(*STYLES, *further)


@cache
def notebook_style(*further: str) -> Markup:
    """Return the style sheet of what a notebook shows: the pages' for that alone, in colours and sizes of the theme."""
    sheet = IN_SECTION.sub("& ", IN_REMS.sub(r"calc(\1 * var(--rem))", str(_joined("style"))))
    return Markup(f"{WITHIN_NOTEBOOKS} {{\n{sheet}}}\n{_joined('notebook', *further)}")


def _joined(*names: str) -> Markup:
    css = "".join((TEMPLATES / f"{name}.css").read_text(encoding="utf-8") for name in names)
    return Markup(IN_CSS.sub(lambda found: found[1] or found[2] or "", css).replace(";}", "}"))


@cache
def _template(name: str) -> "Template":
    return _environment().get_template(name)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # not above: most runs find no page stale

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"in_css": _in_css, "linked": linked, "slug": slug}
    return environment


def _in_css(text: str) -> str:
    """Return a text as it stands between the quotes of a style sheet: what is no letter or digit as its number."""
    return "".join(one if one.isascii() and one.isalnum() else f"\\{ord(one):06x}" for one in visible(text))


def linked(text: str) -> Markup:
    """Return a text in which web addresses, and nothing else, are links: of http and https, or that begin with www."""
    parts = ADDRESS.split(visible(text))
    return Markup().join(_link(one) if place % 2 else escape(one) for place, one in enumerate(parts))


def _link(address: str) -> Markup:
    return piece("address", address if "://" in address else f"https://{address}", address)


def _seen(value: object) -> object:
    """Return a text with what no eye sees written out; markup, which templates made, is so already."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
