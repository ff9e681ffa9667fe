"""Run the notebooks of some forces as a batch of them does, without pages; print the seconds of that, as JSON.

They are two: with the start of the workers, and once all that forces share is there. Arguments: an output folder, then
the forces. A script, so that it starts as `peel batch` does: with one thread, and so with workers that are forked.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from peel_analysis.engine.this_python import start_libraries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peel_analysis.batch.run import Pool
    from peel_analysis.batch.units import Unit
    from peel_analysis.batch.work import Workplace

EDITION, WORKERS = "2017", 2


def main() -> None:
    """Run them twice."""
    started = time.perf_counter()
    start_libraries(os.environ)  # as the command does before it reads anything
    from peel_analysis.batch import Making
    from peel_analysis.batch.run import local_pool
    from peel_analysis.batch.units import shared_key
    from peel_analysis.data.folder import open_data

    out, force_ids, data = Path(sys.argv[1]), sys.argv[2:], open_data()
    units = units_of(force_ids, out)
    workplace = Making(out).workplace(data.edition(EDITION), shared_key(data.folder)).for_forces(len(force_ids))
    pool = local_pool(WORKERS, workplace, len(units))
    _run(pool, units, workplace)
    whole = time.perf_counter() - started
    started = time.perf_counter()
    _run(pool, units, workplace)
    running = time.perf_counter() - started
    pool.stop()
    print(json.dumps([whole, running]))


def units_of(force_ids: "Sequence[str]", out: Path) -> "list[Unit]":
    """Return the units of some forces' reports."""
    from peel_analysis.batch import Making
    from peel_analysis.batch.units import shared_key
    from peel_analysis.data.folder import open_data

    data = open_data()
    plans = Making(out).plans(data.edition(EDITION), map(data.forces.find, force_ids), shared_key(data.folder))
    return [unit for plan in plans for unit in plan.units]


def _run(pool: "Pool", units: "list[Unit]", workplace: "Workplace") -> None:
    from peel_analysis.batch.work import carry_out

    outcomes = list(pool.executor.map(carry_out, units, [workplace] * len(units)))
    if failed := [outcome.error for outcome in outcomes if outcome.failed]:
        raise RuntimeError(failed[0])


if __name__ == "__main__":
    main()
