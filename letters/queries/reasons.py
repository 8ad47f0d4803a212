"""Where the facts behind a refusal come from: lists, papers, and what was granted or paid before."""

from django.db.models import Q

from applications.models import Decision, LimitClaim
from beneficiaries.models import Coverage
from beneficiaries.queries.called import rows_of
from facts.catalogue import load_catalogue
from programs.language import day_of
from programs.language.facts_named import facts_of
from programs.language.forms import Policy
from standards.money import yuan
from standards.words import Words

SOURCES_MAX = 6  # lists named behind one reason: the month lists of hardship, one a category
CLAIMS_MAX = 3  # earlier payments named behind one used-up limit


def source_of(decision: Decision, policy: Policy, name: str) -> Words:
    """Lists and papers that hold the facts a condition looks at."""
    need = next((one for one in policy.needs if one.name == name), None)
    if need is None:
        return Words("", "")
    kinds: set[str] = set()
    catalogue = load_catalogue()

    derived = {one.name: one.inputs for one in policy.derived}

    def visit(_members: str, fact: str) -> None:
        for one in derived.get(fact, (fact,)):
            if one in catalogue.facts:
                kinds.add(catalogue.facts[one].kind)

    facts_of(need.test, visit)
    found = [one for one in decision.facts if one["kind"] in kinds and one.get("source")]
    sources = [
        (source_name(source), day)
        for source, day in dict.fromkeys((one["source"], one["from"]) for one in found)
    ]
    if sources:
        return Words(
            "；".join(dict.fromkeys(f"{source.zh}，{day}" for source, day in sources)),
            "; ".join(dict.fromkeys(f"{source.en}, {day}" for source, day in sources)),
        )
    lists = _complete_lists(decision, kinds)
    named = "；".join(lists)
    return Words(f"完整名单里没有：{named}", f"Not on the complete list: {named}") if lists else Words("", "")


def had_before(decision: Decision, name: str) -> dict[str, Words]:
    """Behind a limit that is used up: when and how much, and where that is on record; nothing for other reasons."""
    limit = name.removeprefix("limit.")
    if limit == name:
        return {}
    application = decision.application
    held = Q(holder_kind="household", holder_id=application.household_id)
    people = list(application.household.memberships.values_list("person_id", flat=True))
    own = rows_of([application.person_id] if application.person_id else people)
    held |= Q(holder_kind="person", holder_id__in=list(own))
    standing = application.household.memberships.filter(is_disputed=False)
    heads = set(standing.filter(relation__in=["01", "02"]).values_list("person_id", flat=True))
    if application.household.head_id:
        heads.add(application.household.head_id)
    mates = set(standing.filter(relation__startswith="1").values_list("person_id", flat=True))
    held |= Q(holder_kind="householder", holder_id__in=list(rows_of(heads | mates)))
    held |= Q(holder_kind="member", holder_id__in=list(rows_of(heads)))
    claims = (
        LimitClaim.objects.filter(held, limit=limit)
        .exclude(entitlement__application=application)
        .select_related("entitlement__application", "entitlement__household", "earlier__list")
        .order_by("pk")
    )
    seen, sources = [], []
    # One grant claims for the booklet and its people: it is told once.
    grants = list({(claim.entitlement_id, claim.earlier_id): claim for claim in claims}.values())
    for claim in grants[:CLAIMS_MAX]:
        if claim.entitlement:
            on, fen = claim.entitlement.granted_on, claim.entitlement.amount_fen
            before = claim.entitlement.household
            moved = f"（户主或配偶原在 {before.number} 户）" if before != application.household else ""
            sources.append(f"受理号 {claim.entitlement.application.receipt_number}{moved}")
        else:
            assert claim.earlier is not None, "a claim has one origin"
            on, fen = claim.earlier.valid_from, int(claim.earlier.values.get("amount", 0))
            kept = claim.earlier.list
            sources.append(
                list_name(kept.title or kept.file_name) if kept else source_name(claim.earlier.paper).zh
            )
        seen.append((on.isoformat(), yuan(fen)))
    return {
        "seen": Words(
            "；".join(f"{on}，{fen} 元" for on, fen in seen),
            "; ".join(f"{on}, {fen} yuan" for on, fen in seen),
        ),
        "source": Words("；".join(dict.fromkeys(sources)), "; ".join(dict.fromkeys(sources))),
    }


def source_name(source: str) -> Words:
    """A paper by its name, a list by its own.

    >>> source_name("household_register").zh
    '户口簿'
    >>> source_name("周至县低保对象花名册(2025年08月) 填报单位:周至县").en
    '周至县低保对象花名册(2025年08月)'
    """
    return load_catalogue().papers.get(source) or Words(list_name(source), list_name(source))


def list_name(title: str) -> str:
    """A list by its own name, without what departments write behind it.

    >>> list_name("周至县低保对象花名册(2025年08月) 填报单位:周至县   填报日期:2026年07月16日")
    '周至县低保对象花名册(2025年08月)'
    >>> list_name("dibao 2026-07")
    'dibao 2026-07'
    """
    return title.split(maxsplit=1)[0] if title and not title[0].isascii() else title


def _complete_lists(decision: Decision, kinds: set[str]) -> list[str]:
    """Lists that say who has none of these facts: those complete for the village on the judged day."""
    cell = decision.judged["judged_on"]
    if not cell["known"]:
        return []
    day = day_of(int(cell["value"]))
    covering = Coverage.objects.filter(
        kind__in=kinds, is_complete=True, valid_from__lte=day, valid_until__gte=day
    ).select_related("list")
    village = decision.application.division
    return [
        list_name(one.list.title or one.list.file_name)
        for one in covering.order_by("-list_id")
        if village.startswith(one.scope)
    ][:SOURCES_MAX]
