"""The database still refuses what the program relies on it to refuse."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings

from audit.constraints import AppendOnly, GuardedMoves
from oversight import definitions
from oversight.verify.findings import Check, Culprit, rows_of
from standards.words import Words


def _guards() -> Iterator[Culprit]:
    live = {
        (table, trigger)
        for table, trigger in rows_of(
            """SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
               WHERE t.tgenabled IN ('O', 'A') AND NOT t.tgisinternal"""
        )
    }
    for model in apps.get_models():
        table = model._meta.db_table
        for rule in model._meta.constraints:
            if isinstance(rule, AppendOnly):
                yield from _may_change(table)
            elif isinstance(rule, GuardedMoves):
                for trigger in (rule.name, f"{rule.name}_first"):
                    if (table, trigger) not in live:
                        yield Culprit(
                            table,
                            trigger,
                            Words("状态的数据库守卫不在了", "The database guard of its states is gone"),
                        )


def _may_change(table: str) -> Iterator[Culprit]:
    for (privilege,) in rows_of(
        """SELECT p FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p
           WHERE has_table_privilege(%s, %s, p)""",
        [settings.APP_ROLE, f'"{table}"'],
    ):
        yield Culprit(
            table,
            privilege,
            Words(
                f"应用的数据库角色可以 {privilege} 只增不改的表",
                f"The application's database role may {privilege} rows that are never changed",
            ),
        )


def _definitions() -> Iterator[Culprit]:
    """What the database enforces is what the migrations made: nothing dropped, emptied, switched off or granted."""
    stands, should = set(definitions.live()), set(definitions.expected())
    for words, lines in (
        (Words("缺少：{0}", "Missing: {0}"), should - stands),
        (Words("多出或被改：{0}", "Not from the migrations: {0}"), stands - should),
    ):
        for line in sorted(lines):
            kind, _, rest = line.partition(" ")
            name = rest.split(":")[0]
            yield Culprit(kind, name, Words(words.zh.format(line[:200]), words.en.format(line[:200])))


CHECKS = (
    Check("guards", Words("数据库守卫都在", "The guards of the database stand"), _guards),
    Check(
        "definitions",
        Words("数据库的约束、触发器和权限如迁移所定", "Constraints, triggers and privileges are as migrated"),
        _definitions,
    ),
)
