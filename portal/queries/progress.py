"""A family's application in its own words: one sentence of state, what to do, steps with dates, the money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from applications.lifecycle import State
from applications.models import Application, Notice
from payments.models import Attempt
from portal.queries import places, programs
from portal.queries.application import paper_words
from standards.words import Words
from web.components import Step, When
from web.forms import listed, say
from web.templatetags.guanai import prose_day

S = State
ROAD = (S.SUBMITTED, S.REVIEWED, S.ON_NOTICE, S.RECHECKED, S.APPROVED)
REACHED = {
    S.DRAFT: 0, S.WAITING: 0, S.RETURNED: 0, S.SUBMITTED: 1, S.REVIEWED: 2, S.ON_NOTICE: 2, S.OBJECTED: 2,
    S.NOTICE_OVER: 3, S.RECHECKED: 4, S.APPROVED: 5, S.REFUSED: 4, S.WITHDRAWN: 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page says. ``kind`` colours what to do: good (nothing), look or bad."""

    name: str
    program: str
    sentence: str
    more: str
    kind: str
    do: str
    steps: Sequence[Step]
    reasons: Sequence[str]
    amount_fen: int | None
    payee: str
    account: str


def masked_name(name: str) -> str:
    """A name as it stands on a page that others may see.

    >>> masked_name("赵雨桐"), masked_name("李明"), masked_name("欧阳小芳"), masked_name("阿卜杜拉·买买提")
    ('赵＊桐', '李＊', '欧＊＊芳', '阿＊＊＊＊＊＊提')
    """
    if len(name) <= 2:
        return name[:1] + "＊"
    return name[0] + "＊" * (len(name) - 2) + name[-1]


def progress(application: Application) -> Progress:
    """All that the page shows. Five queries."""
    person = application.person or (application.household.head if application.household else None)
    notice = Notice.objects.filter(lines__application=application).order_by("-pk").first()
    attempt = (
        Attempt.objects.filter(instalment__entitlement__application=application)
        .select_related("account", "payee").order_by("-pk").first()
    )  # fmt: skip
    titles = programs.titles()
    named = places.places_of([application.division])
    sentence, more, kind, do = _state(application, notice, attempt)
    is_promised = application.amount_fen > 0 and application.verdict == 2 and not application.proposes_refusal
    amount = application.amount_fen if is_promised else None
    return Progress(
        name=masked_name(person.name) if person else "",
        program=say(titles.get(application.program, Words(application.program, application.program))),
        sentence=sentence,
        more=more,
        kind=kind,
        do=do,
        steps=_steps(
            application,
            notice,
            attempt,
            named.township(application.division),
            named.village(application.division),
        ),
        reasons=[say(Words(one["zh"], one["en"])) for one in application.reasons]
        if application.state == S.REFUSED
        else [],
        amount_fen=amount,
        payee=masked_name(attempt.payee.name) if attempt else "",
        account=f"{attempt.account.bank} ···· {str(attempt.account.number)[-4:]}" if attempt else "",
    )


def _state(
    application: Application, notice: Notice | None, attempt: Attempt | None
) -> tuple[str, str, str, str]:
    """Sentence, more, kind, what to do."""
    nothing = ("good", gettext("You need not do anything now"))
    state = State(application.state)
    if state == S.WAITING:
        papers = listed(say(paper_words(kind)) for kind in application.missing_papers)
        more = gettext("Bring it by %(day)s; then the clock starts.") % {
            "day": prose_day(application.correct_by)
        }
        return (
            gettext("A paper is still missing."),
            more,
            "look",
            gettext("Bring: %(papers)s") % {"papers": papers},
        )
    if state == S.ON_NOTICE and notice:
        more = gettext("It stays posted until %(day)s. If nobody objects, it goes to the county.") % {
            "day": prose_day(notice.until)
        }
        return gettext("The township has reviewed it; it is posted in the village."), more, *nothing
    if state == S.APPROVED:
        return _paid(application, attempt)
    if state == S.REFUSED:
        more = gettext(
            "You have a letter with the reasons. Within 60 days you may ask the county government to reconsider, "
            "or within six months go to the people's court."
        )
        return (
            gettext("It was not approved."),
            more,
            "bad",
            gettext("Read the reasons; ring us if they are wrong"),
        )
    sentence = {
        S.DRAFT: gettext("It is being written at the counter."),
        S.SUBMITTED: gettext("It has been accepted; the township is reviewing it."),
        S.REVIEWED: gettext("The township has reviewed it; it will be posted in the village."),
        S.ON_NOTICE: gettext("The township has reviewed it; it is posted in the village."),
        S.NOTICE_OVER: gettext("The public notice is over; the county is checking it."),
        S.OBJECTED: gettext("Somebody raised a question; the county is looking into it."),
        S.RECHECKED: gettext("The county is deciding."),
        S.RETURNED: gettext("The county has sent it back to the township to be completed."),
        S.WITHDRAWN: gettext("You have withdrawn it."),
    }[state]
    due = application.decide_by
    more = gettext("It is decided by %(day)s at the latest.") % {"day": prose_day(due)} if due else ""
    return sentence, "" if state == S.WITHDRAWN else more, *nothing


