from wam_portal.accounts.models.invitation import Invitation
from wam_portal.accounts.models.party import Membership, Party
from wam_portal.accounts.models.second_factor import LastCode
from wam_portal.accounts.models.territory import Territory
from wam_portal.accounts.models.user import User

__all__ = ["Invitation", "LastCode", "Membership", "Party", "Territory", "User"]
