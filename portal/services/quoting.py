"""The terms of a change: what begins, changes and ends with it, and each sum with its derivation.

Pure: the same household, offers and day always give the same terms. So an order can be checked
by composing its quote once more and comparing.
Source: services.md, "Quote".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from portal.catalog.rules import OfferingRule, orphans, unmet, verdict
from portal.core.money import ZERO
from portal.services.binding import carried_by, exit_lines
from portal.services.changes import (
    Act,
    Cause,
    Change,
    Item,
    Later,
    Line,
    LineKind,
    Terms,
    promises_of,
)
from portal.services.household import Household, Offer, Pause, Rate, Running
from portal.services.proration import Part
from portal.services.terms import Bond, months_later, term_end

_NOT_YET = UUID(int=0)


def connect(offers: Sequence[Offer], household: Household) -> Terms:
    """Return the terms of connecting `offers` together on the household's day.

    With what they replace, and what ends with that. Whether they may be connected at all is the
    caller's question to `rules.verdict`.
    """
    active = household.active
    held = [each.rule for each in active]
    gone = {code for offer in offers for code in verdict(offer.rule, held).replaced}
    replaced = [each for each in active if each.rule.code in gone]
    left = [each for each in active if each not in replaced]
    lost = _orphaned(left, [offer.rule for offer in offers])
    items = (
        *(
            _beginning(offer, carried_by(offer, replaced, household.day))
            for offer in needed_first(offers, [each.rule for each in left])
        ),
        *_endings(replaced, Cause.REPLACED, household.day),
        *_endings(lost, Cause.CASCADE, household.day),
    )
    return terms_of(household, items, {offer.rule.code: offer.rule for offer in offers})


def disconnect(subscription_id: UUID, household: Household) -> Terms:
    """Return the terms of ending a subscription, with all that cannot stay without it."""
    asked = [each for each in household.active if each.id == subscription_id]
    left = [each for each in household.active if each.id != subscription_id]
    items = (
        *_endings(asked, Cause.ASKED, household.day),
        *_endings(_orphaned(left, []), Cause.CASCADE, household.day),
    )
    return terms_of(household, items, {})


def pause(subscription_id: UUID, until: date, household: Household) -> Terms:
    """Return the terms of pausing a subscription from the household's day until before `until`."""
    held = _active(subscription_id, household)
    price = held.pause_rule.monthly if held.pause_rule else ZERO
    item = Item(
        Act.MODIFY,
        Cause.ASKED,
        held.rule.code,
        price,
        subscription_id=held.id,
        change=Change.PAUSE,
        until_on=until,
    )
    return terms_of(household, (item,), {})


def resume(subscription_id: UUID, household: Household) -> Terms:
    """Return the terms of ending a pause on the household's day."""
    held = _active(subscription_id, household)
    awake = resumed(held, household.day)
    item = Item(
        Act.MODIFY,
        Cause.ASKED,
        held.rule.code,
        awake.rate_on(household.day).price,
        subscription_id=held.id,
        change=Change.RESUME,
    )
    return terms_of(household, (item,), {})


def enacted(
    items: Iterable[Item],
    day: date,
    running: Iterable[Running],
    rules: Mapping[str, OfferingRule],
) -> tuple[Running, ...]:
    """Return what runs once `items` hold from `day`; `rules` are those of what begins.

    What begins comes last and has no id yet.
    """
    after = list(running)
    for item in items:
        if item.act is Act.ADD:
            after.append(_begun(item, day, rules[item.code]))
        else:
            after = [altered(each, item, day) for each in after]
    return tuple(after)


def _begun(item: Item, day: date, rule: OfferingRule) -> Running:
    return Running(
        id=_NOT_YET,
        rule=rule,
        price=item.first_monthly,
        started_on=day,
        term_until=term_end(day, item.term_months),
        exit_fee=item.exit_fee,
        is_promo=item.promo is not None,
        rates=rates_of(item, day),
        carried=item.carried,
    )


def rates_of(item: Item, day: date) -> tuple[Rate, ...]:
    """Return the prices that follow the first one of what begins on `day`."""
    if item.promo is None:
        return ()
    return (Rate(months_later(day, item.promo_months), item.monthly),)


def altered(each: Running, item: Item, day: date) -> Running:
    """Return `each` after an item that ends or changes it holds from `day`."""
    if each.id != item.subscription_id:
        return each
    if item.act is Act.DELETE:
        return replace(each, ends_on=max(day, each.started_on))
    if item.change is Change.RESUME:
        return resumed(each, day)
    added = Pause(day, item.until_on or day, item.monthly)
    return replace(each, pauses=tuple(sorted((*each.pauses, added), key=lambda one: one.from_on)))


