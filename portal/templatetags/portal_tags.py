"""Words of states, for rows of every machine that the screens show."""

from django import template
from django.db import models
from django.utils.translation import get_language

from applications.lifecycle import EntitlementState, NoticeState, State
from applications.models import Application, Entitlement, Notice
from payments.lifecycle import AttemptState, RecoveryState
from payments.models import Attempt, Recovery
from standards.money import yuan

register = template.Library()

WORDS: dict[type[models.Model], type[models.TextChoices]] = {
    Application: State,
    Notice: NoticeState,
    Attempt: AttemptState,
    Entitlement: EntitlementState,
    Recovery: RecoveryState,
}


@register.filter
def state_words(row: models.Model) -> str:
    """Where the row stands, in words."""
    return str(WORDS[type(row)](row.state).label)  # type: ignore[attr-defined]  # every such row has a state


@register.filter
def sum_words(application: Application) -> str:
    """The amount for a column in yuan; between what it lies where it is still to be set; a dash where there is none."""
    if application.proposes_refusal or application.amount_fen == 0:
        return "—"
    band = application.band_fen if application.amount_fen < 0 else None
    if band is None:
        return yuan(application.amount_fen) if application.amount_fen > 0 else "—"
    return f"{yuan(band[0])}–{yuan(band[1])}"


# The usual words of GB/T 4761 for readers of English; the others stay as the booklet has them.
RELATIONS = {
    "户主": "head", "本人": "herself", "配偶": "spouse", "夫": "husband", "妻": "wife", "子": "son", "独生子": "only son",
    "长子": "eldest son", "次子": "second son", "三子": "third son", "女": "daughter", "独生女": "only daughter",
    "长女": "eldest daughter", "次女": "second daughter", "三女": "third daughter", "四女": "fourth daughter",
    "养子": "adopted son", "养女": "adopted daughter", "继子": "stepson", "继女": "stepdaughter", "女婿": "son-in-law",
    "儿媳": "daughter-in-law", "孙子": "grandson", "孙女": "granddaughter", "外孙子": "daughter's son",
    "外孙女": "daughter's daughter", "父亲": "father", "母亲": "mother", "公公": "father-in-law", "婆婆": "mother-in-law",
    "岳父": "father-in-law", "岳母": "mother-in-law", "祖父": "grandfather", "祖母": "grandmother", "兄": "elder brother",
    "弟": "younger brother", "姐姐": "elder sister", "妹妹": "younger sister", "其他": "other", "非亲属": "no relative",
}  # fmt: skip


@register.filter
def relation(word: str) -> str:
    """A relation to the head of the household in the language of the page."""
    return RELATIONS.get(word, word) if (get_language() or "").startswith("en") else word
