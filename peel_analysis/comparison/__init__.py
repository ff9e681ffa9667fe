"""Is a force's figure different, what may be compared with what, and who its peers are."""

from peel_analysis.comparison import over_time
from peel_analysis.comparison.comparable import PeerGroup, check_over_time, check_together, peer_groups, reasons_apart
from peel_analysis.comparison.verdicts import Compared, compare
from peel_analysis.data.definitions import NotComparableError

__all__ = ["Compared", "NotComparableError", "PeerGroup", "check_over_time", "check_together", "compare"]
__all__ += ["over_time", "peer_groups", "reasons_apart"]
