"""The engine's sentences in English, marked for translation, and how to fill them.

This package knows no Django, so `_` here is only a mark that `makemessages` extracts. The presenting layer calls

    render(sentence, translate=gettext, show=its_own_presenter)

where `show` turns a `Shown` value into localised text. The template always comes from the table below and is filled by
name with `%`; text written by a user is only ever a value put in, never a template.
"""

from collections.abc import Callable
from typing import Final

from cooperation.matching.results import Sentence, Shown


def _(text: str) -> str:
    """Mark `text` for extraction by makemessages; give it back unchanged."""
    return text


RULE_LABELS: Final = {
    "donor": _("Donor"),
    "validity": _("Validity"),
    "declined": _("Earlier decision"),
    "geography": _("Geography"),
    "area": _("Functional area"),
    "type": _("Type of assistance"),
    "period": _("Period"),
    "applicant": _("Applicant"),
    "language": _("Language"),
    "endorsed_baseline": _("Condition: endorsed baseline"),
    "gender_marker": _("Condition: gender marker"),
    "oda_only": _("Condition: official development assistance"),
    "co_funding": _("Condition: national contribution"),
    "rate": _("Exchange rate"),
    "amount": _("Amount"),
}

OUTCOME_LABELS: Final = {
    "pass": _("Met"),
    "fail": _("Not met"),
    "undisclosed": _("Not disclosed: ask"),
    "skipped": _("Not compared"),
}

CRITERION_LABELS: Final = {
    "area": _("Functional area"),
    "type": _("Type of assistance"),
    "geography": _("Geographic priority"),
    "budget": _("Budget"),
    "period": _("Period"),
    "severity": _("Severity"),
    "readiness": _("Readiness"),
    "priorities": _("Donor's priorities"),
    "strategy": _("National and regional strategies"),
    "lenses": _("Lenses"),
    "language": _("Language"),
}

CHANGE_LABELS: Final = {
    "period": _("Period"),
    "lines": _("Lines of the request"),
    "language": _("Language"),
    "endorsed_baseline": _("Endorsed baseline"),
    "gender_marker": _("Gender marker"),
    "co_funding": _("National contribution"),
    "amount": _("Amount"),
}

PARTNER_LABELS: Final = {
    "partner_other": _("Partner"),
    "partner_consent": _("Consent"),
    "partner_conflict": _("Conflict of interest"),
    "partner_presence": _("Presence"),
    "partner_area": _("Functional area"),
    "partner_type": _("Type of assistance"),
    "partner_technology": _("Technology"),
    "partner_experience": _("Finished projects"),
    "partner_language": _("Language"),
    "partner_capacity": _("Capacity"),
}

ASPECT_LABELS: Final = {
    "state": _("State"),
    "area": _("Functional area"),
    "type": _("Type of assistance"),
    "period": _("Period"),
    "places": _("Places"),
    "beneficiaries": _("Beneficiaries"),
    "text": _("Description"),
}

GRADE_LABELS: Final = {
    "duplicate": _("Duplicate"),
    "overlap": _("Overlap"),
    "complement": _("Complement"),
}

ADVICE_LABELS: Final = {
    "merge": _("Merge the two"),
    "coordinate": _("Agree on who does what"),
    "sequence": _("Put them in sequence"),
}

UNMET_LABELS: Final = {
    "no_eligible_offer": _("No offer is open to this need"),
    "donor_limit": _("The request has as many donors as it may have"),
    "below_floors": _("What could be given lies below the minimum of the offers"),
    "ceiling_reached": _("The offers have given what they may give to one request"),
    "capacity_exhausted": _("Nothing is left of the offers"),
    "left_open": _("An offer could still give: the search was cut short"),
}

ASIDE_LABELS: Final = {
    "no_amount": _("Asks for no money"),
    "below_one_grain": _("Less than one unit of the portfolio is left"),
    "no_rate": _("No exchange rate to the portfolio's currency"),
    "no_estimate": _("Help in kind without an estimated value"),
}

BOUND_LABELS: Final = {
    "solver": _("Proven by the solver over the whole problem"),
    "relaxation": _("Proven by the relaxation over every pair"),
    "tier_alone": _("Proven for this tier alone; it may be far too high"),
}

