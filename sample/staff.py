"""The officials of the sample county: invented names, one password, every role and township."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from audit.actor import SYSTEM, Actor
from audit.door import record_all
from officials.models import Division, Official
from sample.names import family_name, given_name
from sample.places import COUNTY, Township
from sample.season import OPENS

PASSWORD = "guanai-2026"  # noqa: S105  of invented people, printed at every start of the sample

COUNTY_POSTS = (  # number, office, role
    ("00011", "卫健局", "county_checker"),
    ("00012", "卫健局", "county_checker"),
    ("00021", "卫健局", "county_approver"),
    ("00022", "卫健局", "county_approver"),
    ("00031", "卫健局", "policy_officer"),
    ("00041", "卫健局", "batch_preparer"),
    ("00051", "财政局", "batch_checker"),
    ("00061", "财政局", "batch_approver"),
    ("00071", "审计局", "auditor"),
    ("00081", "信息中心", "administrator"),
)
TOWNSHIP_POSTS = {"clerk": "1", "township_reviewer": "2"}
SHOWN = ("00011", "00012", "00021", "00031", "00041", "00051", "00061", "00071", "00081")


@dataclass(frozen=True, slots=True)
class Post:
    """One official as invented: ``number`` signs in."""

    number: str
    name: str
    role: str
    office: str
    division: str  # 12 digits

    @property
    def actor(self) -> Actor:
        return Actor(self.number, self.name, self.role, self.division)


class Staff:
    """Who holds which post."""

    def __init__(self, townships: Sequence[Township]) -> None:
        self.posts = list(_posts(townships))
        self._by_number = {post.number: post for post in self.posts}

    def county(self, role: str, place: int = 0) -> Actor:
        """The county official of a role; ``place`` 1 is the second person, where two are needed."""
        return [post for post in self.posts if post.role == role and post.division == COUNTY][place].actor

    def township(self, role: str, code9: str) -> Actor:
        """The clerk or reviewer of one township."""
        return self._by_number[f"{code9[6:]}0{TOWNSHIP_POSTS[role]}"].actor

    @transaction.atomic
    def hire(self) -> int:
        """Make the officials that are not there yet; returns how many. One hash serves them all: it is one password."""
        known = set(Official.objects.values_list("number", flat=True))
        password = make_password(PASSWORD)
        new = [
            Official(
                number=post.number,
                name=post.name,
                office=post.office,
                division=Division(code=post.division),
                roles=[post.role],
                password=password,
            )
            for post in self.posts
            if post.number not in known
        ]
        Official.objects.bulk_create(new)
        hired = Official.objects.filter(number__in=[official.number for official in new])
        record_all("add_official", hired, by=SYSTEM, on=OPENS)
        return len(new)

    def logins(self) -> list[str]:
        """The lines that ``./start`` prints."""
        shown = [post for post in self.posts if post.number in SHOWN or post.division == "610124103000"]
        lines = [f"示例账号，口令都是 {PASSWORD} / sample logins, the password is {PASSWORD}"]
        return lines + [f"  {post.number}  {post.name}  {post.office}  {post.role}" for post in shown]


def _posts(townships: Sequence[Township]) -> Iterator[Post]:
    dice = random.Random("staff")  # noqa: S311  the same invented names in every sample county

    def name() -> str:
        return family_name(dice) + given_name(dice, female=dice.random() < 0.5)

    for number, office, role in COUNTY_POSTS:
        yield Post(number, name(), role, office, COUNTY)
    for township in townships:
        for role, digit in TOWNSHIP_POSTS.items():
            yield Post(f"{township.code[6:]}0{digit}", name(), role, township.name, township.code12)
