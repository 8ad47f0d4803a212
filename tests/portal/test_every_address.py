"""Every address of the project, asked by everyone: a page without a rule, or a rule that leaks, fails here."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from applications.models import Decision, Entitlement, Notice, Paper
from applications.services import counter
from audit.models import TrailRow
from beneficiaries.models import Account, Double, Doubt, EvidenceList, Fact, LearnedHeader, Person
from beneficiaries.services import enter_fact, say_apart
from ledger.models import Allotment
from letters import services as letters
from letters.models import Letter
from officials.models import Official, PowerChange
from officials.roles import Role
from officials.services import change_official
from payments.models import Attempt, BankFile, Batch, Recovery, ResultFile, ResultLine
from payments.services import building, planning, sending, steps
from programs.models import PolicyVersion
from tests import factories as make
from tests.portal.conftest import Desk, build_desk, build_season
from tests.stages import Told, begins_with

DAY = date(2026, 8, 18)
PRINTED_EXAMPLE = "赵雨桐"  # the search box prints it as an example for everybody
REFUSALS = {404, 405, 409}  # not there for you, not that way, nothing to print here
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def addresses(
    resolver: URLResolver | None = None, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """(name with its namespace, pattern) of every address."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one, prefix, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield f"{space}{one.name}", one


ALL = dict(addresses())


@override_settings(BUSINESS_DAY=DAY)
def build_town(season: Desk) -> Desk:
    counter.attach_paper(
        season.applications["draft"], "admission_letter", PNG, by=make.actor("clerk"), on=DAY
    )
    planning.plan_instalments(on=DAY)
    (batch, *_) = building.build_batches(by=make.actor("batch_preparer"), on=DAY)
    batch = steps.prepare(batch, by=make.actor("batch_preparer"), on=DAY)
    batch = steps.confirm(
        batch, count=batch.count, total_fen=batch.total_fen, by=make.actor("batch_checker"), on=DAY
    )
    batch = steps.approve(
        batch, count=batch.count, total_fen=batch.total_fen, by=make.actor("batch_approver"), on=DAY
    )
    batch = sending.send(batch, by=make.actor("batch_preparer"), on=DAY)
    result = ResultFile.objects.create(
        batch=batch, name="r.txt", file="results/none", sha256="0" * 64, uploaded_by="wang", uploaded_on=DAY
    )
    ResultLine.objects.create(
        result_file=result, line=1, amount_fen=1, outcome="paid", quarantine={"zh": "", "en": ""}
    )
    letters.write_letters(on=DAY)
    return season


@pytest.fixture
@begins_with(build_desk, build_season, build_town)
def town(season: Desk, told: Told) -> Desk:
    """Everything an address may name, all of it of one township's families or of the county's offices."""
    return told(build_town, season)


