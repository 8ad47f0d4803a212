"""Every stored file is there, opens, and holds the bytes whose digest was recorded."""

from collections.abc import Iterator

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField, Model

from oversight.verify.findings import Check, Culprit
from standards.words import Words
from vault.digests import sha256_of
from vault.keys import KeysUnusable

_READ_AT_ONCE = 1_000


def digested_models() -> list[type[Model]]:
    """Every model with a stored ``file`` and the ``sha256`` of its content."""
    return [
        model
        for model in apps.get_models()
        if {"file", "sha256"} <= {field.name for field in model._meta.get_fields()}
        and isinstance(model._meta.get_field("file"), FileField)
    ]


def _files() -> Iterator[Culprit]:
    for model in digested_models():
        stored = model._base_manager.exclude(file="").exclude(file=None).order_by("pk")
        for key, name, sha256 in stored.values_list("pk", "file", "sha256").iterator(_READ_AT_ONCE):
            words = _wrong_with(name, sha256)
            if words is not None:
                yield Culprit(model._meta.db_table, key, words)


def _wrong_with(name: str, sha256: str) -> Words | None:
    try:
        with default_storage.open(name) as file:
            found = sha256_of(file)
    except FileNotFoundError:
        return Words(f"文件 {name} 不见了", f"The file {name} is missing")
    except KeysUnusable:
        return Words(f"文件 {name} 打不开：不完整或被改动", f"The file {name} does not open: cut or changed")
    if found != sha256:
        return Words(
            f"文件 {name} 的内容与登记的摘要不符", f"The content of {name} does not match its digest"
        )
    return None


CHECKS = (Check("files", Words("存档文件与摘要一致", "Stored files match their digests"), _files),)
