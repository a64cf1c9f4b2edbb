"""Create outgoing mail, notifications, newsletters, consents and deliveries."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0005_create_news"
down_revision = "0004_create_appeals"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_LANGUAGES = "('kk', 'ru', 'en')"


def upgrade() -> None:
    _create_mail()
    _create_notifications()
    _create_newsletters()
    _create_readers()
    _create_deliveries()
    _protect()
    _add_newsletters()


def _create_mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("lines", pg.JSONB, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
    )


def _create_notifications() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("link", sa.String, nullable=False),
        sa.Column("values", pg.JSONB, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("read_at", _INSTANT),
        sa.CheckConstraint(r"link ~ '^/($|[^/\\])'", name="ck_notification_link_is_ours"),
    )
    op.create_index(
        "ix_notification_user_id_created_at_id", "notification", ["user_id", "created_at", "id"]
    )
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["user_id", "created_at", "id"],
        postgresql_where=sa.text("read_at is null"),
    )


def _create_newsletters() -> None:
    op.create_table(
        "newsletter",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("names", pg.JSONB, nullable=False),
        sa.Column("about", pg.JSONB, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.UniqueConstraint("code", name="uq_newsletter_code"),
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("newsletter_id", sa.Uuid, sa.ForeignKey("newsletter.id"), nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("offering_code", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("gap_reason", sa.String),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("published_at", _INSTANT),
        sa.Column("listed_at", _INSTANT),
        sa.Column("ended_at", _INSTANT),
        sa.UniqueConstraint("newsletter_id", "number", name="uq_issue_newsletter_id_number"),
        sa.CheckConstraint(
            "state in ('draft', 'sending', 'paused', 'sent', 'stopped')",
            name="ck_issue_state_is_known",
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at is null and number is null)",
            name="ck_issue_published_has_a_number",
        ),
    )
    op.create_index("ix_issue_created_at_id", "issue", ["created_at", "id"])
    op.create_index(
        "ix_issue_published",
        "issue",
        ["published_at", "id"],
        postgresql_where=sa.text("published_at is not null"),
    )
    op.create_index(
        "ix_issue_published_in",
        "issue",
        ["newsletter_id", "published_at", "id"],
        postgresql_where=sa.text("published_at is not null"),
    )
    op.create_table(
        "issue_text",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("issue_id", sa.Uuid, sa.ForeignKey("issue.id"), nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("lead", sa.String, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.UniqueConstraint("issue_id", "language", name="uq_issue_text_issue_id_language"),
        sa.CheckConstraint(f"language in {_LANGUAGES}", name="ck_issue_text_language_is_known"),
    )


def _create_readers() -> None:
    for table, more in (
        ("newsletter_reader", sa.Column("since_at", _INSTANT, nullable=False)),
        ("unsubscribe_token", sa.Column("token_hash", sa.String, nullable=False)),
    ):
        op.create_table(
            table,
            sa.Column("id", sa.Uuid, primary_key=True),
            sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
            sa.Column("newsletter_id", sa.Uuid, sa.ForeignKey("newsletter.id"), nullable=False),
            sa.Column("channel", sa.String, nullable=False),
            more,
            sa.CheckConstraint("channel in ('email')", name=f"ck_{table}_channel_is_known"),
        )
    op.create_unique_constraint(
        "uq_newsletter_reader_newsletter_id_channel_user_id",
        "newsletter_reader",
        ["newsletter_id", "channel", "user_id"],
    )
    op.create_index("ix_newsletter_reader_user_id", "newsletter_reader", ["user_id"])
    op.create_unique_constraint(
        "uq_unsubscribe_token_token_hash", "unsubscribe_token", ["token_hash"]
    )
    op.create_index("ix_unsubscribe_token_user_id", "unsubscribe_token", ["user_id"])
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("is_given", sa.Boolean, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
    )
    op.create_index("ix_consent_user_id_created_at", "consent", ["user_id", "created_at"])
    op.create_table(
        "suppression",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("address_hash", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("address_hash", name="uq_suppression_address_hash"),
    )


def _create_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("issue_id", sa.Uuid, sa.ForeignKey("issue.id"), nullable=False),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("sender", sa.SmallInteger),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("retry_at", _INSTANT),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("reason", sa.String),
        sa.UniqueConstraint(
            "issue_id", "user_id", "channel", name="uq_delivery_issue_id_user_id_channel"
        ),
        sa.CheckConstraint("channel in ('email')", name="ck_delivery_channel_is_known"),
        sa.CheckConstraint(
            "state in ('queued', 'in_flight', 'sent', 'uncertain', 'failed', 'withdrawn')",
            name="ck_delivery_state_is_known",
        ),
    )
    op.create_index("ix_delivery_issue_id_state", "delivery", ["issue_id", "state"])
    op.create_index("ix_delivery_user_id", "delivery", ["user_id"])
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["issue_id", "id"],
        postgresql_where=sa.text("state = 'queued'"),
    )


def _protect() -> None:
    grant_only("mail", app="insert", worker="select, insert, delete")
    protect("notification", user="user_id", staff=False, app="select, insert, update")
    # Whoever does something may tell others of it; what they were told only they see.
    op.execute("create policy told on notification for insert to kabinet_app with check (true)")
    grant_only("newsletter", app="select", worker="select")
    grant_only("issue", app="select, insert, update", worker="select, update")
    grant_only("issue_text", app="select, insert, update, delete", worker="select")
    protect("newsletter_reader", user="user_id", app="select, insert, delete")
    protect(
        "unsubscribe_token",
        user="user_id",
        extra="token_hash = (select app_token())",
        app="select",
        worker="select, insert",
    )
    protect("consent", user="user_id", app="select, insert", worker="select, insert")
    grant_only("suppression", app="select", worker="select, insert")
    protect("delivery", user="user_id", app="select")


_NEWSLETTERS = (
    (
        "0199d1c0-0000-7000-8000-000000000001",
        "new-services",
        ("Жаңа қызметтер", "Новые услуги", "New services"),
        (
            "Не қосуға болатыны, бағасы және кімге керек екені. Айына бір-екі хат.",
            "Что можно подключить, сколько это стоит и кому пригодится. Одно-два письма в месяц.",
            "What can be connected, what it costs and whom it suits. One or two a month.",
        ),
    ),
    (
        "0199d1c0-0000-7000-8000-000000000002",
        "promotions",
        ("Акциялар", "Акции", "Promotions"),
        (
            "Жеңілдіктер мен сыйлықтар, мерзімі мен шарттарын қоса айтамыз.",
            "Скидки и подарки, сразу со сроками и условиями.",
            "Discounts and gifts, with their dates and terms at once.",
        ),
    ),
    (
        "0199d1c0-0000-7000-8000-000000000003",
        "network-works",
        ("Желідегі жұмыстар", "Работы на сети", "Network works"),
        (
            "Желіні қайда және қашан жақсартатынымыз. Апат туралы бәрібір хабарлаймыз.",
            "Где и когда мы улучшаем сеть. Об авариях сообщаем в любом случае.",
            "Where and when we improve the network. Of outages we tell you in any case.",
        ),
    ),
    (
        "0199d1c0-0000-7000-8000-000000000004",
        "parents",
        ("Ата-аналарға кеңес", "Советы родителям", "Tips for parents"),
        (
            "Балаларға интернетті қауіпсіз ету жолдары, қысқа әрі түсінікті.",
            "Как сделать интернет безопасным для детей, коротко и понятно.",
            "How to make the internet safe for children, short and plain.",
        ),
    ),
)


def _add_newsletters() -> None:
    """Add the four topics that every operator begins with."""
    table = sa.table(
        "newsletter",
        sa.column("id", sa.Uuid),
        sa.column("code", sa.String),
        sa.column("names", pg.JSONB),
        sa.column("about", pg.JSONB),
        sa.column("position", sa.Integer),
    )
    rows = [
        {
            "id": UUID(key),
            "code": code,
            "names": dict(zip(("kk", "ru", "en"), names, strict=True)),
            "about": dict(zip(("kk", "ru", "en"), about, strict=True)),
            "position": position,
        }
        for position, (key, code, names, about) in enumerate(_NEWSLETTERS, start=1)
    ]
    op.bulk_insert(table, rows)
