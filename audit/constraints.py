"""What must never happen, declared beside the model and held by PostgreSQL.

Both are constraints to Django, so ``makemigrations`` follows them and ``makemigrations --check`` compares
the code with the migrations.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint


class _LaterConstraint(BaseConstraint):
    """A constraint that is no part of CREATE TABLE: its statements run after it."""

    def _create(self, table: str) -> str:
        raise NotImplementedError

    def _remove(self, table: str) -> str:
        raise NotImplementedError

    def constraint_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> None:  # type: ignore[override]  # None: nothing inside CREATE TABLE
        schema_editor.deferred_sql.append(self._create(model._meta.db_table))

    def create_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        assert model is not None
        return self._create(model._meta.db_table)

    def remove_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        assert model is not None
        return self._remove(model._meta.db_table)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to say before the database does: forms never set what these guard."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _LaterConstraint) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class AppendOnly(_LaterConstraint):
    """Rows are added and never changed: the application's role loses UPDATE, DELETE and TRUNCATE."""

    def _create(self, table: str) -> str:
        return f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{settings.APP_ROLE}"'

    def _remove(self, table: str) -> str:
        return f'GRANT UPDATE, DELETE ON "{table}" TO "{settings.APP_ROLE}"'

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return "audit.constraints.AppendOnly", (), {"name": self.name}


class GuardedMoves(_LaterConstraint):
    """Only moves of the table, and only through the door.

    A trigger whose WHEN holds the allowed pairs and asks for the door's mark (``guanai.actor``), so that a
    stale ``save()`` that happens to be a legal pair is refused too. New rows start in ``first``.
    """

    def __init__(self, *, name: str, pairs: Iterable[Sequence[str]], first: Iterable[str]) -> None:
        super().__init__(name=name)
        self.pairs = [tuple(pair) for pair in pairs]
        self.first = [str(state) for state in first]

    def _create(self, table: str) -> str:
        allowed = ", ".join(f"('{source}', '{target}')" for source, target in self.pairs)
        first = ", ".join(f"'{state}'" for state in self.first)
        return (
            f'CREATE TRIGGER "{self.name}" BEFORE UPDATE OF state ON "{table}" FOR EACH ROW '
            f"WHEN (OLD.state IS DISTINCT FROM NEW.state AND (coalesce(current_setting('guanai.actor', true), '') = '' "
            f"OR (OLD.state, NEW.state) NOT IN ({allowed}))) EXECUTE FUNCTION guanai_refuse_move(); "
            f'CREATE TRIGGER "{self.name}_first" BEFORE INSERT ON "{table}" FOR EACH ROW '
            f"WHEN (NEW.state NOT IN ({first})) EXECUTE FUNCTION guanai_refuse_move()"
        )

    def _remove(self, table: str) -> str:
        return f'DROP TRIGGER "{self.name}" ON "{table}"; DROP TRIGGER "{self.name}_first" ON "{table}"'

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        kwargs = {"name": self.name, "pairs": self.pairs, "first": self.first}
        return "audit.constraints.GuardedMoves", (), kwargs


class KeepsBefore(_LaterConstraint):
    """What a row held is kept when it changes: a trigger writes it down, with who changed it and why.

    The columns in ``without`` are worked out from others. The function ``guanai_keep_before`` belongs to the room whose
    tables these are; it refuses a change for which nobody has said who makes it.
    """

    def __init__(self, *, name: str, without: Iterable[str] = ()) -> None:
        super().__init__(name=name)
        self.without = list(without)

    def _create(self, table: str) -> str:
        without = ", ".join(f"'{column}'" for column in self.without)
        return (
            f'CREATE TRIGGER "{self.name}" AFTER UPDATE ON "{table}" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) '
            f"EXECUTE FUNCTION guanai_keep_before({without})"
        )

    def _remove(self, table: str) -> str:
        return f'DROP TRIGGER "{self.name}" ON "{table}"'

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        kwargs = {"name": self.name, "without": self.without}
        return "audit.constraints.KeepsBefore", (), kwargs


def different_people(name: str, *fields: str) -> models.CheckConstraint:
    """The people in ``fields`` (staff numbers, "" for nobody yet) all differ."""
    rule = models.Q()
    for index, one in enumerate(fields):
        for other in fields[index + 1 :]:
            rule &= models.Q(**{one: ""}) | models.Q(**{other: ""}) | ~models.Q(**{one: models.F(other)})
    return models.CheckConstraint(condition=rule, name=name)
