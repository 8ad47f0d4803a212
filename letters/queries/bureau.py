"""Who signs and whom to ask, what places and people are called: read once for a run of letters."""

import functools
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from audit.sealing import head
from officials.models import Division, Official
from programs.models import PolicyVersion
from programs.queries import Loaded, loaded
from standards.words import Words

FILE = Path(__file__).parent.parent / "county.toml"
DEMONSTRATION = Words("演示数据", "Demonstration data")
TOWNSHIP = 9  # digits of a division code that name the township
_BODY = (
    ("村村民委员会", "村"),
    ("村民委员会", "村"),
    ("村村委会", "村"),
    ("村委会", "村"),
    ("居民委员会", ""),
    ("居委会", ""),
)


@dataclass(frozen=True, slots=True)
class County:
    """The offices of the county, as ``county.toml`` names them."""

    office: Words
    payer: Words
    review_body: Words
    court: Words
    online_channel: Words

    @property
    def phone(self) -> str:
        """What families ring, as the public pages name it."""
        return str(settings.PUBLIC_PHONE)

    def phone_of(self, division: str) -> str:
        """The township's own number where it has one."""
        return str(settings.PUBLIC_PHONES.get(township_code(division), self.phone))


@functools.cache
def county() -> County:
    raw = tomllib.loads(FILE.read_text())
    texts = ("office", "payer", "review_body", "court", "online_channel")
    return County(**{name: Words(raw[name]["zh"], raw[name]["en"]) for name in texts})


def township_code(division: str) -> str:
    """
    >>> township_code("610124103205")
    '610124103000'
    """
    return division[:TOWNSHIP].ljust(12, "0")


def everyday_name(name: str) -> str:
    """A village without the words that every village's committee has.

    >>> everyday_name("焦楼村村委会"), everyday_name("八一村委会"), everyday_name("二曲街道")
    ('焦楼村', '八一村', '二曲街道')
    """
    for ending, kept in _BODY:
        if name.endswith(ending):
            return name.removesuffix(ending) + kept
    return name


@dataclass(slots=True)
class Bureau:
    """What every letter of a run shares. ``head`` is the trail's head as printed."""

    day: date
    county: County
    head: str
    names: dict[str, str]
    officials: dict[str, tuple[str, str]]
    notice: Words
    _loaded: dict[int, Loaded]

    @classmethod
    def on(cls, day: date) -> "Bureau":
        """Reads the county's divisions and officials: five queries for any number of letters."""
        return cls(
            day=day,
            county=county(),
            head=str(head()),
            names={code: everyday_name(name) for code, name in Division.objects.values_list("code", "name")},
            officials={
                number: (name, office)
                for number, name, office in Official.objects.values_list("number", "name", "office")
            },
            notice=DEMONSTRATION if settings.IS_DEMO else Words("", ""),
            _loaded={},
        )

    def township(self, division: str) -> str:
        code = township_code(division)
        return self.names.get(code, code)

    def village(self, division: str) -> str:
        """The village alone; the township where the division is none of its villages."""
        return self.names.get(division, division)

    def place(self, division: str) -> str:
        """Township and village in one word: 马召镇群兴村."""
        if township_code(division) == division:
            return self.township(division)
        return self.township(division) + self.village(division)

    def counter(self, division: str) -> Words:
        name = self.township(division)
        return Words(f"{name}便民服务中心", f"the service centre of {name}")

    def government(self, division: str) -> Words:
        """Who seals for a township: a people's government, or the office of a subdistrict."""
        name = self.township(division)
        if name.endswith("街道"):
            return Words(f"{name}办事处", f"the subdistrict office of {name}")
        return Words(f"{name}人民政府", f"the people's government of {name}")

    def official(self, number: str) -> str:
        """An official's name; the system's own where nobody acted."""
        return self.officials.get(number, ("系统" if number == "system" else number, ""))[0]

    def office_of(self, number: str) -> str:
        return self.officials.get(number, ("", ""))[1]

    def policy(self, version: PolicyVersion) -> Loaded:
        """The compiled policy, looked up once for each version of a run."""
        if version.pk not in self._loaded:
            self._loaded[version.pk] = loaded(version)
        return self._loaded[version.pk]

    def basis(self, version: PolicyVersion) -> dict[str, object]:
        """Title, document number and version of the text a letter rests on."""
        policy = self.policy(version).program.policy
        return {
            "policy_title": Words(f"《{policy.title.zh}》", policy.title.en),
            "document_number": "、".join(f"{one.number}{one.clause}" for one in policy.basis),
            "policy_version": version.number,
        }

    def foot(self, version: PolicyVersion, *, office: Words | None = None) -> dict[str, object]:
        """What stands at the foot of every sheet."""
        return {
            "office": office or self.county.office,
            "basis": Words(f"政策第 {version.number} 版", f"Policy version {version.number}"),
            "audit_head": self.head,
            "notice": self.notice,
        }
