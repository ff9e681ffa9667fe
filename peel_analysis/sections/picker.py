"""What an analyst picks, a force, a measure, a kind of figure, as a figure, a sentence, a table and the code of them.

`view` needs no widget: the pickers of `Explorer` are a face on it.
"""

import json
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from markupsafe import Markup

from peel_analysis import measures
from peel_analysis.comparison.comparable import peer_groups
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.figures import Figure
from peel_analysis.sections.display import styled
from peel_analysis.sections.result import Table, in_hand
from peel_analysis.show.templates import in_notebook, piece

NONE, OWN_LIST, RESIDENTS = "", "own list", "residents only"  # with a space: ids have none
IMPORT = "import peel_analysis as peel\n"
WITHOUT_WIDGETS = (
    'For pickers here: pip install "peel_analysis[lab]" (in a checkout, make lab does), then open JupyterLab anew.'
)
WIDTH = "min(100%, 29rem)"  # two beside each other under a cell
LABELS = {
    "force": "Force", "edition": "Edition", "measure": "Measure", "kind": "Figure",
    "peers": "Peers", "region": "Region", "population": "Population", "own_peers": "Own list",
}  # fmt: skip


class Kind(NamedTuple):
    """A kind of figure: what a result is asked for, for a force alone and for forces beside it."""

    title: str
    alone: str
    together: str
    settings: dict[str, str] = {}  # noqa: RUF012 - of the call for several forces; nothing writes to it


KINDS = {
    "ranked": Kind("All forces, ranked", "figure", "figure"),
    "funnel": Kind("Funnel: value against size", "funnel", "funnel"),
    "trend": Kind("Trend: rolling 12 months", "trend", "compare", {"kind": "trend"}),
    "quarters": Kind("Quarters", "quarters", "compare", {"kind": "quarters"}),
    "compare": Kind("Beside England and Wales, with intervals", "compare", "compare"),
}


@dataclass(frozen=True)
class Picks:
    """What is picked, by ids; "" is none, and of `population` the edition's own.

    `peers` is a set of the force's peers, or "own list": then `own_peers` are ids of forces.
    """

    force: str
    edition: str
    measure: str
    kind: str = "ranked"
    peers: str = NONE
    own_peers: tuple[str, ...] = ()
    region: str = NONE
    population: str = NONE


@dataclass(frozen=True)
class View:
    """What the picks show. `refused` is the reason in place of a figure that there is not; `code` makes the rest."""

    figure: Figure | None
    refused: str
    sentence: str
    table: Table | None
    code: str

    def _repr_html_(self) -> Markup:
        shown = {"image": self.figure.as_image()} if self.figure else {"not_drawn": [self.refused]}
        table = {"summary": "Table", "data": self.table.html} if self.table else {}
        body = piece("figure_body", reading=self.sentence, **shown, **table)
        code = piece("printed", self.code) if self.code else ""
        return styled(body + code, "", "pickers")


class Call(NamedTuple):
    """A call of a method of a result: it is made, and written as code, from the same words."""

    method: str
    force: str
    others: tuple[str, ...] = ()
    settings: dict[str, str] = {}  # noqa: RUF012 - nothing writes to it

    def of(self, result: Any) -> Any:
        """Return what the result's method returns. Raises what it raises."""
        return getattr(result, self.method)(self.force, *([self.others] if self.others else []), **self.settings)

    @property
    def code(self) -> str:
        """The call as code, with `result` for the result."""
        others = [_as_code(list(self.others))] if self.others else []
        named = [f"{name}={_as_code(one)}" for name, one in self.settings.items()]
        return f"result.{self.method}({', '.join([_as_code(self.force), *others, *named])})"


def view(picks: Picks, data: Data) -> View:
    """Return figure, sentence, table and code of what is picked.

    What is refused says its reason in place of the figure: a kind that the measure or the force has not, too many
    forces for lines. Its code leaves the figure out, so that it runs as it stands.
    """
    edition, opened = data.edition(picks.edition), f"peel.edition({_as_code(picks.edition)})"
    if picks.population:
        residents = picks.population == RESIDENTS
        edition = edition.with_population(vintage=None if residents else picks.population, residents_only=residents)
        chosen = "residents_only=True" if residents else f"vintage={_as_code(picks.population)}"
        opened += f".with_population({chosen})"
    calls = {"sentence": Call("sentence", picks.force), "table": _table_of(picks), "figure": _figure_of(picks, data)}
    made: dict[str, Any] = {}
    try:
        result = in_hand(measures.calculate(data.measure(picks.measure), edition))
        for name, call in calls.items():
            made[name] = call.of(result)
        refused = ""
    except ValueError as error:  # InputError is one
        refused = str(error)
    lines = [f"{name} = {calls[name].code}" for name in made]
    shown = ["figure" if "figure" in made else "sentence"]
    code = [IMPORT, f"result = {opened}.measure({_as_code(picks.measure)})", *lines, *shown] if made else []
    return View(made.get("figure"), refused, made.get("sentence", ""), made.get("table"), "\n".join(code))


