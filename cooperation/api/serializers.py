"""Granted requests, matches and offers as the API gives them: every field by name.

Amounts are whole numbers of minor units (cents) of the currency beside them. A share or a degree is a whole number
of millionths.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from assessments.public import GrantLevel
from cooperation import matching
from cooperation.enums import MatchStatus, Modality, OfferStatus, RefusalKind, Side
from cooperation.models import Match

NOT_GRANTED = "Absent unless granted."


class Codes(serializers.ListField):
    """A list of codes."""

    child = serializers.CharField()


class TerritoryCodes(Codes):
    """The codes of related territories, sorted."""

    def to_representation(self, data: Any) -> list[str]:
        """Read the codes from the relation; prefetch it for lists."""
        return sorted(territory.code for territory in data.all())


class PartySerializer(serializers.Serializer[Any]):
    """A State, fund or organisation."""

    uuid = serializers.UUIDField()
    name = serializers.CharField()


class DisclosedSerializer(serializers.Serializer[Mapping[str, Any]]):
    """Part of a release: a key that was not granted is absent, never empty."""

    def to_representation(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        """Show the named fields that are there."""
        shown = super().to_representation(instance)
        return {name: value for name, value in shown.items() if name in instance}


class TerritoryNameSerializer(serializers.Serializer[Any]):
    """The requesting State as it stood in the release."""

    code = serializers.CharField()
    name = serializers.CharField()


class PeriodSerializer(serializers.Serializer[Any]):
    """First and last day, both included."""

    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)


class BandSerializer(serializers.Serializer[Any]):
    """The band that holds an amount, in minor units; no `high` in the last band."""

    low = serializers.IntegerField()
    high = serializers.IntegerField(allow_null=True)


class IncludesSerializer(serializers.Serializer[Any]):
    """What equipment comes with."""

    maintenance = serializers.BooleanField()
    training = serializers.BooleanField()


class GapSerializer(serializers.Serializer[Any]):
    """A confirmed gap behind a need; levels are numbers of the indicator's scale."""

    code = serializers.CharField()
    question = serializers.CharField()
    level = serializers.IntegerField()
    level_label = serializers.CharField()
    target = serializers.IntegerField()
    target_label = serializers.CharField()
    tier = serializers.CharField()
    severity_micro = serializers.IntegerField(help_text="Severity in millionths.")
    stage = serializers.CharField(allow_blank=True)
    lenses = Codes()


class GapCauseSerializer(serializers.Serializer[Any]):
    """The root cause that the State gives for a gap."""

    code = serializers.CharField()
    cause = serializers.CharField()


class NeedSerializer(DisclosedSerializer):
    """One line of a request."""

    uuid = serializers.UUIDField()
    functional_area = serializers.CharField()
    assistance_types = Codes()
    technology = serializers.CharField(allow_blank=True)
    amount_band = BandSerializer(allow_null=True)
    amount = serializers.IntegerField(required=False, allow_null=True, help_text=NOT_GRANTED)
    description = serializers.CharField(required=False, help_text=NOT_GRANTED)
    tier = serializers.CharField(required=False, allow_null=True, help_text=NOT_GRANTED)
    includes = IncludesSerializer(required=False, help_text=NOT_GRANTED)
    gaps = GapSerializer(many=True, required=False, help_text=NOT_GRANTED)
    gap_causes = GapCauseSerializer(many=True, required=False, help_text=NOT_GRANTED)


class BaselineSerializer(serializers.Serializer[Any]):
    """The assessment that the request comes from."""

    cycle = serializers.CharField()
    framework = serializers.CharField()
    endorsed = serializers.BooleanField()
    endorsed_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    hash = serializers.CharField(allow_null=True)
    coverage_percent = serializers.IntegerField(allow_null=True)


class ProfileRowSerializer(serializers.Serializer[Any]):
    """One area of the endorsed profile."""

    area = serializers.CharField()
    title = serializers.CharField()
    score_percent = serializers.IntegerField(allow_null=True)
    coverage_percent = serializers.IntegerField(allow_null=True)


class ReleasedContentSerializer(DisclosedSerializer):
    """What the State released, reduced to the keys of the grant."""

    state = TerritoryNameSerializer()
    reference = serializers.CharField()
    version = serializers.IntegerField(help_text="Which endorsed version of the request.")
    title = serializers.CharField()
    period = PeriodSerializer()
    currency = serializers.CharField(help_text="ISO 4217 code of every amount.")
    needs = NeedSerializer(many=True)
    objective = serializers.CharField(required=False, help_text=NOT_GRANTED)
    languages = Codes(required=False, help_text=NOT_GRANTED)
    gender_marker = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, help_text="0, 1 or 2; empty: not screened. " + NOT_GRANTED
    )
    oda_eligible = serializers.BooleanField(required=False, allow_null=True, help_text=NOT_GRANTED)
    authority = serializers.CharField(required=False, allow_null=True, help_text=NOT_GRANTED)
    strategies = serializers.CharField(required=False, help_text=NOT_GRANTED)
    baseline = BaselineSerializer(required=False, help_text=NOT_GRANTED)
    national_contribution = serializers.IntegerField(required=False, allow_null=True, help_text=NOT_GRANTED)
    places = serializers.CharField(required=False, help_text=NOT_GRANTED)
    beneficiaries = serializers.CharField(required=False, help_text=NOT_GRANTED)
    what_exists = serializers.CharField(required=False, help_text=NOT_GRANTED)
    who_helps = serializers.CharField(required=False, help_text=NOT_GRANTED)
    sustainability = serializers.CharField(required=False, help_text=NOT_GRANTED)
    expected_results = serializers.CharField(required=False, help_text=NOT_GRANTED)
    contact = serializers.CharField(required=False, help_text=NOT_GRANTED)
    profile = ProfileRowSerializer(many=True, required=False, help_text=NOT_GRANTED)


