"""Where an offer stands, chosen in the tree of regions and countries: what it takes in, and what it leaves out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import Case, IntegerField, Value, When
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy

from cooperation.selectors.territories import PlaceNode, place_tree
from wam_portal.accounts.enums import TerritoryKind
from wam_portal.accounts.models import Territory
from wam_portal.formats import alphabetical

KIND_ORDER: Final = [
    TerritoryKind.WORLD,
    TerritoryKind.REGION,
    TerritoryKind.SUBREGION,
    TerritoryKind.INTERMEDIATE,
    TerritoryKind.COUNTRY,
]


class PlacesField(forms.ModelMultipleChoiceField[Territory]):
    """Territories by their codes: regions first, then countries."""

    def __init__(self, *, required: bool = False, **options: Any) -> None:
        order = Case(
            *[When(kind=kind, then=Value(place)) for place, kind in enumerate(KIND_ORDER)], output_field=IntegerField()
        )
        places = Territory.objects.order_by(order, "name", "code")
        super().__init__(places, to_field_name="code", required=required, **options)
        self.error_messages["required"] = gettext_lazy("Name at least one country or region.")


class _ByName(ModelChoiceIterator):  # type: ignore[type-arg]  # at run time it takes none
    """In the order of the alphabet of the reader's language; the empty choice first."""

    def __iter__(self) -> Iterator[Any]:
        return iter(sorted(super().__iter__(), key=lambda choice: (str(choice[0]) != "", alphabetical(choice[1]))))


class CountryField(forms.ModelChoiceField[Territory]):
    """One country, in a list by name."""

    iterator = _ByName


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the editor shows it. `chosen` counts what is ticked below it; then its branch stands open."""

    code: str
    name: str
    included: bool
    excluded: bool
    chosen: int
    children: list[Place]


def places_of(included: Collection[str], excluded: Collection[str]) -> list[Place]:
    """The tree with what is ticked; the world first, as the one root."""
    return [_place(node, frozenset(included), frozenset(excluded)) for node in place_tree()]


def _place(node: PlaceNode, included: frozenset[str], excluded: frozenset[str]) -> Place:
    children = [_place(child, included, excluded) for child in node.children]
    chosen = sum(child.chosen + child.included + child.excluded for child in children)
    return Place(node.code, node.name, node.code in included, node.code in excluded, chosen, children)
