"""One box that finds the family: by name, pinyin, last four, whole number, phone, village, certificate.

What was typed says what it is; each kind of query uses one index, within the scope of who asks, and every hit says
why it is one. A number is compared decrypted; it never leaves this module.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from beneficiaries.models import Fact, Household, Membership, Person
from beneficiaries.models.facts import DIGITS_OF_NUMBER
from beneficiaries.queries.terms import Beginning, best
from beneficiaries.queries.terms import Found as Best
from beneficiaries.terms import INITIALS, INSIDE, NAME, PINYIN
from officials.models import Division, Official
from standards import citizen_id, names, phone
from standards.characters import clean
from standards.words import Words
from vault import blind

HITS_MAX = 20  # a screen
VILLAGES_MAX = 40  # whose names begin alike, in the scope of one official
PAGES_MAX = 20  # as far as anybody leafs: a village has fewer heads of households
NAME_CHARACTERS_MIN = 2
CERTIFICATES_MAX = 20  # of one number: two offices may have counted alike
MEMBERS_MAX = 400  # of the households of one number: all that anybody can leaf through
NUMBER_DIGITS_MIN = 7
HEAD = "02"  # GB/T 4761

_CITIZEN_ID = re.compile(r"\d{17}[\dX]|\d{15}")
_INSIDE_A_BURST = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")
_LAST4 = re.compile(r"\d{3}[\dXx]")
_HAS_DIGIT = re.compile(r"\d")  # no name holds one
_HAS_LETTER = re.compile(r"[^\W\d_]")
_NO_DIGIT = re.compile(r"[^0-9]")
_LETTERS = re.compile(r"[a-zA-Z]{2,40}")
# By rank.
_BY_NAME = (
    Words("姓名相同", "The whole name"),
    Words("姓名开头", "The name begins so"),
    Words("姓名中有", "Part of the name"),
)
_BY_LETTERS = (
    Words("拼音首字母", "Pinyin initials"),
    Words("全拼", "Full pinyin"),
    Words("首字母开头", "Initials begin so"),
    Words("全拼开头", "Pinyin begins so"),
)
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
    """One person found, and why. ``rank`` 0 is best."""

    person: Person
    why: Words
    rank: int


@dataclass(frozen=True, slots=True)
class Found:
    """``kind`` says how the text was understood (name, pinyin, last4, citizen_id, phone, village, household,
    certificate, none)."""

    kind: str
    understood: Words
    hits: tuple[Hit, ...]
    has_more: bool = False


def search(text: str, *, official: Official, most: int = HITS_MAX, page: int = 1) -> Found:
    """People in the official's scope for whatever was typed, pasted or read from a card. At most four queries, and one more
    where a row that was found is read as another.

    ``page`` counts from 1; its ``most`` hits are those after the pages before it, in the same order.
    """
    page = min(max(page, 1), PAGES_MAX)
    found = _search(clean(text), official, most * page)
    hits = _as_one(found.hits, official)[most * (page - 1) :]
    return replace(found, hits=hits, has_more=found.has_more and page < PAGES_MAX)


def elsewhere(number: str) -> Person | None:
    """Who has this whole ID number and is registered in another county: in nobody's scope, named where a family is."""
    found: Person | None = Person.objects.filter(
        citizen_id_index=blind.index(number, purpose="citizen_id")
    ).first()
    return found if found and found.is_elsewhere else None


def _search(typed: str, official: Official, most: int) -> Found:
    number = _of_a_burst(typed) or citizen_id.normal_form(typed)
    if _CITIZEN_ID.fullmatch(number):
        return _by_long_number(typed, number, official, most)
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
    if len(names.letters(typed)) >= NAME_CHARACTERS_MIN:
        return _by_name(names.letters(typed), typed.split(), official, most)
    understood = Words("再多写一点：姓名至少两个字", "Type a little more: at least two characters of a name")
    return Found("none", understood, ())


def _of_a_burst(typed: str) -> str:
    """The one ID number among what a reader types of a whole card (name, sex, number); "" where there is none."""
    found = {one.upper() for one in _INSIDE_A_BURST.findall(typed)}
    whole = [one for one in found if citizen_id.check_digit(one[:17]) == one[17]]
    return whole[0] if len(whole) == 1 else ""


