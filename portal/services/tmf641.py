"""Work and answers in the shape of TM Forum's service ordering (TMF641, version 4). Pure.

One service order with one item is one piece of work; its `externalId` is our reference.
Source: TMF641 Service Ordering Management API, R19.0 and later of version 4.
"""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from portal.services.activation import Answer, Operation, Outcome, Work

ACTIONS = {
    Operation.ACTIVATE: "add",
    Operation.CHANGE: "modify",
    Operation.DEACTIVATE: "delete",
}
DONE = frozenset({"completed"})
REFUSED = frozenset({"failed", "rejected", "cancelled", "partial"})
UNDER_WAY = frozenset(
    {"acknowledged", "inProgress", "pending", "held", "assessingCancellation"}
    | {"pendingCancellation"}
)
PLAINLY = "refused"
_REASON = re.compile(r"[a-z0-9_]{1,40}")


class UnreadableError(ValueError):
    """What the operator's order management sent is none of its messages."""


class _Message(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Fault(_Message):
    code: str = ""


class _Item(_Message):
    error_message: list[_Fault] = []


class _ServiceOrder(_Message):
    external_id: str
    state: str
    error_message: list[_Fault] = []
    service_order_item: list[_Item] = []


class _Subject(_Message):
    service_order: _ServiceOrder


class _Event(_Message):
    event_type: str
    event: _Subject


_ORDERS = TypeAdapter(list[_ServiceOrder])


def order_for(operation: Operation, work: Work) -> dict[str, Any]:
    """Return the service order that asks for a piece of work."""
    contract, _, code = work.service.partition("/")
    traits = {"contract": contract, "offering": code, **work.change}
    return {
        "@type": "ServiceOrder",
        "externalId": work.reference,
        "category": "kabinet",
        "serviceOrderItem": [
            {
                "@type": "ServiceOrderItem",
                "id": "1",
                "action": ACTIONS[operation],
                "service": {
                    "@type": "Service",
                    "name": work.service,
                    "serviceCharacteristic": [
                        {"name": name, "valueType": "string", "value": value}
                        for name, value in traits.items()
                    ],
                },
            }
        ],
    }


def answer_in(body: bytes, reference: str) -> Answer:
    """Read a service order. Raises UnreadableError if it is none, or that of another reference."""
    try:
        found = _ServiceOrder.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableError(str(error)) from error
    if found.external_id != reference:
        raise UnreadableError(f"asked about {reference}, told about {found.external_id}")
    return _answer(found)


def answer_among(body: bytes, reference: str) -> Answer | None:
    """Read a list of service orders; return what became of `reference`, None if it is not there.

    If there are several, what is done counts first, then what is under way. Raises UnreadableError.
    """
    try:
        found = _ORDERS.validate_json(body)
    except ValidationError as error:
        raise UnreadableError(str(error)) from error
    answers = [_answer(each) for each in found if each.external_id == reference]
    return min(answers, key=lambda each: _WEIGHT.index(each.outcome), default=None)


def reference_in(body: bytes) -> str | None:
    """Return whose state changed for good, of a ServiceOrderStateChangeEvent.

    None: another kind of event, or a state on the way. Raises UnreadableError.
    """
    try:
        found = _Event.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableError(str(error)) from error
    subject = found.event.service_order
    is_news = found.event_type == "ServiceOrderStateChangeEvent" and subject.state not in UNDER_WAY
    return subject.external_id if is_news else None


_WEIGHT: Sequence[Outcome] = (Outcome.DONE, Outcome.UNDER_WAY, Outcome.REFUSED)


def _answer(found: _ServiceOrder) -> Answer:
    if found.state in DONE:
        return Answer(Outcome.DONE)
    if found.state in REFUSED:
        return Answer(Outcome.REFUSED, _reason(found))
    if found.state in UNDER_WAY:
        return Answer(Outcome.UNDER_WAY)
    raise UnreadableError(f"the state {found.state} is none of TMF641")


def _reason(found: _ServiceOrder) -> str:
    inside = [fault for item in found.service_order_item for fault in item.error_message]
    codes = [reason_of(fault.code) for fault in (*found.error_message, *inside)]
    return next((code for code in codes if code != PLAINLY), PLAINLY)


def reason_of(code: str) -> str:
    """Return a code of the operator as a reason of ours; `refused` if it cannot be one."""
    return code if _REASON.fullmatch(code) else PLAINLY
