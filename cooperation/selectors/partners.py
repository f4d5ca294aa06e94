"""Reading operational partners: their profiles, and who could carry the need of a match out."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation import matching
from cooperation.models import FinishedProject, Match, PartnerConflict, PartnerProfile
from cooperation.models.partners import PARTNER_READERS, PartnerProfileQuerySet
from cooperation.selectors.ledgers import LedgerLine, RuleLine, ledger_line, names_in, rule_line
from cooperation.selectors.wording import LABELS, POINTS_PER_SCORE, Presenter, language_name, listed
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible
from wam_portal.formats import format_number


@dataclass(frozen=True, slots=True)
class PartnerFit:
    """A partner for one need. `place` and `score` (of a hundred) only where it is suggested; else `failed` says why."""

    profile: PartnerProfile
    place: int | None
    score: float
    failed: tuple[RuleLine, ...]
    open: tuple[RuleLine, ...]
    rows: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True)
class PartnerFits:
    """All partners that the viewer may see, for one need: those suggested, best first, and the others by name."""

    suggested: tuple[PartnerFit, ...]
    others: tuple[PartnerFit, ...]
    engine_version: str
    weights_version: str


def partners_for(viewer: Viewer, text: str = "") -> PartnerProfileQuerySet:
    """Partners that agreed to be suggested, by name; only those whose name or description holds `text`.

    Raises `NotVisible` for roles that see no partners.
    """
    if not viewer.has_role(*PARTNER_READERS):
        raise NotVisible
    found = PartnerProfile.objects.visible_to(viewer).filter(consents=True)
    if text:
        found = found.filter(Q(party__name__icontains=text) | Q(summary__icontains=text))
    return _complete(found).order_by("party__name", "pk")


def partner_for(viewer: Viewer, uuid: UUID) -> PartnerProfile:
    """One profile. Raises `NotVisible`."""
    found = _complete(PartnerProfile.objects.visible_to(viewer)).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def own_profile(viewer: Viewer) -> PartnerProfile | None:
    """The profile of the viewer's own party; None while nobody has written one."""
    return _complete(PartnerProfile.objects.visible_to(viewer)).filter(party=viewer.party).first()


def own_consent(viewer: Viewer) -> bool | None:
    """Whether the viewer's own party agreed to be suggested; None while it has no profile."""
    own = PartnerProfile.objects.visible_to(viewer).filter(party=viewer.party)
    return own.values_list("consents", flat=True).first()


def project_of(profile: PartnerProfile, uuid: UUID) -> FinishedProject:
    """One project of a profile that the viewer reads. Raises `NotVisible`."""
    found = profile.projects.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def conflict_of(profile: PartnerProfile, uuid: UUID) -> PartnerConflict:
    """One declared conflict of one's own profile. Raises `NotVisible`."""
    found = profile.conflicts.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def partner_fits(viewer: Viewer, match: Match) -> PartnerFits:
    """Who could carry out the need of a match that the viewer reads, with rules and ledger; worked out anew each time.

    The need is the one that both sides of the match see. Six statements, whatever the number of partners.
    """
    need = matching.from_json(matching.Need, {**match.need, "siblings": []})
    profiles = list(partners_for(viewer).prefetch_related("conflicts"))
    by_id = {str(profile.party.uuid): profile for profile in profiles}
    found = matching.suggest_partners(
        need,
        [_value(profile, match) for profile in profiles],
        as_of=timezone.localdate(),
        donor_id=str(match.donor.uuid),
    )
    places = {place.code: place.label for profile in profiles for place in profile.presence.all()}
    names = {**places, **names_in(match), **{key: profile.party.name for key, profile in by_id.items()}}
    presenter = Presenter(names)
    others = [_fit(presenter, by_id[entry.partner_id], entry) for entry in found.others]
    return PartnerFits(
        suggested=tuple(_fit(presenter, by_id[entry.partner_id], entry) for entry in found.suggested),
        others=tuple(sorted(others, key=lambda fit: fit.profile.party.name)),
        engine_version=found.engine_version,
        weights_version=found.weights_version,
    )


def facts_of_partner(profile: PartnerProfile) -> list[tuple[str, str]]:
    """What a partner says of itself: (label, value)."""
    left = profile.projects_left
    return [
        (_("Functional areas"), _codes("areas", profile.functional_areas)),
        (_("Types of assistance"), _codes("types", profile.assistance_types)),
        (_("Technologies"), _codes("technologies", profile.technologies)),
        (_("Where it works"), listed(place.label for place in profile.presence.all())),
        (_("Working languages"), listed(map(language_name, profile.languages))),
        (_("Further projects it can take on"), "" if left is None else format_number(left)),
        (_("Whom to ask"), profile.contact),
    ]


def areas_text(project: FinishedProject) -> str:
    """The areas of a project in words."""
    return _codes("areas", project.functional_areas)


def _complete(found: PartnerProfileQuerySet) -> PartnerProfileQuerySet:
    projects = Prefetch("projects", queryset=FinishedProject.objects.prefetch_related("places"))
    return found.select_related("party").prefetch_related("presence", projects)


def _value(profile: PartnerProfile, match: Match) -> matching.Partner:
    conflicts = {_party_of(conflict, match) for conflict in profile.conflicts.all()}
    return matching.Partner(
        partner_id=str(profile.party.uuid),
        areas=frozenset(profile.functional_areas),
        types=frozenset(profile.assistance_types),
        technologies=frozenset(profile.technologies),
        presence=frozenset(place.code for place in profile.presence.all()),
        languages=frozenset(profile.languages),
        finished=tuple(
            matching.FinishedProject(
                areas=frozenset(project.functional_areas),
                territories=frozenset(place.code for place in project.places.all()),
                ended_on=project.ended_on,
            )
            for project in profile.projects.all()
        ),
        projects_left=profile.projects_left,
        consents=profile.consents,
        conflicts=frozenset(filter(None, conflicts)),
    )


def _party_of(conflict: PartnerConflict, match: Match) -> str:
    """The side of the match that a conflict concerns; empty for neither."""
    if conflict.donor_id == match.donor_id:
        return str(match.donor.uuid)
    return str(match.state.uuid) if conflict.country_id and conflict.country_id == match.state.territory_id else ""


def _fit(presenter: Presenter, profile: PartnerProfile, entry: matching.SuggestedPartner) -> PartnerFit:
    lines = [rule_line(presenter, rule) for rule in entry.rules]
    return PartnerFit(
        profile=profile,
        place=entry.place,
        score=(entry.score or 0) * POINTS_PER_SCORE / (matching.UNIT * matching.UNIT),
        failed=tuple(line for line in lines if line.state == "failed"),
        open=tuple(line for line in lines if line.state == "open"),
        rows=tuple(ledger_line(presenter, row) for row in entry.ledger),
    )


def _codes(kind: str, codes: list[str]) -> str:
    return listed(str(LABELS[kind].get(code, code)) for code in codes) if codes else ""
