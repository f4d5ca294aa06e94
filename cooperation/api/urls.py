"""Routes of the international side, below ``/api/v1/p/<party>/``."""

from django.urls import path

from cooperation.api.granted_requests import GrantedRequestDetail, GrantedRequestList, GrantedRequestMatches
from cooperation.api.matches import MatchDetail, MatchList
from cooperation.api.offers import OfferCapacity, OfferDetail, OfferList

urlpatterns = [
    path("granted-requests/", GrantedRequestList.as_view(), name="granted-request-list"),
    path("granted-requests/<uuid:uuid>/", GrantedRequestDetail.as_view(), name="granted-request-detail"),
    path("granted-requests/<uuid:uuid>/matches/", GrantedRequestMatches.as_view(), name="granted-request-matches"),
    path("matches/", MatchList.as_view(), name="match-list"),
    path("matches/<uuid:uuid>/", MatchDetail.as_view(), name="match-detail"),
    path("offers/", OfferList.as_view(), name="offer-list"),
    path("offers/<uuid:uuid>/", OfferDetail.as_view(), name="offer-detail"),
    path("offers/<uuid:uuid>/capacity/", OfferCapacity.as_view(), name="offer-capacity"),
]