def _paid(application: Application, attempt: Attempt | None) -> tuple[str, str, str, str]:
    nothing = ("good", gettext("You need not do anything now"))
    if attempt is None:
        return gettext("It is approved; the money comes with the next batch."), "", *nothing
    if attempt.state == "paid":
        more = gettext("On %(day)s.") % {"day": prose_day(attempt.answered_on)} if attempt.answered_on else ""
        return (
            gettext("The money has been paid to your account."),
            more,
            "good",
            gettext("Please look at your account"),
        )
    if attempt.state in ("failed", "returned"):
        more = gettext("The bank could not pay: %(reason)s") % {
            "reason": attempt.reason_text or attempt.reason
        }
        return (
            gettext("It is approved, but the bank sent the money back."),
            more,
            "look",
            gettext("Bring your bank card or passbook to the township counter"),
        )
    return gettext("It is approved; the bank is paying it out."), "", *nothing


def _steps(
    application: Application, notice: Notice | None, attempt: Attempt | None, township: str, village: str
) -> list[Step]:
    reached = REACHED[State(application.state)]
    ended = application.state in (S.REFUSED, S.WITHDRAWN)
    when: dict[str, date | None] = {
        S.SUBMITTED: application.accepted_on or application.submitted_on,
        S.REVIEWED: application.reviewed_on,
        S.ON_NOTICE: notice.posted_on if notice else None,
        S.RECHECKED: application.rechecked_on,
        S.APPROVED: application.decided_on,
    }
    places_of_steps = {S.SUBMITTED: township, S.REVIEWED: township, S.ON_NOTICE: village}
    road = [
        state for state in ROAD if not (application.proposes_refusal and state == S.ON_NOTICE and not notice)
    ]
    steps = []
    for at, state in enumerate(road):
        title = _title(state, refused=application.state == S.REFUSED)
        told = _told(ROAD.index(state), reached, ended=ended)
        if state == S.APPROVED and application.state == S.REFUSED:
            told = "bad"
        day = when[state] if told in ("past", "bad") or (state == S.ON_NOTICE and notice) else None
        latest = application.decide_by if state == S.APPROVED and told in ("now", "future") else None
        detail = " · ".join(
            part
            for part in (
                prose_day(day) if day else "",
                gettext("by %(day)s at the latest") % {"day": prose_day(latest)} if latest else "",
                places_of_steps.get(state, ""),
            )
            if part
        )
        if told == "future" and ended and at >= reached:
            continue
        steps.append(Step(title, told, "", detail))
    if not ended and not application.proposes_refusal:  # a step that may never come is a promise
        steps.append(_money(application, attempt))
    return steps


def _told(at: int, reached: int, *, ended: bool) -> When:
    if at < reached:
        return "past"
    return "now" if at == reached and not ended else "future"


def _title(state: str, *, refused: bool) -> str:
    if state == S.APPROVED and refused:
        return gettext("The county decided: not approved")
    return {
        S.SUBMITTED: gettext("Application handed in"),
        S.REVIEWED: gettext("Reviewed by the township"),
        S.ON_NOTICE: gettext("Posted in the village"),
        S.RECHECKED: gettext("Checked by the county"),
        S.APPROVED: gettext("Decided by the county"),
    }[State(state)]


def _money(application: Application, attempt: Attempt | None) -> Step:
    title = gettext("Paid to the account")
    if attempt is None:
        now = application.state == S.APPROVED
        return Step(title, "now" if now else "future", "", gettext("after the decision, with the next batch"))
    if attempt.state == "paid":
        return Step(title, "past", "", prose_day(attempt.answered_on) if attempt.answered_on else "")
    return Step(title, "bad" if attempt.state in ("failed", "returned") else "now", "", attempt.reason_text)
