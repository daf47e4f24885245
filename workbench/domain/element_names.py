"""Names of elements as types, for forms that are checked: of all, of pitched ones, of those and the harmony beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from workbench.domain.elements import ELEMENTS, PITCHED_ELEMENTS

if TYPE_CHECKING:
    ElementName: TypeAlias = str
    PitchedName: TypeAlias = str
    ComposedName: TypeAlias = str
else:
    ElementName = Literal[ELEMENTS]
    PitchedName = Literal[PITCHED_ELEMENTS]
    ComposedName = Literal[("harmony", *ELEMENTS)]
