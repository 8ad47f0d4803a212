"""What the worker does with a version that somebody wants to know about: simulated on the register, held against decisions.

The award is the sample's without the conditions that need a family, so that girls made in bulk have a right; the draft
gives each of them 500 yuan more. `tests.crash.acts` runs these acts beside its own.
"""

import json
import re
import sys
from datetime import date
from functools import partial

from django.db.models import Count

from applications.freezing import frozen_row
from applications.judging import judge_subjects, key_of
from applications.models import Application, ComparedDecision, Comparison, Decision
from applications.services import comparing, simulations
from audit.models import TrailRow
from beneficiaries.models import Household
from jobs.work import work_through
from payments.models import Recovery
from programs.models import PolicyVersion, SimulatedChange, Simulation
from programs.queries import active, simulated
from programs.services import ask_simulation, load
from tests import factories as make
from tests.crash.acts_named import DECIDED
from tests.payments.granting import ENTERED, GRANTED, girls

CODE = "reaching-award"
DAY = date(2026, 8, 18)
OFFICER = make.actor("policy_officer")
FAMILY_NEEDS = re.compile(rb"\[need\.girl_family\].*(?=\[need\.admitted\])|\[example\.dibao\].*", re.DOTALL)


def decide():
    """Girls who were granted 2,000 yuan each by the version in force, and the draft that says 2,500."""
    source = FAMILY_NEEDS.sub(b"", make.policy_bytes("college-award")).replace(
        b"college-award", CODE.encode()
    )
    make.complete_lists("unadmitted")
    version = make.active_policy(CODE, source)
    people = girls(DECIDED, village=make.HUAIHUA)
    homes = Household.objects.bulk_create(
        Household(number=f"R{one.pk}", division=one.division, head=one) for one in people
    )
    letters = make.facts(
        [
            make.unsaved_fact(
                one, "admission", date(2026, 7, 20),
                year=2026, batch="本科批", level="本科", province="陕西", school="某大学",
            )
            for one in people
        ]
    )  # fmt: skip
    asked = [
        Application(
            program=CODE, version=version, person=one, household=home, division=one.division, record=letter,
            receipt_number=f"R{one.pk:011d}", token=f"r{one.pk}", applied_on=ENTERED, state="submitted",
            verdict=2, amount_fen=200_000,
        )
        for one, home, letter in zip(people, homes, letters, strict=True)
    ]  # fmt: skip
    seen = judge_subjects(active(CODE, DAY), asked, on=DAY)
    applications = Application.objects.bulk_create(asked)
    found = [seen[key_of(one)] for one in applications]
    Decision.objects.bulk_create(
        Decision(
            application=one, outcome="approved", amount_fen=judged.amount_fen, version=version, policy_sha256=version.sha256,
            judged=frozen_row(judged.gathered.table, judged.row), facts={}, conditions=[], decided_by="guo",
            decided_on=GRANTED, digest=bytes(32),
        )
        for one, judged in zip(applications, found, strict=True)
    )  # fmt: skip
    richer = source.replace(b"tier2 = 2000", b"tier2 = 2500")
    load(richer, file_name=f"{CODE}.toml", by=OFFICER, on=DAY)


def _draft() -> PolicyVersion:
    return PolicyVersion.objects.get(code=CODE, state="draft")


def ask():
    """As the pages do; what waits is not asked for twice."""
    ask_simulation(_draft(), by=OFFICER, on=DAY)
    comparing.ask_comparison(_draft(), by=OFFICER, on=DAY)


def simulate(clock):
    work_through(simulated.to_do(), simulations.do, clock=clock)


def compare(clock):
    work_through(comparing.to_do(), comparing.do, clock=clock)


def judged():
    """What is kept of both, as JSON: by asking, whether it has ended and how many lines it holds."""
    lines = partial(Count, distinct=True)
    asked = TrailRow.objects.filter(verb__in=["simulate", "compare"], target="")
    sys.stdout.write(
        json.dumps(
            {
                "simulations": _kept(Simulation.objects.filter(version=_draft()), lines("changes")),
                "comparisons": _kept(Comparison.objects.all(), lines("lines")),
                "of_one": [
                    SimulatedChange.objects.filter(change="more").values("simulation", "person").distinct().count(),
                    ComparedDecision.objects.filter(change="more", fen=250_000).values("decision").distinct().count(),
                ],
                "asked": asked.filter(table__in=["programs_simulation", "applications_comparison"]).count(),
                "proposals": Recovery.objects.count() + Application.objects.filter(program=CODE).count(),
            }
        )
    )  # fmt: skip


def _kept(rows, lines):
    found = rows.annotate(held=lines).order_by("pk")
    return [[one.finished_at is not None, one.stopped_at is not None, one.held] for one in found]
