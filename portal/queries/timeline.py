"""What happened to an application, who acts next and by when: from the trail, the table of moves and the payments."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext

from applications.lifecycle import State
from applications.models import Application, Notice
from audit.actor import SYSTEM
from audit.door import table_of
from audit.models import TrailRow
from beneficiaries.queries.correctors import RestsOn, correctors_of
from officials.models import Official
from officials.roles import Role
from payments.lifecycle import AttemptState
from payments.models import Instalment
from programs.queries import loaded
from standards import money
from standards.words import Words
from web.clock import today
from web.components import Step, When
from web.forms import listed, say
from web.templatetags.guanai import prose_day

# state -> the steps that are still to come, each with the role that takes it
ROAD: tuple[tuple[str, str], ...] = (
    (State.SUBMITTED, Role.CLERK),
    (State.REVIEWED, Role.TOWNSHIP_REVIEWER),
    (State.ON_NOTICE, Role.TOWNSHIP_REVIEWER),
    (State.RECHECKED, Role.COUNTY_CHECKER),
    (State.APPROVED, Role.COUNTY_APPROVER),
)
# How far each state is on that road: the index of the next step.
NEXT = {
    State.DRAFT: 0, State.WAITING: 0, State.RETURNED: 0, State.SUBMITTED: 1, State.REVIEWED: 2, State.ON_NOTICE: 3,
    State.OBJECTED: 3, State.NOTICE_OVER: 3, State.RECHECKED: 4,
}  # fmt: skip

# Steps that different people take, and where the row keeps who did.
STAMPS = {
    State.SUBMITTED: "submitted_by", State.REVIEWED: "reviewed_by", State.RECHECKED: "rechecked_by",
    State.APPROVED: "decided_by",
}  # fmt: skip
NAMED_MAX = 2


# What the bank said of an attempt, as a step shows it; anything else is on its way.
TOLD: dict[str, When] = {"paid": "past", "failed": "bad", "returned": "bad"}


def timeline(application: Application) -> list[Step]:
    """Past, present and future. Five queries: the trail, the posted notice, who may act (two), instalments."""
    about = TrailRow.objects.filter(table=table_of(application), object_id=application.pk)
    rows = list(about.exclude(verb="look").order_by("id"))  # who read it is on the family's printout
    past = [_past(application, row) for row in rows]
    if application.state in NEXT:
        return [*past, *_future(application)]
    if past:
        past[-1] = Step(past[-1].title, _end(application), past[-1].when, past[-1].detail)
    return [*past, *_money(application)]


def _past(application: Application, row: TrailRow) -> Step:
    name = gettext("The program") if row.actor_number == SYSTEM.number else row.actor_name
    who = " · ".join(part for part in (name, _role(row.role)) if part)
    return Step(_title(application, row), "past", prose_day(row.day), who)


def _title(application: Application, row: TrailRow) -> str:
    if row.verb == "create":
        return (
            gettext("Made from matched lists")
            if row.target == State.SUBMITTED
            else gettext("Application opened")
        )
    if row.verb == "attach_paper":
        return gettext("A paper was added")
    taken_back = row.verb.startswith("take_back")
    if row.target in State.values and not taken_back:
        return str(State(row.target).label)
    try:
        return str(application.move_named(row.verb).label)
    except KeyError:
        return row.verb


def _role(role: str) -> str:
    return str(Role(role).label) if role in Role.values else ""


def _end(application: Application) -> When:
    return "bad" if application.state in (State.REFUSED, State.WITHDRAWN) else "past"


def _future(application: Application) -> list[Step]:
    at = NEXT[State(application.state)]
    steps = []
    people = _who_acts(application)
    refusal = application.proposes_refusal
    road = [step for step in ROAD[at:] if not (refusal and step[0] == State.ON_NOTICE)]
    for n, (state, _) in enumerate(road):
        title = _to_come(state, refusal=refusal)
        by = _names(people[state])
        when = prose_day(application.decide_by) if state == State.APPROVED and application.decide_by else ""
        if n == 0:
            detail, when = _now(application, by), when or _until(application)
        else:
            detail = by
        steps.append(Step(title, "now" if n == 0 else "future", when, detail))
    if refusal:  # a page that lists a payment promises one
        return steps
    return [*steps, Step(gettext("Payment"), "future", "", gettext("with the next batch after the decision"))]


def _to_come(state: str, *, refusal: bool) -> str:
    if state == State.APPROVED:
        return gettext("Decision: refusal proposed") if refusal else gettext("Decision")
    return {
        State.SUBMITTED: gettext("Submission"),
        State.REVIEWED: gettext("First review by the township"),
        State.ON_NOTICE: gettext("Public notice"),
        State.RECHECKED: gettext("County re-check"),
    }[State(state)]


def _now(application: Application, by: str) -> str:
    if application.state == State.ON_NOTICE:
        return gettext("runs by itself until its last day")
    if application.state == State.OBJECTED:
        return gettext("the county settles the objection: %(who)s") % {"who": by}
    if application.state == State.WAITING:
        late = application.correct_by is not None and application.correct_by < today()
        return (
            gettext("the day to bring the papers has passed")
            if late
            else gettext("waits for the family's papers")
        )
    return by


def _until(application: Application) -> str:
    if application.state == State.WAITING and application.correct_by:
        return prose_day(application.correct_by)
    if application.state == State.ON_NOTICE:
        notice = Notice.objects.filter(lines__application=application).order_by("-pk").first()
        return prose_day(notice.until) if notice else ""
    return ""


def _names(people: Sequence[str]) -> str:
    """Who may take a step: the first names, and how many they are if there are more."""
    if not people:
        return gettext("nobody may take this step at present")
    names = listed(people[:NAMED_MAX])
    if len(people) <= NAMED_MAX:
        return names
    return gettext("%(names)s and others, %(n)d in all") % {"names": names, "n": len(people)}


def _who_acts(application: Application) -> dict[str, list[str]]:
    """Names by step of those who may: the township's people for the township's steps, the county's for the county's, none
    who took another step of it, and for the office's steps none on whose word about the family it rests. Any reviewer
    posts a notice. Two queries."""
    county, township = f"{application.division[:6]}000000", f"{application.division[:9]}000"
    officials = list(
        Official.objects.filter(
            is_active=True, roles__overlap=[role for _, role in ROAD], division__in=(county, township)
        )
    )
    corrected = correctors_of(
        RestsOn(application.pk, application.household_id, application.person_id, application.applied_on)
    )
    found: dict[str, list[str]] = {}
    for state, role in ROAD:
        barred = _took_another(application, state)
        if role != Role.CLERK and state != State.ON_NOTICE:
            barred |= corrected
        found[state] = [one.name for one in officials if role in one.roles and one.number not in barred]
    return found


def _took_another(application: Application, state: str) -> set[str]:
    """Who took a step that must be another person's than this one."""
    if state == State.ON_NOTICE:
        return set()
    return {getattr(application, stamp) for step, stamp in STAMPS.items() if step != state}


