"""Looking at every source: files, subscriptions, faults; and the commands around it."""

from dataclasses import replace

import pytest

from portal.core.db import transaction
from portal.parental.categories import queries, registry
from portal.parental.categories.refreshing import refresh
from tests.parental.categories.lists_server import lists_server

REGISTRY = """
- {{code: adult, kind: category, bit: 0, icon: ban, name: {{kk: А, ru: А, en: A}},
    sources: [{{file: adult.txt}}, {{url: "{url}/list"}}], without: [left-out.kz]}}
- {{code: games, kind: category, bit: 7, icon: ban, name: {{kk: Б, ru: Б, en: B}},
    sources: [{{file: missing.txt}}, {{url: "{url}/{games}"}}]}}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with lists_server(tmp_path_factory.mktemp("lists")) as server:
        yield server


@pytest.fixture
def settings(app, db, server, tmp_path, monkeypatch):
    """Give settings whose registry has two files and two subscriptions; one file is missing."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.pem))
    (tmp_path / "adult.txt").write_text("porn.kz\nleft-out.kz\nx.left-out.kz\n")
    write_registry(tmp_path, server, games="list")
    with app.app_context():
        yield replace(app.config["SETTINGS"], category_networks=("127.0.0.1/32",))
    registry.use(registry.SHIPPED)


def write_registry(folder, server, *, games):
    path = folder / f"{games}.yaml"
    path.write_text(REGISTRY.format(url=server.url, games=games))
    registry.use(path)


def states():
    with transaction():
        return {
            (kept.code, kept.source.rpartition("/")[2]): (kept.count, kept.fault and kept.fault[0])
            for kept in queries.sources()
        }


def test_all_sources_become_one_draft_and_faults_are_told(settings):
    assert refresh(settings)

    assert states() == {
        ("adult", "adult.txt"): (3, None),
        ("adult", "list"): (2, None),
        ("games", "missing.txt"): (0, "The file can’t be read: %(reason)s."),
        ("games", "list"): (2, None),
    }
    with transaction():
        draft = queries.draft()
        assert draft.counts == {"adult": 3, "games": 2}
        assert queries.mask_of_names(["casino.kz", "left-out.kz", "porn.kz"], draft) == {
            "casino.kz": 1 | 1 << 7,
            "porn.kz": 1,
        }


def test_a_subscription_is_asked_only_for_what_changed(settings, server):
    refresh(settings)
    del server.asked[:]

    refresh(settings)

    assert [headers.get("If-None-Match") for _path, headers in server.asked] == ['"one"'] * 2
    assert states()["adult", "list"] == (2, None)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("bomb", "The list has more than %(most)s lines. Choose a shorter one."),
        ("page", "This is a page of a site, not a list of sites."),
        ("binary", "This file is not a text. Choose a list of sites, one site in a line."),
        ("gone", "The server answered with the code %(code)s."),
    ],
)
def test_a_subscription_that_turns_bad_keeps_its_names_of_before(
    settings, server, tmp_path, path, words
):
    refresh(settings)
    server.leads_to = "/list"
    write_registry(tmp_path, server, games="moved")
    refresh(settings)
    server.leads_to = f"/{path}"

    refresh(settings)

    assert states()["games", "moved"] == (2, words)
    with transaction():
        assert queries.draft().counts["games"] == 2


def run(app, *words):
    return app.test_cli_runner().invoke(args=["categories", *words])


def test_the_commands_import_prepare_release_check_and_go_back(app, db, tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text("casino.kz\ncom.kz\n")

    assert "1 names, refused 1" in run(app, "import", "gambling", str(mine)).output
    assert "Nothing is prepared" in run(app, "release").output
    prepared = run(app, "refresh").output
    assert prepared.startswith("draft")
    assert "  youtube\t" in prepared
    assert run(app, "release").output.startswith("release 1")
    assert run(app, "check", "www.casino.kz").output == "casino.kz\tgambling\n"
    assert run(app, "check", "open.kz").output == "nothing\n"
    assert "imported:mine.txt\t1 names" in run(app, "list").output

    assert run(app, "forget", "gambling", "mine.txt").exit_code == 0
    assert "-1" in run(app, "refresh").output
    assert run(app, "release").output.startswith("release 2")
    assert run(app, "check", "casino.kz").output == "nothing\n"
    assert run(app, "roll-back", "1").output.startswith("release 3")
    assert run(app, "check", "casino.kz").output == "casino.kz\tgambling\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["import", "no-such", __file__], "There is no no-such. Known are: adult,"),
        (["forget", "adult", "x"], "Nothing named x was imported"),
        (["roll-back", "9"], "There is no such release."),
        (["check", "com.kz"], "На com.kz кончаются"),
    ],
)
def test_wrong_commands_are_told_what_is_wrong(app, db, words, told):
    result = run(app, *words)

    assert result.exit_code == 1
    assert told in result.output
