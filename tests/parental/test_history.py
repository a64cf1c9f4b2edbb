"""Every saved version can be told, compared and brought back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.db import session, transaction
from portal.core.errors import NotFoundError, RuleError
from portal.parental import actions, queries
from portal.parental.categories.registry import mask_of, registry
from portal.parental.history import Act, difference
from portal.parental.limits import Limits
from portal.parental.models import SavedVersion, policy_log
from portal.parental.policy import decode
from portal.parental.presets import Age, settings_for
from portal.parental.settings import ProfileSettings, TimeWindow, YouTube, week_of
from portal.parental.sites import Action
from tests.parental.factories import make_rule

NIGHT = TimeWindow(internet_off=True, school_days=week_of({0: [44, 45]}))
ODD = TimeWindow(name="Ночь", closes=frozenset({"nonsense"}), school_days=1)


@pytest.fixture
def parent(app, db, alice, home):
    """Let alice's acts run in a session of her own."""
    db.commit()
    with app.app_context(), transaction(account_id=alice.account_id, user_id=alice.id):
        yield Parent(queries.home_profile(alice.account), alice.user)


class Parent:
    """Alice, who changes her Home profile."""

    def __init__(self, profile, user):
        self.profile, self.by = profile, user

    def close(self, site, action=Action.BLOCK):
        added = actions.add_site(
            self.profile, site=site, action=action, by=self.by, limits=Limits()
        )
        return added.rule

    def change(self, act=Act.SWITCHED, seen=None, **more):
        change = lambda before: ProfileSettings(**before.__dict__ | more)  # noqa: E731
        return actions.change_settings(self.profile, act, change, by=self.by, seen=seen)

    def policy(self):
        newest = select(policy_log.c.blob).order_by(policy_log.c.seq.desc()).limit(1)
        return decode(session.scalar(newest))

    def sites(self, number=None):
        number = self.profile.last_version if number is None else number
        return sorted(rule.site for rule in queries.rules_at(self.profile, number))


def test_each_save_is_a_version_that_can_be_told(parent):
    first = parent.close("a.kz")
    parent.close("b.kz")
    actions.remove_site(parent.profile, first, by=parent.by)
    parent.change(closed=frozenset({"games"}))

    assert [parent.sites(number) for number in range(5)] == [
        [], ["a.kz"], ["a.kz", "b.kz"], ["b.kz"], ["b.kz"],
    ]  # fmt: skip
    saved = session.scalars(select(SavedVersion).order_by(SavedVersion.number)).all()
    assert [(each.act, each.values) for each in saved] == [
        ("site_added", {"site": "a.kz"}),
        ("site_added", {"site": "b.kz"}),
        ("site_removed", {"site": "a.kz"}),
        ("switched", {}),
    ]
    assert {each.by_name for each in saved} == {parent.by.name}
    assert saved[-1].settings.closed == {"games"}


def test_a_version_comes_back_whole(parent):
    parent.close("a.kz")
    parent.change(closed=frozenset({"games"}), youtube=YouTube.STRICT, windows=(NIGHT,))
    was = parent.policy()
    for rule in list(queries.rules_at(parent.profile, 1)):
        actions.remove_site(parent.profile, rule, by=parent.by)
    parent.close("b.kz", Action.ALLOW)
    parent.change(closed=frozenset(), windows=(), safe_search=True)

    saved = actions.restore_version(parent.profile, 2, by=parent.by)

    assert parent.policy() == was
    assert (saved.act, saved.values) == ("restored", {"number": 2})
    assert parent.sites() == ["a.kz"]
    assert parent.sites(saved.number - 1) == ["b.kz"]
    assert actions.restore_version(parent.profile, 2, by=parent.by) is None


def test_what_has_ended_by_itself_stays_ended(parent, noon):
    soon = {"action": Action.ALLOW, "expires_at": noon + timedelta(minutes=15)}
    passing = make_rule(session, parent.profile, "soon.kz", **soon)
    parent.close("a.kz")
    passing.remove(version=parent.profile.next_version, now=noon)
    parent.close("b.kz")
    clock.freeze(noon + timedelta(minutes=16))

    actions.restore_version(parent.profile, 1, by=parent.by)

    assert parent.sites() == ["a.kz"]


def test_a_version_that_is_not_kept_is_not_found(parent):
    with pytest.raises(NotFoundError):
        actions.restore_version(parent.profile, 7, by=parent.by)


