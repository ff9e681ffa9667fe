"""Examples of docstrings, as `>>>` lines, shown as code in the reference: Markdown would take them for quotations."""

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"(?m)^>>> .*\n?(?:^.+\n?)*")


class Examples(griffe.Extension):
    """Fences the examples of every docstring before it is read as Markdown."""

    def on_instance(self, *, obj: griffe.Object | griffe.Alias, **_: Any) -> None:
        """Put fences around the examples of an object."""
        if not obj.is_alias and obj.docstring:
            obj.docstring.value = EXAMPLE.sub(lambda one: f"```pycon\n{one[0].rstrip()}\n```\n", obj.docstring.value)