def values(town: Desk) -> dict[str, dict[str, Any]]:
    """What stands for each variable of each address. A new address with a variable must be said here."""
    application, draft = town.applications["on_notice"], town.applications["draft"]
    family = {"pk": application.household_id}
    of_draft = {"pk": draft.household_id, "application": draft.pk}
    batch, version = Batch.objects.get(), PolicyVersion.objects.get()
    policy = {"code": version.code, "number": version.number}
    attempt, letter = Attempt.objects.first(), Letter.objects.filter(application__isnull=False).first()
    assert attempt is not None
    assert letter is not None
    account = Account.objects.filter(owner__division__startswith=make.MAZHAO[:9]).first()
    assert account
    listed = EvidenceList.objects.filter(kind="admission").get()
    learnt = LearnedHeader.objects.first() or LearnedHeader.objects.create(
        state="in_use", kind="admission", header="名字", key="subject_name", scope="610124", list=listed,
        taught_by="zhou", taught_on=DAY,
    )  # fmt: skip
    doubt, _ = Doubt.objects.get_or_create(
        kind="other", division=make.JIAOLOU, defaults={"words": {"zh": "?", "en": "?"}}
    )
    entry = enter_fact(
        application.household, kind="housing", values={"grade": "D", "surveyed_on": "2026-07-01"}, paper="housing_survey",
        by=make.actor("clerk"), on=DAY,
    ) if not Fact.objects.filter(kind="housing").exists() else Fact.objects.get(kind="housing")  # fmt: skip
    result, line = ResultFile.objects.get(), ResultLine.objects.get()
    clerk = town.officials["clerk"]
    change = PowerChange.objects.first() or change_official(
        clerk, office="", division=clerk.division, roles=[*clerk.roles, "township_reviewer"], is_active=True,
        by=make.actor("administrator"), on=DAY,
    )  # fmt: skip
    pair = Person.objects.filter(division__startswith=make.MAZHAO[:9]).order_by("pk")[:2]
    double = Double.objects.first() or say_apart(
        *pair, by=make.actor("township_reviewer"), on=DAY, reason="两个人"
    )
    decision = Decision.objects.filter(outcome="approved").first()
    assert decision is not None
    recovery = Recovery.objects.first() or Recovery.objects.create(
        decision=decision, version=version, division=application.division, paid_fen=2, due_fen=1, fen=1, reason="多发",
        proposed_by="pang", proposed_on=DAY, state="proposed",
    )  # fmt: skip
    return {
        "portal:family": family, "portal:fact": {**family, "kind": "certificate"},
        "portal:withdraw_fact": {**family, "fact": entry.pk},
        "portal:register": family, "portal:believed": family,
        "portal:register_change": {**family, "what": "phone", "about": application.person_id},
        "portal:apply": family, "portal:held": family, "portal:draft": of_draft, "portal:add_paper": of_draft,
        "portal:keep_note": of_draft, "portal:submit": of_draft, "portal:application": {"pk": application.pk},
        "portal:step": {"pk": application.pk, "move": "withdraw"}, "portal:paper": {"pk": Paper.objects.get().pk},
        "portal:notice": {"pk": Notice.objects.get().pk},
        "portal:post_notice": {"version": version.pk, "township": make.MAZHAO},
        "portal:reveal": {"what": "citizen-id", "pk": application.person_id},
        "portal:entitlement_step": {"pk": Entitlement.objects.first().pk, "move": "suspend"},
        "portal:decided": policy, "portal:decided_progress": policy,
        "portal:against_deed": {**policy, "pk": decision.pk, "deed": "recover"},
        "portal:recovery_step": {"pk": recovery.pk, "move": "pursue"},
        "portal:progress_by_slip": {"token": application.token},
        "officials:change": {"pk": town.officials["clerk"].pk}, "officials:settle": {"pk": change.pk},
        "beneficiaries:list": {"pk": listed.pk}, "beneficiaries:list_progress": {"pk": listed.pk},
        "beneficiaries:list_marked": {"pk": listed.pk}, "beneficiaries:list_take": {"pk": listed.pk},
        "beneficiaries:list_send_back": {"pk": listed.pk}, "beneficiaries:list_withdraw": {"pk": listed.pk},
        "beneficiaries:list_columns": {"pk": listed.pk}, "beneficiaries:list_cancel": {"pk": listed.pk},
        "beneficiaries:header_take_back": {"pk": learnt.pk},
        "beneficiaries:list_again": {"pk": listed.pk}, "beneficiaries:doubt": {"pk": doubt.pk},
        "portal:of_person": {"person": application.person_id},
        "beneficiaries:account_enter": {"person": application.person_id}, "beneficiaries:account": {"pk": account.pk},
        "beneficiaries:account_refuse": {"pk": account.pk}, "beneficiaries:account_close": {"pk": account.pk},
        "oversight:row": {"pk": TrailRow.objects.filter(division__startswith="610124").latest("pk").pk},
        "portal:double_apart": {"one": pair[0].pk, "other": pair[1].pk},
        "portal:self_check": {"code": version.code}, "programs:compare": {"code": version.code},
        "programs:simulation": policy, "programs:simulation_progress": policy,
        "programs:rewrite": policy, "programs:examples": policy, "programs:example_sheet": policy,
        "programs:changes": policy, "programs:look": policy, "programs:simulation_workbook": policy,
        "portal:simulated": policy,
        "portal:simulated_change": {**policy, "pk": 1},
        "portal:double_merge": {"one": pair[0].pk, "other": pair[1].pk},
        "portal:double_step": {"pk": double.pk, "move": "look_again"},
        "portal:list_decisions": {"pk": listed.pk},
        "programs:policy": policy, "programs:file": policy, "programs:step": {**policy, "move": "propose"},
        "payments:batch": {"pk": batch.pk}, "payments:lines": {"pk": batch.pk}, "payments:progress": {"pk": batch.pk},
        "payments:download": {"pk": batch.pk, "part": BankFile.objects.get().part},
        "payments:step": {"pk": batch.pk, "name": "close"}, "payments:leave_out": {"pk": attempt.pk},
        "payments:give_back": {"pk": attempt.pk}, "payments:result": {"pk": result.pk},
        "payments:result_progress": {"pk": result.pk}, "payments:settle": {"pk": line.pk},
        "payments:decide_allotment": {"pk": Allotment.objects.get().pk, "verb": "confirm"},
        "payments:repay": {"pk": recovery.pk}, "payments:decide_repayment": {"pk": 1, "verb": "confirm"},
        "payments:give_to_family": {"pk": recovery.pk}, "payments:write_off": {"pk": recovery.pk},
        "payments:decide_write_off": {"pk": 1, "verb": "confirm"},
        "letters:letter": {"pk": letter.pk}, "letters:translation": {"pk": letter.pk},
        "letters:printed_pile": {"kind": "receipt", "division": make.JIAOLOU},
        "letters:of_application": {"pk": application.pk, "kind": "receipt"},
        "letters:of_notice": {"pk": Notice.objects.get().pk}, "letters:of_batch": {"pk": batch.pk},
    }  # fmt: skip


