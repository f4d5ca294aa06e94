"""Middleware of the platform: security headers on every answer, and the two clocks of a session."""

import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import page_not_found

from wam_portal.errors import Conflict, NotVisible, Refused
from wam_portal.languages import language_of_words, speaking

GetResponse = Callable[[HttpRequest], HttpResponse]

# Every browser feature that the portal does not use; it uses none.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "bluetooth",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "gamepad",
        "geolocation",
        "gyroscope",
        "hid",
        "identity-credentials-get",
        "idle-detection",
        "local-fonts",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "publickey-credentials-create",
        "publickey-credentials-get",
        "screen-wake-lock",
        "serial",
        "storage-access",
        "usb",
        "web-share",
        "xr-spatial-tracking",
    )
)
STARTED_AT = "portal_started_at"
SEEN_AT = "portal_seen_at"
# How often the time of the last visit is written: once a minute keeps reading pages from writing each time.
SEEN_EVERY_SECONDS = 60
# What a page asks by itself, without anybody at the keyboard, says so with this header and is no use of the session.
UNATTENDED = "X-Unattended"


class SecurityHeadersMiddleware:
    """Adds the headers that Django's own middleware does not, also to refused hosts and static files.

    An answer to a signed-in person is never stored by a browser or proxy.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through and complete the headers of its answer."""
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY or "same-origin")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        headers.setdefault("Referrer-Policy", str(settings.SECURE_REFERRER_POLICY))
        if settings.SECURE_HSTS_SECONDS and request.scheme == "https":
            policy = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            headers.setdefault("Strict-Transport-Security", policy)
        if not response.headers.get("Cache-Control") or is_signed_in(request):
            headers["Cache-Control"] = "no-store"
        return response


class SessionLifetimeMiddleware:
    """Ends a session 30 minutes after its last use and 12 hours after sign-in, whatever the browser keeps."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Drop an outdated session before anybody reads its user; note the time of use otherwise."""
        if is_signed_in(request):
            self._check_clocks(request)
        return self.get_response(request)

    def _check_clocks(self, request: HttpRequest) -> None:
        session, now = request.session, int(time.time())
        started, seen = session.get(STARTED_AT, now), session.get(SEEN_AT, now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
            session.flush()
            return
        if STARTED_AT not in session:
            session[STARTED_AT] = now
        unattended = request.headers.get(UNATTENDED) is not None
        if SEEN_AT not in session or (now - seen >= self._noted_every(request) and not unattended):
            session[SEEN_AT] = now

    def _noted_every(self, request: HttpRequest) -> int:
        """Seconds between two notes. A save leaves it to the page that follows, unless half the time is over."""
        return SEEN_EVERY_SECONDS if request.method in {"GET", "HEAD"} else settings.SESSION_IDLE_SECONDS // 2


def is_signed_in(request: HttpRequest) -> bool:
    """Tell whether the request's session belongs to somebody, without loading the user.

    A request that was refused before the session middleware has none.
    """
    session = getattr(request, "session", None)
    return session is not None and SESSION_KEY in session


def came_from(request: HttpRequest) -> str:
    """The page of this portal on which somebody followed a link or sent a form; empty for anywhere else."""
    address = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours and urlsplit(address).path != request.path else ""


class PortalErrorsMiddleware:
    """Turns the portal's own refusals into pages; what a view can handle better it catches itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; what was asked for in the wrong way is answered with words, not an empty sheet."""
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.streaming or response.content:
            return response
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 404 for what the viewer cannot see, 403 with the reason, 409 when somebody saved before."""
        if isinstance(exception, NotVisible):
            return page_not_found(request, Http404())
        if isinstance(exception, Refused):
            context = {"decision": exception.decision, "back_url": came_from(request)}
            return render(request, "403.html", context, status=403)
        if isinstance(exception, Conflict):
            return render(request, "409.html", {"message": exception.message}, status=409)
        return None


class PersonLanguageMiddleware:
    """Speaks the language that a signed-in person has chosen, when their browser has no choice stored yet.

    Where the portal has no words in the language that was asked for, the page is English and says so.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Make the answer in the language of the browser's choice or else of the account."""
        language = self._asked_for(request)
        request.LANGUAGE_CODE = language_of_words(language)
        with speaking(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    def _asked_for(self, request: HttpRequest) -> str:
        stored = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if not stored and is_signed_in(request) and request.user.is_authenticated:
            return request.user.language
        return translation.get_language() or settings.LANGUAGE_CODE
