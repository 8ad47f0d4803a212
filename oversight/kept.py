"""What must stay as it was written: one table for the whole house.

A column that is not named in ``changes`` never changes once its row is there; a row is never deleted unless ``deletes``
says so. ``later`` names columns that services do change, and from when on they stay.

Three things are made of this table: the privileges and triggers that hold the application to it
(:mod:`oversight.grants`), the keyed digests of every row (:mod:`oversight.stock`), and what ``verify`` names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model

FIRST = "first"


@dataclass(frozen=True, slots=True)
class Later:
    """Columns that stay from the moment their row meets ``when`` (SQL; ``{row}`` stands before each column)."""

    name: str
    columns: tuple[str, ...]
    when: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the application may do to the rows of one table after they were written."""

    changes: tuple[str, ...] = ()
    later: tuple[Later, ...] = ()
    deletes: bool = False
    first: tuple[
        str, ...
    ] = ()  # columns that change, each change kept by the database: what they first held stays
    inserts: bool = True  # else only triggers write it


def _once(column: str) -> Later:
    """A column that is filled once and stays."""
    return Later(column, (column,), f"{{row}}{column} IS NOT NULL")


_LEASE = (
    "lease_until", "leased_by", "lease_number", "tries", "progress_done", "progress_total", "stopped_at", "error_zh",
    "error_en",
)  # fmt: skip
_BATCH_PEOPLE = (
    "prepared_by", "prepared_on", "checked_by", "checked_on", "approved_by", "approved_on", "sent_by", "sent_on",
)  # fmt: skip
_APPLICATION_PEOPLE = (
    "submitted_by", "submitted_on", "reviewed_by", "reviewed_on", "rechecked_by", "rechecked_on", "decided_by", "decided_on",
)  # fmt: skip
_JUDGED = ("verdict", "amount_fen", "facts", "conditions", "proposes_refusal", "reasons")

KEPT: dict[str, Kept] = {
    # people and what is said about them
    "beneficiaries_evidencelist": Kept(
        changes=(
            "state", "title", "file", "marked_file", "covers_from", "covers_until", "code", "is_complete", "take_good",
            "parameters", "counts", "problem", "rows_digest", "taken_by", "taken_on", "refused_by", "refused_on", *_LEASE,
        ),
        later=(
            Later(
                "taken",
                ("covers_from", "covers_until", "code", "is_complete", "take_good", "rows_digest", "taken_by", "taken_on"),
                "{row}state IN ('taken', 'withdrawn')",
            ),
        ),
    ),
    "beneficiaries_learnedheader": Kept(changes=("state", "taken_back_by", "taken_back_on")),
    "beneficiaries_listrow": Kept(changes=("outcome", "problems")),
    "beneficiaries_household": Kept(
        changes=("head_id", "division", "closed_on"), first=("head_id", "division", "closed_on")
    ),
    "beneficiaries_person": Kept(
        changes=("name", "division", "phone", "phone_index", "phone_last4", "terms", "elsewhere", "merged_into_id"),
        first=("name", "division", "phone", "phone_index", "phone_last4", "elsewhere"),
    ),
    "beneficiaries_membership": Kept(
        changes=("relation", "valid_until", "is_disputed", "is_only"), first=("relation", "valid_until", "is_disputed")
    ),
    "beneficiaries_parentage": Kept(changes=("valid_until",), first=("valid_until",)),
    "beneficiaries_change": Kept(inserts=False),
    "beneficiaries_alsosaid": Kept(),
    "beneficiaries_fact": Kept(
        changes=("is_disputed", "superseded_by_id"), first=("is_disputed", "superseded_by_id")
    ),
    "beneficiaries_coverage": Kept(),
    "beneficiaries_account": Kept(changes=("state", "verified_by", "verified_on", "closed_by", "closed_on")),
    "beneficiaries_doubt": Kept(
        changes=("settled_by", "settled_on", "outcome", "division"),
        later=(Later("settled_on", ("settled_on", "division"), "{row}settled_on IS NOT NULL"),),
    ),
    "beneficiaries_alias": Kept(
        changes=("terms", "taken_back_by", "taken_back_on", "taken_back_why"),
        later=(
            Later("taken_back", ("taken_back_by", "taken_back_on", "taken_back_why"), "{row}taken_back_on IS NOT NULL"),
        ),
    ),
    "beneficiaries_double": Kept(
        changes=(
            "state", "settled_by", "settled_on", "against", "part_reason", "part_asked_by", "part_asked_on", "parted_by",
            "parted_on",
        ),
        later=(_once("settled_on"), _once("parted_on")),
    ),
    # policies and money allotted
    "programs_policyversion": Kept(changes=("state", "proposed_by", "proposed_on", "activated_by", "activated_on")),
    "programs_simulation": Kept(
        changes=("beside_id", "finished_at", "result", *_LEASE),
        later=(Later("done", ("beside_id", "finished_at", "result"), "{row}finished_at IS NOT NULL"),),
    ),
    "programs_simulationlook": Kept(),
    "programs_figure": Kept(changes=("confirmed_by",)),
    "ledger_allotment": Kept(changes=("state", "confirmed_by", "confirmed_on")),
    "ledger_ledgeraccount": Kept(changes=("balance_fen",)),
    "ledger_transfer": Kept(),
    # applications and rights
    "applications_application": Kept(
        changes=(
            "state", "division", "accepted_on", "decide_by", "decide_by_is_provisional", "missing_papers", "correct_by",
            "note",
            *_JUDGED, *_APPLICATION_PEOPLE,
        ),
        later=(
            Later("decided", ("division", *_JUDGED, *_APPLICATION_PEOPLE), "{row}state IN ('approved', 'refused')"),
        ),
    ),
    "applications_paper": Kept(),
    "applications_notice": Kept(changes=("state", "taken_down_by", "taken_down_on")),
    "applications_noticeline": Kept(),
    "applications_objection": Kept(
        changes=("is_upheld", "settled_by", "settled_on", "finding"), later=(_once("settled_on"),)
    ),
    "applications_setsum": Kept(),
    "applications_comparison": Kept(
        changes=("finished_at", "judged", *_LEASE),
        later=(Later("done", ("finished_at", "judged"), "{row}finished_at IS NOT NULL"),),
    ),
    "applications_decision": Kept(),
    "applications_entitlement": Kept(changes=("state",)),
    "applications_limitclaim": Kept(),
    # payments
    "payments_instalment": Kept(
        changes=("due_on", "lapses_on", "lapsed_on"), later=(_once("due_on"), _once("lapsed_on"))
    ),
    "payments_batch": Kept(
        changes=(
            "state", "count", "total_fen", *_BATCH_PEOPLE, "closed_by", "closed_on", "head", "downloaded_on", *_LEASE,
        ),
        later=(
            Later(
                "sent",
                ("count", "total_fen", "head", *_BATCH_PEOPLE),
                "{row}state IN ('sent', 'answered', 'closed')",
            ),
        ),
    ),
    "payments_attempt": Kept(changes=("state", "reason", "reason_text", "answered_on", "returned_on")),
    "payments_exclusion": Kept(),
    "payments_bankfile": Kept(deletes=True),  # of an approval that was taken back; `batches` counts those of a sent one
    "payments_resultfile": Kept(changes=("read_on", "refused_on", "problem", "counts", *_LEASE)),
    "payments_resultline": Kept(changes=("quarantine", "settled_by")),
    "payments_recovery": Kept(
        changes=("state", "finding", "settled_by", "settled_on", "back_fen", "lost_fen", "fallen_fen", "over_fen"),
        later=(Later("settled", ("finding", "settled_by", "settled_on"), "{row}state <> 'proposed'"),),
    ),
    "payments_repayment": Kept(
        changes=("state", "confirmed_by", "confirmed_on"),
        later=(Later("confirmed", ("confirmed_by", "confirmed_on"), "{row}state <> 'entered'"),),
    ),
    "payments_writeoff": Kept(
        changes=("state", "decided_by", "decided_on"),
        later=(Later("decided", ("decided_by", "decided_on"), "{row}state <> 'proposed'"),),
    ),
    # letters, offices
    "letters_letter": Kept(
        changes=("data", "template_sha256", "file", "sha256", "pages", "held_for", "made_on", "printed_by", "printed_on"),
        later=(Later("drawn", ("data", "template_sha256", "file", "sha256", "pages"), "{row}sha256 <> ''"),),
    ),
    "officials_division": Kept(changes=("valid_until", "successor_id")),  # merged
    "officials_official": Kept(
        changes=(
            "password", "password_is_temporary", "last_login", "office", "division_id", "roles", "is_active",
        )
    ),
    "officials_powerchange": Kept(changes=("state", "settled_by", "settled_on"), later=(_once("settled_on"),)),
    "oversight_stock": Kept(),
    "audit_trailrow": Kept(),
    "audit_block": Kept(),
}  # fmt: skip

