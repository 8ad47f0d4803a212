"""A number typed into the address bar is in no log, nor the row that an error of the database names."""

import io
import logging
import logging.config
from datetime import date

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from tests import factories as make

NUMBER = "610124199912310022"


@pytest.fixture
def written():
    """What the program's own handler writes of the requests it could not serve."""
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "plain"
    handler = logging.StreamHandler(io.StringIO())
    wiring = logging.config.DictConfigurator(settings.LOGGING)
    handler.setFormatter(wiring.configure_formatter(dict(settings.LOGGING["formatters"]["plain"])))
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield handler.stream
    logger.removeHandler(handler)


@pytest.mark.parametrize("path", [f"/families/{NUMBER}/x", f"/guide/{NUMBER}/check/", f"/{NUMBER}"])
def test_an_address_with_a_number_is_written_without_it(db, client, written, path):
    assert client.get(path).status_code == 404
    assert "Not Found" in written.getvalue()
    assert NUMBER not in written.getvalue()
    assert NUMBER[6:14] not in written.getvalue()


def test_an_error_of_the_database_is_written_without_its_row(db, written):
    make.divisions()
    make.person("赵雨桐", date(2008, 3, 15))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO beneficiaries_person SELECT * FROM beneficiaries_person")
    except IntegrityError:
        logging.getLogger("django.request").exception("Internal Server Error: /counter/")
    assert "IntegrityError" in written.getvalue()
    assert "DETAIL: ••••" in written.getvalue()
    assert "Key (" not in written.getvalue()


def test_a_host_that_is_not_ours_writes_no_traceback(client):
    """Whoever reaches the port could fill the log with them."""
    handler = logging.StreamHandler(io.StringIO())
    logging.getLogger().addHandler(handler)
    try:
        assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    finally:
        logging.getLogger().removeHandler(handler)
    assert "Traceback" not in handler.stream.getvalue()
