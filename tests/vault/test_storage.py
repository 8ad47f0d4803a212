"""Stored files: whole, encrypted, under names that say nothing."""

import io
import stat
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st

from vault import digests, keys, sealed_file
from vault.keys import KeysUnusable
from vault.storage import EncryptedStorage

CHUNK = sealed_file.CHUNK_BYTES
PATTERN = bytes(range(251))


@pytest.fixture
def root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return settings.FILES_ROOT


def content(size):
    return (PATTERN * (size // 251 + 1))[:size]


def stored(root, size=3 * CHUNK + 5):
    """A stored file's name and its place on disk."""
    name = EncryptedStorage().save("papers/a.jpg", ContentFile(content(size)))
    return name, Path(root) / name


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])
def test_a_file_comes_back_as_it_was(root, size):
    storage = EncryptedStorage()
    name, place = stored(root, size)
    with storage.open(name) as file:
        assert file.read() == content(size)
    assert storage.size(name) == size
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert PATTERN[:20] not in place.read_bytes()


def test_names_and_folders_say_nothing(root):
    storage = EncryptedStorage()
    name = storage.save("papers/2026/张美娜 610124200803094827.JPG", ContentFile(b"x"))
    assert name.startswith("papers/2026/")
    assert name.endswith(".jpg")
    assert len(name) == len("papers/2026/") + 32 + 4
    assert list(storage.names()) == [name]
    assert storage.listdir("papers/2026") == ([], [name.rpartition("/")[2]])
    assert storage.save("x.张", ContentFile(b"y")).isalnum()


@pytest.mark.parametrize("name", ["张三/x.jpg", "Papers/x.jpg", "a//../../x.jpg"])
def test_a_folder_that_could_hold_a_name_is_refused(root, name):
    with pytest.raises(SuspiciousFileOperation):
        EncryptedStorage().save(name, ContentFile(b"x"))


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd"])
def test_nothing_outside_the_folder_is_touched(root, name):
    with pytest.raises(SuspiciousFileOperation):
        EncryptedStorage().open(name)


def test_the_same_file_twice_is_two_files(root):
    assert stored(root)[0] != stored(root)[0]


def test_there_is_no_address_and_no_path(root):
    storage, (name, _) = EncryptedStorage(), stored(root)
    with pytest.raises(NotImplementedError):
        storage.url(name)
    with pytest.raises(NotImplementedError):
        storage.path(name)
    with pytest.raises(ValueError, match="never changed"):
        storage.open(name, "wb")


def test_delete_and_exists(root):
    storage, (name, _) = EncryptedStorage(), stored(root)
    assert storage.exists(name)
    assert storage.get_modified_time(name).tzinfo is not None
    storage.delete(name)
    storage.delete(name)
    assert not storage.exists(name)


def read_all(name):
    with EncryptedStorage().open(name) as file:
        return file.read()


SEALED = CHUNK + sealed_file.TAG_BYTES
HEAD = sealed_file.HEADER_BYTES


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:-1],
        lambda data: data[: HEAD + 3 * SEALED],  # between two chunks
        lambda data: data[: HEAD + SEALED],
        lambda data: data[:HEAD],
        lambda data: data[:10],
        lambda data: b"",
        lambda data: data + b"\0",
        lambda data: data[: HEAD + SEALED] + data[HEAD + 2 * SEALED : HEAD + 3 * SEALED]
        + data[HEAD + SEALED : HEAD + 2 * SEALED] + data[HEAD + 3 * SEALED :],
        lambda data: data[: HEAD + SEALED] + data[HEAD + 2 * SEALED :],
        lambda data: data[: HEAD + 70] + bytes([data[HEAD + 70] ^ 1]) + data[HEAD + 71 :],
        lambda data: data[:8] + bytes([data[8] ^ 1]) + data[9:],
        lambda data: b"PK" + data[2:],
    ],
)  # fmt: skip
def test_a_file_that_was_cut_changed_or_rearranged_does_not_open(root, harm):
    name, place = stored(root)
    place.write_bytes(harm(place.read_bytes()))
    with pytest.raises(KeysUnusable, match="does not open"):
        read_all(name)


def test_a_file_put_in_the_place_of_another_does_not_open(root):
    (one, place), (_, other) = stored(root), stored(root)
    other.replace(place)
    with pytest.raises(KeysUnusable):
        read_all(one)


def test_another_key_file_does_not_open_it(root, settings, tmp_path):
    name, _ = stored(root)
    settings.KEYS_FILE = tmp_path / "other.json"
    keys.make_key_file(settings.KEYS_FILE)
    with pytest.raises(KeysUnusable):
        read_all(name)


def test_a_failed_write_leaves_nothing(root):
    class Failing(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        EncryptedStorage()._save("papers/a.bin", Failing())
    assert [path for path in Path(root).rglob("*") if path.is_file()] == []


SIZE = 2 * CHUNK + 77
PLACES = st.integers(0, SIZE + 10)


@given(st.lists(st.tuples(PLACES, st.integers(0, CHUNK + 9)), max_size=6), st.integers(1, 40_000))
def test_reading_anywhere_gives_what_stands_there(moves, block):
    whole = content(SIZE)
    pieces = (whole[start : start + block] for start in range(0, SIZE, block))
    sealed = io.BytesIO(b"".join(sealed_file.seal(pieces, name="a")))
    reader = io.BufferedReader(sealed_file.SealedReader(sealed, name="a"), 1000)
    for place, length in moves:
        reader.seek(place)
        assert reader.read(length) == whole[place : place + length]
    assert reader.seek(-5, io.SEEK_END) == SIZE - 5
    assert reader.read() == whole[-5:]


def test_a_file_is_digested_without_being_held(root):
    name, _ = stored(root)
    with EncryptedStorage().open(name) as file:
        assert digests.sha256_of(file) == digests.sha256_of(io.BytesIO(content(3 * CHUNK + 5)))
