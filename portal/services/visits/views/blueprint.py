"""The blueprint of visits, and what its pages share."""

from decimal import Decimal

from flask import Blueprint, current_app

from portal.catalog.places import city_name
from portal.config import Settings

bp = Blueprint("visits", __name__)
bp.app_template_filter("city")(city_name)


def settings() -> Settings:
    """Return the operator's settings."""
    chosen: Settings = current_app.config["SETTINGS"]
    return chosen


def compensation() -> Decimal:
    """Return what is credited for a missed visit, in tenge."""
    return Decimal(settings().missed_visit_compensation)
