"""Rows of a workbook as offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cooperation.enums import OfferStatus
from cooperation.forms.offers import OfferForm
from cooperation.forms.workbook_rows import RowReader, labels_of
from cooperation.models import Offer
from cooperation.reports.offer_workbook import OFFERS
from cooperation.services.offers import errors_of_change
from cooperation.validators import Errors, OfferValues


def labels() -> dict[str, Any]:
    """What the editor calls each field."""
    return labels_of(OfferForm)


def offer_reader(offers: Mapping[UUID, Offer]) -> RowReader:
    """Reads rows against these offers of one's own."""
    return RowReader(shape=OFFERS, form_class=OfferForm, form=OfferForm, errors=_errors, stored=offers, ended=_ended)


def _errors(values: OfferValues, offer: Offer | None) -> Errors:
    return errors_of_change(values=values, offer=offer)


def _ended(offer: Offer) -> str:
    return _("This offer is closed.") if offer.status == OfferStatus.CLOSED else ""
