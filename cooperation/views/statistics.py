"""Statistics of offers, requests and matches."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cooperation.selectors.demand import LEAST_STATES
from cooperation.selectors.statistics import statistics_for
from wam_portal.party_pages import PartyRequest, party_page


@party_page
@require_safe
def statistics(request: PartyRequest) -> HttpResponse:
    """One's own figures by year and region, and those of all others where nobody shows."""
    context = {
        "figures": statistics_for(request.viewer),
        "least": LEAST_STATES,
        "breadcrumbs": [(_("Statistics"), "")],
    }
    return render(request, "cooperation/statistics.html", context)
