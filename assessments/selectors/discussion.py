"""Reading what people say about an indicator: threads, mentions, flags, and who could be named."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from assessments.frameworks.tree import IndicatorView
from assessments.mentions import Piece, handles, pieces
from assessments.models import Assessment, Assignment, Comment, Flag, Mention, Node
from assessments.models.answers import RECORD_READERS
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership, User
from wam_portal.errors import NotVisible

THREADS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as it is read: its text cut at the names in it."""

    comment: Comment
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with the replies to it, oldest first."""

    start: Remark
    replies: tuple[Remark, ...]

    @property
    def resolved(self) -> bool:
        """Whether it is settled."""
        return self.start.comment.resolved_at is not None


@dataclass(frozen=True, slots=True)
class Discussion:
    """What is said about one indicator, open threads first, the newest of each kind on top.

    `older` counts the threads that are left out; `waiting` how many comments name the viewer and wait for them.
    """

    threads: tuple[Thread, ...]
    older: int
    waiting: int


def readers_of(viewer: Viewer, assessment: Assessment, node: Node) -> list[tuple[int, str]]:
    """Who of the viewer's State reads that indicator's answer, by name: those can be named in a comment."""
    tasks = Assignment.objects.for_state().filter(assessment=assessment, membership=OuterRef("pk"))
    answering = Q(role=Role.CONTRIBUTOR) & Exists(tasks.covering(node.pk, node.section_id))
    members = Membership.objects.active().filter(Q(role__in=RECORD_READERS) | answering, party=viewer.party)
    return list(members.order_by("user__full_name", "user").values_list("user", "user__full_name").distinct())


def comments_on(viewer: Viewer, assessment: Assessment, indicator: IndicatorView) -> QuerySet[Comment]:
    """All comments on an indicator that the viewer may read, with who wrote them."""
    found = Comment.objects.visible_to(viewer).filter(assessment=assessment, indicator=indicator.pk)
    return found.select_related("author", "resolved_by")


def discussion_of(
    viewer: Viewer, assessment: Assessment, indicator: IndicatorView, most: int = THREADS_SHOWN
) -> Discussion:
    """The newest threads of an indicator, in two statements whatever their number."""
    comments = list(comments_on(viewer, assessment, indicator).order_by("created_at", "pk"))
    named: dict[int, list[User]] = {}
    waiting = 0
    mentions = Mention.objects.filter(comment__in=[comment.pk for comment in comments]).select_related("user")
    for mention in mentions:
        named.setdefault(mention.comment_id, []).append(mention.user)
        waiting += mention.user_id == viewer.user.pk and mention.done_at is None
    replies: dict[int, list[Remark]] = {}
    for comment in comments:
        if comment.parent_id is not None:
            replies.setdefault(comment.parent_id, []).append(_remark(comment, named))
    threads = [
        Thread(_remark(comment, named), tuple(replies.get(comment.pk, ())))
        for comment in reversed(comments)
        if comment.parent_id is None
    ]
    threads.sort(key=lambda thread: thread.resolved)
    return Discussion(tuple(threads[:most]), max(0, len(threads) - most), waiting)


def thread_for(viewer: Viewer, assessment: Assessment, indicator: IndicatorView, uuid: UUID) -> Comment:
    """The comment that begins a thread on an indicator. Raises `NotVisible`."""
    found = comments_on(viewer, assessment, indicator).filter(uuid=uuid, parent__isnull=True).first()
    if found is None:
        raise NotVisible
    found.assessment = assessment
    return found


def flag_on(viewer: Viewer, assessment: Assessment, indicator: IndicatorView) -> Flag | None:
    """The flag that is up on an indicator, None without one."""
    found = Flag.objects.visible_to(viewer).up().filter(assessment=assessment, indicator=indicator.pk)
    return found.select_related("flagged_by").first()


def mentions_waiting(viewer: Viewer, most: int) -> list[Mention]:
    """Comments that name the viewer in threads still open, and that they have not answered or read."""
    root_open = Q(comment__parent__isnull=True, comment__resolved_at__isnull=True) | Q(
        comment__parent__isnull=False, comment__parent__resolved_at__isnull=True
    )
    found = Mention.objects.filter(root_open, user=viewer.user, done_at__isnull=True)
    found = found.filter(comment__in=Comment.objects.visible_to(viewer), comment__assessment__state=viewer.party)
    rows = found.select_related("comment__assessment", "comment__indicator", "comment__author")
    return list(rows.order_by(F("comment__created_at").desc(), "pk")[:most])


def _remark(comment: Comment, named: dict[int, list[User]]) -> Remark:
    people = [(user.pk, user.full_name) for user in named.get(comment.pk, ())]
    return Remark(comment, pieces(comment.body, handles(people)))
