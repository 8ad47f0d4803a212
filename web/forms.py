"""Forms of the house: kept input, errors that link to their field, doubts that warn, one-press repairs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from standards.words import Refusal, Words
from web.components import Repair

if TYPE_CHECKING:
    _Base = forms.BaseForm
else:
    _Base = object


class HouseRenderer(TemplatesSetting):
    """``FORM_RENDERER`` of the project: ``{{ form }}`` and ``as_field_group`` in the look of the house."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"


def say(words: Words) -> str:
    """Words in the language of the page."""
    return words.say(get_language() or "zh-hans")


def listed(names: Iterable[str]) -> str:
    """Names one after the other, parted as the language of the page parts them."""
    return (", " if (get_language() or "").startswith("en") else "、").join(names)


NO_FILE = _("No file was chosen: choose one, or drop it here")
EMPTY_FILE = _("The file is empty: save it again where it comes from, or choose another")


class Spoken(_Base):
    """Mixin for a form that takes ``Refusal`` and ``Words`` and offers repairs.

    An impossible value is an error and blocks; a doubtful one is a warning and does not.
    """

    warnings: dict[str, list[str]]
    repairs: dict[str, Repair]

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("label_suffix", "")
        self.warnings = {}
        self.repairs = {}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        for field in self.fields.values():
            if isinstance(field, forms.FileField):
                field.error_messages |= {"required": NO_FILE, "empty": EMPTY_FILE}

    def refuse(self, field: str | None, refusal: Refusal) -> None:
        """Put a refusal at its field (None: the whole form)."""
        self.add_error(field, forms.ValidationError(say(refusal.words), code=refusal.code))

    def warn(self, field: str, words: Words) -> None:
        """Put a doubt at its field; it does not block."""
        self.warnings.setdefault(field, []).append(say(words))

    def offer(self, field: str, *, value: str, label: Words) -> None:
        """Offer a one-press repair beside the field."""
        self.repairs[field] = Repair(value, say(label))


class DropFile(forms.FileInput):
    """A place to drop a file on; its words are ours, not the browser's."""

    template_name = "web/forms/drop.html"


class HouseForm(Spoken, forms.Form):
    """A plain form of the house. ``is_step``: it confirms a deed, and where it is refused nothing was done."""

    is_step = False

    @property
    def takes_focus(self) -> bool:
        """Whether a field wants the focus: something has to be typed before the verb can be pressed."""
        return any(field.widget.attrs.get("autofocus") for field in self.fields.values())


class EmptyForm(HouseForm):
    """A step that asks for nothing but the deed."""

    is_step = True
