"""A real browser: Debian's Chromium, without a network and without a window."""

from contextlib import contextmanager

import pypdfium2
from playwright.sync_api import sync_playwright

from deploy.local import install

# As root it can't build its sandbox; what it shows is our own page. Nothing is fetched.
ARGUMENTS = ("--no-sandbox", "--disable-quic", "--disable-background-networking")
# Width and height in CSS pixels.
PHONE, DESK = (390, 844), (1280, 900)


@contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=install.ensure_browser(print), args=ARGUMENTS
        )
        try:
            yield browser
        finally:
            browser.close()


def show(browser, path, size, scale=1):
    """The page of a file, in a window of `size`."""
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
    page.goto(path.as_uri())
    return page


def printed(page):
    """The page as it is printed on A4."""
    return pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