def _as_one(hits: tuple[Hit, ...], official: Official) -> tuple[Hit, ...]:
    """Where two rows are one person (`Double`), the row that stays, once. One query more where there is such a row."""
    gone = {hit.person.merged_into_id for hit in hits if hit.person.merged_into_id}
    if not gone:
        return hits
    stays = _people(official).in_bulk(gone)
    shown: dict[int, Hit] = {}
    for hit in hits:
        person = stays.get(hit.person.merged_into_id) if hit.person.merged_into_id else hit.person
        if person is not None:
            shown.setdefault(person.pk, replace(hit, person=person))
    return tuple(shown.values())


def _people(official: Official) -> "QuerySet[Person]":
    scoped: QuerySet[Person] = Person.objects.visible_to(official)
    return scoped


def _by_long_number(typed: str, number: str, official: Official, most: int) -> Found:
    """A whole ID number; else a household's or a certificate's, which has 15 or 18 digits too where it begins with its
    township's code."""
    found = _by_citizen_id(number, official)
    if not found.hits:
        written = _by_written_number("".join(typed.split()), official, most)
        return written if written.hits else found
    return found


def _by_citizen_id(number: str, official: Official) -> Found:
    index = blind.index(number, purpose="citizen_id")
    why = Words("身份证号相同", "The whole ID number")
    hits = tuple(Hit(person, why, 0) for person in _people(official).filter(citizen_id_index=index))
    if not hits and citizen_id.check_digit(number[:17]) != number[17]:
        return Found("none", WRONG_CHECK, ())
    return Found("citizen_id", Words("身份证号", "ID number"), hits)


def _by_last4(last4: str, official: Official, most: int) -> Found:
    by_id = blind.index(last4, purpose="citizen_id_last4")
    people = list(_people(official).filter(citizen_id_last4=by_id).order_by("name", "pk")[: most + 1])
    hits = [
        Hit(person, Words(f"身份证末四位 {last4}", f"ID number ends in {last4}"), 0)
        for person in people
        if person.citizen_id.endswith(last4)
    ]
    if last4.isdigit():
        by_phone = blind.index(last4, purpose="phone_last4")
        people = list(_people(official).filter(phone_last4=by_phone).order_by("name", "pk")[: most + 1])
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
    people = list(_people(official).filter(phone_index=index).order_by("name", "pk")[: most + 1])
    if not people and not phone.is_mobile(digits):
        return _by_written_number(typed, official, most)
    return Found(
        "phone", Words("电话", "Phone"), tuple(Hit(p, why, 0) for p in people[:most]), len(people) > most
    )


def _by_written_number(number: str, official: Official, most: int) -> Found:
    """A number printed on a paper: the household's, else that of its certificate. Two or three small queries: the
    database would think longer about how to join them than it takes to read them."""
    household = list(Household.objects.filter(number=number.upper()).values_list("pk", flat=True))
    found = _members(household, official)
    if found:
        return _of_household(found, most)
    found = _members(_certified(number), official, head_alone=True)
    if not found:
        return Found(
            "household",
            Words("户编号或女儿户证编号", "Number of a household or a daughter-family certificate"),
            (),
        )
    words = Words("女儿户证编号", "Number of the daughter-family certificate")
    why = Words("女儿户证的编号相同", "The number of the family's certificate")
    return Found("certificate", words, tuple(Hit(p, why, 0) for p in found[:most]), len(found) > most)


def _certified(number: str) -> list[int | None]:
    """The households of the certificates of that number; digits alone are those of a number, whatever stands around them."""
    standing = Fact.objects.filter(kind="certificate", superseded_by=None)
    if _HAS_LETTER.search(number):
        named = standing.filter(values__number__in=sorted({number, number.upper()}))
    else:
        named = standing.alias(digits=DIGITS_OF_NUMBER).filter(digits=_NO_DIGIT.sub("", number))
    return list(named.values_list("household", flat=True)[:CERTIFICATES_MAX])


def _of_household(people: Sequence[Person], most: int) -> Found:
    words, why = Words("户编号", "Household number"), Words("户编号相同", "The household's number")
    return Found("household", words, tuple(Hit(p, why, 0) for p in people[:most]), len(people) > most)


