"""What the manager does, and what the database says of it."""

from sqlalchemy import func, select

from portal.catalog.models import Offering, Price

WORDS = {
    f"{word}_{code}": f"{word} {code}"
    for word in ("name", "summary", "text")
    for code in ("kk", "ru", "en")
}
SAVE, DROP = "form:has([name=monthly])", "form[action$='/drop']"
RELEASE = "form:has([name=reason])"


def edit(desk, code, **fields):
    return desk.get("catalog.edit_offering", code=code).submit(form=SAVE, **fields)


def release(desk, reason="Autumn"):
    return desk.get("catalog.release_draft").submit(form=RELEASE, reason=reason)


def monthly(db, code):
    query = select(Price).join(Price.offering).where(Offering.code == code)
    rows = db.scalars(query.order_by(Price.valid_from)).all()
    return [(int(each.monthly), each.valid_until is None) for each in rows]


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))
