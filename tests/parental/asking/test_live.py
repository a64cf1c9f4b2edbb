"""What only real commits can show."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.db import transaction
from portal.notify.models import Notification
from portal.parental.asking import actions, queries
from portal.parental.asking.models import Answer, Question
from portal.parental.limits import Limits
from portal.parental.models import Rule, SavedVersion
from tests.cast import make_account, make_membership, make_user
from tests.parental.asking.factories import make_question
from tests.parental.factories import make_profile


def test_questions_are_forgotten_after_a_week(live):
    with live.session() as own:
        account = make_account(own, "71203001")
        own.flush()
        home = make_profile(own, account)
        week = timedelta(days=7)
        make_question(own, home, "old.kz", asked_at=clock.now() - week - timedelta(hours=1))
        make_question(own, home, "new.kz", asked_at=clock.now() - week + timedelta(hours=1))
        own.commit()
    with live.app("kabinet_worker").app_context(), transaction():
        actions.forget_questions()
    with live.session() as own:
        assert own.scalars(select(Question.site)).all() == ["new.kz"]


@pytest.fixture
def two_parents(live):
    """Give an account with two parents and a question, for real."""
    with live.session() as own:
        account = make_account(own, "71203001")
        parents = [make_user(own, name) for name in ("Aigul", "Bolat")]
        own.flush()
        for parent in parents:
            make_membership(own, parent, account)
        question = make_question(own, make_profile(own, account))
        own.commit()
    return account, parents, question


def test_two_parents_at_once_give_one_answer(live, two_parents):
    account, parents, question = two_parents
    app, ready = live.app(), Barrier(2)

    def answer(user):
        with app.app_context(), transaction(account_id=account.id, user_id=user.id):
            asked, profile = queries.question_of(account, question.id)
            ready.wait(10)
            given = actions.answer_question(asked, profile, Answer.ALWAYS, by=user, limits=Limits())
            return given.is_first, given.question.answered_by

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(answer, parents))

    assert [is_first for is_first, _name in found] == [False, True]
    assert found[0][1] == found[1][1]
    with live.session() as own:
        assert own.scalar(select(func.count()).select_from(Rule)) == 1
        assert own.scalar(select(func.count()).select_from(SavedVersion)) == 1
        assert own.scalars(select(Notification.kind)).all() == ["parental.site_opened"]
