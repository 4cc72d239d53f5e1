"""What members on 信创 terminals have: every page they meet loads and works in a real Chromium 83."""

import pytest

from tests.e2e.old_browser.chromium import OldChromium, OldPage
from tests.e2e.product import Product

pytestmark = pytest.mark.e2e


def test_this_browser_is_really_old(product: Product, old_browser: OldChromium) -> None:
    page = old_browser.page(product.address + "/sign-in")

    assert "Chrome/83." in page.evaluate("navigator.userAgent")
    assert not page.evaluate("CSS.supports('aspect-ratio: 1') || CSS.supports('selector(:has(a))')")


def test_a_member_signs_in(product: Product, old_browser: OldChromium) -> None:
    page = old_browser.page(product.address + "/")
    page.wait_for("document.querySelectorAll('form input').length >= 2")

    _signs_in(page, "m17", product.password)

    page.wait_for("location.pathname === '/'")
    page.wait_for_text("朱寒露")
    page.wait_for_text("加快新能源充电桩建设")
    assert page.errors == []


def test_a_wrong_password_is_told_in_words(product: Product, old_browser: OldChromium) -> None:
    page = old_browser.page(product.address + "/sign-in")
    page.wait_for("document.querySelectorAll('form input').length >= 2")

    _signs_in(page, "m18", "not-the-password")

    page.wait_for("[...document.querySelectorAll('[role=alert]')].some((each) => each.innerText.trim())")
    assert page.evaluate("location.pathname") == "/sign-in"


def _signs_in(page: OldPage, username: str, password: str) -> None:
    page.type("form input:not([type=password])", username)
    page.type("form input[type=password]", password)
    page.click("form button[type=submit]")
