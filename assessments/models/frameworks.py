"""Frameworks: what an assessment asks, as data. A published version never changes."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import FrameworkStatus, FunctionalArea, LifeCycleStage, NodeKind
from wam_portal.access import PlatformActor, SystemViewer


class Framework(models.Model):
    key = models.SlugField(_("key"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.title


class FrameworkVersionQuerySet(models.QuerySet["FrameworkVersion"]):
    def visible_to(self, viewer: PlatformActor) -> FrameworkVersionQuerySet:
        """Published versions, for everybody who is signed in; drafts for platform administrators."""
        if not isinstance(viewer, SystemViewer) and viewer.user.is_platform_admin:
            return self
        return self.published()

    def published(self) -> FrameworkVersionQuerySet:
        return self.filter(status=FrameworkStatus.PUBLISHED)


class FrameworkVersion(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    framework = models.ForeignKey(
        Framework, verbose_name=_("framework"), on_delete=models.PROTECT, related_name="versions"
    )
    version = models.CharField(_("version"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    notice = models.TextField(_("notice"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    status = models.CharField(_("status"), max_length=10, choices=FrameworkStatus, default=FrameworkStatus.DRAFT)
    content_hash = models.CharField(_("content hash"), max_length=64)
    imported_at = models.DateTimeField(_("imported"), auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    groups = models.JSONField(_("groups of indicators"), null=True, blank=True)
    item_map = models.JSONField(_("item map from the version replaced"), null=True, blank=True)
    translated_at = models.DateTimeField(_("translations last changed"), null=True, blank=True)

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("framework version")
        verbose_name_plural = _("framework versions")
        ordering = ("framework", "-imported_at")
        constraints = (
            models.UniqueConstraint(
                fields=("framework", "version"),
                name="framework_version_once",
                violation_error_message=_("This framework already has a version with this number."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=FrameworkStatus.DRAFT) ^ models.Q(published_at__isnull=False),
                name="framework_version_published_has_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class FrameworkTranslation(models.Model):
    """The texts of a version in another language by slot, joined with dots; may change after publication."""

    framework_version = models.ForeignKey(
        FrameworkVersion, verbose_name=_("framework version"), on_delete=models.PROTECT, related_name="translations"
    )
    language = models.CharField(_("language"), max_length=10)
    texts = models.JSONField(_("texts"), default=dict)
    percent = models.PositiveSmallIntegerField(_("completeness in percent"))
    content_hash = models.CharField(_("content hash"), max_length=64)

    class Meta:
        verbose_name = _("framework translation")
        verbose_name_plural = _("framework translations")
        ordering = ("framework_version", "language")
        constraints = (
            models.UniqueConstraint(fields=("framework_version", "language"), name="framework_translation_once"),
        )

    def __str__(self) -> str:
        return f"{self.framework_version_id} {self.language}"


class Scale(models.Model):
    framework_version = models.ForeignKey(
        FrameworkVersion, verbose_name=_("framework version"), on_delete=models.PROTECT, related_name="scales"
    )
    key = models.SlugField(_("key"), max_length=60)
    title = models.CharField(_("title"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("scale")
        verbose_name_plural = _("scales")
        constraints = (models.UniqueConstraint(fields=("framework_version", "key"), name="scale_key_once"),)

    def __str__(self) -> str:
        return self.key


class ScaleOption(models.Model):
    scale = models.ForeignKey(Scale, verbose_name=_("scale"), on_delete=models.PROTECT, related_name="options")
    key = models.SlugField(_("key"), max_length=60)
    value = models.SmallIntegerField(_("value"))
    label = models.CharField(_("label"), max_length=120)
    meaning = models.TextField(_("meaning"), blank=True)

    class Meta:
        verbose_name = _("scale option")
        verbose_name_plural = _("scale options")
        ordering = ("scale", "value")
        constraints = (
            models.UniqueConstraint(fields=("scale", "key"), name="scale_option_key_once"),
            models.UniqueConstraint(fields=("scale", "value"), name="scale_option_value_once"),
        )

    def __str__(self) -> str:
        return f"{self.value} {self.label}"


class Node(models.Model):
    """A heading, a functional area or an indicator; `position` orders the whole tree in reading order."""

    framework_version = models.ForeignKey(
        FrameworkVersion, verbose_name=_("framework version"), on_delete=models.PROTECT, related_name="nodes"
    )
    parent = models.ForeignKey(
        "self", verbose_name=_("under"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    section = models.ForeignKey(
        "self",
        verbose_name=_("section"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="indicators",
        help_text=_("The area (or top heading) on whose sheet an indicator is rated."),
    )
    key = models.SlugField(_("key"), max_length=60)
    code = models.CharField(_("code"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=NodeKind)
    position = models.PositiveIntegerField(_("position"))
    title = models.TextField(_("title or question"))
    scope = models.TextField(_("scope"), blank=True)
    guidance = models.TextField(_("guidance"), blank=True)
    evidence = models.JSONField(_("typical evidence"), default=list, blank=True)
    references = models.JSONField(_("references"), default=list, blank=True)
    functional_area = models.CharField(_("functional area"), max_length=3, choices=FunctionalArea, blank=True)
    stage = models.CharField(_("life-cycle stage"), max_length=12, choices=LifeCycleStage, blank=True)
    lenses = models.JSONField(_("lenses"), default=list, blank=True)
    technologies = models.JSONField(_("technologies"), default=list, blank=True)
    assistance_types = models.JSONField(_("typical assistance"), default=list, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=2, default=1)
    scale = models.ForeignKey(
        Scale, verbose_name=_("scale"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    target = models.ForeignKey(
        ScaleOption, verbose_name=_("target"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    level_texts = models.JSONField(_("level texts by option key"), default=dict, blank=True)

    class Meta:
        verbose_name = _("framework node")
        verbose_name_plural = _("framework nodes")
        ordering = ("framework_version", "position")
        constraints = (
            models.UniqueConstraint(fields=("framework_version", "key"), name="node_key_once"),
            models.UniqueConstraint(fields=("framework_version", "position"), name="node_position_once"),
            models.CheckConstraint(
                condition=~models.Q(kind=NodeKind.INDICATOR)
                | models.Q(scale__isnull=False, target__isnull=False, section__isnull=False, weight__gt=0),
                name="node_indicator_is_ratable",
                violation_error_message=_("An indicator needs a section, a scale, a target and a weight above zero."),
            ),
        )

    def __str__(self) -> str:
        return self.code or self.title
