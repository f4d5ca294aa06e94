"""The members of a party, below ``/p/<party>/members/``."""

from django.urls import path

from wam_portal.accounts import views

urlpatterns = [
    path("", views.member_list, name="member-list"),
    path("invite/", views.member_invite, name="member-invite"),
    path("<int:membership>/end/", views.member_end, name="member-end"),
    path("<int:membership>/agency/", views.member_agency, name="member-agency"),
    path("invitations/<uuid:uuid>/resend/", views.invitation_resend, name="invitation-resend"),
    path("invitations/<uuid:uuid>/withdraw/", views.invitation_revoke, name="invitation-revoke"),
]
