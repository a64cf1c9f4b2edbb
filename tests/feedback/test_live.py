"""What only real commits can show."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.appeals import actions as appeals
from portal.core import events, ids
from portal.core.errors import RuleError
from portal.core.mail import OutgoingMail
from portal.core.text import today
from portal.events import VisitDone
from portal.feedback import actions, queries
from portal.feedback.measuring import RatingFigures
from portal.feedback.models import Rating, RatingRequest, RatingReview
from tests.appeals.factories import acting, as_staff, file_appeal
from tests.browser import Browser
from tests.cast import make_cast


@pytest.fixture
def people(live):
    return make_cast(live.session())


@pytest.fixture
def app(live):
    return live.app()


@pytest.fixture
def answered(app, people):
    appeal_id = file_appeal(app, people["alice"])
    as_staff(app, people["fiona"], appeal_id, appeals.send_final, body="Done.")
    return appeal_id


def rate(app, alice, appeal_id, score, meanwhile=lambda: None):
    with acting(app, account_id=alice.account_id, user_id=alice.id) as session:
        account = session.get_one(Account, alice.account_id)
        asked = queries.request_of(account, "appeal", appeal_id)
        meanwhile()
        return actions.give_rating(asked, actions.Opinion(score), by=alice.user)


def both(work, *arguments):
    """Let `work` run for two arguments at once; return "done" or the message of each, sorted."""

    def run(argument):
        try:
            work(argument)
        except RuleError as told:
            return told.marked.msgid
        return "done"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, arguments))


def test_two_ratings_at_once_are_one(live, app, people, answered):
    start = Barrier(2)

    told = both(lambda score: rate(app, people["alice"], answered, score, start.wait), 1, 5)

    assert told == ["You have rated this already. A rating is never changed.", "done"]
    with live.session() as session:
        assert len(session.scalars(select(Rating)).all()) == 1


def test_two_supervisors_at_once_review_once(live, app, people, answered):
    rating_id = rate(app, people["alice"], answered, 5)
    start = Barrier(2)

    def take(person):
        with acting(app, user_id=person.id, staff=True):
            rating = queries.rating_of(rating_id)
            start.wait()
            actions.acknowledge(rating, by=person.user)

    told = both(take, people["eric"], people["dora"])

    assert told == ["A colleague reviews this rating already.", "done"]
    with live.session() as session:
        assert len(session.scalars(select(RatingReview)).all()) == 1


def test_a_link_rates_what_belongs_to_a_contract_and_figures_show_no_rating(live, app, people):
    """Row-level security binds the portal’s role: a link opens one request, a stranger nothing."""
    alice, own = people["alice"], live.session()
    with acting(app, account_id=alice.account_id, user_id=alice.id):
        events.publish(VisitDone(alice.account_id, ids.uuid7(), "26-ORDER", alice.id))
    letter = own.scalars(select(OutgoingMail)).one()
    browser = Browser(app, own)
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    page = browser.open(urlsplit(letter.url).path).submit(score=5)

    assert "You rated this with 5 of 5" in page.text
    rating = own.scalars(select(Rating)).one()
    assert (rating.account_id, rating.score) == (alice.account_id, 5)
    with acting(app) as session:
        assert session.scalars(select(Rating)).all() == []
        assert session.scalars(select(RatingRequest)).all() == []
        assert queries.rating_figures(today()) == RatingFigures(1, 1, 1)
