"""Who may open parental control: holders and parents, and nobody else with access."""

from datetime import timedelta
from typing import Any

from portal.core import clock
from tests.access import Row, World, private, public
from tests.parental.asking.factories import make_link, make_question
from tests.parental.devices.factories import make_device
from tests.parental.factories import make_import, make_profile, make_rule, make_version


def profile(world: World, **more: Any) -> dict[str, Any]:
    made = make_profile(world.db, world.cast["alice"].account, **more)
    return {"profile_id": made.id}


def plain_list(world: World) -> dict[str, Any]:
    return {"profile_id": rule(world)["profile_id"], "name": "plain"}


def paused(world: World) -> dict[str, Any]:
    return profile(world, paused_until=clock.now() + timedelta(hours=1))


def rule(world: World) -> dict[str, Any]:
    made = make_profile(world.db, world.cast["alice"].account)
    return {"profile_id": made.id, "rule_id": make_rule(world.db, made).id}


def taken(world: World) -> dict[str, Any]:
    alice = world.cast["alice"]
    made = make_profile(world.db, alice.account)
    done = make_import(world.db, made, alice.user, version=1, confirmed_at=clock.now())
    return {"profile_id": made.id, "import_id": done.id}


def prepared(world: World) -> dict[str, Any]:
    alice = world.cast["alice"]
    made = make_profile(world.db, alice.account)
    return {"profile_id": made.id, "import_id": make_import(world.db, made, alice.user).id}


def question(world: World) -> dict[str, Any]:
    made = make_profile(world.db, world.cast["alice"].account)
    return {"question_id": make_question(world.db, made).id}


def secret(world: World) -> dict[str, Any]:
    made = make_profile(world.db, world.cast["alice"].account)
    make_rule(world.db, made)
    return {"secret": make_link(world.db, made)}


def version(world: World) -> dict[str, Any]:
    made = make_profile(world.db, world.cast["alice"].account, last_version=1)
    make_version(world.db, made)
    return {"profile_id": made.id, "number": 1}


def device(world: World) -> dict[str, Any]:
    made = make_profile(world.db, world.cast["alice"].account)
    return {"profile_id": made.id, "device_id": make_device(world.db, made).id}


def token(world: World) -> dict[str, Any]:
    made = make_profile(world.db, world.cast["alice"].account)
    return {"token": make_device(world.db, made).token}


SITE = {"action": "block", "site": "casino.com"}
LIST = {"action": "block", "text": "casino.com"}

ROWS = {
    "POST accounting.take": Row(public(404)),  # no RADIUS_TOKENS, no such address
    "parental.show_proof": Row(private(), profile),
    "parental.list_sites": Row(private(), profile),
    "parental.add_site": Row(private(), profile),
    "POST parental.add_site": Row(private(302), profile, SITE),
    "POST parental.remove_site": Row(private(302), rule),
    "POST parental.restore_site": Row(private(302), rule),
    "parental.pause_profile": Row(private(), profile),
    "POST parental.pause_profile": Row(private(302), profile, {"hours": "1"}),
    "POST parental.resume_profile": Row(private(302), paused),
    "parental.check_site": Row(private(), profile),
    "parental.import_list": Row(private(), profile),
    "POST parental.import_list": Row(private(302), profile, LIST),
    "parental.review_import": Row(private(), prepared),
    "POST parental.review_import": Row(private(302), prepared),
    "parental.show_reading": Row(private(302), prepared),
    "POST parental.undo_import": Row(private(302), taken),
    "parental.export_list": Row(private(), profile),
    "parental.download_list": Row(private(), plain_list),
    "asking.list_questions": Row(private()),
    "POST asking.answer_question": Row(private(303), question, {"answer": "no"}),
    "asking.show_link": Row(private(), profile),
    "POST asking.show_link": Row(private(303), profile, {"act": "make"}),
    "child.show_child": Row(public(), secret),
    "child.show_answers": Row(public(), secret),
    "POST child.ask_parents": Row(public(302), secret, {"site": "casino.com"}),
    "versions.list_versions": Row(private(), profile),
    "versions.show_version": Row(private(), version),
    "POST versions.show_version": Row(private(302), version),
    "devices.list_devices": Row(private(), profile),
    "POST devices.list_devices": Row(private(302), profile, {"name": "Phone"}),
    "devices.show_device": Row(private(), device),
    "POST devices.revoke_device": Row(private(302), device),
    "setup.set_up": Row(public(), token),
    "setup.download_profile": Row(public(404), token),  # no DOH_URL, no such file
    "counts.show_privacy": Row(private(), profile),
    "POST counts.show_privacy": Row(private(302), profile, {"act": "on"}),
}
