from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from applications.models import Entitlement
from audit.actor import Actor
from audit.door import perform
from audit.models import TrailRow
from beneficiaries.models import Account, Doubt
from beneficiaries.queries import changes
from beneficiaries.queries.changes import cooled_by, pays_from
from ledger.queries import differences, transfers_of_batch
from payments import banks, services
from payments.models import Attempt, BankFile, Batch, Exclusion, Instalment
from payments.queries.due import waiting_groups
from payments.queries.lines import lines_of
from payments.services.sending import content_of, order_of
from standards.words import Refusal
from tests import factories as make
from tests.payments.conftest import APPROVER, CHECKER, PREPARER, approved, built, planned, sent, states
from tests.payments.granting import ABC, DAY, VERIFIED, accounts, allot, balances, entitlements, girls

pytestmark = pytest.mark.usefixtures("granted")


def refused(code, verb, *args, **options):
    with pytest.raises(Refusal) as refusal:
        verb(*args, **options)
    assert refusal.value.code == code
    assert refusal.value.words.en
    return refusal.value


def test_planning_writes_one_instalment_each_and_nothing_the_second_time(granted):
    assert services.plan_instalments(on=DAY) == services.Planned(written=5, due=0, lapsed=0)
    assert services.plan_instalments(on=DAY) == services.Planned(written=0, due=0, lapsed=0)
    assert set(Instalment.objects.values_list("number", "amount_fen", "due_on")) == {
        (1, 200_000, date(2026, 8, 12))
    }
    assert [one.funds for one in Instalment.objects.all()] == [{"county": 200_000}] * 5


def test_a_batch_holds_every_due_line_in_village_order_with_its_totals():
    batch = built()
    assert (batch.number, batch.state, batch.count, batch.total_fen) == (
        "PC-2026-0001",
        "draft",
        5,
        1_000_000,
    )
    assert (batch.program, batch.division, batch.profile) == ("college-award", make.MAZHAO, "abc_fixed")
    assert states(batch) == dict.fromkeys(range(1, 6), "planned")
    assert waiting_groups(on=DAY) == []
    refused("nothing_due", services.build_batches, by=PREPARER, on=DAY)


def test_each_bank_gets_a_batch_of_its_own(granted, award):
    others = girls(2, first=50)
    accounts(others, bank="陕西周至农村商业银行")
    entitlements(others, award)
    planned()
    batches = services.build_batches(by=PREPARER, on=DAY)
    assert [(batch.number, batch.profile, batch.count) for batch in batches] == [
        ("PC-2026-0001", "abc_fixed", 5),
        ("PC-2026-0002", "lanzhou_pipe", 2),
    ]


def test_townships_have_batches_of_their_own(award):
    next_door = girls(1, village=make.HUAIHUA)
    accounts(next_door)
    entitlements(next_door, award)
    planned()
    assert [group.township for group in waiting_groups(on=DAY)] == [make.YABAI, make.MAZHAO]
    assert [group.township for group in waiting_groups(on=DAY, scope=make.YABAI[:9])] == [make.YABAI]
    (batch,) = services.build_batches(by=PREPARER, on=DAY, township=make.YABAI)
    assert (batch.division, batch.count) == (make.YABAI, 1)


