"""Filters of the lists of offers, matches and assistance."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from assessments import public
from cooperation.enums import ActivityStatus, MarkKind, MatchStatus, OfferStatus
from cooperation.models import AssistanceActivity, Match, Offer
from cooperation.selectors.assistance import territories_of
from cooperation.selectors.match_reviews import marked
from wam_portal.access import Viewer
from wam_portal.accounts.models import Territory

SHOWN_STATUSES = [choice for choice in MatchStatus.choices if choice[0] != MatchStatus.SUPERSEDED]


def _search_field() -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search"})


class OfferFilter(filters.FilterSet):  # type: ignore[misc]  # the package carries no types
    q = filters.CharFilter(label=_("Title or donor holds"), method="search", max_length=100, widget=_search_field())
    status = filters.ChoiceFilter(label=_("Status"), choices=OfferStatus.choices)

    class Meta:
        model = Offer
        fields: ClassVar[list[str]] = []

    def search(self, queryset: QuerySet[Offer], name: str, value: str) -> QuerySet[Offer]:
        """Offers whose title or donor's name holds the words."""
        return queryset.filter(Q(title__icontains=value) | Q(donor__name__icontains=value))


def _choosable_offers(request: Any) -> QuerySet[Offer]:
    """Only offers that the viewer may see: an identifier of another one is refused like one that does not exist."""
    viewer: Viewer = request.viewer
    offers = Offer.objects.visible_to(viewer).order_by("title", "pk")
    return offers.filter(donor=viewer.party) if viewer.party.offers and not viewer.party.assesses else offers


class MatchFilter(filters.FilterSet):  # type: ignore[misc]  # the package carries no types
    q = filters.CharFilter(
        label=_("Request, State or offer holds"), method="search", max_length=100, widget=_search_field()
    )
    status = filters.ChoiceFilter(label=_("Status"), choices=SHOWN_STATUSES, method="of_status")
    eligible = filters.ChoiceFilter(
        label=_("Rules"), choices=[("yes", _("All rules met")), ("no", _("A rule not met"))], method="by_rules"
    )
    offer = filters.ModelChoiceFilter(label=_("Offer"), queryset=_choosable_offers, to_field_name="uuid")
    need = filters.UUIDFilter(label=_("Need"), field_name="need_uuid", widget=forms.HiddenInput())
    mark = filters.ChoiceFilter(label=_("Sorted by your side"), choices=MarkKind.choices, method="with_mark")

    class Meta:
        model = Match
        fields: ClassVar[list[str]] = []

    def of_status(self, queryset: QuerySet[Match], name: str, value: str) -> QuerySet[Match]:
        """Matches whose badge says so: what breaks a rule is compared, and not suggested."""
        found = queryset.filter(status=value)
        return found.filter(eligible=True) if value == MatchStatus.SUGGESTED else found

    def by_rules(self, queryset: QuerySet[Match], name: str, value: str) -> QuerySet[Match]:
        """Matches that meet all rules, or those that break one."""
        return queryset.filter(eligible=value == "yes")

    def with_mark(self, queryset: QuerySet[Match], name: str, value: str) -> QuerySet[Match]:
        """Matches that one's own side has marked so."""
        return queryset.filter(pk__in=marked(self.request.viewer, value).values("match"))

    def search(self, queryset: QuerySet[Match], name: str, value: str) -> QuerySet[Match]:
        """Matches whose request (reference, title, State) or offer's title holds the words."""
        return queryset.filter(
            Q(request__reference__icontains=value)
            | Q(request__title__icontains=value)
            | Q(request__state__icontains=value)
            | Q(offer__title__icontains=value)
        )


def _choosable_states(request: Any) -> QuerySet[Territory]:
    """Only countries that entries which the viewer may see reach."""
    return territories_of(AssistanceActivity.objects.visible_to(request.viewer))


class ActivityFilter(filters.FilterSet):  # type: ignore[misc]  # the package carries no types
    q = filters.CharFilter(
        label=_("Title, provider or description holds"), method="search", max_length=100, widget=_search_field()
    )
    status = filters.ChoiceFilter(label=_("Status"), choices=ActivityStatus.choices)
    state = filters.ModelChoiceFilter(
        label=_("Country"), queryset=_choosable_states, to_field_name="code", method="of_state"
    )
    area = filters.ChoiceFilter(label=_("Functional area"), choices=public.FunctionalArea.choices, method="of_area")
    mine = filters.ChoiceFilter(label=_("Recorded by"), choices=[("yes", _("Us")), ("no", _("Others"))], method="of_us")

    class Meta:
        model = AssistanceActivity
        fields: ClassVar[list[str]] = []

    def search(self, queryset: QuerySet[AssistanceActivity], name: str, value: str) -> QuerySet[AssistanceActivity]:
        """Entries whose title, provider, description or places hold the words."""
        return queryset.filter(
            Q(title__icontains=value)
            | Q(provider_name__icontains=value)
            | Q(provider__name__icontains=value)
            | Q(description__icontains=value)
            | Q(places__icontains=value)
        )

    def of_state(
        self, queryset: QuerySet[AssistanceActivity], name: str, value: Territory
    ) -> QuerySet[AssistanceActivity]:
        """Entries that reach the country."""
        through = AssistanceActivity.reaches.through.objects.filter(territory=value)
        return queryset.filter(pk__in=through.values("assistanceactivity"))

    def of_area(self, queryset: QuerySet[AssistanceActivity], name: str, value: str) -> QuerySet[AssistanceActivity]:
        """Entries in the area: the codes are stored as a list, in which each stands between quotes."""
        return queryset.annotate(areas=Cast("functional_areas", TextField())).filter(areas__contains=f'"{value}"')

    def of_us(self, queryset: QuerySet[AssistanceActivity], name: str, value: str) -> QuerySet[AssistanceActivity]:
        """Entries that one's own party recorded, or the others."""
        own = Q(recorder=self.request.viewer.party)
        return queryset.filter(own if value == "yes" else ~own)