_RULES: Final = {
    "donor_is_other": _("The donor is not the requesting State."),
    "donor_is_requester": _("The offer was made by the requesting State itself."),
    "offer_valid": _("The offer is valid on %(need)s."),
    "offer_not_yet_valid": _("The offer is not valid yet: it stands %(offer)s."),
    "offer_expired": _("The offer is no longer valid: it stood %(offer)s."),
    "not_declined": _("This pair has not been declined before."),
    "review_due": _("This pair was declined before; its review date, %(offer)s, has come."),
    "declined": _("This pair was declined; it can be looked at again from %(offer)s."),
    "geography_country": _("The offer names %(need)s."),
    "geography_subregion": _("The offer covers %(by)s, the subregion of %(need)s."),
    "geography_region": _("The offer covers %(by)s, the region of %(need)s."),
    "geography_global": _("The offer is open worldwide, which includes %(need)s."),
    "geography_excluded": _("The offer leaves out %(by)s, so it does not reach %(need)s."),
    "geography_not_included": _("The offer does not reach %(need)s; it covers %(offer)s."),
    "area_named": _("The offer covers the area %(need)s."),
    "area_open": _("The offer is open to every functional area."),
    "area_not_covered": _("The need is in the area %(need)s; the offer covers %(offer)s."),
    "type_shared": _("The need asks for %(need)s; the offer gives %(offer)s."),
    "type_open": _("The offer is open to every type of assistance."),
    "type_not_offered": _("The need asks for %(need)s; the offer gives only %(offer)s."),
    "period_overlaps": _("The need runs %(need)s, the offer %(offer)s; they share %(shared)s."),
    "period_apart": _("The need runs %(need)s, the offer %(offer)s; they share no day."),
    "applicant_accepted": _("The offer accepts this kind of applicant: %(need)s."),
    "applicant_open": _("The offer is open to every kind of applicant."),
    "applicant_not_accepted": _("The applicant is a %(need)s; the offer is for %(offer)s."),
    "language_shared": _("The request can be worked on in %(need)s, the offer in %(offer)s."),
    "language_open": _("The offer does not depend on a language."),
    "language_not_disclosed": _(
        "The working languages of the request are not disclosed; the offer needs %(offer)s. Ask."
    ),
    "language_not_shared": _("The request can be worked on in %(need)s; the offer needs %(offer)s."),
    "baseline_not_required": _("The donor does not ask for an endorsed baseline."),
    "baseline_endorsed": _("The donor asks for an endorsed baseline, and there is one."),
    "baseline_not_disclosed": _("The donor asks for an endorsed baseline; whether there is one is not disclosed. Ask."),
    "baseline_not_endorsed": _("The donor asks for an endorsed baseline; the baseline is not endorsed."),
    "gender_not_required": _("The donor sets no minimum for the gender marker."),
    "gender_reached": _("The gender marker is %(need)s; the donor asks for at least %(offer)s."),
    "gender_not_disclosed": _("The donor asks for a gender marker of at least %(offer)s; it is not disclosed. Ask."),
    "gender_not_screened": _("The donor asks for a gender marker of at least %(offer)s; the request is not screened."),
    "gender_below": _("The gender marker is %(need)s; the donor asks for at least %(offer)s."),
    "oda_not_required": _("The donor is not limited to official development assistance."),
    "oda_eligible": _("The donor gives official development assistance only, and the need can receive it."),
    "oda_not_disclosed": _(
        "The donor gives official development assistance only; whether the need can receive it is not disclosed. Ask."
    ),
    "oda_not_eligible": _("The donor gives official development assistance only; the need cannot receive it."),
    "co_funding_not_required": _("The donor does not ask for a national contribution."),
    "co_funding_reached": _("The national contribution is %(need)s; the donor asks for at least %(offer)s."),
    "co_funding_not_disclosed": _(
        "The donor asks for a national contribution of at least %(offer)s; it is not disclosed. Ask."
    ),
    "co_funding_below": _("The national contribution is %(need)s; the donor asks for at least %(offer)s."),
    "rate_not_needed": _("No exchange rate is needed."),
    "rate_found": _("Amounts are compared at the rates of %(rates_of)s."),
    "no_rate": _(
        "The rates of %(rates_of)s do not cover both currencies, so %(need)s and %(offer)s cannot be compared."
    ),
    "in_kind": _("The help is in kind: %(offer)s."),
    "no_floor": _("The offer sets no minimum amount: %(offer)s."),
    "floor_reached": _("The request can take %(together)s from this offer; its minimum is %(floor)s."),
    "floor_within_band": _(
        "The request can take %(together)s from this offer; what is disclosed does not show whether its minimum of "
        "%(floor)s is reached. Ask."
    ),
    "amount_not_compared": _("The amount cannot be compared without an exchange rate."),
    "capacity_used_up": _("Nothing is left of this offer."),
    "offer_below_its_floor": _("What the offer has left for one request lies below its own minimum of %(floor)s."),
    "below_floor": _("The request can take %(together)s from this offer; its minimum is %(floor)s."),
}

