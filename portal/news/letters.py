"""An issue as an e-mail: rendered once per language, in the operator's name."""

import html
from uuid import UUID

from flask import current_app, render_template

from portal.accounts.letters import address_of
from portal.accounts.models import User
from portal.config import Settings
from portal.core.mail import domain_of, inlined
from portal.core.markdown import html_of, text_of
from portal.core.text import LANGUAGES, gettext, in_language, reading_as
from portal.news.edition import NAME, TOKEN, Copy, Edition, Letter
from portal.news.models import Channel, Issue
from portal.news.queries import offering_of
from portal.news.tokens import token_for


class Press:
    """Makes the copies of one issue, which it writes once per language, within a transaction."""

    def __init__(self, issue: Issue) -> None:
        self._newsletter_id = issue.newsletter_id
        self._settings: Settings = current_app.config["SETTINGS"]
        written = {code: self._edition(issue, code) for code in issue.languages}
        self._editions = {code: written[issue.text_in(code).language] for code in LANGUAGES}

    def token(self, user_id: UUID) -> str:
        """Return the secret of a reader's unsubscribe link."""
        return token_for(
            self._settings.secret_key,
            user_id=user_id,
            newsletter_id=self._newsletter_id,
            channel=Channel.EMAIL,
        )

    def edition(self, language: str) -> Edition:
        """Return the issue as it is sent to readers of `language` (or the nearest it has)."""
        return self._editions[language]

    def _edition(self, issue: Issue, language: str, prefix: str = "") -> Edition:
        address = f"{self._settings.base_url}/u/{TOKEN}"
        with reading_as(language):
            letter = letter_of(issue, language, settings=self._settings, prefix=prefix)
        domain = domain_of(self._settings.mail_from)
        return Edition(letter, unsubscribe_url=address, domain=domain)

    def test_copies(self, issue: Issue, editor: User) -> list[bytes]:
        """Return the issue in each of its languages as an editor sends it to himself."""
        return [self._test_copy(issue, editor, code) for code in issue.languages]

    def _test_copy(self, issue: Issue, editor: User, language: str) -> bytes:
        with reading_as(language):
            prefix = gettext("[Test]") + " "
        key = f"test-{issue.id.hex}-{issue.version}-{language}"
        token = self.token(editor.id)
        own = Copy(address=editor.email, name=editor.name, token=token, key=key)
        return self._edition(issue, language, prefix).copy(own)


def letter_of(issue: Issue, language: str, *, settings: Settings, prefix: str = "") -> Letter:
    """Write an issue as a letter in `language`, the language at hand; name and token stay open."""
    words = issue.text_in(language)
    offering = offering_of(issue)
    shown = {
        "issue": issue,
        "words": words,
        "newsletter": in_language(issue.newsletter.names),
        "offering": offering,
        "name": NAME,
        "page_url": address_of("news.show_issue_in", issue_id=issue.id, written_in=language),
        "connect_url": _connect_address(issue),
        "unsubscribe_url": f"{settings.base_url}/u/{TOKEN}",
        "settings": settings,
    }
    base = settings.base_url
    text = render_template(
        "emails/news/issue.txt", body=text_of(words.body, base_url=base), **shown
    )
    page_html = render_template(
        "emails/news/issue.html", body=html_of(words.body, base_url=base), **shown
    )
    code = issue.newsletter.code
    return Letter(
        sender=settings.mail_from,
        subject=prefix + words.title,
        text=text,
        html=inlined(page_html),
        list_id=f'"{issue.newsletter.names["en"]}" <{code}.news.{domain_of(settings.mail_from)}>',
        headers={"Content-Language": language, "Precedence": "bulk"},
    )


def _connect_address(issue: Issue) -> str | None:
    """Return where a reader orders what the issue offers; the order remembers the issue."""
    if issue.offering_code is None:
        return None
    return address_of("services.connect_somewhere", code=issue.offering_code, ref=issue.id)


def sample_of(issue: Issue, language: str, *, name: str) -> str:
    """Return the HTML of the e-mail as a reader called `name` gets it, for the editor's preview."""
    settings: Settings = current_app.config["SETTINGS"]
    with reading_as(language):
        written = letter_of(issue, language, settings=settings).html
    return written.replace(NAME, html.escape(name)).replace(TOKEN, "example")
