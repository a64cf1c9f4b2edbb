"""Settings: every fault at once, and production refuses the laptop's defaults."""

import pytest

from portal.config import Settings, SettingsError

LAPTOP = {"DATABASE_URL": "postgresql://localhost/kabinet", "DEBUG": "1"}
REAL = {
    "DATABASE_URL": "postgres://app:secret@db.example.kz/kabinet",
    "BASE_URL": "https://cabinet.example.kz/",
    "SECRET_KEY": "x" * 32,
}


def test_a_laptop_needs_only_a_database() -> None:
    settings = Settings.from_environment(LAPTOP)

    assert settings.base_url == "http://localhost:8000"
    assert settings.database_url == "postgresql+psycopg://localhost/kabinet"
    assert settings.direct_url == settings.database_url


def test_a_real_host() -> None:
    settings = Settings.from_environment(REAL | {"OPERATOR_NAME": "Example"})

    assert settings.is_https
    assert settings.base_url == "https://cabinet.example.kz"
    assert settings.operator_name.texts["kk"] == "Example"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"BASE_URL": "cabinet.example.kz"}, "BASE_URL"),
        ({"BASE_URL": "https://cabinet.example.kz/path"}, "BASE_URL"),
        ({"BASE_URL": "http://cabinet.example.kz"}, "BASE_URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"PROXY_HOPS": "two"}, "PROXY_HOPS"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"KABINET_NOW": "2026-11-22T12:00"}, "KABINET_NOW"),
        ({"KABINET_NOW": "2026-11-22T12:00+05:00"}, "KABINET_NOW"),
        ({"OPERATOR_NAME": "kk=А|ru=Б"}, "OPERATOR_NAME"),
        ({"SECURITY_CONTACT": "security@example.kz"}, "SECURITY_CONTACT"),
        ({"SECURITY_CONTACT": "mailto:a@b.kz\nExpires: x"}, "SECURITY_CONTACT"),
        ({"ACCENT": "#ff0000"}, "ACCENT"),
        ({"ACCENT": "252 0.5 0.49"}, "ACCENT"),
        ({"LOGO_FILE": "no/such/logo.svg"}, "LOGO_FILE"),
    ],
)
def test_a_fault_is_named(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_environment(REAL | wrong)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as told:
        Settings.from_environment(REAL | {"PROXY_HOPS": "two", "DEBUG": "perhaps"})

    assert len(str(told.value).splitlines()) == 2
