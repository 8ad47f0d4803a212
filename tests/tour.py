"""The README's pictures: ``python -m tests.tour`` beside a running ``./start`` with the sample county.

Signs in as the sample's staff, opens one page of each kind and writes it to ``docs/tour/``. Found by following links, so it
shows whatever the county of that day holds.
"""

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "guanai-2026"  # of the sample's invented staff, printed by ./start
FOLDER = Path(__file__).parent.parent / "docs" / "tour"
FLAGS = ["--disable-gpu", "--disable-background-networking", "--no-first-run", "--no-sandbox"]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 720}
FAMILY = "main a[href^='/families/']"
LONG = ("policy", "trail")  # shown as far as one screen
COLOURS = 96  # enough for calm paper and one ink; a picture of a page is then some 60 KB
CLERK, REVIEWER, CHECKER, PREPARER, AUDITOR = "10101", "10102", "00011", "00041", "00071"


def first_link(*selectors: str) -> Callable[[Page], None]:
    """Open the first link that each selector finds, one page after the other."""

    def follow(page: Page) -> None:
        for selector in selectors:
            with page.expect_navigation():
                page.locator(selector).first.click()

    return follow


# name, who, address, what to do there before the picture
STOPS: tuple[tuple[str, str, str, Callable[[Page], None] | None], ...] = (
    ("counter", CLERK, "/counter/?q=zy", None),
    ("family", CHECKER, "/worklist/", first_link("tr[data-row] a", FAMILY)),
    ("worklist", CHECKER, "/worklist/", None),
    ("application", CHECKER, "/worklist/", first_link("tr[data-row] a")),
    ("county", CHECKER, "/county/", None),
    ("policy", CHECKER, "/policies/college-award/1/", None),
    ("batch", PREPARER, "/payments/batches/1/", None),
    ("trail", AUDITOR, "/trail/", None),
)
PUBLIC = (("guide", "/guide/"), ("progress", "/progress/"))


def main() -> None:
    """Take every picture; stops at the first page that does not answer."""
    parser = argparse.ArgumentParser(prog="python -m tests.tour")
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is needed for the pictures: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, who, path, before in STOPS:
            page = _signed_in(browser, asked.address, who)
            _open(page, asked.address + path)
            if before:
                before(page)
            _keep(page, asked.folder / f"{name}.png", whole=name not in LONG)
        for name, path in PUBLIC:
            page = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
            _open(page, asked.address + path)
            _keep(page, asked.folder / f"{name}.png", whole=False)
        browser.close()


def _signed_in(browser: Browser, address: str, who: str) -> Page:
    page = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
    _open(page, f"{address}/sign-in/")
    page.fill("input[name=number]", who)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


def _open(page: Page, url: str) -> None:
    answer = page.goto(url)
    if answer is None or answer.status >= 400:
        raise SystemExit(f"{url} answered {answer.status if answer else 'nothing'}")


def _keep(page: Page, file: Path, *, whole: bool = True) -> None:
    page.screenshot(path=str(file), full_page=whole)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    sys.stdout.write(f"{file.name}\n")


if __name__ == "__main__":
    main()
