"""Storing the translations of a framework version. They may change after it is published: its content does not."""

from __future__ import annotations

from django.utils import timezone

from assessments.frameworks import Framework
from assessments.frameworks.schema import Translation
from assessments.frameworks.texts import completeness_percent
from assessments.models import FrameworkTranslation, FrameworkVersion
from wam_portal.canonical import content_hash

TRANSLATION_TAG = "wam-framework-translation/1"


def changed_translations(version: FrameworkVersion, framework: Framework) -> list[Translation]:
    """The translations of the document that are not stored as they are. Those of other languages do not count."""
    stored = dict(version.translations.values_list("language", "content_hash"))
    return [one for one in framework.translations if stored.get(one.language) != _digest(one)]


def store_translations(version: FrameworkVersion, framework: Framework) -> None:
    """Store the document's translations, each whole, within the caller's `audited()`."""
    changed = changed_translations(version, framework)
    if not changed:
        return
    for translation in changed:
        FrameworkTranslation.objects.update_or_create(
            framework_version=version,
            language=translation.language,
            defaults={
                "texts": _texts(translation),
                "percent": completeness_percent(framework, translation),
                "content_hash": _digest(translation),
            },
        )
    # The time is what every process recognises the new texts by, so it must never stand still.
    version.translated_at = timezone.now()
    version.save(update_fields=["translated_at"])


def _texts(translation: Translation) -> dict[str, str]:
    return {".".join(slot): text for slot, text in translation.texts}


def _digest(translation: Translation) -> str:
    return content_hash(TRANSLATION_TAG, {"language": translation.language, "texts": _texts(translation)})
