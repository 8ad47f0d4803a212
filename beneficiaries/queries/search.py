"""One box that finds the family: by name, pinyin, last four, whole number, phone, village, certificate.

What was typed says what it is; each kind of query uses one index, within the scope of who asks, and every hit says
why it is one. A number is compared decrypted; it never leaves this module.
"""

import re
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from beneficiaries.models import Fact, Household, Membership, Person
from beneficiaries.terms import WHOLE
from officials.models import Division, Official
from standards import citizen_id, names, phone
from standards.characters import clean
from standards.words import Words
from vault import blind

HITS_MAX = 20  # a screen
VILLAGES_MAX = 40  # whose names begin alike, in the scope of one official
PAGES_MAX = 20  # as far as anybody leafs: a village has fewer heads of households
NAME_CHARACTERS_MIN = 2
CANDIDATES_MAX = 400  # people looked at to rank a screen of hits
NUMBER_DIGITS_MIN = 7

_CITIZEN_ID = re.compile(r"\d{17}[\dX]|\d{15}")
_LAST4 = re.compile(r"\d{3}[\dXx]")
_HAS_DIGIT = re.compile(r"\d")  # no name holds one
_LETTERS = re.compile(r"[a-zA-Z]{2,40}")
WRONG_CHECK = Words(
    "身份证号有一位打错了：最后一位和前 17 位对不上，对照证件再打一遍",
    "One character of the ID number is wrong: the last does not fit the 17 before it; compare with the card and type again",
)
SHORT_NUMBER = Words(
    "号码不全：身份证、手机末四位打 4 位，手机号打 11 位，受理号打 12 位，户编号打全",
    "The number is cut short: the last 4 of ID or phone, a phone's 11 digits, a receipt's 12, or a whole household number",
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found, and why. ``marked`` is the part of the name that matched."""

    person: Person
    why: Words
    rank: int
    marked: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """``kind`` says how the text was understood (name, pinyin, last4, citizen_id, phone, village, household,
    certificate, none)."""

    kind: str
    understood: Words
    hits: tuple[Hit, ...]
    has_more: bool = False


def search(text: str, *, official: Official, most: int = HITS_MAX, page: int = 1) -> Found:
    """People in the official's scope for whatever was typed, pasted or read from a card. At most three queries.

    ``page`` counts from 1; its ``most`` hits are those after the pages before it, in the same order.
    """
    page = min(max(page, 1), PAGES_MAX)
    found = _search(clean(text), official, most * page)
    return replace(found, hits=found.hits[most * (page - 1) :], has_more=found.has_more and page < PAGES_MAX)


def _search(typed: str, official: Official, most: int) -> Found:
    number = citizen_id.normal_form(typed)
    if _CITIZEN_ID.fullmatch(number):
        return _by_citizen_id(number, official)
    if _LAST4.fullmatch(typed):
        return _by_last4(typed.upper(), official, most)
    digits = phone.normal_form(typed)
    if digits.isascii() and digits.isdigit() and len(digits) >= NUMBER_DIGITS_MIN:
        return _by_phone(digits, typed, official, most)
    if digits.isascii() and digits.isdigit():
        return Found("none", SHORT_NUMBER, ())
    if _LETTERS.fullmatch("".join(typed.split())):
        return _by_letters("".join(typed.split()).lower(), official, most)
    if _HAS_DIGIT.search(typed):
        return _by_written_number("".join(typed.split()), official, most)
    if len(names.normal_form(typed)) >= NAME_CHARACTERS_MIN:
        return _by_name(names.normal_form(typed), official, most)
    understood = Words("再多写一点：姓名至少两个字", "Type a little more: at least two characters of a name")
    return Found("none", understood, ())


def _people(official: Official) -> "QuerySet[Person]":
    scoped: QuerySet[Person] = Person.objects.visible_to(official)
    return scoped


def _by_citizen_id(number: str, official: Official) -> Found:
    index = blind.index(number, purpose="citizen_id")
    why = Words("身份证号相同", "The whole ID number")
    hits = tuple(Hit(person, why, 0) for person in _people(official).filter(citizen_id_index=index))
    if not hits and citizen_id.check_digit(number[:17]) != number[17]:
        return Found("none", WRONG_CHECK, ())
    return Found("citizen_id", Words("身份证号", "ID number"), hits)


def _by_last4(last4: str, official: Official, most: int) -> Found:
    by_id = blind.index(last4, purpose="citizen_id_last4")
    people = list(_people(official).filter(citizen_id_last4=by_id).order_by("name")[: most + 1])
    hits = [
        Hit(person, Words(f"身份证末四位 {last4}", f"ID number ends in {last4}"), 0)
        for person in people
        if person.citizen_id.endswith(last4)
    ]
    if last4.isdigit():
        by_phone = blind.index(last4, purpose="phone_last4")
        people = list(_people(official).filter(phone_last4=by_phone).order_by("name")[: most + 1])
        found = {hit.person.pk for hit in hits}
        hits += [
            Hit(person, Words(f"电话末四位 {last4}", f"Phone ends in {last4}"), 1)
            for person in people
            if person.pk not in found and (person.phone or "").endswith(last4)
        ]
    return Found(
        "last4", Words("身份证或电话末四位", "Last four of ID or phone"), tuple(hits[:most]), len(hits) > most
    )


def _by_phone(digits: str, typed: str, official: Official, most: int) -> Found:
    index = blind.index(digits, purpose="phone")
    why = Words("电话相同", "The whole phone number")
    people = list(_people(official).filter(phone_index=index).order_by("name")[: most + 1])
    if not people and not phone.is_mobile(digits):
        return _by_written_number(typed, official, most)
    return Found(
        "phone", Words("电话", "Phone"), tuple(Hit(p, why, 0) for p in people[:most]), len(people) > most
    )


def _by_written_number(number: str, official: Official, most: int) -> Found:
    """A number printed on a paper: the household's, else that of its certificate."""
    found = _by_household(number.upper(), official, most)
    if found.hits:
        return found
    facts = Fact.objects.filter(
        kind="certificate", values__number__in=sorted({number, number.upper()}), superseded_by=None
    )
    why = Words("女儿户证的编号相同", "The number of the family's certificate")
    heads = (
        Membership.objects.filter(household__facts__in=facts, relation="02", valid_until=None)
        .filter(person__division__startswith=official.scope)
        .select_related("person")
        .order_by("pk")
    )
    hits = tuple(Hit(head.person, why, 0) for head in heads[: most + 1])
    if not hits:
        return found
    words = Words("女儿户证编号", "Number of the daughter-family certificate")
    return Found("certificate", words, hits[:most], len(hits) > most)


def _by_household(number: str, official: Official, most: int) -> Found:
    households = Household.objects.visible_to(official).filter(number=number)
    why = Words("户编号相同", "The household's number")
    people = list(
        _people(official)
        .filter(memberships__household__in=households, memberships__valid_until=None)
        .order_by("pk")[: most + 1]
    )
    hits = tuple(Hit(person, why, 0) for person in people[:most])
    return Found("household", Words("户编号", "Household number"), hits, len(people) > most)


def _by_letters(letters: str, official: Official, most: int) -> Found:
    found = _candidates(letters, {"terms__overlap": [letters, f"{letters}{WHOLE}"]}, official)
    ranked = [(*_letters_match(name, letters), name, pk) for pk, name in found]
    if not ranked and len(letters) > NAME_CHARACTERS_MIN:
        return _by_written_number(letters, official, most)
    return _ranked("pinyin", Words("拼音", "Pinyin"), ranked, most)


def _candidates(whole: str, held: dict[str, list[str]], official: Official) -> list[tuple[int, str]]:
    """Key and name of the people to be ranked: those whose terms are ``held``; where these are too many, those called
    just so as well.

    They come as the index finds them. Put in order, two letters of pinyin would be sorted through a tenth of the county.
    """
    people = _people(official).values_list("pk", "name")
    found = dict(people.filter(**held)[:CANDIDATES_MAX])
    if len(found) == CANDIDATES_MAX:
        found |= dict(people.filter(terms__contains=[f"{whole}{WHOLE}"])[:CANDIDATES_MAX])
    return list(found.items())


def _letters_match(name: str, letters: str) -> tuple[int, Words, str]:
    """Rank, reason, and the part of the name that matched."""
    initials, readings = names.initials(name), names.readings(name)
    if letters in initials:
        return 0, Words("拼音首字母", "Pinyin initials"), name
    if letters in readings:
        return 1, Words("全拼", "Full pinyin"), name
    if any(spelled.startswith(letters) for spelled in initials):
        return 2, Words("首字母开头", "Initials begin so"), ""
    return 3, Words("全拼开头", "Pinyin begins so"), ""


def _by_name(name: str, official: Official, most: int) -> Found:
    """Each two characters that stand together are in the index; the village's name is tried where nobody has it."""
    held = {"terms__contains": names.bigrams(name) or [name]}
    ranked = [
        (*_name_match(names.normal_form(own), name), own, pk)
        for pk, own in _candidates(name, held, official)
        if name in names.normal_form(own)
    ]
    if ranked:
        return _ranked("name", Words("姓名", "Name"), ranked, most)
    return _by_village(name, official, most)


def _name_match(own: str, name: str) -> tuple[int, Words, str]:
    if own == name:
        return 0, Words("姓名相同", "The whole name"), name
    if own.startswith(name):
        return 1, Words("姓名开头", "The name begins so"), name
    return 2, Words("姓名中有", "Part of the name"), name


def _by_village(name: str, official: Official, most: int) -> Found:
    """The heads of the households of a village whose name begins so."""
    villages = Division.objects.filter(code__startswith=official.scope, name__startswith=name).exclude(
        code__endswith="000"
    )
    codes = list(villages.order_by("code").values_list("code", flat=True)[:VILLAGES_MAX])
    words = Words("村（社区）", "Village")
    if not codes:
        return Found("name", Words("姓名", "Name"), ())
    heads = (
        Membership.objects.filter(
            relation="02", valid_until=None, is_disputed=False, household__division__in=codes
        )
        .filter(household__division__startswith=official.scope, person__division__startswith=official.scope)
        .select_related("person")
        .order_by("household__division", "household")
    )
    people = [head.person for head in heads[: most + 1]]
    why = Words("这个村的户主", "Head of a household in this village")
    return Found("village", words, tuple(Hit(person, why, 0) for person in people[:most]), len(people) > most)


def _ranked(
    kind: str, understood: Words, matches: list[tuple[int, Words, str, str, int]], most: int
) -> Found:
    """The best matches with their people, whose numbers are read (and decrypted) for the shown ones alone."""
    best = sorted(matches, key=lambda match: (match[0], match[3], match[4]))
    people = Person.objects.in_bulk([match[4] for match in best[:most]])
    hits = tuple(
        Hit(people[pk], why, rank, marked) for rank, why, marked, _, pk in best[:most] if pk in people
    )
    return Found(kind, understood, hits, len(best) > most)
