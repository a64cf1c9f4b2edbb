"""One press after an import: what it brought goes, what it replaced is back, all else stays."""

from datetime import timedelta

from sqlalchemy import func, select

from portal.core import clock
from portal.core.audit import AuditEvent
from portal.parental.models import ListImport, Rule, SavedVersion, policy_log
from portal.parental.sites import Action
from tests.parental.factories import make_rule

UNDO = "form[action$='/undo']"


def standing(db):
    query = select(Rule).where(Rule.removed_at.is_(None)).order_by(Rule.site)
    return [(rule.site, rule.action) for rule in db.scalars(query)]


def test_an_import_is_undone_by_one_press(import_form, db, home, newest_policy):
    make_rule(db, home, "mine.kz")
    done = import_form.submit(text="a.kz\nb.kz\nmine.kz").submit()
    assert "you can take it back" in done.text

    undone = done.submit(form=UNDO)

    assert "2 sites are out again." in undone.text
    assert "This import was undone on 22 November, 17:00" in undone.text
    assert undone.all(UNDO) == []
    assert standing(db) == [("mine.kz", "block")]
    assert [rule.name for rule in newest_policy(home).rules] == ["mine.kz"]
    kinds = db.scalars(select(AuditEvent.kind)).all()
    assert sorted(kinds) == ["parental.import_undone", "parental.list_imported"]


def test_what_the_import_replaced_is_back(import_form, db, home, noon):
    ends = noon + timedelta(minutes=15)
    make_rule(db, home, "brief.kz", Action.ALLOW, expires_at=ends, note="lesson")
    make_rule(db, home, "evening.kz", in_windows=True)
    done = import_form.submit(text="evening.kz\n@@||brief.kz^").submit()
    lasting = db.scalars(select(Rule).where(Rule.removed_at.is_(None))).all()
    assert [(rule.expires_at, rule.in_windows) for rule in lasting] == [(None, False)] * 2

    done.submit(form=UNDO)

    back = db.scalars(select(Rule).where(Rule.removed_at.is_(None)).order_by(Rule.site)).all()
    assert [(rule.site, rule.expires_at, rule.in_windows, rule.note) for rule in back] == [
        ("brief.kz", ends, False, "lesson"),
        ("evening.kz", None, True, ""),
    ]


def test_what_ended_meanwhile_does_not_come_back(import_form, db, home, noon):
    make_rule(db, home, "brief.kz", expires_at=noon + timedelta(minutes=15))
    done = import_form.submit(text="brief.kz").submit()
    clock.freeze(noon + timedelta(minutes=15))

    done.submit(form=UNDO)

    assert standing(db) == []


def test_what_was_changed_by_hand_stays_as_it_is(import_form, db, home, alice):
    done = import_form.submit(text="a.kz\nb.kz\nc.kz").submit()
    for site in ("a.kz", "b.kz"):
        rule = db.scalars(select(Rule).where(Rule.site == site)).one()
        make_rule_by_hand(db, home, rule, again=site == "b.kz")

    undone = done.submit(form=UNDO)

    assert "1 site is out again." in undone.text
    assert standing(db) == [("b.kz", "block")]


def make_rule_by_hand(db, home, rule, *, again):
    """Remove a rule in a later version, and add it again if asked."""
    home.last_version += 1
    rule.remove(version=home.last_version, now=clock.now())
    db.flush()
    if again:
        db.add(rule.copy(version=home.last_version, now=clock.now()))
    db.commit()


def test_a_second_press_changes_nothing(import_form, db, browser):
    done = import_form.submit(text="a.kz").submit()
    other_tab = browser.open(done.path)
    done.submit(form=UNDO)
    saves = db.scalar(select(func.count()).select_from(policy_log))

    again = other_tab.submit(form=UNDO)

    assert "undone on" in again.text
    assert db.scalar(select(func.count()).select_from(policy_log)) == saves == 2
    acts = db.scalars(select(SavedVersion.act).order_by(SavedVersion.number)).all()
    assert acts == ["list_imported", "import_undone"]


def test_after_a_day_it_is_too_late(import_form, db, browser, alice, noon):
    done = import_form.submit(text="a.kz").submit()
    clock.freeze(noon + timedelta(hours=24))
    browser.log_in(alice)

    assert browser.open(done.path).all(UNDO) == []
    late = browser.send("POST", f"{done.path}/undo", token=True, follow=True)

    assert "can’t be undone any more" in late.text
    assert standing(db) == [("a.kz", "block")]


def test_what_was_not_taken_over_cannot_be_undone(import_form, db, browser):
    preview = import_form.submit(text="a.kz")

    answer = browser.send("POST", f"{preview.path}/undo", token=True, follow=True)

    assert "can’t be undone" in answer.text
    assert db.scalars(select(ListImport.undone_at)).all() == [None]


def test_an_undone_import_cannot_be_taken_over_again(import_form, db, browser):
    preview = import_form.submit(text="a.kz")
    other_tab = browser.open(preview.path)
    preview.submit().submit(form=UNDO)

    again = other_tab.submit()

    assert again.status == 422
    assert standing(db) == []


def test_a_press_that_comes_too_late_leads_to_the_sign_in(import_form, db, browser, noon):
    done = import_form.submit(text="a.kz").submit()
    clock.freeze(noon + timedelta(hours=2))

    answer = done.submit(form=UNDO)

    assert (answer.status, answer.path) == (200, "/sign-in")
    assert standing(db) == [("a.kz", "block")]


def test_an_import_of_the_last_day_is_found_again(import_form, db, browser):
    import_form.submit(text="a.kz").submit()

    found = browser.open(import_form.path).follow("A pasted list")

    assert found.submit(form=UNDO).text.count("1 site is out again.") == 1
    assert "A pasted list" not in browser.open(import_form.path).text
