"""The second factor: how its secrets are kept, how the picture for the app is drawn, and who has one."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from typing import Any, Final

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE: Final = b"wam_portal.accounts.second_factor"


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    derived = [HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(key.encode()) for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


class PortalMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Secrets are encrypted with keys derived from SECRET_KEY: a copy of the database alone opens no second factor."""

    def encrypt(self, text: str) -> str:
        """Encrypt with the newest key."""
        return self._cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt with the newest key, or one of SECRET_KEY_FALLBACKS."""
        return self._cipher().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """Draw the code that an authenticator app reads."""
        picture = io.BytesIO()
        segno.make(url, error="m", micro=False).save(picture, kind="svg", scale=5, border=4, light="#fff", dark="#000")
        return picture.getvalue().decode()

    @staticmethod
    def _cipher() -> MultiFernet:
        return _cipher((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def has_second_factor(user: Any) -> bool:
    """Tell whether the person signs in with a code of an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())
