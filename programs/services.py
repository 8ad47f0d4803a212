"""Versions of policies: loaded as drafts with their exact bytes, proposed, activated by a second person."""

import hashlib
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from audit.actor import Actor
from audit.door import create, explained, perform, record
from facts.catalogue import load_catalogue
from programs import language
from programs.models import PolicyVersion, Simulation, SimulationLook
from programs.queries import figures, overlapping
from programs.queries.simulated import alarms_of, looked_through
from standards.words import Refusal

FILE_NAME_MAX = 120  # the column's width
ANSWER_MIN = 10  # characters: fewer say nothing a reader of the next year could use


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
            file_name=(file_name or f"{policy.code}.toml")[-FILE_NAME_MAX:],
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

    Only who has looked a simulation of these very bytes through may do it (Refusal ``not_looked_through``).
    ``superseding``: versions in force in the same time end with it, in the same transaction; without it
    they are a Refusal that names them. Raises PolicyErrors, or Refusal (the proposer, another role, too late).
    """
    with transaction.atomic():
        proof = _proven(version)
        proof["simulation"] = _simulation_seen(version, by)
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


def ask_simulation(version: PolicyVersion, *, by: Actor, on: date) -> Simulation:
    """Ask for the version to be tried on the register as of ``on``; the worker finds the row. One that waits is kept."""
    with transaction.atomic():
        _one_at_a_time(version.code)
        waiting = Simulation.objects.filter(version=version, finished_at=None, stopped_at=None).first()
        if waiting is not None:
            return waiting
        asked = Simulation.objects.create(
            version=version, policy_sha256=version.sha256, day=on, asked_by=by.number
        )
        record("simulate", asked, by=by, on=on, detail={"sha256": version.sha256})
    return asked


def look_through(simulation: Simulation, *, by: Actor, on: date, answer: str = "") -> SimulationLook:
    """Keep that ``by`` has looked the simulation through. Raises Refusal while it runs or an alarm has no answer."""
    if simulation.finished_at is None:
        raise Refusal(
            "试算还没有算完：算完了再看",
            "The simulation has not ended: look when it has",
            code="simulation_runs",
        )
    alarms = [alarm.name for alarm in alarms_of(simulation)]
    said = answer.strip()
    if alarms and len(said) < ANSWER_MIN:
        raise Refusal(
            f"这次试算有要答复的地方：写清为什么可以，至少 {ANSWER_MIN} 个字",
            f"This simulation raises an alarm: say why it may be, in at least {ANSWER_MIN} characters",
            code="alarm_not_answered",
        )
    with transaction.atomic(), explained(SimulationLook):
        look = SimulationLook.objects.create(
            simulation=simulation, looked_by=by.number, looked_on=on, alarms=alarms, answer=said
        )
        detail = {"alarms": len(alarms), "answer": said}
        record("look_through", simulation, by=by, on=on, detail=detail)
    return look


def _simulation_seen(version: PolicyVersion, by: Actor) -> int:
    """The simulation of these bytes that ``by`` looked through."""
    seen = looked_through(version, by.number)
    if seen is None:
        words = PolicyVersion.REFUSALS["version_looked_through"]  # the database refuses it too
        raise Refusal(words.zh, words.en, code="not_looked_through")
    return seen.pk


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
