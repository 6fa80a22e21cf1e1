"""Compute contracts (rule book, contracts.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .dates import Schedule, as_date
from .numbers import SCALE, divide, in_units, made, mul_div

if TYPE_CHECKING:
    from .formulas import Evaluate, Moment
    from .plan import Plan

FLOWS = ("unit_value", "contracted", "used", "billed", "fee", "revenue", "proceeds")
KEPT = (
    "remaining",
    "in_force",
    "investment_grade",
    "n_ended",
    "instalments",
    "prepaid",
    "use_value",
    "paid_to_date",
    "damages",
)
TOTALS = ("contracted", "billed", "credit", "fee", "revenue", "proceeds", "recovered", "rollover_revenue")
FORMULAS = {
    "utilization": "number",
    "availability": "number",
    "investment_grade": "flag",
    "default.when": "flag",
    "default.remarketing": "amount",
    "default.on_demand": "number",
    "default.recovery": "number",
    "rollover.price": "number",
    "rollover.utilization": "number",
}


def units(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """contracts.md: what a contract has, by its terms."""
    found = dict.fromkeys((*FLOWS, "remaining"), "amount") | {"in_force": "flag", "investment_grade": "flag"}
    if "availability" in entry:
        found["credit"] = "amount"
    if "prepayment" in entry:
        found |= dict.fromkeys(("received", "prepaid", "credited"), "amount")
    if "default" in entry:
        found |= {"defaulted": "flag"}
        found |= dict.fromkeys(("use_value", "paid_to_date", "damages", "recovered"), "amount")
    if "rollover" in entry:
        found["rollover_revenue"] = "amount"
    return {f"{name}.{quantity}": unit for quantity, unit in found.items()}


def payment_dates(entry: Mapping[str, Any], schedules: Mapping[str, Schedule]) -> list[dt.date]:
    """contracts.md: "those d of the schedule with commencement < d"; on the grid "up to it ..., with `rollover` or
    `default` all of the schedule's".
    """
    start, end = as_date(entry["commencement"]), as_date(entry["end"])
    outlasts = "rollover" in entry or "default" in entry
    return [date for date in schedules[entry["payment_dates"]].dates if start < date and (outlasts or date <= end)]


def holding(steps: list[Any], date: dt.date) -> int:
    """contracts.md: "each holds for periods that begin on or after its date, until the next (before the first: 0)"."""
    listed = [value for start, value in steps if as_date(start) <= date]
    return in_units(listed[-1], SCALE) if listed else 0


class Contract:
    """A contract: what each period is worth, and its formulas."""

    def __init__(self, plan: Plan, name: str, entry: Mapping[str, Any]) -> None:
        self.plan, self.name, self.entry = plan, name, entry
        self.end = as_date(entry["end"])
        dates = payment_dates(entry, plan.schedules)
        # A payment date that is on the grid for another reason is one of the contract too.
        start = as_date(entry["commencement"])
        every = [date for date in plan.schedules[entry["payment_dates"]].dates if date > start]
        begins = dict(zip(every, [start, *every], strict=False))
        self.positions = {plan.position[date] for date in every if date in plan.position}
        assert all(plan.position[date] in self.positions for date in dates)
        self.unit_value = {plan.position[d]: self.worth(begins[d], d, SCALE) for d in every if d in plan.position}
        self.contracted = {
            plan.position[date]: self.worth(begins[date], date, holding(entry["price"], begins[date]))
            for date in every
            if date <= self.end
        }
        self.formulas: dict[str, Evaluate] = {}
        for path, unit in FORMULAS.items():
            term, _, field = path.partition(".")
            if term in entry and (not field or field in entry[term]):
                self.formulas[path] = plan.formulas.compile(entry[term][field] if field else entry[term], unit)

    def worth(self, begin: dt.date, date: dt.date, price: int) -> int:
        """contracts.md: "`R(capacity * hours * price * 10^decimals / 1e18)`, rounded once"."""
        hours = (date - begin).days * 24
        capacity = holding(self.entry["capacity"], begin)
        return divide(capacity * hours * price * self.plan.scale, SCALE * SCALE, self.plan.rounding)

    def remaining(self, index: int) -> int:
        """contracts.md: "the sum of `contracted` of the later payment dates"."""
        return sum(amount for position, amount in self.contracted.items() if position > index)


class Date:
    """A payment date of a contract: what was there when it began, and what comes to be."""

    def __init__(self, contract: Contract, moment: Moment) -> None:
        self.contract, self.moment, self.entry = contract, moment, contract.entry
        closing = moment.closings[moment.index - 1] if moment.index else moment.initial
        self.opening = {"in_force": closing[f"{contract.name}.in_force"]}  # missing where it depends on what is paid
        self.opening |= {part: closing.get(f"{contract.name}.{part}", 0) for part in KEPT}
        self.now: dict[str, int] = {}

    def value(self, path: str) -> int:
        """A formula of the contract."""
        return made(self.contract.formulas[path](self.moment))

    def share(self, path: str) -> int:
        """contracts.md: "Shares below 0 count as 0, above 1 as 1"."""
        return min(max(self.value(path), 0), SCALE) if path in self.contract.formulas else SCALE

    def times(self, amount: int, number: int) -> int:
        """A product that is in range."""
        return made(mul_div(amount, number, SCALE, self.contract.plan.rounding))

    def all(self) -> dict[str, int]:
        """contracts.md, from what is contracted to what comes in."""
        self.known()
        self.force()
        self.fee()
        if "default" in self.entry:
            self.damages()
        self.income()
        return self.now

    def known(self) -> None:
        """contracts.md, what is contracted, and class."""
        index = self.moment.index
        self.now["unit_value"] = self.contract.unit_value[index]
        self.now["contracted"] = self.contract.contracted.get(index, 0)
        self.now["remaining"] = self.contract.remaining(index)
        self.now["investment_grade"] = self.value("investment_grade") if "investment_grade" in self.entry else 1

    def force(self) -> None:
        """contracts.md, in force."""
        was = bool(self.opening["in_force"])
        if "default" in self.entry:
            self.now["defaulted"] = int(bool(self.value("default.when")) and was)
        self.pays = was and not self.now.get("defaulted")
        is_last = self.contract.plan.grid[self.moment.index] == self.contract.end
        self.now["in_force"] = int(self.pays and not is_last)
        self.now["n_ended"] = 0 if was else self.opening["n_ended"] + 1

    def fee(self) -> None:
        """contracts.md, fee."""
        contracted = self.now["contracted"]
        used = self.times(contracted, self.share("utilization"))
        billed = max(used, self.times(contracted, in_units(self.entry.get("take_or_pay", 1), SCALE)))
        self.now["used"], self.now["billed"] = (used, billed) if self.pays else (0, 0)
        if "availability" in self.entry:
            self.now["credit"] = self.times(self.now["billed"], self.credit_share(self.value("availability")))
        if "prepayment" in self.entry:
            self.prepaid(self.entry["prepayment"])
        rest = self.now["billed"] - self.now.get("credit", 0)
        self.now["fee"] = rest - self.now.get("credited", 0)

    def credit_share(self, availability: int) -> int:
        """contracts.md: "that of the least `below` above `availability`"."""
        shares = [share for below, share in self.entry.get("credits", []) if in_units(below, SCALE) > availability]
        return in_units(shares[0], SCALE) if shares else 0

    def prepaid(self, terms: Mapping[str, Any]) -> None:
        """contracts.md, prepayment."""
        plan, today = self.contract.plan, self.contract.plan.grid[self.moment.index]
        self.now["received"] = in_units(terms["amount"], plan.scale) if as_date(terms["date"]) == today else 0
        held, n = made(self.opening["prepaid"] + self.now["received"]), self.opening["instalments"]
        most = self.now["billed"] - self.now.get("credit", 0)
        is_credited = self.pays and today >= as_date(terms["credited_from"])
        self.now["credited"] = min(most, divide(held, n, plan.rounding)) if is_credited else 0
        self.now["instalments"] = max(n - 1, 1) if is_credited else n
        self.now["prepaid"] = held - self.now["credited"]

    def damages(self) -> None:
        """contracts.md, default."""
        terms = self.entry["default"]
        worth = self.times(self.now["unit_value"], max(0, self.value("default.on_demand")))
        worth = self.times(worth, self.share("utilization"))
        self.now["use_value"] = made(self.opening["use_value"] + (worth if self.pays else 0))
        paid = made(self.opening["paid_to_date"] + self.now["fee"])
        self.now["paid_to_date"] = made(paid + self.now.get("received", 0))
        remarketing = max(0, self.value("default.remarketing")) if "remarketing" in terms else 0
        lost = made(made(self.now["contracted"] + self.now["remaining"]) - remarketing)
        discount = self.now["use_value"] - self.now["paid_to_date"]
        damages = min(max(0, lost), max(0, discount))
        self.now["damages"] = damages if self.now["defaulted"] else self.opening["damages"]
        after = terms.get("after", 0)
        is_date = self.now["n_ended"] == after if after else self.now["defaulted"]
        recovered = self.times(self.now["damages"], self.share("default.recovery"))
        self.now["recovered"] = recovered if is_date else 0

    def income(self) -> None:
        """contracts.md, rollover and what comes in."""
        revenue = self.now["fee"]
        if "rollover" in self.entry:
            worth = self.times(self.now["unit_value"], max(0, self.value("rollover.price")))
            worth = self.times(worth, self.share("rollover.utilization"))
            is_let = self.now["n_ended"] > self.entry["rollover"].get("after", 0)
            self.now["rollover_revenue"] = worth if is_let else 0
            revenue = made(revenue + self.now["rollover_revenue"])
        self.now["revenue"] = revenue
        self.now["proceeds"] = made(self.now.get("received", 0) + self.now.get("recovered", 0))


def of_date(contract: Contract, moment: Moment) -> dict[str, int]:
    """The quantities of a contract on a date: "on other dates flows are 0 and states stay"."""
    date = Date(contract, moment)
    if moment.index in contract.positions:
        found = date.all()
    else:
        found = {path.rpartition(".")[2]: 0 for path in units(contract.name, contract.entry)} | date.opening
    return {f"{contract.name}.{part}": value for part, value in found.items()}


def seen(contract: Contract, values: Mapping[str, int]) -> dict[str, int]:
    """What a contract has come to."""
    kept = [f"{contract.name}.{part}" for part in KEPT]
    return {path: values.get(path, 0) for path in (*units(contract.name, contract.entry), *kept)}


def initial(plan: Plan, name: str, entry: Mapping[str, Any]) -> dict[str, int]:
    """contracts.md: "`in_force`, kept, is 1 at first"; all is still to come, and n counts down from `over`."""
    start = {f"{name}.in_force": 1, f"{name}.investment_grade": 1}
    if "prepayment" in entry:
        start[f"{name}.instalments"] = int(entry["prepayment"]["over"])
    return start | {f"{name}.remaining": plan.contracts[name].remaining(-1)}


def totalled(plan: Plan) -> list[str]:
    """The flows whose totals are metrics."""
    has = {name: units(name, entry) for name, entry in plan.table("contracts").items()}
    return [path for name, paths in has.items() for path in paths if path.rpartition(".")[2] in TOTALS]
