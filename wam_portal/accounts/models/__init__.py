from wam_portal.accounts.models.party import Membership, Party
from wam_portal.accounts.models.territory import Territory
from wam_portal.accounts.models.user import User

__all__ = ["Membership", "Party", "Territory", "User"]
