"""Who loses what, and when: named scenarios of a deal beside its base case, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from cashfall.plan import Plan
from cashfall.result import Result

__all__ = ["Layer", "losses"]

Cents = NDArray[np.int64]


class Layer(TypedDict):
    """What a layer of a deal gets in a scenario: amounts in currency units, dates as ISO text.

    `kind` is `note`, `cost` (a fee, a cost, a tax), `equity`, or `guarantor`. `received` is all that it is paid; of a
    guarantor, what it pays. `lost` is, of a note, balance and interest due at the end, with what was written down; of
    a cost what stays due; of equity, what it gets less than in the base case, negative where it gets more; of a
    guarantor, what it pays more than in the base case. `short_from` is the first date at whose close something due was
    unpaid; of equity, the first at which it had got less than in the base case; of a guarantor, the first on which it
    paid.
    """

    scenario: str
    layer: str
    kind: str
    currency: str | None
    received: float
    lost: float
    short_from: str | None


def losses(plan: Plan, scenarios: str | Iterable[str] | None = None) -> list[Layer]:
    """The layers of a deal in the base case and in named scenarios: who loses what, and from when on.

    Parameters
    ----------
    scenarios
        Names of the plan's scenarios; by default all.

    Returns
    -------
    list of Layer
        Those of the base case first, whose scenario is `base`; then scenario by scenario, in the order asked for.
        Layers stand in the order of the document: costs, notes, equity, guarantors.

    Raises
    ------
    ScenarioError
        For a scenario that the deal does not have.

    Examples
    --------
    >>> import cashfall as cf
    >>> from cashfall.stress import losses
    >>> plan = cf.load("beignet-level").compile()
    >>> [(row["layer"], row["lost"]) for row in losses(plan)]
    [('capex', 0.0), ('costs', 0.0), ('senior', 0.0), ('sponsor', 0.0)]
    """
    names = [info["name"] for info in plan.scenarios] if scenarios is None else scenarios
    names = [names] if isinstance(names, str) else list(names)
    base = plan.run(record="*", unit="cents")
    found = _of_scenario(base, base, 0, "base")
    if names:
        result = plan.run(names, record="*", unit="cents")
        for scenario, name in enumerate(names):
            found += _of_scenario(result, base, scenario, name)
    return found


def _of_scenario(result: Result, base: Result, scenario: int, name: str) -> list[Layer]:
    layers = _Layers(result, base, scenario, name)
    document = result.plan.deal.to_dict()
    outgoing = [cost for cost, entry in document.get("cashflows", {}).items() if entry["direction"] == "out"]
    costs = [layers.cost(cost) for cost in [*document.get("fees", {}), *outgoing, *document.get("taxes", {})]]
    notes = [layers.note(note) for note in document.get("notes", {})]
    owners = [layers.owner(owner) for owner in document.get("equity", {})]
    guaranteed = [lease for lease in document.get("leases", {}) if f"{lease}.guarantee_paid" in result]
    return [*costs, *notes, *owners, *(layers.guarantor(lease) for lease in guaranteed)]


class _Layers:
    """The layers of one scenario."""

    def __init__(self, result: Result, base: Result, scenario: int, name: str) -> None:
        self._result, self._base, self._scenario, self._name = result, base, scenario, name
        self._cents_per_unit = 10 ** int(result.plan.deal.to_dict()["deal"].get("decimals", 2))

    def cost(self, name: str) -> Layer:
        short = self._flow(f"{name}.shortfall")
        return self._layer(name, "cost", f"{name}.paid", self._total(f"{name}.paid"), int(short[-1]), short > 0)

    def note(self, name: str) -> Layer:
        short = self._flow(f"{name}.interest_shortfall") + self._flow(f"{name}.principal_shortfall")
        received = self._total(f"{name}.interest_paid") + self._total(f"{name}.principal_paid")
        written = self._flow(f"{name}.written_down")
        lost = int(self._flow(f"{name}.balance")[-1] + self._flow(f"{name}.interest_shortfall")[-1] + written[-1])
        return self._layer(name, "note", f"{name}.balance", received, lost, (short > 0) | (written > 0))

    def owner(self, name: str) -> Layer:
        path = f"{name}.distributed"
        behind = np.cumsum(self._base[path][:, 0] - self._flow(path))
        return self._layer(name, "equity", path, self._total(path), int(behind[-1]), behind > 0)

    def guarantor(self, lease: str) -> Layer:
        path = f"{lease}.guarantee_paid"
        more = self._total(path) - int(self._base[path][:, 0].sum())
        return self._layer(f"{lease}: guarantee", "guarantor", path, self._total(path), more, self._flow(path) > 0)

    def _layer(self, name: str, kind: str, path: str, received: int, lost: int, short: NDArray[np.bool_]) -> Layer:
        plan = self._result.plan
        return {
            "scenario": self._name,
            "layer": name,
            "kind": kind,
            "currency": plan.currencies.get(path),
            "received": received / self._cents_per_unit,
            "lost": lost / self._cents_per_unit,
            "short_from": plan.periods[int(short.argmax())] if short.any() else None,
        }

    def _flow(self, name: str) -> Cents:
        if name not in self._result:
            return np.zeros(len(self._result.plan.periods), dtype=np.int64)
        flow: Cents = self._result[name][:, self._scenario]
        return flow

    def _total(self, name: str) -> int:
        return int(self._flow(name).sum())
