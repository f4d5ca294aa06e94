"""What the log of a party calls offers, matches and what follows from them."""

from __future__ import annotations

from typing import Final

from cooperation.models import AssistanceActivity, Dossier, Match, Offer
from wam_portal.audit.names import Kind, LogNames

LOG_NAMES: Final = LogNames(
    kinds={
        "AssistanceActivity": Kind(AssistanceActivity.objects.visible_to, "title"),
        "Dossier": Kind(Dossier.objects.visible_to, "reference"),
        "Match": Kind(Match.objects.visible_to, "offer__title"),
        "Offer": Kind(Offer.objects.visible_to, "title"),
    },
    details={"matches": "Match"},
)
