"""Whom every line of the temporary table ``due`` is paid to, on which account, through which bank, or why not.

Two questions. Most lines are answered by the first: whoever comes first in the program's order has an account that
nothing speaks against, and then nobody further down is looked for. The second asks the whole family, for the rest.
Both give the same answer for a line that both can answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from beneficiaries.queries.called import OTHERS, rows_in
from beneficiaries.queries.kin import (
    TIES,
    custody_stands,
    is_booklets_word,
    is_paid_as_parent,
    on_day,
    tie_holds,
)
from payments.queries.twice import TWICE
from programs.queries import Loaded


def find_payees(values: Mapping[str, Any]) -> int:
    """Make the table ``payable`` from ``due``, with one row a line; gives their count.

    ``values``: the parameters of the statements below.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE payable ON COMMIT DROP AS {_answer(_FIRST, 'due')}", values)
        count = int(cursor.rowcount)
        cursor.execute(
            """CREATE TEMPORARY TABLE open ON COMMIT DROP AS
               SELECT d.* FROM due d JOIN payable p USING (instalment) WHERE p.account IS NULL"""
        )
        if cursor.rowcount:
            cursor.execute("ANALYZE open")
            cursor.execute("DELETE FROM payable p USING open o WHERE o.instalment = p.instalment")
            cursor.execute(f"INSERT INTO payable {_answer(_FAMILY, 'open')}", values)
        return count


def orders(policies: Sequence[Loaded]) -> dict[str, list[Any]]:
    """Who may be paid, in order, for each version and instalment number (1 where it pays at once)."""
    rows: list[tuple[int, int, int, str]] = []
    for one in policies:
        policy = one.program.policy
        orders = [each.pay_to or policy.pay_to for each in policy.instalments] or [policy.pay_to]
        rows += [
            (one.version.pk, number, rank, who)
            for number, order in enumerate(orders, 1)
            for rank, who in enumerate(order, 1)
        ]
    names = ("versions", "numbers", "ranks", "who")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _answer(best: str, due: str) -> str:
    """The rows of ``payable`` for the lines of table ``due``, whose account is found by ``best``."""
    return _ANSWER.replace("{best}", best).replace("{due}", due)


_TODAY = "%(on)s::date"
_ANSWER = f"""
WITH orders AS (SELECT * FROM unnest(%(versions)s::bigint[], %(numbers)s::int[], %(ranks)s::int[], %(who)s::text[])
                AS o (version, number, rank, who)),
paid_through AS (SELECT * FROM unnest(%(banks)s::text[], %(cnaps)s::text[], %(profiles)s::text[])
                 AS c (bank, cnaps, profile)),
doubted AS (SELECT account_id FROM beneficiaries_doubt
            WHERE kind = 'account_name' AND settled_on IS NULL AND account_id IS NOT NULL),
limits AS (SELECT * FROM unnest(%(limited)s::bigint[], %(limits)s::text[], %(times)s::int[]) AS l (version, name, times)),
{TWICE},
others AS MATERIALIZED {OTHERS},
died AS (SELECT person_id FROM beneficiaries_fact WHERE kind = 'death' AND superseded_by_id IS NULL AND NOT is_disputed),
dead AS (SELECT person_id FROM died WHERE person_id IS NOT NULL
         UNION ALL SELECT o.other FROM died f JOIN others o ON o.named = f.person_id),
{{best}}
SELECT d.instalment, d.amount_fen, d.failed, d.division, b.payee, b.account, coalesce(b.account_name, '') AS account_name,
       coalesce(c.profile, '') AS profile, ''::text AS detail,
       CASE WHEN d.state IN ('suspended', 'ended') THEN d.state
            WHEN d.said_paid THEN 'said_paid'
            WHEN d.instalment IN (SELECT instalment FROM twice) THEN 'granted_twice'
            WHEN d.person IN (SELECT person_id FROM dead) THEN 'beneficiary_died'
            WHEN b.reason = '' AND c.profile = '' THEN 'no_profile'
            WHEN b.instalment IS NOT NULL THEN b.reason
            WHEN d.account IS NOT NULL THEN 'account_gone'
            WHEN EXISTS (SELECT FROM orders o WHERE o.version = d.version AND o.number = d.number
                         AND o.who = 'institution') THEN 'institution'
            ELSE 'no_account' END AS reason
FROM {{due}} d LEFT JOIN best b USING (instalment)
LEFT JOIN paid_through c ON c.bank = b.bank AND c.cnaps = b.cnaps
"""  # noqa: S608 - parts from above and beside
# Whoever comes first, where that asks nothing of the family. An account that was checked lately may be a change of the
# family's, which only the second question can tell: of several accounts such a one comes first, and then there is no answer.
_FIRST = """
asked AS (
    SELECT d.instalment, d.account, d.person AS payee FROM due d JOIN orders o USING (version, number)
    WHERE o.rank = 1 AND o.who = 'self' AND d.person IS NOT NULL
    UNION ALL
    SELECT d.instalment, d.account, h.head_id FROM due d JOIN orders o USING (version, number)
    JOIN beneficiaries_household h ON h.id = d.household
    WHERE o.rank = 1 AND h.head_id IS NOT NULL AND (o.who = 'head' OR (o.who = 'self' AND d.person IS NULL))),
candidates AS (
    SELECT * FROM asked UNION ALL SELECT a.instalment, a.account, o.other FROM asked a JOIN others o ON o.named = a.payee),
newest AS (
    SELECT DISTINCT ON (c.instalment) c.instalment, c.payee, a.id AS account, a.account_name, a.bank, a.cnaps,
           a.verified_on, ''::text AS reason
    FROM candidates c JOIN beneficiaries_account a ON a.owner_id = c.payee AND a.state = 'verified'
         AND (c.account IS NULL OR c.account = a.id)
    ORDER BY c.instalment, a.verified_on DESC, a.id DESC),
best AS (
    SELECT * FROM newest n WHERE n.verified_on <= %(cooled)s AND n.payee NOT IN (SELECT person_id FROM dead)
       AND n.account NOT IN (SELECT account_id FROM doubted))"""
