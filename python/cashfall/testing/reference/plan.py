"""What is known before any scenario: the grid, units and inputs, and what each chapter reads from the document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from itertools import count
from typing import Any

from . import (
    acceleration,
    accounts,
    anticipated,
    assets,
    balance_limits,
    capitalisation,
    collateral,
    contracts,
    earnings,
    facilities,
    fee_caps,
    fees,
    fleets,
    funding,
    groups,
    hedges,
    leases,
    ledgers,
    notes,
    prefunding,
    prepayment,
    statuses,
    steps,
    taxes,
    tests,
    waivers,
)
from .dates import as_date, read_schedule
from .document import Document, leaf_steps
from .formulas import Compiler, amount_of
from .numbers import SCALE, InvalidDeal, ScenarioError, in_units
from .sizing import read_note

CURRENT = (
    *("leases", "cashflows", "accounts", "fees", "notes", "equity", "ledgers", "taxes", "facilities", "swaps", "caps"),
    *("assets", "contracts", "fleets", "borrowing_bases"),
)
"""currencies.md: the tables of objects that have a currency, besides inputs."""


class Plan:
    """A compiled deal. Reading order: grid, collateral, fees, notes, tests, steps."""

    def __init__(self, document: Document) -> None:
        self.document = document = groups.written_out(document)
        self.terms = document["deal"]
        self.decimals = int(self.terms.get("decimals", 2))
        self.rounding = str(self.terms.get("rounding", "half_up"))
        self.scale = 10**self.decimals
        self.statuses = list(self.terms.get("statuses", ["normal"]))
        self.closing_date = as_date(self.terms["closing_date"])
        self.schedules = {name: read_schedule(entry) for name, entry in document["schedules"].items()}
        self.notes = {
            name: read_note(name, entry, self.schedules, self.scale, self.rounding)
            for name, entry in self.table("notes").items()
        }
        self.funding = funding.read_funding(self)
        self.extensions = funding.read_extensions(self)
        self.prepaid = prepayment.prepaid(self)
        self.terminated_swaps = hedges.terminated_swaps(self)
        self.hedge_flows = hedges.flows(self)
        self.grid = self.read_grid()
        self.position = {date: index for index, date in enumerate(self.grid)}
        self.waterfall_positions = self.positions_of(self.terms["waterfall_dates"])
        self.formulas = Compiler(self.units(), self.decimals, self.rounding, self.terms["currency"])
        self.inputs = self.table("inputs")
        lets = self.table("leases").items()
        self.rents = {name: collateral.read_lease(self, entry) for name, entry in lets if not leases.has_clauses(entry)}
        self.leases = {name: leases.Lease(self, name, entry) for name, entry in lets if leases.has_clauses(entry)}
        lets = self.table("contracts").items()
        self.contracts = {name: contracts.Contract(self, name, entry) for name, entry in lets}
        self.fleets = {name: fleets.Fleet(self, name, entry) for name, entry in self.table("fleets").items()}
        self.cashflows = {
            name: collateral.read_cashflow(self, entry) for name, entry in self.table("cashflows").items()
        }
        bases = self.table("borrowing_bases").items()
        self.limits = balance_limits.read_limits(self)
        self.borrowing_bases = {name: fleets.BorrowingBase(self, name, entry) for name, entry in bases}
        self.opening_balances = accounts.read_opening_balances(self)
        self.targets = accounts.read_targets(self)
        self.fee_caps = fee_caps.read_caps(self)
        self.fees = {name: fees.read_fee(self, name, entry) for name, entry in self.table("fees").items()}
        self.facilities = {
            name: facilities.read_facility(self, entry) for name, entry in self.table("facilities").items()
        }
        self.swaps = {name: hedges.read_swap(self, name, entry) for name, entry in self.table("swaps").items()}
        self.caps = {name: hedges.read_cap(self, entry) for name, entry in self.table("caps").items()}
        self.assets = {name: assets.read_asset(self, entry) for name, entry in self.table("assets").items()}
        self.ledgers = {name: ledgers.read_ledger(self, entry) for name, entry in self.table("ledgers").items()}
        self.taxes = {name: taxes.read_tax(self, entry) for name, entry in self.table("taxes").items()}
        self.initial = self.initial_values()
        self.instalments = notes.size_notes(self)
        self.fixed = notes.scheduled_values(self)
        self.peaks = prefunding.read_peaks(self)
        self.stretches: dict[tuple[str, int], Fraction] = {}
        self.calls = prepayment.read_calls(self)
        self.on_unpaid = capitalisation.read_on_unpaid(self)
        self.default_rates = notes.read_default_rates(self)
        self.rate_formulas = notes.read_rate_formulas(self)
        self.tests = {name: tests.read_test(self, name, entry) for name, entry in self.table("tests").items()}
        waterfalls = document["waterfalls"].items()
        self.waterfalls = {name: steps.read_steps(self, name, written, count()) for name, written in waterfalls}

    def table(self, name: str) -> dict[str, Any]:
        """A table of objects, empty if the document has none."""
        return dict(self.document.get(name, {}))

    @cached_property
    def written_steps(self) -> list[Mapping[str, Any]]:
        """Every step of every waterfall, as written; those of blocks wherever they are run."""
        waterfalls = self.document["waterfalls"].values()
        return [step for steps in waterfalls for step, _ in leaf_steps(self.document, steps)]

    def positions_of(self, schedule: str) -> frozenset[int]:
        """Grid positions of a schedule's dates."""
        return frozenset(self.position[date] for date in self.schedules[schedule].dates if date in self.position)

    def read_grid(self) -> list[dt.date]:
        """Section 2, the grid."""
        dates = set(self.schedules[self.terms["waterfall_dates"]].dates)
        if "extra_dates" in self.terms:
            dates.update(self.schedules[self.terms["extra_dates"]].dates)
        for lease in self.table("leases").values():
            dates.update(leases.rent_dates(lease, self.schedules))
        for contract in self.table("contracts").values():
            dates.update(contracts.payment_dates(contract, self.schedules))
        for table in ("fees", "facilities", "swaps", "caps", "fleets", "borrowing_bases"):
            for entry in self.table(table).values():
                dates.update(self.schedules[entry["payment_dates"]].dates)
        for earns in earnings.earning(self).values():
            dates.update(self.schedules[earns["payment_dates"]].dates)
        for schedule in assets.payment_schedules(self):
            dates.update(self.schedules[schedule].dates)
        for cashflow in self.table("cashflows").values():
            dates.update(as_date(date) for date, _ in cashflow.get("amounts", []))
            dates.update(self.schedules[cashflow["dates"]].dates if "dates" in cashflow else [])
        collected = {name for step in self.written_steps if "collect" in step for name in step["collect"]["from"]}
        for note in self.notes.values():
            dates.update(note.payment_dates)
            if note.name in collected or note.dated_date > self.closing_date:
                dates.add(note.dated_date)
        if "closing" in self.document["waterfalls"]:
            dates.add(self.closing_date)
        if min(dates) < self.closing_date:
            raise InvalidDeal(f"{min(dates)} is before the closing date")
        return sorted(dates)

    def units(self) -> dict[str, str]:
        """The unit of every quantity a formula can name (section 4, table)."""
        units = {"period.index": "count"} | statuses.units(self)
        for chapter in (
            collateral,
            accounts,
            fees,
            notes,
            funding,
            facilities,
            earnings,
            hedges,
            assets,
            ledgers,
            taxes,
            tests,
            acceleration,
            anticipated,
            waivers,
        ):
            units |= chapter.units(self)
        units |= groups.units(self, units)
        units |= {f"inputs.{name}": entry["unit"] for name, entry in self.table("inputs").items()}
        return {path: self.in_currency(path) if unit == "amount" else unit for path, unit in units.items()}

    def in_currency(self, path: str) -> str:
        """currencies.md: "`currency?` (...; without it the deal's) ...: all amounts of the object are in it"."""
        table, _, name = path.rpartition(".")
        currency = self.currency_of(name, "inputs") if table == "inputs" else self.currency_of(path.partition(".")[0])
        return amount_of(currency, self.terms["currency"])

    def currency_of(self, name: str, *tables: str) -> str:
        """The currency of an object, or of what stands in one of some tables; of a group that of its notes."""
        if name in self.table("groups") and not tables:
            return self.currency_of(groups.members_of(self)[name][0])
        entries = [entry for table in tables or CURRENT for key, entry in self.table(table).items() if key == name]
        return str(entries[0].get("currency", self.terms["currency"]))

    def input_scale(self, name: str) -> int:
        """Minor units for an amount, 1e-9 for a number."""
        return self.scale if self.inputs[name]["unit"] == "amount" else SCALE

    def default_path(self, name: str) -> list[int]:
        """Section 3, inputs: the scalar, or steps ("each value holds from its date until the next")."""
        entry, scale = self.inputs[name], self.input_scale(name)
        if "default_steps" not in entry:
            if "default" not in entry:
                raise ScenarioError(f"inputs.{name} has no default: give it a path")
            return [in_units(entry["default"], scale)] * len(self.grid)
        steps = [(as_date(date), in_units(value, scale)) for date, value in entry["default_steps"]]
        return [([value for start, value in steps if start <= date] or [steps[0][1]])[-1] for date in self.grid]

    def bounds(self, name: str) -> tuple[int, int]:
        """Section 3, inputs: `minimum` (0) and `maximum` (number: 1,000; amount: 100,000,000,000)."""
        entry, scale = self.inputs[name], self.input_scale(name)
        largest = 100_000_000_000 if entry["unit"] == "amount" else 1_000
        return in_units(entry.get("minimum", 0), scale), in_units(entry.get("maximum", largest), scale)

    def initial_values(self) -> dict[str, int]:
        """Section 4, `opening.x`: "on the first date its initial value". A note dated before the grid begins is
        outstanding.
        """
        values = dict.fromkeys(self.units(), 0)
        values |= {f"{name}.balance": balance for name, balance in self.opening_balances.items()}
        values |= statuses.initial(self) | ledgers.initial(self) | fees.initial(self) | facilities.initial(self)
        values |= assets.initial(self) | funding.initial(self)
        for name, entry in self.table("leases").items():
            values |= leases.initial(self, name, entry)
        for name, entry in self.table("contracts").items():
            values |= contracts.initial(self, name, entry)
        values |= {f"{name}.held": 1 for name in self.fleets}
        for note in self.notes.values():
            values[f"{note.name}.scheduled_balance"] = note.original_balance
            if note.dated_date < self.grid[0]:
                values[f"{note.name}.balance"] = note.original_balance
        values |= notes.initial_values(self, values) | balance_limits.initial(self)
        return values | groups.initial(self, values)
