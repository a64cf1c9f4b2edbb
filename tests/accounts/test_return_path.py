import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.return_path import safe_path


@pytest.mark.parametrize("path", ["/", "/a/1?tab=2#now", "/қызметтер", "/x?next=//y"])
def test_a_path_of_our_own_is_kept(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "a/1",
        "//evil.kz",
        "/\\evil.kz",
        "\\/evil.kz",
        "/a\\b",
        "https://evil.kz",
        "javascript:alert(1)",
        " /a",
        "/a b",
        "/\t/evil.kz",
        "/\x00",
        "/\u202e",
        "/\ud800",
        "//[",
        "/" + "a" * 2000,
    ],
)
def test_anything_else_is_dropped(target):
    assert safe_path(target) is None


@given(st.text(alphabet="/\\:@.?#a \t\r\n\x00%[]", max_size=12))
def test_no_browser_leaves_the_portal_by_a_kept_path(target):
    kept = safe_path(target)

    assert kept is None or (kept[0] == "/" and kept[1:2] not in {"/", "\\"} and "\\" not in kept)
