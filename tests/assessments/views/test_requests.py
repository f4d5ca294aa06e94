"""Requests through HTTP: the list, the page, the forms and the steps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django import DjangoAssertNumQueries

from assessments.enums import RequestStatus
from assessments.models import Assessment, AssistanceRequest, FrameworkVersion, Gap, Need
from assessments.selectors.work import requests_to_endorse
from assessments.services.gaps import dismiss_gap
from assessments.services.needs import update_need
from assessments.services.requests import update_request
from tests.assessments.request_factories import endorse, make_draft, make_gap, release_to, start_baseline
from tests.personas import Persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party
from wam_portal.accounts.services import add_membership

KEYS = ("coo-01", "sto-01", "coo-02")


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return start_baseline(amina, framework)


@pytest.fixture
def gap(amina: Persona, assessment: Assessment) -> Gap:
    return make_gap(amina, assessment, "coo-01")


@pytest.fixture
def draft(amina: Persona, gap: Gap) -> AssistanceRequest:
    return make_draft(amina, [gap])


def stored() -> AssistanceRequest:
    return AssistanceRequest.objects.get()


def references(response: HttpResponse) -> list[str]:
    return re.findall(
        r'requests/[-0-9a-f]{36}/"><bdi class="code" dir="ltr">(X[A-Z]-\d+-\d+)<', response.content.decode()
    )


def typed(request: AssistanceRequest, **changes: Any) -> dict[str, Any]:
    """The edit form as the page would send it, with some fields changed."""
    sent = {
        "title": request.title,
        "objective": request.objective,
        "currency": request.currency,
        "period_start": request.period_start,
        "period_end": request.period_end,
        "what_exists": request.what_exists,
        "who_helps": request.who_helps,
        "language": "en",
        "base_version": request.version,
        **changes,
    }
    return {name: value for name, value in sent.items() if value is not None}


# --- The list ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_at_one_request_and_at_three(
    amina: Persona,
    aldo: Persona,
    assessment: Assessment,
    donor_one: Party,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for key in KEYS[:rows]:
        request = make_draft(amina, [make_gap(amina, assessment, key)])
        endorse(aldo, request)
        release_to(aldo, request, donor_one)
    client = amina.client
    client.get(amina.url("assessments:request-list"))
    with django_assert_num_queries(6):
        response = client.get(amina.url("assessments:request-list"))
    assert len(references(response)) == rows
    assert response.content.decode().count("USD 100,000") == rows


def test_the_list_is_filtered_and_sorted(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    first = make_draft(amina, [make_gap(amina, assessment, "coo-01")], title="Beta")
    second = make_draft(amina, [make_gap(amina, assessment, "sto-01")], title="Alpha")
    endorse(aldo, second)

    def found(query: str) -> list[str]:
        return references(amina.client.get(amina.url("assessments:request-list") + query))

    assert found("") == [second.reference, first.reference]
    assert found("?ordering=title") == [second.reference, first.reference]
    assert found("?ordering=-title") == [first.reference, second.reference]
    assert found("?ordering=created_by__password") == [second.reference, first.reference]
    assert found("?status=draft") == [first.reference]
    assert found("?area=STO") == [second.reference]
    assert found("?search=beta") == [first.reference]
    assert found("?search=no+such+thing") == []


def test_the_list_is_the_own_states_and_hides_drafts_from_contributors(
    amina: Persona, aldo: Persona, carl: Persona, boris: Persona, assessment: Assessment, draft: AssistanceRequest
) -> None:
    def found(person: Persona) -> list[str]:
        return references(person.client.get(person.url("assessments:request-list")))

    assert (found(amina), found(carl), found(boris)) == ([draft.reference], [], [])
    endorse(aldo, draft)
    assert (found(carl), found(boris)) == ([draft.reference], [])


# --- The page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_at_one_need_and_at_three(
    amina: Persona,
    aldo: Persona,
    assessment: Assessment,
    donor_one: Party,
    donor_two: Party,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    request = make_draft(amina, [make_gap(amina, assessment, key) for key in KEYS[:rows]])
    endorse(aldo, request)
    release_to(aldo, request, *[donor_one, donor_two][:rows])
    client, url = aldo.client, aldo.url("assessments:request-detail", request.uuid)
    client.get(url)
    with django_assert_num_queries(10):
        client.get(url)


def test_outsiders_donors_and_contributors_find_no_draft(
    amina: Persona, boris: Persona, dana: Persona, carl: Persona, draft: AssistanceRequest
) -> None:
    for person in (boris, dana, carl):
        assert person.client.get(person.url("assessments:request-detail", draft.uuid)).status_code == 404
        assert person.client.get(amina.url("assessments:request-detail", draft.uuid)).status_code == 404


def test_a_donor_never_reaches_the_national_page_whatever_was_granted(
    aldo: Persona, dana: Persona, draft: AssistanceRequest, donor_one: Party
) -> None:
    endorse(aldo, draft)
    release_to(aldo, draft, donor_one)
    for url in (aldo.url("assessments:request-detail", draft.uuid), dana.url("assessments:request-detail", draft.uuid)):
        assert dana.client.get(url).status_code == 404


def test_the_page_says_what_is_missing_and_why_donors_need_it(amina: Persona, draft: AssistanceRequest) -> None:
    update_request(request=draft, base_version=draft.version, actor=amina.viewer, who_helps="", contact="")
    text = amina.client.get(amina.url("assessments:request-detail", draft.uuid)).content.decode()
    assert "Who already helps is missing." in text
    assert "It keeps efforts from being duplicated" in text
    assert "The point of contact is missing." in text


def test_a_gap_dismissed_since_is_marked(amina: Persona, draft: AssistanceRequest, gap: Gap) -> None:
    url = amina.url("assessments:request-detail", draft.uuid)
    assert "source changed, review" not in amina.client.get(url).content.decode()
    dismiss_gap(gap=gap, base_version=gap.version, actor=amina.viewer, reason="Not ours.")
    assert "source changed, review" in amina.client.get(url).content.decode()


# --- The form ------------------------------------------------------------------------------------------------------


def test_saving_the_form_writes_money_in_minor_units(amina: Persona, draft: AssistanceRequest) -> None:
    sent = typed(draft, currency="jpy", national_contribution="12000", other_languages=["fr", "en"], oda_eligible="no")
    response = amina.client.post(amina.url("assessments:request-edit", draft.uuid), sent)
    assert response.headers["Location"] == amina.url("assessments:request-detail", draft.uuid)
    request = stored()
    assert (request.currency, request.national_contribution_minor) == ("JPY", 12_000)
    assert (request.languages, request.oda_eligible) == (["en", "fr"], False)


def test_what_the_page_shows_can_be_sent_back_unchanged(amina: Persona, draft: AssistanceRequest) -> None:
    update_request(
        request=draft,
        base_version=draft.version,
        actor=amina.viewer,
        national_contribution_minor=1_234_50,
        languages=["fr", "en"],
        oda_eligible=True,
        gender_marker="2",
    )
    response = amina.client.get(amina.url("assessments:request-edit", draft.uuid))
    form = response.context["form"]
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, "")}
    amina.client.post(amina.url("assessments:request-edit", draft.uuid), sent)
    request = stored()
    assert request.version == draft.version
    assert (request.national_contribution_minor, request.languages) == (1_234_50, ["fr", "en"])


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"title": ""}, "title", "Fill this in."),
        ({"objective": "x" * 4001}, "objective", "at most 4000 characters"),
        ({"national_contribution": "-5"}, "national_contribution", "An amount cannot be negative."),
        ({"national_contribution": "1.005"}, "national_contribution", "no such small parts"),
        ({"national_contribution": "lots"}, "national_contribution", "Write digits only"),
        ({"currency": "QQQ"}, "currency", "is no currency that is known"),
        (
            {"period_start": "2027-05-02", "period_end": "2027-05-01"},
            "period_end",
            "The end must not be before the start.",
        ),
        ({"period_start": "soon"}, "period_start", "Give a day, like"),
        ({"language": "xx"}, "language", "Choose from those listed"),
        ({"gender_marker": "9"}, "gender_marker", "Choose from those listed"),
    ],
)
def test_bad_input_is_explained_kept_and_changes_nothing(
    amina: Persona, draft: AssistanceRequest, change: dict[str, str], field: str, message: str
) -> None:
    sent = typed(draft, contact="Kept while typing", **change)
    response = amina.client.post(amina.url("assessments:request-edit", draft.uuid), sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert f"#id_{field}" in text
    assert message in text
    assert "Kept while typing" in text
    assert (stored().version, stored().contact) == (draft.version, "")


def test_a_stale_form_shows_both_texts_and_saves_over_the_newest_when_sent_again(
    amina: Persona, draft: AssistanceRequest
) -> None:
    stale = typed(draft, objective="What I wrote")
    update_request(request=stored(), base_version=draft.version, actor=amina.viewer, objective="What they saved")
    response = amina.client.post(amina.url("assessments:request-edit", draft.uuid), stale)
    text = response.content.decode()
    assert response.status_code == 409
    assert "What I wrote" in text
    assert "What they saved" in text
    assert stored().objective == "What they saved"
    newest = re.search(r'name="base_version" value="(\d+)"', text)
    assert newest is not None
    amina.client.post(amina.url("assessments:request-edit", draft.uuid), {**stale, "base_version": newest.group(1)})
    assert stored().objective == "What I wrote"


@pytest.mark.parametrize("who", ["aldo", "vera", "nadia"])
def test_only_focal_points_open_the_form(draft: AssistanceRequest, who: str, request: pytest.FixtureRequest) -> None:
    person: Persona = request.getfixturevalue(who)
    response = person.client.get(person.url("assessments:request-edit", draft.uuid))
    assert (response.status_code, "A focal point of your State can" in response.content.decode()) == (403, True)


# --- Needs ---------------------------------------------------------------------------------------------------------


def need_form(request: AssistanceRequest, **changes: Any) -> dict[str, Any]:
    return {
        "functional_area": "STO",
        "assistance_types": ["EQUIP", "TRAIN"],
        "description": "Twelve racks.",
        "amount": "1500.50",
        "includes_training": "on",
        "base_version": request.version,
        **changes,
    }


def test_a_need_is_added_changed_and_removed(amina: Persona, draft: AssistanceRequest, gap: Gap) -> None:
    amina.client.post(amina.url("assessments:need-add", draft.uuid), need_form(draft, gaps=[gap.uuid]))
    need = Need.objects.get(functional_area="STO")
    assert (need.amount_minor, need.assistance_types) == (150_050, ["TRAIN", "EQUIP"])
    assert (need.includes_training, need.includes_maintenance, list(need.gaps.all())) == (True, False, [gap])
    url = amina.url("assessments:need-edit", draft.uuid, need.uuid)
    amina.client.post(url, need_form(stored(), description="Ten racks.", amount=""))
    need.refresh_from_db()
    assert (need.description, need.amount_minor, need.gaps.count()) == ("Ten racks.", None, 0)
    amina.client.post(amina.url("assessments:need-delete", draft.uuid, need.uuid), {"base_version": stored().version})
    assert not Need.objects.filter(pk=need.pk).exists()


def test_removing_a_need_asks_first(amina: Persona, draft: AssistanceRequest) -> None:
    need = draft.needs.get()
    response = amina.client.get(amina.url("assessments:need-delete", draft.uuid, need.uuid))
    assert "What will happen" in response.content.decode()
    assert draft.needs.count() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": "-1"}, "An amount cannot be negative."),
        ({"amount": "1.001"}, "no such small parts"),
        ({"functional_area": "ZZZ"}, "Choose from those listed"),
        ({"assistance_types": ["GOLD"]}, "Choose from those listed"),
        ({"description": "x" * 4001}, "at most 4000 characters"),
        ({"technology": "magic"}, "Choose from those listed"),
    ],
)
def test_a_bad_need_is_explained_and_nothing_is_added(
    amina: Persona, draft: AssistanceRequest, change: dict[str, Any], message: str
) -> None:
    response = amina.client.post(amina.url("assessments:need-add", draft.uuid), need_form(draft, **change))
    assert (response.status_code, message in response.content.decode()) == (422, True)
    assert (draft.needs.count(), stored().version) == (1, draft.version)


def test_a_gap_of_another_state_in_the_form_links_nothing(
    amina: Persona, boris: Persona, draft: AssistanceRequest, framework: FrameworkVersion, gap: Gap
) -> None:
    foreign = make_gap(boris, start_baseline(boris, framework), "coo-02")
    need = draft.needs.get()
    response = amina.client.post(
        amina.url("assessments:need-edit", draft.uuid, need.uuid), need_form(draft, gaps=[gap.uuid, foreign.uuid])
    )
    assert (response.status_code, "COO-02" in response.content.decode()) == (422, False)
    assert [linked.pk for linked in need.gaps.all()] == [gap.pk]


def test_a_need_of_another_request_finds_nothing(
    amina: Persona, assessment: Assessment, draft: AssistanceRequest
) -> None:
    other = make_draft(amina, [make_gap(amina, assessment, "sto-01")])
    need = other.needs.get()
    for name in ("need-edit", "need-delete"):
        url = amina.url(f"assessments:{name}", draft.uuid, need.uuid)
        assert amina.client.get(url).status_code == 404
        assert amina.client.post(url, need_form(draft)).status_code == 404
    assert other.needs.get().description == "Training of twelve officers."


def test_a_stale_need_keeps_what_was_typed(amina: Persona, draft: AssistanceRequest) -> None:
    need = draft.needs.get()
    stale = draft.version
    update_need(need=need, base_version=stale, actor=amina.viewer, description="What they saved")
    url = amina.url("assessments:need-edit", draft.uuid, need.uuid)
    response = amina.client.post(url, need_form(stored(), base_version=stale, description="What I wrote"))
    text = response.content.decode()
    assert (response.status_code, "What I wrote" in text, "What they saved" in text) == (409, True, True)
    assert draft.needs.get().description == "What they saved"


# --- Steps ---------------------------------------------------------------------------------------------------------


def test_endorsing_asks_first_and_then_does_it(aldo: Persona, draft: AssistanceRequest) -> None:
    url = aldo.url("assessments:request-endorse", draft.uuid)
    assert "hash that proves it" in aldo.client.get(url).content.decode()
    assert stored().status == RequestStatus.DRAFT
    aldo.client.post(url, {"base_version": draft.version})
    assert stored().status == RequestStatus.ENDORSED


def test_endorsing_an_incomplete_request_names_the_faults(aldo: Persona, draft: AssistanceRequest) -> None:
    AssistanceRequest.objects.update(what_exists="", who_helps="")
    url = aldo.url("assessments:request-endorse", draft.uuid)
    asked = aldo.client.get(url).content.decode()
    assert "What already exists is missing." in asked
    assert ">Endorse</button>" not in asked
    response = aldo.client.post(url, {"base_version": draft.version})
    text = response.content.decode()
    assert response.status_code == 422
    assert "What already exists is missing." in text
    assert "Who already helps is missing." in text
    assert stored().status == RequestStatus.DRAFT


def test_only_complete_requests_wait_for_an_approver(
    aldo: Persona, draft: AssistanceRequest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    waiting = [row.pk for row in requests_to_endorse(aldo.viewer)]
    assert waiting == [draft.pk]
    with django_assert_num_queries(3):
        requests_to_endorse(aldo.viewer)
    AssistanceRequest.objects.update(what_exists="")
    assert requests_to_endorse(aldo.viewer) == []
    assert "Requests to endorse" not in aldo.client.get(aldo.url("work-list")).content.decode()


def test_the_author_of_the_last_change_is_told_that_another_must_endorse(
    amina: Persona, state_a: Party, draft: AssistanceRequest
) -> None:
    add_membership(user=amina.user, party=state_a, role=Role.APPROVER, actor=None)
    response = amina.client.post(amina.url("assessments:request-endorse", draft.uuid), {"base_version": draft.version})
    assert (response.status_code, "somebody else must endorse" in response.content.decode()) == (403, True)
    assert stored().status == RequestStatus.DRAFT


def test_a_stale_step_does_nothing_and_shows_the_request(
    amina: Persona, aldo: Persona, draft: AssistanceRequest
) -> None:
    update_request(request=stored(), base_version=draft.version, actor=amina.viewer, contact="New")
    response = aldo.client.post(aldo.url("assessments:request-endorse", draft.uuid), {"base_version": draft.version})
    assert (response.status_code, "Nothing was done" in response.content.decode()) == (409, True)
    assert stored().status == RequestStatus.DRAFT


def test_reopening_and_withdrawing(aldo: Persona, draft: AssistanceRequest) -> None:
    endorse(aldo, draft)
    aldo.client.post(aldo.url("assessments:request-reopen", draft.uuid), {"base_version": stored().version})
    assert stored().status == RequestStatus.DRAFT
    url = aldo.url("assessments:request-withdraw", draft.uuid)
    assert "cannot be undone" in aldo.client.get(url).content.decode()
    aldo.client.post(url, {"base_version": stored().version})
    assert stored().status == RequestStatus.WITHDRAWN


@pytest.mark.parametrize("sent", ["", "x", "-1", "9" * 30, "٣"])
def test_a_version_that_no_page_sends_does_nothing(aldo: Persona, draft: AssistanceRequest, sent: str) -> None:
    url = aldo.url("assessments:request-endorse", draft.uuid)
    assert aldo.client.post(url, {"base_version": sent}).status_code == 404
    assert stored().status == RequestStatus.DRAFT


def test_the_work_list_says_what_happened_to_a_draft_and_when(amina: Persona, assessment: Assessment) -> None:
    make_draft(amina, [make_gap(amina, assessment, "coo-01")])
    html = amina.client.get(amina.url("work-list")).content.decode()
    (drafts,) = re.findall(r'<section class="work-group" id="drafts".*?</section>', html, re.DOTALL)
    assert re.search(r'<span class="work-when">changed <time', drafts)
