"""Versions: exact bytes, a second person, examples run again, one in force at a time; a fifth program."""

import hashlib
import json
from datetime import date
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.models import TrailRow
from officials.models import Official
from programs import language, queries, services
from programs.models import PolicyVersion, Simulation
from standards.words import Refusal
from tests import factories as make
from tests.otherwise import otherwise

DAY = date(2026, 7, 15)
OFFICER, APPROVER = make.actor("policy_officer"), make.actor("county_approver")
COLLEGE = (make.POLICIES / "college-award.toml").read_bytes()
FIFTH = """
code      = "old-age"
title     = { zh = "女儿户父母扶助", en = "Support for parents of daughters" }
on_slip   = "父母扶助"
basis     = [{ number = "示例〔2026〕5号" }]
in_force  = { from = 2026-01-01, until = 2026-12-31 }
for_each  = "person"
judged_on = 2026-07-01
pay_to    = ["self"]

[need.sixty]
fact      = "age"
at_least  = 60
otherwise = { zh = "不满 60 周岁", en = "Not yet 60" }

[need.girl_family]
fact      = "certificate.kind"
in        = ["only_daughter", "two_daughter"]
otherwise = { zh = "没有女儿户证", en = "No daughter-family certificate" }

[amount]
yuan = 1000

[[fund]]
source = "county"
share  = "rest"

[apply]
route  = "lists"
notice = { days = 7 }

[example.sixty]
say    = { zh = "当天满 60", en = "60 on that day" }
self   = { born_on = 1966-07-01 }
family = { certificate.kind = "two_daughter" }
gives  = { yuan = 1000 }

[example.a_day_short]
say   = { zh = "差一天", en = "A day short" }
like  = "sixty"
self  = { born_on = 1966-07-02 }
gives = { no = ["sixty"] }

[example.only_daughter]
say    = { zh = "独生女户", en = "Only-daughter family" }
like   = "sixty"
family = { certificate.kind = "only_daughter" }
gives  = { yuan = 1000 }

[example.no_certificate]
say    = { zh = "没有证", en = "No certificate" }
like   = "sixty"
family = { certificate.kind = "none" }
gives  = { no = ["girl_family"] }
""".encode()


def load(source=COLLEGE, name="college-award.toml"):
    return services.load(source, file_name=name, by=OFFICER, on=DAY)


def put_in_force(source=COLLEGE, **how):
    version = make.looked_through(services.propose(load(source), by=OFFICER, on=DAY), on=DAY)
    return services.activate(version, by=APPROVER, on=DAY, **how)


def changed(old, new):
    text = COLLEGE.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.django_db
class TestVersions:
    def test_a_file_becomes_a_draft_with_its_exact_bytes(self):
        version = load()
        stored = PolicyVersion.objects.get(pk=version.pk)
        assert bytes(stored.source) == COLLEGE
        assert stored.sha256 == hashlib.sha256(COLLEGE).hexdigest()
        assert (stored.state, stored.number, stored.code) == ("draft", 1, "college-award")
        assert (stored.in_force_from, stored.in_force_until) == (date(2024, 6, 1), date(2026, 12, 31))
        assert queries.active_on(DAY) == []

    def test_the_same_bytes_are_refused_in_words(self):
        load()
        with pytest.raises(Refusal) as refused:
            load()
        assert refused.value.code == "one_version_of_these_bytes"

    def test_a_file_that_cannot_be_read_is_not_stored(self):
        with pytest.raises(language.PolicyErrors):
            load(changed('"female"', '"femal"'))
        assert not PolicyVersion.objects.exists()

    def test_a_draft_with_a_failing_example_can_be_kept_but_not_proposed(self):
        version = load(changed("tier1 = 3000", "tier1 = 3001"))
        with pytest.raises(language.PolicyErrors) as refused:
            services.propose(version, by=OFFICER, on=DAY)
        assert "example.dibao" in {each.key for each in refused.value.problems}
        assert "control_total" in {each.key for each in refused.value.problems}
        assert PolicyVersion.objects.get().state == "draft"

    def test_only_a_second_person_activates(self):
        version = make.looked_through(services.propose(load(), by=OFFICER, on=DAY), on=DAY)
        himself = make.actor("county_approver", OFFICER.number)
        make.looked_through(version, by=himself, on=DAY)
        with pytest.raises(Refusal) as refused:
            services.activate(version, by=himself, on=DAY)
        assert refused.value.code == "version_different_people"
        with pytest.raises(Refusal):
            services.activate(version, by=OFFICER, on=DAY)
        active = services.activate(version, by=APPROVER, on=DAY)
        assert (active.state, active.proposed_by, active.activated_by) == ("active", "pang", "guo")
        assert [each.version.pk for each in queries.active_on(DAY)] == [version.pk]
        proof = TrailRow.objects.get(verb="activate").detail
        (seen, _) = Simulation.objects.order_by("pk")
        assert proof == {"sha256": version.sha256, "examples": 32, "simulation": seen.pk}

    def test_a_draft_that_nobody_proposed_cannot_be_activated(self):
        with pytest.raises(Refusal):
            services.activate(make.looked_through(load(), on=DAY), by=APPROVER, on=DAY)

    def test_examples_are_run_again_on_the_stored_bytes(self, monkeypatch):
        version = make.looked_through(services.propose(load(), by=OFFICER, on=DAY), on=DAY)
        ran = []
        prove = language.prove
        monkeypatch.setattr(language, "prove", lambda policy: ran.append(policy.digest) or prove(policy))
        services.activate(version, by=APPROVER, on=DAY)
        assert ran == [version.sha256]

    def test_bytes_that_do_not_match_their_digest_are_refused(self):
        version = services.propose(load(), by=OFFICER, on=DAY)
        with otherwise():
            PolicyVersion.objects.filter(pk=version.pk).update(source=COLLEGE + b"\n# touched\n")
        with pytest.raises(Refusal) as refused:
            services.activate(version, by=APPROVER, on=DAY)
        assert refused.value.code == "policy_bytes_changed"

    def test_two_versions_never_stand_in_force_at_once(self):
        first = put_in_force()
        source = changed("2100799", "2100798")
        second = make.looked_through(services.propose(load(source), by=OFFICER, on=DAY), on=DAY)
        assert second.number == 2
        with pytest.raises(Refusal) as refused:
            services.activate(second, by=APPROVER, on=DAY)
        assert refused.value.code == "versions_do_not_overlap"
        services.activate(second, by=APPROVER, on=DAY, superseding=True)
        states = dict(PolicyVersion.objects.values_list("number", "state"))
        assert states == {first.number: "superseded", 2: "active"}

    def test_taken_back_sent_back_and_withdrawn(self):
        version = services.propose(load(), by=OFFICER, on=DAY)
        version = services.take_back(version, by=OFFICER, on=DAY)
        assert (version.state, version.proposed_by) == ("draft", "")
        version = services.propose(version, by=OFFICER, on=DAY)
        version = services.send_back(version, by=APPROVER, on=DAY)
        assert services.withdraw(version, by=OFFICER, on=DAY).state == "withdrawn"

    def test_a_fifth_program_is_one_new_file(self, tmp_path):
        for path in sorted(make.POLICIES.glob("*.toml")):
            put_in_force(path.read_bytes())
        put_in_force(FIFTH)
        loaded = queries.active_on(DAY)
        assert [each.version.code for each in loaded] == [
            "college-award", "housing-subsidy", "medical-supplement", "old-age", "training-subsidy",
        ]  # fmt: skip
        program = next(each.program for each in loaded if each.version.code == "old-age")
        facts = {
            "born_on": language.Column(_ints([-12_237, 0]), _bools([True, False])),
            "certificate.kind": language.Column(_ints([0, 0]), _bools([True, True]), ("two_daughter",)),
        }
        nowhere = language.Column(_ints([0, 0]), _bools([False, False]))
        verdicts = program.judge(language.Table(2, nowhere, None, facts))
        assert verdicts.verdict.tolist() == [2, 1]
        assert verdicts.amount_fen.tolist() == [100_000, 100_000]
        assert [name for name in verdicts.unknown if verdicts.unknown[name][1]] == ["born_on"]


