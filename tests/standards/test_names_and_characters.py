"""Names: one form, all readings; characters: nothing invisible, the rare ones right."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards import characters, names, tables
from standards.words import Refusal

HAN = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4)


@pytest.mark.parametrize("dot", "·‧•・．｡⋅∙"[0:5])
def test_every_dot_is_the_same_dot(dot):
    assert names.normal_form(f"阿卜杜拉{dot}买买提") == "阿卜杜拉·买买提"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("张 三", "张三"),
        ("张\u200b三", "张三"),
        ("阿依·古丽", "阿依古丽"),
        ("anna li", "ANNA LI"),
        ("⼦涵", "子涵"),
        ("\ue81e", "龴"),
    ],
)
def test_the_same_name_in_two_spellings(a, b):
    assert names.same_person_name(a, b)


@pytest.mark.parametrize(("a", "b"), [("王艳", "王燕"), ("李𬭎", "李鋐"), ("", ""), ("张三", "")])
def test_another_name(a, b):
    assert not names.same_person_name(a, b)


def test_surnames_that_are_often_misread_are_read_right_and_wrong():
    for row in tables.rows("surname_readings"):
        wanted = row["surname_reading"].replace(" ", "")
        assert names.readings(row["surname"] + "兰")[0] == wanted + "lan", row["surname"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单雄信", "shanxiongxin"),
        ("单雄信", "danxiongxin"),
        ("曾美娜", "zengmeina"),
        ("欧阳娜", "ouyangna"),
        ("吕梅", "lvmei"),
    ],
)
def test_a_name_is_found_by_any_reading(name, typed):
    assert typed in names.readings(name)


@given(HAN)
def test_readings_are_letters_and_few(name):
    readings, initials = names.readings(name), names.initials(name)
    assert len(readings) <= names.READINGS_MAX
    assert len(initials) <= len(readings) or not readings
    assert all(reading.isascii() and reading.isalpha() and reading.islower() for reading in readings)
    assert {reading[0] for reading in readings} == {letters[0] for letters in initials}


def test_the_letters_of_a_name_are_what_is_compared_and_searched():
    assert names.letters(" 阿卜杜拉 • 买买提 ") == names.letters("阿卜杜拉买买提") == "阿卜杜拉买买提"
    assert names.letters("") == ""


@pytest.mark.parametrize(
    "text", ["", " ·", "张三1", "=cmd|' /C calc'!A0", "<b>张</b>", "张" * 51, "张三，女"]
)
def test_what_is_no_name_is_refused(text):
    with pytest.raises(Refusal):
        names.read(text)


@given(st.text())
def test_clean_leaves_nothing_invisible_and_is_stable(text):
    once = characters.clean(text)
    assert characters.clean(once) == once
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in once)
    assert once == once.strip()


def test_clean_lines_keeps_lines():
    assert characters.clean_lines("一\u200b\r\n\t二\n") == "一\n二"


def test_every_character_of_the_private_table_decodes_and_encodes():
    rows = tables.rows("gb18030_private")
    assert len([row for row in rows if row["since"] != "2005"]) == 24
    for row in rows:
        right = chr(int(row["character"], 16))
        assert characters.decode_gb18030(bytes.fromhex(row["bytes"])) == right
        assert characters.decode_gb18030(characters.encode_gb18030(right)) == right


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Co"])))
def test_gb18030_holds_every_text(text):
    assert characters.decode_gb18030(characters.encode_gb18030(text)) == text


def test_unencodable_names_each_character_once():
    assert characters.unencodable("李𬭎䶮𬭎·张", "gbk") == ["𬭎", "䶮"]
    assert characters.unencodable("张三", "gbk") == []


def test_a_name_of_common_ideographs_is_as_it_stands(monkeypatch):
    """The short way of most names gives what the long way gives, character by character."""
    common = [f"王{chr(point)}" for point in range(0x4E00, 0x9FA6)]
    short = [(names.read(name), names.normal_form.__wrapped__(name)) for name in common]
    monkeypatch.setattr(names, "_PLAIN", re.compile("(?!)"))
    assert short == [(names.read(name), names.normal_form.__wrapped__(name)) for name in common]


def test_no_process_carries_phrases_that_nobody_reads():
    """A name is read character by character; the library's phrases weigh 44 MB."""
    assert names.initials("单美娜")
    assert not sys.modules["pypinyin.constants"].PHRASES_DICT
