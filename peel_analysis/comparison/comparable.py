"""What may be set beside what: two measures in a picture, the values of two windows, and a force and its peers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from peel_analysis.checks.records import OUTCOMES
from peel_analysis.comparison.verdicts import compare
from peel_analysis.data.definitions import Block, Measure, NotComparableError
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.forces import Forces
from peel_analysis.data.settings import PeerSet
from peel_analysis.measures import Result
from peel_analysis.measures.exclusions import check_years

NOTE_OF_A_LIST = "A list added by the user."


@dataclass(frozen=True)
class Point:
    """Whose value it is (an edition, or a side of a comparison), its window's last day, and its release of outcomes."""

    name: str
    end: str
    release: str


def check_together(first: Measure, second: Measure, edition: Edition) -> None:
    """Raise NotComparableError when two measures must not share a chart, a table or a sentence."""
    for block in edition.data.blocks:
        if block.kind == "together" and block.keeps_apart(first, second):
            raise NotComparableError(block.reason)
    one, other = (edition.window(measure.window) for measure in (first, second))
    if one != other:
        found = f"{first.title} and {second.title} are counted in different windows ({one.words}; {other.words})"
        raise NotComparableError(f"{found}, so they are not put together.")


def reasons_apart(listed: Sequence[Measure], edition: Edition) -> list[str]:
    """Return why measures that stand in one list are not to be compared with each other, each reason once.

    It is for sentences that follow each other; what `check_together` refuses stays out of charts and tables.
    """
    pairs = list(combinations(listed, 2))
    together = (block for block in edition.data.blocks if block.kind == "together")
    reasons = [block.reason for block in together if any(block.keeps_apart(*pair) for pair in pairs)]
    windows = dict.fromkeys(edition.window(measure.window).words for measure in listed)
    if len(windows) > 1:
        found = f"The figures are counted in different windows ({'; '.join(windows)})"
        reasons.append(f"{found}, so they are not added, divided or set beside each other.")
    return reasons


def point_of(measure: Measure, edition: Edition, name: str = "") -> Point:
    """Return when a measure of an edition is from, under the edition's name or the one given."""
    end = edition.window(measure.window).end.isoformat()
    return Point(name or f"edition {edition.id}", end, edition.release_of(OUTCOMES))


def check_over_time(measure: Measure, force_id: str, earlier: Point, later: Point, blocks: Iterable[Block]) -> None:
    """Raise NotComparableError when a measure of two windows must not be compared for a force, by the blocks or else.

    Of one window two releases may be compared: their difference is what was added in between, and no change over time.
    """
    if earlier.end == later.end:
        return
    check_years(measure, force_id, int(earlier.end[:4]), int(later.end[:4]), blocks)
    if measure.tracked and earlier.release != later.release:
        raise NotComparableError(
            f"Outcomes are added to past crimes as time goes on, and {earlier.name} and {later.name} rest on different "
            f"releases of them ({earlier.release} and {later.release}), so the two are not compared."
        )


@dataclass(frozen=True)
class PeerGroup:
    """A force's peers in one set: never the force itself."""

    set_id: str
    title: str
    as_at: str
    note: str
    peer_ids: tuple[str, ...]


@dataclass(frozen=True)
class PeerMeans:
    """The two means of a peer group's values: sum over sum, and the plain mean of the rates; NaN without values.

    `members` are the peers in them, and `left_out` the others, each with its reason in a few words.
    """

    weighted: float
    simple: float
    members: tuple[str, ...]
    left_out: dict[str, str]
    forces: Forces

    @property
    def basis(self) -> str:
        """How many of the peers are in the means: "mean of 5 of 6 peers"."""
        return f"mean of {len(self.members)} of {len(self.members) + len(self.left_out)} peers"

    @property
    def why_left_out(self) -> str:
        """Who is not in the means, and why, in a sentence; "" when everyone is in."""
        reasons: dict[str, list[str]] = {}
        for force_id, reason in self.left_out.items():
            reasons.setdefault(reason, []).append(force_id)
        told = [f"{self.forces.in_words(force_ids)} ({reason})" for reason, force_ids in reasons.items()]
        return f"Not in the means: {'; '.join(told)}." if told else ""


def peer_groups(edition: Edition, force_id: str) -> tuple[PeerGroup, ...]:
    """Return the force's peer groups: the declared sets, then a user's lists. Empty for a force that has no peers.

    Raises InputError for a set, an area or a list that is not as it must be, whichever force's peers are asked for.
    """
    settings, lists = edition.data.peer_sets, edition.data.peer_lists
    if force_id in settings.without:
        return ()
    groups = [_group(one, edition, force_id) for one in settings.sets]
    groups += [PeerGroup(one.id, one.title, one.as_at, NOTE_OF_A_LIST, one.peer_ids.get(force_id, ())) for one in lists]
    return tuple(group for group in groups if group.peer_ids)


def why_none(edition: Edition, force_id: str) -> str:
    """Return why a force has no peers, or "" when it has."""
    settings = edition.data.peer_sets
    return settings.reason if force_id in settings.without else ""


def means(result: Result, group: PeerGroup) -> PeerMeans:
    """Return the weighted and the simple mean over the peers that may get a verdict on the measure.

    Left out are those without a value or out of the figure, and those whose value rests on an assumed population, a
    partial return or a record that is incomplete or does not match. Where the counts of one of the others are not
    public, there is no weighted mean.
    """
    compared = compare(result)
    members = tuple(peer for peer in group.peer_ids if peer not in compared.left_out)
    left_out = {}  # as the figure's table notes it, else as the policy says it
    for peer in (peer for peer in group.peer_ids if peer in compared.left_out):
        reason = result.of(peer).short or compared.policy.no_verdict[compared.left_out[peer]]
        left_out[peer] = reason.removeprefix("No verdict: ").rstrip(".")
    top, below = (result.sum_of(members, name) for name in ("numerator", "denominator"))
    weighted = result.measure.multiplier * top / below if members else math.nan  # and NaN where a count is missing
    simple = result.sum_of(members, "value") / len(members) if members else math.nan
    return PeerMeans(weighted, simple, members, left_out, result.edition.forces)


def _group(one: PeerSet, edition: Edition, force_id: str) -> PeerGroup:
    """Return a force's peers in a declared set: of its region, or the nearest by the logarithm of their density."""
    without = edition.data.peer_sets.without
    others = [force for force in edition.forces if force.id != force_id and force.id not in without]
    own = edition.forces.find(force_id)
    if one.method == "region":
        peer_ids = [force.id for force in others if force.region == own.region]
    else:
        areas = edition.data.areas
        residents = edition.with_population(residents_only=True).populations[POPULATION].to_dict()
        density = {force.id: math.log(float(residents[force.id]) / areas[force.id]) for force in (own, *others)}
        nearest = sorted((abs(density[force.id] - density[force_id]), force.id) for force in others)
        peer_ids = [peer for _, peer in nearest[: one.size]]
    return PeerGroup(one.id, one.title, one.as_at.format(mid_year=edition.mid_year), one.note, tuple(peer_ids))
