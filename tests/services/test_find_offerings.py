import pytest

from tests.services.factories import make_offering, subscribe


def found(browser, person, **asked):
    page = browser.get("services.list_offerings", account_id=person.account_id, **asked)
    assert page.status == 200
    return page


def names(page):
    return [link.text_content().strip() for link in page.all("#found .thing-text a")]


@pytest.mark.parametrize("words", ["бейнебақылау", "БЕЙНЕБАКЫЛАУ", "видеонаблюд", "Surveillance"])
def test_words_of_any_language_find_it(alices, alice, catalogue, words):
    page = found(alices, alice, words=words)

    assert names(page) == ["Video surveillance"]
    assert page.one("#found-count").text_content() == "1 service"
    assert page.value("words") == words


def test_a_kind_in_another_language_finds_its_services(alices, alice, catalogue):
    assert "Antivirus" in names(found(alices, alice, words="безопасность"))


def test_filters_narrow_it_down_together(alices, alice, catalogue):
    page = found(alices, alice, family="internet", up_to="9 000", speed="200")

    assert names(page) == ["Internet “Together 200”", "Internet “Together 500”"]


def test_the_cheapest_comes_first_when_asked(alices, alice, catalogue):
    as_catalogue = names(found(alices, alice, family="tv"))
    by_price = names(found(alices, alice, family="tv", sort="price"))

    assert as_catalogue[0] == "TV+ “Basic”"
    assert by_price[0] == "“Children” package"
    assert sorted(as_catalogue) == sorted(by_price)


def test_what_the_line_does_not_carry_can_be_left_out(alices, alice, catalogue):
    assert "Internet “Country house”" in names(found(alices, alice))
    assert "Internet “Country house”" not in names(found(alices, alice, fits="y"))


def test_only_what_can_be_connected_now(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "antivirus-plus")

    shown = names(found(alices, alice, now="y"))

    assert "Internet “Together 500”" in shown
    assert "Antivirus" not in shown
    assert "Internet “Together 200”" not in shown
    assert "“Cinema” package" not in shown


def test_nothing_found_says_what_to_do(alices, alice, catalogue):
    page = found(alices, alice, words="кино", family="phone", sort="price")

    assert "Nothing fits all of that" in page.text
    ways = [link.get("href") for link in page.all("#found .chip")]
    assert [way.split("?")[1] for way in ways] == [
        "family=phone&sort=price",
        "words=%D0%BA%D0%B8%D0%BD%D0%BE&sort=price",
    ]
    assert "“Cinema” package" in names(alices.open(ways[1]))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"up_to": "cheap"}, "whole tenge"),
        ({"up_to": "-5"}, "whole tenge"),
        ({"up_to": "9" * 30}, "whole tenge"),
        ({"up_to": "٥٠"}, "whole tenge"),
        ({"family": "nonsense"}, "Not a valid choice"),
        ({"speed": "1e9"}, "Not a valid choice"),
        ({"sort": "\0"}, "Not a valid choice"),
        ({"words": "a\0b"}, "control characters"),
        ({"words": "x" * 1001}, "too long"),
    ],
)
def test_what_was_typed_wrong_is_said_and_left_out(alices, alice, catalogue, asked, said):
    everything = names(found(alices, alice))

    page = found(alices, alice, **asked)

    assert said in page.text
    assert names(page) == everything


def test_what_is_not_known_is_no_filter(alices, alice, catalogue):
    page = found(alices, alice, nonsense="1", words="", family="", up_to="")

    assert "Show everything again" not in page.text


def test_markup_in_the_words_stays_words(alices, alice, catalogue):
    page = found(alices, alice, words="<script>alert(1)</script>")

    assert page.value("words") == "<script>alert(1)</script>"
    assert not page.all("#found script")


def test_a_promotional_price_is_named(alices, alice, catalogue):
    assert "490 ₸ a month for the first 3 months" in found(alices, alice, words="cinema").text


