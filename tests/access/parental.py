"""Who may open parental control: holders and parents, and nobody else with access."""

from datetime import timedelta
from typing import Any

from portal.core import clock
from tests.access import Row, World, parenting, public
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
    "parental.show_proof": Row(parenting(), profile),
    "parental.list_sites": Row(parenting(), profile),
    "parental.add_site": Row(parenting(), profile),
    "POST parental.add_site": Row(parenting(302), profile, SITE),
    "parental.edit_site": Row(parenting(), rule),
    "POST parental.edit_site": Row(parenting(302), rule, {"when": "always", "note": "school"}),
    "POST parental.remove_site": Row(parenting(302), rule),
    "POST parental.restore_site": Row(parenting(302), rule),
    "parental.pause_profile": Row(parenting(), profile),
    "POST parental.pause_profile": Row(parenting(302), profile, {"hours": "1"}),
    "POST parental.resume_profile": Row(parenting(302), paused),
    "parental.check_site": Row(parenting(), profile),
    "parental.import_list": Row(parenting(), profile),
    "POST parental.import_list": Row(parenting(302), profile, LIST),
    "parental.review_import": Row(parenting(), prepared),
    "POST parental.review_import": Row(parenting(302), prepared),
    "parental.show_reading": Row(parenting(302), prepared),
    "POST parental.undo_import": Row(parenting(302), taken),
    "parental.export_list": Row(parenting(), profile),
    "parental.download_list": Row(parenting(), plain_list),
    "asking.list_questions": Row(parenting()),
    "POST asking.answer_question": Row(parenting(303), question, {"answer": "no"}),
    "asking.show_link": Row(parenting(), profile),
    "POST asking.show_link": Row(parenting(303), profile, {"act": "make"}),
    "child.show_child": Row(public(), secret),
    "child.show_answers": Row(public(), secret),
    "POST child.ask_parents": Row(public(302), secret, {"site": "casino.com"}),
    "versions.list_versions": Row(parenting(), profile),
    "versions.show_version": Row(parenting(), version),
    "POST versions.show_version": Row(parenting(302), version),
    "devices.list_devices": Row(parenting(), profile),
    "POST devices.list_devices": Row(parenting(302), profile, {"name": "Phone"}),
    "devices.show_device": Row(parenting(), device),
    "POST devices.revoke_device": Row(parenting(302), device),
    "setup.set_up": Row(public(), token),
    "setup.download_profile": Row(public(404), token),  # no DOH_URL, no such file
    "counts.show_privacy": Row(parenting(), profile),
    "POST counts.show_privacy": Row(parenting(302), profile, {"act": "on"}),
}
