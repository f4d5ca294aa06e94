"""The pages of django-allauth that the portal offers. There is no sign-up: accounts begin with an invitation."""

from allauth.account import views
from allauth.mfa.base import views as factor_views
from django.urls import path, re_path

from wam_portal.accounts.second_factor_views import CodesView, NewCodesView, SetUpView, TurnOffView
from wam_portal.accounts.views import invitation

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("security/", factor_views.index, name="mfa_index"),
    path("security/code/", factor_views.authenticate, name="mfa_authenticate"),
    path("security/confirm/", factor_views.reauthenticate, name="mfa_reauthenticate"),
    path("security/app/set-up/", SetUpView.as_view(), name="mfa_activate_totp"),
    path("security/app/remove/", TurnOffView.as_view(), name="mfa_deactivate_totp"),
    path("security/recovery-codes/", CodesView.as_view(), name="mfa_view_recovery_codes"),
    path("security/recovery-codes/new/", NewCodesView.as_view(), name="mfa_generate_recovery_codes"),
    path("invitation/<str:token>/", invitation, name="invitation"),
]
