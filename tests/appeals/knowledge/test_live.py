"""What the portal’s own role may do, and what only real commits can show."""

from sqlalchemy import select

from portal.accounts.models import User
from portal.appeals.knowledge import actions, queries
from portal.appeals.knowledge.models import Answer, AnswerVote, VainSearch
from tests.appeals.factories import acting
from tests.appeals.knowledge.factories import BILLS, SLOW, publish
from tests.browser import Browser
from tests.cast import make_cast


def test_the_portals_role_may_write_find_vote_and_count(live):
    own = live.session()
    people = make_cast(own)
    app = live.app()
    slow = publish(app, people["fiona"], SLOW)
    gone = publish(app, people["fiona"], BILLS)
    with acting(app, user_id=people["fiona"].id, staff=True) as session:
        by = session.get_one(User, people["fiona"].id)
        actions.withdraw_answer(queries.answer_of_desk(gone), by=by)
        draft = actions.create_answer({"en": ("Draft?", "")}, kind=None, tags=[], by=by)
        session.flush()
        actions.delete_answer(draft, by=by)
    browser = Browser(app, own)

    page = browser.get("knowledge.list_answers", q="роутер", lang="en")
    page.follow("slow").submit(comment="", button="vote=yes")
    for _ in range(2):
        browser.get("knowledge.list_answers", q="оплата счёта телескопа", lang="ru")

    assert own.scalars(select(AnswerVote.is_helpful)).all() == [True]
    vain = own.execute(select(VainSearch.words, VainSearch.times)).all()
    assert [tuple(row) for row in vain] == [("оплата счета телескопа", 2)]
    assert own.scalars(select(Answer.live).order_by(Answer.id)).all() == [1, None]
    assert own.get_one(Answer, slow).live == 1
