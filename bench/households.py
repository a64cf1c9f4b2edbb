"""Made-up households with their lists, a made-up million of category names, and what homes ask."""

import random
from collections.abc import Iterator
from ipaddress import IPv4Address

from portal.parental.policy import OwnRule, Policy, encode
from portal.parental.sites import Action

FIRST = IPv4Address("127.16.0.0")  # households count up from here
FEW_FIRST = IPv4Address("127.8.0.0")  # few households, with 20 rules
LONG_FIRST = IPv4Address("127.9.0.0")  # as few, with 10 000 rules
STRANGERS = IPv4Address("127.64.0.0")  # nobody's
FEW = 200
LONG_LISTS = 10  # different ones; each home has a copy of its own
RULES, MOST_RULES = 20, 10_000
POOL = 100_000  # sites of which households choose
CATEGORY_BITS = 40
MOST_HOUSEHOLDS = 1 << 20
_TOPS = ("com", "kz", "ru", "net", "org", "info")


def site(number: int) -> str:
    """Return one of the sites that households close."""
    return f"site{number * 7919 % POOL}.{_TOPS[number % 6]}"


def category_name(number: int) -> str:
    """Return a name of the categories."""
    return f"cat{number * 104729 % 10_000_019}.{_TOPS[number % 6]}"


def category_mask(number: int) -> int:
    return 1 << number % CATEGORY_BITS


def policy(chance: random.Random, rules: int) -> bytes:
    """Return the policy of a household: its own rules, and eight categories."""
    numbers = chance.sample(range(POOL), rules)
    own = tuple(
        OwnRule(site(number), Action.ALLOW if number % 10 == 0 else Action.BLOCK)
        for number in numbers
    )
    mask = sum(1 << bit for bit in chance.sample(range(CATEGORY_BITS), 8))
    return encode(Policy(rules=own, categories=mask))


def households(count: int) -> Iterator[tuple[int, IPv4Address, bytes]]:
    """Return (policy id, address, policy) of all households: many, few, and few with long lists."""
    chance = random.Random(4)  # noqa: S311 - a measurement that can be repeated
    for number in range(count):
        yield number + 1, FIRST + number, policy(chance, RULES)
    for number in range(FEW):
        yield count + 1 + number, FEW_FIRST + number, policy(chance, RULES)
    longs = [policy(chance, MOST_RULES) for _ in range(LONG_LISTS)]
    for number in range(FEW):
        yield count + 1 + FEW + number, LONG_FIRST + number, longs[number % LONG_LISTS]


def names_asked(categories: int) -> list[str]:
    """Return what homes ask: 80 % names on no list, 15 % of categories, 5 % that homes close."""
    chance = random.Random(5)  # noqa: S311 - as above
    names = [f"www{number}.open{number % 997}.kz" for number in range(4000)]
    names += [category_name(chance.randrange(categories)) for _ in range(750)]
    names += ["www." + site(chance.randrange(POOL)) for _ in range(250)]
    return names
