"""Keyset pages: every row once, whatever is added meanwhile, and rubbish starts from the top."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.core import clock
from portal.core.db import see
from portal.core.paging import page_of
from tests.cast import make_user

PEOPLE = 23


@pytest.fixture
def people(db: Session) -> None:
    """Some of them were made in the same instant: the id decides."""
    for number in range(PEOPLE):
        made_at = clock.now() + timedelta(seconds=number // 3)
        make_user(db, f"Reader{number} R", email=f"r{number}@example.kz", created_at=made_at)
    db.commit()


def _walk(app: Flask, db: Session, per_page: int, *, newest_first: bool) -> list[str]:
    seen: list[str] = []
    after: str | None = None
    with app.app_context():
        see(staff=True)
        while True:
            query = select(User)
            page = page_of(
                query,
                User.created_at,
                User.id,
                after=after,
                newest_first=newest_first,
                per_page=per_page,
            )
            seen += [user.email for user in page]
            if page.next is None:
                return seen
            after = page.next


@pytest.mark.parametrize("per_page", [1, 2, 5, 23, 50])
@pytest.mark.parametrize("newest_first", [True, False])
def test_every_row_comes_once_and_in_order(
    app: Flask, db: Session, people: None, per_page: int, newest_first: bool
) -> None:
    order = (User.created_at, User.id)
    directed = [key.desc() if newest_first else key.asc() for key in order]
    wanted = list(db.scalars(select(User.email).order_by(*directed)))

    assert _walk(app, db, per_page, newest_first=newest_first) == wanted


@pytest.mark.parametrize("after", ["zzz", "", "W10", "bnVsbA", "\0", "e30", "W1sidCIsICJ4Il1d"])
def test_a_cursor_that_nobody_gave_out_starts_from_the_top(
    app: Flask, db: Session, people: None, after: str
) -> None:
    with app.app_context():
        see(staff=True)
        page = page_of(select(User), User.created_at, User.id, after=after, per_page=3)

        assert len(page) == 3
