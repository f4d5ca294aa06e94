"""Rows of a workbook as entries of the register of assistance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cooperation.forms.assistance import ActivityForm
from cooperation.forms.workbook_rows import Data, RowReader, labels_of
from cooperation.models import AssistanceActivity
from cooperation.reports.assistance_workbook import ASSISTANCE
from cooperation.selectors.assistance import providers_for
from cooperation.services.assistance import errors_of_activity
from cooperation.validators import ActivityValues, Errors
from wam_portal.access import Viewer


def assistance_labels() -> dict[str, Any]:
    """What a row calls each field."""
    return {**labels_of(ActivityForm), "provider_name": _("Who provides it")}


def assistance_reader(viewer: Viewer, stored: Mapping[UUID, AssistanceActivity]) -> RowReader:
    """Reads rows against these entries of one's own. A provider's name that is a party's means that party."""
    parties = {name.casefold(): str(uuid) for name, uuid in providers_for(viewer).values_list("name", "uuid")}

    def form(data: Data) -> ActivityForm:
        party = parties.get(data.get("provider_name", "").strip().casefold())
        return ActivityForm({**data, "provider": party, "provider_name": ""} if party else data, viewer=viewer)

    def errors(values: ActivityValues, activity: AssistanceActivity | None) -> Errors:
        return errors_of_activity(values=values, actor=viewer, current=activity)

    return RowReader(
        shape=ASSISTANCE,
        form_class=ActivityForm,
        form=form,
        errors=errors,
        stored=stored,
        beside={"provider": "provider_name"},
    )
