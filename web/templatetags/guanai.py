"""The components as template tags: ``{% load guanai %}``. Examples of each stand in web/README.md."""

import datetime
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlencode

import lucide
from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.template.loader import render_to_string
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy, pgettext

from standards import money as yuan_and_fen
from standards.words import Words
from web import forms
from web.components import Progress, Step, Way
from web.deadlines import Deadline, deadline_words

register = template.Library()

# kind of a badge or condition -> (icon, word)
KINDS = {
    "met": ("circle-check", gettext_lazy("Met")),
    "not_met": ("circle-x", gettext_lazy("Not met")),
    "not_known": ("circle-question-mark", gettext_lazy("Not known yet")),
    "under_way": ("loader", gettext_lazy("Under way")),
    "can_apply": ("circle-plus", gettext_lazy("Can apply")),
    "look": ("triangle-alert", gettext_lazy("Look here")),
    "not_needed": ("circle-minus", gettext_lazy("Not needed")),
    "neutral": ("circle-dot", gettext_lazy("Recorded")),
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
VERDICTS = ("not_met", "not_known", "met")  # the integers 0, 1, 2 of the evaluator


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A Lucide icon as inline SVG, hidden from readers: the word beside it speaks."""
    return _icon(name + "", size)


@lru_cache(maxsize=512)  # a page of a list draws the same few icons dozens of times
def _icon(name: str, size: int) -> SafeString:
    drawn = lucide._render_icon(name, size, **{"aria-hidden": "true", "focusable": "false"})
    return mark_safe(drawn)  # noqa: S308 – drawn from the icon set of the package, no data in it


@register.filter
def say(words: Words | str | None) -> str:
    """``Words`` in the language of the page; plain text stays."""
    return forms.say(words) if isinstance(words, Words) else str(words or "")


@register.filter
def listed(names: Iterable[Words | str]) -> str:
    """Names or words one after the other: 甲、乙, in English A, B."""
    return forms.listed(map(say, names))


@register.filter
def yuan(fen: int | str | None) -> str:
    """3,000.00 from 300000 fen; a dash when not known."""
    return yuan_and_fen.yuan(fen) if isinstance(fen, int) else "—"


@register.filter
def whole(number: int | None) -> str:
    """A count as people read it: 1,450; a dash when not known."""
    return f"{number:,}" if isinstance(number, int) else "—"


@register.filter
def verdict_kind(verdict: int) -> str:
    """Badge kind of a verdict: 0 not_met, 1 not_known, 2 met."""
    return VERDICTS[verdict]


@register.filter
def iso(day: datetime.date | None) -> str:
    """A day as tables print it: 2026-08-21."""
    return (
        dateformat.format(timezone.localtime(day) if isinstance(day, datetime.datetime) else day, "Y-m-d")
        if day
        else "—"
    )


@register.filter
def prose_day(day: datetime.date | None) -> str:
    """A day as sentences print it: 8 月 21 日（周五）, 21 August (Friday)."""
    if day is None:
        return "—"
    weekday = pgettext("weekday in a sentence", WEEKDAYS[day.weekday()])
    return f"{dateformat.format(day, pgettext('day in a sentence', 'j F'))}{gettext(' (%s)') % weekday}"


@register.inclusion_tag("web/parts/badge.html")
def badge(kind: str, text: str = "", quiet: bool = False, icon: str = "") -> dict[str, object]:
    """Icon and word. Filled: a person must act or know; quiet: done."""
    mark, word = KINDS[kind]
    return {"kind": kind, "icon": icon or mark, "text": text or word, "quiet": quiet}


@register.simple_block_tag
def page_header(content: str, title: str, crumbs: Iterable[tuple[str, str]] = (), **more: object) -> str:
    """Crumbs, the one h1, ``badge`` + ``badge_text``, ``meta``; the block holds the actions."""
    return render_to_string(
        "web/parts/page_header.html", {"actions": content, "title": title, "crumbs": crumbs, **more}
    )


@register.simple_block_tag
def panel(content: str, title: str = "", **more: object) -> str:
    """A sheet: ``meta``, ``flush`` (tables), ``kind`` (look, bad), ``link`` + ``link_text``, ``foot``, ``id``."""
    return render_to_string("web/parts/panel.html", {"content": content, "title": title, **more})


@register.simple_block_tag
def fact(content: str, label: str, url: str = "", action: str = "", meta: str = "") -> str:
    """One line of ``<dl class="summary">``: label, value, the way to change it at the right."""
    return render_to_string(
        "web/parts/fact.html",
        {"content": content, "label": label, "url": url, "action": action or gettext("Change"), "meta": meta},
    )


@register.inclusion_tag("web/parts/condition.html")
def condition(
    kind: str | int,
    sentence: Words | str,
    seen: Words | str = "",
    do: Words | str = "",
    url: str = "",
    key: str = "",
) -> dict[str, object]:
    """A condition row: icon, sentence, value seen, then what to do. ``kind`` may be a verdict integer.

    ``url`` is where the missing fact is put on record; ``key`` opens it.
    """
    name = VERDICTS[kind] if isinstance(kind, int) else kind
    mark, word = KINDS[name]
    return {
        "kind": name,
        "icon": mark,
        "word": word,
        "sentence": sentence,
        "seen": seen,
        "do": do,
        "url": url,
        "key": key,
    }


@register.simple_block_tag
def paper(content: str, state: str, title: str, detail: str = "", pages: int = 0, note: str = "") -> str:
    """A checklist row; ``state`` missing, held or not_needed. The block holds what can be done with it."""
    marks = {"missing": "circle-dashed", "held": "circle-check", "not_needed": "circle-minus"}
    return render_to_string(
        "web/parts/paper.html",
        {
            "content": content,
            "state": state,
            "icon": marks[state],
            "title": title,
            "detail": detail,
            "pages": pages,
            "note": note,
        },
    )


@register.inclusion_tag("web/parts/timeline.html")
def timeline(steps: Iterable[Step]) -> dict[str, object]:
    """What happened, what is on, what comes."""
    return {"steps": steps}


@register.inclusion_tag("web/parts/chain.html")
def chain(steps: Iterable[Step]) -> dict[str, object]:
    """The same steps side by side, as a batch shows its signatures."""
    return {"steps": steps}


@register.inclusion_tag("web/parts/deadline.html")
def deadline(due: datetime.date | None, today: datetime.date) -> dict[str, object]:
    """Chip in working days: overdue red, today and tomorrow amber, else plain."""
    shown: Deadline | None = deadline_words(due, today) if due else None
    return {"deadline": shown, "due": due}


@register.inclusion_tag("web/parts/money.html")
def money(fen: int | None, big: bool = False, capitals: bool = False, after: str = "") -> dict[str, object]:
    """Bold figure, small unit; ``capitals`` below sums that are approved or paid; below zero: short by."""
    short = fen is not None and fen < 0
    amount = abs(fen) if fen is not None else None
    return {
        "figure": yuan(amount),
        "short": short,
        "big": big,
        "after": after,
        "capitals": yuan_and_fen.capitals(amount) if capitals and amount is not None else "",
    }


@register.inclusion_tag("web/parts/masked.html")
def masked(last: str, url: str = "", label: str = "") -> dict[str, object]:
    """A number by its last digits only; ``url`` asks for a reason and shows it for 30 seconds, on record."""
    return {"last": last, "url": url, "label": label}


@register.inclusion_tag("web/parts/progress.html")
def progress(job: Progress) -> dict[str, object]:
    """A running job; polls each second until it has ended."""
    return {"job": job}


@register.inclusion_tag("web/parts/empty.html")
def empty(title: str, text: str = "", ways: Iterable[Way] = (), icon: str = "search-x") -> dict[str, object]:
    """What is not there and why, then the ways on."""
    return {"title": title, "text": text, "ways": ways, "icon": icon}


@register.inclusion_tag("web/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """All errors on top, each a link to its field; takes the focus. Once a page: the first place a template gives it."""
    if getattr(form, "is_summed_up", False):
        return {"number": 0}
    form.is_summed_up = True  # type: ignore[attr-defined]  # a mark for this page alone
    fields = [(field, field.errors) for field in form if field.errors]
    number = sum(len(errors) for _, errors in fields) + len(form.non_field_errors())
    return {
        "form": form,
        "fields": fields,
        "number": number,
        "is_step": getattr(form, "is_step", False) or not form.visible_fields(),
        "has_fields": bool(form.visible_fields()),
    }


@register.simple_tag
def field_notes(field: BoundField) -> dict[str, object]:
    """Warnings and the repair of a field, for the field template."""
    return {
        "warnings": getattr(field.form, "warnings", {}).get(field.name, []),
        "repair": getattr(field.form, "repairs", {}).get(field.name),
    }


@register.inclusion_tag("web/parts/pagination.html", takes_context=True)
def pagination(context: template.Context, page: "Page[object]", unit: str = "") -> dict[str, object]:
    """Which rows of how many, and the pages before and after; the filters in the URL stay."""
    return {"page": page, "unit": unit, "request": context.get("request")}


@register.inclusion_tag("web/parts/filters.html", takes_context=True)
def filters(context: template.Context, form: BaseForm) -> dict[str, object]:
    """A GET form as one row of filters; what is chosen stands in the URL."""
    chosen = form.is_bound and any(form.data.get(field.html_name) for field in form.visible_fields())
    kept = (
        urlencode(
            {
                one.html_name: form.data[one.html_name]
                for one in form.hidden_fields()
                if form.data.get(one.html_name)
            }
        )
        if chosen
        else ""
    )
    return {"form": form, "chosen": chosen, "kept": kept, "request": context.get("request")}


@register.simple_tag
def keys(*names: str, label: str = "") -> SafeString:
    """Key hints: ``{% keys "J" "K" label=… %}``."""
    caps = mark_safe("".join(format_html("<kbd>{}</kbd>", name) for name in names))  # noqa: S308 – each escaped
    return format_html('<span class="keys">{} {}</span>', caps, label)


@register.inclusion_tag("web/parts/disabled.html")
def disabled(label: str, reasons: Iterable[Words | str]) -> dict[str, object]:
    """An action that cannot be taken now: it stays visible, with every reason."""
    return {"label": label, "reasons": list(reasons)}
