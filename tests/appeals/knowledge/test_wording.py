"""Words that are searched for: forms of Kazakh nouns, silent words, and nobody's data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.appeals.knowledge.kazakh import SHORTEST, stem
from portal.appeals.knowledge.wording import MOST_WORDS, kept, scrubbed, words_of

FORMS = {
    "шот": "шот шотты шоттың шоттар шоттарды шоттарымыздан шотым шотыңызды шотынан шотқа шотпен",
    "тариф": "тариф тарифті тарифтің тарифтер тарифіңіз тарифке тарифтен тарифі",
    "интернет": "интернет интернеті интернеттің интернетке интернеттен интернетім интернетте",
    "жылдамдық": "жылдамдық жылдамдығы жылдамдығын жылдамдықты жылдамдығының жылдамдықпен",
    "келісімшарт": "келісімшарт келісімшартты келісімшартымды келісімшарттар",
    "мекенжай": "мекенжай мекенжайы мекенжайын мекенжайға мекенжайымды",
    "роутер": "роутер роутерді роутерлер роутерім роутердің роутерге",
    "бала": "бала балалар баланың балаларды балаға баланы",
    "кітап": "кітап кітабы кітаптар кітабымды кітаптың",
    "баға": "баға бағасы бағаны бағалар",
    "теледидар": "теледидар теледидарды теледидарым",
    "қызмет": "қызмет қызметті қызметтер қызметіңіз",
}


@pytest.mark.parametrize("root", FORMS)
def test_the_forms_of_a_kazakh_noun_have_one_stem(root):
    assert {stem(form) for form in FORMS[root].split()} == {root}


def test_words_of_one_meaning_meet_though_their_stem_is_no_word():
    assert {stem(word) for word in ["желі", "желіні", "желісі", "желілер", "желіге"]} == {"жел"}
    assert stem("қосылу") == stem("қосылымнан")
    assert stem("төлеу") == stem("төлеймін") == stem("төлейді")


@given(st.text(max_size=30))
def test_a_stem_is_short_of_nothing(word):
    assert len(stem(word)) >= min(len(word), SHORTEST)


@given(st.text(max_size=300))
def test_whatever_is_typed_becomes_words_of_letters_and_figures(typed):
    words = words_of(typed)

    assert len(words) <= MOST_WORDS
    for word in words:
        assert word.text.replace("_", "!").isalnum()
        assert (word.stem + word.loose).isalnum()


def test_words_that_say_nothing_alone_are_not_searched_for():
    assert [each.text for each in words_of("Почему у меня не работает Wi-Fi?")] == [
        "работает",
        "wi",
        "fi",
    ]
    assert words_of("Бұл қалай? And how is it? Как это?") == []


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("шот 712034456 төлеу", "шот төлеу"),
        ("роутер +7 701 555-14-08 сломан", "роутер сломан"),
        ("aigerim@example.kz не приходит письмо", "приходит письмо"),
        ("ИИН 880101300123", "иин"),
        ("KZ86125KZT5004100100 возврат", "возврат"),
        ("5 GHz wifi 2026", "ghz wifi 2026"),
        ("4400 4301 2345 6789", ""),
    ],
)
def test_nobodys_data_is_kept_of_a_search(typed, left):
    assert kept(typed) == left


def test_a_comment_loses_addresses_and_long_numbers():
    said = "Звоните +7 701 555 14 08 или a@b.kz, с 9 до 18"

    assert scrubbed(said) == "Звоните … или …, с 9 до 18"
