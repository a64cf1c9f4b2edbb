"""One meaning, two matchers: what Python says of a name, and what dnsdist does with it.

Each question goes through the real dnsdist with real packets. Its answer says open or closed, and
its counters say by which outcome: they are read after each group of questions with one outcome.
"""

import logging
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from dns.rdatatype import CNAME

from portal.parental.dns.safe_search import SWITCHES, target_of
from portal.parental.dns.store import Store
from portal.parental.policy import OwnRule, Policy, Scope, Window, encode, wire_name
from portal.parental.sites import Action
from portal.parental.verdict import CLOSED, FreeDays, Outcome, Verdict, verdict
from tests.parental.dnsdist import ResolverHost, fill
from tests.parental.resolvers import BLOCKED, OPEN
from tests.parental.vectors import VECTORS, free_days, masks_of, policy_of, seconds

pytestmark = pytest.mark.long

log = logging.getLogger(__name__)

ROUNDS, MOST_ROUNDS, HOMES, QUESTIONS = 8, 16, 40, 40
OUTCOMES = (*Outcome, "expired", "bonus")
LEAST = 500  # of each outcome, through the real dnsdist; Source: issue 4, point 6
LABELS = ["a", "b", "ab", "www", "z-9", "_x", "7", "xn--80aau21bd", "q" * 63]
TOPS = ["kz", "com", "co.uk", "example"]
BITS = (*range(7), 63)
SAFE_SITES = {"www.google.kz", "www.bing.com", "www.youtube.com", "m.youtube.com", "youtube.com"}
ALWAYS = 2**336 - 1
KINDS = ["A"] * 6 + ["AAAA", "AAAA", "HTTPS", "TXT"]


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    running = ResolverHost(tmp_path_factory.mktemp("resolver"), is_clock_ours=True)
    try:
        with running.store():
            running.set_clock(0)
            running.start()
        yield running
    finally:
        running.end()


def is_as_expected(outcome, kind, answer, target=None):
    """Say whether an answer is that of a closed, or of an open name, which may lead to `target`."""
    led_to = [str(rrset[0]).lower() for rrset in answer.answer if rrset.rdtype == CNAME]
    if led_to != ([] if outcome in CLOSED or not target else [f"{target}."]):
        return False
    found = [str(item) for rrset in answer.answer for item in rrset if rrset.rdtype != CNAME]
    answers = BLOCKED if outcome in CLOSED else OPEN | {"TXT": '"demo"'}
    return found == ([answers[kind]] if kind in answers else [])


def test_the_table_of_vectors_through_dnsdist(host):
    homes = {name: f"127.4.0.{number}" for number, name in enumerate(VECTORS["policies"], 1)}
    with host.store() as store:
        policies = {homes[name]: policy_of(each) for name, each in VECTORS["policies"].items()}
        fill(store, policies, free_days=free_days())
        store.put_categories(
            (wire_name(name), mask) for name, mask in VECTORS["categories"].items()
        )

    for question in VECTORS["questions"]:
        host.set_clock(seconds(question["at"]))
        before, kinds = host.outcomes(), ["A", "AAAA", "HTTPS", "TXT"]
        asked = [(question["name"], kind) for kind in kinds]
        answers = host.ask_all(homes[question["policy"]], asked)

        assert host.outcomes() - before == {question["outcome"]: len(kinds)}, question
        for kind, answer in zip(kinds, answers, strict=True):
            target = made_safe(policies[homes[question["policy"]]], question["name"])
            assert is_as_expected(question["outcome"], kind, answer, target), (question, kind)


@dataclass(frozen=True)
class Asked:
    """A question, and what Python says of it."""

    home: str
    name: str
    kind: str
    verdict: Verdict
    is_near: bool
    leads_to: str | None
    is_by_expiry: bool
    is_by_bonus: bool


def test_random_policies_have_one_meaning(host):
    seed = time.time_ns()
    made = random.Random(seed)  # noqa: S311 - not for secrets
    sites = sorted({a_site(made) for _ in range(84)} | SAFE_SITES)
    entries = {site: a_mask(made) for site in made.sample(sites, 45)}
    counted: Counter = Counter()
    with host.store() as store:
        store.put_categories((wire_name(name), mask) for name, mask in entries.items())
        for number in range(MOST_ROUNDS):
            if number >= ROUNDS and min(counted[each] for each in OUTCOMES) >= LEAST:
                break  # A home is paused, or asleep, as a whole: what came seldom gets more rounds.
            for asked in a_round(made, host, store, number, sites, entries, seed):
                counted.update(kinds_of(asked))
    log.info("seed=%s %s", seed, dict(counted))

    assert counted["all"] >= 10_000
    assert counted["near"] * 2 >= counted["all"]
    assert counted["safe own_allow"] >= 10, seed
    for outcome in OUTCOMES:
        assert counted[outcome] >= LEAST, (outcome, counted, seed)


def kinds_of(asked):
    yield "all"
    yield asked.verdict.outcome
    yield from ["near"] * asked.is_near
    yield from [f"safe {asked.verdict.outcome}"] * bool(asked.leads_to)
    yield from ["expired"] * asked.is_by_expiry
    yield from ["bonus"] * asked.is_by_bonus


