"""The style sheets and templates keep what the design promises: contrast, weight, no inline code, both directions."""

from __future__ import annotations

import itertools
import json
import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from wam_portal import charts
from wam_portal.access import refuse
from wam_portal.wording import STATUS_SHAPES

ROOT = Path(settings.BASE_DIR)
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (ROOT / "static/css/tokens.css").read_text()))
STYLES = sorted((ROOT / "static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("ink", "paper", 7),
        ("accent", "paper", 7),
        ("accent", "surface", 7),
        ("ink-soft", "paper", 7),
        ("ink-soft", "surface", 4.5),
        ("ink-soft", "surface-deep", 4.5),
        ("ink-soft", "accent-pale", 4.5),
        ("ink", "surface-deep", 7),
        ("paper", "accent", 7),
        ("paper", "accent-deep", 7),
        ("paper", "band", 7),
        ("band-soft", "band", 7),
        ("danger", "paper", 7),
        ("danger", "danger-pale", 7),
        ("paper", "danger", 7),
        ("ink", "level-1", 4.5),
        ("ink", "level-2", 4.5),
        ("ink", "level-3", 4.5),
        ("paper", "level-4", 4.5),
        ("paper", "level-5", 4.5),
        ("ink", "level-6-2", 4.5),
        ("ink", "level-6-3", 4.5),
        ("ink", "level-6-4", 4.5),
        ("paper", "level-6-5", 4.5),
        ("ink", "tier-low", 4.5),
        ("ink", "tier-medium", 4.5),
        ("paper", "tier-high", 4.5),
        ("paper", "tier-critical", 4.5),
        ("line-strong", "paper", 2.9),
    ],
)
def test_text_is_legible_on_its_ground(text: str, ground: str, least: float) -> None:
    assert contrast(text, ground) >= least


@pytest.mark.parametrize(
    "scale",
    [
        *([f"level-{charts.level_step(place, size)}" for place in range(1, size + 1)] for size in (5, 6)),
        ["tier-low", "tier-medium", "tier-high"],
    ],
)
def test_each_step_of_a_scale_is_visibly_darker_in_greyscale(scale: list[str]) -> None:
    for paler, deeper in itertools.pairwise(scale):
        assert luminance(TOKENS[paler]) > luminance(TOKENS[deeper])
        assert contrast(paler, deeper) >= 1.4


def test_charts_use_the_colours_of_the_tokens() -> None:
    assert {kind: TOKENS[kind] for kind in charts.FILLS} == charts.FILLS


def test_own_styles_and_scripts_stay_within_their_weight() -> None:
    # Uncompressed; a page loads what all pages share and at most three files of its own.
    shared = {"tokens.css", "portal.css", "print.css", "autosave.js", "keys.js"}
    sizes = {path.name: path.stat().st_size for path in (*STYLES, *SCRIPTS)}
    own = sorted((size for name, size in sizes.items() if name not in shared), reverse=True)
    assert sum(sizes[name] for name in shared) + sum(own[:3]) <= 50 * 1024
    assert all(path.stat().st_size <= 5_000 for path in SCRIPTS)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_speak_of_start_and_end_never_of_left_and_right(path: Path) -> None:
    edges = r"(?:margin|padding|border)-(?:left|right|top|bottom)\b"
    places = r"(?<![\w-])(?:left|right)\s*:|text-align:\s*(?:left|right)"
    assert re.findall(f"{edges}|{places}", path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_hold_nothing_that_the_content_policy_forbids(path: Path) -> None:
    source = path.read_text()
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|hx-on|\|\s*safe\b|autoescape off|javascript:", source) == []
    assert [tag for tag in re.findall(r"<script\b[^>]*>", source) if "src=" not in tag] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_colon_after_what_is_put_in_is_that_of_the_language(path: Path) -> None:
    # French has a space before it: {% translate ":" %}, or a text that holds it.
    source = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", path.read_text(), flags=re.DOTALL)
    assert re.findall(r"(?:}}|%}|</\w+>)\s*:(?!\w)", source) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_percentage_is_written_in_one_place(path: Path) -> None:
    assert re.findall(r"}}\s*%(?!})", path.read_text()) == []


@pytest.mark.parametrize("path", sorted((ROOT / "templates/components").glob("*.html")), ids=lambda path: path.name)
def test_component_says_first_what_it_expects(path: Path) -> None:
    assert path.read_text().startswith("{# expects: ")


def test_every_symbol_in_use_is_drawn() -> None:
    drawn = set(re.findall(r'symbol id="([\w-]+)"', (ROOT / "static/icons.svg").read_text()))
    used = {name for path in TEMPLATES for name in re.findall(r"{% icon [\"']([\w-]+)[\"'] %}", path.read_text())}
    assert used | set(STATUS_SHAPES.values()) <= drawn


@pytest.mark.parametrize(
    ("language", "direction", "sheet"),
    [("en", "ltr", "bootstrap.min"), ("fr", "ltr", "bootstrap.min"), ("ar", "rtl", "bootstrap.rtl.min")],
)
def test_page_takes_its_direction_from_the_language(language: str, direction: str, sheet: str) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with translation.override(language):
        html = render_to_string("base_public.html", request=request)
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert f"/{sheet}." in html
    assert "csrfmiddlewaretoken" in html


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500])
def test_error_page_renders_without_a_request_and_says_what_to_do(status: int) -> None:
    html = render_to_string(f"{status}.html")
    assert re.search(r"<h1>[^<]+\w", html)
    assert 'href="/"' in html


