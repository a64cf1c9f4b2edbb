"""All tables in one metadata: what migrations and tests compare the database with."""

from importlib import import_module
from importlib.util import find_spec

from portal.core import audit, db, mail
from portal.features import FEATURES

for feature in FEATURES:
    if find_spec(f"portal.{feature}") and find_spec(f"portal.{feature}.models"):
        import_module(f"portal.{feature}.models")

metadata = db.Model.metadata
AuditEvent = audit.AuditEvent
OutgoingMail = mail.OutgoingMail
