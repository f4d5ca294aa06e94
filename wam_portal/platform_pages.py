"""Pages of the platform itself, for its administrators, who need not belong to any party."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from wam_portal.access import PlatformViewer

View = Callable[..., HttpResponse]


class PlatformRequest(HttpRequest):
    """A request of a platform administrator; `operator` is set by `platform_page`."""

    operator: PlatformViewer


def platform_page(view: View) -> View:
    """Decorate a view for platform administrators; for everybody else the page does not exist."""

    @wraps(view)
    def page(request: HttpRequest, **values: Any) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or not user.is_platform_admin:
            raise Http404
        acting: PlatformRequest = request  # type: ignore[assignment]  # the attribute is set right here
        acting.operator = PlatformViewer(user=user)
        return view(acting, **values)

    return page
