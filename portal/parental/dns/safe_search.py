"""Safe search as zones of rewritten names (RPZ), one for each switch that a parent has.

Exact names only, so that mail.google.com and its like stay what they are.
Source: parental-control.md, "Rules of the trade".
"""

SWITCHES = ("safe", "moderate", "strict")
TTL = 30

# The countries of www.google.*; Source: the list of supported domains that Google publishes.
_GOOGLE_COUNTRIES = """
com ad ae com.af com.ag al am co.ao com.ar as at com.au az ba com.bd be bf bg com.bh bi bj com.bn
com.bo com.br bs bt co.bw by com.bz ca cd cf cg ch ci co.ck cl cm cn com.co co.cr com.cu cv com.cy
cz de dj dk dm com.do dz com.ec ee com.eg es com.et fi com.fj fm fr ga ge gg com.gh com.gi gl gm gr
com.gt gy com.hk hn hr ht hu co.id ie co.il im co.in iq is it je com.jm jo co.jp co.ke com.kh ki kg
co.kr com.kw kz la com.lb li lk co.ls lt lu lv com.ly co.ma md me mg mk ml com.mm mn com.mt mu mv
mw com.mx com.my co.mz com.na com.ng com.ni ne nl no com.np nr nu co.nz com.om com.pa com.pe com.pg
com.ph com.pk pl pn com.pr ps pt com.py com.qa ro ru rw com.sa com.sb sc se com.sg sh si sk com.sl
sn so sm sr st com.sv td tg co.th com.tj tl tm tn to com.tr tt com.tw co.tz com.ua co.ug co.uk
com.uy co.uz com.vc co.ve co.vi com.vn vu ws rs co.za co.zm co.zw cat
"""
_YANDEX = (
    "ya.ru", "yandex.ru", "yandex.kz", "yandex.by", "yandex.uz", "yandex.com", "yandex.com.tr",
)  # fmt: skip
_YANDEX_NAMES = tuple(f"{www}{site}" for site in _YANDEX for www in ("", "www."))
_YANDEX_ADDRESS = "213.180.193.56"

_SAFE = {
    **{
        f"www.google.{country}": "forcesafesearch.google.com"
        for country in _GOOGLE_COUNTRIES.split()
    },
    "www.bing.com": "strict.bing.com",
    "edgeservices.bing.com": "strict.bing.com",
    "duckduckgo.com": "safe.duckduckgo.com",
    "www.duckduckgo.com": "safe.duckduckgo.com",
    "start.duckduckgo.com": "safe.duckduckgo.com",
    "search.brave.com": "forcesafe.search.brave.com",
    "www.ecosia.org": "strict-safe-search.ecosia.org",
    "pixabay.com": "safesearch.pixabay.com",
}
_YOUTUBE = (
    "www.youtube.com", "m.youtube.com", "youtubei.googleapis.com", "youtube.googleapis.com",
    "www.youtube-nocookie.com",
)  # fmt: skip
_RESTRICTED = {"moderate": "restrictmoderate.youtube.com", "strict": "restrict.youtube.com"}


def switch_of(site: str, *, safe_search: bool, youtube: int) -> str | None:
    """Return which of SWITCHES changes what a site shows, as www. or by itself; None if none does.

    `youtube` is 0 (off), 1 (moderate) or 2 (strict). It does not matter whose rule opens the site.
    """
    names = {site, f"www.{site}"}
    if youtube and names & set(_YOUTUBE):
        return SWITCHES[youtube]
    return "safe" if safe_search and names & {*_SAFE, *_YANDEX_NAMES} else None


def target_of(name: str, switch: str) -> str | None:
    """Return the name to which resolvers lead exactly this name; None: it stays what it is."""
    if switch == "safe":
        return _SAFE.get(name)
    return _RESTRICTED[switch] if name in _YOUTUBE else None


def zone(switch: str) -> str:
    """Return the RPZ of one of SWITCHES as a zone file."""
    lines = [
        f"$TTL {TTL}",
        f"@ SOA {switch}.rpz. hostmaster.{switch}.rpz. 1 3600 600 86400 {TTL}",
        f"@ NS {switch}.rpz.",
    ]
    if switch == "safe":
        lines += [f"{name} CNAME {target}." for name, target in _SAFE.items()]
        lines += [f"{name} A {_YANDEX_ADDRESS}" for name in _YANDEX_NAMES]
    else:
        lines += [f"{name} CNAME {_RESTRICTED[switch]}." for name in _YOUTUBE]
    return "\n".join(lines) + "\n"
