"""What was changed on the register of a family: names, phones, places, heads, memberships and parents, each with its why.

Facts are not among them: each is a row with its source, and what replaced it is another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from beneficiaries.models import Household, Membership, Parentage, Person
from standards import phone
from standards.code_lists import RELATION
from standards.words import Words
from vault.fields import EncryptedField

SHOWN_MAX = 60  # of one family: more than a life of moves and corrections
_PERSON, _HOUSEHOLD, _MEMBERSHIP, _PARENTAGE = (
    model._meta.db_table for model in (Person, Household, Membership, Parentage)
)
# Column by table: what is said of its change. Phones are one change of several columns.
_WORDS = {
    (_PERSON, "name"): Words("姓名", "name"),
    (_PERSON, "phone_index"): Words("电话", "phone"),
    (_PERSON, "division"): Words("户籍地", "village of registration"),
    (_PERSON, "elsewhere"): Words("户籍所在的外县", "other county of registration"),
    (_PERSON, "merged_into_id"): Words(
        "两条登记看作一个人，或分开", "two rows read as one person, or parted"
    ),
    (_HOUSEHOLD, "head_id"): Words("户主", "head of household"),
    (_HOUSEHOLD, "division"): Words("这一户的村", "village of the household"),
    (_MEMBERSHIP, "relation"): Words("与户主关系", "relation to the head"),
    (_MEMBERSHIP, "valid_until"): Words("在本户的登记", "the entry in this household"),
    (_PARENTAGE, "valid_until"): Words("父母的登记", "the entry of a parent"),
}
# Of a household of the query around it. Each row is looked up by the index of (table, row); nothing reads all changes.
_CHANGES = """(SELECT coalesce(jsonb_agg(jsonb_build_object('table', n."table", 'old', n.old, 'new', n.new, 'at', n.at,
      'whose', n.whose, 'since', n.since,
      'by', coalesce(o.name, n.by), 'why', coalesce(nullif(e.title, ''), e.file_name, n.reason)) ORDER BY n.id DESC), '[]')
  FROM (SELECT c.*, s.whose, s.since FROM (
      SELECT 'beneficiaries_household' AS t, h.id, '' AS whose, NULL::date AS since
        FROM (SELECT "beneficiaries_household"."id") h
      UNION SELECT 'beneficiaries_membership', m.id, p.name, m.valid_from FROM beneficiaries_membership m
        JOIN beneficiaries_person p ON p.id = m.person_id WHERE m.household_id = "beneficiaries_household"."id"
      UNION SELECT 'beneficiaries_person', p.id, p.name, NULL FROM beneficiaries_membership m
        JOIN beneficiaries_person p ON p.id = m.person_id WHERE m.household_id = "beneficiaries_household"."id"
      UNION SELECT 'beneficiaries_parentage', k.id, p.name, NULL FROM beneficiaries_membership m
        JOIN beneficiaries_person p ON p.id = m.person_id JOIN beneficiaries_parentage k ON k.child_id = p.id
        WHERE m.household_id = "beneficiaries_household"."id") s
    CROSS JOIN LATERAL (SELECT * FROM beneficiaries_change c WHERE c."table" = s.t AND c."row" = s.id) c
    ORDER BY c.id DESC LIMIT %s) n
  LEFT JOIN officials_official o ON o.number = n.by LEFT JOIN beneficiaries_evidencelist e ON e.id = n.list_id)"""


@dataclass(frozen=True, slots=True)
class Corrected:
    """One change: about whom (no name: the household), what, what stood before where it can be said, by whom, why, when.

    ``division`` is the code of the village before, for who has its name.
    """

    at: datetime
    about: str
    what: Words
    before: Words
    division: str
    by: str
    why: str


def changes_sql() -> RawSQL:
    """SQL: the newest changes of a household and of everybody who stands or stood in it, for :func:`corrected`."""
    return RawSQL(_CHANGES, [SHOWN_MAX * 2], output_field=JSONField())  # noqa: S611 - our own statement


def corrected(changes: Iterable[dict[str, Any]]) -> tuple[Corrected, ...]:
    """What people are told of them, the newest first."""
    return tuple(line for change in changes for line in _lines(change))[:SHOWN_MAX]


def _lines(change: dict[str, Any]) -> list[Corrected]:
    return [
        Corrected(
            at=datetime.fromisoformat(change["at"]),
            about=change["whose"],
            what=_what(change, column),
            before=_before(column, value, change["old"]),
            division=value or "" if column == "division" else "",
            by=change["by"],
            why=change["why"],
        )
        for column, value in change["old"].items()
        if (change["table"], column) in _WORDS
    ]


def _what(change: dict[str, Any], column: str) -> Words:
    """What was changed; of a membership whether somebody left, or the entry itself was wrong."""
    last, since = change["new"].get(column), change["since"]
    if change["table"] == _MEMBERSHIP and column == "valid_until" and last is None:
        return Words("迁出已撤回", "a move out was taken back")
    if change["table"] == _MEMBERSHIP and column == "valid_until" and last >= since:
        return Words(f"迁出，最后一天 {last}", f"moved out, last day {last}")
    return _WORDS[change["table"], column]


def _before(column: str, value: Any, old: dict[str, Any]) -> Words:
    """What stood before, masked, where it stands in the row itself."""
    said = ""
    if column == "phone_index" and old.get("phone"):
        field = Person._meta.get_field("phone")
        assert isinstance(field, EncryptedField)
        kept = field.from_db_value(bytes.fromhex(str(old["phone"]).removeprefix("\\x")), None, None)
        said = phone.mask(str(kept))
    elif column == "relation":
        said = RELATION.names.get(str(value), "")
    elif column == "name":
        said = str(value)
    return Words(said, said)