def _money(application: Application) -> list[Step]:
    """Instalments of an approved application with what the bank said."""
    if application.state != State.APPROVED:
        return []
    rows = list(
        Instalment.objects.filter(entitlement__application=application)
        .select_related("entitlement__version")
        .prefetch_related("attempts")
        .order_by("number")
    )
    if not rows:
        return []
    names = {one.name: one.words for one in loaded(rows[0].entitlement.version).program.policy.instalments}
    return [step for row in rows for step in _instalment(row, names.get(row.name))]


def _instalment(row: Instalment, words: Words | None) -> Sequence[Step]:
    amount = f"{money.yuan(row.amount_fen)} {gettext('yuan')}"
    title = say(words) if words else gettext("Payment")
    attempts = sorted(row.attempts.all(), key=lambda attempt: attempt.pk)
    if not attempts:
        if row.lapsed_on:
            return [
                Step(
                    title,
                    "bad",
                    prose_day(row.lapsed_on),
                    gettext("lapsed: its evidence did not come in time"),
                )
            ]
        detail = gettext("waits for the next batch") if row.due_on else gettext("waits for its evidence")
        return [Step(title, "now", _by(row.lapses_on), f"{amount} · {detail}")]
    last = attempts[-1]
    told = TOLD.get(last.state, "now")
    detail = " · ".join(
        part for part in (amount, str(AttemptState(last.state).label), last.reason_text) if part
    )
    return [Step(title, told, prose_day(last.answered_on) if last.answered_on else "", detail)]


def _by(day: date | None) -> str:
    return prose_day(day) if day else ""
