"""In the county office: re-check, settle objections, send back, decide."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from applications.judging import Judged, Key, frozen_fields, judge_subjects, key_of
from applications.models import Application, Decision, Objection, SetSum
from applications.services.counter import judged_now
from applications.services.granting import decide, grant
from applications.services.places import hold_lines
from applications.services.township import not_clear
from audit.actor import SYSTEM, Actor
from audit.door import explained, perform, perform_all, record
from beneficiaries.queries.called import together
from programs.queries import loaded
from standards.money import yuan
from standards.words import Refusal

REASON_MIN = 4  # characters of why a sum is what it is: fewer say nothing a reader of the next year could use


def recheck(application: Application, *, by: Actor, on: date, note: str = "") -> Application:
    """Pass the re-check with what is known today; a proposed refusal goes to the approver as that."""
    judged = judged_now(application, on=on)
    if application.proposes_refusal:
        return perform(application, "recheck_refusal", by=by, on=on, note=note or application.note)
    if not judged.may_pass:
        raise not_clear(application)
    return perform(
        application, "recheck", by=by, on=on, note=note or application.note, **frozen_fields([judged])[0]
    )


def recheck_all(applications: Sequence[Application], *, by: Actor, on: date) -> int:
    """Pass the re-check of many, all or none. Refusal names the first that is not clear any more."""
    ids = [one.pk for one in applications]
    judged = _judged(applications, on)
    for application in applications:
        if not (judged[application.pk].may_pass and _is_as_seen(application, judged[application.pk])):
            raise not_clear(application)
    return perform_all(Application.objects.filter(pk__in=ids), "recheck", by=by, on=on, expected=len(ids))


def propose_refusal(
    application: Application, *, by: Actor, on: date, reasons: list[dict[str, str]]
) -> Application:
    """The county checker proposes refusal after the notice, or upholds the township's proposal."""
    if not reasons and not application.reasons:
        raise Refusal("写明不予批准的理由", "Write the reason for refusal", code="refusal_needs_reason")
    return perform(
        application,
        "recheck_refusal",
        by=by,
        on=on,
        proposes_refusal=True,
        reasons=reasons or application.reasons,
    )


def settle_objection(
    objection: Objection, *, is_upheld: bool, finding: str, by: Actor, on: date
) -> Application:
    """Dismiss (the line goes on) or uphold (refusal is proposed with the finding as its reason).

    A dismissed line hangs on to the notice's last day like the others, and stops again while another objection is
    open. The person who recorded the objection cannot settle it.
    """
    if not finding.strip():
        raise Refusal("写明核查结果", "Write down what was found", code="finding_empty")
    with transaction.atomic():
        # The application first: two checkers who settle two objections of one line must see each other.
        application: Application = Application.objects.select_for_update().get(
            pk=objection.line.application_id
        )
        kept = Objection.objects.select_for_update().get(pk=objection.pk)
        if kept.settled_on is not None:
            raise Refusal(
                "这条异议已经有人处理了", "This objection has been settled already", code="objection_settled"
            )
        if kept.recorded_by == by.number:
            raise Refusal(
                "记录异议的人不能自己处理",
                "Whoever recorded an objection cannot settle it",
                code="same_person",
            )
        kept.is_upheld, kept.finding, kept.settled_by, kept.settled_on = (
            is_upheld,
            finding.strip(),
            by.number,
            on,
        )
        kept.save(update_fields=["is_upheld", "finding", "settled_by", "settled_on"])
        record("settle_objection", kept, by=by, on=on, detail={"upheld": is_upheld})
        if application.state != "objected":
            return application  # another objection to the same line was upheld before
        if not is_upheld:
            return _go_on(application, by=by, on=on)
        reason = {
            "name": "objection",
            "zh": finding.strip(),
            "en": finding.strip(),
            "seen_zh": "",
            "seen_en": "",
        }
        return perform(application, "uphold", by=by, on=on, proposes_refusal=True, reasons=[reason])


def _go_on(application: Application, *, by: Actor, on: date) -> Application:
    """After a dismissal: on to the notice's last day, or past it where the notice has come down meanwhile."""
    lines = application.notice_lines
    if lines.filter(objections__isnull=False, objections__settled_on=None).exists():
        return application
    fresh = perform(application, "dismiss", by=by, on=on)
    if lines.filter(notice__state="posted").exists():
        return fresh
    return perform(fresh, "close_notice", by=SYSTEM, on=on)


def send_back(application: Application, *, note: str, by: Actor, on: date) -> Application:
    """Return it to the township for correction, with the reason."""
    if not note.strip():
        raise Refusal("写明退回要补正什么", "Write what has to be corrected", code="note_empty")
    return perform(
        application, "send_back", by=by, on=on, note=note.strip(), proposes_refusal=False, reasons=[]
    )


