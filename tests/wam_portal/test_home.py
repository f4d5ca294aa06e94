"""The page on which somebody lands who acts for no party or for several."""

from __future__ import annotations

import pytest

from tests.personas import Persona

pytestmark = pytest.mark.django_db


def test_who_looks_after_the_platform_is_led_to_its_frameworks(pat: Persona) -> None:
    text = pat.client.get("/").content.decode()
    assert "You look after the platform" in text
    assert 'href="/platform/frameworks/"' in text.split("<main")[1]
    assert "You act for no party yet" not in text
