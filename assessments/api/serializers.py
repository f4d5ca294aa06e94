"""Frameworks as the API gives them: every field by name."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class FrameworkRowSerializer(serializers.Serializer[Any]):
    """A published version of a framework."""

    uuid = serializers.UUIDField()
    key = serializers.CharField(source="framework.key", help_text="The same for every version of the framework.")
    version = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField(help_text="Language of its texts, as a BCP 47 tag.")
    content_hash = serializers.CharField(help_text="SHA-256 of its canonical content, in hexadecimal.")
    published_at = serializers.DateTimeField()
    indicator_count = serializers.IntegerField()


class OptionSerializer(serializers.Serializer[Any]):
    """One step of a scale."""

    key = serializers.CharField()
    value = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # declared fields do not stay on the class
    meaning = serializers.CharField()


class ScaleSerializer(serializers.Serializer[Any]):
    """A scale with its options from the lowest value to the highest."""

    key = serializers.CharField()
    title = serializers.CharField()
    options = OptionSerializer(many=True)


class LevelSerializer(serializers.Serializer[Any]):
    """An option of the scale as one indicator words it."""

    option = serializers.CharField(source="option.key")
    value = serializers.IntegerField(source="option.value")
    label = serializers.CharField(source="option.label")  # type: ignore[assignment]  # as above
    text = serializers.CharField()


class HeadingSerializer(serializers.Serializer[Any]):
    """A heading above a section, or between a section and its indicators."""

    key = serializers.CharField()
    code = serializers.CharField()
    title = serializers.CharField()


class IndicatorSerializer(serializers.Serializer[Any]):
    """A question with all that is needed to rate it."""

    key = serializers.CharField(help_text="Permanent: the same indicator keeps it in later versions.")
    code = serializers.CharField()
    question = serializers.CharField()
    scale = serializers.CharField(source="scale.key")
    target = serializers.CharField(source="target.key", help_text="Key of the option that the framework aims at.")
    weight = serializers.DecimalField(max_digits=6, decimal_places=2)
    levels = LevelSerializer(many=True)
    guidance = serializers.CharField()
    evidence = serializers.ListField(child=serializers.CharField())
    references = serializers.ListField(child=serializers.CharField())
    functional_area = serializers.CharField(help_text="Code of a functional area; empty where there is none.")
    stage = serializers.CharField(help_text="Life-cycle stage; empty where there is none.")
    lenses = serializers.ListField(child=serializers.CharField())
    technologies = serializers.ListField(child=serializers.CharField())
    assistance_types = serializers.ListField(child=serializers.CharField())


class GroupSerializer(serializers.Serializer[Any]):
    """Neighbouring indicators below the same headings."""

    headings = HeadingSerializer(many=True)
    indicators = IndicatorSerializer(many=True)


class SectionSerializer(serializers.Serializer[Any]):
    """A functional area, or a top heading, with its indicators in reading order."""

    key = serializers.CharField()
    code = serializers.CharField(source="node.code")
    title = serializers.CharField(source="node.title")
    scope = serializers.CharField(source="node.scope")
    guidance = serializers.CharField(source="node.guidance")
    references = serializers.ListField(child=serializers.CharField(), source="node.references")
    functional_area = serializers.CharField(source="node.functional_area")
    above = HeadingSerializer(many=True, help_text="The headings above it, outermost first.")
    groups = GroupSerializer(many=True)


class FrameworkTreeSerializer(serializers.Serializer[Any]):
    """A published version with its sections, their indicators and the scales they are rated on."""

    uuid = serializers.UUIDField(source="version.uuid")
    key = serializers.CharField(source="version.framework.key")
    version = serializers.CharField(source="version.version")
    title = serializers.CharField(source="version.title")
    notice = serializers.CharField(source="version.notice")
    language = serializers.CharField(source="version.language")
    content_hash = serializers.CharField(source="version.content_hash")
    published_at = serializers.DateTimeField(source="version.published_at")
    indicator_count = serializers.IntegerField(source="version.indicator_count")
    scales = ScaleSerializer(many=True)
    sections = SectionSerializer(many=True)
