"""Forms of this room: control totals as a person types them, result files, allotments, filters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.banks.reading import RESULT_BYTES_MAX
from payments.lifecycle import BatchState
from payments.models import Repayment, WriteOff
from standards.money import fen_from_yuan
from standards.words import Refusal, Words
from web.forms import DropFile, HouseForm, say

YEARS_BACK = 5


class YuanField(forms.CharField):
    """An amount in yuan as people write it; gives fen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return fen_from_yuan(text)
        except Refusal as refusal:
            raise forms.ValidationError(say(refusal.words), code=refusal.code) from None


class TotalsForm(HouseForm):
    """Count and total, typed from the paper: reading them off the same page would prove nothing."""

    is_step = True

    count = forms.IntegerField(
        label=_("Number of lines"),
        min_value=1,
        max_value=999_999,
        widget=forms.NumberInput({"autofocus": True}),
    )
    total_fen = YuanField(label=_("Total (yuan)"))


class StatementForm(HouseForm):
    """What became of bank files that were downloaded; the service says when it is needed."""

    is_step = True

    statement = forms.CharField(
        label=_("What became of the downloaded files, who says so, and when"), max_length=200, required=False
    )


class ReturnForm(HouseForm):
    """Money that came back."""

    is_step = True

    reason_text = forms.CharField(
        label=_("What the bank says"), max_length=120, widget=forms.TextInput({"autofocus": True})
    )


class FindingForm(HouseForm):
    """What a person found out about a quarantined answer."""

    is_step = True

    finding = forms.ChoiceField(
        label=_("What the bank confirms"),
        choices=[
            ("", "—"),
            ("not_paid", _("It was not paid; the answer is wrong")),
            ("was_paid", _("It was paid; never send it again")),
        ],
    )
    note = forms.CharField(label=_("Who said so, and when"), max_length=200)


class ResultForm(HouseForm):
    """A bank's result file for a batch."""

    batch = forms.ChoiceField(label=_("Batch"))
    file = forms.FileField(label=_("The bank's result file, as it came"), widget=DropFile)

    def __init__(self, *args: Any, batches: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["batch"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *batches]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > RESULT_BYTES_MAX:
            size = RESULT_BYTES_MAX // 1024 // 1024
            raise forms.ValidationError(
                say(Words(f"文件超过 {size} MB", f"The file is larger than {size} MB"))
            )
        return file


class AllotmentForm(HouseForm):
    """Budget issued to one program from one source for one year."""

    program = forms.ChoiceField(label=_("Program"))
    source = forms.ChoiceField(label=_("Source of funds"), initial="county")
    fiscal_year = forms.IntegerField(label=_("Fiscal year"), min_value=2000, max_value=2099)
    budget_line = forms.CharField(label=_("Budget line"), max_length=10, required=False)
    document_number = forms.CharField(label=_("Document number"), max_length=60)
    amount_fen = YuanField(label=_("Amount (yuan)"))

    def __init__(
        self, *args: Any, programs: dict[str, Words], sources: dict[str, Words], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, known, first in (("program", programs, [("", "—")]), ("source", sources, [])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*first, *((code, say(words)) for code, words in known.items())]


class RepaymentForm(HouseForm):
    """What a family brought back, or was given back, from its receipt."""

    is_step = True

    fen = YuanField(label=_("Amount (yuan)"))
    receipt = forms.CharField(
        label=_("Number of the receipt"), max_length=Repayment._meta.get_field("receipt").max_length
    )
    came_on = forms.DateField(label=_("Came back on"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, to_family: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if to_family:
            self.fields["came_on"].label = _("Given back on")
        self.fields["fen"].widget.attrs["autofocus"] = True


class WriteOffForm(HouseForm):
    """Why a debt never comes back, and the document that allows it to be written off."""

    is_step = True

    reason = forms.CharField(
        label=_("Why?"),
        max_length=WriteOff._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
    document_number = forms.CharField(
        label=_("Document number"), max_length=WriteOff._meta.get_field("document_number").max_length
    )


class BatchFilters(HouseForm):
    """The list of batches; what is chosen stands in the URL."""

    program = forms.ChoiceField(label=_("Program"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, programs: dict[str, Words], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("program", [(code, say(words)) for code, words in programs.items()]),
            ("state", [(state.value, state.label) for state in BatchState]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("All")), *choices]

    def chosen(self) -> dict[str, str]:
        """The columns to filter by; a value that is none of the choices filters nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
