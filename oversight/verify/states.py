"""Every state was reached by moves that the trail records, that the table allows, by a role that has them."""

from collections.abc import Iterator

from django.apps import apps

from audit.constraints import GuardedMoves
from audit.stateful import Stateful
from oversight.verify.findings import Check, Culprit, Rule, all_of, rows_of
from standards.words import Words


def stateful_models() -> list[type[Stateful]]:
    """Every model with a machine."""
    return [model for model in apps.get_models() if issubclass(model, Stateful)]


def _first(model: type[Stateful]) -> list[str]:
    return next(rule.first for rule in model._meta.constraints if isinstance(rule, GuardedMoves))


def _rules(model: type[Stateful]) -> list[Rule]:
    table = model._meta.db_table
    trail = f"""SELECT id, object_id, verb, source, target, role, lag(target) OVER same AS before
                FROM audit_trailrow WHERE "table" = '{table}' AND target <> ''
                WINDOW same AS (PARTITION BY object_id ORDER BY id)"""
    allowed = ", ".join(
        f"('{move.name}', '{source}', '{move.target}', '{role}')"
        for move in model.MOVES
        for source in move.source
        for role in move.roles
    )
    first = ", ".join(f"'{state}'" for state in _first(model))
    return [
        Rule(
            table,
            Words(
                "状态是“{0}”，留痕的最后一步却是“{1}”",
                "Its state is “{0}”, the last recorded move led to “{1}”",
            ),
            f"""SELECT o.id, o.state, t.target FROM "{table}" o
                LEFT JOIN (SELECT DISTINCT ON (object_id) object_id, target FROM audit_trailrow
                           WHERE "table" = '{table}' AND target <> '' ORDER BY object_id, id DESC) t
                       ON t.object_id = o.id
                WHERE t.target IS DISTINCT FROM o.state ORDER BY o.id""",
        ),
        Rule(
            table,
            Words("留痕中有它（到“{0}”），行却不在了", "The trail knows it (last “{0}”), the row is gone"),
            f"""SELECT t.object_id, (array_agg(t.target ORDER BY t.id DESC))[1] FROM audit_trailrow t
                WHERE t."table" = '{table}' AND t.target <> ''
                AND NOT EXISTS (SELECT FROM "{table}" o WHERE o.id = t.object_id)
                GROUP BY t.object_id ORDER BY t.object_id""",
        ),
        Rule(
            table,
            Words(
                "“{0}”从“{1}”开始，前一步到的是“{2}”", "“{0}” starts from “{1}”, the step before led to “{2}”"
            ),
            f"""SELECT object_id, verb, source, before FROM ({trail}) t
                WHERE before IS NOT NULL AND before <> source ORDER BY id""",
        ),
        Rule(
            table,
            Words(
                "{3} 的“{0}”（{1} → {2}）不是状态表里的一步",
                "“{0}” ({1} → {2}) by {3} is not a move of the table",
            ),
            f"""SELECT object_id, verb, source, target, role FROM ({trail}) t
                WHERE before IS NOT NULL AND (verb, source, target, role) NOT IN ({allowed})
                   OR before IS NULL AND target NOT IN ({first}) ORDER BY id""",
        ),
    ]


def _states() -> Iterator[Culprit]:
    for model in stateful_models():
        yield from all_of(_rules(model))


def _people() -> Iterator[Culprit]:
    """Who stands in the row is who stands in the trail."""
    for model in stateful_models():
        table = model._meta.db_table
        for column in sorted({move.by_field for move in model.MOVES if move.by_field}):
            verbs = [
                "create",  # an application from matched lists is made submitted, by the program
                *sorted({move.name for move in model.MOVES if move.by_field == column}),
            ]
            wrong = rows_of(
                f"""SELECT o.id, o."{column}", t.actor_number FROM "{table}" o
                    LEFT JOIN (SELECT DISTINCT ON (object_id) object_id, actor_number FROM audit_trailrow
                               WHERE "table" = %s AND verb = ANY(%s) ORDER BY object_id, id DESC) t ON t.object_id = o.id
                    WHERE o."{column}" <> '' AND t.actor_number IS DISTINCT FROM o."{column}" ORDER BY o.id""",
                [table, verbs],
            )
            for key, stands, trail in wrong:
                yield Culprit(
                    table,
                    key,
                    Words(
                        f"{column} 写的是 {stands}，留痕中办这一步的是 {trail or '—'}",
                        f"{column} says {stands}, the trail says {trail or '—'} took that step",
                    ),
                )


# The powers that somebody holds are those that the last deed on record gave.
_POWERS = Rule(
    "officials_official",
    Words(
        "岗位、辖区或在岗与留痕不符：留痕是 {0}",
        "Roles, division or service differ from the trail, which says {0}",
    ),
    """SELECT o.id, t.given FROM officials_official o
       LEFT JOIN (SELECT DISTINCT ON (object_id) object_id, verb, coalesce(detail -> 'after', detail) AS given
                  FROM audit_trailrow WHERE "table" = 'officials_official'
                    AND verb IN ('add_official', 'change_official', 'appoint_first')
                  ORDER BY object_id, id DESC) t ON t.object_id = o.id
       WHERE o.is_active AND cardinality(o.roles) > 0
         AND (t.object_id IS NULL
              OR t.given ? 'roles' AND (SELECT array_agg(r ORDER BY r) FROM jsonb_array_elements_text(t.given -> 'roles') r)
                 IS DISTINCT FROM (SELECT array_agg(r::text ORDER BY r::text) FROM unnest(o.roles) r)
              OR t.given ? 'division' AND t.given ->> 'division' <> o.division_id::text
              OR t.given ? 'is_active' AND t.given ->> 'is_active' <> 'true') ORDER BY o.id""",
)

CHECKS = (
    Check("powers", Words("岗位与留痕一致", "Powers agree with the trail"), _POWERS.culprits),
    Check(
        "states", Words("每个状态都由留痕的步骤到达", "Every state was reached by recorded moves"), _states
    ),
    Check("people", Words("经办人与留痕一致", "Who acted agrees with the trail"), _people),
)
