"""Reads of children's links and questions."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_ as or_bits
from uuid import UUID

from sqlalchemy import func, or_, select

from portal.accounts.models import Account, Membership, Role
from portal.core import clock, db
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.text import midnight, today
from portal.parental.asking.models import ChildLink, Question
from portal.parental.categories.buckets import unpack_names
from portal.parental.categories.models import CategorySource
from portal.parental.categories.queries import mask_of_names
from portal.parental.categories.registry import Entry, codes_of, entry
from portal.parental.comparison import names_above
from portal.parental.models import Profile, Rule
from portal.parental.sites import Action

MOST_SHOWN = 20
MOST_OF_SERVICE = 100  # sites
SHOWN_FOR = timedelta(days=1)


def link_by_secret(secret: str) -> tuple[ChildLink, Profile]:
    """Return the link that has this secret, and its profile.

    Names the secret, then the account, to row-level security. Raises NotFoundError if the link was
    revoked or its profile removed.
    """
    hashed = db.digest(secret)
    db.see(token=hashed)
    query = select(ChildLink).where(ChildLink.secret_hash == hashed, ChildLink.revoked_at.is_(None))
    link = session.scalar(query)
    if link is None:
        raise NotFoundError
    db.see(account_id=link.account_id)
    profile = session.scalar(
        select(Profile).where(Profile.id == link.profile_id, Profile.removed_at.is_(None))
    )
    if profile is None:
        raise NotFoundError
    return link, profile


def link_of(profile: Profile) -> ChildLink | None:
    """Return the profile's standing link."""
    return session.scalar(
        select(ChildLink).where(ChildLink.profile_id == profile.id, ChildLink.revoked_at.is_(None))
    )


def questions_of(profile: Profile) -> Sequence[Question]:
    """Return what a child sees of its questions: the open ones and today's, newest first."""
    query = (
        select(Question)
        .where(Question.profile_id == profile.id)
        .where(or_(Question.answer.is_(None), Question.asked_at >= midnight(today())))
        .order_by(Question.id.desc())
        .limit(MOST_SHOWN)
    )
    return session.scalars(query).all()


def asked_today(profile: Profile) -> int:
    """Return how often the profile's children asked since the local midnight."""
    query = select(func.count()).where(
        Question.profile_id == profile.id, Question.asked_at >= midnight(today())
    )
    return session.scalar(query) or 0


def open_question(profile: Profile, site: str) -> Question | None:
    """Return the question for this site (A-labels) that waits for an answer."""
    return session.scalar(
        select(Question).where(
            Question.profile_id == profile.id, Question.site == site, Question.answer.is_(None)
        )
    )


def question_of(account: Account, question_id: UUID) -> tuple[Question, Profile]:
    """Return a question of this account and its profile. Raises NotFoundError for anyone else's."""
    query = (
        select(Question, Profile)
        .join(Profile, Profile.id == Question.profile_id)
        .where(Question.id == question_id, Question.account_id == account.id)
        .where(Profile.removed_at.is_(None))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError
    return row[0], row[1]


def open_questions(account: Account) -> Sequence[tuple[Question, Profile]]:
    """Return what waits for the parents, oldest first, with the profile of each. One statement."""
    query = (
        select(Question, Profile)
        .join(Profile, Profile.id == Question.profile_id)
        .where(Question.account_id == account.id, Question.answer.is_(None))
        .where(Profile.removed_at.is_(None))
        .order_by(Question.id)
        .limit(MOST_SHOWN)
    )
    return [(question, profile) for question, profile in session.execute(query)]


def answered_questions(account: Account) -> Sequence[tuple[Question, Profile]]:
    """Return what was answered within SHOWN_FOR, the newest answer first. One statement."""
    since = clock.now() - SHOWN_FOR
    query = (
        select(Question, Profile)
        .join(Profile, Profile.id == Question.profile_id)
        .where(Question.account_id == account.id, Question.answered_at > since)
        .order_by(Question.answered_at.desc(), Question.id)
        .limit(MOST_SHOWN)
    )
    return [(question, profile) for question, profile in session.execute(query)]


def parents_of(profile: Profile) -> Sequence[UUID]:
    """Return the users who may answer for this profile."""
    query = (
        select(Membership.user_id)
        .where(Membership.account_id == profile.account_id)
        .where(Membership.role.in_([Role.HOLDER, Role.PARENT]))
        .where(or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now()))
        .order_by(Membership.user_id)
    )
    return session.scalars(query).all()


def own_sites(
    profile: Profile, action: Action, *, at: datetime, most: int = 30
) -> tuple[Sequence[Rule], int]:
    """Return the first sites of a list that count at `at`, newest first, and how many there are."""
    query = (
        select(Rule, func.count().over())
        .where(Rule.profile_id == profile.id, Rule.removed_at.is_(None), Rule.action == action)
        .where(or_(Rule.expires_at.is_(None), Rule.expires_at > at))
        .order_by(Rule.id.desc())
        .limit(most)
    )
    rows = session.execute(query).all()
    return [rule for rule, _count in rows], rows[0][1] if rows else 0


def service_of(sites: Iterable[str]) -> dict[str, Entry]:
    """Return the service that each of these sites belongs to; a site of none is left out.

    Two statements, whatever their number.
    """
    above = {site: [site, *names_above(site)] for site in sites}
    masks = mask_of_names({name for names in above.values() for name in names})
    found = {}
    for site, names in above.items():
        mask = reduce(or_bits, (masks.get(name, 0) for name in names), 0)
        services = [entry(code) for code in codes_of(mask) if entry(code).is_service]
        if services:
            found[site] = services[0]
    return found


def sites_of_service(service: Entry) -> list[str]:
    """Return the sites without which a service does not work, by name, none below another.

    Empty if they are more than MOST_OF_SERVICE: a list of the operator's that is no service.
    """
    query = select(CategorySource.names).where(CategorySource.code == service.code)
    names = {name for packed in session.scalars(query) for name in unpack_names(packed)}
    shortest = sorted(name for name in names if names.isdisjoint(names_above(name)))
    return shortest if len(shortest) <= MOST_OF_SERVICE else []


def standing_allows(profile: Profile, sites: Iterable[str]) -> dict[str, Rule]:
    """Return the standing rules that open exactly these sites, by site."""
    query = select(Rule).where(
        Rule.profile_id == profile.id,
        Rule.removed_at.is_(None),
        Rule.action == Action.ALLOW,
        Rule.subdomains_only.is_(False),
        Rule.site.in_(list(sites)),
    )
    return {rule.site: rule for rule in session.scalars(query)}
