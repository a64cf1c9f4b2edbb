"""The registry of categories and services: valid, stable, in three languages."""

import re
from pathlib import Path

import pytest

from portal.parental.categories.registry import (
    SHIPPED,
    Kind,
    RegistryError,
    codes_of,
    entry,
    load,
    mask_of,
    read_registry,
    registry,
)
from portal.parental.lists import read_list
from portal.parental.sites import Action

ROOT = Path(__file__).parents[3]
HERE = Path("/nowhere")


def line(code="adult", bit=0, **more):
    named = {"kk": "А", "ru": "Б", "en": "C"}
    given = {"code": code, "kind": "category", "bit": bit, "icon": "ban", "name": named} | more
    return f"- {given}"


def test_the_shipped_registry_covers_what_parents_are_promised():
    shipped = load()

    assert len(shipped.of(Kind.CATEGORY)) >= 13
    assert len(shipped.of(Kind.SERVICE)) >= 20
    assert all(each.names.kk and each.names.ru and each.names.en for each in shipped)


def test_every_icon_is_drawn():
    drawn = set(re.findall(r'id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text()))

    assert {each.icon for each in registry()} <= drawn


def test_every_shipped_list_is_read_without_a_refusal():
    shipped = load()
    for each in shipped:
        for source in each.sources:
            reading = read_list(shipped.path_of(source).read_text(), action=Action.BLOCK)
            assert reading.entries, each.code
            assert not reading.refused, each.code


def test_masks_and_codes_are_one_thing_said_twice():
    codes = ["adult", "youtube", "chatgpt"]

    assert codes_of(mask_of(codes)) == codes
    assert mask_of(["adult", "gone-long-ago"]) == entry("adult").mask
    assert codes_of(0) == []


def test_a_site_of_a_service_belongs_to_the_category_that_includes_it_too():
    assert codes_of(registry().sites_mask("tiktok")) == ["social", "tiktok"]
    assert codes_of(registry().sites_mask("social")) == ["social"]


def test_bits_once_given_stay():
    """Resolvers hold masks of yesterday: a bit that moves closes something else tonight."""
    given = {"adult": 0, "gambling": 1, "drugs": 2, "alcohol-tobacco": 3, "violence": 4}
    given |= {"social": 5, "video": 6, "games": 7, "messengers": 8, "shopping": 9, "dating": 10}
    given |= {"piracy": 11, "phishing": 12, "vpn": 13, "unsafe-search": 14}
    given |= {"youtube": 24, "tiktok": 25, "instagram": 26, "facebook": 27, "whatsapp": 28}
    given |= {"telegram": 29, "roblox": 30, "fortnite": 31, "minecraft": 32, "steam": 33}
    given |= {"discord": 34, "twitch": 35, "snapchat": 36, "x": 37, "vk": 38, "ok": 39}
    given |= {"netflix": 40, "likee": 41, "pubg": 42, "supercell": 43, "pinterest": 44}
    given |= {"chatgpt": 45}

    assert {each.code: each.bit for each in load(SHIPPED)} == given


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a registry is a list"),
        ("a: b", "a registry is a list"),
        ("- {", "this is no YAML"),
        (line(bit=64), "less than 64"),
        (line(bit=-1), "greater than or equal to 0"),
        (line(code="Adult!"), "should match pattern"),
        (line(kind="mood"), "'category' or 'service'"),
        (line(name={"kk": "А", "ru": "Б"}), "name.en"),
        (line(colour="red"), "Extra inputs"),
        (line() + "\n" + line(bit=1), "code adult is used twice"),
        (line() + "\n" + line(code="games"), "bit 0 is used twice"),
        (line(includes=["games"]), "adult can't include games"),
        (line(includes=["adult"]), "adult can't include adult"),
        (line(sources=[{"url": "http://lists.kz/a.txt"}]), "begins with https://"),
        (line(sources=[{"url": "https://lists.kz/a", "file": "a"}]), "either a file or a url"),
        (line(sources=[{}]), "either a file or a url"),
    ],
)
def test_a_wrong_registry_is_refused_with_the_place(text, words):
    with pytest.raises(RegistryError, match=re.escape(words)):
        read_registry(text, folder=HERE)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(RegistryError, match="No such file"):
        load(tmp_path / "none.yaml")
