"""Which units of which reports are stale, and running them side by side. A unit is one section of one force."""

from peel_analysis.batch.pool import Pool, local_pool
from peel_analysis.batch.run import Task, run, stale_tasks
from peel_analysis.batch.units import Report, Unit, report_of, shared_key
from peel_analysis.batch.work import Outcome, Workplace

__all__ = [
    "Outcome",
    "Pool",
    "Report",
    "Task",
    "Unit",
    "Workplace",
    "local_pool",
    "report_of",
    "run",
    "shared_key",
    "stale_tasks",
]
