"""Columns of ciphertext, blind indexes and keyed digests."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from beneficiaries.models import Person
from vault import blind, crypto, digests, keys
from vault.fields import EncryptedField
from vault.keys import KeysUnusable

COLUMN = "beneficiaries_person.citizen_id"
NUMBER = "11010519491231002X"


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), max_size=20))
def test_what_goes_in_comes_out(values):
    sealed = crypto.encrypt_many(values, column=COLUMN)
    assert crypto.decrypt_many(sealed, column=COLUMN) == values
    assert len({*sealed}) == len(values)


def test_equal_values_look_different_and_hold_nothing_readable():
    one, other = crypto.encrypt_many([NUMBER, NUMBER], column=COLUMN)
    assert one != other
    assert NUMBER.encode() not in one
    assert len(one) == 1 + 12 + 18 + 16


def test_a_value_moved_to_another_column_is_refused():
    sealed = crypto.encrypt(NUMBER, column=COLUMN)
    with pytest.raises(KeysUnusable, match=r"beneficiaries_person\.phone"):
        crypto.decrypt(sealed, column="beneficiaries_person.phone")


@pytest.mark.parametrize("place", [1, 12, 13, 20, -1])
def test_a_changed_value_is_refused_without_saying_it(place):
    sealed = bytearray(crypto.encrypt(NUMBER, column=COLUMN))
    sealed[place] ^= 1
    with pytest.raises(KeysUnusable) as caught:
        crypto.decrypt(bytes(sealed), column=COLUMN)
    assert "1949" not in str(caught.value)


@pytest.mark.parametrize("length", [0, 1, 28])
def test_a_cut_value_is_refused(length):
    with pytest.raises(KeysUnusable):
        crypto.decrypt(crypto.encrypt(NUMBER, column=COLUMN)[:length], column=COLUMN)


def test_another_key_file_is_named_as_the_cause(settings, tmp_path):
    sealed = crypto.encrypt(NUMBER, column=COLUMN)
    settings.KEYS_FILE = tmp_path / "other.json"
    keys.make_key_file(settings.KEYS_FILE)
    with pytest.raises(KeysUnusable, match="key file"):
        crypto.decrypt(sealed, column=COLUMN)


def test_older_keys_still_open_after_a_new_one_came(settings, tmp_path):
    settings.KEYS_FILE = tmp_path / "keys.json"
    keys.make_key_file(settings.KEYS_FILE)
    before, index = crypto.encrypt(NUMBER, column=COLUMN), blind.index(NUMBER, purpose="citizen_id")
    document = json.loads(settings.KEYS_FILE.read_text())
    fresh = document["encrypt_with"] % 255 + 1
    document["keys"][str(fresh)] = "B" * 43 + "="
    document["encrypt_with"] = fresh
    settings.KEYS_FILE.write_text(json.dumps(document))
    keys._read.cache_clear()
    after = crypto.encrypt(NUMBER, column=COLUMN)
    assert (before[0], after[0]) == (document["index_with"], fresh)
    assert crypto.decrypt_many([before, memoryview(after)], column=COLUMN) == [NUMBER, NUMBER]
    assert blind.index(NUMBER, purpose="citizen_id") == index


def test_an_index_is_the_same_each_time_and_another_for_each_purpose():
    indexes = [blind.index(NUMBER, purpose=purpose) for purpose in sorted(blind.PURPOSES)]
    assert indexes == [blind.index(NUMBER, purpose=purpose) for purpose in sorted(blind.PURPOSES)]
    assert len({*indexes}) == len(blind.PURPOSES)
    assert {len(index) for index in indexes} == {blind.INDEX_BYTES}


def test_the_last_four_name_a_group():
    group = blind.index_many(["61012420080309482X", "61012419990309482X"], purpose="citizen_id_last4")
    assert group[0] == group[1] == blind.index("482X", purpose="citizen_id_last4")
    assert group[0] != blind.index("4828", purpose="citizen_id_last4")


def test_an_index_for_anything_else_is_a_mistake():
    with pytest.raises(ValueError, match="blind index"):
        blind.index(NUMBER, purpose="name")


PARTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=4), st.binary(max_size=4), st.integers(),
    st.booleans(), st.none(), st.dates(), st.datetimes(timezones=st.just(UTC)),
)  # fmt: skip


@given(st.lists(PARTS, max_size=5), st.lists(PARTS, max_size=5))
def test_two_rows_share_a_digest_only_when_they_are_equal(one, other):
    same = [(type(part), part) for part in one] == [(type(part), part) for part in other]
    assert (digests.keyed_digest(one) == digests.keyed_digest(other)) == same
    assert digests.keyed_digest_many([one, other]) == [digests.keyed_digest(one), digests.keyed_digest(other)]


def test_a_digest_does_not_depend_on_the_zone_a_time_is_shown_in():
    moment = datetime(2026, 7, 15, 9, 30, 0, 123456, tzinfo=UTC)
    shanghai = moment.astimezone(timezone(timedelta(hours=8)))
    assert digests.keyed_digest([moment]) == digests.keyed_digest([shanghai])
    assert digests.keyed_digest([moment]) != digests.keyed_digest([moment.date()])
    with pytest.raises(ValueError, match="zone"):
        digests.keyed_digest([moment.replace(tzinfo=None)])


def test_json_is_digested_whatever_the_order_of_its_keys():
    one = digests.keyed_digest([{"batch": "一本", "年": [1, None, True]}])
    assert one == digests.keyed_digest([{"年": [1, None, True], "batch": "一本"}])
    assert one != digests.keyed_digest([{"年": [1, None, 1], "batch": "一本"}])
    assert digests.keyed_digest([[]]) != digests.keyed_digest([{}])
    with pytest.raises(TypeError):
        digests.keyed_digest([1.5, {"day": date(2026, 7, 15)}])


def test_a_digest_is_for_one_purpose():
    assert digests.keyed_digest([date(2026, 7, 15)]) != digests.keyed_digest(
        [date(2026, 7, 15)], purpose="lists"
    )


def test_the_field_says_what_it_cannot_do():
    field = EncryptedField(column=COLUMN)
    assert field.get_lookup("exact") is None
    assert field.get_lookup("isnull") is not None
    assert field.get_db_prep_value(None, None) is None
    assert field.get_db_prep_value(F("other"), None) == F("other")
    with pytest.raises(TypeError, match="backup"):
        field.value_to_string(None)
    assert field.clone().bound_to == COLUMN


@pytest.mark.django_db
def test_the_database_holds_ciphertext_and_the_program_reads_text():
    person = Person.objects.create(
        name="张美娜",
        sex="female",
        born_on=date(1949, 12, 31),
        division="610124103205",
        citizen_id=NUMBER,
        citizen_id_index=blind.index(NUMBER, purpose="citizen_id"),
        citizen_id_last4=blind.index(NUMBER, purpose="citizen_id_last4"),
    )
    found = Person.objects.get(citizen_id_index=blind.index(NUMBER, purpose="citizen_id"))
    assert (found.pk, found.citizen_id, found.phone) == (person.pk, NUMBER, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT citizen_id FROM beneficiaries_person")
        stored = cursor.fetchone()[0]
    assert NUMBER.encode() not in bytes(stored)
    assert crypto.decrypt(stored, column=COLUMN) == NUMBER
    assert Person.objects.filter(phone__isnull=True).count() == 1
    with pytest.raises(FieldError):
        Person.objects.filter(citizen_id=NUMBER)
