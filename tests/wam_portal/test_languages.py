"""A page is whole in one language: the one asked for where we have its words, else English that says so."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from tests.personas import Persona
from wam_portal import formats
from wam_portal.languages import has_catalogue, is_mirrored, language_of_words, page_language, speaking

LOGIN = "/accounts/login/"


def login_page(client: Client, language: str, **typed: str) -> tuple[str, str]:
    """The sign-in page as somebody with this browser reads it, and the language that its headers tell."""
    headers = {"accept-language": language}
    response = client.post(LOGIN, typed, headers=headers) if typed else client.get(LOGIN, headers=headers)
    return response.content.decode(), response.headers["Content-Language"]


def test_a_french_page_is_french_and_nothing_in_it_is_marked_otherwise(client: Client) -> None:
    html, told = login_page(client, "fr")
    assert '<html lang="fr" dir="ltr">' in html
    assert re.search(r"<title>Se connecter · Portail GAM</title>", html)
    assert re.search(r"<body(?! lang)", html)
    assert told == "fr"


@pytest.mark.parametrize(("language", "direction"), [("ru", "ltr"), ("ar", "rtl"), ("es", "ltr"), ("zh-hans", "ltr")])
def test_a_page_without_words_in_a_language_is_english_and_marked_so(
    client: Client, language: str, direction: str
) -> None:
    html, told = login_page(client, language)
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert '<title lang="en">Sign in' in html
    assert '<body lang="en"' in html
    assert f'value="{language}" aria-current="true"' in html
    assert told == "en"


def test_what_a_field_says_is_in_the_language_of_the_page_too(client: Client) -> None:
    russian, _ = login_page(client, "ru", login="nobody@example.org", password="")
    french, _ = login_page(client, "fr", login="nobody@example.org", password="")
    assert "Fill this in." in russian
    assert "Renseignez ce champ." in french
    assert not re.search(r"[а-я]{4}", russian.replace("русский", "").replace("Русский", ""))


def test_the_language_of_the_account_counts_until_the_browser_has_one(client: Client, amina: Persona) -> None:
    amina.user.language = "fr"
    amina.user.save(update_fields=["language"])
    client.force_login(amina.user)
    account = client.get("/p/aldoria/", headers={"accept-language": "es"})
    assert "<h1>Votre travail" in account.content.decode()
    assert account.headers["Content-Language"] == "fr"
    client.post("/i18n/setlang/", {"language": "ru", "next": "/"})
    chosen = client.get("/p/aldoria/").content.decode()
    assert '<html lang="ru" dir="ltr">' in chosen
    assert "<h1>Your work" in chosen


def test_dates_follow_the_words_and_the_direction_what_was_asked_for() -> None:
    day = date(2026, 11, 25)
    with speaking("fr"):
        assert (formats.format_day(day), is_mirrored()) == ("25 nov. 2026", False)
    with speaking("ar"):
        assert (formats.format_day(day), is_mirrored()) == ("25 Nov 2026", True)
        assert page_language().words == "en"
        with speaking("fr"):
            assert page_language().asked_for == "fr"
        assert is_mirrored()
    assert not is_mirrored()


def test_outside_a_page_the_active_language_is_what_was_asked_for() -> None:
    with translation.override("ar"):
        assert (page_language().asked_for, page_language().words, is_mirrored()) == ("ar", "en", True)
    with translation.override(None):
        assert page_language().words == "en"


def test_words_exist_where_a_catalogue_is_compiled() -> None:
    assert has_catalogue("en")
    assert has_catalogue("fr")
    assert (language_of_words("fr"), language_of_words("zh-hans")) == ("fr", "en")


def test_after_a_refused_form_another_language_leads_back_to_the_page_it_was_sent_from(amina: Persona) -> None:
    """Where a form is sent to often takes nothing but forms."""
    client, page = amina.client, amina.url("work-list")
    form = amina.url("assessments:assessment-start")
    came_from = f"http://testserver{page}?page=2"
    answer = client.post(form, {}, headers={"referer": came_from})
    assert f'name="next" value="{page}?page=2"' in answer.content.decode()
    elsewhere = client.post(form, {}, headers={"referer": "http://evil.example/x"})
    assert f'name="next" value="{form}"' in elsewhere.content.decode()
    assert f'name="next" value="{page}?a=1"' in client.get(f"{page}?a=1").content.decode()


def test_what_is_asked_for_in_the_wrong_way_is_answered_with_words(amina: Persona) -> None:
    answer = amina.client.post(amina.url("work-list"))
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "<h1" in answer.content.decode()


def test_the_language_menu_says_where_the_words_are_english(client: Client) -> None:
    html, _told = login_page(client, "en")
    offered = dict(re.findall(r'name="language" value="([\w-]+)".*?</bdi>(.*?)</button>', html))
    assert {code for code, note in offered.items() if "words in English" in note} == {"ar", "es", "ru", "zh-hans"}
    assert {"en", "fr"} <= set(offered)


def test_a_ratio_in_a_mirrored_list_of_sections_keeps_its_order() -> None:
    node = {"label": "Storage", "url": "/", "current": False, "done": 5, "total": 8, "children": []}
    assert '<bdi dir="ltr">5/8</bdi>' in render_to_string("components/tree.html", {"nodes": [node]})
