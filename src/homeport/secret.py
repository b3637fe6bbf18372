"""A value that must not be shown."""


class Secret:
    """Holds a secret value. `str`, `repr` and `format` give the mask; `reveal` gives the value.

    Not a `str`: quoting or joining one would drop the mask.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Call it only where the value leaves the process."""
        return self._value

    def __repr__(self) -> str:
        return "•••"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)
