"""What deploy/README.md tells an operator to type is what the laptop does by itself."""

import re
import subprocess
from pathlib import Path

import pytest

from deploy import tools
from portal.laptop import roles

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
README = (DEPLOY / "README.md").read_text()
[UPDATE] = re.findall(r"^systemctl try-restart .+$", README, re.MULTILINE)


def test_the_roles_have_the_same_settings() -> None:
    told: dict[str, dict[str, str]] = {}
    for role, name, value in re.findall(r"alter role (\w+) set (\w+) = (.+);", README):
        told.setdefault(role, {})[name] = value.strip("'")

    assert told == roles.SETTINGS


@pytest.mark.parametrize(
    "unit", sorted(DEPLOY.glob("systemd/*.service")), ids=lambda unit: unit.stem
)
def test_a_unit_has_its_line_and_its_environment(unit: Path) -> None:
    process = unit.stem.removeprefix("kabinet-")

    assert f"`{unit.stem}`" in README
    if "/opt/kabinet/.venv" in unit.read_text():  # The others get their configuration as files.
        assert f"EnvironmentFile=/etc/kabinet/{process}.env" in unit.read_text()
        assert f"{process}.env`" in README
        assert f" {unit.stem} " in f"{UPDATE} "


def test_a_package_that_a_test_wants_starts_no_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "POLICY", tmp_path / "policy-rc.d")

    with tools.services_at_rest():
        assert subprocess.run([tools.POLICY, "dnsdist", "start"], check=False).returncode == 101
    assert not tools.POLICY.exists()

    tools.POLICY.write_text("the operator’s own")
    with tools.services_at_rest():
        pass
    assert tools.POLICY.read_text() == "the operator’s own"
