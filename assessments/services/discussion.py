"""Commenting on indicators, naming people, resolving threads, and flags."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.frameworks.tree import IndicatorView
from assessments.mentions import handles, mentioned
from assessments.models import Assessment, Comment, Flag, Mention, Node
from assessments.models.discussion import COMMENT_MAX, NOTE_MAX
from assessments.permissions import can_discuss
from assessments.selectors.discussion import readers_of
from assessments.selectors.frameworks import framework_tree
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid, NotVisible

SENT_TWICE: Final = timedelta(minutes=1)
"""The same words by the same person within this time are one comment that was sent twice."""


def add_comment(
    *, assessment: Assessment, indicator: str, body: str, actor: Viewer, reply_to: UUID | None = None
) -> Comment:
    """Comment on the indicator of that key, or answer a comment on it; a reply to a reply joins its thread.

    Whoever the text names with an "@" finds it in their work list, if they read the indicator. A reply settles what
    was asked of the author in the thread, and opens a resolved thread again; a new comment settles what was asked of
    them anywhere on the indicator. Raises `NotVisible` for an unknown
    indicator or comment, `Refused`, and `Invalid` with messages for "body".
    """
    question = _question(assessment, indicator)
    node = _node(assessment, question)
    require(can_discuss(actor, assessment, node))
    body = _tidy(body, COMMENT_MAX, "body", _("Write a comment first."))
    with audited():
        thread = _thread(assessment, question, reply_to, actor)
        twice = _sent_before(assessment, question, thread, body, actor)
        if twice is not None:
            return twice
        comment = Comment.objects.create(
            assessment=assessment,
            indicator_id=question.pk,
            parent=thread,
            author=actor.user,
            body=body,
            created_at=timezone.now(),
        )
        named = _mention(comment, assessment, node, actor)
        _settle(comment, actor)
        changes = {"indicator": question.key, "reply": thread is not None, "mentions": named}
        _note("comment.added", comment, actor, changes)
    return comment


def resolve_thread(*, comment: Comment, actor: Viewer) -> None:
    """Close the thread that the comment begins; closing it twice does nothing. Raises `Refused` and `NotVisible`."""
    _switch(comment, actor, resolved=True)


def reopen_thread(*, comment: Comment, actor: Viewer) -> None:
    """Open a resolved thread again; opening it twice does nothing. Raises `Refused` and `NotVisible`."""
    _switch(comment, actor, resolved=False)


def read_mentions(*, assessment: Assessment, indicator: str, actor: Viewer) -> int:
    """Take what names the actor on an indicator off their work list; answers how many there were."""
    question = _question(assessment, indicator)
    with audited():
        mine = Mention.objects.filter(
            comment__in=Comment.objects.visible_to(actor).filter(assessment=assessment, indicator=question.pk),
            user=actor.user,
            done_at__isnull=True,
        )
        return mine.update(done_at=timezone.now())


def flag_indicator(*, assessment: Assessment, indicator: str, note: str, actor: Viewer) -> Flag:
    """Flag the indicator of that key with a note why. Raises `NotVisible`, `Refused` and `Invalid` for "note"."""
    question = _question(assessment, indicator)
    require(can_discuss(actor, assessment, _node(assessment, question)))
    note = _tidy(note, NOTE_MAX, "note", _("Say why you flag this."))
    try:
        with audited():
            flag = Flag.objects.create(
                assessment=assessment,
                indicator_id=question.pk,
                note=note,
                flagged_by=actor.user,
                flagged_at=timezone.now(),
            )
            _note("indicator.flagged", flag, actor, {"indicator": question.key})
    except IntegrityError as error:
        raise Invalid({"note": [_("This indicator is flagged already.")]}) from error
    return flag


def unflag_indicator(*, assessment: Assessment, indicator: str, actor: Viewer) -> None:
    """Take the flag down, whoever put it up; without a flag this does nothing. Raises `NotVisible` and `Refused`."""
    question = _question(assessment, indicator)
    require(can_discuss(actor, assessment, _node(assessment, question)))
    with audited():
        flag = Flag.objects.up().filter(assessment=assessment, indicator=question.pk).first()
        if flag is None:
            return
        up = Flag.objects.up().filter(pk=flag.pk)
        if up.update(cleared_by=actor.user, cleared_at=timezone.now()):
            _note("indicator.unflagged", flag, actor, {"indicator": question.key})


def _question(assessment: Assessment, key: str) -> IndicatorView:
    question = framework_tree(assessment.framework_version).find_indicator(key)
    if question is None:
        raise NotVisible
    return question


def _node(assessment: Assessment, question: IndicatorView) -> Node:
    section = framework_tree(assessment.framework_version).section_of(question)
    return Node(pk=question.pk, section_id=section.node.pk)


def _thread(assessment: Assessment, question: IndicatorView, reply_to: UUID | None, actor: Viewer) -> Comment | None:
    """The comment that begins the thread of a reply. Raises `NotVisible` for one that is not on this indicator."""
    if reply_to is None:
        return None
    found = Comment.objects.visible_to(actor).filter(assessment=assessment, indicator=question.pk, uuid=reply_to)
    comment = found.select_related("parent").first()
    if comment is None:
        raise NotVisible
    return comment.parent or comment


def _sent_before(
    assessment: Assessment, question: IndicatorView, thread: Comment | None, body: str, actor: Viewer
) -> Comment | None:
    return Comment.objects.filter(
        assessment=assessment,
        indicator=question.pk,
        parent=thread,
        author=actor.user,
        body=body,
        created_at__gte=timezone.now() - SENT_TWICE,
    ).first()


def _mention(comment: Comment, assessment: Assessment, node: Node, actor: Viewer) -> int:
    if "@" not in comment.body:
        return 0
    named = mentioned(comment.body, handles(readers_of(actor, assessment, node)))
    rows = [Mention(comment=comment, user_id=user) for user in named if user != actor.user.pk]
    return len(Mention.objects.bulk_create(rows))


def _settle(comment: Comment, actor: Viewer) -> None:
    """It answers what named its author before; after a reply there is something to talk about again."""
    before = Comment.objects.filter(assessment=comment.assessment_id, indicator=comment.indicator_id)
    thread = comment.parent
    if thread is not None:
        before = before.filter(Q(pk=thread.pk) | Q(parent=thread))
    Mention.objects.filter(comment__in=before, user=actor.user, done_at__isnull=True).update(done_at=timezone.now())
    if thread is not None:
        Comment.objects.filter(pk=thread.pk, resolved_at__isnull=False).update(resolved_at=None, resolved_by=None)


def _switch(comment: Comment, actor: Viewer, *, resolved: bool) -> None:
    if comment.parent_id is not None:
        raise NotVisible
    tree = framework_tree(comment.assessment.framework_version)
    question = tree.indicator_of(comment.indicator_id)
    require(can_discuss(actor, comment.assessment, _node(comment.assessment, question)))
    with audited():
        other = Comment.objects.filter(pk=comment.pk, resolved_at__isnull=resolved)
        now = timezone.now() if resolved else None
        if other.update(resolved_at=now, resolved_by=actor.user if resolved else None):
            verb = "comment.resolved" if resolved else "comment.reopened"
            _note(verb, comment, actor, {"indicator": question.key})


def _tidy(text: str, limit: int, field: str, missing: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid({field: [missing]})
    if len(text) > limit:
        message = _("Use at most %(limit)d characters; this has %(count)d.")
        raise Invalid({field: [message % {"limit": limit, "count": len(text)}]})
    return text


def _note(verb: str, target: Comment | Flag, actor: Viewer, changes: dict[str, object]) -> None:
    record(verb=verb, target=target, actor=actor, parties=[actor.party], changes=changes)
