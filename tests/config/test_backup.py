"""The drill: a county is saved, comes back in an empty place, and holds together; anything less is refused."""

import hashlib
import io
import json
import os
import stat
import tarfile
from datetime import date
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from audit import sealing
from audit.models import TrailRow
from beneficiaries.models import Person
from config.archive import manifest as manifests
from config.database.roles import as_owner
from ledger import services
from ledger.models import Transfer
from tests import factories
from vault import keys, sealed_file

pytestmark = pytest.mark.django_db(transaction=True)
RESTORED = f"test_guanai_{os.getpid()}_restored"
DAY = date(2026, 8, 18)


@pytest.fixture
def county(settings, tmp_path):
    """A little of everything that a backup must bring back: people, files, transfers, a sealed trail."""
    settings.FILES_ROOT = tmp_path / "before"
    girl = factories.person("张美娜", date(2008, 3, 9))
    stored = default_storage.save("papers/photo.jpg", ContentFile(b"a paper" * 20_000))
    allotment = services.enter_allotment(
        program="college-award", source="county", fiscal_year=2026, document_number="周财〔2026〕9号", amount_fen=500,
        by=factories.actor("batch_checker"), on=DAY,
    )  # fmt: skip
    services.confirm_allotment(allotment, by=factories.actor("batch_approver"), on=DAY)
    sealing.seal()
    return {"girl": girl.pk, "number": girl.citizen_id, "file": stored}


@pytest.fixture
def archive(county, tmp_path, capsys):
    target = tmp_path / "backups" / "county.tar"
    call_command("backup", target)
    assert "The database and 1 files are saved" in capsys.readouterr().out
    return target


@pytest.fixture
def empty_place(settings, tmp_path):
    """A database without a table and a folder without a file, as on a new machine."""
    before = connection.settings_dict["NAME"]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {RESTORED}")
        cursor.execute(f"CREATE DATABASE {RESTORED}")
    settings.FILES_ROOT = tmp_path / "after"
    connection.close()
    connection.settings_dict["NAME"] = RESTORED
    yield settings.FILES_ROOT
    connection.close()
    connection.settings_dict["NAME"] = before
    with as_owner(), connection.cursor() as cursor:
        # Not by force: its owner may not end autovacuum, and waits for it.
        cursor.execute(f"DROP DATABASE {RESTORED}")


def tables():
    with as_owner():
        return connection.introspection.table_names()


def test_a_county_comes_back_whole(county, archive, empty_place, capsys):
    call_command("restore", archive)
    assert "Everything holds" in capsys.readouterr().out
    girl = Person.objects.get(pk=county["girl"])
    assert (girl.name, girl.citizen_id) == ("张美娜", county["number"])
    with default_storage.open(county["file"]) as file:
        assert file.read() == b"a paper" * 20_000
    assert Transfer.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, has_table_privilege('ledger_transfer', 'UPDATE')")
        assert cursor.fetchone() == ("app", False)
    sealing.seal()
    assert TrailRow.objects.exclude(verb="take_stock").count() == 2
    assert sealing.broken_blocks() == []
    factories.person("李欣", date(2009, 1, 1))  # and life goes on: sequences came back too
    call_command("verify")


def test_an_archive_holds_nothing_readable_and_no_key(county, archive, settings):
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    data = archive.read_bytes()
    secret = next(iter(json.loads(settings.KEYS_FILE.read_text())["keys"].values()))
    for readable in ("张美娜", county["number"], "a paper", "PGDMP", secret):
        assert readable.encode() not in data
    assert [path.name for path in archive.parent.iterdir()] == ["county.tar"]


def test_a_backup_never_replaces_another(archive):
    before = archive.read_bytes()
    with pytest.raises(CommandError, match="is not replaced"):
        call_command("backup", archive)
    assert archive.read_bytes() == before


def test_a_backup_is_named_by_its_time(county, settings, tmp_path, capsys):
    settings.VAR = tmp_path
    call_command("backup", json=True)
    answer = json.loads(capsys.readouterr().out)
    assert Path(answer["file"]).parent == tmp_path / "backups"
    assert answer["files"] == 1


