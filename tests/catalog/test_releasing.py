"""What is released, by whom and once; and how it comes back."""

from datetime import timedelta

from sqlalchemy import select

from portal.catalog.models import CatalogueVersion, Offering, OfferingDraft
from portal.core import clock
from tests.catalog.acts import DROP, RELEASE, SAVE, WORDS, count, edit, monthly, release


def test_only_what_was_looked_at_is_released(desk, db, catalogue):
    edit(desk, "mesh", monthly="1000")
    page = desk.get("catalog.release_draft")
    edit(desk, "antivirus", monthly="600")

    page = page.submit(form=RELEASE, reason="One thing")
    assert page.status == 422
    assert "The draft was changed meanwhile" in page.text
    assert monthly(db, "mesh") == [(890, True)]

    assert page.submit(form=RELEASE, reason="Both").status == 200
    assert count(db, CatalogueVersion) == 2


def test_pressing_release_twice_releases_once(desk, db, catalogue):
    edit(desk, "mesh", monthly="1000")
    page = desk.get("catalog.release_draft")

    first = page.submit(form=RELEASE, reason="Once")
    again = page.submit(form=RELEASE, reason="Once")

    assert first.h1 == again.h1 == "Version 2"
    assert count(db, CatalogueVersion) == 2


def test_a_release_from_the_command_line_is_not_overwritten(app, desk, db, catalogue, tmp_path):
    edit(desk, "mesh", monthly="1000")
    file = tmp_path / "new.yaml"
    file.write_bytes(desk.get("catalog.export_catalogue").response.data.replace(b"890", b"910"))
    assert app.test_cli_runner().invoke(args=["catalog", "load", str(file)]).exit_code == 0
    db.expire_all()

    page = desk.get("catalog.release_draft")

    assert "It was released anew since this change was begun" in page.text
    assert not page.all("[name=reason]")
    edit(desk, "mesh", monthly="1000")  # having looked, the manager means it
    assert release(desk).status == 200
    assert monthly(db, "mesh")[-1] == (1000, True)


def test_a_change_and_a_draft_are_thrown_away(desk, db, catalogue):
    for code in ("mesh", "antivirus", "camera"):
        edit(desk, code, monthly="9999")

    desk.get("catalog.preview_offering", code="mesh").submit(form=DROP)
    codes = db.scalars(select(OfferingDraft.code).order_by(OfferingDraft.code)).all()
    page = desk.get("catalog.release_draft").submit(form=DROP)

    assert codes == ["antivirus", "camera"]
    assert "The draft is thrown away" in page.text
    assert count(db, OfferingDraft) == 0
    assert monthly(db, "mesh") == [(890, True)]


def test_an_old_version_comes_back_as_a_new_one(desk, db, catalogue, noon):
    edit(desk, "mesh", monthly="1000")
    desk.get("catalog.create_offering").submit(form=SAVE, code="vpn", monthly="1", **WORDS)
    release(desk)
    clock.freeze(noon + timedelta(minutes=10))

    page = desk.get("catalog.show_version", number=1).submit(form="form[action$='/restore']")
    assert page.value("reason") == "Back to version 1"
    page = page.submit(form=RELEASE)

    assert page.h1 == "Version 3"
    assert monthly(db, "mesh") == [(890, False), (1000, False), (890, True)]
    vpn = db.scalars(select(Offering).where(Offering.code == "vpn")).one()
    assert not vpn.is_sold_on(clock.now().date())
    against = desk.open(f"{page.path}?against=1")
    assert "vpn" in against.body
    assert "mesh" not in [each.get("id") for each in against.all("section h2")]


def test_versions_tell_who_when_and_why(desk, db, catalogue):
    edit(desk, "mesh", monthly="1000")
    release(desk, "Dearer copper")

    page = desk.get("catalog.list_versions")

    assert "Dearer copper" in page.text
    assert "Gulnara Gani" in page.text
    assert "what stood before" in page.text
    assert "Compared with an empty catalogue" in page.follow("Version 1").text
