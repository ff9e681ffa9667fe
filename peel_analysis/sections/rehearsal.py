"""Sections shown once before the first notebook, so that a batch's kernels find what is the same for every force."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from inspect import signature
from typing import Any

from peel_analysis.data.edition import Edition
from peel_analysis.sections.annex import Annex
from peel_analysis.sections.section import Section

Show = Callable[..., Any]


def rehearse(edition: Edition) -> None:
    """Show what the sections of the first force show, and forget it. What was read, compared and drawn for it is kept.

    What fails is left to the notebook that shows it, which says why. In no order, so that of two processes that do so
    at once each finds what the other has made.
    """
    every = list(_shown(edition))
    for show in random.sample(every, len(every)):
        with suppress(Exception):
            if hasattr(shown := show(), "_repr_html_"):
                shown._repr_html_()


def _shown(edition: Edition) -> Iterator[Show]:
    force = next(iter(edition.forces))
    *_, last = sections = [Section(plan, force, edition) for plan in edition.sections]
    for section in sections:
        yield from _figures(section)
        if section.plan.headline_measures:
            yield from (partial(show, section) for show in _without_arguments(Section))
    for measure in edition.data.measures:
        yield from (partial(show, last, measure.id) for show in (Section.statement, Section.peers, _beside))
    yield from (partial(show, Annex(force, edition)) for show in _without_arguments(Annex))


def _figures(section: Section) -> Iterator[Show]:
    for figure_id in section.plan.figures:
        measure_id, _, kind = figure_id.partition("-")
        show: Show | None = getattr(section, kind or "figure", None)  # none for a figure that no measure is named for
        if show is not None:
            yield partial(show, measure_id)


def _without_arguments(what: type) -> Iterator[Show]:
    for name, method in vars(what).items():
        if callable(method) and not name.startswith("_") and len(signature(method).parameters) == 1:
            yield method


def _beside(section: Section, measure_id: str) -> Any:
    return section.measure(measure_id).beside(section.force.id)
