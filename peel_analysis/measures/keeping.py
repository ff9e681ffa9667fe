"""A measure's result as bytes and back, so that a batch calculates it once and not in every notebook."""

import json
from typing import Any, Literal

import numpy as np
import pandas as pd

TEXT: Literal["str"] = "str"


def as_bytes(rows: pd.DataFrame, **more: Any) -> bytes:
    """Return a result's rows, by force_id, and what goes with them as JSON; floats are exact."""
    columns = {str(name): [str(rows[name].dtype), rows[name].tolist()] for name in rows}
    return json.dumps({"forces": rows.index.tolist(), "columns": columns, "more": more}).encode()


def from_bytes(text: bytes) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows, with the types that they had, and what went with them (sequences as lists)."""
    held = json.loads(text)
    index = pd.Index(held["forces"], name="force_id", dtype=TEXT)
    columns = {name: _column(values, kind, index) for name, (kind, values) in held["columns"].items()}
    return pd.DataFrame(columns, index=index, copy=False), held["more"]


def _column(values: list[Any], kind: str, index: "pd.Index[str]") -> Any:
    if kind == "object":
        return pd.Series(values, index=index, dtype="object")  # as an array, text would be found in it
    return pd.array(values, dtype=TEXT) if kind == TEXT else np.array(values, dtype=np.dtype(kind))
