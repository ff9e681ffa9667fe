"""The sections of a report in their order, and what a section notebook opens with."""

from peel_analysis.sections.catalogue import SectionPlan, catalogue, plan_of
from peel_analysis.sections.section import Section, open_section

__all__ = ["Section", "SectionPlan", "catalogue", "open_section", "plan_of"]
