"""What the printing form takes."""

from django import forms
from django.core.validators import RegexValidator

from web.forms import HouseForm


class PileForm(HouseForm):
    """A kind of letter and a division, or the first digits of one."""

    kind = forms.SlugField(max_length=40)
    division = forms.CharField(validators=[RegexValidator(r"\A[0-9]{6,12}\Z")])
