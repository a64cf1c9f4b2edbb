"""The formats of lists: what each means, how it is recognised, and what can't be taken from it."""

import contextlib
import json
import time
from datetime import UTC, datetime

import pytest

from portal.core.errors import RuleError
from portal.parental.lists import Format, read_list
from portal.parental.sites import Action
from tests.parental.real_lists import real_list

BLOCK, ALLOW = Action.BLOCK, Action.ALLOW
HOSTS, PLAIN, ADBLOCK = Format.HOSTS, Format.PLAIN, Format.ADBLOCK
DNSMASQ, RPZ, CSV, JSON = Format.DNSMASQ, Format.RPZ, Format.CSV, Format.JSON


def short(value):
    """Name a case of a table by the beginning of what stands in it."""
    return str(value)[-40:]


def read(text, **more):
    """Return what a list names, as `-site`, `+*.site`; and the reasons why lines are refused."""
    reading = read_list(text, action=BLOCK, **more)
    names = [
        f"{'-' if entry.action is BLOCK else '+'}{'*.' * entry.subdomains_only}{entry.name}"
        for entry in reading.entries
    ]
    return names, [str(refused.fault) for refused in reading.refused]


ZONE = """; a zone
$TTL 2h
$ORIGIN rpz.example.
@ IN SOA localhost. root.localhost. (
      1    ; serial
      3h 1h 1w 1h )
@ 60 IN NS localhost.
{}
"""

TAKEN = [
    # dnsmasq: what gets no address, or is asked of nobody, is closed.
    (DNSMASQ, "address=/casino.com/", ["-casino.com"]),
    (DNSMASQ, "address=/casino.com/#", ["-casino.com"]),
    (DNSMASQ, "address=/casino.com/0.0.0.0", ["-casino.com"]),
    (DNSMASQ, "address=/casino.com/127.0.0.1 # why", ["-casino.com"]),
    (DNSMASQ, "address = /casino.com/::", ["-casino.com"]),
    (DNSMASQ, "server=/casino.com/", ["-casino.com"]),
    (DNSMASQ, "local=/casino.com/", ["-casino.com"]),
    (DNSMASQ, "local=/casino.com/poker.com/*.bingo.com/", "-casino.com -poker.com -*.bingo.com"),
    (DNSMASQ, "address=/.casino.com/", ["-casino.com"]),
    (DNSMASQ, "server=/good.casino.com/#", ["+good.casino.com"]),
    (DNSMASQ, "local=/good.casino.com/#", ["+good.casino.com"]),
    (DNSMASQ, "# a comment", []),
    (RPZ, ZONE.format("casino.com CNAME ."), ["-casino.com"]),
    (RPZ, ZONE.format("*.casino.com CNAME ."), ["-*.casino.com"]),
    (RPZ, ZONE.format("casino.com 60 IN CNAME *."), ["-casino.com"]),
    (RPZ, ZONE.format("casino.com IN 1h CNAME rpz-drop."), ["-casino.com"]),
    (RPZ, ZONE.format("casino.com CNAME rpz-passthru."), ["+casino.com"]),
    (RPZ, ZONE.format("casino.com CNAME casino.com."), ["+casino.com"]),
    (RPZ, ZONE.format("casino.com A 0.0.0.0\n  AAAA ::"), ["-casino.com", "-casino.com"]),
    (RPZ, ZONE.format("CASINO.com.rpz.example. cname ."), ["-casino.com"]),
    (RPZ, ZONE.format("$ORIGIN com.rpz.example.\ncasino CNAME . ; why"), ["-casino.com"]),
    (RPZ, ZONE.format('@ TXT "a; b" ; c'), []),
    (RPZ, "casino.com CNAME .\n*.casino.com CNAME .", ["-casino.com", "-*.casino.com"]),
    (RPZ, "casino.com. CNAME .", ["-casino.com"]),
    (CSV, "site\ncasino.com\n", ["-casino.com"]),
    (CSV, "Domain;Action\ncasino.com;allow\n*.a.kz;block\n\n", ["+casino.com", "-*.a.kz"]),
    (CSV, 'note\tsite\n"a\n\tb"\tcasino.com\n', ["-casino.com"]),
    (CSV, "# mine\nsite,action\r\ncasino.com,\r\n", ["-casino.com"]),
    (CSV, '"site","action"\n"қазақ.қаз",open\n', ["+xn--80aau21bd.xn--80ao21a"]),
    (JSON, '["casino.com", {"site": "*.a.kz", "action": "allow"}]', ["-casino.com", "+*.a.kz"]),
    (JSON, ' {"rules": [{"site": "casino.com", "note": null}]}', ["-casino.com"]),
    (JSON, '{"rules": []}', []),
    (HOSTS, "0.0.0.0 casino.com www.casino.com # why", ["-casino.com", "-www.casino.com"]),
    (ADBLOCK, "[AdGuard]\n||*.casino.com^\n@@||a.casino.com^", ["-*.casino.com", "+a.casino.com"]),
    (PLAIN, "casino.com\n*.a.kz # why\nserver.com", ["-casino.com", "-*.a.kz", "-server.com"]),
]

