"""What an endorsement of a baseline is bound to, built from the live answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from assessments.enums import AnswerRating
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Answer, Assessment, AssessmentVersion
from assessments.scoring import Rating, coverage_of, scores_by_area
from assessments.selectors.evidence import evidence_hashes

SCHEMA_VERSION: Final = 2
"""Since 2 an answer names the hashes of its evidence."""
CONTENT_TAG: Final = "assessment"


def rating_of(indicator: IndicatorView, answer: tuple[str, int | None] | None) -> Rating:
    """An indicator with what was answered, as the scoring takes it; `answer` is (rating, id of the option)."""
    rating, option = answer or (None, None)
    return Rating(
        indicator=indicator.key,
        area=indicator.section,
        scale_min=indicator.scale.minimum,
        scale_max=indicator.scale.maximum,
        stage=indicator.stage,
        lenses=indicator.lenses,
        weight=indicator.weight,
        rating=None if rating is None else AnswerRating(rating),
        value=None if option is None else next(one.value for one in indicator.scale.options if one.pk == option),
    )


def answer_entries(
    answers: Iterable[Answer], tree: FrameworkTree, evidence: Mapping[int, list[str]]
) -> list[dict[str, Any]]:
    """Answers as plain values sorted by permanent key: what was said, not by whom or when.

    `evidence` holds the sorted hashes of what each rests on, by indicator (see `selectors.evidence.evidence_hashes`).
    """
    entries = (
        _entry(answer, tree.indicator_of(answer.indicator_id), evidence.get(answer.indicator_id, []))
        for answer in answers
    )
    return sorted(entries, key=_indicator_key)


def assessment_content(assessment: Assessment, tree: FrameworkTree) -> dict[str, Any]:
    """The canonical content of an assessment: framework version with its hash, answers, profile and coverage.

    `coverage_percent` is a whole number; it is 0 where nothing applies, because a release needs a number to show.
    In the profile both percentages are None where there is nothing to divide by.
    """
    answers = {answer.indicator_id: answer for answer in Answer.objects.filter(assessment=assessment)}
    ratings = [_rating(indicator, answers.get(indicator.pk)) for indicator in tree.indicators]
    territory = assessment.state.territory
    return {
        "schema": SCHEMA_VERSION,
        "state": territory.code if territory else "",
        "framework": {
            "key": tree.version.key,
            "version": tree.version.number,
            "title": tree.version.title,
            "hash": tree.version.content_hash,
        },
        "cycle": assessment.cycle,
        "title": assessment.title,
        "coverage_percent": coverage_of(ratings).percent or 0,
        "profile": _profile(ratings, tree),
        "answers": answer_entries(answers.values(), tree, evidence_hashes(assessment)),
    }


def signed_entries(version: AssessmentVersion) -> dict[str, dict[str, Any]]:
    """The answers of an endorsed version by indicator. What was signed before evidence counted was signed without."""
    return {entry["indicator"]: {"evidence": [], **entry} for entry in version.content["answers"]}


def changes_since(version: AssessmentVersion, entries: list[dict[str, Any]]) -> tuple[str, ...]:
    """Keys of the indicators whose answer differs from the endorsed one, sorted."""
    signed = signed_entries(version)
    live = {entry["indicator"]: entry for entry in entries}
    return tuple(sorted(key for key in signed.keys() | live.keys() if signed.get(key) != live.get(key)))


def _rating(indicator: IndicatorView, answer: Answer | None) -> Rating:
    return rating_of(indicator, None if answer is None else (answer.rating, answer.option_id))


def _profile(ratings: list[Rating], tree: FrameworkTree) -> list[dict[str, Any]]:
    scores = scores_by_area(ratings)
    return [
        {
            "area": section.node.functional_area or section.key,
            "title": section.node.title,
            "score_percent": scores[section.key].percent,
            "coverage_percent": scores[section.key].coverage.percent,
        }
        for section in tree.sections
    ]


def _entry(answer: Answer, indicator: IndicatorView, evidence: list[str]) -> dict[str, Any]:
    keys = {option.pk: option.key for option in indicator.scale.options}
    return {
        "indicator": indicator.key,
        "rating": answer.rating,
        "option": keys.get(answer.option_id or 0),
        "target": keys.get(answer.target_id or 0),
        "reason": answer.reason,
        "narrative": answer.narrative,
        "basis": answer.basis,
        "confidence": answer.confidence,
        "minority_note": answer.minority_note,
        "evidence": evidence,
    }


def _indicator_key(entry: dict[str, Any]) -> str:
    return str(entry["indicator"])
