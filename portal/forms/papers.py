"""Papers at the counter: scans, papers seen, signed declarations."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from web.forms import HouseForm

NOTE_MAX = Application._meta.get_field("note").max_length
FILES_MAX = 10  # pages of one paper sent at once


class ManyFiles(forms.ClearableFileInput):
    """Several pages of one paper in one go."""

    allow_multiple_selected = True


class PagesField(forms.FileField):
    """A list of uploaded pages."""

    def clean(self, data: object, initial: object = None) -> list[object]:
        pages = data if isinstance(data, list | tuple) else [data]
        return [super(PagesField, self).clean(page, initial) for page in pages if page]


class PaperForm(HouseForm):
    """``how`` is scanned (with files), seen (nothing kept) or declared (signed statement in its place)."""

    kind = forms.SlugField(max_length=40)
    how = forms.ChoiceField(
        choices=[("scanned", _("scanned")), ("seen", _("seen")), ("declared", _("declared"))]
    )
    file = PagesField(required=False, widget=ManyFiles)

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        if given.get("how") == "scanned" and not given.get("file"):
            self.add_error("file", _("No page was chosen: choose a photo or take one"))
        return given

    def contents(self) -> Iterator[bytes | None]:
        """The bytes of each page; one None for a paper of which no copy is kept, unless a page came with it."""
        pages = self.cleaned_data.get("file") or []
        if not pages:
            yield None
        for page in pages[:FILES_MAX]:
            yield page.read()


class NoteForm(HouseForm):
    """The clerk's note, kept while it is written."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_MAX,
        widget=forms.TextInput({"placeholder": _("such as: away at school, call the mother")}),
    )
