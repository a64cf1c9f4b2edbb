"""Every line of the reading rules, and what a person reads about it in each language.

Source: parental-control.md, "Reading a site that a person typed (and each line of an import)".
"""

import gzip

import pytest

from portal.core.errors import RuleError
from portal.core.text import LANGUAGES, reading_as, translate
from portal.parental.lists import LARGEST_LIST, MOST_LINES, Format, read_list, text_of
from portal.parental.sites import Action, read_site

BLOCK, ALLOW = Action.BLOCK, Action.ALLOW
PAST_ALL_LABELS = ".".join(["a" * 63] * 4) + ".com"

SITES_REFUSED = [
    ("", "Сайтты жазыңыз", "Напишите сайт", "Write a site"),
    ("casino poker.com", "бос орынсыз", "без пробелов", "without spaces"),
    ("x" * 3000, "кез келген сайт атауынан ұзын", "длиннее любого имени", "longer than any"),
    ("casino", "мысалы, casino.com", "например casino.com", "for example casino.com"),
    ("kz", "мысалы, shop.kz", "например shop.kz", "for example shop.kz"),
    ("com.kz", "сайттың атауының соңы", "кончаются имена тысяч", "ending of thousands"),
    ("қаз", "сайттың атауының соңы", "кончаются имена тысяч", "ending of thousands"),
    ("93.184.216.34", "компьютердің мекенжайы", "адрес компьютера", "address of a computer"),
    ("http://[2001:db8::1]/", "компьютердің мекенжайы", "адрес компьютера", "address of a"),
    ("cas*no.com", "тек басында", "только в начале", "only at the beginning"),
    ("*.*.casino.com", "тек басында", "только в начале", "only at the beginning"),
    ("casino..com", "Екі нүктенің арасында", "Между двумя точками", "between two dots"),
    ("a" * 64 + ".com", "63 әріптен ұзын", "длиннее 63 букв", "longer than 63 letters"),
    ("ә" * 60 + ".com", "63 әріптен ұзын", "длиннее 63 букв", "longer than 63 letters"),
    (PAST_ALL_LABELS, "253 әріптен ұзын", "длиннее 253 букв", "longer than 253 letters"),
    ("-casino.com", "дефистен басталмайды", "кончаться дефисом", "end with a hyphen"),
    ("cas!no.com", "сайттың атауы бола алмайды", "не может быть именем", "can’t be a site’s"),
    ("💥.com", "сайттың атауы бола алмайды", "не может быть именем", "can’t be a site’s"),
    ("me@mail.kz", "пошта мекенжайы", "адрес почты", "an e-mail address"),
    ("www.112.kz", "112.kz әрқашан ашық", "112.kz всегда открыт", "112.kz always stays open"),
]

SITES_READ = [
    ("ｃａｓｉｎｏ．ｃｏｍ", "casino.com"),
    ("  cas\u200bino.com\ufeff ", "casino.com"),
    ("casino.com.", "casino.com"),
    ("CASINO.com", "casino.com"),
    ("https://me:x@www.casino.com:443/play?a#b", "www.casino.com"),
    ("қазақ.қаз", "xn--80aau21bd.xn--80ao21a"),
    ("xn--80aau21bd.xn--80ao21a", "xn--80aau21bd.xn--80ao21a"),
    ("a_b.casino.com", "a_b.casino.com"),
    ("a.github.io", "a.github.io"),
]

NOTES = [
    ("https://youtube.com/watch", "бүкіл youtube.com", "всего сайта youtube.com", "not the page"),
    ("github.io", "көп адамның сайты", "сайты многих людей", "sites of many people"),
    ("раypal.com", "әртүрлі әліпбидің", "буквы разных алфавитов", "different alphabets"),
]

LINES_REFUSED = [
    ("||casino.com^$third-party", "шарттар бар", "стоят условия", "conditions after $"),
    ("||casino.com/banner^", "жеке беттерге", "отдельных страниц", "means single pages"),
    ("casino.com##.banner", "беттің бөлігін", "прячет часть страницы", "a part of a page"),
    ("/casino[0-9]+/", "атаулар үлгісі", "шаблон имён", "a pattern of names"),
    ("||cas*no.com^", "тек басында", "только в начале", "only at the beginning"),
    ("93.184.216.34 casino.com", "басқа мекенжайға", "на другой адрес", "to another address"),
    ("0.0.0.0 com.kz", "сайттың атауының соңы", "кончаются имена тысяч", "ending of thousands"),
    ("@@||com.kz^", "сайттың атауының соңы", "кончаются имена тысяч", "ending of thousands"),
    ("0.0.0.0 1.2.3.4", "компьютердің мекенжайы", "адрес компьютера", "address of a computer"),
    ("address=/egov.kz/", "egov.kz әрқашан ашық", "egov.kz всегда открыт", "egov.kz always stays"),
    ("server=/a.kz/8.8.8.8", "басқа серверден", "другой сервер", "asks another server"),
    ("address=/#/", "барлық сайтты", "означает все сайты", "means every site"),
    ("conf-dir=/etc", "dnsmasq баптауы", "настройка dnsmasq", "setting of dnsmasq"),
]

