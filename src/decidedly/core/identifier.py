"""Identifier: a key of a person in a namespace, such as `loyalty:1029`."""

from __future__ import annotations

import msgspec

from decidedly.core.errors import BadInput


class Identifier(msgspec.Struct, frozen=True, order=True, array_like=True):
    namespace: str
    value: str

    def __str__(self) -> str:
        return f"{self.namespace}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> Identifier:
        namespace, colon, value = text.partition(":")
        if not (namespace and colon and value):
            raise BadInput(
                f"'{text}' is not an identifier.", place="identifier", hint="Write namespace:value, e.g. loyalty:1029."
            )
        return cls(namespace, value)