def resumed(each: Running, day: date) -> Running:
    """End the pause that it is in on `day`, be that sooner or later than was planned."""
    return _rested(each, [one for one in each.pauses if one.from_on <= day], day)


def prolonged(each: Running, until: date) -> Running:
    """Let the pause that began last before `until` go on until then, unless it is longer."""
    begun = [one for one in each.pauses if one.from_on < until]
    return _rested(each, begun, until) if begun and begun[-1].until_on < until else each


def _rested(each: Running, begun: Sequence[Pause], until: date) -> Running:
    """End the last of the pauses that have begun before `until`; those to come stay."""
    *before, last = begun
    kept = [replace(last, until_on=until)] if last.from_on < until else []
    later = [one for one in each.pauses if one not in begun]
    return replace(each, pauses=(*before, *kept, *later))


def needed_first(offers: Sequence[Offer], held: Sequence[OfferingRule]) -> list[Offer]:
    """Return the offers in an order in which each has what it requires when its turn comes."""
    present, waiting, found = list(held), list(offers), list[Offer]()
    while ready := [each for each in waiting if not unmet(each.rule, present)]:
        found += ready
        present += [each.rule for each in ready]
        waiting = [each for each in waiting if each not in ready]
    return [*found, *waiting]


def _beginning(offer: Offer, carried: Bond | None) -> Item:
    return Item(
        Act.ADD,
        Cause.ASKED,
        offer.rule.code,
        offer.monthly,
        offer.one_time,
        promo=offer.promo,
        promo_months=offer.promo_months,
        needs_technician=offer.needs_technician,
        term_months=offer.term_months,
        exit_fee=offer.exit_fee,
        carried=carried,
    )


def _active(subscription_id: UUID, household: Household) -> Running:
    return next(each for each in household.active if each.id == subscription_id)


def _orphaned(left: Sequence[Running], arriving: Iterable[OfferingRule]) -> list[Running]:
    lost = orphans([*(each.rule for each in left), *arriving])
    return [each for code in lost for each in left if each.rule.code == code]


def _endings(ending: Iterable[Running], cause: Cause, day: date) -> Iterator[Item]:
    for each in ending:
        price = each.rate_on(day).price
        yield Item(Act.DELETE, cause, each.rule.code, price, subscription_id=each.id)


def terms_of(
    household: Household, items: tuple[Item, ...], rules: Mapping[str, OfferingRule]
) -> Terms:
    """Return the terms of `items` from the household's day; `rules` are those of what begins."""
    day = household.day
    later = replace(household, running=enacted(items, day, household.running, rules))
    lines = tuple(_lines(household, later, items))
    return Terms(
        effective_on=day,
        items=items,
        lines=lines,
        month_before=household.month_total,
        month_after=sum((line.amount for line in lines), ZERO),
        monthly_before=household.monthly,
        monthly_after=later.monthly,
        later=tuple(_promises(items, later)),
    )


def _promises(items: tuple[Item, ...], later: Household) -> Iterator[Later]:
    yield from promises_of(items, later.day)
    for item in items:
        if item.change is Change.PAUSE and item.until_on:
            held = _active(item.subscription_id or _NOT_YET, later)
            yield Later(item.until_on, item.code, held.rate_on(item.until_on).price)


def _lines(before: Household, after: Household, items: tuple[Item, ...]) -> Iterator[Line]:
    touched = {item.subscription_id for item in items if item.subscription_id}
    for each in after.running:
        if each.id in touched:
            yield from (_days_line(each.rule.code, part) for part in each.parts(after.month))
    yield from exit_lines(before, after, items)
    for each in after.running[len(before.running) :]:
        yield from (_days_line(each.rule.code, part) for part in each.parts(after.month))
    for item in items:
        if item.act is Act.ADD:
            yield Line(LineKind.ONE_TIME, item.one_time, item.code)
    yield from _other_lines(before, touched)


def _days_line(code: str, part: Part) -> Line:
    return Line(
        kind=LineKind.DAYS,
        amount=part.amount,
        code=code,
        price=part.price,
        count=part.days,
        of_days=part.month_days,
        first_day=part.first_day,
        last_day=part.last_day,
        rate=part.kind,
    )


def _other_lines(household: Household, touched: set[UUID]) -> Iterator[Line]:
    parts: Iterator[Decimal] = (
        part.amount
        for each in household.paid
        if each.id not in touched
        for part in each.parts(household.month)
    )
    amount = sum(parts, household.charged)
    if amount:
        yield Line(LineKind.OTHERS, amount)
