"""A simulation that is kept: asked for, done by the worker, looked through by the second person, and nothing else moved."""

import json
from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from applications.models import Application
from applications.services import simulating, simulations
from audit.door import perform
from audit.models import TrailRow
from beneficiaries.models import Fact
from jobs.leases import claim
from programs import services
from programs.models import PolicyVersion, SimulatedChange, Simulation, SimulationLook
from programs.queries import simulated
from programs.queries.simulated import alarms_of, found_of
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, poor_family
from tests.applications.walks import DAY, submitted
from tests.otherwise import otherwise

AWARD = (make.POLICIES / "college-award.toml").read_text()
OFFICER, APPROVER = make.actor("policy_officer"), make.actor("county_approver")
ANSWER = "镇上只有两户，都是已经核过的困难家庭"
OWN = {"programs_simulation", "programs_simulatedchange", "programs_simulationlook", "audit_trailrow"}
pytestmark = pytest.mark.usefixtures("college_award")


def draft(*changes: tuple[str, str]) -> PolicyVersion:
    text = AWARD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return services.load(text.encode(), file_name="college-award.toml", by=OFFICER, on=DAY)


def richer() -> PolicyVersion:
    return draft(("tier2 = 2000", "tier2 = 2500"), ("gives = { yuan = 2000 }", "gives = { yuan = 2500 }"))


def renumbered() -> PolicyVersion:
    """The same rule from another budget line: proven by its examples, and a change for nobody."""
    return draft(("2100799", "2100798"))


def stricter() -> PolicyVersion:
    return draft(('has_any   = ["dibao", "extreme_poverty", "monitored"]', 'has_any   = ["extreme_poverty"]'))


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but those a simulation is kept in."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if table not in OWN:
                cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
                found[table] = cursor.fetchall()
    return found


def test_what_is_asked_for_is_done_by_the_worker_and_kept_with_its_digest(
    family: Family, budget: None
) -> None:
    version = richer()
    asked = services.ask_simulation(version, by=OFFICER, on=DAY)
    assert services.ask_simulation(version, by=OFFICER, on=DAY) == asked, (
        "one that waits is not asked for twice"
    )
    lease = claim(simulated.to_do(), worker="worker", now=timezone.now())
    assert lease is not None
    simulations.do(lease)
    assert not simulated.to_do().exists()
    done = Simulation.objects.get(version=version)
    found = found_of(done)
    assert (done.policy_sha256, done.beside.number) == (version.sha256, 1)
    assert (found.judged, found.county.before.fen, found.county.after.fen) == (1, 200_000, 250_000)
    assert (found.gained, found.lost, found.more, found.less) == (0, 0, 1, 0)
    ((fund,), (town,)) = found.funds, found.townships
    assert (fund.source, fund.before_fen, fund.after_fen, fund.available_fen, fund.short_fen) == (
        "county", 200_000, 250_000, 1_000_000, 0,
    )  # fmt: skip
    assert (town.name, town.more_fen) == (make.MAZHAO, 50_000)
    change = SimulatedChange.objects.get()
    assert (change.change, change.person, change.household, change.before_fen, change.after_fen) == (
        "more", family.girl.pk, family.household.pk, 200_000, 250_000,
    )  # fmt: skip


def test_who_loses_and_who_gains_stands_there_with_the_condition(family: Family) -> None:
    poor_family("钱", number="103209-0148")
    kept = simulations.simulate_now(stricter(), by=OFFICER, on=DAY)
    found = found_of(kept)
    assert [(one.name, one.count, one.words.zh) for one in found.lost_by] == [
        ("poor", 2, "录取之日家庭不在困难名单内")
    ]
    assert {(one.change, tuple(one.failing)) for one in SimulatedChange.objects.all()} == {
        ("lost", ("poor",))
    }
    assert [(one.name, one.count) for one in found.kept_out] == [("poor", 2)]
    first = PolicyVersion.objects.get(number=1)
    with_boys = draft(('is        = "female"', 'is        = "male"'))
    found = found_of(simulations.simulate_now(with_boys, by=OFFICER, on=DAY))
    assert (first.state, [one.name for one in found.lost_by]) == ("active", ["girl"])


