"""Facts and lists: what does not count any more has a deed that says so."""

from facts.catalogue import load_catalogue
from oversight.verify.findings import Check, Rule, all_of
from standards.words import Words

# The other of two, whom a fact of a marriage names: a dispute of one side is the other's, and both are settled as one.
_OF_TWO = [
    f"WHEN '{one.name}' THEN f.values ->> '{one.mutual}'"
    for one in load_catalogue().kinds.values()
    if one.mutual
]
_OTHER = f"(CASE f.kind {' '.join(_OF_TWO)} END)::bigint" if _OF_TWO else "NULL::bigint"
_SAME = """o.kind = f.kind AND (o.person_id = f.person_id OR o.household_id = f.household_id)"""
# A doubt about a fact: it names the fact, its row in the list, its person or the other of two, or somebody of its household.
_ABOUT = f"""(d.fact_id = f.id OR d.list_id = f.list_id AND d.row = f.row OR d.person_id = f.person_id
             OR d.person_id = {_OTHER}
             OR d.person_id IN (SELECT m.person_id FROM beneficiaries_membership m WHERE m.household_id = f.household_id))"""
_RULES = (
    Rule(
        "beneficiaries_evidencelist",
        Words("已认定的名单没有摘要", "A taken list has no digest over its facts"),
        """SELECT e.id FROM beneficiaries_evidencelist e WHERE e.state = 'taken' AND e.rows_digest IS NULL
           AND EXISTS (SELECT FROM audit_trailrow t WHERE t."table" = 'beneficiaries_evidencelist' AND t.object_id = e.id
                       AND t.verb = 'take' AND t.detail ? 'rows') ORDER BY e.id""",
    ),
    Rule(
        "beneficiaries_fact",
        Words(
            "事实被撤回，却没有撤回它的名单或核实", "It is withdrawn, but no list was and nobody settled it"
        ),
        """SELECT f.id FROM beneficiaries_fact f LEFT JOIN beneficiaries_evidencelist e ON e.id = f.list_id
           WHERE f.superseded_by_id = f.id AND e.state IS DISTINCT FROM 'withdrawn' AND NOT EXISTS
                 (SELECT FROM beneficiaries_doubt d WHERE d.fact_id = f.id AND d.settled_on IS NOT NULL) AND NOT EXISTS
                 (SELECT FROM beneficiaries_change c JOIN audit_trailrow t ON t.actor_number = c."by" AND t.verb = 'withdraw'
                    AND t."table" = 'beneficiaries_evidencelist' AND t.at BETWEEN c.at - interval '1 hour' AND c.at
                  WHERE c."table" = 'beneficiaries_fact' AND c."row" = f.id
                    AND c.new ->> 'superseded_by_id' = f.id::text) ORDER BY f.id""",
    ),
    Rule(
        "beneficiaries_fact",
        Words(
            "接替它的事实说的是别人或别的事",
            "The fact named as its successor is about somebody or something else",
        ),
        f"""SELECT f.id FROM beneficiaries_fact f JOIN beneficiaries_fact o ON o.id = f.superseded_by_id
            WHERE o.id <> f.id AND ({_SAME} OR o.kind = f.kind AND o.person_id = {_OTHER}) IS NOT TRUE ORDER BY f.id""",
    ),
    Rule(
        "beneficiaries_fact",
        Words("事实被标为有争议，却没有待核实的事项", "It is marked as disputed, but no doubt is open"),
        f"""SELECT f.id FROM beneficiaries_fact f WHERE f.is_disputed AND f.superseded_by_id IS NULL
            AND NOT EXISTS (SELECT FROM beneficiaries_doubt d WHERE d.settled_on IS NULL AND {_ABOUT})
            AND NOT EXISTS (SELECT FROM beneficiaries_fact o WHERE o.id <> f.id AND o.is_disputed
                            AND o.superseded_by_id IS NULL AND {_SAME} AND o.valid_from = f.valid_from)
            ORDER BY f.id""",
    ),
    Rule(
        "beneficiaries_fact",
        Words("还有待核实的事项，事实却已经算数", "A doubt about it is open, and yet it counts"),
        """SELECT DISTINCT f.id FROM beneficiaries_fact f JOIN beneficiaries_doubt d ON d.fact_id = f.id
           WHERE d.settled_on IS NULL AND d.kind IN ('paper_differs', 'entered_alone', 'withdrawal')
             AND NOT f.is_disputed AND f.superseded_by_id IS NULL ORDER BY f.id""",
    ),
)

CHECKS = (
    Check("evidence", Words("事实的作废和争议都有据", "Facts set aside have a deed"), lambda: all_of(_RULES)),
)
