"""What the page of an appeal shows, put together from reads."""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.appeals import presence
from portal.appeals import queries as appeal_queries
from portal.appeals.models import Appeal
from portal.appeals.outages.queries import ticket_outages
from portal.appeals.timeline import timeline
from portal.core import clock, text
from portal.core.forms import PortalForm
from portal.promises import queries as promise_queries
from portal.promises.naming import longest_promise
from portal.promises.policy import Kind
from portal.promises.standing import standings
from portal.staff.actions.speaking import field_values
from portal.staff.fields import fill
from portal.staff.forms import AnswerForm, InvestigationForm, LinkForm, TransferForm, TurnAwayForm
from portal.staff.queries import beside, canned, colleagues, many


@dataclass(frozen=True)
class Forms:
    """The forms of the page: that which was sent, and the others empty."""

    answer: AnswerForm
    investigation: InvestigationForm
    transfer: TransferForm
    link: LinkForm
    turn_away: TurnAwayForm

    @classmethod
    def fresh(cls, **sent: Any) -> "Forms":
        """Return all forms, empty but for those that are given."""
        return cls(
            answer=sent.get("answer") or AnswerForm(formdata=None),
            investigation=sent.get("investigation") or InvestigationForm(formdata=None),
            transfer=sent.get("transfer") or TransferForm(formdata=None),
            link=sent.get("link") or LinkForm(formdata=None),
            turn_away=sent.get("turn_away") or TurnAwayForm(formdata=None),
        )

    @property
    def are_refused(self) -> bool:
        return any(getattr(self, each.name).is_refused for each in fields(self))


def talk_context(appeal: Appeal, *, me: User, now: datetime) -> dict[str, Any]:
    """Return the conversation, the promises, and who else is there. Five statements.

    `seen` changes whenever any of that does.
    """
    case = promise_queries.case_of(appeal_queries.SUBJECT, appeal.id)
    promises = standings(case.promises, now)
    notes = appeal_queries.notes(appeal)
    others = presence.present(appeal, now=now, but=me.id)
    return {
        "appeal": appeal,
        "me": me,
        "now": now,
        "case": case,
        "promises": promises,
        "moments": timeline(appeal_queries.conversation(appeal), promises, notes),
        "others": [(one, presence.is_typing(one, now)) for one in others],
        "seen": _mark(appeal, len(notes), others, now),
    }


def ticket_context(appeal: Appeal, forms: Forms, *, me: User) -> dict[str, Any]:
    """Return what stands on the page of an appeal beside the queue."""
    now = clock.now()
    talk = talk_context(appeal, me=me, now=now)
    customer = beside.customer_of(appeal)
    case = talk.pop("case")
    _offer_colleagues(forms.transfer, appeal)
    values = field_values(appeal, customer.contact, by=me, case=case)
    return {
        **talk,
        "forms": forms,
        "customer": customer,
        "ticket_outages": ticket_outages(appeal, now),
        "contact": customer.contact,
        "linked": many.linked_with(appeal),
        "canned": [
            (reply, fill(reply.texts[customer.contact.language], values))
            for reply in canned.canned_replies()
        ],
        "latest": longest_promise(case, now),
        "is_investigated": case.is_investigated,
        "is_for_others": bool(case.running(Kind.FORWARD)),
    }


def _offer_colleagues(form: PortalForm, appeal: Appeal) -> None:
    form.to_id.choices = [("", "—")] + [
        (str(one.id), one.name) for one in colleagues.colleagues() if one.id != appeal.assignee_id
    ]


def _mark(appeal: Appeal, notes: int, others: Any, now: datetime) -> str:
    there = [f"{one.id}{presence.is_typing(one, now)}" for one in others]
    facts = [appeal.version, appeal.head, notes, text.local(now).date(), *there]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
