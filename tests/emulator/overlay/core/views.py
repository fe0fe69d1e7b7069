"""A moto object with some of its attributes answered differently."""

from typing import Any


class View:
    """Delegates to `base`; what `changes` names (in snake case) comes from there.

    moto's serialiser reads attributes by snake-case name, so a hook can correct
    one field of a result without copying the object or touching stored state.
    """

    def __init__(self, base: Any, **changes: Any):
        self.__dict__["_base"] = base
        self.__dict__.update(changes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_base"], name)