def a_round(made, host, store: Store, number, sites, entries, seed):
    """Ask HOMES homes at one moment; return what was asked. Raises AssertionError: a difference."""
    moment = a_moment(made)
    days = FreeDays.of(some_days(made, moment))
    homes = {f"127.5.{number}.{place}": a_policy(made, moment, sites) for place in range(HOMES)}
    fill(store, homes, free_days=days)
    host.set_clock(moment)
    groups = defaultdict(list)
    for home, policy in homes.items():
        for _ in range(QUESTIONS):
            asked = a_question(made, home, policy, moment, sites, entries, days)
            groups[asked.verdict.outcome].append(asked)
    for outcome, group in groups.items():
        before = host.outcomes()
        differences = list(ask_group(host, group))
        assert differences == [], (seed, moment)
        assert host.outcomes() - before == {outcome: len(group)}, (seed, moment)
    return [asked for group in groups.values() for asked in group]


def ask_group(host, group):
    """Ask questions with one outcome; return those whose answers differ from it."""
    by_home = defaultdict(list)
    for asked in group:
        by_home[asked.home].append(asked)
    for home, questions in by_home.items():
        answers = host.ask_all(home, [(each.name, each.kind) for each in questions])
        for asked, answer in zip(questions, answers, strict=True):
            if not is_as_expected(asked.verdict.outcome, asked.kind, answer, asked.leads_to):
                yield asked, answer


def a_question(made, home, policy, moment, sites, entries, days):
    own = [rule.name for rule in policy.rules]
    pool = own * 2 + [*(SAFE_SITES & set(own))] * 5 + list(entries) + made.sample(sites, 10)
    name = near(made, made.choice(pool))

    def judge(other):
        return verdict(
            encode(other), wire_name(name), at=moment, categories=masks_of(entries), free_days=days
        )

    said, lasting = judge(policy), without_expiry(policy, moment)
    hurried = replace(policy, bonus_until=0) if policy.bonus_until > moment else policy
    return Asked(
        home,
        "".join(made.choice([letter, letter.upper()]) for letter in name),
        made.choice(KINDS),
        said,
        is_near=is_within_a_label(name, {*entries, *(rule.name for rule in policy.rules)}),
        leads_to=made_safe(policy, name),
        is_by_expiry=lasting != policy and differ(said, judge(lasting)),
        is_by_bonus=hurried != policy and differ(said, judge(hurried)),
    )


def made_safe(policy, name):
    """Return where the policy's switches lead an open name, whatever opens it."""
    switches = ["safe"] if policy.safe_search else []
    switches += SWITCHES[policy.youtube : policy.youtube + 1] if policy.youtube else []
    return next(filter(None, (target_of(name, each) for each in switches)), None)


def differ(one, other):
    return (one.outcome, one.rule) != (other.outcome, other.rule)


def without_expiry(policy, moment):
    """Return the policy as if its rules that have ended went on."""
    rules = (replace(each, expires=0) if each.expires <= moment else each for each in policy.rules)
    return replace(policy, rules=tuple(rules))


def is_within_a_label(name, sites):
    parents = {site.partition(".")[2] for site in sites}
    return name in sites or name.partition(".")[2] in sites or name in parents


def near(made, site):
    first, _, rest = site.partition(".")
    label = made.choice(LABELS)
    names = [site, site, f"{label}.{site}", rest, f"{label}.{rest}", f"{first}x"[:63] + f".{rest}"]
    name = made.choice(names if "." in rest else [site, site, f"{label}.{site}"])
    return name if len(name) < 250 else site


def a_site(made):
    return ".".join([*made.choices(LABELS, k=made.choice([1, 1, 2, 2, 3])), made.choice(TOPS)])


def a_mask(made):
    return sum(1 << bit for bit in BITS if made.random() < 0.3)


def a_moment(made):
    day = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=made.randrange(700))
    half_hour = made.randrange(48) * 1800
    return int(day.timestamp()) + half_hour + made.choice([0, 1799, made.randrange(1800)])


def some_days(made, moment):
    today = datetime.fromtimestamp(moment, UTC).date()
    return {today + timedelta(days=made.randint(-9, 9)) for _ in range(made.randrange(8))}


def a_policy(made, moment, sites):
    size = made.choice([0, 10, 20, 30, 60])
    return Policy(
        zone_offset=made.choice([300, 0, -210, 345, 840, -720]),
        safe_search=made.random() < 0.5,
        youtube=made.randrange(3),
        pause_until=a_time(made, moment, later=0.09),
        bonus_until=a_time(made, moment, later=0.35),
        categories=made.choice([0, a_mask(made), a_mask(made)]),
        windows=tuple(a_window(made) for _ in range(made.choice([0, 1, 2, 3, 16]))),
        rules=tuple(a_rule(made, moment, sites) for _ in range(size)),
    )


def a_time(made, moment, *, later):
    """Return a moment that is still to come with this probability; else none, past, or just now."""
    if made.random() < later:
        return moment + made.choice([1, made.randrange(1, 99_999)])
    return made.choice([0, moment, moment - made.randrange(1, 99_999)])


def a_window(made):
    return Window(
        mask=made.choice([0, a_mask(made)]),
        own_rules=made.random() < 0.5,
        internet_off=made.random() < 0.12,
        school_days=a_week(made),
        free_days=a_week(made),
    )


def a_week(made):
    return made.choice([0, ALWAYS, made.getrandbits(336), made.getrandbits(336)])


def a_rule(made, moment, sites):
    return OwnRule(
        made.choice(sites),
        made.choice([Action.BLOCK, Action.BLOCK, Action.ALLOW]),
        made.choice([Scope.SITE, *Scope]),
        expires=made.choice([0, a_time(made, moment, later=0.3)]),
        in_windows=made.random() < 0.25,
    )