_FAMILY = f"""
kids AS ( -- each under every row of the register: "one" is the person
    SELECT d.*, d.person AS named, coalesce(p.merged_into_id, p.id) AS one
    FROM open d JOIN beneficiaries_person p ON p.id = d.person
    UNION ALL
    SELECT d.*, o.other, coalesce(p.merged_into_id, p.id) FROM open d
    JOIN beneficiaries_person p ON p.id = d.person JOIN others o ON o.named = d.person),
asked AS (
    SELECT d.instalment, o.rank, d.person AS payee FROM open d JOIN orders o USING (version, number)
    WHERE o.who = 'self' AND d.person IS NOT NULL
    UNION ALL
    SELECT d.instalment, o.rank, p.parent_id FROM kids d JOIN orders o USING (version, number)
    JOIN {TIES} p ON p.child_id = d.named AND {tie_holds("p", _TODAY)}
    WHERE o.who IN ('parents', 'guardians') AND {is_paid_as_parent(rows_in("d.one"), "p.parent_id", _TODAY)}
    UNION ALL
    SELECT d.instalment, o.rank, (g.values->>'guardian')::bigint FROM kids d JOIN orders o USING (version, number)
    JOIN beneficiaries_fact g ON g.kind = 'custody' AND g.person_id = d.named AND g.superseded_by_id IS NULL
         AND NOT g.is_disputed AND {on_day("g", _TODAY)}
    WHERE o.who = 'guardians'
    UNION ALL
    SELECT d.instalment, o.rank, h.head_id FROM open d JOIN orders o USING (version, number)
    JOIN beneficiaries_household h ON h.id = d.household
    WHERE h.head_id IS NOT NULL AND (o.who = 'head' OR (o.who = 'self' AND d.person IS NULL)
        OR (o.who = 'guardians' AND NOT {custody_stands("d.person", _TODAY)}))
    UNION ALL
    SELECT d.instalment, o.rank, m.person_id FROM open d JOIN orders o USING (version, number)
    JOIN beneficiaries_household h ON h.id = d.household
    JOIN beneficiaries_membership m ON m.household_id = d.household AND m.relation IN ('10', '11', '12')
         AND m.valid_until IS NULL AND NOT m.is_disputed
    WHERE o.who = 'spouse' AND {is_booklets_word("h.head_id", "m.person_id", _TODAY)}),
candidates AS ( -- under whichever row of the register the account stands
    SELECT a.instalment, a.rank, a.payee FROM asked a
    UNION SELECT a.instalment, a.rank, o.other FROM asked a JOIN others o ON o.named = a.payee),
known AS ( -- the accounts that the family's payees had, so that a first one is told from a change
    SELECT c.instalment, a.id, a.list_id, a.verified_on FROM candidates c
    JOIN beneficiaries_account a ON a.owner_id = c.payee AND a.verified_on IS NOT NULL),
cooling AS ( -- joined, not looked up for each: after a list of everybody's accounts all are new
    SELECT DISTINCT n.instalment, n.id FROM known n JOIN known k ON k.instalment = n.instalment
    WHERE n.verified_on > %(cooled)s AND (k.verified_on, k.id) < (n.verified_on, n.id)
      AND (n.list_id IS NULL OR k.list_id IS DISTINCT FROM n.list_id)),
seen AS (
    SELECT c.instalment, c.rank, c.payee, a.id AS account, a.account_name, a.bank, a.cnaps, a.verified_on,
           CASE WHEN c.payee IN (SELECT person_id FROM dead) THEN 'payee_died'
                WHEN a.state = 'entered' THEN 'account_not_verified'
                WHEN (c.instalment, a.id) IN (SELECT instalment, id FROM cooling) THEN 'account_cooling'
                WHEN a.id IN (SELECT account_id FROM doubted) THEN 'account_name'
                ELSE '' END AS reason
    FROM candidates c JOIN beneficiaries_account a ON a.owner_id = c.payee AND a.state IN ('entered', 'verified')
    JOIN open d ON d.instalment = c.instalment AND (d.account IS NULL OR d.account = a.id)),
best AS (
    SELECT DISTINCT ON (instalment) * FROM seen
    ORDER BY instalment, reason NOT IN ('', 'account_cooling'), rank, verified_on DESC NULLS LAST, account DESC)"""  # noqa: S608 - as above