def test_what_is_not_known_of_whom_stands_there_with_the_fact(family: Family) -> None:
    """Nobody has a right by a draft, and the page says that it is the certificates that are not on record."""
    with otherwise():
        Fact.objects.filter(kind="certificate", household=family.household).delete()
    found = found_of(simulations.simulate_now(draft(("tier2 = 2000", "tier2 = 2500")), by=OFFICER, on=DAY))
    assert (found.county.after.rights, found.not_known, found.kept_out) == (0, 1, [])
    assert [(one.name, one.count, one.words.zh) for one in found.open_facts] == [
        ("certificate.kind", 1, "证件类型")
    ]


def test_nothing_but_the_simulation_is_written(family: Family, budget: None) -> None:
    """An application under way, a sweep, money: every table is byte for byte the same after."""
    poor_family("钱", number="103209-0148")
    submitted(family.household)
    version = stricter()
    before = everything()
    simulations.simulate_now(version, by=OFFICER, on=DAY)
    assert everything() == before
    assert Application.objects.get().state == "submitted"


def test_the_database_itself_holds_a_simulation_to_reading(family: Family) -> None:
    with pytest.raises(DatabaseError, match="read-only"), transaction.atomic(), simulating._reading_only():
        Application.objects.update(note="x")
    with simulating._reading_only():
        pass
    services.ask_simulation(richer(), by=OFFICER, on=DAY)  # and lets go of it afterwards


@pytest.mark.parametrize(
    ("make_version", "budgeted", "alarms"),
    [
        (stricter, True, ["no_one", "nearly_all_lost"]),
        (richer, True, ["nearly_everyone"]),
        (richer, False, ["nearly_everyone", "over_budget"]),
    ],
)
def test_a_rule_for_no_one_for_everyone_or_beyond_the_budget_is_an_alarm(
    family: Family, request: pytest.FixtureRequest, make_version, budgeted: bool, alarms: list[str]
) -> None:
    if budgeted:
        request.getfixturevalue("budget")
    kept = simulations.simulate_now(make_version(), by=OFFICER, on=DAY)
    assert [alarm.name for alarm in alarms_of(kept)] == alarms


def test_a_register_without_one_such_record_is_said_to_be_that(family: Family) -> None:
    """Not that nobody meets the rule: nobody could, before the list is taken in."""
    text = (make.POLICIES / "training-subsidy.toml").read_text()
    version = services.load(text.encode(), file_name="training-subsidy.toml", by=OFFICER, on=DAY)
    (alarm,) = alarms_of(simulations.simulate_now(version, by=OFFICER, on=DAY))
    assert alarm.name == "nothing_to_judge"
    assert alarm.words.zh.startswith("名册上没有一条这份文件要判断的记录")


def test_an_ordinary_change_is_no_alarm_and_needs_no_answer(family: Family, budget: None) -> None:
    boy = make.person("孙一", date(2008, 1, 1), female=False)
    make.fact(
        boy,
        "admission",
        date(2026, 7, 20),
        year=2026,
        batch="本科批",
        level="本科",
        province="陕西",
        school="某大学",
    )
    kept = simulations.simulate_now(richer(), by=OFFICER, on=DAY)
    assert alarms_of(kept) == []
    assert services.look_through(kept, by=APPROVER, on=DAY).answer == ""