def _members(
    households: Sequence[int | None], official: Official, *, head_alone: bool = False
) -> list[Person]:
    """Who stands in these households now and is in scope; with ``head_alone`` the heads, or everybody where none stands."""
    if not households:
        return []
    standing = Membership.objects.filter(
        household__in=households, valid_until=None, person__division__startswith=official.scope
    )
    rows = list(standing.select_related("person").order_by("person")[:MEMBERS_MAX])
    heads = [row for row in rows if row.relation == HEAD] if head_alone else []
    return [row.person for row in heads or rows]


def _by_letters(letters: str, official: Official, most: int) -> Found:
    asked = [Beginning(f"{INITIALS}{letters}", 0, 2), Beginning(f"{PINYIN}{letters}", 1, 3)]
    found = best(asked, official=official, most=most + 1)
    if not found and len(letters) > NAME_CHARACTERS_MIN:
        written = _by_written_number(letters, official, most)
        if written.hits:
            return written
    return _ranked("pinyin", (Words("拼音", "Pinyin"), _BY_LETTERS), found, official, most)


def _by_name(name: str, parts: Sequence[str], official: Official, most: int) -> Found:
    """From its first character, or from a later one; where nobody has it, the village's name, alone or beside a name."""
    asked = [Beginning(f"{NAME}{name}", 0, 1), Beginning(f"{INSIDE}{name}", 2, 2)]
    found = best(asked, official=official, most=most + 1)
    if found:
        return _ranked("name", (Words("姓名", "Name"), _BY_NAME), found, official, most)
    return _by_village_and_name(parts, official, most) or _by_village(name, official, most)


def _by_village(name: str, official: Official, most: int) -> Found:
    """The heads of the households of a village whose name begins so."""
    villages = Division.objects.filter(code__startswith=official.scope, name__startswith=name).exclude(
        code__endswith="000"
    )
    codes = list(villages.order_by("code").values_list("code", flat=True)[:VILLAGES_MAX])
    words = Words("村（社区）", "Village")
    if not codes:
        return Found("name", Words("姓名或村名", "Name or village"), ())
    heads = (
        Membership.objects.filter(
            relation=HEAD, valid_until=None, is_disputed=False, household__division__in=codes
        )
        .filter(person__division__startswith=official.scope)
        .select_related("person")
        .order_by("household__division", "household")
    )
    people = [head.person for head in heads[: most + 1]]
    why = Words("这个村的户主", "Head of a household in this village")
    return Found("village", words, tuple(Hit(person, why, 0) for person in people[:most]), len(people) > most)


def _by_village_and_name(parts: Sequence[str], official: Official, most: int) -> Found | None:
    """Who is called so in the village that is named before or after it; None where no village is. One query or two."""
    if len(parts) != 2:
        return None
    is_named = Q(name__startswith=parts[0]) | Q(name__startswith=parts[1])
    villages = Division.objects.filter(is_named, code__startswith=official.scope).exclude(
        code__endswith="000"
    )
    told = list(villages.order_by("code").values_list("code", "name")[:VILLAGES_MAX])
    there = Q(pk=None)
    for name, village in (parts, parts[::-1]):
        codes = [code for code, whole in told if whole.startswith(village)]
        there |= Q(division__in=codes, name__startswith=name)
    if not told:
        return None
    people = list(_people(official).filter(there).order_by("name", "pk")[: most + 1])
    if not people:
        return Found("name", Words("姓名或村名", "Name or village"), ())
    why = Words("这个村里姓名开头相同", "The name begins so, in this village")
    hits = tuple(Hit(person, why, 0) for person in people[:most])
    return Found("village", Words("村和姓名", "Village and name"), hits, len(people) > most)


def _ranked(
    kind: str, words: tuple[Words, Sequence[Words]], found: list[Best], official: Official, most: int
) -> Found:
    """The best with their people, whose numbers are read (and decrypted) for the shown ones alone.

    ``words`` are how the text was understood and why somebody is a hit, by rank.
    """
    understood, whys = words
    people = _people(official).in_bulk([one.person for one in found[:most]])
    there = [one for one in found[:most] if one.person in people]
    hits = tuple(Hit(people[one.person], _why(whys[one.rank], one.writing), one.rank) for one in there)
    return Found(kind, understood, hits, len(found) > most)


def _why(why: Words, writing: str) -> Words:
    """With the other writing of the name by which somebody was found."""
    if not writing:
        return why
    return Words(f"{why.zh}（另一种写法“{writing}”）", f"{why.en} (other writing “{writing}”)")
