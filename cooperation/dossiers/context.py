"""From a released request to the parts of its dossier: pure, in the active language, nothing read but the input.

Only keys that the release discloses are there to be read, so a part whose key is absent cannot be made; its section
is left out whole rather than printed empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from assessments.public import AssistanceType, EndorsingAuthority, FunctionalArea, GenderMarker, GrantLevel, Technology
from cooperation.dossiers import evidence, money
from cooperation.dossiers.inputs import DossierInput
from cooperation.dossiers.needs import gap_lines, lone_causes, need_codes
from cooperation.dossiers.parts import Dossier, NeedPart
from cooperation.dossiers.wording import amount_text, language_names, period_text
from cooperation.enums import Audience
from wam_portal.documents import Fact, Prose, day_text, label, labels, prose
from wam_portal.formats import format_number, format_percent
from wam_portal.languages import language_of_words
from wam_portal.wording import TIER_LABELS, TIER_MARKS

SHORT_HASH = 12
Content = Mapping[str, Any]


def build_dossier(source: DossierInput) -> Dossier:
    """Make the document's parts in the active language, which the caller has set to `source.language`."""
    content = source.released.content
    mirrored = bool(get_language_info(source.language)["bidi"])
    needs = tuple(_need(number, need, content, mirrored) for number, need in enumerate(content["needs"], start=1))
    parts = Dossier(
        language=language_of_words(source.language),
        direction="rtl" if mirrored else "ltr",
        title=_("%(reference)s: %(title)s") % {"reference": content["reference"], "title": content["title"]},
        state=content["state"]["name"],
        request_title=content["title"],
        reference=content["reference"],
        short_hash=source.bound_hash[:SHORT_HASH],
        full_hash=source.bound_hash,
        created=_created(source),
        draft=source.released.is_draft,
        head_mark=_head_mark(source),
        cover=_cover(source),
        confidentiality=_confidentiality(source),
        summary=_summary(content),
        objective=_prose(content, "objective", _("Objective")),
        needs=needs,
        has_tiers=any("tier" in need for need in content["needs"]),
        evidence=evidence.build_evidence(content, mirrored=mirrored),
        context=_present(
            _prose(content, "what_exists", _("What already exists")),
            _prose(content, "who_helps", _("Who already helps")),
            _prose(content, "places", _("Places")),
            _prose(content, "beneficiaries", _("Who benefits")),
            _prose(content, "strategies", _("Strategies it serves")),
        ),
        budget=money.build_budget(content),
        outcome=_present(
            _prose(content, "expected_results", _("Expected results")),
            _prose(content, "sustainability", _("Sustainability and exit")),
        ),
        contact=_prose(content, "contact", _("Point of contact")),
        trace=_trace(source),
    )
    return _with_contents(parts)


def _present(*texts: Prose | None) -> tuple[Prose, ...]:
    return tuple(text for text in texts if text is not None)


def _prose(content: Content, key: str, heading: str) -> Prose | None:
    return prose(heading, key.replace("_", "-"), content[key] or "") if key in content else None


def _created(source: DossierInput) -> str:
    """The document's date from its content, never from the clock: the same input gives the same bytes."""
    day = source.released.released_on or source.released.endorsed_on
    return f"{day.isoformat()}T00:00:00Z" if day else ""


def _head_mark(source: DossierInput) -> str:
    if source.released.is_draft:
        return _("Draft, not endorsed · national copy")
    if source.audience == Audience.NATIONAL:
        return _("National copy")
    return _("Made for %(party)s") % {"party": source.mark.party}


def _cover(source: DossierInput) -> tuple[Fact, ...]:
    released, content = source.released, source.released.content
    facts = [
        Fact(_("Reference"), content["reference"], code=True),
        Fact(_("Version"), format_number(content["version"])),
        Fact(_("Period"), period_text(content["period"])),
        Fact(_("Audience"), str(source.audience.label)),
    ]
    if released.released_on:
        facts.append(Fact(_("Released"), day_text(released.released_on)))
    if released.endorsed_on:
        facts.append(Fact(_("Endorsed"), day_text(released.endorsed_on)))
    if source.bound_hash:
        facts.append(Fact(_hash_name(source), source.bound_hash, code=True))
    return tuple(facts)


def _hash_name(source: DossierInput) -> str:
    return _("Release hash (SHA-256)") if source.mark.grant_uuid else _("Hash of the endorsed version (SHA-256)")


