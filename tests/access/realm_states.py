"""The records of a State, made through the services, with a canary in every text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import time_machine

from assessments.enums import AssignmentMode, DocumentKind, EndorsingAuthority
from assessments.models import Assessment, Assignment, AssistanceRequest, FrameworkVersion, Gap, Grant, Need
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.quality import finding_for
from assessments.services.answers import AnswerContent, save_answer
from assessments.services.assessments import (
    endorse_assessment,
    open_consultation,
    return_assessment,
    start_assessment,
    submit_assessment,
)
from assessments.services.assignments import assign
from assessments.services.discussion import add_comment, flag_indicator
from assessments.services.documents import request_document
from assessments.services.gaps import confirm_gap, describe_root_cause, dismiss_gap
from assessments.services.needs import update_need
from assessments.services.quality import dismiss_finding
from assessments.services.ratings import save_independent_rating
from assessments.services.releases import release_request, revoke_grant
from assessments.services.requests import draft_request, endorse_request, update_request
from cooperation.models import Dossier
from cooperation.services.dossiers import request_dossier
from cooperation.services.match_runs import run_matching_for_request
from tests.access.canaries import Cage
from tests.access.cast import Cast, Hat
from tests.access.realm_meetings import MeetingBuilder
from tests.access.records import Records
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership, Party
from wam_portal.jobs import runner

INDICATORS: Final = ("coo-01", "coo-02", "coo-03", "sto-01", "sto-02", "sto-03")
# The oracle of disclosure: from which level on a recipient reads which text of a request (P3 of the security notes).
SUMMARY, GAPS, DOSSIER = 1, 2, 3
TEXTS: Final[dict[str, int]] = {
    "title": SUMMARY,
    "objective": SUMMARY,
    "strategies": GAPS,
    "places": DOSSIER,
    "beneficiaries": DOSSIER,
    "what_exists": DOSSIER,
    "who_helps": DOSSIER,
    "sustainability": DOSSIER,
    "expected_results": DOSSIER,
    "contact": DOSSIER,
}
NEED_DESCRIPTION: Final = GAPS
ROOT_CAUSE: Final = DOSSIER
LEVELS: Final = {"summary": SUMMARY, "gaps": GAPS, "dossier": DOSSIER}


@dataclass
class StateBuilder:
    """Builds one State; `editor` and `approver` do the work."""

    side: str
    cast: Cast
    cage: Cage
    records: Records
    framework: FrameworkVersion
    editor: Hat
    approver: Hat
    more: Callable[[StateBuilder, Assessment, dict[str, Any]], dict[str, str]] = lambda *_: {}
    causes: dict[str, str] = field(default_factory=dict)

    def hats(self, *roles: Role) -> frozenset[str]:
        """Hats of this State in these roles."""
        return self.cast.state_hats(self.side, *roles)

    @property
    def staff(self) -> frozenset[str]:
        """All but those who are only invited."""
        return self.record_readers | self.hats(Role.CONTRIBUTOR)

    @property
    def record_readers(self) -> frozenset[str]:
        """Those who read the whole national record."""
        return self.hats(Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)

    @property
    def contributor(self) -> Hat:
        """The State's contributor."""
        everybody = [*self.cast.hats.values(), *self.cast.helpers.values()]
        return next(hat for hat in everybody if hat.side == self.side and Role.CONTRIBUTOR in hat.roles)

    @property
    def granters(self) -> frozenset[str]:
        """Those who see what was given to whom (row 14)."""
        return self.hats(Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)

    def word(self, label: str, readers: frozenset[str]) -> str:
        """A canary of this State."""
        return self.cage.mint(self.side, label, readers)

    def watch(self, text: Any, label: str, readers: frozenset[str]) -> None:
        """Watch an identifier that the portal made."""
        self.cage.watch(str(text), self.side, label, readers)

    # --- baselines -----------------------------------------------------------------------------------------------

    def baseline(self, cycle: str) -> tuple[Assessment, str]:
        """A baseline that has just begun, and the canary of its title."""
        title = self.word("assessment.title", self.staff)
        assessment = start_assessment(
            framework_version=self.framework,
            cycle=cycle,
            title=f"Baseline {title}",
            purpose=f"Purpose {self.word('assessment.purpose', self.staff)}",
            started_on=dt.date(2026, 1, 5),
            actor=self.editor.viewer,
        )
        self.watch(assessment.uuid, "assessment.uuid", self.staff)
        return assessment, title

    def answer(self, assessment: Assessment, indicator: str, readers: frozenset[str] | None = None) -> dict[str, str]:
        """Rate an indicator below target, with canaries in all texts; answers them by label."""
        to = self.record_readers if readers is None else readers
        shows = {f"answer.{name}": self.word(f"answer.{name}", to) for name in ("narrative", "reason", "minority_note")}
        save_answer(
            assessment=assessment,
            indicator=indicator,
            base_version=0,
            content=AnswerContent(
                rating="rated",
                option="2",
                basis="document",
                confidence="low",
                narrative=f"Narrative {shows['answer.narrative']}",
                reason=f"Reason {shows['answer.reason']}",
                minority_note=f"Minority {shows['answer.minority_note']}",
            ),
            actor=self.editor.viewer,
        )
        return shows

    def sheets(self) -> None:
        """A baseline that is being rated, one section of which belongs to the contributor."""
        assessment, title = self.baseline("2027")
        assigned = self._assign(assessment, "coo")
        values: dict[str, Any] = {
            "assessment": assessment.uuid,
            "section": "coo",
            "indicator": "coo-01",
            "assignment": assigned.pk,
            "membership": assigned.membership_id,
            "answer_version": 1,
            "newer_framework": FrameworkVersion.objects.get(version="2.0").uuid,
        }
        shows = self.answer(assessment, "coo-01", self.staff)
        shows |= self.more(self, assessment, values)
        self.records.add("assessment.draft", self.side, values, {**shows, "assessment.title": title}, assessment)
        for indicator in ("coo-02", "coo-03"):
            self.answer(assessment, indicator, self.staff)
        values = {**values, "section": "sto", "indicator": "sto-01"}
        shows = self.answer(assessment, "sto-01")
        self.records.add("assessment.unassigned", self.side, values, {**shows, "assessment.title": title}, assessment)
        self._gaps(assessment, title)
        self._findings(assessment)
        self._rate(assessment)
        self._discuss(assessment)

    def _findings(self, assessment: Assessment) -> None:
        """Two findings of the quality check in the contributor's section: one open, one left as it is."""
        tree = framework_tree(assessment.framework_version)
        kinds = {"coo-01": "finding.open", "coo-02": "finding.dismissed"}
        for indicator, kind in kinds.items():
            view = finding_for(self.editor.viewer, assessment, tree, "unsure", indicator)
            values = {"assessment": assessment.uuid, "rule": "unsure", "subject": indicator}
            values["fingerprint"] = view.finding.fingerprint
            shows = {}
            if kind == "finding.dismissed":
                shows["finding.reason"] = self.word("finding.reason", self.staff)
                dismiss_finding(
                    assessment=assessment,
                    rule="unsure",
                    subject=indicator,
                    fingerprint=view.finding.fingerprint,
                    reason=f"Seen {shows['finding.reason']}",
                    actor=self.editor.viewer,
                )
            self.records.add(kind, self.side, values, shows, assessment)

    def _assign(self, assessment: Assessment, node: str, mode: str = AssignmentMode.FOR_STATE) -> Assignment:
        """Give a section or an indicator to the State's contributor."""
        membership = Membership.objects.active().get(party=self.editor.party, role=Role.CONTRIBUTOR)
        return assign(assessment=assessment, nodes=[node], membership=membership, mode=mode, actor=self.editor.viewer)[
            0
        ]

    def _rate(self, assessment: Assessment) -> None:
        """An indicator that the contributor rates independently; besides them only record readers see it."""
        self._assign(assessment, "sto-03", AssignmentMode.INDEPENDENT)
        rater = self.contributor
        readers = self.record_readers | {rater.name}
        shows = {f"rating.{name}": self.word(f"rating.{name}", readers) for name in ("narrative", "reason")}
        rating = save_independent_rating(
            assessment=assessment,
            indicator="sto-03",
            base_version=0,
            content=AnswerContent(
                rating="rated",
                option="1",
                narrative=f"Narrative {shows['rating.narrative']}",
                reason=f"Reason {shows['rating.reason']}",
            ),
            actor=rater.viewer,
        )
        self.answer(assessment, "sto-03")
        values = {"assessment": assessment.uuid, "section": "sto", "indicator": "sto-03", "answer_version": 1}
        values |= {"seen": f"{rating.pk}:1"}
        self.records.add("assessment.rated", self.side, values, shows, assessment)

    def _discuss(self, assessment: Assessment) -> None:
        """A comment and a flag on what the contributor answers for the State."""
        actor, values = self.editor.viewer, {"assessment": assessment.uuid, "section": "coo", "indicator": "coo-02"}
        body, note = self.word("comment.body", self.staff), self.word("flag.note", self.staff)
        comment = add_comment(assessment=assessment, indicator="coo-02", body=f"Comment {body}", actor=actor)
        flag_indicator(assessment=assessment, indicator="coo-02", note=f"Note {note}", actor=actor)
        self.watch(comment.uuid, "comment.uuid", self.staff)
        shows = {"comment.body": body, "flag.note": note}
        self.records.add("comment", self.side, {**values, "comment": comment.uuid}, shows, comment)

    def _gap(self, assessment: Assessment, indicator: str) -> Gap:
        gap = Gap.objects.select_related("assessment").get(assessment=assessment, indicator__key=indicator)
        self.watch(gap.uuid, "gap.uuid", self.record_readers)
        return gap

    def _gaps(self, assessment: Assessment, title: str) -> None:
        actor = self.editor.viewer
        open_gap = self._gap(assessment, "coo-01")
        cause = self.word("gap.root_cause", self.record_readers)
        describe_root_cause(gap=open_gap, base_version=open_gap.version, actor=actor, root_cause=f"Cause {cause}")
        self._add_gap("gap.open", open_gap, {"gap.root_cause": cause, "assessment.title": title})
        dismissed = self._gap(assessment, "coo-02")
        reason = self.word("gap.dismissal_reason", self.record_readers)
        dismiss_gap(gap=dismissed, base_version=dismissed.version, actor=actor, reason=f"Because {reason}")
        self._add_gap("gap.dismissed", dismissed, {"gap.dismissal_reason": reason, "assessment.title": title})

    def _add_gap(self, kind: str, gap: Gap, shows: dict[str, str]) -> None:
        values = {"gap": gap.uuid, "assessment": gap.assessment.uuid}
        self.records.add(kind, self.side, values, shows, gap)

    def _complete(self, cycle: str) -> tuple[Assessment, dict[str, str]]:
        assessment, title = self.baseline(cycle)
        shows = {"assessment.title": title}
        for indicator in INDICATORS:
            shows |= self.answer(assessment, indicator)
        return assessment, shows

    def _submit(self, assessment: Assessment) -> Assessment:
        return submit_assessment(assessment=assessment, base_version=assessment.version, actor=self.editor.viewer)

    def reviews(self) -> None:
        """Baselines at every later step: returned and complete again, consulted on, in review, endorsed."""
        returned, shows = self._complete("2028")
        reason = self.word("assessment.return_reason", self.staff)
        returned = self._submit(returned)
        returned = return_assessment(
            assessment=returned, base_version=returned.version, reason=f"Again {reason}", actor=self.approver.viewer
        )
        self._add_assessment("assessment.full_draft", returned, {**shows, "assessment.return_reason": reason})
        self._returned()
        consulting, title = self.baseline("2033")
        consulting = open_consultation(assessment=consulting, base_version=consulting.version, actor=self.editor.viewer)
        self._add_assessment("assessment.consulting", consulting, {"assessment.title": title})
        empty, title = self.baseline("2019")
        self._add_assessment("assessment.empty", empty, {"assessment.title": title})
        in_review, shows = self._complete("2029")
        self._add_assessment("assessment.in_review", self._submit(in_review), shows)
        self.endorsed, shows = self._complete("2026")
        for indicator in INDICATORS:
            gap = self._gap(self.endorsed, indicator)
            self.causes[indicator] = self.word(f"gap.root_cause {indicator}", self.record_readers)
            cause = f"Cause {self.causes[indicator]}"
            confirm_gap(gap=gap, base_version=gap.version, actor=self.editor.viewer, root_cause=cause)
        submitted = self._submit(self.endorsed)
        endorse_assessment(
            assessment=submitted,
            base_version=submitted.version,
            authority=EndorsingAuthority.COMMISSION,
            actor=self.approver.viewer,
        )
        self.endorsed.refresh_from_db()
        shows = {**shows, "gap.root_cause": self.causes["coo-01"]}
        gap = self._gap(self.endorsed, "coo-01").uuid
        self._add_assessment("assessment.endorsed", self.endorsed, shows, gap=gap, number=1)
        self._report(shows)

    def _returned(self) -> None:
        """A baseline that came back with a reason on an indicator, which nobody has addressed."""
        returned, shows = self._complete("2032")
        reason = self.word("return.reason", self.record_readers)
        submitted = self._submit(returned)
        returned = return_assessment(
            assessment=submitted,
            base_version=submitted.version,
            reason="See the indicators.",
            indicators={"coo-01": f"Because {reason}"},
            actor=self.approver.viewer,
        )
        meetings = MeetingBuilder(
            self.side, self.cage, self.records, self.editor, readers=self.record_readers, takers=self.granters
        )
        decided = meetings.make(returned)
        shows |= {"return.reason": reason, **decided}
        self._add_assessment("assessment.returned", returned, shows, answer_version=1)

    def _report(self, shows: dict[str, str]) -> None:
        """The national report of the endorsed baseline, rendered as the worker does it."""
        document = request_document(
            kind=DocumentKind.BASELINE_REPORT, subject=self.endorsed.uuid, language="en", actor=self.editor.viewer
        )
        assert document.job is not None
        runner.run(str(document.job.uuid))
        document.refresh_from_db()
        assert document.file_name, document.job
        self.watch(document.uuid, "document.uuid", self.granters)
        self.records.add("document", self.side, {"document": document.uuid}, shows, document)

    def _add_assessment(self, kind: str, assessment: Assessment, shows: dict[str, str], **more: Any) -> None:
        values = {"assessment": assessment.uuid, "section": "coo", "indicator": "coo-01", **more}
        self.records.add(kind, self.side, values, shows, assessment)

    # --- requests ------------------------------------------------------------------------------------------------

    def request(
        self, indicator: str, *, level: str = "summary", readers: frozenset[str] = frozenset(), endorsed: bool = True
    ) -> Shared:
        """A complete request for one gap; `readers` outside the State read it up to `level`."""
        gap = self._gap(self.endorsed, indicator)
        actor, own = self.editor.viewer, self.staff if endorsed else self.record_readers
        depth = LEVELS[level]
        words = {
            name: self.word(f"request.{name}", own | (readers if need <= depth else frozenset()))
            for name, need in TEXTS.items()
        }
        if readers and depth >= ROOT_CAUSE:
            self.cage.allow(self.causes[indicator], readers)
        description = self.word("need.description", own | (readers if depth >= NEED_DESCRIPTION else frozenset()))
        request = draft_request(assessment=self.endorsed, gap_uuids=[gap.uuid], actor=actor)
        update_request(
            request=request,
            base_version=request.version,
            actor=actor,
            period_start=dt.date(2027, 1, 1),
            period_end=dt.date(2028, 12, 31),
            languages=["en"],
            **{name: f"{name} {word}" for name, word in words.items()},  # type: ignore[arg-type]
        )
        need = Need.objects.select_related("request").get(request=request)
        update_need(
            need=need,
            base_version=need.request.version,
            actor=actor,
            description=f"Need {description}",
            amount_minor=10_000_000,
        )
        request = AssistanceRequest.objects.get(pk=request.pk)
        if endorsed:
            endorse_request(request=request, base_version=request.version, actor=self.approver.viewer)
        request = AssistanceRequest.objects.get(pk=request.pk)
        self.watch(request.reference, "request.reference", own | readers)
        self.watch(request.uuid, "request.uuid", own | readers)
        shows = {f"request.{name}": word for name, word in words.items()} | {"need.description": description}
        return Shared(request, need, shows, {"request": request.uuid, "need": need.uuid})

    def drafts(self) -> None:
        """Requests that nobody outside the State knows of."""
        draft = self.request("sto-03", endorsed=False)
        self.records.add("request.draft", self.side, draft.values, draft.shows, draft.request)
        ready = self.request("sto-03", endorsed=False)
        self.records.add("request.ready", self.side, ready.values, ready.shows, ready.request)
        endorsed = self.request("sto-03")
        self.records.add("request.endorsed", self.side, endorsed.values, endorsed.shows, endorsed.request)

    def grant(self, shared: Shared, to: Party | None, level: str, readers: frozenset[str], sides: str) -> Grant:
        """Share a request and keep the grant as a record of this State and of those who receive it."""
        purpose = self.word("grant.purpose", self.granters | readers)
        [grant] = release_request(
            request=shared.request,
            actor=self.approver.viewer,
            level=level,
            purpose=f"Purpose {purpose}",
            recipients=[to] if to else [],
            all_donors=to is None,
        )
        run_matching_for_request(shared.request.uuid)
        self.watch(grant.uuid, "grant.uuid", self.granters | readers)
        values = {**shared.values, "grant": grant.uuid}
        shows = {**shared.shows, "grant.purpose": purpose}
        self.records.add("grant.given", self.side, values, shows, grant)
        self.records.add("grant.received", sides, values, shows, grant)
        return grant

    def lapsed(self, donor: Hat, *, expired: bool) -> Shared:
        """A request that a donor once held in full, with match and dossier: revoked since, or run out."""
        shared = self.request("sto-02" if expired else "sto-01")
        purpose = self.word("grant.purpose", self.granters)
        when = dt.datetime.now(dt.UTC) - dt.timedelta(days=120 if expired else 0)
        with time_machine.travel(when, tick=True):
            [grant] = release_request(
                request=shared.request,
                actor=self.approver.viewer,
                level="dossier",
                purpose=f"Purpose {purpose}",
                recipients=[donor.viewer.party],
                expires_on=when.date() + dt.timedelta(days=30),
            )
            run_matching_for_request(shared.request.uuid)
            dossier = make_dossier(donor, grant_uuid=grant.uuid)
        if not expired:
            revoke_grant(grant=grant, actor=self.approver.viewer)
        self.watch(grant.uuid, "grant.uuid", self.granters)
        values = {**shared.values, "grant": grant.uuid}
        self.records.add("grant.received", "", values, shared.shows, grant)
        self.watch(dossier.uuid, "dossier.uuid", frozenset())
        self.records.add("dossier", "", {"dossier": dossier.uuid}, shared.shows, dossier)
        return shared


@dataclass(frozen=True)
class Shared:
    """A request with its one need, its canaries by label and its identifiers."""

    request: AssistanceRequest
    need: Need
    shows: dict[str, str]
    values: dict[str, Any]


def make_dossier(hat: Hat, **source: UUID) -> Dossier:
    """Ask for a dossier and let the job render it at once."""
    dossier = request_dossier(viewer=hat.viewer, language="en", **source)
    assert dossier.job is not None
    runner.run(str(dossier.job.uuid))
    dossier.refresh_from_db()
    assert dossier.file_name, dossier.job
    return dossier
