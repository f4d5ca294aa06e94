"""Slow lines: the first page, with everything it needs and an empty cache, stays light."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

LIMIT_BYTES = 150_000


def weight(content: bytes) -> int:
    """Bytes on the line with gzip, which every browser takes; brotli, also served, is lighter."""
    return len(gzip.compress(content))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_sign_in_page_with_all_its_files_weighs_at_most_150_kilobytes(client: Client, language: str) -> None:
    page = client.get("/accounts/login/", headers={"accept-language": language})
    names = set(re.findall(r'(?:href|src)="/static/([^"#?]+)', page.content.decode()))
    assert any(name.startswith("vendor/bootstrap/bootstrap") for name in names)
    files = {name: finders.find(name) for name in names}
    assert None not in files.values()
    total = weight(page.content) + sum(weight(Path(str(file)).read_bytes()) for file in files.values())
    assert total <= LIMIT_BYTES
    # Both style sheets at once would mean that each reader pays for two directions of writing.
    assert len([name for name in names if "bootstrap" in name]) == 1
