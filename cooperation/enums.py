"""The vocabulary of the international side."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OfferStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")


class Modality(models.TextChoices):
    GRANT = "grant", pgettext_lazy("kind of help", "Grant")
    TECHNICAL = "technical", _("Technical assistance")
    IN_KIND = "in_kind", _("In kind")


class ApplicantKind(models.TextChoices):
    STATE = "state", _("States")
    UN_ENTITY = "un_entity", _("United Nations entities")
    REGIONAL = "regional", _("Regional organisations")
    NGO = "ngo", _("Non-governmental organisations")
    PRIVATE = "private", _("Private organisations")


class MatchStatus(models.TextChoices):
    SUGGESTED = "suggested", _("Suggested")
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted by both sides")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")


UNDECIDED = (MatchStatus.SUGGESTED, MatchStatus.PROPOSED)


class RefusalKind(models.TextChoices):
    """Why a match is declined, for the statistics; the words of the person who declines stand beside it."""

    BUDGET = "budget", _("No budget is left for it")
    PRIORITIES = "priorities", _("It lies outside our priorities")
    TIMING = "timing", _("The time does not suit")
    CONDITIONS = "conditions", _("A condition cannot be met")
    DUPLICATE = "duplicate", _("Others do it already")
    PARTNER = "partner", _("We would rather work with somebody else")
    NOT_READY = "not_ready", _("It is not ready yet")
    OTHER = "other", _("Another reason")


class Side(models.TextChoices):
    STATE = "state", _("State")
    DONOR = "donor", _("Donor")


class Audience(models.TextChoices):
    NATIONAL = "national", _("National")
    GRANT = "grant", _("Recipient of a grant")


class ValidityQuestion(models.TextChoices):
    """Why a donor is asked whether an offer is still valid."""

    ENDED = "ended", _("Its last day for requests has passed, so it is matched no more.")
    ENDS_SOON = "ends_soon", _("It is open for requests for a few weeks more.")
    UNTOUCHED = "untouched", _("Nobody has changed or confirmed it for a long time.")


class SystemReason(models.TextChoices):
    """Why the portal itself, and not a person's words, ended a match."""

    GRANT_ENDED = "grant_ended", _("The State's grant was revoked or has expired.")
    OFFER_CLOSED = "offer_closed", _("The offer was closed.")
    NO_OBJECTION = "no_objection", _("Nobody at the State objected while that was open.")
    RECOMPUTED = "recomputed", _("What it rested on has changed; a newer suggestion took its place.")


class ActivityKind(models.TextChoices):
    """What an entry of the register of assistance is; the matching engine has a kind for each."""

    PROJECT = "project", _("Assistance project")
    ACTION = "action", _("The State's own action")


class ActivityStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")


LIVE_ACTIVITIES = (ActivityStatus.PLANNED, ActivityStatus.RUNNING)


class ActivitySource(models.TextChoices):
    """How an entry came into the register."""

    ENTERED = "entered", _("Entered by hand")
    EXCEL = "excel", _("Read from Excel")
    REQUEST = "request", _("Taken from a request")


class Weekend(models.TextChoices):
    """The days of the week on which a State's offices are closed."""

    SAT_SUN = "sat_sun", _("Saturday and Sunday")
    FRI_SAT = "fri_sat", _("Friday and Saturday")
    THU_FRI = "thu_fri", _("Thursday and Friday")
    FRI = "fri", _("Friday")
    SUN = "sun", _("Sunday")


class MarkKind(models.TextChoices):
    """How one side sorts its matches for itself."""

    SHORTLISTED = "shortlisted", _("On the shortlist")
    DEFERRED = "deferred", _("Put off")


class UploadKind(models.TextChoices):
    """What a workbook that was sent is about."""

    OFFERS = "offers", _("Offers")
    ASSISTANCE = "assistance", _("Assistance")


class Standing(models.TextChoices):
    """What a coordinator can do with a portfolio right now."""

    WORKING = "running", _("Being worked out")
    FAILED = "failed", _("Not worked out")
    CURRENT = "done", _("Ready")
    STALE = "returned", _("Ready, but what it rests on has changed")
    ENDED = "expired", _("Has to be made anew")
