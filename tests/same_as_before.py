"""Whether two checkouts of the project give the same values and the same accounts of them, byte for byte.

    python tests/same_as_before.py EARLIER [LATER]

runs `peel values`, `peel verdicts` and `peel why` for every measure, force and edition on the code and the data of each
checkout, and prints every line that differs. The code's version and the digests of rules and settings are left out:
they change with every line of code.
"""

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

EDITIONS = ("2017", "2019", "2025")
DIGESTS = re.compile(r"\b\d+\.\d+\.\d+\+[0-9a-f]{8}|(?<=@)[0-9a-f]{8}\b|\b\d+\.\d+\+[0-9a-f]{8}")
DUMP = """
import contextlib, csv, io, sys
from pathlib import Path
from peel_analysis.cli import main

def said(*arguments):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(list(arguments))
    return f"{arguments} ends with {code}\\n{out.getvalue()}"

folder, edition = Path(sys.argv[1]), sys.argv[2]
values = said("values", "--edition", edition)
(folder / f"values-{edition}.csv").write_text(values)
(folder / f"verdicts-{edition}.txt").write_text(said("verdicts", "--edition", edition))
rows = list(csv.DictReader(io.StringIO(values.partition("\\n")[2])))
accounts = [said("why", row["measure"], row["force_id"], "--edition", edition) for row in rows]
(folder / f"why-{edition}.txt").write_text("\\n".join(accounts))
"""


def dump(checkout: Path, folder: Path, edition: str) -> None:
    """Write what the commands of a checkout print of an edition to files of a folder."""
    subprocess.run([sys.executable, "-c", DUMP, str(folder), edition], cwd=checkout, check=True)


def read(folder: Path) -> dict[str, list[str]]:
    """Return the lines of the files of a folder, without versions and digests."""
    return {path.name: DIGESTS.sub("", path.read_text()).splitlines() for path in sorted(folder.iterdir())}


def main() -> int:
    """Compare the two checkouts; return 1 where they differ."""
    earlier, later = (Path(path).resolve() for path in (*sys.argv[1:], str(Path(__file__).parents[1]))[:2])
    with tempfile.TemporaryDirectory() as made:
        folders = {checkout: Path(made) / name for checkout, name in ((earlier, "before"), (later, "after"))}
        for folder in folders.values():
            folder.mkdir()
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # an edition of a checkout is a process of its own
            runs = [pool.submit(dump, *one, edition) for edition in EDITIONS for one in folders.items()]
            for run in runs:
                run.result()
        before, after = (read(folder) for folder in folders.values())
    differing = 0
    for name, lines in before.items():
        pairs = list(zip(lines, after[name], strict=False))
        wrong = [(place, one, other) for place, (one, other) in enumerate(pairs, start=1) if one != other]
        differing += len(wrong) + abs(len(lines) - len(after[name]))
        print(f"{name}: {len(lines):,} lines before, {len(after[name]):,} after, {len(wrong)} differ")
        for place, one, other in wrong[:3]:
            print(f"  line {place}\n  - {one[:400]}\n  + {other[:400]}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
