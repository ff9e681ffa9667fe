"""A measure's result as bytes and back, so that a batch calculates it once and not in every notebook."""

import json
from typing import Any

import numpy as np
import pandas as pd

TEXT = "str"


def as_bytes(rows: pd.DataFrame, **more: Any) -> bytes:
    """Return a result's rows, by force_id, and what goes with them as JSON; floats are exact."""
    columns = {str(name): [str(rows[name].dtype), rows[name].tolist()] for name in rows}
    return json.dumps({"forces": rows.index.tolist(), "columns": columns, "more": more}).encode()


def from_bytes(text: bytes) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows, with the types that they had, and what went with them (sequences as lists)."""
    held = json.loads(text)
    columns = {name: _column(values, kind) for name, (kind, values) in held["columns"].items()}
    index = pd.Index(held["forces"], name="force_id", dtype=TEXT)
    return pd.DataFrame(columns, index=index, copy=False), held["more"]


def _column(values: list[Any], kind: str) -> Any:
    return pd.array(values, dtype=TEXT) if kind == TEXT else np.array(values, dtype=kind)
