"""Pages that act for a party: the party comes from the address, the roles from the memberships held right now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, overload

from django.http import Http404, HttpRequest, HttpResponse

from wam_portal.access import Viewer
from wam_portal.accounts.selectors import HeldParty, parties_of

View = Callable[..., HttpResponse]


class PartyRequest(HttpRequest):
    """A request on behalf of a party; `viewer` and `held_parties` are set by `party_page`."""

    viewer: Viewer
    held_parties: list[HeldParty]


def resolve_viewer(request: HttpRequest, slug: str, capability: str = "") -> PartyRequest:
    """Set `viewer` on the request from the address and the memberships of the signed-in person.

    Raises `Http404`, the same for a party that does not exist, one that the person is no member of, and one
    without the capability.
    """
    user = request.user
    if not user.is_authenticated:
        raise Http404
    held = parties_of(user)
    here = next((item for item in held if item.party.slug == slug), None)
    if here is None or (capability and not getattr(here.party, capability)):
        raise Http404
    acting: PartyRequest = request  # type: ignore[assignment]  # the two attributes are set right here
    acting.viewer = Viewer(user=user, party=here.party, roles=here.roles)
    acting.held_parties = held
    return acting


@overload
def party_page(view_or_capability: View) -> View: ...
@overload
def party_page(view_or_capability: str) -> Callable[[View], View]: ...
def party_page(view_or_capability: View | str) -> View | Callable[[View], View]:
    """Decorate a view whose route begins with `<slug:party>`; optionally require a capability of the party.

    `@party_page` or `@party_page("offers")`; the view takes a `PartyRequest` and the rest of the route's values.
    """
    capability = view_or_capability if isinstance(view_or_capability, str) else ""

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, party: str, **values: Any) -> HttpResponse:
            return view(resolve_viewer(request, party, capability), **values)

        return page

    return decorate if isinstance(view_or_capability, str) else decorate(view_or_capability)