class GrantedRowSerializer(serializers.Serializer[Any]):
    """A request that was granted: who asks for what, and on which terms it may be read."""

    uuid = serializers.UUIDField(source="grant_uuid", help_text="Of the grant.")
    request_uuid = serializers.UUIDField(help_text="The same for every grant of the request.")
    reference = serializers.CharField()
    title = serializers.CharField()
    state = PartySerializer()
    level = serializers.ChoiceField(choices=GrantLevel.choices)
    purpose = serializers.CharField()
    granted_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    released_on = serializers.DateField()
    release_hash = serializers.CharField(help_text="SHA-256 of the whole release, in hexadecimal.")


class GrantedRequestSerializer(GrantedRowSerializer):
    """A granted request with all that the grant discloses."""

    keys = serializers.SerializerMethodField(help_text="What was granted, key by key.")
    content = ReleasedContentSerializer()

    def get_keys(self, released: Any) -> list[str]:
        """The keys in a fixed order."""
        return sorted(released.keys)


class OfferNameSerializer(serializers.Serializer[Any]):
    """The offer of a match."""

    uuid = serializers.UUIDField()
    title = serializers.CharField()
    currency = serializers.CharField()


class MatchedRequestSerializer(serializers.Serializer[Any]):
    """The request of a match, as it was granted when the match was made."""

    uuid = serializers.UUIDField(source="request_uuid")
    need_uuid = serializers.UUIDField()
    reference = serializers.CharField(source="request.reference")
    title = serializers.CharField(source="request.title")
    description = serializers.CharField(source="request.description", help_text="Of the need; empty unless granted.")
    version = serializers.IntegerField(source="request.version")
    level = serializers.CharField(source="request.level")
    release_hash = serializers.CharField(source="request.release_hash")


class MatchRowSerializer(serializers.Serializer[Any]):
    """One need beside one offer."""

    uuid = serializers.UUIDField()
    status = serializers.ChoiceField(choices=MatchStatus.choices)
    version = serializers.IntegerField()
    eligible = serializers.BooleanField(help_text="Whether no hard rule fails.")
    score_micro = serializers.IntegerField(help_text="Score in millionths; 0 for a pair that is not eligible.")
    request = MatchedRequestSerializer(source="*")
    state = PartySerializer()
    offer = OfferNameSerializer()
    donor = PartySerializer()
    amount_minor = serializers.IntegerField(allow_null=True, help_text="Named by the donor, in the offer's currency.")
    state_agreed_at = serializers.DateTimeField(allow_null=True)
    donor_agreed_at = serializers.DateTimeField(allow_null=True)
    declined_by = serializers.ChoiceField(choices=Side.choices, allow_blank=True)
    decline_kind = serializers.ChoiceField(choices=RefusalKind.choices, allow_blank=True)
    decline_reason = serializers.CharField()
    review_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ShownSerializer(serializers.Serializer[Any]):
    """A value that was compared: `kind` says how to read `value`, `text` is the value for people."""

    kind = serializers.CharField()
    value = serializers.JSONField(allow_null=True)
    text = serializers.SerializerMethodField()

    def get_text(self, shown: Mapping[str, Any]) -> str:
        """The value in the active language."""
        text: str = self.context["presenter"].show(matching.from_json(matching.Shown, shown))
        return text


class SentenceSerializer(serializers.Serializer[Any]):
    """A reason: a stable code, its named values as pairs of name and value, and the text for people."""

    code = serializers.CharField()
    params = serializers.JSONField()
    text = serializers.SerializerMethodField()

    def get_text(self, sentence: Mapping[str, Any]) -> str:
        """The reason in the active language."""
        text: str = self.context["presenter"].sentence(matching.from_json(matching.Sentence, sentence))
        return text


class RuleSerializer(serializers.Serializer[Any]):
    """A hard rule on this pair; only `fail` makes the pair ineligible."""

    rule = serializers.CharField()
    outcome = serializers.CharField(help_text="pass, fail, undisclosed or skipped.")
    need_value = ShownSerializer()
    offer_value = ShownSerializer()
    sentence = SentenceSerializer()