def compared(browser, person, *codes):
    page = browser.get("services.compare_offerings", account_id=person.account_id, code=list(codes))
    assert page.status == 200
    return page


def row(page, label):
    for line in page.all(".plans tbody tr"):
        cells = [" ".join(cell.text_content().split()) for cell in line]
        if cells[0].startswith(label):
            return [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in cells]
    raise AssertionError(f"no row {label}")


def test_plans_stand_side_by_side_with_what_the_month_would_cost(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "phone-home")

    page = compared(alices, alice, "vmeste-1000", "vmeste-100", "vmeste-200")

    assert row(page, "Price a month")[1:] == ["5 490 ₸ best", "6 990 ₸", "12 990 ₸"]
    assert row(page, "Speed")[1:] == ["100 Mbit/s", "200 Mbit/s", "1 000 Mbit/s best"]
    assert row(page, "Minimal term")[1:] == ["none", "none", "12 months"]
    assert row(page, "Traffic")[0] == "Traffic"
    assert row(page, "Speed")[0] == "Speed differs"
    assert row(page, "Takes the place of")[1:] == [
        "Internet “Together 200”",
        "–",
        "Internet “Together 200”",
    ]
    assert row(page, "Pausing")[1] == "14 to 90 days, 300 ₸ a month"
    phone = 1_150
    assert row(page, "Your bill each month then")[1:] == [
        f"{price + phone:,} ₸".replace(",", " ") for price in (5490, 6990, 12990)
    ]
    assert row(page, "Your bill for November")[2] == f"{6990 + phone:,} ₸".replace(",", " ")


def test_choosing_leads_to_the_offerings_page(alices, alice, catalogue):
    page = compared(alices, alice, "vmeste-100", "vmeste-200").follow("Choose")

    assert page.path.endswith("/services/catalogue/vmeste-100")


def test_the_promotional_price_says_until_when(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "tv-basic")

    page = compared(alices, alice, "tv-cinema", "tv-sport")

    assert row(page, "At first")[1:] == ["490 ₸ a month until 22 February 2027", "–"]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ((), "Choose from two to four"),
        (("vmeste-100",), "Choose from two to four"),
        (("vmeste-100", "vmeste-100", "nothing"), "Choose from two to four"),
        (("vmeste-100", "x" * 500, "\0", "🐢"), "Choose from two to four"),
        (("vmeste-100", "tv-basic"), "different kinds"),
        (("vmeste-100", "vmeste-200", "vmeste-500", "vmeste-1000", "dacha"), "two to four"),
    ],
)
def test_what_cannot_be_compared_is_said(alices, alice, catalogue, codes, said):
    page = compared(alices, alice, *codes)

    assert said in page.text
    assert page.follow("Choose in the catalogue").path.endswith("/services/catalogue")


def test_a_refused_plan_says_why_and_costs_nothing(alices, alice, catalogue):
    page = compared(alices, alice, "vmeste-100", "dacha")

    assert "The line at your address does not carry" in page.text
    assert row(page, "Your bill each month then")[2] == "–"


def test_a_viewer_compares_but_does_not_choose(browser, carol, catalogue):
    browser.log_in(carol)

    page = compared(browser, carol, "vmeste-100", "vmeste-200")

    assert "Choose" not in [link.text_content().strip() for link in page.all("main a")]


@pytest.mark.parametrize("endpoint", ["services.list_offerings", "services.compare_offerings"])
def test_statements_do_not_grow(alices, db, alice, catalogue, count_statements, endpoint):
    where = {"account_id": alice.account_id, "code": ["vmeste-100", "vmeste-200"], "words": "a"}
    subscribe(db, alice.account, "vmeste-200")
    few = count_statements(endpoint, **where)

    for number in range(30):
        make_offering(db, f"more-{number}")
        subscribe(db, alice.account, f"more-{number}")

    assert count_statements(endpoint, **where | {"code": ["more-1", "more-2", "more-3"]}) == few
