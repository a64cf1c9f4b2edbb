"""The blueprint that all pages of news share."""

from flask import Blueprint

bp = Blueprint("news", __name__)