def _confidentiality(source: DossierInput) -> tuple[str, ...]:
    if source.audience == Audience.NATIONAL:
        own = _("National copy for %(state)s. It holds all that a release could disclose.")
        lines = [own % {"state": source.mark.party}]
        if source.released.is_draft:
            lines.append(_("Draft: the request is not endorsed, and no hash binds this text yet."))
        return tuple(lines)
    lines = [
        _("Confidential. This copy was made for %(party)s.") % {"party": source.mark.party},
        _("Grant %(grant)s, level “%(level)s”, until %(day)s.")
        % {
            "grant": source.mark.grant_uuid,
            "level": label(GrantLevel, source.released.level),
            "day": day_text(source.mark.expires_on),
        },
    ]
    if source.mark.purpose:
        lines.append(_("Purpose: %(purpose)s") % {"purpose": source.mark.purpose})
    lines.append(_("Do not pass it on: the State decides who reads this request."))
    return tuple(lines)


def _summary(content: Content) -> tuple[Fact, ...]:
    needs = content["needs"]
    facts = [
        Fact(_("State"), content["state"]["name"]),
        Fact(_("Period"), period_text(content["period"])),
        Fact(_("Needs"), format_number(len(needs))),
        Fact(_("Sought"), money.sought_text(content)),
    ]
    if any("gaps" in need for need in needs):
        facts.append(Fact(_("Gaps answered"), format_number(len(evidence.linked_gaps(content)))))
    if "gender_marker" in content:
        facts.append(Fact(_("Gender marker"), str(GenderMarker(content["gender_marker"]).label)))
    if "oda_eligible" in content:
        facts.append(Fact(_("Eligible as ODA"), _yes_no(content["oda_eligible"])))
    if content.get("languages"):
        facts.append(Fact(_("Working languages"), language_names(content["languages"])))
    if content.get("authority"):
        facts.append(Fact(_("Baseline endorsed by"), label(EndorsingAuthority, content["authority"])))
    if "baseline" in content:
        facts.append(Fact(_("Baseline"), _baseline_text(content["baseline"])))
    return tuple(facts)


def _yes_no(value: bool | None) -> str:
    if value is None:
        return _("not stated")
    return _("yes") if value else _("no")


def _baseline_text(baseline: Content) -> str:
    if not baseline["endorsed"]:
        return _("%(cycle)s, not endorsed") % {"cycle": baseline["cycle"]}
    return _("%(cycle)s, endorsed %(day)s, coverage %(percent)s") % {
        "cycle": baseline["cycle"],
        "day": day_text(baseline["endorsed_on"]),
        "percent": format_percent(baseline["coverage_percent"] or 0),
    }


def _need(number: int, need: Content, content: Content, mirrored: bool) -> NeedPart:
    tier = need.get("tier") or ""
    description = None
    if "description" in need:
        description = prose(_("What is needed"), f"need-{number}-text", need["description"] or "")
    return NeedPart(
        number=number,
        anchor=f"need-{number}",
        uuid=need["uuid"],
        area=label(FunctionalArea, need["functional_area"]),
        types=labels(AssistanceType, need["assistance_types"]),
        technology=label(Technology, need["technology"]),
        amount=amount_text(need, content["currency"]),
        tier=tier,
        tier_label=str(TIER_LABELS[tier]) if tier else "",
        tier_marks=TIER_MARKS.get(tier, ""),
        description=description,
        includes=_includes(need.get("includes")),
        gaps=gap_lines(need, mirrored=mirrored),
        causes=lone_causes(need),
        codes=need_codes(need),
    )


def _includes(includes: Mapping[str, bool] | None) -> str:
    if includes is None:
        return ""
    words = [_("maintenance")] * includes["maintenance"] + [_("training")] * includes["training"]
    return _(", ").join(words) or _("neither maintenance nor training")


def _trace(source: DossierInput) -> tuple[Fact, ...]:
    content = source.released.content
    facts: list[Fact] = []
    if "baseline" in content:
        baseline = content["baseline"]
        facts.append(Fact(_("Framework"), baseline["framework"]))
        facts.append(Fact(_("Baseline"), _baseline_text(baseline)))
        if baseline["hash"]:
            facts.append(Fact(_("Hash of the baseline (SHA-256)"), baseline["hash"], code=True))
    version = _("%(reference)s, version %(number)s") % {"reference": content["reference"], "number": content["version"]}
    facts.append(Fact(_("Request"), version))
    if source.bound_hash:
        facts.append(Fact(_hash_name(source), source.bound_hash, code=True))
    if source.mark.grant_uuid:
        facts.append(Fact(_("Grant"), str(source.mark.grant_uuid), code=True))
    return tuple(facts)


def _with_contents(parts: Dossier) -> Dossier:
    """Add the list of the sections that are there."""
    sections = [("summary", _("Summary")), ("needs", _("Needs"))]
    if parts.evidence:
        sections.append(("evidence", _("Gap evidence")))
    if parts.context:
        sections.append(("context", _("What exists and who helps")))
    sections.append(("budget", _("Budget")))
    if parts.outcome:
        sections.append(("outcome", _("Results and sustainability")))
    if parts.contact:
        sections.append(("contact", _("Point of contact")))
    sections.append(("trace", _("Annex: trace")))
    return replace(parts, contents=tuple(sections))
