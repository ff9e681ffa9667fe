"""`make benchmark`: the ways of making the reports timed in one run, in turn, and set beside the targets.

The loop of commands and the pool of commands are timed over three forces' notebooks a round, for they take minutes; our
ways and the limit over five forces'. `--against CHECKOUT` times a whole batch of another checkout too, in turn with
ours. At the end stands where the milliseconds of a kernel go.
"""

import argparse
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import steps_of_a_kernel
import ways
from ours import units_of

from peel_analysis.data.folder import open_data

SIZES = (5, 15, 43)  # forces
FEW, SOME, ALL = 3, 3, SIZES[-1]  # of the loop of commands and of the pool of commands; of a whole batch


@dataclass
class Measured:
    """Seconds by way, a figure a round; how many notebooks each way ran; the machine's load; the peak memory."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    notebooks: dict[str, int] = field(default_factory=dict)
    loads: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def add(self, way: str, notebooks: int, seconds: float) -> None:
        """Note a round's figure."""
        self.seconds[way].append(seconds)
        self.notebooks[way] = notebooks
        self.loads.append(os.getloadavg()[0])
        print(f"  {way}: {seconds:.1f} s", flush=True)

    def median(self, way: str) -> float:
        """Return the median seconds of a way."""
        return statistics.median(self.seconds[way])

    def a_notebook(self, way: str) -> float:
        """Return the median seconds a notebook."""
        return self.median(way) / self.notebooks[way]


WAYS = {
    "a": "(a) a loop of the papermill command",
    "b": "(b) a pool of two papermill commands",
    "c": "(c) ours: warm kernels, two workers",
    "c, running": "    the same once they run, and what forces share is there",
    "d": "(d) the limit: the cells as functions, two warm processes, drawn afresh",
    "d, kept": "    the same with kept results and drawings",
    "a+": "(a) with nbconvert after each notebook",
    "5": "(c) with a page a force: peel batch, 5 forces",
    "15": "    peel batch, 15 forces",
    "43": "(e) peel batch, 43 forces, with HTML",
    "against": "    the same of the other checkout",
    "f": "(f) peel batch, 43 forces, nothing changed",
}


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round, and no batch of more than 5 forces")
    parser.add_argument("--against", type=Path, help="another checkout, whose whole batch is timed too")
    given = parser.parse_args()
    rounds = 1 if given.quick else given.rounds
    measured = Measured()
    pool = ways.functions_pool()
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}, load {os.getloadavg()[0]:.1f}", flush=True)
        _round(measured, pool, SIZES[:1] if given.quick else SIZES, given.against)
    pool.shutdown()
    print("\n".join(["", *_table(measured, rounds), "", *steps_of_a_kernel.table()]))


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="peel-benchmark-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _round(measured: Measured, pool: Executor, sizes: tuple[int, ...], against: Path | None) -> None:
    """Time each way once, in turn, each in a new folder."""
    with _folder() as folder:
        chosen = open_data().forces.ids[: sizes[0]]
        one = units_of(chosen[:FEW], folder / "a")
        without, whole = ways.loop(one)
        measured.add("a", len(one), without)
        measured.add("a+", len(one), whole)
        some = units_of(chosen[:SOME], folder / "b")
        measured.add("b", len(some), ways.pool_of_commands(some))
        units = units_of(chosen, folder / "c")
        whole, running = ways.ours(chosen, folder / "ours")
        measured.add("c", len(units), whole)
        measured.add("c, running", len(units), running)
        measured.add("d", len(units), ways.as_functions(pool, units, None))
        measured.add("d, kept", len(units), ways.as_functions(pool, units, folder / "functions"))
        each = len(units) // len(chosen)
        for size in sizes:
            chosen = open_data().forces.ids[:size]
            seconds, memory = ways.batch(chosen, folder / str(size))
            measured.add(str(size), size * each, seconds)
            if size == ALL:
                measured.memory.append(memory)
                measured.add("f", size * each, ways.batch(chosen, folder / str(size))[0])
                if against:
                    seconds, _ = ways.batch(chosen, folder / "against", against.resolve())
                    measured.add("against", size * each, seconds)


def _table(measured: Measured, rounds: int) -> list[str]:
    """Return the table's lines: medians, seconds a notebook, and how many times faster than (a) each way is."""
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}, {time.strftime('%d %B %Y')}"
    load = (
        f"load {min(measured.loads):.1f} to {max(measured.loads):.1f}, median {statistics.median(measured.loads):.1f}"
    )
    lines = [
        f"Medians of {rounds} round{'s' if rounds > 1 else ''}, one way after the other in each; {machine}; {load}",
        f"{'':<76}{'notebooks':>9}{'seconds':>9}{'a notebook':>12}{'faster':>8}",
    ]
    for way, words in WAYS.items():
        if way in measured.seconds:
            base = "a+" if way in ("a+", "5", "15", "43") else "a"
            faster = "" if way == "f" else f"{measured.a_notebook(base) / measured.a_notebook(way):.1f}"
            lines.append(
                f"{words:<76}{measured.notebooks[way]:>9}{measured.median(way):>9.1f}"
                f"{measured.a_notebook(way):>12.3f}{faster:>8}"
            )
    return [*lines, "", f"{'':<60}{'found':>10}  target", *_targets(measured)]


def _targets(measured: Measured) -> list[str]:
    """Return a line a target: what was found, and whether it is reached."""
    quicker = measured.a_notebook("a") / measured.a_notebook("c")
    beside_limit = measured.median("c") / measured.median("d, kept")
    html = measured.a_notebook("a+") / measured.a_notebook("5")
    rows = [
        ("(c) against (a), times faster", quicker, "at least 35", quicker >= 35),
        ("(c) against (d) with kept results, times as long", beside_limit, "at most 1.3", beside_limit <= 1.3),
        ("with HTML: (c) against (a), times faster", html, "at least 40", html >= 40),
    ]
    if measured.memory:
        whole, nothing, memory = measured.median(str(ALL)), measured.median("f"), max(measured.memory)
        of_15, of_43 = ((measured.median(str(more)) - measured.median("5")) / (more - 5) for more in SIZES[1:])
        rows += [
            ("(e) all 43 forces with HTML, seconds", whole, "better 30", whole <= 30),
            ("    a force beyond the fifth: of 43 against of 15", of_43 / of_15, "at most 1", of_43 <= of_15),
            ("(f) nothing changed, seconds", nothing, "at most 0.5", nothing <= 0.5),
            ("(e) peak memory of all processes (PSS), MB", memory, "at most 700", memory <= 700),
        ]
    if "against" in measured.seconds:
        share = measured.median(str(ALL)) / measured.median("against")
        rows.append(("(e) against the other checkout's", share, "at most 0.55", share <= 0.55))
    return [
        f"{words:<60}{found:>10.2f}  {target}: {'reached' if met else 'MISSED'}" for words, found, target, met in rows
    ]


if __name__ == "__main__":
    main()
