"""Which part of a debt falls: enough at every place that the bank's return takes from, and never more than stands."""

from hypothesis import given
from hypothesis import strategies as st

from payments.queries.standing import Kind, Stands
from payments.services.falling import ORDER, falls

PLACES = st.sampled_from([("p", source, year) for source in ("city", "county") for year in (2026, 2027)])
STANDING = st.dictionaries(
    st.tuples(st.integers(1, 3), st.sampled_from(ORDER), PLACES), st.integers(1, 10**9), min_size=1
).map(lambda found: [Stands(*key, fen) for key, fen in found.items()])


@given(standing=STANDING, data=st.data())
def test_what_falls_covers_every_place_and_no_more_than_stands(standing, data) -> None:
    at: dict = {}
    for one in standing:
        at[one.place] = at.get(one.place, 0) + one.fen
    whole = sum(at.values())
    needs = {place: data.draw(st.integers(0, fen)) for place, fen in at.items()}
    excess = data.draw(st.integers(-10, whole))
    found = falls(standing, needs, excess)
    assert sum(one.fen for one in found) == max(excess, sum(needs.values()))
    stands = {(one.recovery, one.kind, one.place): one.fen for one in standing}
    assert all(0 < one.fen <= stands[one.recovery, one.kind, one.place] for one in found)
    assert len({(one.recovery, one.kind, one.place) for one in found}) == len(found)
    for place, need in needs.items():
        assert sum(one.fen for one in found if one.place == place) >= need
    if not any(needs.values()) and any(one.kind == Kind.RETURNED for one in found):
        owed = sum(one.fen for one in standing if one.kind != Kind.RETURNED)
        assert sum(one.fen for one in found if one.kind != Kind.RETURNED) == owed, (
            "nothing is owed any more first"
        )
