"""The one thing typed into this room: a policy file."""

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
