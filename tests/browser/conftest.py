"""A browser that forgives nothing, and people who sign in with it.

``page`` fails its test on a CSP violation, an error or warning in the console, an uncaught error, a failed
request, an answer of 400 or more, or a request to another host. A test that means to meet one says so::

    with page.expecting(status=404):
        page.goto(...)
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Keyboard, Page, Response, expect, sync_playwright

from tests import factories
from tests.stages import STAGE

PATIENCE = (
    30_000  # milliseconds: a machine may be shared, and a page that proposes a policy tries its slips first
)
expect.set_options(timeout=PATIENCE)
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
OVERFLOW = """
() => new Promise(told => requestAnimationFrame(() => requestAnimationFrame(
  () => told(document.documentElement.scrollWidth - window.innerWidth))))
"""
PASSWORD = "a-long-password"  # of every official that `factories.officials` makes
PHONE = {"width": 360, "height": 780}
DESK = {"width": 1366, "height": 768}
REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event =>
  console.error('CSP ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test, run on a database that the server's threads can see."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium(django_db_blocker) -> Iterator[Browser]:
    """One browser for the run; without one the browser tests are skipped, and ``./test`` says how many."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("Chromium is not installed")
    # Playwright runs an event loop in this thread, and Django refuses database work beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # From now on Django keeps this thread's connection in another place, and could not close the one it has:
    # processes forked later by the race tests would all write into its socket.
    _leave_no_connection(django_db_blocker)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()
        _leave_no_connection(django_db_blocker)


def _leave_no_connection(django_db_blocker) -> None:
    with django_db_blocker.unblock():
        STAGE.leave()
        connections.close_all()


class Watched:
    """A page of Playwright that keeps a list of everything that went wrong; other attributes are the page's."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.problems: list[str] = []
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))
        page.on("response", self._response)

    def __getattr__(self, name: str):
        return getattr(self.page, name)

    def _console(self, message: ConsoleMessage) -> None:
        # A status of 400 or more is also told by the console; the response itself is the better witness.
        is_status = message.text.startswith("Failed to load resource: the server responded")
        if message.type in ("error", "warning") and not is_status:
            self.problems.append(f"console {message.type}: {message.text}")

    def _failed(self, url: str, why: str) -> None:
        # A download or a page left while loading ends its request; nothing failed.
        if "ERR_ABORTED" not in why:
            self.problems.append(f"failed: {url} {why}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status}: {urlsplit(response.url).path}")
        if urlsplit(response.url).netloc not in (urlsplit(self.address).netloc, ""):
            self.problems.append(f"foreign host: {response.url}")

    @contextmanager
    def expecting(self, *, status: int) -> Iterator[None]:
        """The body must meet an answer of that status; it does not count as a problem."""
        before = list(self.problems)
        yield
        met = [problem for problem in self.problems if problem.startswith(f"{status}: ")]
        assert met, f"no answer of {status}"
        self.problems = [*before, *(p for p in self.problems if p not in met and p not in before)]

    def open(self, path: str) -> None:
        """Go to a path of the house."""
        self.page.goto(f"{self.address}{path}")

    @property
    def keyboard(self) -> Keyboard:
        """The keyboard of a page that is loaded: its keys mean nothing before its script is there."""
        self.page.wait_for_load_state("load")
        return self.page.keyboard

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window: 0 or less where nothing has to be scrolled sideways.

        Asked of a page that is loaded and drawn: its words are there before its style, and those alone are wider.
        """
        self.page.wait_for_load_state("load")
        return self.page.evaluate(OVERFLOW)

    def sign_in(self, number: str, password: str = PASSWORD) -> None:
        """Sign in as the official with that staff number, by the keyboard, and end where the house leads."""
        self.page.context.clear_cookies()
        self.open("/sign-in/")
        self.page.locator("input[name=number]").fill(number)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_url(re.compile(r"^(?!.*/sign-in/)"))


@pytest.fixture
def open_page(chromium: Browser, live_server, settings):
    """Opens watched pages: ``open_page()`` for the desk in Chinese, ``open_page(PHONE, "en-GB")`` for others."""
    settings.ALLOWED_HOSTS = ["*"]
    contexts, pages = [], []

    def opened(viewport=None, locale="zh-CN") -> Watched:
        context = chromium.new_context(
            viewport=viewport or DESK, locale=locale, timezone_id="Asia/Shanghai", service_workers="block"
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = Watched(context.new_page(), live_server.url)
        pages.append(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [problem for page in pages for problem in page.problems] == []


@pytest.fixture
def page(open_page) -> Watched:
    """A watched page at the desk, in Chinese."""
    return open_page()


@pytest.fixture
def officials(transactional_db):
    """The staff of `factories.officials`: by role, each with `PASSWORD`."""
    return factories.officials()
