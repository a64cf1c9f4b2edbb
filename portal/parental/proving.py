"""The proof after a save: what each resolver itself says at this moment, and what hosts have told.

A host whose DNS server can be asked counts only if that server answers, with this save or a later
one. How long a save took is told by the hosts' own rows, whose times are the database's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.parental.dns.in_force import Report, ask_all
from portal.parental.dns.listening import endpoint
from portal.parental.queries import NodeRow, Standing

LONGEST_MEASURE = timedelta(seconds=10)  # Longer is not the way, but a server that came later.


class NodeState(StrEnum):
    """What a resolver host does with the newest save."""

    HERE = "here"
    ON_THE_WAY = "on_the_way"
    UNANSWERED = "unanswered"  # its node tells, its DNS server does not answer
    SILENT = "silent"  # its node tells nothing any more


@dataclass(frozen=True)
class NodeProof:
    """One resolver host: since when it enforces the save, and how long after it."""

    name: str
    state: NodeState
    since: datetime | None = None
    milliseconds: int | None = None


@dataclass(frozen=True)
class Proof:
    """Where the last save of a profile is in force. A silent host is shown and not counted."""

    nodes: tuple[NodeProof, ...]
    is_saved: bool = True

    @property
    def resolvers(self) -> int:
        return sum(node.state != NodeState.SILENT for node in self.nodes)

    @property
    def in_force(self) -> int:
        return sum(node.state == NodeState.HERE for node in self.nodes)

    @property
    def milliseconds(self) -> int | None:
        """How long the slowest took."""
        known = [node.milliseconds for node in self.nodes if node.milliseconds is not None]
        return max(known, default=None)

    @property
    def is_everywhere(self) -> bool:
        return self.is_saved and 0 < self.resolvers == self.in_force


def ask_resolvers(standing: Standing) -> dict[str, Report]:
    """Ask the DNS server of each host that is alive what it enforces; the network is asked here."""
    askable = {
        node.name: endpoint(node.answers_at)
        for node in standing.nodes
        if node.is_alive and node.answers_at
    }
    return ask_all(standing.policy_id, askable)


def proof_of(standing: Standing, reports: Mapping[str, Report]) -> Proof:
    """Return the proof from the hosts' rows and what their servers answered, by name."""
    nodes = tuple(_node(node, standing, reports.get(node.name)) for node in standing.nodes)
    return Proof(nodes, is_saved=standing.seq is not None)


def _node(node: NodeRow, standing: Standing, report: Report | None) -> NodeProof:
    if not node.is_alive:
        return NodeProof(node.name, NodeState.SILENT, node.seen_at)
    if node.answers_at and report is None:
        return NodeProof(node.name, NodeState.UNANSWERED)
    seq = report.seq if report else node.seq
    if standing.seq is None or seq is None or seq < standing.seq:
        return NodeProof(node.name, NodeState.ON_THE_WAY)
    since = (report.since if report else node.applied_at) or standing.saved_at
    return NodeProof(node.name, NodeState.HERE, since, _milliseconds(node, standing))


def _milliseconds(node: NodeRow, standing: Standing) -> int | None:
    if node.applied_at is None or standing.saved_at is None or node.seq != standing.seq:
        return None
    length = node.applied_at - standing.saved_at
    return max(round(length.total_seconds() * 1000), 1) if length < LONGEST_MEASURE else None
