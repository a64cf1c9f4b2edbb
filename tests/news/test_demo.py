"""The demo's story of news is whole."""

import pytest
from sqlalchemy import func, select

from portal.accounts import demo as people
from portal.core.db import transaction
from portal.news import demo
from portal.news.models import Delivery, Issue, Reader
from portal.news.queries import front_issue, newsletters, published_issues


@pytest.fixture
def story(live):
    app = live.app("kabinet_owner")
    with app.app_context(), transaction():
        demo.load(people.load())
    return app


def test_every_sent_issue_is_whole_in_three_languages(story):
    with story.app_context(), transaction() as db:
        issues = published_issues(None)

        assert [issue.gaps for issue in issues] == [[]] * 5
        assert front_issue().issue.number == 41
        assert len(newsletters()) == 4
        assert db.scalar(select(func.count()).select_from(Reader)) == 7
        assert db.scalar(select(func.count()).select_from(Delivery)) == 10
        assert db.scalars(select(Issue.state)).all().count("draft") == 1
