"""A child asks for a site; a parent answers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete

from portal.accounts.models import User
from portal.core import audit, clock, ids
from portal.core.db import digest, session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.notify.actions import notify
from portal.parental import queries as parental
from portal.parental.actions.change_sites import refuse_full
from portal.parental.asking import queries
from portal.parental.asking.models import (
    MOST_QUESTIONS,
    QUESTIONS_KEPT,
    Answer,
    ChildLink,
    Question,
)
from portal.parental.asking.secret import secret_for
from portal.parental.checking import Finding, check
from portal.parental.history import Act
from portal.parental.limits import Limits
from portal.parental.models import Profile, Rule
from portal.parental.publisher import save
from portal.parental.sites import Action, Site, is_at_or_below, read_site, shown_name
from portal.parental.verdict import Categories


def renew_link(profile: Profile, *, key: str, by: User) -> str:
    """Give the profile a new secret link; the one before opens nothing any more.

    Return its secret. Records `parental.child_link_made`.
    """
    parental.lock(profile)
    _end_link(profile)
    link_id = ids.uuid7()
    secret = secret_for(key, link_id)
    link = ChildLink(
        id=link_id,
        account_id=profile.account_id,
        profile_id=profile.id,
        secret_hash=digest(secret),
        made_at=clock.now(),
    )
    session.add(link)
    audit.record("parental.child_link_made", subject=link, actor=by)
    return secret


def revoke_link(profile: Profile, *, by: User) -> None:
    """Let the profile's link open nothing any more. A second time changes nothing.

    Records `parental.child_link_revoked`.
    """
    parental.lock(profile)
    if link := _end_link(profile):
        audit.record("parental.child_link_revoked", subject=link, actor=by)


def _end_link(profile: Profile) -> ChildLink | None:
    link = queries.link_of(profile)
    if link:
        link.revoked_at = clock.now()
        session.flush()  # The new link may stand only after the old one has gone.
    return link


def ask(
    profile: Profile,
    *,
    typed: str,
    limits: Limits,
    categories: Callable[[str], Categories],
) -> Question:
    """Ask the parents for a site, as the child typed it. They are told at once.

    Raises RuleError (field `site`) as `read_site` does, if the site opens anyway, if it was asked
    for already, and beyond MOST_QUESTIONS in a day.
    """
    site = read_site(typed, action=Action.ALLOW)
    parental.lock(profile)
    name = _asked_name(profile, site)
    _refuse_known(profile, name)
    policy = replace(parental.policy_of(profile), pause_until=0)
    found = check(
        policy,
        name,
        at=clock.now(),
        free_days=parental.free_days(),
        never_closed=limits.never_blocked,
        categories=categories,
    )
    _refuse_open(profile, found)
    question = Question(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        site=name,
        asked_at=clock.now(),
    )
    session.add(question)
    _tell_parents(profile, question)
    return question


def _asked_name(profile: Profile, site: Site) -> str:
    """Return the whole site of a www. name, unless the parents closed just this name."""
    whole = site.without_www
    if whole is None or parental.standing_rule(profile, Site(site.name), Action.BLOCK):
        return site.name
    return whole


def _refuse_known(profile: Profile, name: str) -> None:
    if queries.open_question(profile, name):
        raise RuleError(
            _l("Your parents know already that you ask for %(site)s. Wait for their answer."),
            field="site",
            site=shown_name(name),
        )
    if queries.asked_today(profile) >= MOST_QUESTIONS:
        raise RuleError(
            _l("You have asked %(most)s times today. You can ask again tomorrow."),
            field="site",
            most=MOST_QUESTIONS,
        )


def _refuse_open(profile: Profile, found: Finding) -> None:
    if found.is_closed and profile.is_enforced:
        return
    if profile.is_enforced and profile.is_paused(clock.now()):
        raise RuleError(
            _l("%(site)s is closed by the pause only. It opens when the pause ends."),
            field="site",
            site=found.site.shown,
        )
    raise RuleError(
        _l("%(site)s opens now: there is nothing to ask for."),
        field="site",
        site=found.site.shown,
    )


def _tell_parents(profile: Profile, question: Question) -> None:
    kind = "parental.home_asks" if profile.is_home else "parental.child_asks"
    notify(
        queries.parents_of(profile),
        kind,
        link=_questions_page(profile),
        account_id=profile.account_id,
        child=profile.name,
        site=question.shown,
    )


def _questions_page(profile: Profile) -> str:
    return f"/a/{profile.account_id}/parental-control/questions"


@dataclass(frozen=True)
class Answered:
    """The question with the answer that stands; `is_first` if it is the one just given."""

    question: Question
    is_first: bool


def answer_question(
    question: Question, profile: Profile, answer: Answer, *, by: User, limits: Limits
) -> Answered:
    """Answer a child's question. The first answer stands, a second one changes nothing.

    "15 minutes" and "today" are rules that end by themselves. With a site of a service, such as
    YouTube, the sites open that it does not work without. Publishes the policy, records
    `parental.question_answered`, notifies the other parents. Raises RuleError if the profile is
    full, or if the parents' own rule opens the site at certain times only.
    """
    parental.lock(profile)
    session.refresh(question, with_for_update=True)
    if question.answer is not None:
        return Answered(question, is_first=False)
    now = clock.now()
    if answer is not Answer.NO:
        _open(profile, question, until=answer.open_until(now), by=by, limits=limits)
    question.give(answer, by_name=by.name, now=now)
    audit.record("parental.question_answered", subject=question, actor=by, answer=answer)
    _tell_others(profile, question, by=by)
    return Answered(question, is_first=True)


def _open(
    profile: Profile, question: Question, *, until: datetime | None, by: User, limits: Limits
) -> None:
    """Open the site, and what else its service needs, by rules of the next version."""
    notes = _sites_to_open(question.site)
    standing = queries.standing_allows(profile, notes)
    _refuse_times(standing.get(question.site), until)
    needed = {
        site: note for site, note in notes.items() if not _is_enough(standing.get(site), until)
    }
    if not needed:
        return
    replaced = [rule for site, rule in standing.items() if site in needed]
    refuse_full(profile, more=len(needed) - len(replaced), limits=limits)
    for rule in replaced:
        rule.remove(version=profile.next_version, now=clock.now())
    session.flush()  # Only one rule of a site may stand.
    session.add_all(
        Rule(
            account_id=profile.account_id,
            profile_id=profile.id,
            site=site,
            action=Action.ALLOW,
            note=note,
            expires_at=until,
            created_at=clock.now(),
            added_in=profile.next_version,
        )
        for site, note in needed.items()
    )
    save(profile, Act.ALLOWED_FOR, by=by, site=question.shown)


def _sites_to_open(site: str) -> dict[str, str]:
    """Return the site and what its service needs, with the note of each rule."""
    service = queries.service_of([site]).get(site)
    others = queries.sites_of_service(service) if service else []
    found = {each: service.name for each in others if service and not is_at_or_below(each, site)}
    return {site: ""} | found


def _refuse_times(rule: Rule | None, until: datetime | None) -> None:
    """Raise RuleError if a rule opens the site at certain times, and a passing one would end it."""
    if until and rule and rule.in_windows and rule.expires_at is None:
        raise RuleError(
            _l(
                "Your own rule opens %(site)s at certain times. Change it in the list, or answer "
                "“always”."
            ),
            site=rule.shown,
        )


def _is_enough(rule: Rule | None, until: datetime | None) -> bool:
    """Say whether a rule makes a new one needless."""
    if rule is None:
        return False
    if rule.in_windows:
        return until is not None and rule.expires_at is None
    return rule.expires_at is None or (until is not None and rule.expires_at >= until)


def _tell_others(profile: Profile, question: Question, *, by: User) -> None:
    if question.answer == Answer.NO:
        kind = "parental.site_refused"
    else:
        kind = "parental.site_opened_until" if question.open_until else "parental.site_opened"
    values = {"until": question.open_until} if question.open_until else {}
    notify(
        parental.other_parents(profile, but=by),
        kind,
        link=_questions_page(profile),
        account_id=profile.account_id,
        name=by.name,
        site=question.shown,
        **values,
    )


def forget_questions() -> None:
    """Forget what was asked longer than QUESTIONS_KEPT ago."""
    session.execute(delete(Question).where(Question.asked_at < clock.now() - QUESTIONS_KEPT))