def _ints(values):
    return np.array(values, np.int32)


def _bools(values):
    return np.array(values, bool)


def run(*words):
    out, err = StringIO(), StringIO()
    try:
        call_command("policy", *words, stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.django_db
class TestCommand:
    def test_check_reads_the_house_files(self):
        code, out, _ = run("check", "--json")
        document = json.loads(out)
        assert code == 0
        assert document["ok"]
        assert len(document["files"]) == 4

    def test_check_reads_a_file_where_no_county_has_been_set_up(self):
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SET LOCAL search_path TO pg_temp")
            code, out, _ = run("check")
            transaction.set_rollback(True)
        assert code == 0
        assert "no database yet" in out
        assert out.count("✓") == 4

    def test_facts_names_what_a_policy_can_ask_for(self):
        code, out, _ = run("facts", "hardship", "admission")
        assert code == 0
        assert "hardship.kinds  codes" in out
        assert "dibao 低保" in out
        assert "admission.batch" in out
        assert "certificate.kind" not in out
        assert run("facts", "hardships")[0] == 1
        code, _, told = run("facts", "household")
        assert (code, "policy facts register" in told) == (1, True)

    def test_schema_prints_the_shape_of_a_policy(self):
        code, out, _ = run("schema")
        assert code == 0
        assert json.loads(out)["properties"]["for_each"]["enum"][:2] == ["person", "household"]

    def test_check_names_every_problem_and_ends_with_1(self, tmp_path):
        wrong = tmp_path / "wrong.toml"
        wrong.write_bytes(changed('"female"', '"femal"'))
        code, out, _ = run("check", str(wrong))
        assert code == 1
        assert "need.girl.is" in out
        code, _, err = run("check", str(tmp_path / "none.toml"))
        assert code == 1
        assert "none.toml" in err

    def test_from_file_to_force_by_two_people(self):
        make.officials()
        assert run("load", "--by", "pang")[0] == 0
        code, out, _ = run("load", "--by", "pang", "--json")
        assert code == 0
        assert len(json.loads(out)["already"]) == 4
        assert run("propose", "college-award", "--by", "pang")[0] == 0
        Official.objects.filter(number="pang").update(roles=["policy_officer", "county_approver"])
        assert run("try", "college-award", "--by", "pang")[0] == 0
        answer = ("--answer", "名册还没有导入，例题都对得上")
        assert run("look", "college-award", "--by", "pang", *answer)[0] == 0
        code, _, err = run("activate", "college-award", "--by", "pang")
        assert code == 1
        assert "起草政策的人不能自己启用" in err
        assert run("look", "college-award", "--by", "guo", *answer)[0] == 0
        assert run("activate", "college-award", "--by", "guo")[0] == 0
        code, out, _ = run("list", "--json")
        states = {each["code"]: each["state"] for each in json.loads(out)["versions"]}
        assert states["college-award"] == "active"
        assert states["housing-subsidy"] == "draft"

    def test_wrong_usage_ends_with_2(self):
        make.officials()
        for words in (("load", "--by", "nobody"), ("propose", "nothing", "--by", "pang")):
            with pytest.raises(CommandError) as wrong:
                run(*words)
            assert wrong.value.returncode == 2