def test_only_an_empty_place_is_filled(archive, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "after"
    with pytest.raises(CommandError, match="holds data"):
        call_command("restore", archive)


def test_a_folder_with_files_is_not_touched(archive, empty_place):
    empty_place.mkdir()
    (empty_place / "kept.jpg").write_bytes(b"kept")
    with pytest.raises(CommandError, match="holds files"):
        call_command("restore", archive)
    assert (empty_place / "kept.jpg").read_bytes() == b"kept"
    assert tables() == []


def test_a_place_that_was_prepared_is_empty_too(archive, empty_place, capsys):
    call_command("migrate", verbosity=0)
    call_command("restore", archive)
    assert "Everything holds" in capsys.readouterr().out
    with pytest.raises(CommandError, match="holds files"):
        call_command("restore", archive)


def refused(archive, match, empty_place):
    with pytest.raises(CommandError, match=match):
        call_command("restore", archive)
    assert tables() == []
    assert not empty_place.exists()
    assert [path for path in empty_place.parent.iterdir() if "restoring" in path.name] == []


def test_other_keys_restore_nothing(archive, empty_place, settings, tmp_path):
    settings.KEYS_FILE = tmp_path / "other.json"
    keys.make_key_file(settings.KEYS_FILE)
    refused(archive, "does not fit the keys", empty_place)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.99])
def test_a_backup_that_was_cut_restores_nothing(archive, empty_place, part):
    with tarfile.open(archive) as whole:
        last = whole.getmembers()[-1]
    end = last.offset_data + last.size  # after it a tar file holds only zeros, which nobody misses
    archive.write_bytes(archive.read_bytes()[: int(end * part)])
    refused(archive, "no whole backup", empty_place)


def rewritten(archive, change):
    """The archive again, each part as ``change(name, data)`` gives it; None leaves it out."""
    with tarfile.open(archive) as old:
        parts = [(entry, old.extractfile(entry).read()) for entry in old.getmembers()]
    with tarfile.open(archive, "w") as new:
        for entry, data in parts:
            changed = change(entry.name, data)
            if changed is not None:
                entry.size = len(changed)
                new.addfile(entry, io.BytesIO(changed))


def test_a_changed_part_is_named(archive, empty_place):
    rewritten(archive, lambda name, data: data[:-1] + b"x" if name.startswith("files/") else data)
    refused(archive, "files/papers/", empty_place)


def test_a_missing_part_is_noticed(archive, empty_place):
    rewritten(archive, lambda name, data: None if name.startswith("files/") else data)
    refused(archive, "no whole backup", empty_place)


def test_a_changed_manifest_is_noticed(archive, empty_place):
    rewritten(
        archive, lambda name, data: data.replace(b"610124", b"610125") if name == "manifest.json" else data
    )
    refused(archive, "does not fit the keys", empty_place)


def test_a_backup_of_a_newer_program_is_refused(archive, empty_place):
    def newer(name, data):
        if name != "manifest.json":
            return data
        made = manifests.read_manifest(data)
        made.migrations.append("ledger.0099_from_the_future")
        return made.to_bytes()

    rewritten(archive, newer)
    refused(archive, "ledger.0099_from_the_future", empty_place)


def test_a_dump_that_cannot_be_loaded_leaves_the_place_empty(archive, empty_place):
    garbage = b"".join(sealed_file.seal([b"PGDMP, but not really"], name="database.sealed"))

    def broken(name, data):
        if name == "database.sealed":
            return garbage
        if name != "manifest.json":
            return data
        made = manifests.read_manifest(data)
        digest = hashlib.sha256(garbage).hexdigest()
        made.members[0] = manifests.Member("database.sealed", len(garbage), digest)
        return made.to_bytes()

    rewritten(archive, broken)
    refused(archive, "pg_restore did not finish", empty_place)


def test_an_interrupted_backup_leaves_nothing(county, tmp_path, monkeypatch):
    def failing():
        yield b"half a dump"
        raise KeyboardInterrupt

    monkeypatch.setattr("config.archive.programs.dump", failing)
    with pytest.raises(KeyboardInterrupt):
        call_command("backup", tmp_path / "backups" / "county.tar")
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.parametrize(
    ("place", "said"), [("a file/x.tar", "not written"), ("being written.tar", "Another backup")]
)
def test_a_place_that_cannot_be_written_is_named(county, tmp_path, place, said):
    (tmp_path / "a file").touch()
    (tmp_path / ".being written.tar.part").touch()
    with pytest.raises(CommandError, match=said):
        call_command("backup", tmp_path / place)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a backup", b"\0" * 2048])
def test_something_else_is_no_backup(tmp_path, content):
    other = tmp_path / "other.tar"
    other.write_bytes(content)
    with pytest.raises(CommandError, match="no whole backup"):
        call_command("restore", other)


def test_a_backup_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("restore", tmp_path / "nothing.tar")
