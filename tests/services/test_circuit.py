"""The circuit breaker: its rules, and orders that wait for a network that is down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.core import ids
from portal.services.activation import NetworkDownError, Work
from portal.services.circuit import (
    LONGEST,
    MOST_FAILURES,
    PROBE_LASTS,
    SHORTEST,
    Circuit,
    Closed,
    after_failure,
    enter,
)
from portal.services.models import NetworkCircuit, Order
from portal.services.states import OrderState
from tests.conftest import NOON
from tests.live import wait_until
from tests.services.operator import an_operator

SECOND = timedelta(seconds=1)
CODES = ("tv-optimal", "antivirus", "static-ip", "phone-home")


def failed(times):
    circuit = Circuit()
    for _ in range(times):
        circuit = after_failure(circuit, NOON)
    return circuit


def test_it_opens_after_so_many_failures_in_a_row(noon):
    assert failed(MOST_FAILURES - 1).is_closed

    opened = failed(MOST_FAILURES)

    assert (opened.opened_at, opened.open_until) == (noon, noon + SHORTEST)
    assert enter(opened, noon) == Closed(noon + SHORTEST)


def test_what_fails_while_it_is_open_says_nothing_new(noon):
    opened = failed(MOST_FAILURES)

    assert after_failure(opened, noon + SHORTEST - SECOND) == opened


def test_one_probe_is_let_through_when_the_wait_is_over(noon):
    later = noon + SHORTEST

    probed = enter(failed(MOST_FAILURES), later)

    assert isinstance(probed, Circuit)
    assert isinstance(enter(probed, later), Closed)
    assert isinstance(enter(probed, later + PROBE_LASTS), Circuit)  # the probe's worker was killed


def test_a_probe_that_fails_opens_it_for_longer(noon):
    circuit, now, waits = failed(MOST_FAILURES), noon, []
    for _ in range(8):
        waits.append(circuit.open_until - now)
        now = circuit.open_until
        circuit = after_failure(enter(circuit, now), now)

    assert waits[:3] == [SHORTEST, SHORTEST * 2, SHORTEST * 4]
    assert waits[-1] == LONGEST
    assert circuit.opened_at == noon


@given(st.lists(st.integers(min_value=0, max_value=120), max_size=40))
def test_at_any_time_it_is_closed_or_says_when_to_come_again(pauses):
    circuit, now = Circuit(), NOON
    for pause in pauses:
        now += timedelta(seconds=pause)
        entered = enter(circuit, now)
        if isinstance(entered, Closed):
            assert now < entered.until <= now + LONGEST
        else:
            circuit = after_failure(entered, now)


@pytest.mark.long
def test_orders_wait_for_a_network_that_is_down_and_go_on_by_themselves(town, tmp_path):
    with an_operator(tmp_path) as operator:
        town.settings |= operator.settings
        town.have("vmeste-200")
        address = town.live.start_web(**operator.settings)
        operator.be(weather={"503": 1.0})
        town.live.start_worker(**operator.settings)
        town.live.start_worker(**operator.settings)
        orders = [town.order(code) for code in CODES]
        wait_until(lambda: not circuit_of(town).is_closed)
        wait_until(lambda: waits(town) == len(orders))
        figures = metrics(address)
        shown = town.app.test_cli_runner().invoke(args=["services", "network"]).output

        operator.be(is_forgiving=False)

        assert {town.ended(order, patience=90).state for order in orders} == {"completed"}
        assert sorted(operator.done()) == sorted(("add", code) for code in CODES)
        assert circuit_of(town) == Circuit()
    assert "kabinet_network_open 1.0" in figures
    assert 'kabinet_orders_waiting{state="in_progress"} 4.0' in figures
    assert "not asked before" in shown
    assert "in_progress 4" in shown


def test_one_of_many_who_come_at_once_is_the_probe(town, tmp_path):
    with an_operator(tmp_path) as operator:
        app = town.live.app("kabinet_worker", **operator.settings)
        network = app.extensions["activation_gateway"]
        town.db.add(NetworkCircuit(id=ids.uuid7(), name="tmf641", failures=5, open_until=NOON))
        town.db.commit()
        operator.be(posts=["wait_after"], wait=0.8)
        gate = Barrier(6)

        def ask(reference):
            gate.wait()
            with app.app_context():
                return network.activate(Work(reference, f"1/{reference}", reference))

        with ThreadPoolExecutor(6) as pool:
            calls = [pool.submit(ask, f"one-{each}") for each in range(6)]
        network.close()

        errors = [each.exception() for each in calls]
        assert sorted(map(type, errors), key=str) == [type(None), *[NetworkDownError] * 5]
        assert len(operator.done()) == 1
        assert circuit_of(town) == Circuit()


def circuit_of(town):
    town.db.rollback()
    row = town.db.scalar(select(NetworkCircuit).execution_options(populate_existing=True))
    if row is None:
        return Circuit()
    return Circuit(row.failures, row.opened_at, row.open_until, row.probe_until)


def waits(town):
    town.db.rollback()
    states = town.db.execute(select(Order.state, Order.tries)).all()
    return sum(state == OrderState.IN_PROGRESS and tries <= 2 for state, tries in states)


def metrics(address):
    with urlopen(f"{address}/metrics", timeout=5) as answer:
        return answer.read().decode()
