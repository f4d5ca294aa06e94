"""Filters of the lists of offers and matches."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cooperation.enums import MatchStatus, OfferStatus
from cooperation.models import Match, Offer
from wam_portal.access import Viewer

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
    status = filters.ChoiceFilter(label=_("Status"), choices=SHOWN_STATUSES)
    eligible = filters.TypedChoiceFilter(
        label=_("Rules"),
        choices=[("yes", _("All rules met")), ("no", _("A rule not met"))],
        coerce=lambda value: value == "yes",
    )
    offer = filters.ModelChoiceFilter(label=_("Offer"), queryset=_choosable_offers, to_field_name="uuid")
    need = filters.UUIDFilter(label=_("Need"), field_name="need_uuid", widget=forms.HiddenInput())

    class Meta:
        model = Match
        fields: ClassVar[list[str]] = []

    def search(self, queryset: QuerySet[Match], name: str, value: str) -> QuerySet[Match]:
        """Matches whose request (reference, title, State) or offer's title holds the words."""
        return queryset.filter(
            Q(request__reference__icontains=value)
            | Q(request__title__icontains=value)
            | Q(request__state__icontains=value)
            | Q(offer__title__icontains=value)
        )
