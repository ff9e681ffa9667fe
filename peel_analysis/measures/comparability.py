"""The comparability blocks: what must not be compared, as data/comparability.toml declares it, with the reason."""

from collections.abc import Iterator

from peel_analysis.data.definitions import Block
from peel_analysis.data.folder import open_data


def blocks() -> tuple[Block, ...]:
    """Return the comparability blocks of the data folder in use."""
    return open_data().blocks


def blocks_of(kind: str) -> Iterator[Block]:
    """Yield the blocks of one kind."""
    return (block for block in blocks() if block.kind == kind)
