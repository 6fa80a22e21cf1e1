"""What is known before any scenario: the grid, rent and fee tables, note schedules, compiled steps and tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .dates import Schedule, as_date, full_years, read_schedule
from .document import Document, variant, verb_of
from .formulas import Compiler, Evaluate
from .numbers import SCALE, InvalidDeal, ScenarioError, in_range, in_units, mul_div
from .sizing import Instalment, read_note, size

NOTE_QUANTITIES = (
    *("balance", "interest_accrued", "interest_due", "interest_paid", "principal_due", "principal_paid", "proceeds"),
    *("scheduled_interest", "scheduled_principal", "scheduled_debt_service", "scheduled_balance"),
)
PAYMENT_LISTS = {
    "pay_fee": "fees",
    "pay_interest": "notes",
    "pay_principal": "notes",
    "pay_cost": "cashflows",
    "sweep": "notes",
}


@dataclass(frozen=True)
class Rent:
    """A lease; `base[t]` is the base rent of grid position t, None where no rent is due (0 where an input gives it)."""

    base: Sequence[int | None]
    input: str | None
    factor: str | None
    issuer_share: int


@dataclass(frozen=True)
class DatedCash:
    """A cashflow: amounts by grid position before the factor."""

    amounts: Mapping[int, int]
    factor: str | None
    out: bool


@dataclass(frozen=True)
class Fee:
    """A fee: fixed amounts by grid position, or a share of a quantity on its payment dates."""

    fixed: Mapping[int, int]
    share: int
    quantity: Evaluate | None
    positions: frozenset[int]


@dataclass(frozen=True)
class Test:
    """A test's terms; `numerator` and `denominator` are functions of a moment (`denominator` None: the dscr's)."""

    name: str
    numerator: Evaluate
    denominator: Evaluate | None
    notes: Sequence[str]
    stock: bool
    at_least: bool
    level: int
    cure_level: int
    enter_after: int
    cure_after: int
    window: int
    window_start: str
    positions: frozenset[int]
    when_undefined: str
    sticky: bool
    statuses: Sequence[int]


@dataclass(frozen=True)
class Step:
    """A step: its verb's fields, and its formulas compiled."""

    waterfall: str
    position: int
    verb: str
    name: str
    clause: str | None
    fields: Mapping[str, Any]
    payees: Sequence[str]
    sources: Sequence[str]
    ranking: str
    when: Evaluate | None
    positions: frozenset[int] | None
    cap: Evaluate | None
    keep_balance: Evaluate | None
    share_of_due: int | None


@dataclass
class StaticMoment:
    """The moment a sculpted cash flow is evaluated at: the sizing case, with only what no payment can change."""

    index: int
    closings: list[dict[str, int]]
    initial: Mapping[str, int]
    values: dict[str, int]

    def read(self, path: str) -> int:
        if path not in self.values:
            raise InvalidDeal(f"a sculpted cash flow cannot read {path}")
        return self.values[path]

    def ahead(self, path: str, n: int) -> int:
        raise InvalidDeal("a sculpted cash flow cannot look ahead")


