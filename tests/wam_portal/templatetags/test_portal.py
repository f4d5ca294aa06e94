"""What the tags put on a page."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from wam_portal.access import ALLOWED, refuse

NOW = dt.datetime(2026, 11, 24, 14, 2, tzinfo=dt.UTC)


def render(source: str, query: str = "", **context: Any) -> str:
    request = RequestFactory().get(f"/list/{query}")
    html = Template("{% load portal %}" + source).render(
        Context({"request": request, "csrf_token": "TOKEN", **context})
    )
    return re.sub(r"\s+", " ", html).strip()


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class TestSmallWords:
    def test_code_stays_left_to_right_in_one_piece_and_is_escaped(self) -> None:
        assert render("{{ value|code }}", value="STO-<1>") == '<bdi class="code" dir="ltr">STO-&lt;1&gt;</bdi>'

    def test_money_is_isolated_from_the_text_round_it(self) -> None:
        html = render("{{ 120000000|money:'USD' }}")
        assert html.replace("\xa0", " ") == '<bdi class="amount">USD 1,200,000</bdi>'

    def test_missing_money_and_number_are_a_dash(self) -> None:
        assert render("{{ none|money:'USD' }} {{ none|number }}", none=None) == "– –"

    def test_time_is_relative_and_absolute_and_machine_readable(self) -> None:
        with time_machine.travel(NOW, tick=False):
            html = render("{% when moment %}", moment=NOW - dt.timedelta(hours=5))
        assert 'datetime="2026-11-24T09:02:00+00:00"' in html
        assert text_of(html) == "5 hours ago ( 24 Nov 2026 09:02 )"

    def test_after_until_the_absolute_time_comes_first(self) -> None:
        with time_machine.travel(NOW, tick=False):
            html = render("{% until moment %}", moment=NOW + dt.timedelta(hours=24))
        assert text_of(html) == "25 Nov 2026 14:02 (in 1 day)"

    def test_icon_is_hidden_from_readers_and_directional_ones_turn(self) -> None:
        assert 'aria-hidden="true"' in render("{% icon 'check' %}")
        assert "icon-flip" in render("{% icon 'forward' %}")
        assert "icon-flip" not in render("{% icon 'check' %}")


class TestBadges:
    def test_status_has_a_word_and_a_shape_of_its_kind(self) -> None:
        draft, done = render("{% status_badge 'draft' 'Draft' %}"), render("{% status_badge 'endorsed' 'Endorsed' %}")
        assert (text_of(draft), text_of(done)) == ("Draft", "Endorsed")
        assert "#ring" in draft
        assert "#check" in done

    def test_unknown_status_is_still_named(self) -> None:
        assert text_of(render("{% status_badge 'novel' %}")) == "novel"

    def test_tier_reads_without_colour(self) -> None:
        assert text_of(render("{% tier_badge 'high' %}")) == "◆◆◆◇ high"

    def test_level_scale_says_level_and_target_in_words(self) -> None:
        html = render("{% level_scale 2 5 4 %}")
        assert text_of(html).startswith("level 2 of 5, target 4")
        assert html.count("level-step level-") == 2, "only the reached levels are filled"
        assert html.count("is-target") == 1

    def test_a_scale_that_does_not_start_at_one_is_called_by_its_own_numbers(self) -> None:
        html = render("{% level_scale 1 4 3 numbers %}", numbers=(0, 1, 2, 3))
        assert text_of(html).startswith("level 0 on a scale from 0 to 3, target 2")
        assert text_of(render("{% level_badge 1 4 'None' 0 %}")) == "level 0 None"

    def test_unrated_scale_fills_nothing_and_says_not_rated(self) -> None:
        html = render("{% level_scale none 5 %}", none=None)
        assert text_of(html) == "not rated"
        assert "level-step level-" not in html


class TestActionButton:
    def test_allowed_post_is_a_form_with_its_token(self) -> None:
        html = render("{% action_button 'Endorse' '/x/' decision 'post' 'primary' %}", decision=ALLOWED)
        assert '<form class="action" method="post" action="/x/">' in html
        assert 'value="TOKEN"' in html
        assert "disabled" not in html

    def test_refused_action_stays_visible_with_reason_and_who_can_and_cannot_be_sent(self) -> None:
        decision = refuse("Two answers are missing.", "The approver can.")
        html = render("{% action_button 'Endorse' '/x/' decision 'post' %}", decision=decision)
        assert text_of(html) == "Endorse Two answers are missing. The approver can."
        assert "<form" not in html
        assert 'href="/x/"' not in html
        button = re.search(r"<button[^>]*>", html)
        described = re.search(r'aria-describedby="([^"]+)"', html)
        assert button is not None
        assert described is not None
        assert 'aria-disabled="true"' in button[0]
        assert f'id="{described[1]}"' in html

    def test_variable_that_the_page_has_not_counts_as_allowed(self) -> None:
        assert 'href="/x/"' in render("{% action_button 'Open' '/x/' decision=nothing %}")


class TestLists:
    def test_sort_header_turns_round_and_forgets_the_page_but_not_the_filter(self) -> None:
        html = render("{% sort_header 'Severity' 'severity' %}", "?tier=high&ordering=severity&page=3")
        assert 'aria-sort="ascending"' in html
        assert 'href="?tier=high&amp;ordering=-severity"' in html

    def test_unsorted_column_offers_ascending(self) -> None:
        html = render("{% sort_header 'Severity' 'severity' %}", "?ordering=-code")
        assert 'aria-sort="none"' in html
        assert 'href="?ordering=severity"' in html

    def test_plain_column_has_no_link(self) -> None:
        assert render("{% sort_header 'State' %}") == '<th scope="col">State</th>'

    def test_pagination_keeps_filters_and_marks_the_current_page(self) -> None:
        page = Paginator(range(50), 10).page(2)
        html = render("{% pagination page %}", "?tier=high&page=2", page=page)
        assert 'href="?tier=high&amp;page=3" rel="next"' in html
        assert html.count('aria-current="page"') == 1
        assert 'href="?tier=high&amp;page=2" aria-current="page"' in html

    def test_single_page_shows_no_pagination(self) -> None:
        assert render("{% pagination page %}", page=Paginator(range(3), 10).page(1)) == ""

    def test_active_filters_are_named_in_words_and_each_can_be_taken_away(self) -> None:
        class TierForm(forms.Form):
            tier = forms.ChoiceField(choices=[("", "any"), ("high", "High")], required=False, label="Severity")
            unrated = forms.BooleanField(required=False, label="Not rated")
            area = forms.CharField(required=False)

        class FilterSet:
            form = TierForm({"tier": "high", "unrated": "on", "area": ""})

        html = render(
            "{% active_filters filterset as chips %}"
            "{% for chip in chips %}[{{ chip.label }}={{ chip.value }} {{ chip.url }}]{% endfor %}",
            "?tier=high&unrated=on&page=4",
            filterset=FilterSet(),
        )
        assert html == "[Severity=High ?unrated=on][Not rated=yes ?tier=high]"

    def test_unusable_filters_show_no_chips(self) -> None:
        class AreaForm(forms.Form):
            area = forms.IntegerField()

        class FilterSet:
            form = AreaForm({"area": "x"})

        assert render("{% active_filters filterset as chips %}{{ chips|length }}", filterset=FilterSet()) == "0"


class TestErrors:
    class Form(forms.Form):
        title = forms.CharField(label="Title")
        level = forms.ChoiceField(label="Level", choices=[("1", "one")], widget=forms.RadioSelect)

    def test_summary_leads_to_the_field_and_to_the_first_choice_of_a_group(self) -> None:
        html = render("{% include 'components/error_summary.html' %}", form=self.Form({}))
        assert '<a href="#id_title">Title: Fill this in.</a>' in html
        assert '<a href="#id_level_0">Level: Choose one.</a>' in html

    def test_good_form_has_no_summary(self) -> None:
        form = self.Form({"title": "x", "level": "1"})
        assert render("{% include 'components/error_summary.html' %}", form=form) == ""


class TestPointsBar:
    @pytest.mark.parametrize(("language", "x"), [("en", "0"), ("ar", "25")])
    def test_bar_grows_from_the_side_where_reading_begins(self, language: str, x: str) -> None:
        with translation.override(language):
            html = render("{% points_bar 7.5 10 %}")
        assert f'x="{x}" y="0" width="75"' in html
        assert text_of(html) == "7.5 / 10.0"