def test_who_cannot_be_paid_is_named_with_who_mends_it(award):
    cases = girls(6, first=100)
    bare, unverified, cooling, dead, doubtful, rare = cases
    accounts([unverified], verified=None)
    accounts([cooling], verified=VERIFIED)
    fresh = cooled_by(DAY) + timedelta(days=1)
    accounts([cooling], verified=fresh, first=1)  # the old one stays
    accounts([dead, doubtful])
    accounts([rare], name="贾𬭎")
    make.fact(dead, "death", date(2026, 8, 2))
    doubted = Account.objects.get(owner=doubtful)
    Doubt.objects.create(
        kind="account_name", division=make.JIAOLOU, person=doubtful, account=doubted, words={}
    )
    entitlements(cases, award)
    batch = built()
    assert batch.count == 5
    found = dict(Exclusion.objects.values_list("instalment__entitlement__person", "reason"))
    assert found == {
        bare.pk: "no_account",
        unverified.pk: "account_not_verified",
        cooling.pk: "account_cooling",
        dead.pk: "beneficiary_died",
        doubtful.pk: "account_name",
        rare.pk: "unencodable",
    }
    words = {one.reason: (one.words, one.mended_by) for one in Exclusion.objects.all()}
    assert words["unencodable"] == (
        {"zh": "户名的“𬭎”字 GBK 写不了", "en": "GBK cannot write “𬭎” in the account name"},
        {"zh": "银行和乡镇", "en": "Bank and township"},
    )
    assert words["no_account"][1] == {"zh": "乡镇", "en": "Township"}
    assert [group.count for group in waiting_groups(on=DAY)] == [6]
    refused("nothing_payable", services.build_batches, by=PREPARER, on=DAY)
    (next_batch,) = services.build_batches(by=PREPARER, on=pays_from(fresh))
    assert [(one.payee_id, one.account.verified_on) for one in next_batch.attempts.all()] == [
        (cooling.pk, fresh)
    ]


def test_a_minor_is_paid_through_a_parent_in_the_order_of_the_policy(award):
    (girl, mother) = girls(2, first=200)
    make.Parentage.objects.create(child=girl, parent=mother)
    (hers,) = accounts([mother])
    entitlements([girl], award)
    batch = built()
    line = Attempt.objects.get(batch=batch, instalment__entitlement__person=girl)
    assert (line.payee_id, line.account_id) == (mother.pk, hers.pk)


def test_the_trail_knows_who_built_and_every_line():
    batch = built()
    rows = TrailRow.objects.filter(table="payments_attempt", verb="create")
    assert (rows.count(), rows.first().actor_number, rows.first().target) == (5, PREPARER.number, "planned")
    assert TrailRow.objects.get(table="payments_batch", object_id=batch.pk).verb == "create"


@pytest.mark.parametrize("role", ["clerk", "batch_checker", "batch_approver", "county_approver", "auditor"])
def test_only_a_preparer_builds(role):
    planned()
    refused("not_your_role", services.build_batches, by=make.actor(role), on=DAY)


def test_three_people_with_equal_totals():
    batch = services.prepare(built(), by=PREPARER, on=DAY)
    typed = {"count": 5, "total_fen": 1_000_000}
    refused("totals_differ", services.confirm, batch, count=5, total_fen=1_000_001, by=CHECKER, on=DAY)
    refused("totals_differ", services.confirm, batch, count=4, total_fen=1_000_000, by=CHECKER, on=DAY)
    same = make.actor("batch_checker", PREPARER.number)
    refused("batch_different_people", services.confirm, batch, **typed, by=same, on=DAY)
    batch = services.confirm(batch, **typed, by=CHECKER, on=DAY)
    for number in (PREPARER.number, CHECKER.number):
        twice = make.actor("batch_approver", number)
        refused("batch_different_people", services.approve, batch, **typed, by=twice, on=DAY)
    batch = services.approve(batch, **typed, by=APPROVER, on=DAY)
    digests = {
        row.detail["digest"] for row in TrailRow.objects.filter(table="payments_batch").exclude(verb="create")
    }
    assert len(digests) == 1


def test_ones_own_last_step_is_taken_back_until_the_batch_is_sent():
    batch = approved(built())
    refused("not_own_step", services.take_back, batch, by=make.actor("batch_approver", "other"), on=DAY)
    for by, state in ((APPROVER, "checked"), (CHECKER, "prepared"), (PREPARER, "draft")):
        batch = services.take_back(batch, by=by, on=DAY)
        assert batch.state == state
    refused("no_step_back", services.take_back, batch, by=PREPARER, on=DAY)
    batch = sent(batch)
    refused("no_step_back", services.take_back, batch, by=APPROVER, on=DAY)


