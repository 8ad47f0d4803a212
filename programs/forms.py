"""What is typed into this room: policy files, and the answer to a simulation's alarm."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.language.reading import BYTES_MAX
from programs.queries.example_rows import Row
from programs.queries.example_sheets import TEXT_MAX, read_sheet
from standards.words import Refusal
from web.forms import HouseForm

SHEET_BYTES_MAX = 200_000  # some two hundred rows of thirty cells


class PolicyFile(forms.FileInput):
    """The file chooser in the look of the house: a browser's own would speak the browser's language."""

    template_name = "programs/file.html"


class PolicyFileForm(HouseForm):
    """A policy file to be kept as a draft, byte for byte."""

    file = forms.FileField(
        label=_("Policy file"),
        help_text=_("One .toml file. It becomes a draft; a second person puts it in force."),
        widget=PolicyFile(attrs={"accept": ".toml"}),
    )

    def clean_file(self) -> Any:
        """At most as large as the language reads: nothing larger is taken into memory."""
        file = self.cleaned_data["file"]
        if file.size is not None and file.size > BYTES_MAX:
            self.refuse(
                "file",
                Refusal("文件太大：政策文件不超过 1 MB", "The file is too large: a policy has at most 1 MB"),
            )
        return file


class LookForm(HouseForm):
    """The second person's answer to what a simulation raises; asked for only where it raises something."""

    is_step = True

    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("Why may it be so? It is kept with the policy, under your name."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExampleForm(HouseForm):
    """One more worked example: what it is like, the facts that differ, and what comes out."""

    name = forms.SlugField(
        label=_("Short name"), max_length=60, help_text=_("Small letters, digits and underscores")
    )
    zh = forms.CharField(label=_("Situation"), max_length=TEXT_MAX)
    like = forms.ChoiceField(
        label=_("Like"), required=False, help_text=_("Only what differs from it is said below")
    )
    gives = forms.CharField(
        label=_("Result"),
        max_length=TEXT_MAX,
        help_text=_("An amount in yuan; or “no: need, need”; or “not known: need”"),
    )

    def __init__(
        self,
        *args: Any,
        columns: list[tuple[str, str, list[tuple[str, str]]]],
        names: list[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = [key for key, _head, _choices in columns]
        self.fields["like"].choices = [("", "—"), *((one, one) for one in names)]  # type: ignore[attr-defined]  # a ChoiceField
        for key, head, choices in columns:
            self.fields[key] = (
                forms.ChoiceField(label=head, required=False, choices=choices)
                if choices
                else forms.CharField(label=head, required=False, max_length=TEXT_MAX)
            )
        self.order_fields(["name", "zh", "like", *self.columns, "gives"])

    def rows(self) -> list[Row]:
        """The one row, as a sheet would hold it."""
        said = self.cleaned_data
        facts = {key: said[key].strip() for key in self.columns if said[key].strip()}
        return [Row(said["name"], said["zh"], "", said["like"], said["gives"].strip(), facts)]


class SheetForm(HouseForm):
    """The examples' sheet, filled."""

    file = forms.FileField(
        label=_("The filled sheet"),
        help_text=_(
            "A workbook or CSV. Lines with a new name become examples; the others are left as they are."
        ),
        widget=PolicyFile(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        """At most as large as two hundred rows are."""
        file = self.cleaned_data["file"]
        if file.size is not None and file.size > SHEET_BYTES_MAX:
            self.refuse("file", Refusal("表格太大：不超过 200 KB", "The sheet is too large: at most 200 KB"))
        return file

    def rows(self) -> list[Row]:
        """What the sheet holds. Raises Refusal where it is not the sheet that was downloaded."""
        return read_sheet(self.cleaned_data["file"].read(SHEET_BYTES_MAX))
