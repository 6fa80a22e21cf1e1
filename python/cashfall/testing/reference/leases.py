"""Leases and their clauses (rule book, leases.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .dates import Schedule, as_date, full_years
from .numbers import SCALE, InvalidDeal, in_range, in_units, made, mul_div

if TYPE_CHECKING:
    from .formulas import Evaluate, Moment
    from .plan import Plan

CLAUSES = (
    *("begins_when", "free_rents", "renewals", "deferral", "default", "termination", "purchase", "casualty"),
    *("deposit", "relet", "sale", "residual_value_guarantee"),
)
ENDS = {"default": "defaulted", "purchase": "purchased", "termination": "terminated", "casualty": "destroyed"}
"""leases.md, ends: the clauses in the order in which they are looked at, each with its flag."""

AMOUNTS = {
    "deferral": ("deferred", "repaid"),
    "default": ("claimed", "claim"),
    "deposit": ("deposit", "deposit_applied", "deposit_returned"),
    "termination": ("termination_paid",),
    "purchase": ("purchase_paid",),
    "casualty": ("insured",),
    "relet": ("relet_rent",),
    "sale": ("sold",),
    "residual_value_guarantee": ("guaranteed", "guarantee_paid"),
}
KEPT = (
    *("n_rents", "n_vacant", "occupied", "vacant", "base_rent", "index_level", "n_deferred", "instalments"),
    *("deferred", "claim", "deposit", "guaranteed"),
)
PLAIN_PROCEEDS = ("termination_paid", "purchase_paid", "insured", "recovered", "deposit_applied")
RESIDUAL = ("sold", "guarantee_paid")


def has_clauses(entry: Mapping[str, Any]) -> bool:
    """leases.md: "A lease without clauses"; an index is one too."""
    return any(entry.get(clause) for clause in CLAUSES) or "index" in entry.get("escalator", {})


def units(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """leases.md: what a lease has, by its clauses."""
    found = dict.fromkeys(("rent", "issuer_rent"), "amount")
    if has_clauses(entry):
        found |= dict.fromkeys(("n_rents", "n_vacant"), "count") | dict.fromkeys(("occupied", "vacant"), "flag")
        found |= dict.fromkeys(("scheduled_rent", "proceeds", "issuer_proceeds"), "amount")
        found |= {"expired": "flag"} | {flag: "flag" for clause, flag in ENDS.items() if clause in entry}
    if "index" in entry.get("escalator", {}):
        found |= {"base_rent": "amount", "index_level": "number"}
    if "deferral" in entry:
        found |= {"n_deferred": "count"}
    for clause, quantities in AMOUNTS.items():
        if clause in entry:
            found |= dict.fromkeys(quantities, "amount")
    if "recovery" in entry.get("default", {}):
        found |= {"recovered": "amount"}
    return {f"{name}.{quantity}": unit for quantity, unit in found.items()}


def rent_dates(entry: Mapping[str, Any], schedules: Mapping[str, Schedule]) -> list[dt.date]:
    """leases.md: "the payment dates d of the schedule with commencement < d: without a clause those with d <= end"."""
    start, end = as_date(entry["commencement"]), as_date(entry["end"])
    dates = schedules[entry["payment_dates"]].dates
    return [date for date in dates if start < date and (has_clauses(entry) or date <= end)]


@dataclass(frozen=True)
class Rent:
    """The k-th rent of a contract that begins on time."""

    date: dt.date
    base: int
    begins_year: bool
    step: int


def contract(plan: Plan, entry: Mapping[str, Any]) -> list[Rent]:
    """leases.md, base rent: "from rent to rent it is multiplied, once for each lease year that begins ... and then,
    where rent k is the first of a renewal with `step`".
    """
    start = as_date(entry["commencement"])
    base = in_units(entry["base_rent"].get("per_date", 0), plan.scale)
    annual = in_units(entry.get("escalator", {}).get("annual", 0), SCALE)
    rents: list[Rent] = []
    year, previous = 0, start
    for date in rent_dates(entry, plan.schedules):
        begins_year = full_years(start, previous) > year
        for _ in range(year, full_years(start, previous)):
            base = grown(plan, base, annual)
        step = step_of(entry, previous, date)
        base = grown(plan, base, step)
        if not in_range(base):
            raise InvalidDeal(f"the escalated amount of {date} is out of range")
        rents.append(Rent(date, base, begins_year, step))
        year, previous = full_years(start, previous), date
    return rents


def grown(plan: Plan, base: int, rate: int) -> int:
    """leases.md: "`R(base * (1e9 + annual) / 1e9)`"."""
    return mul_div(base, SCALE + rate, SCALE, plan.rounding)


def step_of(entry: Mapping[str, Any], previous: dt.date, date: dt.date) -> int:
    """leases.md: the step of the renewal that begins with the rent of a date, 0 if none begins."""
    ends = [entry["end"], *(renewal["until"] for renewal in entry.get("renewals", []))]
    steps = [
        renewal.get("step", 0)
        for renewal, before in zip(entry.get("renewals", []), ends, strict=False)
        if previous <= as_date(before) < date
    ]
    return in_units(steps[-1], SCALE) if steps else 0


class Lease:
    """A lease with clauses: its terms by the number of the rent, and its formulas."""

    def __init__(self, plan: Plan, name: str, entry: Mapping[str, Any]) -> None:
        self.plan, self.name, self.entry = plan, name, entry
        self.rents = contract(plan, entry)
        self.positions = {plan.position[rent.date] for rent in self.rents}
        self.formulas: dict[str, Evaluate] = {}
        for path, unit in FORMULAS.items():
            clause, _, field = path.partition(".")
            if clause in entry and (not field or field in entry[clause]):
                written = entry[clause][field] if field else entry[clause]
                self.formulas[path] = plan.formulas.compile(written, unit)
        self.stays = [plan.formulas.compile(renewal["when"], "flag") for renewal in entry.get("renewals", [])]
        first = entry.get("residual_ranking", {}).get("issuer_first")
        self.claims_first = plan.formulas.compile(first["claim"], "amount") if first else None
        ends = [entry["end"], *(renewal["until"] for renewal in entry.get("renewals", []))]
        self.terms = [sum(rent.date <= as_date(end) for rent in self.rents) for end in ends]

    # the terms, by the number of the rent

    def rent(self, k: int) -> Rent | None:
        return self.rents[k - 1] if 1 <= k <= self.terms[-1] else None

    def is_charged(self, k: int) -> bool:
        """leases.md, scheduled rent: "0 for k <= `free_rents`", and after the last."""
        return self.rent(k) is not None and k > self.entry.get("free_rents", 0)

    def threshold(self, k: int) -> int:
        """leases.md, guarantee: "the last one listed on or before d_k, 0 before the first", while it is called."""
        terms, rent = self.entry["residual_value_guarantee"], self.rent(k)
        if rent is None or rent.date > as_date(terms["until"]):
            return 0
        listed = [amount for date, amount in terms["threshold"] if as_date(date) <= rent.date]
        return in_units(listed[-1], self.plan.scale) if listed else 0

    def claim_rents(self, k: int) -> int:
        """leases.md, default: "`min(claim_rents, M_j - k + 1)`, M_j the end of the term that rent k is in"."""
        if self.rent(k) is None:
            return 0
        end = next(end for end in self.terms if end >= k)
        return min(int(self.entry["default"].get("claim_rents", 0)), end - k + 1)


FORMULAS = {
    "begins_when": "flag",
    "deferral.when": "flag",
    "default.when": "flag",
    "default.recovery": "number",
    "termination.when": "flag",
    "termination.payment": "amount",
    "purchase.when": "flag",
    "purchase.price": "amount",
    "casualty.when": "flag",
    "casualty.insurance": "amount",
    "relet.rent": "amount",
    "sale.value": "amount",
    "residual_value_guarantee.value": "amount",
}


class Date:
    """A rent date of a lease: what was there when it began, and what comes to be."""

    def __init__(self, lease: Lease, moment: Moment) -> None:
        self.lease, self.moment, self.entry = lease, moment, lease.entry
        closing = moment.closings[moment.index - 1] if moment.index else moment.initial
        self.opening = {"occupied": closing[f"{lease.name}.occupied"]}  # missing where it depends on what is paid
        self.opening |= {part: closing.get(f"{lease.name}.{part}", 0) for part in KEPT}
        self.now: dict[str, int] = {}

    def value(self, path: str) -> int:
        """A formula of the lease; amounts below 0 count as 0."""
        value = made(self.lease.formulas[path](self.moment))
        return max(0, value) if FORMULAS[path] == "amount" else value

    def sum(self, parts: Sequence[str], first: int = 0) -> int:
        """Every sum on the way is in range."""
        for part in parts:
            if part in self.now:
                first = made(first + self.now[part])
        return first

    def rents(self) -> None:
        """leases.md, from the clock to the rent."""
        self.clock()
        self.ends()
        self.scheduled_rent()
        if "deferral" in self.entry:
            self.deferral()
        self.claims()
        self.vacancy()
        self.income()

    def receipts(self) -> None:
        """leases.md, what comes in beside rent."""
        self.payments()
        self.sale()
        self.guarantee()
        self.proceeds()

    def clock(self) -> None:
        """leases.md, clock."""
        begins = self.value("begins_when") if "begins_when" in self.entry else 1
        begun = self.opening["n_rents"] > 0 or begins
        self.now["n_rents"] = self.k = self.opening["n_rents"] + 1 if begun else 0
        self.was_there = bool(self.opening["occupied"]) and self.k > 0

    def ends(self) -> None:
        """leases.md, ends: "the first of these that holds"."""
        left = self.was_there
        for clause, flag in ENDS.items():
            if clause in self.entry:
                self.now[flag] = int(left and self.value(f"{clause}.when"))
                left = left and not self.now[flag]
        stays = [made(stays(self.moment)) for stays in self.lease.stays]
        last = self.k == self.lease.terms[-1]
        goes = any(self.k == end and not stays for end, stays in zip(self.lease.terms, stays, strict=False))
        self.now["expired"] = int(left and (last or goes))
        ended = self.was_there and not (left and not self.now["expired"])
        self.now["occupied"] = int(bool(self.opening["occupied"]) and not ended)
        self.becomes_vacant = any(self.now.get(flag) for flag in ("defaulted", "terminated", "expired"))

    def scheduled_rent(self) -> None:
        """leases.md, base rent and scheduled rent."""
        plan, base_rent = self.lease.plan, self.entry["base_rent"]
        if "index" in self.entry.get("escalator", {}):
            self.indexed(self.entry["escalator"]["index"])
        rent, base = self.lease.rent(self.k), 0
        if self.lease.is_charged(self.k) and rent is not None:
            base = self.now.get("base_rent", rent.base)
            if "input" in base_rent:
                base = self.moment.read(f"inputs.{base_rent['input']}")
        if "factor" in self.entry:
            base = made(mul_div(base, self.moment.read(f"inputs.{self.entry['factor']}"), SCALE, plan.rounding))
        self.now["scheduled_rent"] = base if self.was_there else 0

    def indexed(self, terms: Mapping[str, Any]) -> None:
        """leases.md: "the growth of a year is that of an index"."""
        plan, rent = self.lease.plan, self.lease.rent(self.k)
        per_date = in_units(self.entry["base_rent"]["per_date"], plan.scale)
        level, before = self.moment.read(f"inputs.{terms['input']}"), self.opening["index_level"]
        growth = made(mul_div(level, SCALE, before, plan.rounding) if before else SCALE)
        if "floor" in terms:
            growth = max(growth, SCALE + in_units(terms["floor"], SCALE))
        if "cap" in terms:
            growth = min(growth, SCALE + in_units(terms["cap"], SCALE))
        grown_by_index = made(mul_div(self.opening["base_rent"], growth, SCALE, plan.rounding))
        reviewed = rent is not None and self.k > 1 and rent.begins_year
        base = grown_by_index if reviewed else self.opening["base_rent"]
        base = made(grown(plan, base, rent.step)) if rent is not None else 0
        base = per_date if self.k == 1 else base
        self.now["base_rent"] = base if self.was_there else self.opening["base_rent"]
        self.now["index_level"] = level if self.was_there and (self.k == 1 or reviewed) else before

    def deferral(self) -> None:
        """leases.md, deferral."""
        terms, deferred = self.entry["deferral"], self.opening["deferred"]
        asked = self.value("deferral.when")
        some_left = self.opening["n_deferred"] < terms["most"]
        stays = self.was_there and bool(self.now["occupied"])
        self.deferring = bool(stays and asked and some_left)
        self.now["n_deferred"] = self.opening["n_deferred"] + self.deferring
        left = max(0, self.opening["instalments"] - 1)
        self.now["instalments"] = int(terms["over"]) if self.deferring else left if self.was_there else 0
        n = self.opening["instalments"]
        instalment = mul_div(deferred, 1, n, self.lease.plan.rounding) if n else 0
        pays = self.was_there and not self.now.get("defaulted") and not self.deferring
        self.now["repaid"] = (instalment if self.now["occupied"] else deferred) if pays else 0
        rest = made(made(deferred + (self.now["scheduled_rent"] if self.deferring else 0)) - self.now["repaid"])
        self.now["deferred"] = 0 if self.now.get("defaulted") else rest

    def claims(self) -> None:
        """leases.md, default and deposit."""
        if "default" in self.entry:
            rents = made(self.now["scheduled_rent"] * self.lease.claim_rents(self.k))
            claimed = made(rents + self.opening["deferred"])
            self.now["claimed"] = claimed if self.now["defaulted"] else 0
        if "deposit" in self.entry:
            held = self.opening["deposit"]
            self.now["deposit_applied"] = min(held, self.now.get("claimed", 0))
            self.now["deposit"] = held if self.now["occupied"] else 0
            self.now["deposit_returned"] = held - self.now["deposit"] - self.now["deposit_applied"]
        if "default" in self.entry:
            claim = self.now["claimed"] - self.now.get("deposit_applied", 0)
            self.now["claim"] = claim if self.now["defaulted"] else self.opening["claim"]

    def is_after(self, n: int, flag: bool) -> bool:
        """leases.md: "on the rent date with `n_vacant` = n (0: on the date ...)"."""
        return self.now["n_vacant"] == n if n else flag

    def vacancy(self) -> None:
        """leases.md, the empty property, and that it is let again."""
        self.now["n_vacant"] = 0 if self.opening["occupied"] else self.opening["n_vacant"] + 1
        self.now["vacant"] = int(bool(self.opening["vacant"]) or self.becomes_vacant)
        if "relet" in self.entry:
            rent = self.value("relet.rent")
            is_let = self.now["vacant"] and self.now["n_vacant"] > self.entry["relet"].get("after", 0)
            self.now["relet_rent"] = rent if is_let else 0

    def payments(self) -> None:
        """leases.md, default, termination, purchase, casualty."""
        default = self.entry.get("default", {})
        if "recovery" in default:
            share = min(max(self.value("default.recovery"), 0), SCALE)
            recovered = mul_div(self.now["claim"], share, SCALE, self.lease.plan.rounding)
            is_date = self.is_after(default.get("after", 0), bool(self.now["defaulted"]))
            self.now["recovered"] = recovered if is_date else 0
        for flag, paid, formula in (
            ("terminated", "termination_paid", "termination.payment"),
            ("purchased", "purchase_paid", "purchase.price"),
            ("destroyed", "insured", "casualty.insurance"),
        ):
            if formula in self.lease.formulas:
                amount = self.value(formula)
                self.now[paid] = amount if self.now[flag] else 0

    def sale(self) -> None:
        """leases.md, sale."""
        if "sale" in self.entry:
            value = self.value("sale.value")
            is_date = self.is_after(self.entry["sale"].get("after", 0), self.becomes_vacant)
            self.now["sold"] = value if self.now["vacant"] and is_date else 0

    def guarantee(self) -> None:
        """leases.md, residual value guarantee."""
        terms = self.entry.get("residual_value_guarantee")
        if terms is None:
            return
        short = max(0, self.lease.threshold(self.k) - self.value("residual_value_guarantee.value"))
        guaranteed = min(short, in_units(terms["cap"], self.lease.plan.scale))
        self.now["guaranteed"] = guaranteed if self.becomes_vacant else self.opening["guaranteed"]
        is_date = self.is_after(terms.get("after", 0), self.becomes_vacant)
        self.now["guarantee_paid"] = self.now["guaranteed"] if is_date else 0

    def income(self) -> None:
        """leases.md, what comes in: rent."""
        is_paid = not self.now.get("defaulted") and not ("deferral" in self.entry and self.deferring)
        first = self.now["scheduled_rent"] if is_paid else 0
        self.now["rent"] = self.sum(("repaid", "relet_rent"), first)
        self.now["issuer_rent"] = self.shared(self.now["rent"])

    def shared(self, amount: int) -> int:
        """leases.md: "`mul_div(rent, issuer_share, 1e9)`"."""
        return mul_div(amount, in_units(self.entry.get("issuer_share", 1), SCALE), SCALE, self.lease.plan.rounding)

    def proceeds(self) -> None:
        """leases.md, what comes in beside rent, and whose the residual is."""
        plain, residual = self.sum(PLAIN_PROCEEDS), self.sum(RESIDUAL)
        self.now["proceeds"] = made(plain + residual)
        part = self.shared(residual)
        if self.lease.claims_first is not None:
            part = min(residual, max(0, made(self.lease.claims_first(self.moment))))
        self.now["issuer_proceeds"] = made(self.shared(plain) + part)


def of_date(lease: Lease, moment: Moment) -> dict[str, int]:
    """The quantities of a lease on a date: "on other dates flows are 0 and states stay"."""
    date = Date(lease, moment)
    if moment.index in lease.positions:
        date.rents()
        with suppress(InvalidDeal):  # on the sizing case: amounts that depend on what is paid
            date.receipts()
        found = date.now
    else:
        found = {path.rpartition(".")[2]: 0 for path in units(lease.name, lease.entry)} | date.opening
    return {f"{lease.name}.{part}": value for part, value in found.items()}


def seen(lease: Lease, values: Mapping[str, int]) -> dict[str, int]:
    """What a lease has come to."""
    kept = [f"{lease.name}.{part}" for part in KEPT]
    return {path: values.get(path, 0) for path in (*units(lease.name, lease.entry), *kept)}


def initial(plan: Plan, name: str, entry: Mapping[str, Any]) -> dict[str, int]:
    """leases.md: "`occupied`, kept, is 1 at first", the deposit held, and `base_rent` per_date."""
    if not has_clauses(entry):
        return {}
    found = {f"{name}.occupied": 1}
    if "deposit" in entry:
        found[f"{name}.deposit"] = in_units(entry["deposit"], plan.scale)
    if "index" in entry.get("escalator", {}):
        found[f"{name}.base_rent"] = in_units(entry["base_rent"]["per_date"], plan.scale)
    return found


TOTALS = (
    *(
        "rent",
        "issuer_rent",
        "scheduled_rent",
        "repaid",
        "relet_rent",
        "proceeds",
        "issuer_proceeds",
        "termination_paid",
    ),
    *("purchase_paid", "insured", "recovered", "sold", "guarantee_paid", "deposit_applied", "deposit_returned"),
)
"""leases.md: "Metrics: the totals of ... the flows of its clauses"."""


def totalled(plan: Plan) -> list[str]:
    """The flows of leases with clauses."""
    has = {name: units(name, entry) for name, entry in plan.table("leases").items() if has_clauses(entry)}
    return [path for name, paths in has.items() for path in paths if path.rpartition(".")[2] in TOTALS]
