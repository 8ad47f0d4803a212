"""The key file: made once, private, and one clear sentence when it is not right."""

import json
import os
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from vault import checks, keys
from vault.storage import EncryptedStorage


@pytest.fixture
def key_file(tmp_path, settings):
    settings.KEYS_FILE = tmp_path / "keys" / "guanai.json"
    settings.FILES_ROOT = tmp_path / "files"
    return settings.KEYS_FILE


@pytest.fixture
def _no_database(monkeypatch):
    """Commands below look at the stored files only."""
    monkeypatch.setattr("vault.management.commands.make_keys.connection.introspection.table_names", list)


@pytest.mark.usefixtures("_no_database")
def test_make_keys_twice_changes_nothing(key_file, capsys):
    call_command("make_keys")
    before = key_file.read_bytes()
    call_command("make_keys")
    assert key_file.read_bytes() == before
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert os.listdir(key_file.parent) == [key_file.name]
    assert "nothing changed" in capsys.readouterr().out


@pytest.mark.usefixtures("_no_database")
def test_make_keys_refuses_beside_data_that_new_keys_would_not_open(key_file):
    call_command("make_keys")
    EncryptedStorage().save("papers/x.jpg", ContentFile(b"a"))
    key_file.unlink()
    with pytest.raises(CommandError, match="put the old key file back"):
        call_command("make_keys")
    assert not key_file.exists()
    call_command("make_keys", despite_data=True)
    assert key_file.exists()


@pytest.mark.usefixtures("_no_database")
def test_make_keys_does_not_touch_a_damaged_file(key_file):
    key_file.parent.mkdir()
    key_file.touch(mode=0o600)
    with pytest.raises(CommandError, match="damaged"):
        call_command("make_keys")
    assert key_file.read_bytes() == b""


def test_a_missing_file_fails_closed_with_a_sentence(key_file):
    with pytest.raises(keys.KeysUnusable, match=r"找不到密钥文件 .* / The key file .* is missing"):
        keys.derived_key("trail")
    assert [error.id for error in checks.check_key_file(None)] == ["vault.E001"]
    assert issubclass(keys.KeysUnusable, ImproperlyConfigured)


def test_a_file_that_others_can_read_is_refused(key_file):
    keys.make_key_file(key_file)
    key_file.chmod(0o640)
    with pytest.raises(keys.KeysUnusable, match="chmod 600"):
        keys.derived_key("trail")


@pytest.mark.parametrize(
    "document",
    [
        "", "[]", "{}", '{"keys": {}, "encrypt_with": 1, "index_with": 1}', '{"keys": {"1": "AAAA"}, "encrypt_with": 1}',
        '{"keys": {"1": "AAAA"}, "encrypt_with": 1, "index_with": 1}', '{"keys": 3, "encrypt_with": 1, "index_with": 1}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused(key_file, document):
    key_file.parent.mkdir()
    key_file.touch(mode=0o600)
    key_file.write_text(document)
    with pytest.raises(keys.KeysUnusable, match="damaged"):
        keys.key_ring()


def test_each_purpose_has_its_own_key_and_keeps_it(key_file):
    keys.make_key_file(key_file)
    derived = {purpose: keys.derived_key(purpose) for purpose in ("trail", "index/phone", "digest/rows")}
    assert len({*derived.values()}) == 3
    assert all(len(key) == 32 for key in derived.values())
    keys._read.cache_clear()
    assert {purpose: keys.derived_key(purpose) for purpose in derived} == derived


def test_no_key_is_ever_printed(key_file):
    keys.make_key_file(key_file)
    secret = next(iter(json.loads(key_file.read_text())["keys"].values()))
    ring = keys.key_ring()
    assert secret not in repr(ring)
    assert str(next(iter(ring.keys.values()))) not in repr(ring)
    with pytest.raises(FileExistsError):
        keys.make_key_file(key_file)