# Worked out again from the rest, or gone by themselves: the application may do to them what it likes.
WORKED_OUT = frozenset({
    "applications_assessment",  # derived at every sweep
    "applications_sweep",  # a job
    "applications_compareddecision",  # worked out with its comparison, and again with the next
    "programs_simulatedchange",  # worked out with its simulation, which keeps the sums
    "applications_receiptserial",  # a counter
    "beneficiaries_awaitedparent",  # becomes a parentage
    "beneficiaries_paircount",  # the last look for pairs
    "beneficiaries_searchterm",  # the search's index, written by triggers
    "web_wrongtry",  # forgotten after a rest
    "django_session", "django_content_type", "django_migrations",
    "auth_permission", "auth_group", "auth_group_permissions",  # Django's own, not used
})  # fmt: skip

# The trail has its own chain (audit.sealing), the stock is chained itself: no digests of digests.
CHAINED = frozenset({"audit_trailrow", "audit_block", "oversight_stock"})


@dataclass(frozen=True, slots=True)
class Stage:
    """Columns of a table that stay from a moment on: all that were written with the row, those of a `Later`, or what
    the columns of ``first`` first held."""

    table: str
    name: str
    columns: tuple[str, ...]
    when: str = ""

    @property
    def is_first(self) -> bool:
        """Whether it is about what the columns first held, whatever they hold now."""
        return self.name == FIRST


def stages() -> list[Stage]:
    """Every stage of every table whose rows are digested."""
    found = []
    for model in models():
        table = model._meta.db_table
        if table in CHAINED:
            continue
        kept = KEPT[table]
        found.append(Stage(table, "written", unchanging(model)))
        if kept.first:
            found.append(Stage(table, FIRST, kept.first))
        found += [Stage(table, later.name, later.columns, later.when.format(row="")) for later in kept.later]
    return found


def models() -> list[type[Model]]:
    """The models of `KEPT`."""
    return [model for model in apps.get_models() if model._meta.db_table in KEPT]


def unchanging(model: type[Model]) -> tuple[str, ...]:
    """The columns that never change, without the key."""
    changes = KEPT[model._meta.db_table].changes
    return tuple(
        column for column in _columns(model) if column not in changes and column != model._meta.pk.column
    )


def _columns(model: type[Model]) -> Sequence[str]:
    return [str(field.column) for field in model._meta.concrete_fields]
