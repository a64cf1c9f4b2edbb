"""What a form makes of what was typed."""

from wtforms import StringField, TextAreaField

from portal.core.forms import PortalForm


class _Form(PortalForm):
    line = StringField()
    text = TextAreaField()


def test_a_field_of_one_line_holds_no_break_and_a_text_keeps_its_own(app):
    typed = "Help\r\nBcc: all@example.kz"
    with app.test_request_context("/", method="POST", data={"line": typed, "text": typed}):
        form = _Form()

        assert form.line.data == "Help Bcc: all@example.kz"
        assert form.text.data == typed
