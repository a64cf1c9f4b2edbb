"""A specialist writes down what somebody told him."""

from dataclasses import dataclass
from datetime import datetime

from portal.accounts.models import Account, User
from portal.accounts.queries import account_by_number
from portal.accounts.reading import read_contract, read_phone
from portal.appeals import actions as appeals
from portal.appeals.models import Draft
from portal.appeals.states import AppealKind, Channel, Proof
from portal.core.errors import RuleError
from portal.core.text import _l

_MEETS = {Channel.OFFICE, Channel.KIOSK}


@dataclass(frozen=True)
class Told:
    """What was told: by whom, how he is reached, when, and whose contract it is, with the proof.

    `draft` holds the files that he gave or sent.
    """

    channel: Channel
    received_at: datetime | None
    kind: AppealKind
    subject: str
    body: str
    name: str
    address: str
    language: str
    contract: str = ""
    proof: Proof | None = None
    draft: Draft | None = None


def register(told: Told, *, by: User) -> appeals.Filed:
    """File an appeal in the name of who told it; its receipt carries a secret to hand over.

    A contract is linked only with the proof that it is his, which is written down; its holder is
    told. Records `appeals.appeal_filed` with proof and specialist. Raises RuleError (field
    `contract`) for a number that nobody has or without a proof, (field `proof`) for a proof without
    a contract or one that the channel cannot give, and as `file_appeal` does.
    Source: appeals-and-sla.md, "Appeal".
    """
    account = _proven(told)
    writer = appeals.Writer(
        told.name,
        read_phone(told.address) or told.address,
        told.language,
        account=account,
        channel=told.channel,
        received_at=told.received_at,
        registered_by=by,
        proof=told.proof if account else None,
    )
    return appeals.file_appeal(
        writer, kind=told.kind, subject=told.subject, body=told.body, draft=told.draft
    )


def _proven(told: Told) -> Account | None:
    if not told.contract:
        if told.proof:
            raise RuleError(
                _l("Write the number of the contract that he proved."), field="contract"
            )
        return None
    if told.proof is None:
        raise RuleError(
            _l("Say how he proved that the contract is his, or leave the contract out."),
            field="proof",
        )
    if told.proof is Proof.DOCUMENT and told.channel not in _MEETS:
        raise RuleError(_l("Nobody can show a card by this channel."), field="proof")
    account = account_by_number(read_contract(told.contract))
    if account is None:
        raise RuleError(_l("There is no contract with this number."), field="contract")
    return account