_REASONS: Final = {
    "area.named": _("The offer names this area."),
    "area.open": _("The offer is open to every area and does not name this one."),
    "area.not_covered": _("The offer does not cover this area."),
    "type.types": _("The share of the types asked for that the offer gives."),
    "type.types_and_technologies": _(
        "The mean of two shares: of the types asked for, and of the technologies asked for (%(wanted)s), that the "
        "offer gives."
    ),
    "type.technology_not_disclosed": _(
        "The mean of the share of types that the offer gives, and a fixed half, as the technologies asked for are not "
        "disclosed."
    ),
    "geography.country": _("The offer names %(need)s itself."),
    "geography.subregion": _("The offer names the subregion, %(by)s."),
    "geography.region": _("The offer names the region, %(by)s."),
    "geography.global": _("The offer is open worldwide."),
    "geography.not_reached": _("The offer does not reach %(need)s."),
    "budget.whole": _("The offer can carry the whole amount."),
    "budget.part": _("The offer can carry a part of the amount."),
    "budget.in_kind": _("The help is in kind, so amounts are not compared: a fixed half."),
    "budget.no_amount": _("The need states no amount: a fixed half."),
    "budget.no_rate": _("There is no exchange rate to compare the amounts."),
    "period.whole": _("The offer runs for the whole period of the need."),
    "period.part": _("The offer runs for %(shared)s of the need's period."),
    "period.apart": _("The offer does not run in the need's period."),
    "severity.tier": _("The tier of the need is %(need)s."),
    "severity.capped_no_basis": _("The tier is held at medium, because a rating has no stated basis."),
    "severity.capped_not_endorsed": _("The tier is held at medium, because the baseline is not endorsed."),
    "severity.not_disclosed": _("The tier is not disclosed: a fixed half."),
    "readiness.parts": _("The mean of the parts shown."),
    "readiness.partly_disclosed": _("The mean of the parts shown; each part that is not disclosed counts half."),
    "readiness.not_disclosed": _("Nothing about readiness is disclosed: a fixed half."),
    "priorities.none_stated": _("The donor states no priorities: a fixed half."),
    "priorities.met": _("The donor's priorities: %(offer)s. The need meets: %(need)s."),
    "priorities.none_met": _("The need meets none of the donor's priorities: %(offer)s."),
    "priorities.partly_disclosed": _(
        "How many of the donor's priorities the need meets; those about which nothing is disclosed count half."
    ),
    "priorities.not_disclosed": _("What the donor's priorities are about is not disclosed: a fixed half."),
    "strategy.shared": _("The need serves a strategy that the donor names."),
    "strategy.not_shared": _("The need serves none of the strategies that the donor names."),
    "strategy.national_and_regional": _("The need serves a national and a regional strategy."),
    "strategy.national_only": _("The need serves a national strategy, and no regional one."),
    "strategy.regional_only": _("The need serves a regional strategy, and no national one."),
    "strategy.none": _("The need names no strategy that it serves."),
    "strategy.not_disclosed": _("The strategies served are not disclosed: a fixed half."),
    "lenses.none_asked": _("The donor asks for no lens: a fixed half."),
    "lenses.carried": _("The share of the lenses asked for that the need carries."),
    "lenses.none_carried": _("The need carries none of the lenses asked for."),
    "lenses.not_disclosed": _("The lenses are not disclosed: a fixed half."),
    "language.open": _("The offer does not depend on a language."),
    "language.preferred": _("The offer can be worked on in the requester's preferred language."),
    "language.other_shared": _("The offer can be worked on in another of the requester's languages."),
    "language.not_shared": _("There is no common language."),
    "language.not_disclosed": _("The languages are not disclosed: a fixed half."),
}

