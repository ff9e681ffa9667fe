"""What a data folder makes of a file: the same counts, one clear refusal, or fewer counts and the words for it."""

import io
import re
import shutil
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from peel_analysis import cli
from peel_analysis.data.folder import open_data

PROJECT = Path(__file__).resolve().parents[2]
SECONDS, LONGEST_LINE, FEW = 10, 1200, 6
SAME, REFUSED, TOLD, NOT_SAID = "same", "refused", "told", "not said"
ALWAYS_SAID = re.compile(r"sha256|rows read|rows new| beside |: nothing wrong|^Written")
KEYS = ("force_id", "item", "dimension", "period_start", "period_end", "mid_year", "vintage")
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Run:
    """What the command did with a file: exit code, its two outputs, the tables written, and what else is wrong."""

    code: int
    out: str
    err: str
    tables: Tables
    wrong: str = ""


class DataFolder:
    """A copy of the project's data folder that is put back after each file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        shutil.copytree(PROJECT / "data", self.folder)
        self.kept = {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        self.before = self._stats()
        self.forces = open_data(self.folder).forces

    def _stats(self) -> dict[Path, tuple[int, int]]:
        found = ((path, path.stat()) for path in self.folder.rglob("*") if path.is_file())
        return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in found}

    def add(self, file: Path, *options: str) -> Run:
        """Take a file in by the command, say what that did, and put the folder back."""
        out, err, started, wrong = io.StringIO(), io.StringIO(), time.process_time(), ""
        asked = ("data", "add", str(file), "--release", "x", "--data", str(self.folder), *options)
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = cli.main(asked)
            except (Exception, SystemExit) as error:
                code, wrong = 1, f"broke out: {type(error).__name__}: {error}"[:300]
        if (took := time.process_time() - started) > SECONDS:
            wrong = f"took {took:.0f} s"
        tables = self._put_back()
        if code and tables:
            wrong = f"exit code {code}, and written: {', '.join(tables)}"
        return Run(code, out.getvalue(), err.getvalue(), tables, wrong)

    def _put_back(self) -> Tables:
        tables, now = {}, self._stats()
        for path in now:
            name = str(path.relative_to(self.folder))
            if now[path] == self.before.get(path):
                continue
            if name.startswith("counts/") or name == "populations.csv":
                tables[name] = pd.read_csv(path, dtype=str, keep_default_na=False)
            elif path not in self.before:
                tables[name] = pd.DataFrame()  # a part that was left behind
            if path in self.before:
                path.write_bytes(self.kept[path])
            else:
                path.unlink()
        self.before = self._stats()
        return dict(sorted(tables.items()))

    def judge(self, run: Run, right: Run, name: str) -> str:
        """Return SAME, REFUSED or TOLD, or in other words what is wrong with what the command did."""
        if run.wrong:
            return run.wrong
        if run.code == cli.USAGE:
            return _refusal(run, name)
        if odd := re.search(r"[^\S\n ]|[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e]", run.out):
            return f"prints {odd[0]!r}"
        if run.code or run.err:
            return f"exit code {run.code} and {run.err[:200]!r}"
        if run.tables.keys() == right.tables.keys() and all(map(same, run.tables.values(), right.tables.values())):
            return SAME
        return self._told(run, right)

    def _told(self, run: Run, right: Run) -> str:
        """Return TOLD where each count is right that stands as reported, and each force that lost one is named."""
        lost: set[str] = set()
        for file, rows in right.tables.items():
            key = [column for column in KEYS if column in rows]
            after = run.tables.get(file, rows.iloc[:0])
            both = rows.merge(after, on=key, how="outer", suffixes=("", "_after"), indicator=True)
            number = "count" if "count" in rows else "population"
            other = (both["_merge"] == "both") & (both[number] != both[f"{number}_after"])
            if "status" in rows:
                other &= both["status_after"] == "reported"
            if (wrong := both[other | (both["_merge"] == "right_only")]).size:
                one = wrong.iloc[0]
                of = " ".join(str(one[name]) for name in key)
                return f"another number: {of}: {one[number]}, now {one[f'{number}_after']}"
            gone = (both["_merge"] == "left_only") | (both[number] != both[f"{number}_after"])
            lost |= set(both.loc[gone, "force_id"])
        lines = [line for line in run.out.splitlines() if line not in right.out and not ALWAYS_SAID.search(line)]
        said = "\n".join(lines)
        forces = [force for force in lost if self.forces.name(force) not in said and force not in said]
        return NOT_SAID if not said or (forces and len(lost) < FEW) else TOLD


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Return whether two tables are the same."""
    return one.equals(other)


def _refusal(run: Run, name: str) -> str:
    """Return REFUSED where a line names the file, what was found and, after a semicolon, what to do."""
    line = run.err.removesuffix("\n")
    if not line and "Nothing was changed" in run.out:
        return REFUSED
    wrong = {
        "not one line": "\n" in line or not line.startswith("peel: "),
        f"longer than {LONGEST_LINE}": len(line) > LONGEST_LINE,
        "holds a control character": bool(re.search(r"[\x00-\x08\x0b-\x1f\x7f]", line)),
        "does not name the file": name not in line,
        "says no remedy": "; " not in line,
    }
    return next((f"{words}: {line[:300]!r}" for words, is_so in wrong.items() if is_so), REFUSED)