REFUSED = [
    (DNSMASQ, "address=/casino.com/93.184.216.34", "to another address"),
    (DNSMASQ, "server=/casino.com/8.8.8.8", "asks another server"),
    (DNSMASQ, "server=/casino.com/8.8.8.8#53", "asks another server"),
    (DNSMASQ, "server=8.8.8.8", "setting of dnsmasq"),
    (DNSMASQ, "conf-file=/etc/more.conf", "setting of dnsmasq"),
    (DNSMASQ, "address=/#/", "means every site"),
    (DNSMASQ, "local=//", "means every site"),
    (DNSMASQ, "address=/com.kz/", "ending of thousands"),
    (DNSMASQ, "address=/cas*no.com/", "only at the beginning"),
    (DNSMASQ, "address=/93.184.216.34/", "address of a computer"),
    (DNSMASQ, "address=/www.egov.kz/", "always stays open"),
    (RPZ, ZONE.format("casino.com CNAME elsewhere.com."), "to another address"),
    (RPZ, ZONE.format("casino.com CNAME rpz-tcp-only."), "to another address"),
    (RPZ, ZONE.format("casino.com A 93.184.216.34"), "to another address"),
    (RPZ, ZONE.format("24.0.2.0.192.rpz-ip CNAME ."), "addresses or name servers"),
    (RPZ, ZONE.format("ns.casino.com.rpz-nsdname CNAME ."), "addresses or name servers"),
    (RPZ, ZONE.format('casino.com TXT "casino"'), "Only lines with CNAME"),
    (RPZ, ZONE.format("casino.com CNAME"), "no line of a zone"),
    (RPZ, ZONE.format("casino.com.other.example. CNAME ."), "not stand in the zone"),
    (RPZ, ZONE.format("$INCLUDE /etc/passwd"), "no other files"),
    (RPZ, ZONE.format("com.kz CNAME ."), "ending of thousands"),
    (RPZ, ZONE.format("*.kz CNAME ."), "ending of thousands"),
    (CSV, "site,action\ncasino.com,perhaps", "neither “block” nor “allow”"),
    (CSV, "site,expires\ncasino.com,soon", "is no time"),
    (CSV, "site,expires\ncasino.com,9999-12-31", "is no time"),
    (CSV, "site,when\ncasino.com,sometimes", "neither “always” nor “windows”"),
    (CSV, "site,note\ncasino.com," + "x" * 121, "at most 120 letters"),
    (CSV, "action,site\nblock,com.kz", "ending of thousands"),
    (CSV, "action,site\nblock", "Write a site"),
    (JSON, '[{"action": "block"}]', "names no site"),
    (JSON, "[7]", "names no site"),
    (JSON, '[{"site": "casino.com", "note": 7}]', "“note” of this rule is not a text"),
    (JSON, '[{"site": "casino.com", "note": "\\u0000"}]', "invisible control characters"),
    (JSON, '[{"site": "casino.com", "note": "\\ud800"}]', "invisible control characters"),
    (JSON, '["com.kz"]', "ending of thousands"),
    (HOSTS, "127.0.0.1", "no site after the address"),
]

STRICT = [
    (HOSTS, "casino.com", "begins with an address"),
    (PLAIN, "0.0.0.0 casino.com", "without spaces"),
    (PLAIN, "||casino.com^", "can’t be a site’s name"),
    (ADBLOCK, "casino.com", "single pages"),
    (DNSMASQ, "casino.com", "setting of dnsmasq"),
    (RPZ, "casino.com", "no line of a zone"),
]

BROKEN = [
    (CSV, "casino.com\na.kz", "needs a header"),
    (CSV, "", "needs a header"),
    (CSV, 'site,note\ncasino.com,"never closed\n', "not closed"),
    (CSV, 'site,note\ncasino.com,"' + "x" * 200_000, "not closed"),
    (JSON, '["casino.com"', "broken"),
    (JSON, "[" * 200_000, "broken"),
    (JSON, "[" + "9" * 5_000 + "]", "broken"),
    (JSON, '{"sites": []}', "no list of rules"),
]


