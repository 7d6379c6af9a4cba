"""Rules as data (规则包): packs of limits with their basis, the calendar, the ladder, procedures. Pure: no clock."""

from .limits import Limit
from .pack import ANYWHERE, On, Pack, PackRefused
from .pack_reading import read_pack, shipped_policy
from .policy import Dated, Policy

__all__ = ["ANYWHERE", "Dated", "Limit", "On", "Pack", "PackRefused", "Policy", "read_pack", "shipped_policy"]
