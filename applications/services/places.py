"""Places of a program: given with the grant, in the program's own line, each number of a year once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection

from applications.gathering.lines import PROGRAM, given_before, line_of
from applications.judging import Judged
from applications.models import Application, Entitlement
from applications.services.claiming import in_line
from programs.language.forms import Policy
from programs.queries import loaded
from standards.words import Refusal, Words

GONE = Words(
    "名额或资金刚被别的审批用完，请重新看这几件",
    "The places or the money have just been given by another decision; look at these again",
)


def hold_lines(applications: Iterable[Application]) -> None:
    """Hold the line of every program with places, before anybody is judged: to the end of the transaction."""
    versions = {one.version_id: one.version for one in applications}
    policies = (loaded(version).program.policy for version in versions.values())
    in_line({line_of(policy) for policy in policies if policy.queue is not None})


def give_places(entitlements: Sequence[Entitlement], judged: dict[int, Judged]) -> None:
    """A place for each grant of a program that has them. Needs the line; refused where a year has given too much.

    The judgement under the line has said who finds a place; this looks at what was really given.
    """
    rows: dict[str, list[tuple[int, int]]] = defaultdict(list)
    policies: dict[str, Policy] = {}
    for one in entitlements:
        seen = judged[one.pk]
        policy = seen.loaded.program.policy
        if policy.queue is not None:
            policies[policy.code] = policy
            rows[policy.code].append(((seen.judged_on or one.granted_on).year, one.pk))
    for code, given in sorted(rows.items()):
        _give(policies[code], given)


def _give(policy: Policy, given: list[tuple[int, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO applications_limitclaim ("limit", holder_kind, holder_id, period, nth, entitlement_id)
               SELECT %(line)s, %(kind)s, 0, n.year::text,
                      row_number() OVER (PARTITION BY n.year ORDER BY n.entitlement)
                        + (SELECT coalesce(max(c.nth), 0) FROM applications_limitclaim c WHERE c."limit" = %(line)s
                             AND c.holder_kind = %(kind)s AND c.holder_id = 0 AND c.period = n.year::text),
                      n.entitlement
               FROM unnest(%(years)s::int[], %(entitlements)s::bigint[]) AS n(year, entitlement)
               ON CONFLICT DO NOTHING""",
            {
                "line": line_of(policy), "kind": PROGRAM, "years": [year for year, _ in given],
                "entitlements": [entitlement for _, entitlement in given],
            },
        )  # fmt: skip
        if cursor.rowcount != len(given):
            raise Refusal(GONE.zh, GONE.en, code="places_gone")
    if _is_too_much(policy):
        raise Refusal(GONE.zh, GONE.en, code="places_gone")


def _is_too_much(policy: Policy) -> bool:
    """Whether a year has given more than it has. Who shares the last place may pass it where the policy says so."""
    queue = policy.queue
    assert queue is not None
    places, fen = given_before(policy)
    most, money = queue.places, queue.ceiling_fen
    over_places = most is not None and queue.ties == "none" and any(n > most for n in places.values())
    return over_places or (money is not None and any(spent > money for spent in fen.values()))