@pytest.mark.parametrize(("form", "text", "names"), TAKEN, ids=short)
def test_a_format_is_recognised_and_means_sites(form, text, names):
    expected = names.split() if isinstance(names, str) else names

    assert read(text) == (expected, [])
    assert read(text, written_as=form) == (expected, [])
    assert not expected or read_list(text, action=BLOCK).format is form


@pytest.mark.parametrize(("form", "text", "reason"), REFUSED, ids=short)
def test_what_means_no_site_is_refused_with_a_reason(form, text, reason):
    names, reasons = read(text, written_as=form, never_blocked=["egov.kz"])

    assert names == []
    assert len(reasons) == 1
    assert reason in reasons[0]


@pytest.mark.parametrize(("form", "text", "reason"), STRICT, ids=short)
def test_a_reader_who_names_the_format_is_taken_at_his_word(form, text, reason):
    names, reasons = read(text, written_as=form)

    assert names == []
    assert reason in reasons[0]


@pytest.mark.parametrize(("form", "text", "reason"), BROKEN, ids=short)
def test_a_broken_list_is_refused_whole(form, text, reason):
    with pytest.raises(RuleError, match=reason) as refused:
        read_list(text, action=BLOCK, written_as=form)

    assert refused.value.field == "file"


def test_lines_of_several_formats_may_stand_together():
    text = "casino.com\n0.0.0.0 poker.com\n||bingo.com^\naddress=/lotto.com/\nslots.com"

    reading = read_list(text, action=BLOCK)

    assert len(reading.entries) == 5
    assert reading.format is PLAIN


def test_a_table_says_what_belongs_to_a_site():
    text = (
        "site,action,note,expires,when\n"
        "a.kz,allow,'=1+1,2026-12-01T18:00:00Z,\n"
        "b.kz,block,why,2026-12-31,windows\n"
        "c.kz,block,,2026-12-31T18:00,always\n"
    )

    first, second, third = read_list(text, action=BLOCK).entries

    assert first[4:] == ("=1+1", datetime(2026, 12, 1, 18, tzinfo=UTC), False)
    assert second[4:] == ("why", datetime(2026, 12, 31, 19, tzinfo=UTC), True)  # Almaty's midnight
    assert third.expires_at == datetime(2026, 12, 31, 13, tzinfo=UTC)
    assert [entry.lasts for entry in (first, second, third)] == [False, False, False]


def test_refusals_name_the_line_where_a_record_begins():
    table = 'site,note\n"a.kz","x\ny"\ncom.kz,\n'
    zone = ZONE.format("good.kz CNAME .\ncom.kz CNAME .")

    assert read_list(table, action=BLOCK).refused[0].line == 4
    assert read_list(zone, action=BLOCK).refused[0].line == 9


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1" + " a.kz" * 11,
        "local=/" + "a.kz/" * 11,
        json.dumps(["a.kz"] * 11),
        "a.kz\n" * 11,
    ],
    ids=short,
)
def test_names_are_counted_wherever_they_stand(monkeypatch, text):
    monkeypatch.setattr("portal.parental.lists.reading.MOST_NAMES", 10)

    with pytest.raises(RuleError, match="more than 10 sites"):
        read_list(text, action=BLOCK)


@pytest.mark.parametrize(
    "text",
    [
        ZONE.format("a.kz " + "1" * 5_000 + "x CNAME ."),
        ZONE.format("a.kz CNAME ." + ' ";' * 50_000),
        ZONE.format("(" * 50_000),
        "local=" + "/" * 50_000 + "a",
        "#@" * 50_000,
        '"' * 50_000 + ",site\na",
        "[" + "[],[]," * 50_000 + "1]",
        "$" + " " * 50_000 + "CNAME",
        "||" + "a" * 50_000 + "^",
    ],
    ids=short,
)
def test_lines_made_to_take_long_do_not(text):
    started = time.process_time()
    with contextlib.suppress(RuleError):
        read_list(text, action=BLOCK)

    assert time.process_time() - started < 10  # It takes a tenth of a second, or for ever.


def test_the_reader_is_told_how_far_it_is():
    heard = []

    read_list("a.kz\n" * 5_000, action=BLOCK, told=heard.append)

    assert heard == [1, 2001, 4001]


def test_a_real_dnsmasq_list_is_read_whole():
    text = real_list("dnsmasq-version_piracy-dnsmasq.txt").decode()

    reading = read_list(text, action=BLOCK)

    assert reading.format is DNSMASQ
    assert (len(reading.entries), reading.refused) == (2154, [])
