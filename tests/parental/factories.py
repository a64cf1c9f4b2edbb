"""Profiles and rules for tests; valid by default."""

from portal.core import clock, ids
from portal.parental.history import Act
from portal.parental.models import HOME, ListImport, Profile, Rule, SavedVersion
from portal.parental.settings import ProfileSettings
from portal.parental.sites import Action


def make_profile(db, account, **more):
    """Add the Home profile of an account, with the option connected."""
    now = clock.now()
    values = {"kind": HOME, "name": "", "is_enforced": True, "saved_at": now, "created_at": now}
    profile = Profile(id=ids.uuid7(), account_id=account.id, **values | more)
    db.add(profile)
    db.flush()
    return profile


def set_up(db, profile, **settings):
    """Give a profile these settings, as its next saved version."""
    profile.settings = ProfileSettings(**settings)
    profile.last_version = profile.next_version
    version = SavedVersion(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        number=profile.last_version,
        act=Act.SCHEDULED,
        values={},
        stored_settings=profile.stored_settings,
        saved_at=clock.now(),
    )
    db.add(version)
    db.flush()
    return version


def make_rule(db, profile, site="casino.com", action=Action.BLOCK, **more):
    """Add a site to a list."""
    values = {"subdomains_only": False, "note": "", "created_at": clock.now()} | more
    if values.get("removed_at"):
        values.setdefault("removed_in", profile.last_version)
    rule = Rule(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        site=site,
        action=action,
        **values,
    )
    db.add(rule)
    db.flush()
    return rule


def make_import(db, profile, user, **more):
    """Add a prepared import of one new site."""
    fates = {"new": 1, "conflict": 0, "duplicate": 0, "covered": 0, "refused": 0}
    samples = {"new": [[1, "poker.com"]], "conflict": [], "duplicate": [], "covered": []}
    values = {
        "action": Action.BLOCK,
        "source": "list.txt",
        "added": [["poker.com", False, "block"]],
        "fates": fates,
        "samples": samples | {"refused": []},
        "total": 1,
        "created_at": clock.now(),
    }
    prepared = ListImport(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        user_id=user.id,
        **values | more,
    )
    db.add(prepared)
    db.flush()
    return prepared


def make_version(db, profile, **more):
    """Add a saved version of a profile, its first by default."""
    values = {"number": 1, "act": "started", "values": {}, "by_name": "", "stored_settings": {}}
    version = SavedVersion(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        **{"saved_at": clock.now()} | values | more,
    )
    db.add(version)
    db.flush()
    return version
