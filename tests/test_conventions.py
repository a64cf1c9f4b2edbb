"""What style.md asks of the whole project, asked of the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from portal.config import ROOT, Settings
from portal.core import catalogues
from portal.core.access import Permission

PORTAL = ROOT / "portal"
MODULES = sorted(PORTAL.rglob("*.py"))
BANNED = {"utils", "helpers", "common", "base", "services_", "misc"}
MAY_COMMIT = {"core/db.py"}
# Programs of their own, which speak to the database without the portal's unit of work.
OWN_CONNECTIONS = {"laptop", "parental/dns"}
# The address that TM Forum writes down.
TM_FORUM = "/api/tmf-api/troubleTicket/v4/troubleTicket"


def _name(path: Path) -> str:
    return path.relative_to(PORTAL).as_posix()


def test_route_parameters_are_typed_and_paths_are_kebab_case(app: Flask) -> None:
    wrong = []
    for rule in app.url_map.iter_rules():
        plain = re.sub(r"<(uuid|int|string|path|any\([a-z, ]+\)):\w+>", "", rule.rule)
        plain = plain.removeprefix(TM_FORUM)
        if "<" in plain or not re.fullmatch(r"[a-z0-9/.-]*", plain):
            wrong.append(rule.rule)

    assert wrong == []


def test_only_the_database_module_commits() -> None:
    found = {
        _name(path)
        for path in MODULES
        if ".commit()" in path.read_text()
        and not any(_name(path).startswith(folder) for folder in OWN_CONNECTIONS)
    }

    assert found <= MAY_COMMIT


def test_no_session_wide_setting_survives_its_transaction() -> None:
    pattern = re.compile(
        r"set_config\([^)]*false\s*\)|execute\([^)]*[\"']set (?!local)", re.IGNORECASE
    )

    assert [_name(path) for path in MODULES if pattern.search(path.read_text())] == []


def test_banned_names() -> None:
    assert [_name(path) for path in MODULES if path.stem in BANNED] == []


def test_each_permission_opens_something(app: Flask) -> None:
    used = {view.permission for view in app.view_functions.values()}  # type: ignore[attr-defined]

    assert set(Permission) - used == set()


def test_every_template_is_used(app: Flask) -> None:
    sources = "\n".join(path.read_text() for path in MODULES)
    named: set[str] = set()
    templates = {
        path.relative_to(ROOT / "templates").as_posix()
        for path in (ROOT / "templates").rglob("*.*")
    }
    for template in templates:
        tree = app.jinja_env.parse((ROOT / "templates" / template).read_text())
        named |= set(_references(tree))
    unused = {each for each in templates if each not in named and not _is_named(each, sources)}

    assert unused == set()


def _is_named(template: str, sources: str) -> bool:
    stem = template.rsplit(".", 1)[0]
    return template in sources or f'"{stem}' in sources


def _references(tree: nodes.Template) -> Iterator[str]:
    kinds = (nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import)
    for node in tree.find_all(kinds):
        if isinstance(node.template, nodes.Const):
            yield str(node.template.value)
        for const in node.template.find_all(nodes.Const):
            yield str(const.value)


def test_no_import_of_a_template_is_unused(app: Flask) -> None:
    wrong = []
    for path in (ROOT / "templates").rglob("*.html"):
        source = path.read_text()
        for node in app.jinja_env.parse(source).find_all(nodes.FromImport):
            for each in node.names:
                name = each[1] if isinstance(each, tuple) else each
                uses = len(re.findall(rf"\b{name}\b", source))
                if uses < 2:
                    wrong.append(f"{path.name}: {name}")

    assert wrong == []


def test_translations_are_whole() -> None:
    found = catalogues.faults(ROOT)

    assert [f"{each.language} {each.feature}: {each.msgid} {each.what}" for each in found] == []


def test_there_is_one_head_of_migrations() -> None:
    follows: dict[str, str | None] = {}
    for path in sorted((ROOT / "migrations/versions").glob("0*.py")):
        values = {
            target.id: ast.literal_eval(node.value)
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id in {"revision", "down_revision"}
        }
        assert values["revision"] == path.stem
        follows[path.stem] = values["down_revision"]
    ordered = sorted(follows)

    assert [follows[each] for each in ordered] == [None, *ordered[:-1]]


@pytest.mark.parametrize("path", sorted((ROOT / "migrations").rglob("*.py")), ids=lambda p: p.name)
def test_migrations_import_nothing_of_the_portal(path: Path) -> None:
    imports = re.findall(r"^(?:from|import) (portal\S*)", path.read_text(), re.MULTILINE)

    assert path.name == "env.py" or imports == []


def test_tries_are_counted_by_network() -> None:
    """Who has one address of IPv6 has 2^64: `throttle.origin` counts them as one."""
    pattern = re.compile(r"f\"[a-z-]*:\{request\.remote_addr")

    assert [_name(path) for path in MODULES if pattern.search(path.read_text())] == []


def test_every_setting_is_explained() -> None:
    explained = set(
        re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    known = {each.metadata["name"] for each in Settings.__dataclass_fields__.values()}

    assert known - explained == set()


def test_suppressed_warnings_name_their_code_and_do_not_grow() -> None:
    sources = [path.read_text() for path in MODULES]
    named = sum(len(re.findall(r"# (?:noqa: [A-Z]|type: ignore\[)", source)) for source in sources)
    bare = sum(
        len(re.findall(r"# (?:noqa(?!: [A-Z])|type: ignore(?!\[))", source)) for source in sources
    )

    assert bare == 0
    assert named <= 60
