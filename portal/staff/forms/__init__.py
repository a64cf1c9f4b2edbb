"""Shapes of what is written at the desk."""

from portal.staff.forms.answering import AnswerForm, InvestigationForm, Speech

__all__ = ["AnswerForm", "InvestigationForm", "Speech"]
