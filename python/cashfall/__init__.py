"""cashfall: exact, vectorised cash-flow waterfalls.

>>> import cashfall as cf
>>> plan = cf.load("beignet").compile()
>>> base = plan.run()
>>> base.metrics["senior.principal_paid"][0]
np.float64(27293849000.0)
"""

from __future__ import annotations

import sys

from cashfall import analytics
from cashfall._core import __version__, available_cpus
from cashfall.deal import Deal, deals, load, schema
from cashfall.errors import (
    AnalyticsError,
    ArgumentError,
    CashfallError,
    DealError,
    InternalError,
    MissingExtraError,
    RunError,
    ScenarioError,
)
from cashfall.plan import Plan
from cashfall.result import Result

__all__ = [
    "AnalyticsError",
    "ArgumentError",
    "CashfallError",
    "Deal",
    "DealError",
    "InternalError",
    "MissingExtraError",
    "Plan",
    "Result",
    "RunError",
    "ScenarioError",
    "__version__",
    "analytics",
    "available_cpus",
    "deals",
    "load",
    "schema",
]

if sys.modules.get("hypothesis"):  # if Hypothesis comes later, its entry point does the same
    from cashfall import _hypothesis

    _hypothesis.register()
