"""What only real commits, threads and processes can show."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.appeals import actions, queries
from portal.appeals.actions import desk
from portal.appeals.models import Appeal, Message, MessageBody, Presence
from portal.core.audit import AuditEvent
from portal.core.errors import RuleError
from portal.staff import actions as staff
from portal.staff.models import BulkAnswerItem
from portal.staff.speech import Speech
from tests.appeals.factories import acting, as_staff, file_appeal
from tests.browser import Browser
from tests.cast import make_cast
from tests.live import wait_until

TEXTS = {"kk": "Сәлем, {name}!", "ru": "Здравствуйте, {name}!", "en": "Dear {name}, {number}."}


@pytest.fixture
def people(live):
    return make_cast(live.session())


def at_once(*works):
    """Run these at the same moment; return what each gave, or how it was refused."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            return work()
        except RuleError as refused:
            return refused.message

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_two_who_press_at_once_one_has_the_appeal_and_the_other_is_told(live, people):
    app = live.app()
    appeal_id = file_appeal(app, people["alice"])

    told = at_once(
        *(
            lambda who=who: as_staff(app, people[who], appeal_id, actions.claim)
            for who in ("dora", "eric")
        )
    )

    assert sorted(told, key=str) == ["A colleague has taken this appeal just before you.", None]
    with live.session() as session:
        winner = session.get_one(Appeal, appeal_id).assignee_id
        claims = session.scalars(
            select(AuditEvent.actor_id).where(AuditEvent.kind == "appeals.appeal_claimed")
        ).all()
    assert claims == [winner]


def test_who_reads_and_who_looked_a_contract_up_is_kept_though_a_page_only_reads(live, people):
    app = live.app()
    appeal_id = file_appeal(app, people["alice"])
    with live.session() as session:
        browser = Browser(app, session)
        browser.log_in(people["dora"])
        page = browser.get("staff.show_ticket", appeal_id=appeal_id)
        news = page.one("#talk").get("hx-get")
        browser.open(news + "&typing=1", headers={"HX-Request": "true"})
        browser.get("staff.register_appeal", q="7 1203 4456")
        row = session.scalars(select(Presence)).one()
        assert (row.author, row.person_id) == ("specialist", people["dora"].id)
        assert row.typed_at == row.seen_at
        other = Browser(app, session)
        other.log_in(people["eric"])
        assert "Dora D. types" in other.get("staff.show_ticket", appeal_id=appeal_id).text
        looked = session.scalars(
            select(AuditEvent).where(AuditEvent.kind == "staff.customer_viewed")
        ).all()
    reasons = [each.details["reason"] for each in looked if each.account_id]
    assert "register" in reasons


@pytest.fixture
def crowd(live, people):
    """Six appeals of two people, one of them over, and one answer for them all."""
    app = live.app()
    ids = [file_appeal(app, people[who]) for who in ("alice", "bob") for _ in range(3)]
    as_staff(app, people["dora"], ids[0], desk.reject_as_spam, reason="Advertising")
    with acting(app, user_id=people["dora"].id, staff=True) as session:
        by = session.get_one(User, people["dora"].id)
        written = staff.ManyWritten(Speech.MESSAGE, TEXTS)
        return staff.answer_many(ids, written, by=by).id


@pytest.fixture
def books(live):
    """One session of the owner, to look again and again."""
    with live.session() as session:
        yield session


def items_of(books, bulk_id):
    books.rollback()
    query = select(BulkAnswerItem).where(BulkAnswerItem.bulk_id == bulk_id)
    return books.scalars(query.execution_options(populate_existing=True)).all()


def check_each_got_his_own(books, bulk_id):
    items = items_of(books, bulk_id)
    texts = books.execute(
        select(Message.appeal_id, MessageBody.body)
        .join(MessageBody, MessageBody.message_id == Message.id)
        .where(MessageBody.body.startswith("Dear"))
    ).all()
    assert all(item.done_at for item in items)
    refused = [item for item in items if item.refusal]
    assert [item.refusal for item in refused] == [
        "This appeal is answered or over: nothing can be sent."
    ]
    numbers = dict(books.execute(select(Appeal.id, Appeal.number)).all())
    wanted = {item.appeal_id for item in items} - {refused[0].appeal_id}
    assert sorted(each.appeal_id for each in texts) == sorted(wanted)
    assert all(numbers[each.appeal_id] in each.body for each in texts)


def test_many_workers_send_each_answer_once_though_one_is_stopped_half_way(live, books, crowd):
    app = live.app("kabinet_worker")

    def work():
        with acting(app):
            return staff.send_next(crowd)

    def stopped():
        with acting(app):
            staff.send_next(crowd)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not any(item.done_at for item in items_of(books, crowd))
    while any(at_once(work, work, work)):
        pass
    check_each_got_his_own(books, crowd)
    assert not work()


@pytest.mark.long
def test_the_job_goes_on_after_its_worker_was_killed(live, books, crowd):
    first = live.start_worker()
    wait_until(lambda: any(item.done_at for item in items_of(books, crowd)), 60)
    first.kill()
    live.start_worker()

    wait_until(lambda: all(item.done_at for item in items_of(books, crowd)), 90)

    check_each_got_his_own(books, crowd)


def test_two_who_link_crosswise_both_end(live, people):
    app = live.app()
    one, other = (file_appeal(app, people["alice"]) for _ in range(2))

    def link(first, second):
        with acting(app, user_id=people["dora"].id, staff=True) as session:
            both = {
                each: queries.appeal_for_staff(each, lock=True) for each in sorted((one, other))
            }
            desk.link_duplicate(
                both[first], both[second], by=session.get_one(User, people["dora"].id)
            )

    told = at_once(lambda: link(one, other), lambda: link(other, one))

    assert sorted(told, key=str) == [None, "These two are linked already."]
    with live.session() as session:
        count = select(func.count()).select_from(Appeal).where(Appeal.duplicate_of_id.is_not(None))
        assert session.scalar(count) == 1