def test_refusal_page_names_reason_and_who_can() -> None:
    html = render_to_string("403.html", {"decision": refuse("Only an approver endorses.", "Colonel <Idris> can.")})
    assert "Only an approver endorses." in html
    assert "Colonel &lt;Idris&gt; can." in html


def acting_page(**context: Any) -> str:
    request = RequestFactory().get("/p/aldoria/")
    request.user = AnonymousUser()
    return render_to_string("base.html", context, request=request)


def test_header_names_the_party_one_acts_for_and_offers_the_others() -> None:
    party, other = SimpleNamespace(name="Aldoria & Isles"), SimpleNamespace(name="Amber Fund")
    html = acting_page(
        viewer=SimpleNamespace(party=party),
        memberships=[
            {"party": party, "roles": "Approver", "url": "/p/aldoria/", "current": True},
            {"party": other, "roles": "Offering member", "url": "/p/amber-fund/", "current": False},
        ],
        navigation=[{"label": "Gaps", "url": "/p/aldoria/gaps/", "current": True}],
    )
    header = html[html.index("<header>") : html.index("</header>")]
    assert "<strong><bdi>Aldoria &amp; Isles</bdi></strong>" in header
    assert '<a href="/p/amber-fund/"><bdi>Amber Fund</bdi>' in header
    assert '<a href="/p/aldoria/gaps/" aria-current="page">Gaps</a>' in header


def test_person_with_one_party_sees_its_name_without_a_switch() -> None:
    html = acting_page(viewer=SimpleNamespace(party=SimpleNamespace(name="Aldoria")), memberships=[{}])
    assert "Aldoria" in html
    assert "change" not in html[html.index('class="acting"') : html.index("</header>")]


def test_page_without_an_acting_party_has_no_party_bar() -> None:
    assert "party-bar" not in acting_page(viewer=None)


def test_htmx_evaluates_nothing_keeps_no_history_and_shows_conflicts_and_errors() -> None:
    html = acting_page()
    found = re.search(r"<meta name=\"htmx-config\" content='([^']+)'>", html)
    assert found is not None
    config = json.loads(unescape(found[1]))
    assert {name: config[name] for name in ("allowEval", "allowScriptTags", "includeIndicatorStyles")} == {
        "allowEval": False,
        "allowScriptTags": False,
        "includeIndicatorStyles": False,
    }
    assert config["selfRequestsOnly"] is True
    assert config["historyCacheSize"] == 0

    def swaps(status: str) -> bool:
        return next(bool(rule["swap"]) for rule in config["responseHandling"] if re.search(rule["code"], status))

    shown = {status: swaps(status) for status in ("200", "204", "400", "403", "404", "409", "422", "500")}
    assert [status for status, swap in shown.items() if swap] == ["200", "409", "422"]


def test_every_request_of_htmx_carries_the_token() -> None:
    html = acting_page()
    found = re.search(r"hx-headers='([^']+)'", html)
    assert found is not None
    token = json.loads(unescape(found[1]))["X-CSRFToken"]
    assert re.fullmatch(r"\w{64}", token)
