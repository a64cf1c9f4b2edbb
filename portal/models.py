"""All tables in one metadata: what migrations and tests compare the database with."""

from importlib import import_module
from importlib.util import find_spec

from portal.core import audit, db, mail

FEATURES = (
    "accounts",
    "notify",
    "catalog",
    "promises",
    "promises.planning",
    "services",
    "services.visits",
    "services.rises",
    "parental",
    "parental.categories",
    "parental.devices",
    "parental.counts",
    "parental.asking",
    "appeals",
    "appeals.post",
    "appeals.timekeeping",
    "appeals.outages",
    "appeals.knowledge",
    "feedback",
    "feedback.shopping",
    "news",
    "figures",
    "staff",
    "api",
)

for feature in FEATURES:
    if find_spec(f"portal.{feature}") and find_spec(f"portal.{feature}.models"):
        import_module(f"portal.{feature}.models")

metadata = db.Model.metadata
AuditEvent = audit.AuditEvent
OutgoingMail = mail.OutgoingMail