def _table_of(picks: Picks) -> Call:
    if picks.peers == OWN_LIST and picks.own_peers:
        return Call("peers", picks.force, picks.own_peers)
    return Call("peers" if picks.peers not in (NONE, OWN_LIST) else "table", picks.force)


def _figure_of(picks: Picks, data: Data) -> Call:
    sets = {one.set_id: one.peer_ids for one in peer_groups(data.edition(picks.edition), picks.force)}
    peers = picks.own_peers if picks.peers == OWN_LIST else sets.get(picks.peers, ())
    of_region = [one.id for one in data.forces if picks.region and one.region == picks.region]
    others = tuple(one for one in dict.fromkeys([*peers, *of_region]) if one != picks.force)
    kind = KINDS[picks.kind]
    return Call(kind.together, picks.force, others, kind.settings) if others else Call(kind.alone, picks.force)


def _as_code(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def choices(picks: Picks, data: Data) -> dict[str, list[tuple[str, str]]]:
    """Return what each picker offers, as label and id: the peers are the force's, the populations the edition's."""
    edition = data.edition(picks.edition)
    forces = [(one.name, one.id) for one in data.forces]
    groups = [(one.title, one.set_id) for one in peer_groups(edition, picks.force)]
    others = [(one, one) for one in edition.vintages if one != edition.vintage]
    return {
        "force": forces,
        "edition": [(one, one) for one in data.editions],
        "measure": [(one.title, one.id) for one in data.measures],
        "kind": [(one.title, name) for name, one in KINDS.items()],
        "peers": [("None", NONE), *groups, ("Own list", OWN_LIST)],
        "own_peers": [one for one in forces if one[1] != picks.force],
        "region": [("None", NONE), *((one, one) for one in sorted({one.region for one in data.forces}))],
        "population": [(f"The edition's own ({edition.vintage})", NONE), *others, ("Residents only", RESIDENTS)],
    }


def picked(picks: Picks, data: Data) -> Picks:
    """Return the picks with each that is no longer offered left out: another force's peers, another year's vintage.

    Raises InputError, with what is offered, for a measure or a kind of figure that there is not.
    """
    data.measure(picks.measure)
    if picks.kind not in KINDS:
        raise InputError(f"No kind of figure '{picks.kind}'; the kinds are {', '.join(KINDS)}")
    offered = {name: {one for _, one in every} for name, every in choices(picks, data).items()}
    gone = {name: NONE for name in ("peers", "region", "population") if getattr(picks, name) not in offered[name]}
    own = tuple(one for one in picks.own_peers if one in offered["own_peers"])
    return replace(picks, own_peers=own, **gone)


class Explorer:
    """Pickers over what they show, where ipywidgets is installed; else what the picks show, and how to get pickers.

    `picks` are what is picked, `shown` its figure, sentence, table and code. `pickers` are the widgets by what they
    pick, none without ipywidgets.
    """

    def __init__(self, picks: Picks, data: Data) -> None:
        self._data = data
        self._is_settling = False
        self.pickers: dict[str, Any] = {}
        self._show(picks)
        try:
            import ipywidgets
        except ModuleNotFoundError:
            return
        self._output = ipywidgets.HTML()
        self._output.layout.width = "100%"
        self._add_pickers(ipywidgets)

    def _add_pickers(self, widgets: Any) -> None:
        for name, label in LABELS.items():
            picker = (widgets.SelectMultiple if name == "own_peers" else widgets.Dropdown)(description=label)
            picker.layout.width = WIDTH
            picker.observe(self._change, names="value")
            self.pickers[name] = picker
        rows = widgets.HBox([*self.pickers.values()])
        rows.layout.flex_flow = "row wrap"
        self._box = widgets.VBox([rows, self._output])
        self._box.add_class("peel-pickers")
        self._follow()

    def _change(self, _: object) -> None:
        if not self._is_settling:
            self._show(replace(self.picks, **{name: one.value for name, one in self.pickers.items()}))
            self._follow()

    def _show(self, picks: Picks) -> None:
        self.picks = picked(picks, self._data)
        self.shown = view(self.picks, self._data)

    def _follow(self) -> None:
        """Offer in each picker what may be picked now, and show what is."""
        self._is_settling = True
        try:
            for name, offered in choices(self.picks, self._data).items():
                if list(self.pickers[name].options) != offered:
                    self.pickers[name].options = offered
                self.pickers[name].value = getattr(self.picks, name)
            self.pickers["own_peers"].layout.display = None if self.picks.peers == OWN_LIST else "none"
            self._output.value = self.shown._repr_html_()
        finally:
            self._is_settling = False

    def __repr__(self) -> str:
        return f"<explorer: {self.picks.measure}, {self.picks.force}, edition {self.picks.edition}>"

    def _repr_html_(self) -> str:
        """Return what is shown, without pickers: what a reader sees who has no widgets."""
        told = Markup("") if self.pickers else in_notebook(piece("paragraph", "reading", WITHOUT_WIDGETS))
        return told + self.shown._repr_html_()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        kind = "application/vnd.jupyter.widget-view+json"
        return {kind: self._box._repr_mimebundle_()[kind]} if self.pickers else {}