_CHANGES: Final = {
    "change.period": _("Let this line run %(to)s, so that it meets the offer's period, %(offer)s."),
    "change.lines": _(
        "Let the request's lines in the offer's areas also ask for %(to)s, or for another type that the offer gives: "
        "%(offer)s."
    ),
    "change.language": _("Let the request also be worked on in %(to)s, or another language of the offer: %(offer)s."),
    "change.endorsed_baseline": _("Have the baseline endorsed."),
    "change.gender_marker": _("Screen the request for gender and raise its marker to %(to)s."),
    "change.co_funding": _("Raise the national contribution to %(to)s."),
    "change.amount": _(
        "Raise the amount of this line to %(to)s, so that the request reaches the minimum of %(offer)s."
    ),
}

_WHY_NOT: Final = {
    "why_not.ways": _("What you could change so that this offer becomes open to the need: %(changes)s."),
    "why_not.no_change_helps": _("No change on the requester's side would help. It depends on: %(rules)s."),
}

_WEIGHTS: Final = {
    "weights.no_version": _("Give this set of weights a version."),
    "weights.unknown_criterion": _("There is no criterion %(criterion)s."),
    "weights.twice": _("The criterion %(criterion)s stands twice."),
    "weights.missing_criterion": _("The weight of %(criterion)s is missing; it may be 0."),
    "weights.out_of_range": _("The weight of %(criterion)s must be a whole number of millionths from 0 to 1,000,000."),
    "weights.wrong_sum": _("The weights must add up to 100 %%; they add up to %(total)s."),
}

_POLICY: Final = {
    "policy.no_version": _("Give this policy a version."),
    "policy.grain": _("The unit of the portfolio must be a whole amount above zero."),
    "policy.donors": _("The most donors of one request must be a whole number from 1 to %(most)s."),
    "policy.seconds": _("The time limit must be a whole number of seconds from 1 to %(most)s."),
    "policy.links": _("The links for the exact search must be a whole number from 0 to %(most)s."),
    "policy.steps": _("Give at least one step and at most %(most)s."),
    "policy.last_step": _("The last step, and no other, must be without limit."),
    "policy.width": _("The width of a step must be at least one unit of the portfolio."),
    "policy.gain": _("The gain of a step must lie above zero and not above 100 %%."),
    "policy.gains_fall": _("Each step must count less than the one before it."),
}

_OVERLAPS: Final = {
    "overlap.duplicate": _("The same kind of help, at the same time, in the same place or for the same people."),
    "overlap.overlap": _("The same field of work; nothing that is disclosed sets the two apart."),
    "overlap.complement": _("The same field of work, set apart by what is done, when, where or for whom."),
    "overlap.state_same": _("Both reach %(common)s."),
    "overlap.area_same": _("In common: %(common)s."),
    "overlap.type_same": _("In common: %(common)s."),
    "overlap.type_apart": _("The types differ. This need: %(one)s. The other: %(other)s."),
    "overlap.type_unknown": _("The types cannot be compared. This need: %(one)s. The other: %(other)s."),
    "overlap.period_same": _("The periods share %(shared)s. This need: %(one)s. The other: %(other)s."),
    "overlap.period_apart": _("The periods share no day. This need: %(one)s. The other: %(other)s."),
    "overlap.period_unknown": _("The periods cannot be compared. This need: %(one)s. The other: %(other)s."),
    "overlap.places_same": _("Both reach %(common)s."),
    "overlap.places_apart": _("The places differ. This need: %(one)s. The other: %(other)s."),
    "overlap.places_unknown": _("The places cannot be compared. This need: %(one)s. The other: %(other)s."),
    "overlap.beneficiaries_same": _("Both reach %(common)s."),
    "overlap.beneficiaries_apart": _("The people reached differ. This need: %(one)s. The other: %(other)s."),
    "overlap.beneficiaries_unknown": _(
        "The people reached cannot be compared. This need: %(one)s. The other: %(other)s."
    ),
    "overlap.text_same": _("The descriptions are alike: %(alike)s of 100."),
    "overlap.text_unlike": _(
        "The descriptions are %(alike)s of 100 alike: no proof that the work is the same, and none that it is not."
    ),
    "overlap.text_unknown": _("The descriptions cannot be compared."),
}

