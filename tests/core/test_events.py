"""Domain events: told inside the transaction, and a listener's fault ends all of it."""

from dataclasses import dataclass

import pytest

from portal.core import events


@dataclass(frozen=True)
class KettleBoiled:
    """An event of the tests."""

    litres: int


@dataclass(frozen=True)
class KettleBroke:
    """Another one."""


heard: list[int] = []


@events.on(KettleBoiled)
def pour(event: KettleBoiled) -> None:
    heard.append(event.litres)


@events.on(KettleBroke)
def refuse(_event: KettleBroke) -> None:
    raise ValueError("no tea")


def test_a_listener_hears_its_own_events_only() -> None:
    heard.clear()

    events.publish(KettleBoiled(litres=2))

    assert heard == [2]


def test_a_listener_that_fails_ends_the_act() -> None:
    with pytest.raises(ValueError, match="no tea"):
        events.publish(KettleBroke())
