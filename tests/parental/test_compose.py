"""The compose file: what can be said of it without pulling images. It is not run here."""

import re
import subprocess
import sys

import pytest
import yaml

from portal.config import Settings
from tests.databases import ROOT

FOLDER = ROOT / "deploy" / "compose"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
README = (ROOT / "deploy" / "README.md").read_text()


def test_every_process_of_the_units_is_there():
    units = {path.stem.removeprefix("kabinet-") for path in (ROOT / "deploy/systemd").iterdir()}

    assert units | {"postgres", "migrate", "dns-config"} == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_needs_only_what_exists(service):
    each = SERVICES[service]

    assert set(each.get("depends_on", ())) <= set(SERVICES)
    named = {volume.partition(":")[0] for volume in each.get("volumes", ()) if volume[0] != "."}
    assert named <= set(COMPOSE["volumes"])
    own = {name for name in each.get("environment", ()) if not name.startswith("POSTGRES_")}
    assert own <= {field.metadata["name"] for field in Settings.__dataclass_fields__.values()}


@pytest.mark.long
@pytest.mark.parametrize(
    "service", [name for name, each in SERVICES.items() if "flask" in each.get("command", [])]
)
def test_its_commands_are_commands_of_ours(service):
    command = [*SERVICES[service]["command"], "--help"]
    settings = {"DEBUG": "1", "DATABASE_URL": "postgresql://nobody/none", "FLASK_APP": "wsgi"}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=settings, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_units_and_the_containers_run_dnsdist_alike():
    unit = (ROOT / "deploy/systemd/kabinet-dnsdist.service").read_text()
    (started,) = re.findall(r"^ExecStart=/usr/bin/(.*)$", unit, re.MULTILINE)

    assert " ".join(SERVICES["dnsdist"]["command"]) == started


def test_resolvers_see_the_devices_addresses_and_share_their_readers():
    for service in ("dns-node", "dnsdist"):
        assert (SERVICES[service]["network_mode"], SERVICES[service]["pid"]) == ("host", "host")


def test_the_roles_are_those_of_the_handbook():
    (written,) = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    script = (FOLDER / "roles.sh").read_text().partition("<<'SQL'\n")[2].partition("SQL\n")[0]

    assert re.sub(r":'\w+'", "'...'", script) == written
    assert subprocess.run(["sh", "-n", FOLDER / "roles.sh"], check=False).returncode == 0
