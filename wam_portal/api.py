"""What every API endpoint starts from: nobody may do anything, and pages stay small."""

from django.views import View
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    """The permission of an endpoint that names none: always refused."""

    def has_permission(self, request: Request, view: View) -> bool:
        """Refuse."""
        return False


class PortalPagination(PageNumberPagination):
    """Numbered pages of 50 rows; a caller may ask for up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
