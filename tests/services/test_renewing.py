"""New terms say what is not as it was in the terms before."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.core import clock, ids
from portal.services.models import Order, Quote


@pytest.fixture
def shown(alices, alice, catalogue):
    """The terms of the internet plan, as alice saw them."""
    page = alices.get("services.show_offering", account_id=alice.account_id, code="vmeste-200")
    return page.submit()


def later(alices, alice) -> None:
    """Let the terms of alice's be over."""
    clock.freeze(clock.now() + timedelta(minutes=31))
    alices.log_in(alice)


def dearer(db) -> None:
    db.execute(
        text(
            "update price set monthly = 7990 where offering_id ="
            " (select id from offering where code = 'vmeste-200')"
        )
    )
    db.commit()


def rows(page) -> list[list[str]]:
    """Return what the table of changes says, a list for each row."""
    found = page.all("[aria-labelledby='changed'] tbody tr")
    return [
        [" ".join(cell.text_content().replace("\xa0", " ").split()) for cell in row]
        for row in found
    ]


@pytest.mark.parametrize("way", ["confirm", "renew"])
def test_the_old_sums_stand_beside_the_new_ones(alices, db, alice, shown, way):
    dearer(db)
    later(alices, alice)
    path = shown.path if way == "confirm" else f"{shown.path}/renew"

    page = alices.send("POST", path, token=True, follow=True)

    assert rows(page) == [
        ["Internet “Together 200”", "2 097 ₸", "2 397 ₸"],
        ["November", "2 097 ₸", "2 397 ₸"],
        ["Then, each month", "6 990 ₸", "7 990 ₸"],
    ]
    assert db.scalars(select(Order)).all() == []
    assert "Your order is accepted." in page.submit().text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The new terms are the same."),
        ("ru", "Новые условия такие же."),
        ("kk", "Жаңа шарттар бұрынғыдай."),
    ],
)
def test_terms_that_are_the_same_are_said_to_be(alices, alice, shown, language, words):
    later(alices, alice)

    page = alices.send("POST", f"{shown.path}/renew", token=True, follow=True)

    old = shown.path.rsplit("/", 1)[-1]
    assert words in alices.open(f"{page.path}?before={old}&lang={language}").text


@pytest.mark.parametrize("before", ["of another", "nonsense", "itself"])
def test_only_earlier_terms_of_the_same_wish_on_the_own_contract_are_compared(
    alices, db, bob, shown, before
):
    [quote] = db.scalars(select(Quote))
    named = {"of another": quote.id, "nonsense": "0", "itself": quote.id}[before]
    if before == "of another":
        kept = {each.name: getattr(quote, each.name) for each in Quote.__table__.columns}
        stolen = Quote(**kept | {"id": ids.uuid7(), "account_id": bob.account_id})
        stolen.created_at -= timedelta(hours=1)
        db.add(stolen)
        db.commit()
        named = stolen.id

    page = alices.open(f"{shown.path}?before={named}")

    assert page.status == 200
    assert "What has changed" not in page.text
