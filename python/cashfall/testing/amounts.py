"""Integers in their units as the decimals that documents write."""

from __future__ import annotations

from decimal import Decimal


def amount(cents: int) -> Decimal:
    """Minor units as a document's decimal."""
    return Decimal(cents).scaleb(-2)


def number(units: int) -> Decimal:
    """1e-9 units as a document's decimal."""
    return Decimal(units).scaleb(-9).normalize() if units else Decimal(0)
