"""The sections of a report in their order, and what a section notebook opens with."""

from typing import TYPE_CHECKING, Any

from peel_analysis.sections.catalogue import SectionPlan, catalogue, plan_of

if TYPE_CHECKING:
    from peel_analysis.sections.section import Section, open_section

__all__ = ["Section", "SectionPlan", "catalogue", "open_section", "plan_of"]


def __getattr__(name: str) -> Any:
    """Return what needs the drawing libraries only when it is asked for: a batch does without them."""
    if name in ("Section", "open_section"):
        from peel_analysis.sections import section

        return getattr(section, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
