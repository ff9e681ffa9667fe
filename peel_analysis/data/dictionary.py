"""The dictionary of settings in data/README.md, printed from the models that check the declarations."""

from collections.abc import Iterator
from typing import get_args

from peel_analysis.data import settings
from peel_analysis.data.declarations import Declaration, models_in, type_in_words
from peel_analysis.data.definitions import COMPARABILITY, MEASURES, Block, Measure
from peel_analysis.data.edition import EditionFile, LackEntry
from peel_analysis.data.errors import InputError
from peel_analysis.data.policy import POLICY, Policy
from peel_analysis.data.programmes import PROGRAMMES, Key, ProgrammeEntry
from peel_analysis.data.returned import RETURNS, ReturnedItem

START = "<!-- made from the models that check the settings; `peel data build` remakes it -->"
END = "<!-- end of what is made from the models -->"
FILES: dict[str, tuple[tuple[str, type[Declaration]], ...]] = {
    MEASURES: tuple(("[[measure]]", model) for model in get_args(Measure)),
    "editions/<edition>.toml": (("the file", EditionFile), ("[lacks.<status>]", LackEntry)),
    settings.SECTIONS: (("[[section]]", settings.SectionEntry),),
    PROGRAMMES: (("[[programme]]", ProgrammeEntry), ("[[key]]", Key)),
    COMPARABILITY: (("[[block]]", Block),),
    settings.CHECKS: (("[[check]]", settings.Rule), ("[[item]]", settings.ItemEntry)),
    RETURNS: (("[[item]]", ReturnedItem),),
    POLICY: (("the file", Policy),),
    settings.PEER_SETS: (("[[set]]", settings.PeerSet), ("[none]", settings.WithoutPeers)),
    settings.PUBLISHED_FILES: (("[[file]]", settings.PublishedFile), ("[added.<format>]", settings.AddedWords)),
}


def with_settings(readme: str) -> str:
    """Return the dictionary with its part on settings made anew. Raises InputError where its marks are missing."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise InputError(f"data/README.md: no part between '{START}' and '{END}'; put both lines back")
    return f"{before}{START}\n\n{settings_dictionary()}\n{END}{after}"


def settings_dictionary() -> str:
    """Return every setting of every declaration in Markdown: a heading a file, and a table a kind of entry."""
    return "\n".join(line for file, models in FILES.items() for line in (f"### `{file}`", "", *_tables(models)))


def _tables(models: tuple[tuple[str, type[Declaration]], ...]) -> Iterator[str]:
    told: set[tuple[str, str]] = set()
    for heading, model in models:
        rows = [row for row in _rows(model, "") if (heading, row) not in told]  # kinds of one entry share most settings
        told |= {(heading, row) for row in rows}
        kinds = get_args(model.settings()["kind"].annotation) if "kind" in model.settings() else ()
        of_kind = f", kind {' or '.join(kinds)}" if len(models) > 1 and len(kinds) and heading.startswith("[[") else ""
        yield from (f"{heading}{of_kind}: {_first_sentence(model)}", "")
        yield from ("| setting | what it is | what it says |", "|---|---|---|", *rows, "")


def _rows(model: type[Declaration], above: str) -> Iterator[str]:
    for name, field in model.settings().items():
        inner, may = models_in(field), "" if field.is_required() else ", may be left out"
        alone = _first_sentence(inner[0]) if inner else "the kind of entry, as said above the table"
        yield f"| `{above}{name}` | {type_in_words(field)}{may} | {field.description or alone} |"
        if inner:
            by_name = "<name>." if "dict" in str(field.annotation) else ""
            yield from _rows(inner[0], f"{above}{name}.{by_name}")


def _first_sentence(model: type[Declaration]) -> str:
    words, end, _ = " ".join((model.__doc__ or "").split()).partition(". ")
    return f"{words}{end.strip()}"
