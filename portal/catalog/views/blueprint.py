"""The blueprint that all pages of the catalogue desk share."""

from flask import Blueprint

bp = Blueprint("catalog", __name__, url_prefix="/staff/catalogue")
