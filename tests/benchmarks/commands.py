"""Times the commands that answer while somebody waits, and prints seconds and peak memory: `make benchmark`.

Give the folder of published files (`python tests/benchmarks/commands.py RAW`) to time the taking in of the largest.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
COMMANDS = {
    "peel --help": ["--help"],
    "peel forces": ["forces"],
    "peel values --edition 2017": ["values", "--edition", "2017"],
    "peel values --edition 2025": ["values", "--edition", "2025"],
    "peel why crime_per_1000 norfolk": ["why", "crime_per_1000", "norfolk"],
    "peel check": ["check"],
    "peel changes 2017 2019": ["changes", "2017", "2019"],
}
LARGEST = "home_office/prc-pfa-mar2013-onwards-tables-230426-rebuilt.ods"


def main() -> int:
    """Print a line a command: the median of the rounds in seconds, and the largest peak memory."""
    commands = dict(COMMANDS)
    if len(sys.argv) > 1:
        file = Path(sys.argv[1]) / LARGEST
        commands[f"peel data add {file.name} --dry-run"] = ["data", "add", str(file), "--dry-run"]
    print(f"{'command':<72}{'seconds':>9}{'peak MB':>9}   load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds")
    for name, arguments in commands.items():
        rounds = [timed(arguments) for _ in range(ROUNDS)]
        seconds, peak = statistics.median(one[0] for one in rounds), max(one[1] for one in rounds)
        print(f"{name:<72}{seconds:>9.2f}{peak:>9.0f}", flush=True)
    return 0


def timed(arguments: list[str]) -> tuple[float, float]:
    """Return the seconds that a command takes and the peak memory in MB of the process."""
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "peel_analysis.cli", *arguments], stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"peel {' '.join(arguments)} failed")
    return seconds, peak_in_mb(used)


def peak_in_mb(used: resource.struct_rusage) -> float:
    """Return the peak resident memory in MB; Linux counts it in kilobytes."""
    return used.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
