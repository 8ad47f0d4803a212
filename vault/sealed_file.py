"""The format of an encrypted file: chunks that can be read one by one and not dropped, added or exchanged.

``GA`` and format 1 (3 bytes), key number (1), salt (16), then chunks of 64 KiB of text, each with its 16-byte tag.
Each file has a key of its own (HKDF over the salt), so a chunk's nonce is simply its place and a mark on the
last one; the file's name is authenticated with every chunk. A file that was cut, even between two chunks, has a
last chunk without the mark and does not open.
"""

import io
import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.keys import KeysUnusable, cipher_key

MAGIC = b"GA\x01"
SALT_BYTES = 16
TAG_BYTES = 16
HEADER_BYTES = len(MAGIC) + 1 + SALT_BYTES
CHUNK_BYTES = 64 * 1024
_SEALED_BYTES = CHUNK_BYTES + TAG_BYTES
_PURPOSE = "files"


def seal(blocks: Iterable[bytes], *, name: str) -> Iterator[bytes]:
    """The encrypted file ``name``, piece by piece, from the pieces of its content."""
    number, key = cipher_key(_PURPOSE)
    salt = os.urandom(SALT_BYTES)
    header = MAGIC + bytes([number]) + salt
    sm4, bound = _file_key(key, salt), header + name.encode()
    yield header
    waiting, place = bytearray(), 0
    for block in blocks:
        waiting += block
        while len(waiting) > CHUNK_BYTES:  # one byte more than a chunk: so this is not the last
            yield _seal_chunk(sm4, bound, bytes(waiting[:CHUNK_BYTES]), _nonce(place, last=False))
            del waiting[:CHUNK_BYTES]
            place += 1
    yield _seal_chunk(sm4, bound, bytes(waiting), _nonce(place, last=True))


def clear_size(sealed_size: int, *, name: str) -> int:
    """Bytes of content in an encrypted file of that many bytes. Raises :class:`KeysUnusable` if it was cut."""
    body = sealed_size - HEADER_BYTES
    chunks = max(1, -(-body // _SEALED_BYTES))
    if body < chunks * TAG_BYTES or body - (chunks - 1) * _SEALED_BYTES < TAG_BYTES:
        raise _will_not_open(name)
    return body - chunks * TAG_BYTES


class SealedReader(io.RawIOBase):
    """The content of an encrypted file, decrypted chunk by chunk while it is read; can seek."""

    def __init__(self, file: IO[bytes], *, name: str) -> None:
        super().__init__()
        self._file, self.name = file, name
        sealed_size = file.seek(0, io.SEEK_END)
        file.seek(0)
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
            file.close()
            raise _will_not_open(name)
        self._size = clear_size(sealed_size, name=name)
        self._last = max(0, (self._size - 1) // CHUNK_BYTES)
        _, key = cipher_key(_PURPOSE, header[len(MAGIC)])
        self._sm4 = _file_key(key, header[len(MAGIC) + 1 :])
        self._bound = header + name.encode()
        self._position = 0
        self._held, self._chunk = -1, b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes: only the chunk that is read is decrypted."""
        return True

    def tell(self) -> int:
        """The place in the content."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place in the content."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("a place before the beginning of the file")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # typeshed: any Buffer
        """Fill the buffer as far as one chunk goes. Raises :class:`KeysUnusable` for a chunk that was changed."""
        if self._position >= self._size and not (self._size == 0 and self._held < 0):
            return 0
        place, start = divmod(self._position, CHUNK_BYTES)
        piece = self._open_chunk(place)[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the file below too."""
        if not self.closed:
            self._file.close()
        super().close()

    def _open_chunk(self, place: int) -> bytes:
        if place != self._held:
            self._file.seek(HEADER_BYTES + place * _SEALED_BYTES)
            sealed = self._file.read(_SEALED_BYTES)
            nonce = _nonce(place, last=place == self._last)
            unseal = Cipher(self._sm4, modes.GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
            unseal.authenticate_additional_data(self._bound)
            try:
                self._chunk = unseal.update(sealed[:-TAG_BYTES]) + unseal.finalize()
            except InvalidTag:
                raise _will_not_open(self.name) from None
            self._held = place
        return self._chunk


def _seal_chunk(sm4: algorithms.SM4, bound: bytes, text: bytes, nonce: bytes) -> bytes:
    sealing = Cipher(sm4, modes.GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(bound)
    return sealing.update(text) + sealing.finalize() + sealing.tag


def _nonce(place: int, *, last: bool) -> bytes:
    return place.to_bytes(11, "big") + bytes([last])


def _file_key(key: bytes, salt: bytes) -> algorithms.SM4:
    return algorithms.SM4(HKDF(SHA256(), 16, salt=salt, info=b"guanai/file").derive(key))


def _will_not_open(name: str) -> KeysUnusable:
    return KeysUnusable(
        f"文件 {name} 无法解密：密钥文件不对，或文件不完整、被改动",
        f"The file {name} does not open: the key file is another one, or the file was cut or changed",
    )
