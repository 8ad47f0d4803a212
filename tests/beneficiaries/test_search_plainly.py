"""The search beside the plain way: everybody is looked at, one by one, and those who answer are sorted.

People, places and texts are drawn; the test's name has the seed. Then people move, are written differently, and go.
"""

import random
from datetime import date

import pytest

from beneficiaries.models import Person, SearchTerm
from beneficiaries.queries import search
from beneficiaries.queries.search import PAGES_MAX
from beneficiaries.services.people import NewPerson, add_people
from beneficiaries.terms import terms_of
from officials.models import Official
from standards import names
from tests import factories as make
from tests.otherwise import otherwise

SURNAMES = ["王", "张", "赵", "单", "仇", "曾", "解", "尉迟", "欧阳", "阿卜杜拉·"]
GIVEN = ["敏", "明", "长", "乐", "雨桐", "雨欣", "美娜", "长乐", "乐乐", "明明", "买买提", "Anna"]
VILLAGES = [make.JIAOLOU, make.HUAIHUA, "610124103202", "610124199200", "610125103201"]
SCOPES = ["610124000000", "610125000000", f"{make.JIAOLOU[:9]}000", f"{make.HUAIHUA[:9]}000", make.JIAOLOU]


@pytest.fixture(params=[pytest.param(n, marks=pytest.mark.long) if n else n for n in range(20)])
def drawn(request):
    return random.Random(request.param)


def test_hits_ranks_and_pages_are_those_of_the_plain_way(db, drawn):
    keys = list(add_people([_somebody(drawn) for _ in range(120)]).values())
    people = _everybody()
    texts = _texts(drawn, people)
    _compare(drawn, people, texts)
    for _ in range(20):
        _change(drawn, drawn.choice(keys))
    _compare(drawn, _everybody(), texts)


def test_the_index_holds_the_terms_of_everybody_and_nothing_else(db, drawn):
    keys = list(add_people([_somebody(drawn) for _ in range(40)]).values())
    for _ in range(20):
        _change(drawn, drawn.choice(keys))
    kept = {(row.township, row.term, row.name, row.person_id) for row in SearchTerm.objects.all()}
    assert kept == {(one.division[:9], term, one.name, one.pk) for one in _everybody() for term in one.terms}


def _somebody(drawn):
    number = make.id_number(date(1970, 1, 1 + drawn.randrange(28)), female=drawn.random() < 0.5)
    return NewPerson(number, _name(drawn), "female", "1970-01-01", drawn.choice(VILLAGES), None)


def _name(drawn):
    return drawn.choice(SURNAMES) + drawn.choice(["", *GIVEN, *GIVEN])


def _change(drawn, pk):
    person = Person.objects.filter(pk=pk).first()
    if person is None:
        return
    with otherwise():
        if drawn.random() < 0.2:
            person.delete()
            return
        if drawn.random() < 0.5:
            person.division = drawn.choice(VILLAGES)
        if drawn.random() < 0.5:
            person.name = _name(drawn)
            person.terms = terms_of(person.name)
        if drawn.random() < 0.2:
            person.terms = []  # found no more
        person.save()


def _everybody():
    return list(Person.objects.all())


def _texts(drawn, people):
    """Beginnings, middles and whole names, initials and readings of people, and what nobody is called."""
    texts = ["zz", "qxv", "夔夔", "张乐乐", "zhangyue", "zhangl", "买买", "an"]
    for person in drawn.sample(people, 40):
        own = names.letters(person.name)
        start = drawn.randrange(max(len(own) - 1, 1))
        texts.append(own[start : start + drawn.choice([2, 3, 9])])
        spelled = drawn.choice(names.readings(person.name) + names.initials(person.name))
        texts.append(spelled[: drawn.choice([2, 3, 5, 40])])
    return [text for text in texts if len(text) > 1]


def _compare(drawn, people, texts):
    for text in texts:
        scope = drawn.choice(SCOPES)
        official = Official(number="x", division_id=scope, roles=["clerk"])
        most, page = drawn.choice([1, 3, 20]), drawn.choice([1, 1, 2, 3])
        there = [one for one in people if one.division.startswith(official.scope) and one.terms]
        plain = _plainly(text, there)
        found = search(text, official=official, most=most, page=page)
        hits = [(hit.rank, hit.person.name, hit.person.pk) for hit in found.hits]
        assert hits == plain[most * (page - 1) : most * page], (text, scope, page)
        assert found.has_more == (len(plain) > most * page and page < PAGES_MAX), (text, scope, page)


def _plainly(text, people):
    """(rank, name, key) of all who answer, best first; within a rank as a phone book goes on after what was typed."""
    answered = []
    for one in people:
        ways = _by_letters(text, one.name) if text.isascii() else _by_characters(text, one.name)
        if ways:
            answered.append((*min(ways), one.name, one.pk))
    return [(rank, name, pk) for rank, _, name, pk in sorted(answered)]


def _by_characters(text, name):
    own = names.letters(name)
    places = [at for at in range(len(own)) if own.startswith(text, at)]
    return [(2 if at else 0 if own == text else 1, own[at:]) for at in places]


def _by_letters(text, name):
    initials = [(0 if way == text else 2, way) for way in names.initials(name) if way.startswith(text)]
    return initials + [(1 if way == text else 3, way) for way in names.readings(name) if way.startswith(text)]
