"""At the counter: open, bring papers, submit, withdraw."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from applications.judging import Judged, frozen_fields, judge_subjects, key_of
from applications.models import Application, Decision, Paper
from applications.queries import LIVE
from applications.services.numbering import receipt_numbers, token
from audit.actor import Actor
from audit.door import create, perform, record
from beneficiaries.models import Fact, Membership, Person
from beneficiaries.queries import household_of
from beneficiaries.queries.called import rows_of
from beneficiaries.queries.kin import parents_on
from facts.catalogue import load_catalogue
from programs.queries import Loaded, loaded
from standards.words import Refusal
from standards.working_days import add_working_days

OPEN = ("draft", "waiting_for_papers", "returned")  # while the clerk works on it
CORRECTION_WORKING_DAYS = (
    5  # what is missing is told once, and brought within this time (practice, by policy later)
)
PAPER_BYTES_MAX = 10 * 1024 * 1024  # a scanned page; larger ones come from a wrong setting of the camera
PAPERS_MAX = 40
MEDIA = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"%PDF": "application/pdf"}


def open_application(
    judged: Judged,
    *,
    by: Actor,
    on: date,
    origin: str = Application.Origin.COUNTER,
    note: str = "",
    after: Application | None = None,
    adds_to: Decision | None = None,
) -> Application:
    """A draft for one subject under one policy version. Refusal where one is under way already.

    ``after``: an earlier application of the same right, which came in time; ``adds_to``: the decision of which only the
    difference is asked for.
    """
    household = judged.household or _household_of(judged.person, on)
    if household is None:
        raise Refusal(
            "这个人现在不在任何一户的户口簿上，先登记家庭再申请",
            "This person stands in no household's booklet now; register the household first",
            code="no_household",
        )
    division = judged.division
    with transaction.atomic():
        if adds_to is None:
            _ask_no_other_row(judged)
        application = Application(
            program=judged.loaded.version.code,
            version=judged.loaded.version,
            person_id=judged.person,
            household_id=household,
            record_id=judged.record,
            division=division,
            receipt_number=receipt_numbers(division, on, 1)[0],
            token=token(),
            origin=origin,
            applied_on=after.applied_on if after else on,
            supplements=adds_to,
            note=note,
            state="draft",
            **frozen_fields([judged])[0],
        )
        return create(application, by=by, on=on)


def attach_paper(
    application: Application,
    kind: str,
    content: bytes | None,
    *,
    by: Actor,
    on: date,
    is_declaration: bool = False,
) -> Paper:
    """A paper shown at the counter: a scan (JPEG, PNG or PDF), or a signed declaration in its place.

    Without ``content`` the clerk has seen the paper and kept no copy. Refusal once it is submitted: what was accepted is
    what is judged.
    """
    if kind not in load_catalogue().papers:
        raise Refusal(
            "没有这种材料，请刷新页面", "There is no such paper; reload the page", code="paper_kind"
        )
    if application.state not in OPEN:
        raise Refusal(
            "这件已经提交，材料不能再加；要补材料，请初审退回柜台",
            "It has been submitted; papers are added after the reviewer returns it to the counter",
            code="papers_closed",
        )
    if application.papers.count() >= PAPERS_MAX:
        raise Refusal(
            f"一件申请最多 {PAPERS_MAX} 份材料",
            f"An application holds at most {PAPERS_MAX} papers",
            code="papers",
        )
    paper = Paper(
        application=application, kind=kind, is_declaration=is_declaration, added_by=by.number, added_on=on
    )
    if content is not None:
        paper.media_type = _media_type(content)
        paper.sha256 = hashlib.sha256(content).hexdigest()
        paper.file.name = default_storage.save("papers/paper", ContentFile(content))
    with transaction.atomic():
        paper.save()
        record(
            "attach_paper",
            application,
            by=by,
            on=on,
            detail={"kind": kind, "paper": paper.pk, "sha256": paper.sha256},
        )
    return paper


def attach_papers(
    application: Application,
    kind: str,
    contents: Sequence[bytes | None],
    *,
    by: Actor,
    on: date,
    is_declaration: bool = False,
) -> None:
    """The pages of one paper, all of them or none."""
    with transaction.atomic():
        for content in contents:
            attach_paper(application, kind, content, by=by, on=on, is_declaration=is_declaration)


def papers_missing(application: Application, judged: Judged | None = None, *, on: date) -> list[str]:
    """Kinds of paper that are asked for, because no list settles the fact, and not attached yet."""
    judged = judged or judged_now(application, on=on)
    held = set(application.papers.values_list("kind", flat=True))
    return [kind for kind in judged.papers_to_bring() if kind not in held]


def ask_for_papers(application: Application, *, by: Actor, on: date) -> Application:
    """Tell the family once, in full, what is missing (the correction notice). Refusal where nothing is."""
    judged = judged_now(application, on=on)
    missing = papers_missing(application, judged, on=on)
    if not missing:
        raise Refusal("材料已经齐了，直接提交", "Nothing is missing; submit it", code="nothing_missing")
    correct_by, _ = add_working_days(on, CORRECTION_WORKING_DAYS)
    return perform(
        application,
        "ask_for_papers",
        by=by,
        on=on,
        missing_papers=missing,
        correct_by=correct_by,
        **frozen_fields([judged])[0],
    )


def submit(application: Application, *, by: Actor, on: date) -> Application:
    """Complete: this is acceptance and starts the clock. Freezes what is seen now.

    Raises Refusal with every missing paper, and with those whose content was not entered: the reviewer could only
    send it back. A family may submit what does not meet the conditions: the township
    then proposes refusal, with reasons and remedies.
    """
    judged = judged_now(application, on=on)
    missing = papers_missing(application, judged, on=on)
    if missing:
        words = [load_catalogue().papers[kind] for kind in missing]
        raise Refusal(
            f"还缺：{'、'.join(one.zh for one in words)}。补齐再提交，或打印一次性告知单",
            f"Missing: {', '.join(one.en for one in words)}. Add them, or print the correction notice",
            code="papers_missing",
        )
    if unread := _not_entered(application, judged.papers_to_bring(), on=on):
        words = [load_catalogue().papers[kind] for kind in unread]
        raise Refusal(
            f"{'、'.join(one.zh for one in words)}已附上，内容还没登记：点“登记内容”照着材料填，才能判断",
            f"Attached, but what it says is not entered: {', '.join(one.en for one in words)}. Choose “Enter what it says”",
            code="papers_not_entered",
        )
    decide_by, provisional = decide_by_day(judged.loaded, on)
    return perform(
        application, "submit", by=by, on=on, accepted_on=on, decide_by=decide_by, decide_by_is_provisional=provisional,
        **frozen_fields([judged])[0],
    )  # fmt: skip


def _not_entered(application: Application, papers: list[str], *, on: date) -> list[str]:
    """The papers among these from which nothing was ever entered about this household, its people or their parents."""
    if not papers:
        return []
    members = list(
        Membership.objects.filter(household=application.household_id).values_list("person", flat=True)
    )
    parents = [one.pk for those in parents_on(members, on).values() for one in those if one.is_elsewhere]
    about = Q(household=application.household_id) | Q(person__in=[*members, *parents])
    entered = set(Fact.objects.filter(about, paper__in=papers).values_list("paper", flat=True))
    return [paper for paper in papers if paper not in entered]


def withdraw(application: Application, *, by: Actor, on: date, note: str) -> Application:
    """The family withdraws, any time until it is decided."""
    return perform(application, "withdraw", by=by, on=on, note=note)


def take_back(application: Application, *, by: Actor, on: date) -> Application:
    """Take back one's own last step while nobody has built on it."""
    for move in application.moves_for([by.role], by.number):
        if move.name == "take_back_recheck":  # the township had proposed nothing of the kind
            return perform(application, move.name, by=by, on=on, proposes_refusal=False, reasons=[])
        if move.own:
            return perform(application, move.name, by=by, on=on)
    raise Refusal("这一步已经撤不回了", "This step can no longer be taken back", code="nothing_to_take_back")