# Objects of the county's own offices, open to every official who may open the page at all.
OF_THE_COUNTY = {
    "programs:policy",
    "programs:file",
    "programs:examples",
    "programs:example_sheet",
    "programs:changes",
}


def address(name: str, known: dict[str, dict[str, Any]]) -> str:
    pattern = ALL[name].pattern
    assert not pattern.converters or name in known, (
        f"say in this test what stands for the variables of {name}"
    )
    return reverse(name, kwargs=known.get(name))


def ask(client: Client, url: str) -> set[int]:
    """What a person gets for reading and for writing."""
    return {client.get(url).status_code, client.post(url).status_code}


def signed_in(official: Official) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(official)
    return client


def test_every_address_has_a_rule() -> None:
    assert [name for name, pattern in ALL.items() if not getattr(pattern.callback, "access", None)] == []


def test_nobody_signed_in_sees_only_what_is_public(town: Desk) -> None:
    known = values(town)
    for name, pattern in ALL.items():
        if pattern.callback.access != ("public",):
            answers = {
                (reply.status_code, reply["Location"].split("?")[0])
                for reply in (Client().get(address(name, known)),)
            }
            assert answers == {(302, reverse("officials:sign_in"))}, name


@pytest.mark.parametrize("role", list(Role))
def test_each_wrong_role_is_refused_everywhere(town: Desk, role: Role) -> None:
    known = values(town)
    wrong = {}
    client = signed_in(town.officials[role])
    for name, pattern in ALL.items():
        if pattern.callback.access != ("public",) and role not in pattern.callback.access:
            answers = ask(client, address(name, known))
            if answers != {403}:
                wrong[name] = answers
    assert wrong == {}


@pytest.mark.parametrize("who", ["next_clerk", "next_township_reviewer"])
def test_the_next_township_finds_nothing(town: Desk, who: str) -> None:
    known = values(town)
    client = signed_in(town.officials[who])
    (role,) = town.officials[who].roles
    wrong = {}
    for name, pattern in ALL.items():
        if role not in pattern.callback.access:
            continue
        url = address(name, known)
        if pattern.pattern.converters and name not in OF_THE_COUNTY:
            answers = ask(client, url)
            if not answers <= REFUSALS:
                wrong[name] = answers
        else:
            shown = client.get(url).content.decode(errors="replace")
            families = Person.objects.filter(division__startswith=make.MAZHAO[:9])
            names = families.exclude(name=PRINTED_EXAMPLE).values_list("name", flat=True)
            leaked = [one for one in names if one in shown]
            if leaked:
                wrong[name] = leaked
    assert wrong == {}
