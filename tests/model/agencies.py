"""Agencies of the model (custody rules, section 5): who stands above whom, closing and dissolving."""

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

    def tree(self, name: str) -> list[str]:
        up = self[name].superior
        return [] if up is None else [up, *self.tree(up)]

    def centres_of(self, name: str) -> list[str]:
        """Living centres whose region holds the agency's, nearest first; a closing one while it is alone."""
        own = self[name]
        if own.kind in INDEPENDENT:
            return []
        wider = [
            one
            for one, it in self.items()
            if it.kind == "centre" and one != name and it.state != "dissolved" and own.region.startswith(it.region)
        ]
        if own.kind == "centre":
            wider = [one for one in wider if self[one].region != own.region]
        staffed = {self[one].region for one in wider if self[one].state == "active"}
        wider = [one for one in wider if self[one].state == "active" or self[one].region not in staffed]
        return sorted(wider, key=lambda one: (-len(self[one].region), one))

    def above(self, name: str) -> list[str]:
        """Every superior, nearest first: the tree, then the region's centres and what is above those."""
        if name not in self:
            return []
        found = self.tree(name)
        for centre in self.centres_of(name):
            found += [one for one in [centre, *self.tree(centre)] if one not in found and one != name]
        return found

    def common_superior(self, one: str, other: str) -> str | None:
        both = self.above(other)
        return next((z for z in self.above(one) if z in both and z not in (one, other)), None)

    def has_subordinates(self, name: str) -> bool:
        return any(one.superior == name and one.state != "dissolved" for one in self.values())

    # --- commands of the operator: each says whether anything changed ---

    def register(self, name: str, kind: str, region: str, superior: str | None) -> bool:
        if name in self:
            had = self[name]
            if (had.kind, had.region, had.superior) != (kind, region, superior):
                raise Refused("agency.exists")
            return False
        self.may_stand_above(superior, name)
        self[name] = Agency(kind, region, superior)
        return True

    def may_stand_above(self, superior: str | None, name: str) -> None:
        if superior is None:
            return
        if superior == name:
            raise Refused("agency.cycle")
        self.known(superior)
        if name in self.tree(superior):
            raise Refused("agency.cycle")
        self.active(superior)

    def not_dissolved(self, name: str) -> Agency:
        own = self.known(name)
        if own.state == "dissolved":
            raise Refused("agency.dissolved")
        return own

    def amend(self, name: str, kind: str, region: str, superior: str | None) -> bool:
        own = self.not_dissolved(name)
        if (own.kind, own.region, own.superior) == (kind, region, superior):
            return False
        if superior != own.superior:
            self.may_stand_above(superior, name)
        own.kind, own.region, own.superior = kind, region, superior
        return True

    def set_intake(self, name: str, is_open: bool) -> bool:
        own = self.not_dissolved(name)
        changed = own.intake != is_open
        own.intake = is_open
        return changed

    def close(self, name: str, successor: str) -> bool:
        own = self.known(name)
        if own.state == "closing" and own.successor == successor:
            return False
        self.active(name)
        self.active(successor)
        if successor == name:
            raise Refused("agency.own_successor")
        if any(one.successor == name for one in self.values()):
            raise Refused("agency.is_successor")
        if self.has_subordinates(name):
            raise Refused("agency.has_subordinates")
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
