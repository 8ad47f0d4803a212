"""Versions of policies: loaded as drafts with their exact bytes, proposed, activated by a second person."""

import hashlib
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from audit.actor import Actor
from audit.door import create, perform
from facts.catalogue import load_catalogue
from programs import language
from programs.models import PolicyVersion
from programs.queries import figures, overlapping
from standards.words import Refusal

FILE_NAME_MAX = 120  # the column's width


def load(source: bytes, *, file_name: str, by: Actor, on: date) -> PolicyVersion:
    """A draft version with exactly these bytes.

    Raises PolicyErrors where the file cannot be read, Refusal where the same bytes were loaded before.
    Examples may still fail in a draft; they are run again when it is proposed and when it is activated.
    """
    policy = language.read(source, load_catalogue(), figures())
    with transaction.atomic():
        _one_at_a_time(policy.code)
        highest = PolicyVersion.objects.filter(code=policy.code).aggregate(highest=Max("number"))["highest"]
        version = PolicyVersion(
            code=policy.code,
            number=(highest or 0) + 1,
            title_zh=policy.title.zh,
            title_en=policy.title.en,
            file_name=file_name[-FILE_NAME_MAX:],
            source=source,
            sha256=policy.digest,
            state="draft",
            in_force_from=language.day_of(policy.in_force.start),
            in_force_until=language.day_of(policy.in_force.end),
            written_by=by.number,
            written_on=on,
        )
        return create(version, by=by, on=on, detail={"sha256": policy.digest, "file": version.file_name})


def _one_at_a_time(code: str) -> None:
    """Two people who load the same program at once must not take the same number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"policy {code}"])


def propose(version: PolicyVersion, *, by: Actor, on: date) -> PolicyVersion:
    """Hand a draft to the second person. Raises PolicyErrors while an example fails or the gate names a change."""
    proof = _proven(version)
    return perform(version, "propose", by=by, on=on, detail=proof)


def take_back(version: PolicyVersion, *, by: Actor, on: date) -> PolicyVersion:
    """The proposer takes it back to draft."""
    return perform(version, "take_back", by=by, on=on)


def send_back(version: PolicyVersion, *, by: Actor, on: date) -> PolicyVersion:
    """The second person sends it back to draft."""
    return perform(version, "send_back", by=by, on=on)


def withdraw(version: PolicyVersion, *, by: Actor, on: date) -> PolicyVersion:
    """Give a draft up."""
    return perform(version, "withdraw", by=by, on=on)


def activate(version: PolicyVersion, *, by: Actor, on: date, superseding: bool = False) -> PolicyVersion:
    """Make a version count, after every example has been run again on the stored bytes.

    ``superseding``: versions in force in the same time end with it, in the same transaction; without it
    they are a Refusal that names them. Raises PolicyErrors, or Refusal (the proposer, another role, too late).
    """
    with transaction.atomic():
        proof = _proven(version)
        others = list(overlapping(version).select_for_update())
        if others and not superseding:
            names = "、".join(f"第 {each.number} 版" for each in others)
            raise Refusal(
                f"{names}在同一时间有效：启用时要一并结束它",
                f"version {', '.join(str(each.number) for each in others)} is in force in that time: it must end",
                code="versions_do_not_overlap",
            )
        for each in others:
            perform(each, "supersede", by=by, on=on, detail={"by_version": version.number})
        return perform(version, "activate", by=by, on=on, detail=proof)


def _proven(version: PolicyVersion) -> dict[str, object]:
    """What the trail keeps of the proof: the digest of the stored bytes and how many examples came out right."""
    source = bytes(PolicyVersion.objects.values_list("source", flat=True).get(pk=version.pk))
    digest = hashlib.sha256(source).hexdigest()
    if digest != version.sha256:
        raise Refusal(
            "存着的政策文件和登记的摘要不符，不能使用；请报告管理员",
            "The stored policy file does not match its digest and cannot be used; tell the administrator",
            code="policy_bytes_changed",
        )
    policy = language.read(source, load_catalogue(), figures())
    problems = language.prove(policy)
    if problems:
        raise language.PolicyErrors(problems)
    return {"sha256": digest, "examples": sum(len(each.gives) for each in policy.examples)}
