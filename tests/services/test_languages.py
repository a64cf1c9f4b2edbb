import pytest

from tests.access import World
from tests.access.services import ROWS
from tests.services.factories import subscribe

FILES = {"services.download_statement"}  # test_money_paper.py reads it in every language
PAGES = sorted(
    key for key in ROWS.keys() - FILES if " " not in key and ROWS[key].statuses["alice"] == 200
)
ENGLISH = ("Services", "Order ", "a month", "Connect", "Disconnect", "Price", "Nothing")


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("endpoint", PAGES)
def test_every_page_speaks_the_readers_language(alices, db, cast, alice, language, endpoint):
    row = ROWS[endpoint]
    values = row.values(World(db, cast)) if row.values else {}
    db.commit()

    page = alices.get(endpoint, account_id=alice.account_id, lang=language, **values)

    assert page.status == 200
    left = [word for word in ENGLISH if word in page.text]
    assert not left


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("kk", "«Бірге 500»"),
        ("ru", "Для «Родительский контроль» нужно: тариф интернета. Сначала подключите это."),
    ],
)
def test_a_refusal_speaks_it_too(alices, db, alice, catalogue, language, sentence):
    code = "parental-control" if language == "ru" else "vmeste-500"
    subscribe(db, alice.account, *([] if language == "ru" else ["vmeste-500"]))

    page = alices.get(
        "services.show_offering", account_id=alice.account_id, code=code, lang=language
    )

    assert sentence in page.text