def test_a_line_left_out_of_a_draft_is_free_for_another_batch():
    batch = built()
    line = batch.attempts.get(line=2)
    services.leave_out(line, by=PREPARER, on=DAY)
    batch = services.prepare(Batch.objects.get(pk=batch.pk), by=PREPARER, on=DAY)
    assert (batch.count, batch.total_fen) == (4, 800_000)
    refused("not_a_draft", services.leave_out, batch.attempts.get(line=3), by=PREPARER, on=DAY)
    (other,) = services.build_batches(by=PREPARER, on=DAY)
    assert [one.instalment_id for one in other.attempts.all()] == [line.instalment_id]


def test_a_dropped_batch_frees_its_lines():
    batch = services.drop(built(), by=PREPARER, on=DAY)
    assert set(states(batch).values()) == {"pulled_back"}
    (again,) = services.build_batches(by=PREPARER, on=DAY)
    assert again.count == 5


def test_an_account_closed_after_building_stops_the_preparation():
    batch = built()
    perform(batch.attempts.get(line=3).account, "close", by=make.actor("clerk"), on=DAY)
    assert (
        "第 3 笔账户已停用" in refused("not_payable", services.prepare, batch, by=PREPARER, on=DAY).words.zh
    )


def test_files_are_made_once_and_are_the_same_for_ever():
    batch = built()
    refused("not_approved", services.export, batch, by=PREPARER, on=DAY)
    batch = approved(batch)
    (file,) = services.export(batch, by=PREPARER, on=DAY)
    content = content_of(file)
    profile = banks.load_profiles()["abc_fixed"]
    (again,) = banks.write_files(profile, order_of(batch), lines_of(batch, profile, chunk=2))
    assert again.content == content
    assert (file.lines, file.total_fen, file.sha256) == (5, 1_000_000, again.sha256)
    batch = services.send(batch, by=PREPARER, on=DAY + timedelta(days=3))
    assert services.export(batch, by=PREPARER, on=DAY) == [file]
    assert content_of(BankFile.objects.get()) == content
    received = banks.read_payment_file(profile, content)
    assert (received.batch, received.line_numbers) == (batch.number, [1, 2, 3, 4, 5])


def test_files_of_an_approval_that_was_taken_back_are_made_anew():
    batch = approved(built())
    services.export(batch, by=PREPARER, on=DAY)
    for by in (APPROVER, CHECKER, PREPARER):
        batch = services.take_back(batch, by=by, on=DAY)
    services.leave_out(batch.attempts.get(line=1), by=PREPARER, on=DAY)
    batch = approved(batch)
    assert [file.lines for file in services.export(batch, by=PREPARER, on=DAY)] == [4]


def test_sending_moves_the_commitments_to_the_bank_once():
    assert balances() == {"treasury": -10_000_000, "available": 9_000_000, "committed": 1_000_000}
    batch = sent(built())
    assert set(states(batch).values()) == {"sent"}
    assert balances() == {
        "treasury": -10_000_000, "available": 9_000_000, "committed": 0, "in_transit": 1_000_000,
    }  # fmt: skip
    refused("already_sent", services.send, batch, by=PREPARER, on=DAY)
    assert list(differences()) == []
    assert batch.head.startswith("#")


def test_the_database_refuses_a_second_live_attempt_and_a_changed_state():
    batch = built()
    line = batch.attempts.first()
    twin = Attempt(
        batch=batch, line=99, instalment=line.instalment, amount_fen=1, payee=line.payee, account=line.account
    )
    twin.state = "planned"
    with pytest.raises(IntegrityError, match="one_live_attempt"), transaction.atomic():
        twin.save(force_insert=True)
    with pytest.raises(DatabaseError, match="planned"), transaction.atomic():
        Attempt.objects.filter(pk=line.pk).update(state="paid")


def test_money_from_three_sources_is_three_transfers(award):
    for source in ("city", "province"):
        allot("college-award", 100_000, source=source)
    (girl,) = girls(1, first=300)
    accounts([girl])
    entitlements([girl], award, fen=100_001, funds={"city": 33_333, "county": 33_335, "province": 33_333})
    batch = sent(built())
    assert transfers_of_batch(batch.pk).count() == 5 + 3
    assert balances()["in_transit"] == 1_100_001


