"""What a decision writes: itself (append-only), the entitlement, the claims, the commitment."""

from collections.abc import Sequence
from datetime import date

from applications.freezing import frozen_row
from applications.gathering.claims import blockers_of, holders_of, narrowing_text, period_of
from applications.gathering.households import People, Stood, people_of
from applications.judging import Judged
from applications.models import Application, Decision, Entitlement
from applications.services.claiming import PROMISED_ONCE, Claim, in_line, used_up, write_claims
from applications.services.places import give_places
from audit.actor import Actor
from audit.door import record_all
from ledger.models import LedgerAccount
from ledger.services import Movement, book
from standards.words import Refusal
from vault.digests import keyed_digest

# The columns of a decision, and of its application, that its digest covers: what verify recomputes.
DIGESTED = (
    "application_id", "outcome", "amount_fen", "version_id", "policy_sha256", "judged", "facts", "conditions", "reasons",
    "decided_by", "decided_on",
)  # fmt: skip
DIGESTED_OF_APPLICATION = ("program", "person_id", "household_id", "record_id", "division", "receipt_number")


def decide(
    applications: Sequence[Application], judged: dict[int, Judged], *, outcome: str, by: Actor, on: date
) -> list[Decision]:
    """One decision per application, with the facts and the evaluator's table as they stood."""
    decisions = []
    for application in applications:
        seen = judged[application.pk]
        decision = Decision(
            application=application,
            outcome=outcome,
            amount_fen=seen.amount_fen if outcome == Decision.Outcome.APPROVED else 0,
            version=application.version,
            policy_sha256=application.version.sha256,
            judged=frozen_row(seen.gathered.table, seen.row, seen.verdicts.queue)
            | ({"granted_fen": seen.granted_fen} if seen.granted_fen else {}),
            facts=application.facts,
            conditions=application.conditions,
            reasons=application.reasons,
            decided_by=by.number,
            decided_on=on,
        )
        decision.digest = digest_of(decision)
        decisions.append(decision)
    made = Decision.objects.bulk_create(decisions, batch_size=2_000)
    record_all("decide", Decision.objects.filter(pk__in=[one.pk for one in made]), by=by, on=on)
    return made


def digest_of(decision: Decision) -> bytes:
    """The keyed digest over a decision's columns and over whose it is."""
    application = decision.application
    return keyed_digest(
        [
            *(getattr(decision, column) for column in DIGESTED),
            *(getattr(application, column) for column in DIGESTED_OF_APPLICATION),
        ],
        purpose="decisions",
    )


def digest_of_old(decision: Decision) -> bytes:
    """The digest of decisions made before the program digested whose they are: nobody can make one without the key."""
    return keyed_digest([getattr(decision, column) for column in DIGESTED])


def grant(applications: Sequence[Application], judged: dict[int, Judged], *, by: Actor, on: date) -> None:
    """Entitlements, claims and commitments of approved ``applications``; the budget's rows are locked last."""
    decisions = {one.application_id: one for one in Decision.objects.filter(application__in=applications)}
    entitlements = Entitlement.objects.bulk_create(
        [
            Entitlement(
                decision=decisions[application.pk], application=application, program=application.program,
                version=application.version, person_id=application.person_id, household_id=application.household_id,
                division=application.division, amount_fen=judged[application.pk].amount_fen,
                funds=judged[application.pk].funds, fiscal_year=on.year, granted_on=on, state="active",
            )
            for application in applications
        ],
        batch_size=2_000,
    )  # fmt: skip
    record_all(
        "create",
        Entitlement.objects.filter(pk__in=[one.pk for one in entitlements]),
        by=by,
        on=on,
        target="active",
    )
    seen = {one.pk: judged[one.application_id] for one in entitlements}
    # A difference is the same right once more: the decision it adds to holds the claim.
    rights = [one for one in entitlements if not one.application.supplements_id]
    _claim(rights, seen)
    give_places(rights, seen)
    book(_commitments(entitlements), by=by, on=on)


def _claim(entitlements: Sequence[Entitlement], judged: dict[int, Judged]) -> None:
    """One claim per holder; refused where a holder has used the limit up, whoever was faster.

    Grants under one limit stand in line from here to their commit, so that what is looked at is what counts.
    """
    people = people_of(
        _stood(one, judged[one.pk]) for one in entitlements if _holds_household(judged[one.pk])
    )
    wanted = [claim for one in entitlements for claim in _claims_of(one, judged[one.pk], people)]
    in_line({claim.limit for claim in wanted})
    if used_up(wanted):
        raise Refusal(PROMISED_ONCE.zh, PROMISED_ONCE.en, code="promised_once")
    if write_claims(wanted, "entitlement_id") != len(wanted):
        raise Refusal(PROMISED_ONCE.zh, PROMISED_ONCE.en, code="promised_once")


def _holds_household(judged: Judged) -> bool:
    return any("household" in limit.holds for limit in judged.loaded.program.policy.limits)


def _stood(entitlement: Entitlement, judged: Judged) -> Stood:
    """The household on the day of the right."""
    return judged.household or entitlement.household_id, judged.judged_on or entitlement.granted_on


def _claims_of(entitlement: Entitlement, judged: Judged, people: dict[Stood, People]) -> list[Claim]:
    """A claim for each holder that this grant blocks."""
    table = judged.gathered.table
    stood = people.get(_stood(entitlement, judged))
    claims = []
    for limit in judged.loaded.program.policy.limits:
        same = tuple(
            narrowing_text(table.facts[name], int(table.facts[name].values[judged.row]))
            for name in limit.same
        )
        period = period_of(limit, judged.judged_on, same)
        spouse = judged.spouse if "couple" in limit.holds else None
        holders = holders_of(
            limit,
            person=entitlement.person_id,
            spouse=spouse,
            household=entitlement.household_id,
            people=stood,
        )
        blocking = set(blockers_of(holders, stood))
        claims += [
            Claim(limit.name, holder, period, limit.times, entitlement.pk, is_blocked=holder in blocking)
            for holder in holders
        ]
    return claims


def _commitments(entitlements: Sequence[Entitlement]) -> list[Movement]:
    kinds = LedgerAccount.Kind
    return [
        Movement(
            program=one.program, source=source, fiscal_year=one.fiscal_year, credit=kinds.AVAILABLE, debit=kinds.COMMITTED,
            fen=fen, cause=f"commit:{one.pk}:{source}",
        )
        for one in entitlements
        for source, fen in sorted(one.funds.items())
    ]  # fmt: skip
