"""Shares of the forces for a cluster's array of jobs: `--shard 2/8` is the second of eight."""

import re
from collections.abc import Sequence

from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import Force


def share(forces: Sequence[Force], shard: str) -> list[Force]:
    """Return the k-th of n shares: every n-th force from the k-th on, so that the shares are alike in size.

    Raises InputError for a shard that is not K/N with K from 1 to N.
    """
    match = re.fullmatch(r"(\d+)/(\d+)", shard)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise InputError(f"--shard {shard}: give K/N with K from 1 to N, such as 2/8")
    return list(forces[int(match[1]) - 1 :: int(match[2])])
