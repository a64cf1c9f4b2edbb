import pytest
from argon2 import PasswordHasher, extract_parameters

from portal.accounts import passwords
from portal.accounts.weakness import (
    Weakness,
    common_passwords,
    context_words,
    pieces,
    weakness,
)

KNOWN = ["Aigerim Saparova", "aigerim@example.kz", "Kazakhtelecom", "+7 701 555 12 34"]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short one", Weakness.TOO_SHORT),
        ("fourteen chars", Weakness.TOO_SHORT),
        ("x" * 257, Weakness.TOO_LONG),
        ("Qwertyuiop", Weakness.COMMON),
        ("құпиясөз", Weakness.COMMON),
        ("GFHJKM123", Weakness.COMMON),
        ("passwordpassword", Weakness.COMMON),
        ("password password 1", Weakness.EASY),
        ("P@ssw0rd12345678", Weakness.EASY),
        ("aaaaaaaaaaaaaaaa", Weakness.EASY),
        ("abcabcabcabcabcabc", Weakness.EASY),
        ("qwertyuiop12345", Weakness.EASY),
        ("1q2w3e4r5t6y7u8i9o", Weakness.EASY),
        ("gfhjkmgfhjkm2024", Weakness.EASY),
        ("пароль пароль пароль", Weakness.EASY),
        ("қазақстан алматы 2026", Weakness.EASY),
        ("Aigerim Saparova 1985", Weakness.PERSONAL),
        ("aigerim@example.kz", Weakness.PERSONAL),
        ("Kazakhtelecom--saparova!!", Weakness.PERSONAL),
        ("тот же самовар у окна", None),
        ("green kettle on the old stove", None),
        ("көгілдір шәйнек терезе алдында", None),
        ("fK2:9xw!rT6pL0q", None),
        ("🐫🐫 үш түйе мен көк тау", None),
    ],
)
def test_a_password_is_judged_by_length_and_by_how_guessable_it_is(password, reason):
    assert weakness(password, personal=KNOWN) is reason


def test_with_a_second_factor_eight_characters_are_enough():
    assert weakness("fK2:9xw!", least=8) is None


def test_length_is_counted_after_normalisation():
    assert weakness("й" * 8, least=15) is Weakness.TOO_SHORT  # 16 code points, 8 letters


def test_the_list_is_long_and_in_the_form_it_is_compared_in():
    assert len(common_passwords()) >= 3000
    assert all(line == line.casefold().strip() for line in common_passwords())
    assert {"password", "йцукен", "құпиясөз", "gfhjkm", "privet"} <= common_passwords()


def test_the_fewest_pieces_are_counted():
    assert pieces("xkcd", frozenset()) == 4
    assert pieces("dragonx", frozenset({"dragon"})) == 2
    assert pieces("", frozenset()) == 0


def test_words_of_two_letters_are_not_held_against_a_password():
    assert context_words(["Al-Farabi, 7 a@b.kz"]) == {"al-farabi, 7 a@b.kz", "farabi"}


def test_the_longest_password_is_judged_quickly_enough_to_be_no_lever():
    assert weakness("".join(chr(0x400 + i * 7 % 250) for i in range(256))) is None


def test_a_hash_is_argon2id_at_the_cost_of_the_checklist():
    cost = extract_parameters(passwords.hash_password("any"))

    assert (cost.type.name, cost.memory_cost, cost.time_cost, cost.parallelism) == (
        "ID",
        19456,
        2,
        1,
    )


def test_only_the_password_itself_fits_its_hash():
    hashed = passwords.hash_password("Көк шәйнек 🫖")

    assert passwords.is_password("Көк шәйнек 🫖", hashed)
    assert not passwords.is_password("көк шәйнек 🫖", hashed)
    assert not passwords.is_password("Көк шәйнек 🫖 ", hashed)


def test_composed_and_decomposed_letters_are_one_password():
    hashed = passwords.hash_password("ең жақсы й")

    assert passwords.is_password("ең жақсы и\u0306", hashed)


def test_a_longer_password_than_allowed_is_not_cut_to_fit():
    hashed = passwords.hash_password("x" * 256)

    assert not passwords.is_password("x" * 257, hashed)


@pytest.mark.parametrize("typed", ["", "\x00", "\ud800", "nobody", "x" * 100_000])
def test_nobody_has_no_password(typed):
    assert not passwords.is_password(typed, None)


def test_nobody_costs_the_same_work_as_somebody(monkeypatch):
    costs = []

    class Watched(PasswordHasher):
        def verify(self, hashed, password):
            costs.append(extract_parameters(hashed))
            return super().verify(hashed, password)

    monkeypatch.setattr(
        passwords, "_hasher", Watched(memory_cost=19456, time_cost=2, parallelism=1)
    )
    passwords.is_password("a", passwords.hash_password("b"))
    passwords.is_password("a", None)

    assert costs[0] == costs[1]


def test_a_hash_of_another_cost_is_renewed():
    assert passwords.needs_rehash(PasswordHasher(time_cost=1, memory_cost=1024).hash("x"))
    assert not passwords.needs_rehash(passwords.hash_password("x"))