def test_settings_reach_the_policy(parent):
    parent.change(
        closed=frozenset({"games", "tiktok"}),
        safe_search=True,
        youtube=YouTube.MODERATE,
        windows=(TimeWindow(closes=frozenset({"video"}), own_rules=True, free_days=1 << 335),),
    )

    policy = parent.policy()
    assert policy.categories == mask_of(["games", "tiktok"])
    assert (policy.safe_search, policy.youtube) == (True, 1)
    (window,) = policy.windows
    assert (window.mask, window.own_rules, window.internet_off) == (mask_of(["video"]), True, False)
    assert (window.school_days, window.free_days) == (0, 1 << 335)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"closed": frozenset({"nonsense"})}, "category of this page is gone"),
        ({"windows": (ODD,)}, "category of this page is gone"),
        ({"windows": (NIGHT,) * 17}, "room for %(most)s times"),
        ({"windows": (TimeWindow(internet_off=True),)}, "paint at least half an hour"),
        ({"windows": (TimeWindow(school_days=1),)}, "what this time of the week closes"),
        ({"windows": (TimeWindow("x" * 41, internet_off=True, free_days=1),)}, "name of at most"),
        ({"windows": (TimeWindow(internet_off=True, free_days=1 << 336),)}, "seven days"),
    ],
)
def test_settings_that_cannot_be_enforced_are_refused(parent, more, words):
    with pytest.raises(RuleError) as refused:
        parent.change(**more)

    assert words in refused.value.marked.msgid
    assert parent.profile.last_version == 0


def test_two_parents_do_not_overwrite_each_other(parent):
    parent.change(closed=frozenset({"games"}), seen=0)
    parent.close("a.kz")

    with pytest.raises(RuleError) as refused:
        parent.change(closed=frozenset({"video"}), seen=0)
    parent.change(closed=frozenset({"games", "video"}), seen=1)  # A site came; no setting did.

    assert "meantime" in refused.value.marked.msgid
    assert parent.profile.settings.closed == {"games", "video"}


def test_a_change_that_changes_nothing_saves_nothing(parent):
    assert parent.change(closed=frozenset()) is None
    assert parent.profile.last_version == 0


def test_the_difference_of_two_versions(parent):
    parent.close("a.kz")
    parent.change(closed=frozenset({"games"}), windows=(NIGHT,))
    before, rules = parent.profile.settings, queries.rules_at(parent.profile, 2)
    parent.close("b.kz")
    parent.change(closed=frozenset({"video"}), windows=(), safe_search=True)

    now = queries.rules_at(parent.profile, parent.profile.last_version)
    found = difference(before, parent.profile.settings, old_rules=rules, new_rules=now)

    assert [rule.site for rule in found.added] == ["b.kz"]
    assert (found.removed, found.closed, found.opened) == ([], {"video"}, {"games"})
    assert (found.windows_removed, found.changed) == ([NIGHT], ("safe_search",))
    assert difference(before, before, old_rules=rules, new_rules=rules).is_empty


@pytest.mark.parametrize("age", Age)
def test_a_preset_can_be_enforced_and_keeps_what_the_parents_chose(parent, age):
    own = TimeWindow(name="Lessons", closes=frozenset({"games"}), school_days=1)
    parent.change(closed=frozenset({"tiktok", "games"}), windows=(own,), keeps_log=True)

    actions.take_preset(parent.profile, age, by=parent.by)

    settings = parent.profile.settings
    assert settings == settings.checked({each.code for each in registry()})
    assert {"tiktok", "adult"} <= settings.closed
    assert own in settings.windows
    assert settings.keeps_log
    assert parent.profile.preset == age
    assert settings_for(age, settings, known=registry()) == settings


def test_the_night_of_a_child_of_ten(parent):
    actions.take_preset(parent.profile, Age.FROM_7, by=parent.by)

    (night,) = parent.profile.settings.windows
    at = lambda day, hour: bool(night.school_days >> (day * 48 + int(hour * 2)) & 1)  # noqa: E731
    assert [at(0, hour) for hour in (0, 6.5, 7, 21, 21.5, 23.5)] == [
        True, True, False, False, True, True,
    ]  # fmt: skip
    assert [at(4, hour) for hour in (21.5, 22, 22.5)] == [False, False, True]