def judged_now(application: Application, *, on: date) -> Judged:
    """The application's subject judged today by the version it was opened under."""
    return judge_subjects(loaded(application.version), [application], on=on)[key_of(application)]


def decide_by_day(under: Loaded, accepted_on: date) -> tuple[date, bool]:
    """The last day for deciding: the policy's working days from acceptance, and the notice's days added.

    Licensing practice: 20 working days; appraisal and notice time does not count. Provisional where the State
    Council has not published that year's days.
    """
    apply = under.program.policy.apply
    day, provisional = add_working_days(accepted_on, apply.days_to_decide)
    if apply.notice.working:
        day, later = add_working_days(day, apply.notice.days)
        return day, provisional or later
    # A last day that is no working day moves to the next one: Civil Code art. 203.
    day, later = add_working_days(day + timedelta(days=apply.notice.days - 1), 1)
    return day, provisional or later


def _ask_no_other_row(judged: Judged) -> None:
    """The database refuses a second application of one row; of a person under several rows this does."""
    rows = rows_of([judged.person]) if judged.person else {}
    others = [row for row in rows if row != judged.person]
    same = {"program": judged.loaded.version.code, "record": judged.record}
    if others and Application.objects.filter(LIVE, person__in=others, **same).exists():
        words = Application.REFUSALS["one_live_application"]
        raise Refusal(words.zh, words.en, code="one_live_application")


def _household_of(person: int | None, on: date) -> int | None:
    row = Person.objects.filter(pk=person).first() if person else None
    household = household_of(row, on=on) if row else None
    return household.pk if household else None


def _media_type(content: bytes) -> str:
    if len(content) > PAPER_BYTES_MAX:
        raise Refusal(
            f"这一页有 {len(content) // 1024 // 1024} MB，最多 10 MB。把高拍仪调到 300 DPI 再拍",
            f"This page has {len(content) // 1024 // 1024} MB; at most 10 MB. Set the camera to 300 DPI and try again",
            code="paper_too_large",
        )
    for signature, media_type in MEDIA.items():
        if content.startswith(signature):
            return media_type
    raise Refusal(
        "只收照片（JPG、PNG）和 PDF。这个文件不是",
        "Only photos (JPG, PNG) and PDF are taken; this file is neither",
        code="paper_type",
    )