FORMS_REFUSED = [
    (Format.HOSTS, "casino.com", "мекенжайдан басталады", "начинается с адреса", "begins with an"),
    (Format.HOSTS, "127.0.0.1", "сайт жазылмаған", "нет сайта", "no site after the address"),
    (Format.RPZ, "casino.com", "аймақ жолы емес", "не строка зоны", "no line of a zone"),
    (Format.RPZ, "$INCLUDE x", "басқа файлдар", "другие файлы", "no other files"),
    (Format.RPZ, "a.rpz-ip CNAME .", "атау серверлерін", "серверы имён", "name servers"),
    (Format.RPZ, "a.kz TXT x", "тек CNAME", "только строки с CNAME", "lines with CNAME"),
    (Format.RPZ, "$ORIGIN z.\na.kz. CNAME .", "тұрған жоқ", "вне зоны", "not stand in the zone"),
    (Format.CSV, "site,action\na.kz,x", "«allow» да емес", "не «allow»", "nor “allow”"),
    (Format.CSV, "site,when\na.kz,x", "«windows» та емес", "не «windows»", "nor “windows”"),
    (Format.CSV, "site,expires\na.kz,x", "уақыт емес", "это не время", "is no time"),
    (Format.CSV, "site,note\na.kz," + "x" * 121, "120", "120", "at most 120 letters"),
    (Format.JSON, "[{}]", "сайт аталмаған", "не назван сайт", "names no site"),
    (Format.JSON, '[{"site":"a.kz","note":1}]', "мәтін емес", "не текст", "not a text"),
]

WHOLE_REFUSED = [
    (b"x" * (LARGEST_LIST + 1), "8 МБ-тан үлкен", "больше 8 МБ", "larger than 8 MB"),
    (gzip.compress(b"casino.com\n" * 1_000_000, mtime=0), "мұрағат", "архив", "a packed file"),
    (b"\x89PNG\r\n\x1a\n\x00", "мәтін емес", "не текст", "not a text"),
    (b"\n" * (MOST_LINES + 1), "жолдан көп", "больше 300000 строк", "more than 300000 lines"),
    (b'site\n"a.kz', "тырнақша жабылмаған", "не закрыта", "not closed"),
    (b'["a.kz"', "JSON бүлінген", "JSON испорчен", "JSON is broken"),
    (b'{"sites": 1}', "ережелер тізімі жоқ", "нет списка правил", "no list of rules"),
]


def short(value):
    """Name a case of a table by the beginning of what stands in it."""
    return repr(value)[:24]


def said(app, tell):
    """Return what is told in Kazakh, Russian and English."""
    with app.test_request_context():
        sentences = []
        for language in LANGUAGES:
            with reading_as(language):
                sentences.append(tell())
    return dict(zip(LANGUAGES, sentences, strict=True))


def check(app, tell, kk, ru, en):
    """Check that each language says its own words, with every place filled."""
    sentences = said(app, tell)
    for language, words in {"kk": kk, "ru": ru, "en": en}.items():
        assert words in sentences[language], sentences[language]
        assert "%(" not in sentences[language]
    assert len(set(sentences.values())) == 3


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize(("typed", "kk", "ru", "en"), SITES_REFUSED, ids=short)
def test_a_site_that_cannot_be_is_refused(app, typed, kk, ru, en, action):
    if "112" in typed and action is ALLOW:
        assert read_site(typed, action=ALLOW, never_blocked=["112.kz"]).name == typed
        return
    with pytest.raises(RuleError) as refused:
        read_site(typed, action=action, never_blocked=["112.kz"])

    check(app, lambda: refused.value.message, kk, ru, en)


@pytest.mark.parametrize(("typed", "name"), SITES_READ)
def test_a_site_is_read_as_it_was_meant(typed, name):
    assert read_site(typed, action=BLOCK).name == name


@pytest.mark.parametrize(("typed", "kk", "ru", "en"), NOTES, ids=short)
def test_a_site_that_may_surprise_is_told(app, typed, kk, ru, en):
    (note,) = read_site(typed, action=BLOCK).notes

    check(app, lambda: translate(note.message, **note.values), kk, ru, en)


@pytest.mark.parametrize(("line", "kk", "ru", "en"), LINES_REFUSED, ids=short)
def test_a_line_that_means_no_site_is_refused(app, line, kk, ru, en):
    (refused,) = read_list(f"# mine\n{line}", action=BLOCK, never_blocked=["egov.kz"]).refused

    check(app, lambda: refused.fault.message, kk, ru, en)
    assert refused.line == 2


@pytest.mark.parametrize(("form", "line", "kk", "ru", "en"), FORMS_REFUSED, ids=short)
def test_a_format_is_held_to_its_own_rules(app, form, line, kk, ru, en):
    (refused,) = read_list(line, action=BLOCK, written_as=form).refused

    check(app, lambda: refused.fault.message, kk, ru, en)


@pytest.mark.parametrize(("content", "kk", "ru", "en"), WHOLE_REFUSED, ids=short)
def test_what_is_no_list_is_refused_whole(app, content, kk, ru, en):
    with pytest.raises(RuleError) as refused:
        read_list(text_of(content), action=BLOCK)

    check(app, lambda: refused.value.message, kk, ru, en)


def test_ten_million_lines_are_refused_before_they_are_split(app):
    with pytest.raises(RuleError) as refused:
        read_list("\n" * 10_000_000, action=BLOCK)

    check(app, lambda: refused.value.message, "жолдан көп", "больше", "more than")
