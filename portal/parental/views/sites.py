"""The lists of sites: add, look, remove and bring back."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import _l, deadline, translate
from portal.core.text import gettext as _
from portal.parental import actions, queries
from portal.parental.forms import ALWAYS, IN_WINDOWS, RemarkForm, SiteForm
from portal.parental.models import Profile, Rule
from portal.parental.sites import Action, read_site, shown_name
from portal.parental.views.blueprint import back, bp, limits, profile_here


@bp.route("/profiles/<uuid:profile_id>/sites")
@allow(Permission.PARENTAL_EDIT)
def list_sites(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    action = Action.ALLOW if request.args.get("list") == Action.ALLOW else Action.BLOCK
    find, after = request.args.get("find", "").strip(), request.args.get("after")
    return render(
        "parental/list_sites.html",
        account_id=account_id,
        profile=profile,
        action=action,
        find=find,
        after=after,
        page=queries.sites_of(profile, action, find=_part_of_name(find), after=after),
        numbers=queries.numbers(profile),
    )


def _part_of_name(typed: str) -> str:
    """Return what to look for in stored names: a whole site as it is stored, else the letters."""
    try:
        return read_site(typed, action=Action.ALLOW).name
    except RuleError:
        return typed.lower().replace("\0", "")


@bp.route("/profiles/<uuid:profile_id>/sites/add", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def add_site(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = SiteForm()
    if form.validate_on_submit():
        try:
            if not _has_to_ask(form):
                _add(profile, form)
                return back(account_id, profile)
        except RuleError as error:
            form.refuse(error)
    return render_form("parental/add_site.html", form, account_id=account_id, profile=profile)


def _has_to_ask(form: SiteForm) -> bool:
    """Say whether a www. name was typed and it is not said yet whether it alone is meant."""
    site = read_site(form.site.data, action=form.action.data)
    if form.www.data in {"whole", "exact"} or site.without_www is None:
        return False
    form.offer(
        whole=_("All of %(site)s", site=shown_name(site.without_www)),
        exact=_("Only %(site)s", site=site.shown),
    )
    return True


def _add(profile: Profile, form: SiteForm) -> None:
    typed = form.site.data
    if form.www.data == "whole":
        typed = read_site(typed, action=form.action.data).without_www or typed
    remark = actions.Remark(form.note.data or "", form.when.data == IN_WINDOWS)
    added = actions.add_site(
        profile,
        site=typed,
        action=form.action.data,
        remark=remark,
        by=principal().user,
        limits=limits(),
    )
    for sentence in _sentences(added):
        flash(sentence)
    _warn_of_no_times(profile, remark)


def _sentences(added: actions.Added) -> list[str]:
    """Tell what was added, how it was understood, and who wins where rules collide."""
    rule = added.rule
    if rule.is_block:
        said = [_("%(site)s is closed.", site=rule.shown)]
    else:
        said = [_("%(site)s always opens.", site=rule.shown)]
    said += [translate(note.message, **note.values) for note in added.notes]
    return said + [_who_wins(rule, other) for other in added.colliding]


_BOTH = _l("%(open)s stays open: “always open” wins when a site is on both lists.")
_OPEN_WINS = _l("%(open)s stays open though %(closed)s is closed: the longer name wins.")
_CLOSED_WINS = _l("%(closed)s stays closed though %(open)s is open: the longer name wins.")


_OPENS_UNTIL = _l("%(open)s is open until %(when)s all the same, by another rule of yours.")
_CLOSED_UNTIL = _l("%(closed)s is closed until %(when)s all the same, by another rule of yours.")
_OPENS_AT_TIMES = _l("%(open)s opens at the times of the schedule that count sites of the list.")
_CLOSED_AT_TIMES = _l(
    "%(closed)s is closed at the times of the schedule that count sites of the list."
)


def _who_wins(rule: Rule, other: Rule) -> str:
    open_, closed = (other, rule) if rule.is_block else (rule, other)
    longer = len(open_.site) - len(closed.site)
    winner, lasting = (closed, _CLOSED_WINS) if longer < 0 else (open_, _OPEN_WINS)
    names = {"open": open_.shown, "closed": closed.shown}
    if winner.expires_at:
        sentence = _CLOSED_UNTIL if winner.is_block else _OPENS_UNTIL
        return translate(sentence, when=deadline(winner.expires_at), **names)
    if winner.in_windows:
        return translate(_CLOSED_AT_TIMES if winner.is_block else _OPENS_AT_TIMES, **names)
    return translate(lasting if longer else _BOTH, **names)


@bp.route("/profiles/<uuid:profile_id>/sites/<uuid:rule_id>", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def edit_site(account_id: UUID, profile_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    rule = queries.rule_of(profile, rule_id)
    when = IN_WINDOWS if rule.in_windows else ALWAYS
    form = RemarkForm(data={"when": when, "note": rule.note})
    if form.validate_on_submit():
        remark = actions.Remark(form.note.data or "", form.when.data == IN_WINDOWS)
        try:
            actions.change_remark(profile, rule, remark, by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The rule for %(site)s is saved.", site=rule.shown))
            _warn_of_no_times(profile, remark)
            return back(account_id, profile)
    return render_form(
        "parental/edit_site.html", form, account_id=account_id, profile=profile, rule=rule
    )


def _warn_of_no_times(profile: Profile, remark: actions.Remark) -> None:
    if remark.in_windows and not any(each.own_rules for each in profile.settings.windows):
        flash(_("No time of the schedule counts sites of the list yet: add one."))


@bp.post("/profiles/<uuid:profile_id>/sites/<uuid:rule_id>/remove")
@allow(Permission.PARENTAL_EDIT)
def remove_site(account_id: UUID, profile_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    actions.remove_site(profile, queries.rule_of(profile, rule_id), by=principal().user)
    return redirect(
        url_for(".show_profile", account_id=account_id, profile_id=profile.id, removed=rule_id)
    )


@bp.post("/profiles/<uuid:profile_id>/sites/<uuid:rule_id>/restore")
@allow(Permission.PARENTAL_EDIT)
def restore_site(account_id: UUID, profile_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    rule = queries.rule_of(profile, rule_id)
    try:
        actions.restore_site(profile, rule, by=principal().user, limits=limits())
    except RuleError as error:
        flash(error.message, "error")
    else:
        flash(_("%(site)s is back.", site=rule.shown))
    return back(account_id, profile)
