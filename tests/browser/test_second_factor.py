"""Setting up the second factor in a real browser, under the pages' own content policy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse

from tests.browser.conftest import OpenAs
from tests.personas import PASSWORD, Persona


def test_the_picture_is_drawn_and_the_recovery_codes_can_be_saved(
    open_as: OpenAs, amina: Persona, tmp_path: Path
) -> None:
    amina.user.set_password(PASSWORD)
    amina.user.save()
    page = open_as(amina, reverse("mfa_activate_totp"))
    page.fill("input[type=password]", PASSWORD)
    page.click("main button[type=submit]")
    assert page.evaluate("document.querySelector('main img').naturalWidth") > 100
    secret = page.inner_text("main li code")
    page.fill("input[name=code]", format_hotp_value(hotp_value(secret, int(datetime.now(UTC).timestamp()) // 30)))
    page.click("main button[type=submit]")
    codes = page.locator("ul.codes li").all_inner_texts()
    with page.expect_download() as saved:
        page.click("a[download]")
    saved.value.save_as(tmp_path / "codes.txt")
    assert saved.value.suggested_filename == "recovery-codes.txt"
    assert (tmp_path / "codes.txt").read_text().split() == codes
    assert len(codes) == 10
