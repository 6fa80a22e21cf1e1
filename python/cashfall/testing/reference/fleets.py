"""Fleets and borrowing bases (rule book, fleets.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .dates import as_date, full_months
from .numbers import SCALE, divide, in_units, made, mul_div

if TYPE_CHECKING:
    from .formulas import Evaluate, Moment
    from .plan import Plan

KEPT = ("held", "units", "cost", "net_cost", "market_value", "awaited", "n_ended")
TOTALS = ("capex", "power_cost", "sold", "proceeds")
FORMULAS = {
    "market_price": "number",
    "power.price": "number",
    "power.utilization": "number",
    "sale.when": "flag",
    "sale.haircut": "number",
}


def units(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """fleets.md: what a fleet has, by its terms."""
    found = {"held": "flag", "units": "count", "cost": "amount", "net_cost": "amount", "capex": "amount"}
    if "market_price" in entry:
        found["market_value"] = "amount"
    if "power" in entry:
        found["power_cost"] = "amount"
    if "sale" in entry:
        found |= {"sold": "amount", "proceeds": "amount"}
    return {f"{name}.{quantity}": unit for quantity, unit in found.items()}


class Fleet:
    """A fleet: its lots, and its formulas."""

    def __init__(self, plan: Plan, name: str, entry: Mapping[str, Any]) -> None:
        self.plan, self.name, self.entry = plan, name, entry
        self.dates = list(plan.schedules[entry["payment_dates"]].dates)
        self.lots = [(as_date(lot["purchased"]), lot) for lot in entry["lots"]]
        self.formulas: dict[str, Evaluate] = {}
        for path, unit in FORMULAS.items():
            term, _, field = path.partition(".")
            if term in entry and (not field or field in entry[term]):
                self.formulas[path] = plan.formulas.compile(entry[term][field] if field else entry[term], unit)

    def there(self, date: dt.date) -> list[tuple[dt.date, Mapping[str, Any]]]:
        """The lots that are bought by a date."""
        return [(purchased, lot) for purchased, lot in self.lots if purchased <= date]

    def cost(self, lot: Mapping[str, Any]) -> int:
        """What a lot costs."""
        return in_units(lot["cost"], self.plan.scale)

    def net_cost(self, date: dt.date) -> int:
        """fleets.md: "`R(cost * max(0, life - months) / life)`"."""
        return sum(
            divide(
                self.cost(lot) * max(0, int(lot["life"]) - full_months(purchased, date)),
                int(lot["life"]),
                self.plan.rounding,
            )
            for purchased, lot in self.there(date)
        )

    def capex(self, date: dt.date) -> int:
        """fleets.md: "bought after the payment date before, on or after the closing date and on or before d"."""
        place = self.dates.index(date)
        new = [
            lot
            for purchased, lot in self.there(date)
            if purchased >= self.plan.closing_date and (not place or purchased > self.dates[place - 1])
        ]
        return sum(map(self.cost, new))

    def energy(self, date: dt.date) -> int:
        """fleets.md: "a lot that is bought inside of it counting from its purchase, 24 hours a day"."""
        power, place = self.entry["power"], self.dates.index(date)
        begin = self.dates[place - 1] if place else self.plan.closing_date
        hours = sum(int(lot["units"]) * 24 * (date - max(begin, purchased)).days for purchased, lot in self.there(date))
        takes = in_units(power["kilowatts"], SCALE) * in_units(power.get("effectiveness", 1), SCALE)
        return divide(hours * takes * self.plan.scale, SCALE * SCALE, self.plan.rounding)


class Date:
    """A payment date of a fleet."""

    def __init__(self, fleet: Fleet, moment: Moment) -> None:
        self.fleet, self.moment, self.entry = fleet, moment, fleet.entry
        self.date = fleet.plan.grid[moment.index]
        closing = moment.closings[moment.index - 1] if moment.index else moment.initial
        self.opening = {"held": closing[f"{fleet.name}.held"]}  # missing where it depends on what is paid
        self.opening |= {part: closing.get(f"{fleet.name}.{part}", 0) for part in KEPT}
        self.now: dict[str, int] = {}

    def value(self, path: str) -> int:
        """A formula of the fleet."""
        return made(self.fleet.formulas[path](self.moment))

    def share(self, path: str, default: int) -> int:
        """fleets.md: "Shares below 0 count as 0, above 1 as 1"."""
        return min(max(self.value(path), 0), SCALE) if path in self.fleet.formulas else default

    def times(self, amount: int, number: int) -> int:
        """A product that is in range."""
        return made(mul_div(amount, number, SCALE, self.fleet.plan.rounding))

    def all(self) -> dict[str, int]:
        """fleets.md, from what is held to what comes in."""
        fleet, was = self.fleet, bool(self.opening["held"])
        held = was and not ("sale" in self.entry and self.value("sale.when"))
        self.now["held"] = int(held)
        there = [lot for _, lot in fleet.there(self.date)]
        n_units = sum(int(lot["units"]) for lot in there)
        self.now["units"] = n_units if held else 0
        self.now["cost"] = sum(map(fleet.cost, there)) if held else 0
        self.now["net_cost"] = fleet.net_cost(self.date) if held else 0
        self.now["capex"] = fleet.capex(self.date) if held else 0
        if "market_price" in self.entry:
            worth = self.times(n_units * fleet.plan.scale, max(0, self.value("market_price")))
            self.now["market_value"] = worth if was else 0
        if "power" in self.entry:
            cost = self.times(fleet.energy(self.date), max(0, self.value("power.price")))
            cost = self.times(cost, self.share("power.utilization", SCALE))
            self.now["power_cost"] = cost if was else 0
        if "sale" in self.entry:
            self.sale(was and not held)
        return self.now

    def sale(self, is_sold: bool) -> None:
        """fleets.md, sale."""
        brings = self.times(self.now["market_value"], SCALE - self.share("sale.haircut", 0))
        self.now["sold"] = brings if is_sold else 0
        self.now["awaited"] = self.now["sold"] if is_sold else self.opening["awaited"]
        self.now["n_ended"] = 0 if self.opening["held"] else self.opening["n_ended"] + 1
        after = int(self.entry["sale"].get("after", 0))
        is_date = self.now["n_ended"] == after if after else is_sold
        self.now["proceeds"] = self.now["awaited"] if is_date else 0


def of_date(fleet: Fleet, moment: Moment) -> dict[str, int]:
    """The quantities of a fleet on a date: "on other dates flows are 0 and states stay"."""
    date = Date(fleet, moment)
    if date.date in fleet.dates:
        found = date.all()
    else:
        found = {path.rpartition(".")[2]: 0 for path in units(fleet.name, fleet.entry)} | date.opening
    return {f"{fleet.name}.{part}": value for part, value in found.items()}


def seen(name: str, entry: Mapping[str, Any], values: Mapping[str, int]) -> dict[str, int]:
    """What a fleet has come to."""
    return {path: values.get(path, 0) for path in (*units(name, entry), *(f"{name}.{part}" for part in KEPT))}


class BorrowingBase:
    """A borrowing base: tests, each a function of a date."""

    def __init__(self, plan: Plan, name: str, entry: Mapping[str, Any]) -> None:
        self.plan, self.name = plan, name
        self.positions = plan.positions_of(entry["payment_dates"])
        self.tests = [self.read_test(test) for test in entry["lesser_of"]]

    def read_test(self, test: Mapping[str, Any]) -> Evaluate:
        """fleets.md, the table of tests."""
        rounding, formula = self.plan.rounding, self.plan.formulas.compile
        if "advance" in test:
            classes = [(formula(part["of"], "amount"), formula(part["rate"], "number")) for part in test["advance"]]
            return lambda moment: made(sum(self.lent(moment, of, rate) for of, rate in classes))
        if "coverage" in test:
            of, ratio = formula(test["coverage"]["of"], "amount"), in_units(test["coverage"]["ratio"], SCALE)
            return lambda moment: made(mul_div(max(0, made(of(moment))), SCALE, ratio, rounding))
        of, haircut = formula(test["market"]["of"], "amount"), formula(test["market"]["haircut"], "number")
        return lambda moment: self.lent(moment, of, lambda now: SCALE - share(made(haircut(now))))

    def lent(self, moment: Moment, of: Evaluate, rate: Evaluate) -> int:
        """`mul_div(max(0, of), rate, 1e9)`."""
        lent = mul_div(max(0, made(of(moment))), share(made(rate(moment))), SCALE, self.plan.rounding)
        return made(lent)

    def of_date(self, moment: Moment) -> dict[str, int]:
        """fleets.md: "`amount`, kept, ... is the least of the tests, and `binding` ... the first that is the least"."""
        if moment.index in self.positions:
            allowed = [test(moment) for test in self.tests]
            found = {"amount": min(allowed), "binding": allowed.index(min(allowed)) + 1}
        else:
            closing = moment.closings[moment.index - 1] if moment.index else moment.initial
            found = {part: closing[f"{self.name}.{part}"] for part in ("amount", "binding")}
        return {f"{self.name}.{part}": value for part, value in found.items()}


def share(value: int) -> int:
    """Below 0 it counts as 0, above 1 as 1."""
    return min(max(value, 0), SCALE)