def set_sum(application: Application, *, fen: int, reason: str, by: Actor, on: date) -> Application:
    """The deciding official sets the sum within the policy's band, with the reason that the letter will say.

    ``fen`` is what the band stands for: parts that are fixed come on top. It may be set anew until it is decided.
    Raises Refusal: outside the band, no reason, not re-checked, somebody who took an earlier step, or on whose word about
    the family it rests.
    """
    said = reason.strip()
    if len(said) < REASON_MIN:
        raise Refusal(
            f"写明为什么定这个数，至少 {REASON_MIN} 个字",
            f"Say why it is this sum, in at least {REASON_MIN} characters",
            code="sum_reason",
        )
    with transaction.atomic():
        fresh: Application = Application.objects.select_for_update().get(pk=application.pk)
        with explained(SetSum):
            SetSum.objects.create(application=fresh, fen=fen, reason=said, set_by=by.number, set_on=on)
        judged = judged_now(fresh, on=on)
        if judged.verdicts.band is None:
            raise Refusal(
                "这个项目的金额由政策算出，不由人定",
                "The sum of this program follows from the policy; nobody sets it",
                code="no_band",
            )
        if judged.verdict != 2:
            raise _outside(judged) if judged.waits_for_sum else not_clear(fresh)
        fields = frozen_fields([judged])[0]
        because = {"zh": f"定这个数的理由：{said}", "en": f"Why this sum: {said}"}
        fields["conditions"][-1]["working"].insert(
            1, because
        )  # the sum itself, why, then what it is split into
        return perform(fresh, "set_sum", by=by, on=on, detail={"amount_fen": fen, "reason": said}, **fields)


def _outside(judged: Judged) -> Refusal:
    least, most = (yuan(fen) for fen in judged.band or (0, 0))
    return Refusal(
        f"不在幅度之内：按政策合计在 {least} 至 {most} 元之间",
        f"Outside the band: by the policy the whole lies between {least} and {most} yuan",
        code="outside_the_band",
    )


def approve(application: Application, *, by: Actor, on: date) -> Decision:
    """Approve one: decision, entitlement, claims and commitment in one transaction, or a Refusal and nothing."""
    approve_all([application], by=by, on=on)
    return Decision.objects.get(application=application)


def approve_all(applications: Sequence[Application], *, by: Actor, on: date) -> int:
    """Approve many, all or none.

    Locks the applications in id order, judges them again under their versions, writes append-only decisions, the
    entitlements and one claim per holder, and commits the budget last. Raises Refusal: somebody was faster, the
    facts changed since the re-check, the right was granted before, or the budget is short.
    """
    ids = sorted(one.pk for one in applications)
    with transaction.atomic():
        together()  # who is one person does not change between the judgement and the claims
        fresh = list(
            Application.objects.select_for_update()
            .filter(pk__in=ids)
            .select_related("version")
            .order_by("pk")
        )
        hold_lines(fresh)
        judged = _judged(fresh, on)
        for application in fresh:
            if application.state == "rechecked" and not (
                judged[application.pk].verdict == 2 and _is_as_seen(application, judged[application.pk])
            ):
                raise not_clear(application)
        perform_all(Application.objects.filter(pk__in=ids), "approve", by=by, on=on, expected=len(ids))
        decide(fresh, judged, outcome="approved", by=by, on=on)
        grant(fresh, judged, by=by, on=on)
    return len(ids)


def decline(application: Application, *, by: Actor, on: date) -> Decision:
    """Refuse what has been proposed for refusal: the decision carries every reason."""
    with transaction.atomic():
        fresh = perform(application, "decline", by=by, on=on)
        if not fresh.reasons:
            raise Refusal(
                "不予批准要有理由：退回县级复核写明",
                "A refusal needs its reasons: send it back to the checker",
                code="no_reason",
            )
        decide([fresh], {fresh.pk: judged_now(fresh, on=on)}, outcome="refused", by=by, on=on)
    return Decision.objects.get(application=fresh)


def _is_as_seen(application: Application, judged: Judged) -> bool:
    return judged.amount_fen == application.amount_fen and not application.proposes_refusal


def _judged(applications: Sequence[Application], on: date) -> dict[int, Judged]:
    """Each application's subject judged under its own version, by application id."""
    versions: dict[int, list[Application]] = defaultdict(list)
    for application in applications:
        versions[application.version_id].append(application)
    found: dict[int, Judged] = {}
    for rows in versions.values():
        by_key: dict[Key, Judged] = judge_subjects(loaded(rows[0].version), rows, on=on)
        found |= {one.pk: by_key[key_of(one)] for one in rows}
    return found
