"""SM4-GCM over columns of text."""


def encrypt_many(values: list[str], *, column: str) -> list[bytes]:
    """Ciphertexts of ``values``."""
    raise NotImplementedError


def decrypt_many(values: list[bytes], *, column: str) -> list[str]:
    """Clear texts of ``values``."""
    raise NotImplementedError
