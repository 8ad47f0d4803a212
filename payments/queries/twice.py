"""A right that one person was granted under two rows of the register, which two people have merged since.

At granting nobody knew that both are one. What was paid stays paid; of the rest nothing goes out under the newer grant,
nor under the older where the newer was paid already, until a person has ended one of them.
"""

from collections.abc import Sequence

from beneficiaries.queries.called import CALLED
from programs.queries import Loaded

# Of ``due``: instalments of grants that used a limit which the person, under another row, had used up before.
TWICE = f"""twice AS (
    SELECT d.instalment FROM due d JOIN payments_instalment i ON i.id = d.instalment
    JOIN applications_limitclaim mine ON mine.entitlement_id = i.entitlement_id AND mine.holder_kind <> 'household'
    JOIN limits l ON l.version = d.version AND l.name = mine."limit"
    JOIN beneficiaries_person o ON o.id = mine.holder_id
    JOIN {CALLED} n ON n.person = coalesce(o.merged_into_id, o.id)
    JOIN applications_limitclaim c ON c.holder_id = n.named AND c.holder_kind = mine.holder_kind
         AND c."limit" = mine."limit" AND c.period = mine.period AND c.entitlement_id IS DISTINCT FROM mine.entitlement_id
    LEFT JOIN applications_entitlement e ON e.id = c.entitlement_id
    WHERE (o.merged_into_id IS NOT NULL OR EXISTS (SELECT FROM beneficiaries_person x WHERE x.merged_into_id = o.id))
      AND (CASE WHEN e.id IS NULL THEN NOT EXISTS (SELECT FROM beneficiaries_fact f WHERE f.id = c.earlier_id
                                                   AND f.superseded_by_id = f.id)
                ELSE e.state <> 'ended' AND c.id < mine.id END
           OR EXISTS (SELECT FROM payments_instalment j JOIN payments_attempt t ON t.instalment_id = j.id
                      WHERE j.entitlement_id = e.id AND t.state NOT IN ('planned', 'failed', 'returned', 'pulled_back')))
    GROUP BY d.instalment, mine.id, l.times
    HAVING bool_or(n.named <> o.id) AND count(DISTINCT coalesce(c.entitlement_id, -c.earlier_id)) >= l.times)"""  # noqa: S608 - a relation of our own


def limits_of(versions: Sequence[Loaded]) -> tuple[list[int], list[str], list[int]]:
    """Version, name and times of every limit, as columns."""
    rows = [
        (one.version.pk, limit.name, limit.times) for one in versions for limit in one.program.policy.limits
    ]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
