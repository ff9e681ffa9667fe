"""Several things as a list in a sentence."""

from collections.abc import Iterable


def enumerated(things: Iterable[str]) -> str:
    """Return "Dorset, Essex and Suffolk" for three, "Dorset and Essex" for two, one as it is, and "" for none."""
    told = list(things)
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)
