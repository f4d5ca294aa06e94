"""The vocabulary of the national side; matching uses the first four across frameworks."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FunctionalArea(models.TextChoices):
    COO = "COO", _("National coordination and strategy")
    LEG = "LEG", _("Legal and regulatory framework")
    TRA = "TRA", _("Transfer controls")
    STO = "STO", _("Stockpile management")
    MAR = "MAR", _("Marking")
    REC = "REC", _("Record-keeping")
    TRC = "TRC", _("Identification, profiling and tracing")
    ILL = "ILL", _("Detection, seizure, investigation and prosecution")
    COL = "COL", _("Collection and prevention")
    DIS = "DIS", _("Disposal and destruction")


class AssistanceType(models.TextChoices):
    LEGAL = "LEGAL", _("Legal and legislative assistance")
    POLICY = "POLICY", _("Strategy, planning and coordination")
    EXPERT = "EXPERT", _("Technical advice and experts")
    TRAIN = "TRAIN", _("Training and mentoring")
    EXCH = "EXCH", _("Exchange and fellowship")
    EQUIP = "EQUIP", _("Equipment and material")
    INFRA = "INFRA", _("Infrastructure and site works")
    SOFTW = "SOFTW", _("Software, databases and IT")
    DATA = "DATA", _("Survey, research and data collection")
    DESTR = "DESTR", _("Destruction and demilitarisation services")
    FINANCE = "FINANCE", _("Financial support")


class Technology(models.TextChoices):
    STORAGE_SECURITY = "storage_security", _("Storage security")
    TRACK_AND_TRACE = "track_and_trace", _("Track and trace")
    TRANSIT_TRANSPORT = "transit_transport", _("Transit and transport")
    MARKING = "marking", _("Marking")
    RECORD_KEEPING = "record_keeping", _("Record-keeping")
    IDENTIFICATION = "identification", _("Identification")
    BALLISTICS = "ballistics", _("Ballistics")
    BORDER_CONTROL = "border_control", _("Border control")
    RISK_ANALYSIS = "risk_analysis", _("Risk analysis")


class Lens(models.TextChoices):
    GENDER = "gender", _("Gender")
    RISK = "risk", _("Arms-related risk")
    TECHNOLOGY = "technology", _("Technology")
    COMMUNITY = "community", _("Communities and civil society")
    CHILDREN = "children", _("Children and youth")
    ANTI_CORRUPTION = "anti_corruption", _("Integrity and anti-corruption")
    ENVIRONMENT = "environment", _("Environment")
    STRATEGY = "strategy", _("Wider strategies")


class LifeCycleStage(models.TextChoices):
    GOVERNANCE = "governance", _("Governance")
    ACQUISITION = "acquisition", _("Manufacture and acquisition")
    TRANSFER = "transfer", _("Transfer")
    STORAGE = "storage", _("Storage")
    USE = "use", _("Use and record")
    TRACING = "tracing", _("Tracing")
    RECOVERY = "recovery", _("Recovery")
    DISPOSAL = "disposal", _("Disposal")


class NodeKind(models.TextChoices):
    HEADING = "heading", _("Heading")
    AREA = "area", _("Functional area")
    INDICATOR = "indicator", _("Indicator")


class FrameworkStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class AssessmentStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_CONSULTATION = "in_consultation", _("In consultation")
    IN_REVIEW = "in_review", _("In review")
    RETURNED = "returned", _("Returned")
    ENDORSED = "endorsed", _("Endorsed")
    SUPERSEDED = "superseded", _("Superseded")


OPEN_ASSESSMENTS = (AssessmentStatus.DRAFT, AssessmentStatus.IN_CONSULTATION, AssessmentStatus.RETURNED)
"""The statuses in which answers can be changed."""


class AnswerRating(models.TextChoices):
    RATED = "rated", _("Rated")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    UNKNOWN = "unknown", _("Unknown")
    NOT_RATED = "not_rated", _("Not rated (outside the agreed scope)")


INDEPENDENT_RATINGS = (AnswerRating.RATED, AnswerRating.NOT_APPLICABLE, AnswerRating.UNKNOWN)
"""What an agency can say for itself; the scope of the baseline is agreed for all of them."""


LEFT_OUT: Final = (AnswerRating.NOT_APPLICABLE, AnswerRating.NOT_RATED)
"""Answers that take an indicator out of what is asked: out of scores, coverage and every count beside them."""


class AssignmentMode(models.TextChoices):
    FOR_STATE = "for_state", _("Answers for the State")
    INDEPENDENT = "independent", _("Rates independently")


class RoundStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class ParticipantKind(models.TextChoices):
    AGENCY = "agency", _("Ministries and agencies")
    COMMUNITY = "community", _("Communities")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    WOMENS_ORGANISATION = "womens_organisation", _("Women's organisations")
    PRIVATE_SECTOR = "private_sector", _("Private sector")


class Basis(models.TextChoices):
    LAW = "law", _("Law")
    DOCUMENT = "document", _("Document")
    OBSERVATION = "observation", _("Observation")
    TESTIMONY = "testimony", _("Testimony")
    NONE = "none", _("None")


class Confidence(models.TextChoices):
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Tier(models.TextChoices):
    CRITICAL = "critical", pgettext_lazy("severity tier", "Critical")
    HIGH = "high", pgettext_lazy("severity tier", "High")
    MEDIUM = "medium", pgettext_lazy("severity tier", "Medium")
    LOW = "low", pgettext_lazy("severity tier", "Low")


TIER_ORDER: tuple[Tier, ...] = (Tier.CRITICAL, Tier.HIGH, Tier.MEDIUM, Tier.LOW)


class GapStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")
    CLOSED = "closed", _("Closed (target reached)")
    LEFT_OUT = "left_out", _("Outside the agreed scope")


LIVE_GAPS = (GapStatus.OPEN, GapStatus.CONFIRMED)


class EndorsingAuthority(models.TextChoices):
    COMMISSION = "commission", _("National commission")
    MINISTER = "minister", _("Minister")
    CABINET = "cabinet", _("Cabinet")


class RequestStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ENDORSED = "endorsed", _("Endorsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class GenderMarker(models.TextChoices):
    NOT_SCREENED = "", _("Not screened")
    NOT_TARGETED = "0", _("0: screened, not targeted")
    SIGNIFICANT = "1", _("1: a significant aim")
    PRINCIPAL = "2", _("2: the principal aim")


class RecipientKind(models.TextChoices):
    PARTY = "party", _("A named party")
    ALL_DONORS = "all_donors", _("All donors")
    PUBLIC = "public", _("The public")


class GrantLevel(models.TextChoices):
    SUMMARY = "summary", _("Summary")
    GAPS = "gaps", _("Summary and gap headlines")
    DOSSIER = "dossier", _("Full request dossier")
    CUSTOM = "custom", _("Chosen key by key")


class DocumentKind(models.TextChoices):
    BASELINE_REPORT = "baseline_report", _("Baseline report")
    COUNTRY_INSIGHT = "country_insight", _("Country insight")
    MINUTES = "minutes", _("Minutes")


class MeetingKind(models.TextChoices):
    COMMISSION = "commission", _("Meeting of the commission")
    COORDINATION = "coordination", _("Coordination meeting")


class MeetingStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")


class OpenItemKind(models.TextChoices):
    DISAGREEMENT = "disagreement", _("Disagreement")
    RETURNED = "returned", _("Returned indicator")
    # The stored word is older than the sense that "evidence gap" has now: what nobody could tell.
    EVIDENCE_GAP = "evidence_gap", _("Answer without evidence")
    UNKNOWN = "unknown", _("Evidence gap: unknown")
    DISPUTED_GAP = "disputed_gap", _("Disputed gap")
    FREE = "free", _("Other")


class Classification(models.TextChoices):
    PUBLIC = "public", _("Public")
    OFFICIAL = "official", _("Official")
    RESTRICTED = "restricted", _("Restricted")
    CONFIDENTIAL = "confidential", _("Confidential")


CLASSIFICATION_MEANINGS: Final = {
    Classification.PUBLIC: _("Published already, or free to be published."),
    Classification.OFFICIAL: _("For work inside the State's authorities."),
    Classification.RESTRICTED: _("Harm if it leaves the State; for those who work with it."),
    Classification.CONFIDENTIAL: _(
        "Serious harm if it leaves the State. Contributors read it only if they uploaded it."
    ),
}


class ScanStatus(models.TextChoices):
    UNSCANNED = "unscanned", _("Not scanned for malware")
    CLEAN = "clean", _("Scanned, nothing found")
    INFECTED = "infected", _("Infected, locked")
