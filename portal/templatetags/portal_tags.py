"""Words of states, for rows of every machine that the screens show."""

from django import template
from django.db import models

from applications.lifecycle import EntitlementState, NoticeState, State
from applications.models import Application, Entitlement, Notice
from payments.lifecycle import AttemptState
from payments.models import Attempt

register = template.Library()

WORDS: dict[type[models.Model], type[models.TextChoices]] = {
    Application: State,
    Notice: NoticeState,
    Attempt: AttemptState,
    Entitlement: EntitlementState,
}


@register.filter
def state_words(row: models.Model) -> str:
    """Where the row stands, in words."""
    return str(WORDS[type(row)](row.state).label)  # type: ignore[attr-defined]  # every such row has a state
