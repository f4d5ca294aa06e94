"""Keys of a development copy: made once, kept outside git, so that sessions and the audit chain survive a restart."""

import json
import os
import secrets
from pathlib import Path


def local_keys(path: Path) -> dict[str, str]:
    """Return the keys ``secret`` and ``audit`` of this copy from ``path``, making the file where it is absent."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({name: secrets.token_urlsafe(48) for name in ("secret", "audit")}), "utf-8")
        try:
            # A link fails when another process was first, so every process reads the same keys.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    keys: dict[str, str] = json.loads(path.read_text("utf-8"))
    return keys
