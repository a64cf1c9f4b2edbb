"""What the history of an order says: who and why, in the reader's language."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.core import clock
from portal.services.models import Order
from portal.services.states import OrderState
from tests.services.test_orders import order_page, ordered

__all__ = ["ordered"]


@pytest.fixture
def loaded(db, ordered):
    """An order with its history."""
    query = select(Order).options(selectinload(Order.history))
    return db.scalars(query.execution_options(populate_existing=True)).one()


@pytest.fixture
def troubled(db, loaded, dora):
    """An order that was held, tried again by a specialist and refused."""
    now, ordered = clock.now(), loaded
    ordered.go(OrderState.IN_PROGRESS, now=now)
    ordered.go(OrderState.HELD, now=now, note="no_answer")
    ordered.go(OrderState.IN_PROGRESS, now=now, note="retried", by=dora.id)
    ordered.go(OrderState.FAILED, now=now, note="no_capacity")
    db.commit()
    return ordered


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            (
                "by Alice Akhmetova",
                "by a specialist · Specialists let it be tried again.",
                "The network does not answer.",
                "cannot carry this speed",
            ),
        ),
        ("ru", ("кто: Alice Akhmetova", "кто: специалист · Специалисты", "Сеть не отвечает")),
        ("kk", ("кім: Alice Akhmetova", "кім: маман · Мамандар", "Желі жауап бермейді")),
    ],
)
def test_the_history_says_who_and_why(alices, alice, troubled, lang, words):
    where = {"account_id": alice.account_id, "order_id": troubled.id}
    page = alices.get("services.show_order", lang=lang, **where)

    text = " ".join(" ".join(each.itertext()) for each in page.all("[aria-labelledby='history']"))
    for each in words:
        assert each in " ".join(text.split())
    assert "Dora" not in page.body


def test_the_history_takes_as_many_statements_however_long(
    alices, db, alice, loaded, dora, count_statements
):
    where = {"account_id": alice.account_id, "order_id": loaded.id}
    few = count_statements("services.show_order", **where)
    for note in ("no_answer", "retried", "answered", "visited", "unheard_of"):
        loaded.note(now=clock.now(), by=dora.id, note=note)
    db.commit()

    assert count_statements("services.show_order", **where) == few
    assert "The technician has been there." in order_page(alices, alice, loaded).text
