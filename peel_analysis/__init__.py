"""PEEL police effectiveness reports, made from published data and force returns.

`import peel_analysis as peel` is the face for analysts: `peel.edition("2017").measure("crime_per_1000")` is a measure
for all forces, to be looked at, drawn and explained. `peel.forces()` lists the forces, `peel.report("norfolk")` makes a
report. What is offered is in `peel_analysis/face.py`, which is read when it is first asked for.
"""

# ruff: noqa: F403, F405
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peel_analysis.face import *  # what is offered is named once, in __all__

__version__ = "0.1.0"
__all__ = [
    "Edition",
    "Figure",
    "InputError",
    "Result",
    "annex",
    "compare",
    "edition",
    "editions",
    "explore",
    "forces",
    "measure",
    "open_data",
    "over_editions",
    "report",
    "section",
]


def __getattr__(name: str) -> Any:
    """Return a name of the face, which takes a second to import: `peel --help` does without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from peel_analysis import face

    return getattr(face, name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
