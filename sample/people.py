"""The people of the sample county, before anybody writes them down."""

from dataclasses import dataclass, field
from datetime import date

from sample.places import Village


@dataclass(slots=True, eq=False)
class Person:
    """One invented person; ``father`` and ``mother`` are the truth, whatever a register says."""

    number: str  # citizen ID
    name: str
    female: bool
    born: date
    rural: bool
    relation: str  # to the head, as the register prints it
    household: "Household"
    phone: str = ""
    father: "Person | None" = None
    mother: "Person | None" = None
    held_by: list[str] = field(default_factory=list)  # planted defects that keep her out

    def age_on(self, day: date) -> int:
        """Full years on ``day``; a birthday counts from its own day."""
        had_birthday = (day.month, day.day) >= (self.born.month, self.born.day)
        return day.year - self.born.year - (not had_birthday)

    @property
    def is_child_of_head(self) -> bool:
        return self.relation in CHILDREN_OF_HEAD


@dataclass(slots=True, eq=False)
class Household:
    """A booklet: the first member is the head."""

    number: str
    village: Village
    members: list[Person] = field(default_factory=list)
    story: str = ""  # why this family is in the sample, empty for the crowd

    @property
    def head(self) -> Person:
        return self.members[0]

    @property
    def children(self) -> list[Person]:
        return [member for member in self.members if member.father or member.mother]

    @property
    def daughters(self) -> list[Person]:
        return [child for child in self.children if child.female]

    @property
    def parents(self) -> list[Person]:
        """The father and mother of this household's children who live in it."""
        found = dict.fromkeys(p for child in self.children for p in (child.father, child.mother) if p)
        return [parent for parent in found if parent in self.members]


CHILDREN_OF_HEAD = frozenset({"长女", "次女", "三女", "长子", "次子", "独生女", "独生子"})