class TestTheGate:
    def test_nobody_activates_what_they_have_not_looked_through(self, family: Family) -> None:
        version = services.propose(renumbered(), by=OFFICER, on=DAY)
        with pytest.raises(Refusal) as refused:
            services.activate(version, by=APPROVER, on=DAY, superseding=True)
        assert refused.value.code == "not_looked_through"
        kept = simulations.simulate_now(version, by=OFFICER, on=DAY)
        other = make.actor("county_approver", "somebody-else")
        services.look_through(kept, by=other, on=DAY, answer=ANSWER)
        with pytest.raises(Refusal, match="还没有看过"):
            services.activate(version, by=APPROVER, on=DAY, superseding=True)
        services.look_through(kept, by=APPROVER, on=DAY, answer=ANSWER)
        assert services.activate(version, by=APPROVER, on=DAY, superseding=True).state == "active"
        assert TrailRow.objects.get(verb="activate", object_id=version.pk).detail["simulation"] == kept.pk

    def test_a_look_at_other_bytes_does_not_count(self, family: Family) -> None:
        simulation = simulations.simulate_now(stricter(), by=OFFICER, on=DAY)
        services.look_through(simulation, by=APPROVER, on=DAY, answer=ANSWER)
        version = services.propose(renumbered(), by=OFFICER, on=DAY)
        with pytest.raises(Refusal) as refused:
            services.activate(version, by=APPROVER, on=DAY, superseding=True)
        assert refused.value.code == "not_looked_through"

    @pytest.mark.parametrize("looked_at", ["nothing", "by another", "unfinished", "another file"])
    def test_the_database_itself_refuses_what_was_not_looked_through(
        self, family: Family, looked_at: str
    ) -> None:
        """Past the services: the door alone, as a mistake of ours would use it."""
        version = services.propose(renumbered(), by=OFFICER, on=DAY)
        if looked_at == "by another":
            make.looked_through(version, by=make.actor("county_approver", "somebody-else"), on=DAY)
        if looked_at == "unfinished":
            asked = services.ask_simulation(version, by=OFFICER, on=DAY)
            SimulationLook.objects.create(simulation=asked, looked_by=APPROVER.number, looked_on=DAY)
        if looked_at == "another file":
            make.looked_through(stricter(), on=DAY)
        perform(PolicyVersion.objects.get(number=1), "supersede", by=APPROVER, on=DAY)
        with pytest.raises(Refusal, match="还没有看过") as refused:
            perform(version, "activate", by=APPROVER, on=DAY)
        assert refused.value.code == "version_looked_through"
        make.looked_through(version, by=make.actor("county_approver", "gao"), on=DAY)
        assert perform(version, "activate", by=make.actor("county_approver", "gao"), on=DAY).state == "active"
        with pytest.raises(IntegrityError, match="not looked through"), transaction.atomic():
            PolicyVersion.objects.filter(pk=version.pk).update(activated_by="nobody")

    def test_an_alarm_is_answered_in_writing_and_the_answer_kept(self, family: Family) -> None:
        kept = simulations.simulate_now(stricter(), by=OFFICER, on=DAY)
        for answer in ("", "可以", " " * 40):
            with pytest.raises(Refusal) as refused:
                services.look_through(kept, by=APPROVER, on=DAY, answer=answer)
            assert refused.value.code == "alarm_not_answered"
        services.look_through(kept, by=APPROVER, on=DAY, answer=ANSWER)
        look = SimulationLook.objects.get(simulation=kept)
        assert (look.answer, look.alarms) == (
            ANSWER,
            ["no_one", "nearly_all_lost", "over_budget"][: len(look.alarms)],
        )
        assert TrailRow.objects.get(verb="look_through", object_id=kept.pk).detail["answer"] == ANSWER
        with pytest.raises(Refusal, match="已经看过"):
            services.look_through(kept, by=APPROVER, on=DAY, answer=ANSWER)

    def test_the_database_refuses_an_alarm_without_an_answer(self, family: Family) -> None:
        kept = simulations.simulate_now(stricter(), by=OFFICER, on=DAY)
        with pytest.raises(IntegrityError, match="alarm_is_answered"), transaction.atomic():
            SimulationLook.objects.create(simulation=kept, looked_by="guo", looked_on=DAY, alarms=["no_one"])

    def test_what_still_runs_cannot_be_looked_through(self, family: Family) -> None:
        asked = services.ask_simulation(richer(), by=OFFICER, on=DAY)
        with pytest.raises(Refusal, match="还没有算完"):
            services.look_through(asked, by=APPROVER, on=DAY)


def test_the_same_road_by_the_shell(family: Family, settings, capsys) -> None:
    settings.BUSINESS_DAY = DAY
    make.officials()
    version = services.propose(renumbered(), by=OFFICER, on=DAY)

    def shell(*words: str) -> dict[str, object]:
        with pytest.raises(SystemExit) if "!" in words else transaction.atomic():
            call_command("policy", *(word for word in words if word != "!"), "--json")
        return json.loads(capsys.readouterr().out)

    assert shell("!", "look", version.code, "--by", "guo")["code"] == "no_simulation"
    assert shell("try", version.code, "--by", "pang")["sha256"] == version.sha256
    assert shell("!", "look", version.code, "--by", "guo")["code"] == "alarm_not_answered"
    assert shell("look", version.code, "--by", "guo", "--answer", ANSWER)["alarms"] == [
        "nearly_everyone",
        "over_budget",
    ]
    assert shell("activate", version.code, "--by", "guo", "--superseding")["ok"] is True
