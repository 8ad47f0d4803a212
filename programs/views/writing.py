"""A policy written in the browser: its text with the problems beside it, its examples as a table, what changed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from facts.catalogue import load_catalogue
from officials.access import StaffRequest, staff
from officials.roles import Role
from programs import language, services
from programs.forms import ExampleForm, SheetForm
from programs.language import Policy
from programs.models import PolicyVersion
from programs.queries import changes as between
from programs.queries import checked, example_sheets, example_words, figures, known, pages, versions
from programs.queries import example_rows as sheets
from programs.views.policies import READERS, version_named
from programs.views.simulating import XLSX
from standards.words import Refusal, Words
from web.clock import today
from web.forms import listed, say

YES, NO = Words("是", "yes"), Words("否", "no")
NOTHING_NEW = Refusal(
    "没有新的例题：代号都已经有了", "There is no new example: every name is taken", code="nothing_new"
)


@staff(Role.POLICY_OFFICER)
def write(request: StaffRequest, code: str = "", number: int = 0) -> HttpResponse:
    """The text of a new draft: from a blank page, from a published rule (``?from=``), or from a version of the program.

    POST checks it and keeps nothing, or keeps it as a draft; either way the text comes back as it was typed, and with
    422 where something is wrong with it.
    """
    version = version_named(code, number) if code else None
    text = _text_of(version) if version else checked.beginning(request.GET.get("from", ""))
    if request.method != "POST":
        return _editor(request, text, version, _problems(text) if text and version is None else None)
    text = request.POST.get("source", "").replace("\r\n", "\n")
    if "keep" not in request.POST:
        problems = _problems(text)
        return _editor(request, text, version, problems, status=422 if problems else 200)
    try:
        by = request.official.actor(Role.POLICY_OFFICER)
        kept = services.load(text.encode(), file_name="", by=by, on=today())
    except language.PolicyErrors:
        return _editor(request, text, version, _problems(text), status=422)
    except Refusal as refusal:
        return _editor(request, text, version, refusal=refusal, status=422)
    messages.success(request, _("The file is kept as a draft."))
    return redirect("programs:policy", kept.code, kept.number)


@staff(*READERS)
@require_safe
def facts(request: StaffRequest) -> HttpResponse:
    """Every fact a policy can ask for, as ``manage.py policy facts`` prints it."""
    return render(request, "programs/known.html", {"kinds": known.known_kinds()})


def _editor(
    request: StaffRequest,
    text: str,
    version: PolicyVersion | None,
    problems: list[language.Problem] | None = None,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The text to go on with; ``problems`` is None where nobody has asked for them yet."""
    is_checked, problems = problems is not None, problems or []
    numbers = checked.numbered(text, problems)
    context: dict[str, Any] = {
        "text": text,
        "version": version,
        "is_checked": is_checked,
        "wrong": checked.with_lines(text, problems),
        "numbers": numbers,
        "rows": len(numbers),
        "refusal": refusal,
        "beginnings": checked.beginnings() if version is None else [],
    }
    return render(request, "programs/write.html", context, status=status)


def _problems(text: str) -> list[language.Problem]:
    return checked.problems_of(text.encode())


@staff(*READERS)
def examples(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """The worked examples as a table; an officer adds rows here or from a filled sheet, and goes on in the text."""
    version = version_named(code, number)
    policy, text = _readable(version), _text_of(version)
    columns = [(key, say(head), _choices(policy, key)) for key, head in sheets.fact_columns(policy)]
    can_add = request.official.has_role(Role.POLICY_OFFICER)
    known = [row.name for row in sheets.rows_of(text)]
    form = ExampleForm(request.POST or None, columns=columns, names=known)
    sheet = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and can_add:
        is_sheet = "sheet" in request.POST
        answered = _added(request, version, policy, text, sheet if is_sheet else form)
        if answered is not None:
            return answered
        form, sheet = (ExampleForm(columns=columns, names=known), sheet) if is_sheet else (form, SheetForm())
    context = {
        "version": version,
        "policy_url": pages.address(version),
        "rows": example_words.told(policy, text),
        "short_names": example_words.short_names(policy),
        "form": form,
        "sheet": sheet,
        "can_add": can_add,
    }
    status = 422 if form.errors or sheet.errors else 200
    return render(request, "programs/example_table.html", context, status=status)


def _choices(policy: Policy, key: str) -> list[tuple[str, str]]:
    """What may stand in a column that takes one of a few words; empty for any other."""
    meaning = policy.names.fact(key.partition(".")[2])
    if meaning is None or meaning.type not in ("code", "bool"):
        return []
    found = [(code, say(meaning.say(code))) for code in meaning.codes]
    found += [("none", say(example_words.NONE))] if found else [("yes", say(YES)), ("no", say(NO))]
    return [("", "—"), *found, (sheets.UNKNOWN[-1], say(example_words.UNKNOWN))]


def _added(
    request: StaffRequest,
    version: PolicyVersion,
    policy: Policy,
    text: str,
    form: ExampleForm | SheetForm,
) -> HttpResponse | None:
    """The text with the new rows in the editor, or None where the form has something to mend."""
    if not form.is_valid():
        return None
    field = "file" if isinstance(form, SheetForm) else None
    try:
        longer, names = sheets.extended(policy, text, form.rows())
    except Refusal as refusal:
        form.refuse(field, refusal)
        return None
    if not names:
        form.refuse(field, NOTHING_NEW)
        return None
    messages.success(request, _("Added below the text, not kept yet: %(names)s") % {"names": listed(names)})
    return _editor(request, longer, version, _problems(longer))


@staff(*READERS)
@require_safe
def example_sheet(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """The examples as a sheet to be filled and uploaded."""
    version = version_named(code, number)
    content = example_sheets.workbook_of(_readable(version), _text_of(version), get_language() or "zh-hans")
    name = f"{code}-{number}-{_('examples')}.xlsx"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@staff(*READERS)
@require_safe
def changes(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """What changed since another version of the program (``?since=``; the one before it) in words, then in lines."""
    version = version_named(code, number)
    others = [each for each in versions(code) if each.pk != version.pk]
    wanted = request.GET.get("since", "")
    since = next((each for each in others if str(each.number) == wanted), None) or next(
        (each for each in others if each.number < number), None
    )
    if since is None:
        raise Http404
    new, old = _read(version), _read(since)
    context = {
        "version": version,
        "since": since,
        "others": others,
        "policy_url": pages.address(version),
        "changes": between.changes(_words_of(old), _words_of(new)) if old and new else None,
        "proof": between.proof_changed(old, new) if old and new else [],
        "lines": between.lines_changed(since, version),
    }
    return render(request, "programs/changes.html", context)


def _words_of(policy: Policy) -> language.InWords:
    return language.compile(policy).sentences()


def _read(version: PolicyVersion) -> Policy | None:
    try:
        return _policy(version)
    except language.PolicyErrors:
        return None


def _policy(version: PolicyVersion) -> Policy:
    return language.read(bytes(version.source), load_catalogue(), figures())


def _readable(version: PolicyVersion) -> Policy:
    try:
        return _policy(version)
    except language.PolicyErrors:
        raise Http404 from None


def _text_of(version: PolicyVersion) -> str:
    return bytes(version.source).decode("utf-8", errors="replace")
