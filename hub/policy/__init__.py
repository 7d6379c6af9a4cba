"""Rules as data (规则包): limits with their basis and each channel's return policy. Pure: no I/O, no clock."""

from .pack import Limit, Pack, PackRefused, read_pack

__all__ = ["Limit", "Pack", "PackRefused", "read_pack"]
