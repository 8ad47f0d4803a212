"""What is typed into this room: policy files, and the answer to a simulation's alarm."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.language.reading import BYTES_MAX
from standards.words import Refusal
from web.forms import HouseForm


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
