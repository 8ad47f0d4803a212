"""What pages and papers of this room call things: programs, townships, villages, people."""

from collections.abc import Iterable
from datetime import date

from ledger.models import Allotment
from officials.models import Division, Official
from payments.banks import load_profiles, load_reasons
from programs.models import PolicyVersion
from programs.queries import active_on
from standards.words import Words


def program_titles() -> dict[str, Words]:
    """Title by program code, of the newest version. One query."""
    rows = PolicyVersion.objects.order_by("code", "number").values_list("code", "title_zh", "title_en")
    return {code: Words(zh, en) for code, zh, en in rows}


def division_names(codes: Iterable[str]) -> dict[str, str]:
    """Names by 12-digit code. One query."""
    return dict(Division.objects.filter(code__in=set(codes)).values_list("code", "name"))


def official_names(numbers: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(name, office) by staff number. One query."""
    rows = Official.objects.filter(number__in=set(numbers)).values_list("number", "name", "office")
    return {number: (name, office) for number, name, office in rows}


def reason_words(code: str) -> Words:
    """A canonical failure reason in words."""
    reason = load_reasons().get(code)
    return reason.words if reason else Words("", "")


def profile_words(code: str) -> tuple[Words, Words]:
    """(name, shape in words) of a bank profile; its code where the file is gone."""
    profile = load_profiles().get(code)
    return (profile.name, profile.note) if profile else (Words(code, code), Words("", ""))


SOURCES = {
    "county": Words("县级", "County"),
    "city": Words("市级", "City"),
    "province": Words("省级", "Province"),
    "central": Words("中央", "Central"),
    "township": Words("镇级", "Township"),
    "association": Words("计生协", "Association"),
}


def sources_known(on: date) -> dict[str, Words]:
    """Sources of funds by code: the usual ones, and those that a policy in force or an allotment names."""
    named = [fund.source for each in active_on(on) for fund in each.program.policy.funds]
    named += Allotment.objects.order_by().values_list("source", flat=True).distinct()
    return SOURCES | {source: source_words(source) for source in named}


def source_words(source: str) -> Words:
    """A source of funds in words; one nobody has named yet stays as the policy writes it."""
    return SOURCES.get(source, Words(source, source))
