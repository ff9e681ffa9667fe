"""Is a force's figure different, what may be compared with what, and who its peers are."""

from peel_analysis.comparison.blocks import (
    NotComparableError,
    barred,
    check_over_time,
    check_together,
    check_years,
    reasons_apart,
)
from peel_analysis.comparison.compared import Compared, compare
from peel_analysis.comparison.peers import PeerGroup, peer_groups

__all__ = [
    "Compared",
    "NotComparableError",
    "PeerGroup",
    "barred",
    "check_over_time",
    "check_together",
    "check_years",
    "compare",
    "peer_groups",
    "reasons_apart",
]
