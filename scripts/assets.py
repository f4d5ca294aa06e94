"""Copy the few third-party files that pages use under static/. Everything else of the packages stays unserved."""

import importlib.resources
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
BOOTSTRAP = ROOT / "node_modules" / "bootstrap" / "dist" / "css"
HTMX = Path(str(importlib.resources.files("django_htmx"))) / "static" / "django_htmx"

# Folders that belong to this program alone (git ignores them); they are rebuilt from nothing.
OWNED = ("vendor", "django_htmx")
# name under static <- file of a package
SERVED = {
    "vendor/bootstrap/bootstrap.min.css": BOOTSTRAP / "bootstrap.min.css",
    "vendor/bootstrap/bootstrap.rtl.min.css": BOOTSTRAP / "bootstrap.rtl.min.css",
    # Where the template tag {% htmx_script %} looks for it.
    "django_htmx/htmx-2.min.js": HTMX / "htmx-2.min.js",
    "django_htmx/django-htmx.js": HTMX / "django-htmx.js",
}


def without_source_map(text: str) -> str:
    """Drop the pointer to a source map that is not served: the manifest storage would look for it."""
    return "\n".join(line for line in text.splitlines() if "sourceMappingURL=" not in line) + "\n"


def main() -> None:
    """Rebuild the owned folders."""
    for folder in OWNED:
        shutil.rmtree(STATIC / folder, ignore_errors=True)
    for name, source in SERVED.items():
        target = STATIC / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(without_source_map(source.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
