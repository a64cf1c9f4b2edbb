"""Who may open the pages about oneself."""

from sqlalchemy import select

from portal.accounts.models import Membership, UserSession
from portal.core import clock, ids
from tests.access import (
    ADMINISTRATOR,
    HOLDER_ONLY,
    STAFF,
    Row,
    World,
    private,
    public,
    signed_in,
    staff,
)

NOBODYS = "01a20320-a200-7511-a9a4-0f1d98a31f10"


def _alices_device(world: World) -> dict[str, object]:
    device = UserSession(
        id=ids.uuid7(),
        user_id=world.cast["alice"].id,
        token_hash="x",
        device="Test",
        created_at=clock.now(),
        seen_at=clock.now(),
        proven_at=clock.now(),
    )
    world.db.add(device)
    return {"device_id": device.id}


def _carols_membership(world: World) -> dict[str, object]:
    carol = select(Membership).where(Membership.user_id == world.cast["carol"].id)
    return {"membership_id": world.db.scalars(carol).one().id}


ROWS = {
    "accounts.sign_in": Row(public(302, anonymous=200)),
    "POST accounts.sign_in": Row(public(422)),
    "POST accounts.sign_out": Row(public(302)),
    "accounts.confirm": Row(signed_in()),
    "POST accounts.confirm": Row(signed_in(422)),
    "accounts.enter": Row(signed_in(302)),
    "accounts.enter_desk": Row(staff(302, only=(*STAFF, ADMINISTRATOR))),
    "accounts.choose_account": Row(signed_in()),
    "accounts.join": Row(public()),
    "POST accounts.join": Row(public(422)),
    "accounts.enter_code": Row(public(302)),
    "POST accounts.enter_code": Row(public(302)),
    "accounts.finish_joining": Row(public(302)),
    "POST accounts.finish_joining": Row(public(302)),
    "accounts.forgotten_password": Row(public()),
    "POST accounts.forgotten_password": Row(public(422)),
    "accounts.show_link_sent": Row(public()),
    "accounts.reset_password": Row(public(), values=lambda _world: {"token": "invented"}),
    "POST accounts.reset_password": Row(public(422), values=lambda _world: {"token": "invented"}),
    "POST accounts.choose_language": Row(public(302), data={"lang": "kk"}),
    "POST accounts.choose_theme": Row(public(302), data={"theme": "dark"}),
    "accounts.show_settings": Row(signed_in()),
    "accounts.list_people": Row(private(but=HOLDER_ONLY)),
    "accounts.limit_spending": Row(private(but=HOLDER_ONLY), values=_carols_membership),
    "POST accounts.limit_spending": Row(
        private(303, but=HOLDER_ONLY), values=_carols_membership, data={"limit": "5000"}
    ),
    "accounts.rename": Row(signed_in()),
    "POST accounts.rename": Row(signed_in(422), data={"name": ""}),
    "accounts.change_password": Row(signed_in()),
    "POST accounts.change_password": Row(signed_in(422)),
    "POST accounts.end_device": Row(signed_in(404, alice=302), values=_alices_device),
    "POST accounts.end_other_devices": Row(signed_in(302)),
    "POST accounts.unlink_identity": Row(
        signed_in(404), values=lambda _world: {"identity_id": NOBODYS}
    ),
    "accounts.link_identity": Row(signed_in(302)),
    "POST accounts.link_identity": Row(signed_in(302)),
    "accounts.start_oidc": Row(public(404), values=lambda _world: {"provider": "nobody"}),
    "accounts.finish_oidc": Row(public(404), values=lambda _world: {"provider": "nobody"}),
}
