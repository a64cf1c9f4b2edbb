"""The shape of what people type about themselves."""

from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, Length

from portal.core.forms import PortalForm, TengeField
from portal.core.text import _l

_NAME = Length(max=100, message=_l("Use 100 characters at most."))
_NEW_PASSWORD_HINT = _l("At least 15 characters. Four or five words in a row are easy to remember.")


class SignInForm(PortalForm):
    """Sending it twice signs in twice: it needs no number, and a stale one must not be answered."""

    submission_id = None
    login = StringField(
        _l("E-mail or phone"),
        validators=[DataRequired(_l("Write the e-mail or phone with which you sign in."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Write your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class ConfirmForm(PortalForm):
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Write your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class JoinForm(PortalForm):
    contract = StringField(
        _l("Contract number"),
        description=_l("Nine digits, at the top of your contract and of each bill."),
        validators=[DataRequired(_l("Write the number of your contract."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    email = EmailField(
        _l("E-mail that we know"),
        description=_l("The address that you gave when you signed the contract."),
        validators=[
            DataRequired(_l("Write your e-mail.")),
            Email(_l("An e-mail looks like name@example.kz.")),
        ],
        render_kw={"autocomplete": "email"},
    )


class CodeForm(PortalForm):
    code = StringField(
        _l("Code from the e-mail"),
        description=_l("Six digits. The code works for 10 minutes."),
        validators=[DataRequired(_l("Write the six digits of the e-mail."))],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"},
    )


class NewPersonForm(PortalForm):
    name = StringField(
        _l("Your name"),
        validators=[DataRequired(_l("Write your name.")), _NAME],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        _l("New password"),
        description=_NEW_PASSWORD_HINT,
        validators=[DataRequired(_l("Choose a password."))],
        render_kw={"autocomplete": "new-password"},
    )


class ForgottenForm(PortalForm):
    login = StringField(
        _l("E-mail or phone"),
        validators=[DataRequired(_l("Write the e-mail or phone with which you sign in."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class NewPasswordForm(PortalForm):
    password = PasswordField(
        _l("New password"),
        description=_NEW_PASSWORD_HINT,
        validators=[DataRequired(_l("Choose a password."))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(PortalForm):
    password = PasswordField(
        _l("Present password"),
        validators=[DataRequired(_l("Write your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        _l("New password"),
        description=_NEW_PASSWORD_HINT,
        validators=[DataRequired(_l("Choose a password."))],
        render_kw={"autocomplete": "new-password"},
    )


class RenameForm(PortalForm):
    name = StringField(
        _l("Your name"),
        validators=[DataRequired(_l("Write your name.")), _NAME],
        render_kw={"autocomplete": "name"},
    )


class SendAgainForm(PortalForm):
    """One button; its fields are those of the form that came too late."""


class LinkForm(PortalForm):
    """One button; what it links is kept in the session, not in the form."""


class PressForm(PortalForm):
    """One button, such as signing out a device."""

    submission_id = None
    next = HiddenField()


class LimitForm(PortalForm):
    """How much a member may order in a calendar month."""

    limit = TengeField(
        _l("Limit a month, ₸"),
        description=_l("Leave it empty for no limit; 0 lets nothing that costs money through."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
