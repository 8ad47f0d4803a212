"""In the township: first review, public notice, objections."""

from datetime import date, timedelta

from django.db import transaction

from applications.judging import frozen_fields, judge_subjects, key_of, reasons_of
from applications.models import Application, Notice, NoticeLine, Objection
from applications.services.counter import judged_now
from audit.actor import Actor
from audit.door import create, perform, perform_all, record
from audit.sealing import seal
from programs.models import PolicyVersion
from programs.queries import loaded
from standards.divisions import scope_prefix
from standards.words import Refusal
from standards.working_days import add_working_days


def review(application: Application, *, by: Actor, on: date, note: str = "") -> Application:
    """Pass the first review. Judges again with what is known today; a clear yes passes, or one that waits for its sum."""
    judged = judged_now(application, on=on)
    if not judged.may_pass:
        raise not_clear(application)
    return perform(
        application,
        "review",
        by=by,
        on=on,
        proposes_refusal=False,
        reasons=[],
        note=note,
        **frozen_fields([judged])[0],
    )


def review_all(applications: list[Application], *, by: Actor, on: date) -> int:
    """Pass the first review of many of one policy version, all or none. Refusal names the first that is not clear."""
    if not applications:
        return 0
    judged = judge_subjects(loaded(applications[0].version), applications, on=on)
    for application in applications:
        if (
            not judged[key_of(application)].may_pass
            or judged[key_of(application)].amount_fen != application.amount_fen
        ):
            raise not_clear(application)
    rows = Application.objects.filter(pk__in=[one.pk for one in applications])
    return perform_all(rows, "review", by=by, on=on, expected=len(applications), proposes_refusal=False)


def propose_refusal(application: Application, *, by: Actor, on: date, note: str = "") -> Application:
    """Propose refusal with every failing condition as a reason; such an application skips the notice."""
    judged = judged_now(application, on=on)
    fields = frozen_fields([judged])[0]
    reasons = reasons_of(fields["conditions"])
    if not reasons and not note:
        raise Refusal(
            "各项条件都没有不符合的，要写明不予批准的理由",
            "No condition fails; write the reason for proposing refusal",
            code="refusal_needs_reason",
        )
    if not reasons:
        reasons = [{"name": "officer", "zh": note, "en": note, "seen_zh": "", "seen_en": ""}]
    return perform(
        application,
        "propose_refusal",
        by=by,
        on=on,
        proposes_refusal=True,
        reasons=reasons,
        note=note,
        **fields,
    )


def post_notice(version: PolicyVersion, township: str, *, by: Actor, on: date) -> Notice:
    """Put every reviewed application of one program and township on one public notice.

    The day of posting does not count. The trail is sealed and its head printed on the notice.
    Refusal where there is nothing to post.
    """
    rows = Application.objects.filter(
        version=version, division__startswith=township[:9], state="reviewed", proposes_refusal=False
    )
    policy = loaded(version).program.policy
    last, _ = notice_ends(on, policy.apply.notice.days, working=policy.apply.notice.working)
    with transaction.atomic():
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if not ids:
            raise Refusal(
                "没有等着公示的申请", "No application is waiting for a notice", code="nothing_to_post"
            )
        posted = Notice(
            program=version.code,
            version=version,
            division=f"{township[:9]}000",
            posted_on=on,
            until=last,
            days=policy.apply.notice.days,
            posted_by=by.number,
            head=str(seal()),
            state="posted",
        )
        notice = create(posted, by=by, on=on, detail={"lines": len(ids)})
        NoticeLine.objects.bulk_create([NoticeLine(notice=notice, application_id=one) for one in ids])
        perform_all(Application.objects.filter(pk__in=ids), "post", by=by, on=on, expected=len(ids))
    return notice


def notice_ends(posted_on: date, days: int, *, working: bool) -> tuple[date, bool]:
    """The notice's last day; the day of posting does not count."""
    if working:
        return add_working_days(posted_on, days)
    return posted_on + timedelta(days=days), False


def return_to_counter(application: Application, *, note: str, by: Actor, on: date) -> Application:
    """Give it back to the clerk: a paper is wrong, or what it says was not entered."""
    if not note.strip():
        raise Refusal("写明退回要补正什么", "Write what has to be corrected", code="note_empty")
    return perform(application, "return_to_counter", by=by, on=on, note=note.strip())


def close_due_notices(*, on: date, by: Actor) -> int:
    """Take down the actor's notices whose last day is over; lines without an open objection go on. Gives their count.

    The actor's are those of the division: a township's reviewer takes down her township's, the clock everyone's.
    """
    closed = 0
    scope = scope_prefix(by.division) if by.division else ""
    due = Notice.objects.filter(state="posted", until__lt=on, division__startswith=scope)
    for notice in due.order_by("pk"):
        with transaction.atomic():
            taken_down = perform(notice, "take_down", by=by, on=on)
            rows = Application.objects.filter(notice_lines__notice=taken_down, state="on_notice")
            ids = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
            closed += perform_all(
                Application.objects.filter(pk__in=ids), "close_notice", by=by, on=on, expected=len(ids)
            )
    return closed


def record_objection(application: Application, words: str, *, by: Actor, on: date) -> Objection:
    """Somebody objected in time: this line stops, the rest of the notice goes on.

    Another objection to a line that has stopped is recorded beside the first; both have to be settled.
    """
    if not words.strip():
        raise Refusal("写明异议说的是什么", "Write down what the objection says", code="objection_empty")
    with transaction.atomic():
        line = (
            NoticeLine.objects.filter(application=application, notice__state="posted").order_by("-pk").first()
        )
        if line is None:
            raise Refusal("这件现在不在公示", "This application is not on notice now", code="not_on_notice")
        perform(application, "object", by=by, on=on)
        objection = Objection.objects.create(
            line=line, received_on=on, recorded_by=by.number, words=words.strip()
        )
        record("object", objection, by=by, on=on)
    return objection


def not_clear(application: Application) -> Refusal:
    """Why an application cannot be passed as it is."""
    return Refusal(
        f"{application.receipt_number} 现在不是“符合”，或金额变了：打开看缺什么，或提议不予批准",
        f"{application.receipt_number} is not clearly met now, or its amount changed: open it, or propose refusal",
        code="not_clear",
    )
