"""Agencies of the model (custody rules, section 5): the tree, who stands above whom, closing and dissolving."""

from dataclasses import dataclass

INDEPENDENT = {"court", "procuratorate"}


class Refused(Exception):
    """The first guard that failed; `code` is the refusal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Agency:
    kind: str = "ordinary"  # or centre, court, procuratorate
    region: str = ""
    superior: str | None = None
    state: str = "active"
    intake: bool = True
    successor: str | None = None


class Agencies(dict[str, Agency]):
    """All agencies by name. Nearest first wherever an order matters."""

    def known(self, name: str) -> Agency:
        if name not in self:
            raise Refused("agency.unknown")
        return self[name]

    def active(self, name: str) -> Agency:
        found = self.known(name)
        if found.state != "active":
            raise Refused(f"agency.{found.state}")
        return found

    def centre_of(self, name: str) -> str | None:
        own = self[name]
        if own.kind in INDEPENDENT or own.kind == "centre":
            return None
        for other, agency in self.items():
            if agency.kind == "centre" and agency.region == own.region and agency.state != "dissolved":
                return other
        return None

    def directly_above(self, name: str) -> list[str]:
        return [one for one in (self[name].superior, self.centre_of(name)) if one and one != name]

    def above(self, name: str) -> list[str]:
        """Every superior, nearest first: the tree and, for a region's agencies, its centre."""
        found: list[str] = []
        edge = [name] if name in self else []
        while edge:
            step: list[str] = []
            for below in edge:
                for one in self.directly_above(below):
                    if one != name and one not in found:
                        found.append(one)
                        step.append(one)
            edge = step
        return found

    def common_superior(self, one: str, other: str) -> str | None:
        both = self.above(other)
        return next((z for z in self.above(one) if z in both and z not in (one, other)), None)

    def subordinates(self, name: str) -> list[str]:
        return [one for one in self if self[one].state != "dissolved" and name in self.directly_above(one)]

    # --- commands of the operator: each says whether anything changed ---

    def register(self, name: str, kind: str, region: str, superior: str | None) -> bool:
        if name in self:
            had = self[name]
            if (had.kind, had.region, had.superior) != (kind, region, superior):
                raise Refused("agency.exists")
            return False
        if superior is not None:
            self.known(superior)
        self[name] = Agency(kind, region, superior)
        return True

    def amend(self, name: str, kind: str, region: str, superior: str | None) -> bool:
        own = self.known(name)
        up = superior
        while up is not None:
            if up == name:
                raise Refused("agency.cycle")
            up = self.known(up).superior
        if (own.kind, own.region, own.superior) == (kind, region, superior):
            return False
        own.kind, own.region, own.superior = kind, region, superior
        return True

    def set_intake(self, name: str, is_open: bool) -> bool:
        own = self.known(name)
        changed = own.intake != is_open
        own.intake = is_open
        return changed

    def close(self, name: str, successor: str) -> bool:
        own = self.known(name)
        self.active(successor)
        if successor == name:
            raise Refused("agency.own_successor")
        if any(one.successor == name for one in self.values()):
            raise Refused("agency.is_successor")
        if self.subordinates(name):
            raise Refused("agency.has_subordinates")
        if own.state != "active":
            return False
        own.state, own.successor = "closing", successor
        return True

    def dissolve(self, name: str, accountable: bool) -> bool:
        own = self.known(name)
        if own.state != "closing":
            raise Refused("agency.not_closing")
        if accountable:
            raise Refused("agency.still_accountable")
        own.state = "dissolved"
        return True
