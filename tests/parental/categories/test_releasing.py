"""Drafts, releases, the canary's refusal, going back, and what is forgotten."""

import pytest
from sqlalchemy import func, select

from portal.core.db import transaction
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import _l, reading_as
from portal.parental.categories import actions, queries
from portal.parental.categories.models import CategoryRelease, category_bucket
from portal.parental.categories.registry import mask_of, registry
from tests.parental.categories.factories import KEPT, make_draft, make_release, make_source


@pytest.fixture
def own(app, db):
    """Give a transaction as a command or a job has one."""
    with app.app_context(), reading_as("en"), transaction() as session:
        yield session


def count(own, what):
    return own.scalar(select(func.count()).select_from(what))


def test_a_draft_tells_what_it_changes_beside_the_release_in_force(own):
    make_release(own, adult=["old.kz", "stays.kz"], youtube=["youtube.com"])
    make_source(own, "adult", "stays.kz", "new.kz")

    draft = actions.prepare_release()

    assert draft.base == 1
    assert draft.counts == {"adult": 2, "video": 1, "youtube": 1}
    assert draft.difference == {
        "adult": {
            "added": 1,
            "removed": 1,
            "added_samples": ["new.kz"],
            "removed_samples": ["old.kz"],
        }
    }
    assert draft.blocked == []
    assert queries.in_force().number == 1


def test_a_release_answers_for_names_and_what_is_below_them(own):
    make_release(own, adult=["casino.kz"], youtube=["youtube.com"])

    assert queries.mask_of_names(["casino.kz", "www.casino.kz", "kz"]) == {
        "casino.kz": mask_of(["adult"])
    }
    assert queries.mask_of_names(["youtube.com"]) == {"youtube.com": mask_of(["youtube", "video"])}
    assert queries.mask_of_names([]) == {}


def test_before_the_first_release_nothing_is_closed(own):
    make_draft(own, adult=["casino.kz"])

    assert queries.mask_of_names(["casino.kz"]) == {}
    assert queries.in_force() is None


def test_nothing_new_makes_no_draft_and_drops_the_one_that_waited(own):
    make_release(own, adult=["a.kz"])
    make_draft(own, adult=["a.kz", "b.kz"])
    make_source(own, "adult", "a.kz")

    assert actions.prepare_release() is None
    assert queries.draft() is None


def test_a_new_draft_takes_the_place_of_the_old_one(own):
    first = make_draft(own, adult=["a.kz"])
    second = make_draft(own, adult=["b.kz"])

    with pytest.raises(RuleError, match="made anew"):
        actions.release_draft(seen=str(first.id), by=None)
    assert actions.release_draft(seen=str(second.id), by=None).number == 1
    with pytest.raises(RuleError, match="made anew"):
        actions.release_draft(seen=str(second.id), by=None)


@pytest.mark.parametrize("bad", ["google.com", "kz", "www.google.com", "egov.kz", "github.io"])
def test_the_canary_refuses_a_release_that_closes_a_well_known_site(own, bad):
    draft = make_draft(own, adult=["casino.kz", bad])

    assert draft.blocked
    assert bad in {entry for _site, entry, _codes in draft.blocked}
    assert all(codes == ["adult"] for _site, _entry, codes in draft.blocked)
    with pytest.raises(RuleError, match="It would close"):
        actions.release_draft(seen=str(draft.id), never_blocked=KEPT, by=None)
    assert queries.in_force() is None


def test_a_site_that_is_never_blocked_since_then_stops_the_draft_too(own):
    draft = make_draft(own, adult=["school.kz"])
    assert draft.blocked == []

    with pytest.raises(RuleError, match=r"It would close school\.kz"):
        actions.release_draft(seen=str(draft.id), never_blocked=["school.kz"], by=None)


def test_a_draft_beside_another_release_than_the_one_in_force_is_refused(own):
    make_release(own, adult=["a.kz"])
    make_release(own, adult=["b.kz"])
    draft = make_draft(own, adult=["c.kz"])
    actions.roll_back(1, seen=2, by=None)
    own.flush()

    with pytest.raises(RuleError, match="Another release came meanwhile"):
        actions.release_draft(seen=str(draft.id), by=None)


def test_going_back_is_a_new_release_of_the_old_names(gulnara, own):
    make_release(own, adult=["a.kz"])
    make_release(own, adult=["b.kz"])

    again = actions.roll_back(1, seen=2, by=gulnara.user)
    own.flush()

    assert (again.number, again.restores, again.author_id) == (3, 1, gulnara.user.id)
    assert list(queries.mask_of_names(["a.kz", "b.kz"])) == ["a.kz"]


def test_going_back_refuses_what_cannot_be(own):
    make_release(own, adult=["a.kz"])
    make_release(own, adult=["b.kz"])

    with pytest.raises(RuleError, match="in force already"):
        actions.roll_back(2, seen=2, by=None)
    with pytest.raises(RuleError, match="came meanwhile"):
        actions.roll_back(1, seen=1, by=None)
    with pytest.raises(NotFoundError):
        actions.roll_back(9, seen=2, by=None)
    with pytest.raises(RuleError, match=r"It would close a\.kz"):
        actions.roll_back(1, seen=2, never_blocked=["a.kz"], by=None)


def test_releases_share_the_buckets_that_did_not_change(own):
    make_release(own, adult=["a.kz", "b.kz"])
    before = count(own, category_bucket)
    make_release(own, adult=["a.kz", "b.kz", "c.kz"])

    assert count(own, category_bucket) == before + 1


def test_old_releases_and_the_buckets_of_nobody_are_forgotten(own, monkeypatch):
    monkeypatch.setattr(actions, "RELEASES_KEPT", 1)
    make_release(own, adult=["a.kz"])
    make_release(own, adult=["b.kz"])

    actions.sweep()
    own.flush()

    assert count(own, category_bucket) == 2  # the full one and the empty one
    assert count(own, CategoryRelease) == 2
    with pytest.raises(RuleError, match="too old"):
        actions.roll_back(1, seen=2, by=None)
    assert queries.mask_of_names(["b.kz"])


def test_sources_that_the_registry_names_no_more_are_forgotten_imports_stay(own):
    make_source(own, "adult", "a.kz", source="lists/adult.txt")
    make_source(own, "adult", "b.kz", source="gone.txt")
    make_source(own, "adult", "c.kz", source=f"{actions.IMPORTED}mine.txt")
    make_source(own, "no-such-code", "d.kz", source=f"{actions.IMPORTED}x.txt")

    assert actions.forget_sources(registry()) == 2
    own.flush()

    assert [kept.source for kept in queries.sources()] == ["imported:mine.txt", "lists/adult.txt"]
    assert actions.forget_import("adult", "mine.txt")
    assert not actions.forget_import("adult", "never.txt")


def test_a_fault_keeps_the_names_of_before_and_asks_for_all_next_time(own):
    make_source(own, "adult", "a.kz")
    actions.keep_fault("adult", "list.txt", RuleError(_l("The server did not answer.")))
    own.flush()

    kept = queries.source_of("adult", "list.txt")
    assert (kept.count, kept.fault) == (1, ["The server did not answer.", {}])
    assert actions.known_of("adult", "list.txt").etag == ""
    actions.keep_unchanged("adult", "list.txt")
    assert kept.fault is None
