"""What Hypothesis calls when it is imported: `st.from_type(cashfall.Deal)` then works with nothing else imported."""

from __future__ import annotations

import sys


def register() -> None:
    """Register the types of cashfall, if it is there already; if it is imported later, it does so itself."""
    if "cashfall" in sys.modules:
        from cashfall import _hypothesis

        _hypothesis.register()