def test_a_suspended_entitlement_waits(granted):
    perform(granted[0], "suspend", by=make.actor("county_approver"), on=DAY)
    services.plan_instalments(on=DAY)
    assert Instalment.objects.count() == 4
    perform(Entitlement.objects.get(pk=granted[0].pk), "resume", by=make.actor("county_approver"), on=DAY)
    planned()
    perform(Entitlement.objects.get(pk=granted[0].pk), "suspend", by=make.actor("county_approver"), on=DAY)
    assert built().count == 4
    assert Exclusion.objects.get().reason == "suspended"


def test_verified_and_bank_are_constants_of_the_story():
    assert cooled_by(DAY) >= VERIFIED
    assert banks.serving(banks.load_profiles(), bank_number="", bank_name=ABC).code == "abc_fixed"


def test_a_township_preparer_builds_and_touches_nothing_of_the_next(award):
    next_door = girls(1, village=make.HUAIHUA)
    accounts(next_door)
    entitlements(next_door, award)
    planned()
    local = Actor("local", "local", "batch_preparer", make.YABAI)
    (theirs,) = services.build_batches(by=local, on=DAY)
    assert (theirs.division, theirs.count) == (make.YABAI, 1)
    refused("nothing_due", services.build_batches, by=local, on=DAY)
    (ours,) = services.build_batches(by=PREPARER, on=DAY)
    for verb in (services.prepare, services.drop, services.build_correction):
        refused("out_of_scope", verb, ours, by=local, on=DAY)


def _reasons(*people) -> dict[int, str]:
    return dict(
        Exclusion.objects.filter(instalment__entitlement__person__in=people).values_list(
            "instalment__entitlement__person", "reason"
        )
    )


def test_a_first_account_does_not_wait(award):
    (girl,) = girls(1, first=300)
    accounts([girl], verified=DAY)
    entitlements([girl], award)
    planned()
    services.build_batches(by=PREPARER, on=DAY)
    assert Attempt.objects.filter(payee=girl).exists()


def test_a_changed_account_waits_even_where_the_old_one_was_closed_on_the_same_day(award):
    (girl,) = girls(1, first=310)
    (old,) = accounts([girl], verified=DAY)
    perform(old, "close", by=make.actor("clerk"), on=DAY)
    accounts([girl], verified=DAY, first=1)
    entitlements([girl], award)
    planned()
    services.build_batches(by=PREPARER, on=DAY)
    assert _reasons(girl) == {girl.pk: "account_cooling"}


def test_the_switch_to_a_parents_first_account_is_a_change_of_the_family(award):
    girl, mother = girls(2, first=320)
    make.Parentage.objects.create(child=girl, parent=mother)
    (old,) = accounts([girl], verified=VERIFIED)
    perform(old, "close", by=make.actor("clerk"), on=DAY)
    accounts([mother], verified=DAY)
    entitlements([girl], award)
    planned()
    services.build_batches(by=PREPARER, on=DAY)
    assert _reasons(girl) == {girl.pk: "account_cooling"}


def test_a_girl_whose_account_cools_is_waited_for_not_passed_over(award):
    girl, mother = girls(2, first=330)
    make.Parentage.objects.create(child=girl, parent=mother)
    accounts([girl, mother], verified=VERIFIED)
    accounts([girl], verified=DAY, first=1)
    entitlements([girl], award)
    planned()
    services.build_batches(by=PREPARER, on=DAY)
    assert _reasons(girl) == {girl.pk: "account_cooling"}


def test_a_changed_account_stands_on_the_risk_list_with_the_one_before(award):
    changed, first = girls(2, first=340)
    (old,) = accounts([changed], verified=VERIFIED)
    accounts([first], verified=DAY)
    (new,) = accounts([changed], verified=DAY, first=1)
    official = make.officials()["county_checker"]
    listed = changes.with_before(list(changes.changed(official, on=DAY)), on=DAY)
    assert [(one.account.pk, one.before.pk, one.waits) for one in listed] == [(new.pk, old.pk, True)]
    later = changes.with_before(list(changes.changed(official, on=pays_from(DAY))), on=pays_from(DAY))
    assert [one.waits for one in later] == [False]
    assert not changes.changed(make.Official.objects.get(number="next-clerk"), on=DAY).exists()
