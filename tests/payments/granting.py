"""Entitlements by the hundred, each with a girl, a verified account and its commitment in the books."""

from datetime import date

from django.db.models import F

from applications.models import Application, Decision, Entitlement
from audit.door import perform_all
from beneficiaries.models import Account, Household, Person
from ledger import services as ledger
from programs.models import PolicyVersion
from tests import factories as make
from vault import blind

GRANTED = date(2026, 8, 12)
ENTERED = date(2026, 7, 30)
VERIFIED = date(2026, 8, 1)
DAY = date(2026, 8, 18)
SURNAMES = "赵钱孙李周吴郑王"
ABC = "中国农业银行周至县支行"


def allot(
    program: str, fen: int, *, year: int = 2026, source: str = "county", document: str = "示例〔2026〕9号"
) -> None:
    entered = ledger.enter_allotment(
        program=program, source=source, fiscal_year=year, document_number=document, amount_fen=fen,
        by=make.actor("batch_checker"), on=ENTERED,
    )  # fmt: skip
    ledger.confirm_allotment(entered, by=make.actor("batch_approver"), on=ENTERED)


def girls(count: int, *, village: str = make.JIAOLOU, first: int = 0) -> list[Person]:
    made = []
    for n in range(first, first + count):
        number = f"P{village}{n:06d}"
        made.append(
            Person(
                name=f"{SURNAMES[n % 8]}{chr(0x4E00 + n % 2000)}", sex="female", born_on=date(2008, 2, 3), division=village,
                citizen_id=number, citizen_id_index=blind.index(number, purpose="citizen_id"),
                citizen_id_last4=blind.index(number[-4:], purpose="citizen_id_last4"),
            )
        )  # fmt: skip
    return Person.objects.bulk_create(made)


def accounts(
    owners: list[Person], *, bank: str = ABC, verified: date = VERIFIED, first: int = 0, name: str = ""
) -> list[Account]:
    made = []
    for n, owner in enumerate(owners, first):
        number = f"62284800{owner.pk:07d}{n:04d}"
        made.append(
            Account(
                owner=owner, number=number, number_index=blind.index(number, purpose="account"),
                account_name=name or owner.name, bank=bank, entered_by="chen", entered_on=ENTERED, state="entered",
            )
        )  # fmt: skip
    made = Account.objects.bulk_create(made)
    if verified:
        rows = Account.objects.filter(pk__in=[one.pk for one in made])
        perform_all(rows, "verify", by=make.actor("township_reviewer"), on=verified, expected=len(made))
    return made


def entitlements(
    people: list[Person],
    version: PolicyVersion,
    *,
    fen: int = 200_000,
    funds: dict[str, int] | None = None,
    record=None,
) -> list[Entitlement]:
    """Granted on 12 August; the commitments are booked as an approval would."""
    funds = funds or {"county": fen}
    program = version.code
    homes = Household.objects.bulk_create(
        [Household(number=f"H{one.pk}", division=one.division, head=one) for one in people]
    )
    made = []
    for one, home in zip(people, homes, strict=True):
        made.append(
            Application(
                program=program, version=version, person=one, household=home, division=one.division, record=record,
                receipt_number=f"{one.pk:012d}", token=f"t{one.pk}", applied_on=ENTERED, state="submitted", verdict=2,
                amount_fen=fen,
            )
        )  # fmt: skip
    applications = Application.objects.bulk_create(made)
    decisions = Decision.objects.bulk_create(
        [
            Decision(
                application=one, outcome="approved", amount_fen=fen, version=version, policy_sha256=version.sha256,
                judged={}, facts={}, conditions=[], decided_by="guo", decided_on=GRANTED, digest=bytes(32),
            )
            for one in applications
        ]
    )  # fmt: skip
    rows = Entitlement.objects.bulk_create(
        [
            Entitlement(
                decision=decision, application=one, program=program, version=version, person=one.person,
                household=one.household, division=one.division, amount_fen=fen, funds=funds, fiscal_year=2026,
                granted_on=GRANTED, state="active",
            )
            for one, decision in zip(applications, decisions, strict=True)
        ]
    )  # fmt: skip
    ledger.book(
        [
            ledger.Movement(program, source, 2026, "available", "committed", part, f"commit:{row.pk}:{source}")
            for row in rows
            for source, part in sorted(funds.items())
        ],
        by=make.actor("county_approver"), on=GRANTED,
    )  # fmt: skip
    return rows


def balances(program: str = "college-award", year: int = 2026) -> dict[str, int]:
    """Fen by kind of ledger account, all sources together."""
    found: dict[str, int] = {}
    for kind, fen in ledger.LedgerAccount.objects.filter(program=program, fiscal_year=year).values_list(
        "kind", F("balance_fen")
    ):
        found[kind] = found.get(kind, 0) + fen
    return found
