"""The history of a profile: saved versions, what each changed, and going back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.text import gettext as _
from portal.core.text import midnight, today, translate
from portal.parental import actions
from portal.parental import queries as parental
from portal.parental.history import SENTENCES
from portal.parental.models import Profile, SavedVersion
from portal.parental.versions import queries, showing

bp = Blueprint("versions", __name__, url_prefix="/a/<uuid:account_id>/parental-control")


@bp.get("/profiles/<uuid:profile_id>/history")
@allow(Permission.PARENTAL_EDIT)
def list_versions(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = _profile(profile_id)
    after = request.args.get("after")
    return render_template(
        "parental/versions/list_versions.html",
        account_id=account_id,
        profile=profile,
        page=parental.versions_of(profile, after=after),
        after=after,
        yesterday=queries.version_before(profile, midnight(today())),
        sentence=sentence,
    )


@bp.route("/profiles/<uuid:profile_id>/history/<int:number>", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def show_version(account_id: UUID, profile_id: UUID, number: int) -> ResponseReturnValue:
    profile = _profile(profile_id)
    version = queries.kept_version(profile, number)
    if request.method == "POST":
        if actions.restore_version(profile, number, by=principal().user):
            flash(_("Version %(number)s is in force again.", number=number))
        else:
            flash(_("Nothing differs: this is what stands now."))
        return redirect(url_for(".list_versions", account_id=account_id, profile_id=profile.id))
    return render_template(
        "parental/versions/show_version.html",
        account_id=account_id,
        profile=profile,
        version=version,
        changes=queries.changes_in(profile, version),
        restoring=queries.restoring(profile, version, at=clock.now()),
        sentence=sentence,
        words=showing,
    )


def _profile(profile_id: UUID) -> Profile:
    return parental.profile_of(principal().account, profile_id)


def sentence(version: SavedVersion) -> str:
    """Return what was done in a version, in the reader's language."""
    marked = SENTENCES.get(version.act)
    return translate(marked, **version.values) if marked else version.act
