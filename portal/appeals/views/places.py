"""Where a page stands: under a contract, or behind the secret of a receipt."""

from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from portal.appeals import chain
from portal.appeals.models import Appeal, Attachment, Draft
from portal.appeals.views.following import seal_of


@dataclass(frozen=True)
class ContractPlace:
    """The addresses of an appeal for people of its contract."""

    account_id: UUID
    appeal: Appeal

    def url(self, act: str) -> str:
        """Return the address of an act: show, reply, close or withdraw."""
        return url_for(
            f"appeals.{act}_appeal", account_id=self.account_id, appeal_id=self.appeal.id
        )

    def news_url(self, around: str) -> str:
        """Return where is asked what is new; `around`: who the page says is there."""
        return url_for(
            "appeals.show_news",
            account_id=self.account_id,
            appeal_id=self.appeal.id,
            since=self.appeal.version,
            around=around or None,
        )

    def file_url(self, file: Attachment) -> str:
        return url_for(
            "appeals.download_file",
            account_id=self.account_id,
            appeal_id=self.appeal.id,
            attachment_id=file.id,
        )

    @property
    def check_url(self) -> str:
        """Return where the receipt is checked, filled in."""
        return _check_url(self.appeal)

    def earlier_url(self, earlier: Appeal) -> str:
        """Return where the appeal is that this one follows."""
        return url_for("appeals.show_appeal", account_id=self.account_id, appeal_id=earlier.id)

    @property
    def rate_url(self) -> str:
        return url_for(
            "feedback.rate",
            account_id=self.account_id,
            subject_kind="appeal",
            subject_id=self.appeal.id,
        )

    @property
    def works_url(self) -> str:
        """Return where the customer says whether it works again."""
        return url_for("outages.answer", account_id=self.account_id, appeal_id=self.appeal.id)

    @property
    def next_url(self) -> str:
        """Return where a new appeal that follows this one is written."""
        return url_for("appeals.file_appeal", account_id=self.account_id, about=str(self.appeal.id))


@dataclass(frozen=True)
class SecretPlace:
    """The addresses of an appeal for whoever holds its receipt."""

    secret: str
    appeal: Appeal

    def url(self, act: str) -> str:
        """Return the address of an act: show, reply, close or withdraw."""
        return url_for(f"appeals.{act}_tracked", secret=self.secret)

    def news_url(self, around: str) -> str:
        """Return where is asked what is new; `around`: who the page says is there."""
        return url_for(
            "appeals.show_news_tracked",
            secret=self.secret,
            since=self.appeal.version,
            around=around or None,
        )

    def file_url(self, file: Attachment) -> str:
        return url_for("appeals.download_tracked", secret=self.secret, attachment_id=file.id)

    @property
    def check_url(self) -> str:
        """Return where the receipt is checked, filled in."""
        return _check_url(self.appeal)

    @property
    def rate_url(self) -> str:
        return url_for("feedback.rate_tracked", secret=self.secret)

    @property
    def works_url(self) -> str:
        """Return where the customer says whether it works again."""
        return url_for("outages.answer_tracked", secret=self.secret)

    @property
    def next_url(self) -> str:
        """Return where a new appeal that follows this one is written."""
        return url_for("appeals.file_publicly", about=seal_of(self.appeal))


@dataclass(frozen=True)
class DraftPlace:
    """The addresses of a draft: of a contract, or of whoever holds its secret."""

    draft: Draft
    account_id: UUID | None = None
    secret: str = ""

    def _url(self, act: str, **values: object) -> str:
        if self.account_id:
            values["account_id"] = self.account_id
            return url_for(f"appeals.{act}", draft_id=self.draft.id, **values)  # type: ignore[arg-type]
        values["secret"] = self.secret
        return url_for(f"appeals.{act}_publicly", draft_id=self.draft.id, **values)  # type: ignore[arg-type]

    @property
    def files_url(self) -> str:
        return self._url("add_files")

    @property
    def send_url(self) -> str:
        return self._url("send_draft")

    def remove_url(self, file: Attachment) -> str:
        return self._url("remove_file", attachment_id=file.id)

    @property
    def text_url(self) -> str:
        """Return where the text of the draft is changed."""
        draft = str(self.draft.id)
        if self.draft.appeal_id and self.account_id:
            return url_for(
                "appeals.show_appeal",
                account_id=self.account_id,
                appeal_id=self.draft.appeal_id,
                _anchor="reply",
                draft=draft,
            )
        if self.draft.appeal_id:
            return url_for("appeals.show_tracked", secret=self.secret, _anchor="reply", draft=draft)
        if self.account_id:
            return url_for("appeals.file_appeal", account_id=self.account_id, draft=draft)
        return url_for("appeals.file_publicly", secret=self.secret, draft=draft)


def _check_url(appeal: Appeal) -> str:
    return url_for("appeals.check_receipt", number=appeal.number, head=chain.short(appeal.head))