class LedgerRowSerializer(serializers.Serializer[Any]):
    """A criterion on this pair: points are degree times weight, exactly."""

    criterion = serializers.CharField()
    need_value = ShownSerializer()
    offer_value = ShownSerializer()
    degree = serializers.IntegerField(help_text="In millionths.")
    weight = serializers.IntegerField(help_text="In millionths.")
    points = serializers.IntegerField(help_text="In millionths of a millionth.")
    reason = SentenceSerializer()


class ChangeSerializer(serializers.Serializer[Any]):
    """One change that the requesting State could make."""

    kind = serializers.CharField()
    sentence = SentenceSerializer()


class WhyNotSerializer(serializers.Serializer[Any]):
    """Why a pair is not eligible, and every smallest set of changes that would make it so."""

    failing = RuleSerializer(many=True)
    ways = serializers.ListField(child=ChangeSerializer(many=True))
    summary = SentenceSerializer()


class RunSerializer(serializers.Serializer[Any]):
    """The run of the engine that made the match."""

    uuid = serializers.UUIDField()
    engine_version = serializers.CharField()
    weights_version = serializers.CharField()
    as_of = serializers.DateField()
    rates_of = serializers.DateField(source="rate_set.dated", default=None, allow_null=True)


class MatchSerializer(MatchRowSerializer):
    """A match with its rules, its ledger and, where it is not eligible, why not."""

    input_hash = serializers.CharField(help_text="SHA-256 of what the engine was given, in hexadecimal.")
    run = RunSerializer()
    rules = RuleSerializer(many=True)
    ledger = LedgerRowSerializer(many=True, help_text="Empty for a pair that is not eligible.")
    why_not = WhyNotSerializer(allow_null=True, help_text="Null for an eligible pair.")

    def to_representation(self, instance: Match) -> dict[str, Any]:
        """Show the stored empty list, which stands for an eligible pair, as null."""
        instance.why_not = instance.why_not or None
        return super().to_representation(instance)


class OfferSerializer(serializers.Serializer[Any]):
    """An offer of assistance. An empty list sets no limit, but for `included`: an offer names where it stands."""

    uuid = serializers.UUIDField()
    donor = PartySerializer()
    title = serializers.CharField()
    summary = serializers.CharField()
    status = serializers.ChoiceField(choices=OfferStatus.choices)
    version = serializers.IntegerField()
    modality = serializers.ChoiceField(choices=Modality.choices)
    functional_areas = Codes()
    assistance_types = Codes()
    technologies = Codes()
    included = TerritoryCodes()
    excluded = TerritoryCodes()
    currency = serializers.CharField()
    capacity_minor = serializers.IntegerField(allow_null=True, help_text="Null for help in kind.")
    left_minor = serializers.IntegerField(allow_null=True, help_text="What of the capacity is not committed.")
    max_requests = serializers.IntegerField(allow_null=True)
    committed_requests = serializers.IntegerField()
    floor_minor = serializers.IntegerField(allow_null=True, help_text="Least for one request.")
    ceiling_minor = serializers.IntegerField(allow_null=True, help_text="Most for one request.")
    estimated_value_minor = serializers.IntegerField(allow_null=True, help_text="Of help in kind, all of it.")
    period_start = serializers.DateField()
    period_end = serializers.DateField()
    valid_until = serializers.DateField()
    languages = Codes()
    applicant_kinds = Codes()
    needs_endorsed_baseline = serializers.BooleanField()
    min_gender_marker = serializers.IntegerField(allow_null=True)
    oda_only = serializers.BooleanField()
    min_cofunding_percent = serializers.IntegerField(allow_null=True)
    priority_areas = Codes()
    priority_lenses = Codes()
    strategies = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True, help_text="When its donor last said that it stands.")


class CapacityLineSerializer(serializers.Serializer[Any]):
    """A match that takes from the offer, or would."""

    match_uuid = serializers.UUIDField(source="match")
    reference = serializers.CharField(help_text="Of the request.")
    title = serializers.CharField()
    state = serializers.CharField(help_text="Its name.")
    functional_area = serializers.CharField(source="area")
    status = serializers.ChoiceField(choices=MatchStatus.choices)
    amount_minor = serializers.IntegerField(
        allow_null=True, help_text="Null for help in kind, and while none is named."
    )


class CapacitySerializer(serializers.Serializer[Any]):
    """What of an offer is pledged, proposed, committed and left. Amounts are null for help in kind."""

    currency = serializers.CharField()
    pledged_minor = serializers.IntegerField(allow_null=True)
    proposed_minor = serializers.IntegerField(allow_null=True, help_text="One side agreed, the other has not decided.")
    committed_minor = serializers.IntegerField(allow_null=True)
    left_minor = serializers.IntegerField(allow_null=True, help_text="Pledged less committed.")
    unnamed = serializers.IntegerField(help_text="How many of the proposals name no amount yet.")
    requests_pledged = serializers.IntegerField(allow_null=True, help_text="Null: their number is not limited.")
    requests_proposed = serializers.IntegerField()
    requests_committed = serializers.IntegerField()
    requests_left = serializers.IntegerField(allow_null=True)
    lines = CapacityLineSerializer(many=True, help_text="Committed ones first, at most 50.")
    lines_in_all = serializers.IntegerField()
