"""The link with which a child asks: made, shown, renewed and taken back."""

from tests.parental.asking.factories import make_link


def test_a_link_is_made_shown_renewed_and_taken_back(browser, db, alice, home):
    ids = {"account_id": alice.account_id, "profile_id": home.id}
    browser.log_in(alice)
    page = browser.get("asking.show_link", **ids).submit(button="act=make")
    first = page.one("p.breaks a").get("href")
    assert browser.open(first.removeprefix("http://localhost")).status == 200

    page = page.submit(form="main form", button="act=renew")
    second = page.one("p.breaks a").get("href")

    assert browser.open(first.removeprefix("http://localhost")).status == 404
    assert browser.open(second.removeprefix("http://localhost")).status == 200
    page = page.submit(form="main form", button="act=revoke")
    assert "There is no link yet" in page.text
    assert browser.open(second.removeprefix("http://localhost")).status == 404


def test_a_link_whose_key_is_gone_is_not_shown(browser, db, alice, home):
    make_link(db, home, secret_hash="0" * 64)
    browser.log_in(alice)

    page = browser.get("asking.show_link", account_id=alice.account_id, profile_id=home.id)

    assert "can’t be shown any more" in page.text
