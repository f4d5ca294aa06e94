"""Whose failed sign-ins are counted together: the typed e-mail address, and the address of the caller."""

from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest


def sign_in_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the typed e-mail address in lower case, so that capitals do not open a fresh count."""
    typed = (credentials or {}).get("email") or (credentials or {}).get("username") or request.POST.get("login", "")
    return str(typed).strip().lower()


def client_address(request: HttpRequest) -> str:
    """Return the caller's IP address; X-Forwarded-For counts only as far as the configured proxies wrote it."""
    return get_client_ip(request) or ""
