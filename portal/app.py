"""The application of the portal: `create_app`."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Blueprint, Flask
from jinja2 import StrictUndefined

from portal import shell
from portal.accounts import access as people
from portal.config import ROOT, Settings
from portal.core import access, clock, db, http, logs, text
from portal.features import FEATURES


def create_app(settings: Settings | None = None, *, blueprints: Sequence[Blueprint] = ()) -> Flask:
    """Return the application; `blueprints` are an operator's own, under the same rules as ours.

    Raises SettingsError with all faults of the environment.
    """
    settings = settings or Settings.from_environment()
    app = Flask("portal", root_path=str(ROOT), static_folder=None)
    _configure(app, settings)
    clock.start_at(settings.now)
    logs.configure(as_json=settings.log_json)
    http.init_app(app)
    text.init_app(app, selector=shell.chosen_language)
    people.init_app(app)
    shell.init_app(app)
    for feature in FEATURES:
        _add_feature(app, feature)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    db.init_app(app)
    access.init_app(app, people.enforcement())
    return app


def _configure(app: Flask, settings: Settings) -> None:
    prefix = "__Host-" if settings.is_https else "kabinet-"
    app.config.update(
        ROOT=ROOT,
        SETTINGS=settings,
        DEBUG=settings.debug,
        DATABASE_URL=settings.database_url,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SESSION_COOKIE_NAME=f"{prefix}sid",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PREFERENCE_COOKIE=f"{prefix}look",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        TEMPLATES_AUTO_RELOAD=settings.debug,
        MAX_FORM_MEMORY_SIZE=9 * 1024 * 1024,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _add_feature(app: Flask, feature: str) -> None:
    """Take what a feature has: views (`bp`), commands (`cli`), jobs and listeners."""
    package = f"portal.{feature}"
    for module in ("models", "listeners", "jobs", "notices", "views", "cli"):
        if _exists(package) and _exists(f"{package}.{module}"):
            _register(app, module, import_module(f"{package}.{module}"))


def _exists(module: str) -> bool:
    """Say whether there is such a module; a folder without code is none."""
    found = find_spec(module)
    return found is not None and found.origin is not None


def _register(app: Flask, module: str, loaded: Any) -> None:
    if module == "views":
        for blueprint in getattr(loaded, "BLUEPRINTS", None) or (loaded.bp,):
            app.register_blueprint(blueprint)
    if module == "cli":
        app.cli.add_command(loaded.cli)
    if init := getattr(loaded, "init_app", None):
        init(app)
