"""The blueprint of visits, and what its pages share."""

from decimal import Decimal

from flask import Blueprint, current_app

from portal.catalog.places import city_name
from portal.config import Settings
from portal.core.text import today
from portal.promises.policy import Kind
from portal.services.queries import compensation_for

bp = Blueprint("visits", __name__)
bp.app_template_filter("city")(city_name)


def settings() -> Settings:
    """Return the operator's settings."""
    chosen: Settings = current_app.config["SETTINGS"]
    return chosen


def compensation() -> Decimal:
    """Return what is credited for a missed visit today, in tenge."""
    return compensation_for(Kind.VISIT, day=1, on=today())
