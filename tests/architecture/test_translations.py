"""Every message on a screen has its Chinese, and only one."""

import polib
import pytest
from django.conf import settings

from config.translations import compile_all, conflicts, missing, used


def test_every_message_has_chinese():
    lacking = [f"{one.file}:{one.line}: {one.msgid!r}" for one in missing(settings.BASE_DIR, settings.ROOMS)]
    assert lacking == []


def test_no_message_has_two_translations():
    assert conflicts(settings.BASE_DIR, settings.ROOMS) == []


HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n\n'


@pytest.fixture
def room(tmp_path):
    """A project with one room."""
    folder = tmp_path / "shop"
    (folder / "templates" / "shop").mkdir(parents=True)
    (folder / "locale" / "zh_Hans" / "LC_MESSAGES").mkdir(parents=True)
    (folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").write_text(
        HEADER + 'msgid "Opened"\nmsgstr "已开"\n\nmsgid "Emptied"\nmsgstr ""\n'
    )
    (folder / "views.py").write_text('gettext("Opened"); _("Closed"); pgettext("shop", "Full"); other("x")\n')
    (folder / "templates" / "shop" / "door.html").write_text(
        '{% load i18n %}\n{% translate "Opened" %} {{ _("Emptied") }}\n'
        "{% blocktranslate count n=n %}{{ n }} door{% plural %}{{ n }} doors{% endblocktranslate %}\n"
        '{% translate "Full" context "bar" %}\n'
    )
    return tmp_path


def test_used_finds_messages_in_code_and_templates(room):
    assert {(one.context, one.msgid, one.line) for one in used(room, ["shop"])} == {
        ("", "Opened", 1),
        ("", "Closed", 1),
        ("shop", "Full", 1),
        ("", "Opened", 2),
        ("", "Emptied", 2),
        ("", "%(n)s door", 3),
        ("bar", "Full", 4),
    }


def test_missing_leaves_out_what_is_translated(room):
    assert [one.msgid for one in missing(room, ["shop"])] == [
        "Emptied",
        "%(n)s door",
        "Full",
        "Closed",
        "Full",
    ]


def test_compile_writes_only_what_is_translated_and_only_when_something_changed(room, tmp_path):
    assert compile_all(room, ["shop"], tmp_path / "out")
    assert not compile_all(room, ["shop"], tmp_path / "out")
    entries = polib.mofile(str(tmp_path / "out/zh_Hans/LC_MESSAGES/django.mo"))
    assert [(entry.msgid, entry.msgstr) for entry in entries] == [("Opened", "已开")]


def test_conflicts_names_both_rooms(room):
    other = room / "bar" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    other.parent.mkdir(parents=True)
    other.write_text(HEADER + 'msgid "Opened"\nmsgstr "打开"\n')
    assert conflicts(room, ["shop", "bar"]) == ["'Opened': 已开 (shop), 打开 (bar)"]
