"""Times the commands that answer while somebody waits, and prints seconds and peak memory: `make benchmark`.

Each runs twice with an empty cache folder of its own: what it keeps there is used the second time.

Give the folder of published files (`python tests/benchmarks/commands.py RAW`) to time the taking in of the largest, and
other checkouts (`--against CHECKOUT`) to time each command in them too, in turn with this one.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 3
PEEL = ("-m", "peel_analysis.cli")
COMMANDS = {
    "peel --help": (*PEEL, "--help"),
    "peel forces": (*PEEL, "forces"),
    "peel values --edition 2017": (*PEEL, "values", "--edition", "2017"),
    "peel values --edition 2025": (*PEEL, "values", "--edition", "2025"),
    "peel why crime_per_1000 norfolk": (*PEEL, "why", "crime_per_1000", "norfolk"),
    "peel check": (*PEEL, "check"),
    "peel changes 2017 2019": (*PEEL, "changes", "2017", "2019"),
}
TARGETS = {  # seconds, the second time
    "peel --help": 0.06,
    "peel values --edition 2017": 0.8,
    "peel values --edition 2025": 0.8,
    "peel why crime_per_1000 norfolk": 0.5,
    "peel check": 1.0,
    "peel changes 2017 2019": 2.0,
}
REPORTS = ("peel report norfolk", "the same, nothing changed")  # the first in an empty folder
LARGEST = "home_office/prc-pfa-mar2013-onwards-tables-230426-rebuilt.ods"
ALL_MEASURES = """
import time
from peel_analysis import measures
from peel_analysis.data.folder import open_data
started = time.perf_counter()
edition = open_data().edition("2017")
if hasattr(measures, "calculate_all"):
    measures.calculate_all(edition)
else:
    [measures.calculate(measure, edition) for measure in open_data().measures]
print(time.perf_counter() - started)
"""


def main() -> int:
    """Print a line a command and checkout: the median of the rounds in seconds, and the largest peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raw", type=Path, nargs="?", help="the folder of published files")
    parser.add_argument("--against", type=Path, action="append", default=[], help="another checkout")
    asked = parser.parse_args()
    commands = dict(COMMANDS)
    if asked.raw:
        commands["peel data add --dry-run of the largest"] = (
            *PEEL,
            "data",
            "add",
            str(asked.raw / LARGEST),
            "--dry-run",
        )
    checkouts = [Path(__file__).resolve().parents[2], *(one.resolve() for one in asked.against)]
    heading = f"{'command':<48}{'first':>9}{'again':>9}{'target':>9}{'peak MB':>9}"
    print(f"{heading}   load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds")
    for name, arguments in commands.items():
        rounds = [[cold_and_warm(arguments, checkout) for checkout in checkouts] for _ in range(ROUNDS)]
        for checkout, mine in zip(checkouts, zip(*rounds, strict=True), strict=True):
            first, again = (statistics.median(one[0] for one in runs) for runs in zip(*mine, strict=True))
            peak = max(one[1] for runs in mine for one in runs)
            target = f"{TARGETS[name]:.2f}" if name in TARGETS else ""
            print(f"{name:<48}{first:>9.2f}{again:>9.2f}{target:>9}{peak:>9.0f}   {checkout}", flush=True)
    reports = [[made_and_again(checkout) for checkout in checkouts] for _ in range(ROUNDS)]
    for checkout, mine in zip(checkouts, zip(*reports, strict=True), strict=True):
        for name, those in zip(REPORTS, zip(*mine, strict=True), strict=True):
            walls, peaks, busy = zip(*those, strict=True)
            print(
                f"{name:<48}{statistics.median(walls):>9.2f}{max(peaks):>9.0f}   {checkout}, processors {min(busy):.2f}"
            )
    for checkout in checkouts:
        seconds = statistics.median(all_measures(checkout) for _ in range(ROUNDS))
        print(f"{'all measures of edition 2017, after importing':<48}{seconds:>9.2f}{'':>9}   {checkout}")
    return 0


def cold_and_warm(arguments: Sequence[str], checkout: Path) -> list[tuple[float, float, float]]:
    """Return what `timed` does of a command with an empty cache folder, and of the same command once more."""
    with tempfile.TemporaryDirectory() as cache:
        return [timed(arguments, checkout, PEEL_CACHE=cache) for _ in range(2)]


def made_and_again(checkout: Path) -> list[tuple[float, float, float]]:
    """Return what `timed` does of a report in an empty folder, and of the same command once more."""
    with tempfile.TemporaryDirectory() as out:
        return [timed((*PEEL, "report", "norfolk", "--out", out), checkout) for _ in range(2)]


def timed(arguments: Sequence[str], checkout: Path, **environment: str) -> tuple[float, float, float]:
    """Return the seconds that a command takes in a checkout, the peak memory in MB of the process, and the seconds of
    processors that it and its workers used: of these the least round tells most where others are at work.
    """
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        settings = {**importing(checkout), **environment}
        process = subprocess.Popen([sys.executable, *arguments], stdout=out, cwd=checkout, env=settings)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"peel {' '.join(arguments)} failed in {checkout}")
    return seconds, peak_in_mb(used), used.ru_utime + used.ru_stime


def all_measures(checkout: Path) -> float:
    """Return the seconds that all measures of edition 2017 take in a checkout, once the package is imported."""
    command = [sys.executable, "-c", ALL_MEASURES]
    return float(subprocess.check_output(command, cwd=checkout, env=importing(checkout), text=True))


def importing(checkout: Path) -> dict[str, str]:
    """Return an environment in which the package is imported from a checkout."""
    return {**os.environ, "PYTHONPATH": str(checkout)}


def peak_in_mb(used: resource.struct_rusage) -> float:
    """Return the peak resident memory in MB; Linux counts it in kilobytes."""
    return used.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
