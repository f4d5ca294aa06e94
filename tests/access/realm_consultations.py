"""Consultations of a State: a round with what it brought and whom it invited, and one that is empty."""

from __future__ import annotations

import datetime as dt

from assessments.models import ConsultationRound, ContributorInvitation
from assessments.services.consultation_summaries import SummaryContent, add_summary
from assessments.services.consultations import RoundContent, begin_consultation
from assessments.services.contributors import Contributor, invite_contributor
from tests.access.cast import member_keepers
from tests.access.realm_states import StateBuilder


def add_consultations(builder: StateBuilder) -> None:
    """Rounds of the baseline that is being rated."""
    consultation, shows = _round(builder)
    values = {"assessment": consultation.assessment.uuid, "consultation": consultation.uuid}
    readers = builder.record_readers
    words = {label: builder.word(f"consultation.{label}", readers) for label in ("said", "changed")}
    content = SummaryContent(f"Said {words['said']}", ["coo-01", "sto-01"], f"Changed {words['changed']}")
    summary = add_summary(consultation=consultation, content=content, actor=builder.editor.viewer)
    shows |= {f"consultation.{label}": word for label, word in words.items()}
    builder.watch(summary.uuid, "summary.uuid", readers)
    builder.records.add("consultation", builder.side, values, shows, consultation)
    builder.records.add("consultation.summary", builder.side, {**values, "summary": summary.uuid}, shows, summary)
    guest = builder.word("contributor.name", readers | member_keepers(builder.side))
    contributor = Contributor(f"{guest}@example.test", f"Guest {guest}", "Weavers' union", ["coo-02"])
    invite_contributor(consultation=consultation, contributor=contributor, actor=builder.editor.viewer)
    asked = ContributorInvitation.objects.get(round=consultation)
    values = {**values, "contributor": asked.pk}
    builder.records.add("contributor", builder.side, values, {"contributor.name": guest}, asked)
    empty, shows = _round(builder)
    values = {"assessment": empty.assessment.uuid, "consultation": empty.uuid}
    builder.records.add("consultation.empty", builder.side, values, shows, empty)


def _round(builder: StateBuilder) -> tuple[ConsultationRound, dict[str, str]]:
    [draft] = builder.records.own("assessment.draft", builder.side)
    words = {
        label: builder.word(f"consultation.{label}", builder.record_readers) for label in ("title", "purpose", "places")
    }
    content = RoundContent(
        title=f"Round {words['title']}",
        starts_on=dt.date(2026, 2, 1),
        purpose=f"Purpose {words['purpose']}",
        places=f"Place {words['places']}",
        people={"community": (3, 2, 1)},
    )
    begun = begin_consultation(assessment=draft.obj, content=content, actor=builder.editor.viewer)  # type: ignore[arg-type]
    builder.watch(begun.uuid, "consultation.uuid", builder.record_readers)
    return begun, {f"consultation.{label}": word for label, word in words.items()}
