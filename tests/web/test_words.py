"""What Django says of a wrong field is said as the house says it."""

from django import forms
from django.utils import translation


class Visit(forms.Form):
    name = forms.CharField(max_length=3)
    day = forms.DateField()
    count = forms.IntegerField(min_value=1990)
    kind = forms.ChoiceField(choices=[("a", "a")])


def test_wrong_fields_are_told_what_to_do_in_plain_words():
    with translation.override("zh-hans"):
        form = Visit({"name": "四个字呢", "day": "2026-02-30", "count": "1", "kind": "z" * 400})
        told = [words for errors in form.errors.values() for words in errors]
        assert told == [
            "最多 3 个字，现在有 4 个",
            "这不是日期：写成 2026-08-31 这样",
            "不能小于 1990",
            "没有这个选项，请从列出的里面选",
        ]
        assert Visit({}).errors["name"] == ["这里要填"]
