"""The top bar: few areas for every role, and the rooms of one area below it."""

import pytest
from django.urls import reverse

from officials.roles import Role
from portal.navigation import areas

AREAS_MAX = 6

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_no_role_has_more_areas_than_an_eye_takes_in(desk, role):
    seen = areas(desk.officials[role], "/")
    assert 1 <= len(seen) <= AREAS_MAX
    assert len({str(area.label) for area in seen}) == len(seen)


def test_rooms_of_the_register_stand_below_the_bar(client, desk):
    client.force_login(desk.officials["township_reviewer"])
    page = client.get(reverse("portal:doubles")).content.decode()
    rooms = page.split('class="rooms"')[1].split("</nav>")[0]
    for name in ("beneficiaries:doubts", "beneficiaries:accounts", "portal:quality"):
        assert f'href="{reverse(name)}"' in rooms
    assert f'href="{reverse("portal:doubles")}" aria-current="page"' in rooms
    assert reverse("beneficiaries:lists") not in rooms.split('"'), "the lists are the county's"
    assert 'class="rooms"' not in client.get(reverse("portal:notices")).content.decode()


def test_an_area_is_current_whichever_of_its_rooms_is_open(desk):
    for name in ("beneficiaries:lists", "beneficiaries:doubts", "portal:doubles", "portal:quality"):
        current = [area for area in areas(desk.officials["auditor"], reverse(name)) if area.current]
        assert len(current) == 1
        assert [room.url for room in current[0].rooms if room.current] == [reverse(name)]