_PARTNERS: Final = {
    "partner_is_other": _("The partner is not the requester itself."),
    "partner_is_requester": _("The partner is the requester itself."),
    "partner_consents": _("The partner agreed to be suggested."),
    "partner_consent_missing": _("The partner has not agreed to be suggested."),
    "partner_no_conflict": _("The partner declared no conflict of interest with either side."),
    "partner_conflict": _("The partner declared a conflict of interest with one side."),
    "partner_present": _("The partner works in %(need)s or a region that holds it: %(offer)s."),
    "partner_absent": _("The partner does not work in %(need)s; it works in %(offer)s."),
    "partner_area_known": _("The partner works in the area %(need)s."),
    "partner_area_not_known": _("The need is in the area %(need)s; the partner works in %(offer)s."),
    "partner_type_known": _("The need asks for %(need)s; the partner can give %(offer)s."),
    "partner_type_not_known": _("The need asks for %(need)s; the partner can give only %(offer)s."),
    "partner_language_shared": _("The request can be worked on in %(need)s, and the partner works in %(offer)s."),
    "partner_language_not_disclosed": _(
        "The working languages of the request are not disclosed; the partner works in %(offer)s. Ask."
    ),
    "partner_language_not_shared": _("The request can be worked on in %(need)s; the partner works in %(offer)s."),
    "partner_capacity_left": _("The partner can take on %(offer)s more projects."),
    "partner_capacity_not_said": _("The partner does not say how many projects it can take on. Ask."),
    "partner_capacity_used": _("The partner cannot take on another project."),
    "partner_type.share": _("The share of the types asked for that the partner can give."),
    "partner_technology.share": _("The share of the technologies asked for that the partner knows."),
    "partner_technology.none_asked": _("The need names no technology: a fixed half."),
    "partner_technology.not_disclosed": _("The technologies asked for are not disclosed: a fixed half."),
    "partner_presence.country": _("The partner works in %(need)s itself."),
    "partner_presence.subregion": _("The partner works in the subregion of %(need)s."),
    "partner_presence.region": _("The partner works in the region of %(need)s."),
    "partner_presence.global": _("The partner works worldwide."),
    "partner_presence.not_reached": _("The partner does not work in %(need)s."),
    "partner_experience.some": _(
        "Projects finished in the area %(need)s in the last five years: each in the region counts one, each in the "
        "State two; six give full marks. Here: %(offer)s."
    ),
    "partner_experience.none": _("No project finished in the area %(need)s and the region in the last five years."),
    "partner_language.preferred": _("The partner works in the requester's preferred language."),
    "partner_language.other_shared": _("The partner works in another of the requester's languages."),
    "partner_language.not_shared": _("There is no common language."),
    "partner_language.not_disclosed": _("The languages are not disclosed: a fixed half."),
}

TEMPLATES: Final = {
    **_RULES,
    **_REASONS,
    **_CHANGES,
    **_WHY_NOT,
    **_WEIGHTS,
    **_POLICY,
    **_OVERLAPS,
    **_PARTNERS,
}
"""Sentence code -> English template with named places."""


def render(
    sentence: Sentence,
    *,
    show: Callable[[Shown], str],
    translate: Callable[[str], str] = _,
) -> str:
    """The sentence as text. Raises KeyError for a code that this version of the engine does not know."""
    template = translate(TEMPLATES[sentence.code])
    return template % {name: show(value) for name, value in sentence.params}