class Plan:
    """A compiled deal. Reading order: grid, collateral, fees, notes, tests, steps."""

    def __init__(self, document: Document) -> None:
        self.document = document
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
        self.grid = self.read_grid()
        self.position = {date: index for index, date in enumerate(self.grid)}
        self.waterfall_positions = self.positions_of(self.terms["waterfall_dates"])
        self.formulas = Compiler(self.units(), self.decimals, self.rounding)
        self.inputs = self.table("inputs")
        self.rents = {name: self.read_lease(entry) for name, entry in self.table("leases").items()}
        self.cashflows = {name: self.read_cashflow(entry) for name, entry in self.table("cashflows").items()}
        self.opening_balances = {
            name: in_units(entry.get("opening_balance", 0), self.scale)
            for name, entry in self.table("accounts").items()
        }
        self.targets = {
            name: self.formulas.compile(entry["target"]["formula"], "amount")
            for name, entry in self.table("accounts").items()
            if "target" in entry
        }
        self.fees = {name: self.read_fee(entry) for name, entry in self.table("fees").items()}
        self.initial = self.initial_values()
        self.instalments = self.size_notes()
        self.fixed = self.fixed_values()
        self.tests = {name: self.read_test(name, entry) for name, entry in self.table("tests").items()}
        self.waterfalls = {
            name: [self.read_step(name, position, step) for position, step in enumerate(steps)]
            for name, steps in document["waterfalls"].items()
        }

    def table(self, name: str) -> dict[str, Any]:
        """A table of objects, empty if the document has none."""
        return dict(self.document.get(name, {}))

    def steps(self) -> list[Mapping[str, Any]]:
        """Every step of every waterfall, as written."""
        return [step for steps in self.document["waterfalls"].values() for step in steps]

    def positions_of(self, schedule: str) -> frozenset[int]:
        """Grid positions of a schedule's dates."""
        return frozenset(self.position[date] for date in self.schedules[schedule].dates if date in self.position)

    def read_grid(self) -> list[dt.date]:
        """Section 2, the grid."""
        dates = set(self.schedules[self.terms["waterfall_dates"]].dates)
        if "extra_dates" in self.terms:
            dates.update(self.schedules[self.terms["extra_dates"]].dates)
        for lease in self.table("leases").values():
            dates.update(lease_dates(lease, self.schedules))
        for fee in self.table("fees").values():
            dates.update(self.schedules[fee["payment_dates"]].dates)
        for cashflow in self.table("cashflows").values():
            dates.update(as_date(date) for date, _ in cashflow["amounts"])
        collected = {name for step in self.steps() if "collect" in step for name in step["collect"]["from"]}
        for note in self.notes.values():
            dates.update(note.payment_dates)
            if note.name in collected or note.dated_date > self.closing_date:
                dates.add(note.dated_date)
        if min(dates) < self.closing_date:
            raise InvalidDeal(f"{min(dates)} is before the closing date")
        return sorted(dates)

    def units(self) -> dict[str, str]:
        """The unit of every quantity a formula can name (section 4, table)."""
        units = {"period.index": "count"}
        owned = {"leases": ("rent", "issuer_rent"), "accounts": ("balance", "target"), "equity": ("distributed",)}
        owned |= {"fees": ("accrued", "due", "paid"), "notes": NOTE_QUANTITIES, "cashflows": ("amount", "due", "paid")}
        for table, quantities in owned.items():
            units |= {f"{name}.{quantity}": "amount" for name in self.table(table) for quantity in quantities}
        units |= {f"tests.{name}.failing": "flag" for name in self.table("tests")}
        return units | {f"inputs.{name}": entry["unit"] for name, entry in self.table("inputs").items()}

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

    def read_lease(self, entry: Mapping[str, Any]) -> Rent:
        """Section 3, leases: "`base[y] = R(base[y-1] * (1e9 + annual) / 1e9)`", y by the previous payment date."""
        start, schedule = as_date(entry["commencement"]), self.schedules[entry["payment_dates"]]
        base: list[int | None] = [None] * len(self.grid)
        for date in lease_dates(entry, self.schedules):
            if "per_date" in entry["base_rent"]:
                base[self.position[date]] = self.escalated(entry["base_rent"]["per_date"], entry, start, date, schedule)
            else:
                base[self.position[date]] = 0
        share = in_units(entry.get("issuer_share", 1), SCALE)
        return Rent(base, entry["base_rent"].get("input"), entry.get("factor"), share)

    def escalated(
        self, per_date: object, entry: Mapping[str, Any], start: dt.date, date: dt.date, schedule: Schedule
    ) -> int:
        """The base amount of year y, y the full years from `start` to the previous payment date, or to `start` if
        later.
        """
        amount = in_units(per_date, self.scale)
        annual = in_units(entry["escalator"]["annual"], SCALE) if "escalator" in entry else 0
        previous = max([start, *(earlier for earlier in schedule.dates if earlier < date)])
        for _ in range(full_years(start, previous)):
            amount = mul_div(amount, SCALE + annual, SCALE, self.rounding)
        if not in_range(amount):
            raise InvalidDeal(f"the escalated amount of {date} is out of range")
        return amount

    def read_cashflow(self, entry: Mapping[str, Any]) -> DatedCash:
        """Section 3, cashflows."""
        amounts = {self.position[as_date(date)]: in_units(amount, self.scale) for date, amount in entry["amounts"]}
        return DatedCash(amounts, entry.get("factor"), entry["direction"] == "out")

    def read_fee(self, entry: Mapping[str, Any]) -> Fee:
        """Section 3, fees: fixed amounts escalate by full years from the closing date."""
        kind, terms = variant(entry["amount"])
        schedule = self.schedules[entry["payment_dates"]]
        positions = self.positions_of(entry["payment_dates"])
        if kind == "share_of":
            quantity = self.formulas.compile(terms["quantity"], "amount")
            return Fee({}, in_units(terms["share"], SCALE), quantity, positions)
        fixed = {
            self.position[date]: self.escalated(terms["per_date"], terms, self.closing_date, date, schedule)
            for date in schedule.dates
        }
        return Fee(fixed, 0, None, positions)

    def initial_values(self) -> dict[str, int]:
        """Section 4, `opening.x`: "on the first date its initial value". A note dated before the grid begins is
        outstanding.
        """
        values = dict.fromkeys(self.units(), 0)
        values |= {f"{name}.balance": balance for name, balance in self.opening_balances.items()}
        for note in self.notes.values():
            values[f"{note.name}.scheduled_balance"] = note.original_balance
            if note.dated_date < self.grid[0]:
                values[f"{note.name}.balance"] = note.original_balance
        return values

    def size_notes(self) -> dict[str, list[Instalment]]:
        """Section 3, notes, schedule: "Fixed at compile on the sizing case, the same in every scenario"."""
        sculpted = [name for name, note in self.notes.items() if note.amortisation[0] == "sculpted"]
        moments = self.sizing_moments() if sculpted else {}
        instalments = {}
        for name, note in self.notes.items():
            flows: dict[dt.date, int] = {}
            if name in sculpted:
                formula = self.formulas.compile(note.amortisation[1]["cash_flow"], "amount")
                flows = {date: formula(moments[date]) for date in note.amortising_dates()}
            instalments[name] = size(note, flows.__getitem__)
        return instalments

    def sizing_moments(self) -> dict[dt.date, StaticMoment]:
        """Every date of the sizing case: "inputs not named take their defaults"."""
        case = self.table("sizing_case")
        paths = {name: self.default_path(name) for name in self.inputs if name not in case}
        paths |= {name: [in_units(value, self.input_scale(name))] * len(self.grid) for name, value in case.items()}
        moments, closings = {}, list[dict[str, int]]()
        for index, date in enumerate(self.grid):
            values = {f"inputs.{name}": path[index] for name, path in paths.items()} | {"period.index": index}
            values |= self.collateral(index, values)
            values |= {
                f"{name}.accrued": fee.fixed.get(index, 0) for name, fee in self.fees.items() if not fee.quantity
            }
            moments[date] = StaticMoment(index, list(closings), self.initial, values)
            closings.append(values)
        return moments

    def collateral(self, index: int, values: Mapping[str, int]) -> dict[str, int]:
        """Section 3: `rent`, `issuer_rent` and cashflow `amount` of a date, given that date's inputs."""
        found = {}
        for name, lease in self.rents.items():
            rent, base = 0, lease.base[index]
            if base is not None:
                base = values[f"inputs.{lease.input}"] if lease.input else base
                rent = self.scaled(base, lease.factor, values)
            found[f"{name}.rent"] = rent
            found[f"{name}.issuer_rent"] = mul_div(rent, lease.issuer_share, SCALE, self.rounding)
        for name, cashflow in self.cashflows.items():
            found[f"{name}.amount"] = self.scaled(cashflow.amounts.get(index, 0), cashflow.factor, values)
        return found

    def scaled(self, amount: int, factor: str | None, values: Mapping[str, int]) -> int:
        """Section 3: "`mul_div(base, factor, 1e9)` (no factor: base)"."""
        return mul_div(amount, values[f"inputs.{factor}"], SCALE, self.rounding) if factor else amount

    def fixed_values(self) -> list[dict[str, int]]:
        """Scheduled quantities and proceeds by grid position; between payment dates the scheduled balance stays."""
        rows = []
        running = {name: note.original_balance for name, note in self.notes.items()}
        by_date = {name: {row.date: row for row in rows} for name, rows in self.instalments.items()}
        for date in self.grid:
            values = {}
            for name, note in self.notes.items():
                row = by_date[name].get(date, Instalment(date, 0, 0, running[name]))
                running[name] = row.balance
                values[f"{name}.scheduled_interest"] = row.interest
                values[f"{name}.scheduled_principal"] = row.principal
                values[f"{name}.scheduled_debt_service"] = row.interest + row.principal
                values[f"{name}.scheduled_balance"] = row.balance
                values[f"{name}.proceeds"] = note.original_balance if date == note.dated_date else 0
            rows.append(values)
        return rows

    def read_test(self, name: str, entry: Mapping[str, Any]) -> Test:
        """Section 3, tests."""
        kind, terms = variant(entry["measure"])
        if kind == "dscr":
            numerator, denominator = self.formulas.compile(terms["cash_flow"], "amount"), None
        else:
            unit = self.ratio_unit(terms)
            numerator, denominator = (self.formulas.compile(terms[part], unit) for part in ("numerator", "denominator"))
        level = in_units(entry["level"], SCALE)
        return Test(
            name=name,
            numerator=numerator,
            denominator=denominator,
            notes=terms.get("notes", []),
            stock=terms.get("denominator_kind", "flow") == "stock",
            at_least=entry.get("requires", "at_least") == "at_least",
            level=level,
            cure_level=in_units(entry["cure_level"], SCALE) if "cure_level" in entry else level,
            enter_after=int(entry.get("enter_after", 1)),
            cure_after=int(entry.get("cure_after", 1)),
            window=int(entry.get("window", 1)),
            window_start=entry.get("window_start", "wait"),
            positions=frozenset(self.position[date] for date in measured_dates(entry, self.schedules)),
            when_undefined=entry["when_undefined"],
            sticky=bool(entry.get("sticky", False)),
            statuses=[self.statuses.index(effect["set_status"]) for effect in entry.get("effects", [])],
        )

    def ratio_unit(self, terms: Mapping[str, Any]) -> str:
        """Section 3, tests: "both formulas of a ratio give amounts, or both numbers"."""
        units = {self.formulas.unit_of(terms[part]) for part in ("numerator", "denominator")}
        if units not in ({"amount"}, {"number"}):
            raise InvalidDeal(f"the two formulas of a ratio give {sorted(units)}")
        return units.pop()

    def read_step(self, waterfall: str, position: int, step: Mapping[str, Any]) -> Step:
        """Section 4: a step's fields, its payees and sources in the order they are listed."""
        verb = verb_of(step)
        fields = step[verb]
        kind, limit = variant(fields["limit"]) if "limit" in fields else ("", "")
        payees = step_payees(verb, fields)
        sources = [fields["account"]] if verb.startswith("release_") else fields.get("from", [])
        formula = self.formulas.compile
        return Step(
            waterfall=waterfall,
            position=position,
            verb=verb,
            name=step.get("name", f"{verb} {', '.join(payees)}"),
            clause=step.get("clause"),
            fields=fields,
            payees=payees,
            sources=sources,
            ranking=fields.get("ranking", "sequential"),
            when=formula(step["when"], "flag") if "when" in step else None,
            positions=self.positions_of(step["dates"]) if "dates" in step else None,
            cap=formula(str(limit), "amount") if kind == "cap" else None,
            keep_balance=formula(str(limit), "amount") if kind == "keep_balance" else None,
            share_of_due=in_units(limit, SCALE) if kind == "share_of_due" else None,
        )


def step_payees(verb: str, fields: Mapping[str, Any]) -> list[str]:
    """Who a step pays, or what it acts on."""
    for field in ("fees", "notes", "cashflows", "tests"):
        if field in fields:
            return list(fields[field])
    return [fields["account"] if verb == "fill_reserve" else fields["to"]]


def lease_dates(entry: Mapping[str, Any], schedules: Mapping[str, Schedule]) -> list[dt.date]:
    """Section 3, leases: "Rent is due on payment dates d with commencement < d <= end"."""
    start, end = as_date(entry["commencement"]), as_date(entry["end"])
    return [date for date in schedules[entry["payment_dates"]].dates if start < date <= end]


def measured_dates(entry: Mapping[str, Any], schedules: Mapping[str, Schedule]) -> list[dt.date]:
    """Section 3, tests: "on dates in `dates` from `first_date` on and outside every holiday"."""
    first = as_date(entry.get("first_date", dt.date.min))
    holidays = [(as_date(holiday["from"]), as_date(holiday["to"])) for holiday in entry.get("holiday", [])]
    dates = [date for date in schedules[entry["dates"]].dates if date >= first]
    return [date for date in dates if not any(start <= date <= end for start, end in holidays)]
