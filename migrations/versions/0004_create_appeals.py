"""Create promises, appeals, messages and ratings."""

import json
from datetime import date
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0004_create_appeals"
down_revision = "0003_create_parental"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_SEED = Path(__file__).parent.parent / "data/promises_1.json"
_ADD_ONLY = "select, insert"
_HOLDER = "secret_hash = (select app_token())"
_OF_APPEAL = "exists (select 1 from appeal a where a.id = {0}.appeal_id)"
_OF_DRAFT = "exists (select 1 from appeal_draft d where d.id = attachment.draft_id)"
_OF_MESSAGE = "exists (select 1 from message m where m.id = {0}.message_id)"


def upgrade() -> None:
    _create_refusal()
    _create_promises()
    _create_appeals()
    _create_conversation()
    _create_attachments()
    _create_ratings()
    _protect()
    _create_erasure()
    _create_receipts()
    _seed_policy()


def _owner() -> list[sa.Column]:
    return [
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("secret_hash", sa.String),
    ]


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _create_refusal() -> None:
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '% of % is not possible: rows are only ever added', tg_op, tg_table_name
                using errcode = 'insufficient_privilege';
        end $$
        """
    )


def _only_added(table: str, *operations: str) -> None:
    """Refuse changes of rows and of the whole table, to whoever asks, the owner included."""
    op.execute(
        f"create trigger only_added before {' or '.join(operations)} on {table}"
        " for each row execute function refuse_change()"
    )
    op.execute(
        f"create trigger never_emptied before truncate on {table}"
        " for each statement execute function refuse_change()"
    )


def _create_promises() -> None:
    op.create_table(
        "sla_calendar",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", pg.JSONB, nullable=False),
        sa.UniqueConstraint("name", "version", name="uq_sla_calendar_name_version"),
    )
    op.create_table(
        "promise_policy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("since_on", sa.Date, nullable=False),
        sa.Column("terms", pg.JSONB, nullable=False),
        sa.Column("calendars", pg.JSONB, nullable=False),
        sa.UniqueConstraint("version", name="uq_promise_policy_version"),
    )
    op.create_table(
        "promise_event",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("subject_kind", sa.String, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        *_owner(),
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("happening", sa.String, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("data", pg.JSONB, nullable=False),
        sa.Column(
            "policy_version", sa.Integer, sa.ForeignKey("promise_policy.version"), nullable=False
        ),
    )
    op.create_index(
        "ix_promise_event_subject", "promise_event", ["subject_kind", "subject_id", "seq"]
    )
    _index("promise_event", "account_id", "user_id")
    op.create_table(
        "promise",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("subject_kind", sa.String, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        *_owner(),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column(
            "policy_version", sa.Integer, sa.ForeignKey("promise_policy.version"), nullable=False
        ),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("moved", sa.Integer, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("end", sa.String),
        sa.Column("is_next", sa.Boolean, nullable=False),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "kind",
            "cycle",
            name="uq_promise_subject_kind_subject_id_kind_cycle",
        ),
        sa.CheckConstraint("cycle > 0", name="ck_promise_cycle_is_counted"),
        sa.CheckConstraint('("end" is null) = (ended_at is null)', name="ck_promise_end_has_time"),
    )
    op.create_index(
        "ix_promise_next",
        "promise",
        ["subject_kind", "due_at", "id"],
        postgresql_where=sa.text("is_next"),
    )
    op.create_index(
        "ix_promise_account_id_next",
        "promise",
        ["account_id"],
        postgresql_where=sa.text("is_next"),
    )
    _index("promise", "user_id")


def _create_appeals() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid, primary_key=True),
        *_owner(),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.CheckConstraint("language in ('kk', 'ru', 'en')", name="ck_contact_language_is_known"),
    )
    _index("contact", "account_id", "user_id")
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        *_owner(),
        sa.Column("contact_id", sa.Uuid, sa.ForeignKey("contact.id"), nullable=False),
        sa.Column("follows_id", sa.Uuid, sa.ForeignKey("appeal.id")),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("assignee_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("answered_at", _INSTANT),
        sa.Column("ended_at", _INSTANT),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("rating", sa.Integer),
        sa.Column("head", sa.String, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.UniqueConstraint("number", name="uq_appeal_number"),
        sa.UniqueConstraint("secret_hash", name="uq_appeal_secret_hash"),
        sa.CheckConstraint(
            "kind in ('fault', 'question', 'complaint', 'suggestion', 'gratitude')",
            name="ck_appeal_kind_is_known",
        ),
        sa.CheckConstraint(
            "channel in ('form', 'chat', 'forum', 'email', 'phone', 'facebook', 'skype',"
            " 'kiosk', 'office')",
            name="ck_appeal_channel_is_known",
        ),
        sa.CheckConstraint(
            "state in ('registered', 'in_progress', 'waiting_customer', 'answered', 'reopened',"
            " 'closed', 'withdrawn', 'rejected')",
            name="ck_appeal_state_is_known",
        ),
        sa.CheckConstraint("rating between 1 and 5", name="ck_appeal_rating_is_1_to_5"),
        sa.CheckConstraint(
            "account_id is not null or user_id is not null or secret_hash is not null",
            name="ck_appeal_somebody_can_read_it",
        ),
    )
    op.create_index("ix_appeal_account_id_id", "appeal", ["account_id", "id"])
    op.create_index(
        "ix_appeal_closing",
        "appeal",
        ["answered_at"],
        postgresql_where=sa.text("state = 'answered'"),
    )
    _index("appeal", "user_id", "contact_id", "follows_id", "assignee_id")


def _create_conversation() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("appeal_id", sa.Uuid, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("signature", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("promised_at", _INSTANT),
        sa.Column("files", pg.JSONB, nullable=False),
        sa.Column("body_hash", sa.String, nullable=False),
        sa.Column("before", sa.String, nullable=False),
        sa.Column("own", sa.String, nullable=False),
        sa.UniqueConstraint("appeal_id", "position", name="uq_message_appeal_id_position"),
        sa.CheckConstraint(
            "author in ('customer', 'specialist', 'system')", name="ck_message_author_is_known"
        ),
        sa.CheckConstraint(
            "kind in ('message', 'question', 'interim', 'final')", name="ck_message_kind_is_known"
        ),
        sa.CheckConstraint(
            "(kind = 'interim') = (promised_at is not null)",
            name="ck_message_interim_names_a_date",
        ),
    )
    op.create_table(
        "message_body",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("message_id", sa.Uuid, sa.ForeignKey("message.id"), nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.UniqueConstraint("message_id", name="uq_message_body_message_id"),
    )
    op.create_table(
        "message_tombstone",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("message_id", sa.Uuid, sa.ForeignKey("message.id"), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("erased_at", _INSTANT, nullable=False),
        sa.Column("erased_by_id", sa.Uuid),
        sa.UniqueConstraint("message_id", name="uq_message_tombstone_message_id"),
    )
    op.create_table(
        "appeal_note",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("appeal_id", sa.Uuid, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )
    _index("appeal_note", "appeal_id")


def _create_attachments() -> None:
    op.create_table(
        "appeal_draft",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *_owner(),
        sa.Column("appeal_id", sa.Uuid, sa.ForeignKey("appeal.id")),
        sa.Column("content", pg.JSONB, nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
    )
    _index("appeal_draft", "account_id", "user_id", "secret_hash", "appeal_id")
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("draft_id", sa.Uuid, sa.ForeignKey("appeal_draft.id")),
        sa.Column("message_id", sa.Uuid, sa.ForeignKey("message.id")),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.CheckConstraint(
            "(draft_id is null) <> (message_id is null)",
            name="ck_attachment_belongs_to_draft_or_message",
        ),
    )
    _index("attachment", "draft_id", "message_id")


def _create_ratings() -> None:
    op.create_table(
        "rating_request",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("subject_kind", sa.String, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        *_owner(),
        sa.Column("about_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("about_name", sa.String, nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "cycle",
            name="uq_rating_request_subject_kind_subject_id_cycle",
        ),
    )
    _index("rating_request", "account_id", "user_id", "about_id")
    op.create_table(
        "rating",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("request_id", sa.Uuid, sa.ForeignKey("rating_request.id"), nullable=False),
        *_owner(),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("comment", sa.String, nullable=False),
        sa.Column("given_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("request_id", name="uq_rating_request_id"),
        sa.CheckConstraint("score between 1 and 5", name="ck_rating_score_is_1_to_5"),
    )
    _index("rating", "account_id", "user_id")
    op.create_table(
        "rating_review",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("rating_id", sa.Uuid, sa.ForeignKey("rating.id"), nullable=False),
        sa.Column("reviewer_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("acknowledged_at", _INSTANT, nullable=False),
        sa.Column("cause", sa.String),
        sa.Column("action", sa.String),
        sa.Column("called_back_at", _INSTANT),
        sa.Column("closed_at", _INSTANT),
        sa.UniqueConstraint("rating_id", name="uq_rating_review_rating_id"),
        sa.CheckConstraint(
            "closed_at is null or (cause is not null and action is not null)",
            name="ck_rating_review_closed_has_cause_and_action",
        ),
    )
    op.create_index(
        "ix_rating_review_open",
        "rating_review",
        ["id"],
        postgresql_where=sa.text("closed_at is null"),
    )


def _protect() -> None:
    for table in ("sla_calendar", "promise_policy"):
        grant_only(table, app=_ADD_ONLY, worker="select")
    owned = {"account": "account_id", "user": "user_id", "extra": _HOLDER}
    protect("promise_event", **owned, app=_ADD_ONLY, worker=_ADD_ONLY)
    protect("promise", **owned, worker="select, insert, update")
    protect("contact", **owned, app=_ADD_ONLY, worker=_ADD_ONLY)
    protect("appeal", **owned, worker="select, insert, update")
    for table, parent in (
        ("message", _OF_APPEAL),
        ("message_body", _OF_MESSAGE),
    ):
        protect(table, staff=False, extra=parent.format(table), app=_ADD_ONLY, worker=_ADD_ONLY)
    protect(
        "message_tombstone",
        staff=False,
        extra=_OF_MESSAGE.format("message_tombstone"),
        app="select",
        worker="select",
    )
    protect("appeal_note", app=_ADD_ONLY, worker="")
    protect("appeal_draft", **owned, staff=False, app="select, insert, update, delete")
    protect(
        "attachment",
        staff=False,
        extra=f"{_OF_MESSAGE.format('attachment')} or {_OF_DRAFT}",
        app="select, insert, update, delete",
    )
    protect("rating_request", **owned, app=_ADD_ONLY, worker=_ADD_ONLY)
    protect("rating", **owned, app=_ADD_ONLY, worker=_ADD_ONLY)
    protect("rating_review", worker="select")
    for table in ("message", "promise_event", "rating", "message_tombstone"):
        _only_added(table, "update", "delete")
    _only_added("message_body", "update")
    op.execute(
        """
        create function refuse_unless_draft() returns trigger language plpgsql as $$
        begin
            if old.message_id is not null then
                raise exception 'a file that was sent is not changed'
                    using errcode = 'insufficient_privilege';
            end if;
            return case tg_op when 'DELETE' then old else new end;
        end $$
        """
    )
    op.execute(
        "create trigger sent_stays before update or delete on attachment"
        " for each row execute function refuse_unless_draft()"
    )


def _create_erasure() -> None:
    """Let a text be erased by one function only, which first writes the tombstone."""
    op.execute(
        """
        create function refuse_without_tombstone() returns trigger language plpgsql as $$
        begin
            if not exists (
                select 1 from message_tombstone t where t.message_id = old.message_id
            ) then
                raise exception 'a text is erased by erase_message() only'
                    using errcode = 'insufficient_privilege';
            end if;
            return old;
        end $$
        """
    )
    op.execute(
        "create trigger only_by_law before delete on message_body"
        " for each row execute function refuse_without_tombstone()"
    )
    op.execute(
        """
        create function erase_message(
            tombstone uuid, erased uuid, why text, moment timestamptz, who uuid
        ) returns boolean language plpgsql security definer set search_path = public as $$
        begin
            if coalesce(btrim(why), '') = '' then
                raise exception 'an erasure needs its reason';
            end if;
            if not exists (select 1 from message_body b where b.message_id = erased) then
                return false;
            end if;
            insert into message_tombstone (id, message_id, reason, erased_at, erased_by_id)
                values (tombstone, erased, why, moment, who);
            delete from message_body where message_id = erased;
            return true;
        end $$
        """
    )
    signature = "erase_message(uuid, uuid, text, timestamptz, uuid)"
    op.execute(f"revoke execute on function {signature} from public")
    op.execute(f"grant execute on function {signature} to kabinet_worker")


def _create_receipts() -> None:
    """Let whoever holds a receipt (number and 16 figures of a hash) have the chain checked.

    No text is among what comes back; without a right receipt nothing does.
    """
    op.execute(
        """
        create function receipt_chain(asked varchar, head varchar) returns setof message
        language sql stable security definer set search_path = public as $$
            select m.* from message m join appeal a on a.id = m.appeal_id
            where a.number = asked and length(head) >= 16
                and exists (
                    select 1 from message held
                    where held.appeal_id = a.id and starts_with(held.own, head)
                )
            order by m.position
        $$
        """
    )
    op.execute("revoke execute on function receipt_chain(varchar, varchar) from public")
    op.execute("grant execute on function receipt_chain(varchar, varchar) to kabinet_app")


def _seed_policy() -> None:
    """Put in what the operator promises, first version. Source: product.md, 2 and 3."""
    seed = json.loads(_SEED.read_text())
    calendars = sa.table(
        "sla_calendar",
        sa.column("id", sa.Uuid),
        sa.column("name"),
        sa.column("version"),
        sa.column("body", pg.JSONB),
    )
    op.bulk_insert(
        calendars,
        [
            {
                "id": uuid5(NAMESPACE_URL, f"calendar:{name}:1"),
                "name": name,
                "version": 1,
                "body": body,
            }
            for name, body in seed["calendars"].items()
        ],
    )
    policies = sa.table(
        "promise_policy",
        sa.column("id", sa.Uuid),
        sa.column("version"),
        sa.column("since_on", sa.Date),
        sa.column("terms", pg.JSONB),
        sa.column("calendars", pg.JSONB),
    )
    op.bulk_insert(
        policies,
        [
            {
                "id": uuid5(NAMESPACE_URL, "policy:1"),
                "version": 1,
                "since_on": date.fromisoformat(seed["since"]),
                "terms": seed["terms"],
                "calendars": dict.fromkeys(seed["calendars"], 1),
            }
        ],
    )
