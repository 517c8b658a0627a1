"""The page that checks a bundle, in a real browser and without a server."""

import pytest

from tests.support.browser import PHONE, chromium, show
from tests.support.proof_bundles import (
    FAILED,
    OK,
    UNCHECKED,
    VERIFIERS,
    closed,
    fingerprint,
    opened,
    signer,
    verified_on,
)
from tests.support.proof_tampering import CASES
from tests.unit.services.supervision.proof.test_verifiers import public, right

PAGE = VERIFIERS / "verify.html"


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def page(browser):
    return show(browser, PAGE, PHONE)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bundle.zip"


def test_it_checks_a_right_bundle_and_fetches_nothing(browser, path):
    path.write_bytes(right())
    context = browser.new_context()
    page, asked, problems = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(PAGE.as_uri())
    status, states, said = verified_on(page, path)
    assert (asked, problems) == ([PAGE.as_uri()], [])
    assert (status, states.pop("key")) == (0, UNCHECKED) and len(states) == 9
    assert set(states.values()) == {OK} and fingerprint(signer()) in said
    assert "未发现不符，但有未核验的项目" in said and "not everything was checked" in said
    context.close()


def test_with_the_known_key_everything_is_checked(page, path):
    path.write_bytes(right())
    status, states, said = verified_on(page, path, fingerprint(signer()))
    assert (status, set(states.values())) == (0, {OK}) and "全部通过" in said
    page.fill("#known", "0" * 64)
    page.locator("#known").blur()
    page.wait_for_selector("#verdict.failed")


def test_an_unpacked_bundle_is_checked_too(page, tmp_path):
    folder = tmp_path / "bundle"
    for name, content in opened(right()).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    page.fill("#known", "")
    page.set_input_files("#folder", folder)
    page.wait_for_selector("#verdict.unchecked")
    assert page.locator("tr[data-state=ok]").count() == 9


def test_of_a_public_bundle_it_says_what_is_not_checked(page, path):
    path.write_bytes(public())
    status, states, said = verified_on(page, path, fingerprint(signer()))
    assert (status, states["facts"]) == (0, UNCHECKED) and "公开版不含事实" in said


def test_what_is_no_bundle_is_refused_in_words(page, path):
    path.write_bytes(b"no zip archive, only text that is long enough")
    status, states, said = verified_on(page, path)
    assert (status, states) == (2, {}) and "无法读取" in said


# One of each file; the others are left to the long run.
FEW = {
    "a byte of README",
    "a byte of a fact, with care",
    "a byte of a form, with care",
    "other figure in document.json",
    "other key",
    "other path in proof.json",
    "other rendering in manifest.json",
    "other value in contributions.json",
}


@pytest.mark.parametrize(
    "name", [name if name in FEW else pytest.param(name, marks=pytest.mark.long) for name in CASES]
)
def test_what_was_changed_is_noticed(page, path, name):
    tamper, check = CASES[name]
    path.write_bytes(closed(tamper(opened(right()))))
    status, states, said = verified_on(page, path)
    assert (status, states[check]) == (1, FAILED) and "有不符之处" in said


def test_a_browser_without_ed25519_says_so(browser, path):
    path.write_bytes(right())
    page = browser.new_page()
    page.add_init_script(
        """SubtleCrypto.prototype.importKey = async () => {
            throw new DOMException("", "NotSupportedError");
        }"""
    )
    page.goto(PAGE.as_uri())
    status, states, said = verified_on(page, path)
    assert (status, states["signature"]) == (0, UNCHECKED) and "此浏览器不能核验" in said
    page.close()


def test_the_few_are_cases():
    assert CASES.keys() >= FEW


def test_nothing_is_wider_than_a_phone(page, path):
    path.write_bytes(right())
    verified_on(page, path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
