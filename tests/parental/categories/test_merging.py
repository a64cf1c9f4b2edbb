"""Names together, reduced, compared, packed; and the canary over them. Pure."""

import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from portal.parental.categories import buckets, canary, merging
from portal.parental.categories.buckets import BUCKETS, DamagedError, bucket_of
from portal.parental.categories.reading import read_names
from portal.parental.categories.registry import load

LABELS = some.sampled_from(["a", "b", "www", "kz", "com"])
NAMES = some.lists(LABELS, min_size=2, max_size=4).map(".".join)
at_ease = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MASKS = some.dictionaries(NAMES, some.integers(min_value=1, max_value=2**64 - 1), max_size=30)


def test_lists_together_lose_only_what_a_shorter_name_says_already():
    lists = [(1, ["a.kz", "www.a.kz", "b.kz"]), (2, ["www.a.kz", "b.kz"])]

    assert merging.merged(lists) == {"a.kz": 1, "www.a.kz": 3, "b.kz": 3}


@at_ease
@given(MASKS, NAMES)
def test_reducing_changes_no_verdict(masks, name):
    reduced = merging.merged([(mask, [each]) for each, mask in masks.items()])

    assert merging.mask_in_force(reduced, name) == merging.mask_in_force(masks, name)


@at_ease
@given(MASKS, MASKS)
def test_a_difference_names_what_opens_and_closes_and_nothing_else(before, after):
    changes = merging.difference(before, after)

    for bit in range(64):
        closed = {
            name
            for name, mask in after.items()
            if mask >> bit & 1 and not merging.mask_in_force(before, name) >> bit & 1
        }
        change = changes.get(bit, merging.Change())
        assert change.added == len(closed)
        assert set(change.added_samples) <= closed


def test_a_name_that_now_stands_under_a_shorter_one_is_no_change():
    assert list(merging.difference({"www.a.kz": 1}, {"a.kz": 1})) == [0]
    change = merging.difference({"www.a.kz": 1}, {"a.kz": 1})[0]

    assert (change.added, change.removed) == (1, 0)
    assert change.added_samples == ["a.kz"]


def test_what_is_left_out_takes_what_is_below_with_it():
    names = ["cdn.kz", "x.cdn.kz", "othercdn.kz"]

    assert list(merging.left_out(names, ["cdn.kz"])) == ["othercdn.kz"]
    assert list(merging.left_out(names, [])) == names


@at_ease
@given(MASKS)
def test_buckets_hold_what_they_were_given(masks):
    parts = list(buckets.split(masks))

    assert len(parts) == BUCKETS
    back = {}
    for place, part in enumerate(parts):
        held = buckets.unpack(part.blob, part.digest)
        assert all(bucket_of(name) == place for name in held)
        back |= held
    assert back == masks


@pytest.mark.parametrize("spoil", [lambda b: b[:-3], lambda _b: b"junk", lambda b: b])
def test_a_damaged_bucket_is_noticed(spoil):
    bucket = buckets.pack({"a.kz": 1})
    other = buckets.pack({"a.kz": 2})

    with pytest.raises(DamagedError):
        buckets.unpack(spoil(bucket.blob), other.digest)


def test_a_bomb_in_a_bucket_does_not_go_off():
    bomb = zlib.compress(b"\0" * (buckets.LARGEST + 1))

    with pytest.raises(DamagedError, match="too long"):
        buckets.unpack_names(bomb)


def test_names_of_a_source_come_back_sorted():
    assert buckets.unpack_names(buckets.pack_names({"b.kz", "a.kz"})) == ["a.kz", "b.kz"]
    assert buckets.unpack_names(buckets.pack_names(())) == []


def test_the_canary_sees_the_site_itself_and_every_name_above():
    masks = {"google.com": 1, "kz": 2, "sites.google.com": 4}
    sites = ["www.google.com", "kaspi.kz", "wikipedia.org"]

    found = list(canary.caught(sites, lambda name: masks.get(name, 0)))

    assert [tuple(each) for each in found] == [
        ("www.google.com", "google.com", 1),
        ("kaspi.kz", "kz", 2),
    ]
    assert {"www.google.com", "google.com", "com"} <= canary.names_to_ask(sites)


def test_the_shipped_canary_lets_the_shipped_lists_pass():
    """Also without the database: what `make run` releases must be fit to be released."""
    shipped = load()
    masks = merging.merged(
        (each.mask, read_names(shipped.path_of(source).read_bytes()).names)
        for each in shipped
        for source in each.sources
    )

    assert len(canary.well_known()) > 100
    assert not list(canary.caught(canary.well_known(), lambda name: masks.get(name, 0)))
