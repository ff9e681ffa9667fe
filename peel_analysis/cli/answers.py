"""What a command printed is printed again, at once, while all that it rests on is the same: pandas is not imported."""

import io
import json
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path

from peel_analysis.data.errors import InputError
from peel_analysis.data.files import NOTICE, PROJECT, data_folder, notebooks_folder
from peel_analysis.data.kept_tables import answer
from peel_analysis.data.writing import JOURNAL, finish_writing

COMMANDS = ("measures", "editions", "values", "verdicts", "policy", "why", "changes", "check")
OPTIONS = {  # those that name no file and no folder
    *("--edition", "--measure", "--force", "--format", "--all", "--columns"),
    *("--population", "--residents-only", "--leave-out-incomplete"),
}


def answered(arguments: Sequence[str], run: Callable[[], int]) -> int:
    """Return the exit code of a command that `run` runs, which prints, or of the same run before on the same content.

    Then what that one printed is printed. Raises what `run` does, and nothing of it is kept.
    """
    folders = _folders(arguments)
    if not folders:
        return run()
    said = io.StringIO()

    def told() -> str:
        with redirect_stdout(said):
            code = run()
        return json.dumps([code, said.getvalue()])

    try:
        asked = (repr(arguments), *map(str, folders), date.today().isoformat())  # an error names the folder
        code, text = json.loads(answer(folders, asked, told))
    except BaseException:
        print(said.getvalue(), end="")  # until then
        raise
    print(text, end="")
    return int(code)


def _folders(arguments: Sequence[str]) -> list[Path]:
    """Return the folders that the answer to a command rests on, or none where it may rest on others, or does more.

    Of data that are not published nothing is kept.
    """
    command, *rest = arguments or ("",)
    if command not in COMMANDS or not all(map(_names_no_file, rest)):
        return []
    try:
        folders = [data_folder(), PROJECT / "data", notebooks_folder()]
    except InputError:  # the command says what is wrong
        return []
    finish_writing(folders[0] / JOURNAL)
    return [] if (folders[0] / NOTICE).exists() else list(dict.fromkeys(folders))


def _names_no_file(argument: str) -> bool:
    """Return whether a part of a command line names no file or folder, as `--data` and `2017@data=FOLDER` do."""
    if argument.startswith("-"):
        return argument.partition("=")[0] in OPTIONS
    try:
        return "=" not in argument.partition("data")[2] and not Path(argument).exists()
    except OSError:  # such as a name that is too long
        return False
