"""One scenario, date by date and step by step (rule book, sections 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import rules
from .numbers import SCALE, made, mul_div
from .plan import PAYMENT_LISTS, Plan, Step, Test

DUES = {"pay_fee": ("due", "paid"), "pay_cost": ("due", "paid"), "pay_interest": ("interest_due", "interest_paid")}


@dataclass(frozen=True, slots=True)
class Movement:
    """One source asked for one payee's request; `source` and `target` are accounts, or the outside party's name.

    Units: minor units. `requested` is what the payee still asked for when this source was reached, `available` the cash
    of the source at that moment, before any cap. `position` is the step's place in its waterfall.
    """

    index: int
    waterfall: str
    position: int
    step: str
    clause: str | None
    verb: str
    source: str
    target: str
    requested: int
    available: int
    amount: int


class Scenario:
    """State of one scenario; it is the `Moment` that formulas are evaluated at."""

    def __init__(self, plan: Plan, paths: Mapping[str, Sequence[int]]) -> None:
        self.plan = plan
        self.paths = paths
        self.initial = plan.initial
        self.values = dict(plan.initial)
        self.closings: list[dict[str, int]] = []
        self.index = 0
        self.status = 0
        self.states = {name: rules.TestState() for name in plan.tests}
        self.numerators: dict[str, list[int]] = {name: [] for name in plan.tests}
        self.denominators: dict[str, list[int]] = {name: [] for name in plan.tests}
        self.measured: dict[str, int | float | None] = {}
        self.totals: dict[str, int] = {}
        self.ledger: list[Movement] = []
        self.as_of_waterfall: dict[str, int] = {}
        self.waterfall_status = 0

    # what formulas see

    def read(self, path: str) -> int:
        """A quantity as it stands now; targets and principal due are worked out when they are read."""
        name, _, quantity = path.partition(".")
        if quantity == "target":
            return self.target(name)
        if quantity == "principal_due":
            return self.principal_due(name)
        return self.values[path]

    def ahead(self, path: str, n: int) -> int:
        """Section 5: "the sum of the scheduled quantity over the next n payment dates of that note strictly after the
        date".
        """
        name = path.partition(".")[0]
        today = self.plan.grid[self.index]
        dates = [row.date for row in self.plan.instalments[name] if row.date > today][:n]
        return sum(self.plan.fixed[self.plan.position[date]][path] for date in dates)

    def target(self, account: str) -> int:
        """Section 3, accounts: "The target is the formula's value on the date; below zero counts as zero"."""
        return max(0, self.plan.targets[account](self)) if account in self.plan.targets else 0

    def principal_due(self, note: str) -> int:
        """Section 5: in formulas "on every date", whether or not the note pays on it."""
        return rules.principal_due(self.values[f"{note}.balance"], self.values[f"{note}.scheduled_balance"])

    # a date

    def run_date(self, index: int) -> None:
        """Section 3, waterfalls: collection, on waterfall dates the status' waterfall, then after."""
        self.index = index
        self.start_of_date()
        self.run_waterfall("collection")
        self.as_of_waterfall = self.dues()
        self.waterfall_status = self.status
        if index in self.plan.waterfall_positions:
            self.run_waterfall(self.plan.statuses[self.status])
        self.run_waterfall("after")
        self.close_of_date()

    def start_of_date(self) -> None:
        """Inputs, collateral and scheduled quantities of the date; flows of the date begin at 0; notes are issued."""
        values, plan = self.values, self.plan
        values["period.index"] = self.index
        for name, path in self.paths.items():
            values[f"inputs.{name}"] = path[self.index]
        for key, amount in plan.collateral(self.index, values).items():
            values[key] = made(amount)
        values.update(plan.fixed[self.index])
        self.measured = {}
        for name in plan.fees:
            values[f"{name}.accrued"] = values[f"{name}.paid"] = 0
        for name in plan.table("equity"):
            values[f"{name}.distributed"] = 0
        for name, cashflow in plan.cashflows.items():
            if cashflow.out:
                values[f"{name}.paid"] = 0
                values[f"{name}.due"] = made(values[f"{name}.due"] + values[f"{name}.amount"])
        for name, note in plan.notes.items():
            for quantity in ("interest_accrued", "interest_paid", "principal_paid"):
                values[f"{name}.{quantity}"] = 0
            if plan.grid[self.index] == note.dated_date:
                values[f"{name}.balance"] = note.original_balance

    def dues(self) -> dict[str, int]:
        """Section 6: "`due` quantities as they stand after collection and before the waterfall"."""
        found = {f"{name}.due": self.values[f"{name}.due"] for name in self.plan.fees}
        found |= {f"{name}.due": self.values[f"{name}.due"] for name, flow in self.plan.cashflows.items() if flow.out}
        for name in self.plan.notes:
            found[f"{name}.interest_due"] = self.values[f"{name}.interest_due"]
            found[f"{name}.principal_due"] = self.principal_due(name)
        return found

    def close_of_date(self) -> None:
        """Running totals, and the closing values that later dates can look back at."""
        for key, amount in self.values.items():
            if key.endswith(("paid", "distributed")) and (amount or key not in self.totals):
                self.totals[key] = made(self.totals.get(key, 0) + amount)
        closing = dict(self.values)
        closing |= {f"{name}.principal_due": self.principal_due(name) for name in self.plan.notes}
        closing |= {f"{name}.target": self.target(name) for name in self.plan.targets}
        self.closings.append(closing)

    # steps

    def run_waterfall(self, name: str) -> None:
        """The steps in order. Section 4: "A step whose `when` is 0 moves nothing", one off its dates does not
        happen.
        """
        for step in self.plan.waterfalls.get(name, []):
            if step.positions is not None and self.index not in step.positions:
                continue
            if step.when is None or step.when(self):
                self.run_step(step)

    def run_step(self, step: Step) -> None:
        """Hand a step to its verb."""
        if step.verb == "collect":
            self.collect(step)
        elif step.verb == "accrue_fee":
            for name in step.payees:
                self.accrue_fee(name)
        elif step.verb == "accrue_interest":
            for name in step.payees:
                self.accrue_interest(name)
        elif step.verb == "run_tests":
            for name in step.payees:
                if self.index in self.plan.tests[name].positions:
                    self.run_test(self.plan.tests[name])
            self.set_status()
        else:
            self.pay(step)

    def collect(self, step: Step) -> None:
        """Section 4, collect: "all of: issuer_rent, amount, proceeds"."""
        account = step.fields["to"]
        for name in step.fields["from"]:
            if name in self.plan.notes:
                amount = self.values[f"{name}.proceeds"]
            else:
                amount = self.values[f"{name}.issuer_rent" if name in self.plan.rents else f"{name}.amount"]
            self.move(step, name, account, amount, amount, amount)

    def accrue_fee(self, name: str) -> None:
        """Section 3, fees: "On its payment dates `accrue_fee` sets `accrued` ... Then `due += accrued`"."""
        fee = self.plan.fees[name]
        if self.index not in fee.positions:
            return
        accrued = fee.fixed.get(self.index, 0)
        if fee.quantity is not None:
            accrued = max(0, mul_div(fee.quantity(self), fee.share, SCALE, self.plan.rounding))
        self.values[f"{name}.accrued"] = made(accrued)
        self.values[f"{name}.due"] = made(self.values[f"{name}.due"] + accrued)

    def accrue_interest(self, name: str) -> None:
        """Section 3, notes, interest: on payment dates, "with the balance before this date's payments"."""
        note, values = self.plan.notes[name], self.values
        if self.plan.grid[self.index] not in note.fractions:
            return
        balance = values[f"{name}.balance"] + values[f"{name}.principal_paid"]
        accrued = made(note.interest(balance, self.plan.grid[self.index]))
        values[f"{name}.interest_accrued"] = accrued
        values[f"{name}.interest_due"] = made(values[f"{name}.interest_due"] + accrued)

    def request(self, verb: str, name: str) -> int:
        """Section 4, the column `requested`, for one payee that is a fee, note, cashflow or reserve."""
        if verb == "fill_reserve":
            return rules.gap(self.values[f"{name}.balance"], self.target(name))
        if verb in DUES:
            return self.values[f"{name}.{DUES[verb][0]}"]
        if self.plan.grid[self.index] not in self.plan.notes[name].fractions:
            return 0
        return self.principal_due(name) if verb == "pay_principal" else self.values[f"{name}.balance"]

    def requests(self, step: Step, cash: Sequence[int]) -> list[int]:
        """What a step asks for, before its limit; transfers, distributions and trap releases ask for all there is."""
        if step.verb in PAYMENT_LISTS or step.verb == "fill_reserve":
            return [self.request(step.verb, name) for name in step.payees]
        if step.verb == "release_reserve":
            account = step.sources[0]
            return [rules.excess(self.values[f"{account}.balance"], self.target(account))]
        return [made(sum(cash))]

    def pay(self, step: Step) -> None:
        """Section 4, Paying: "Requests, caps and kept amounts are read once, when the step begins"; sources are used in
        order.
        """
        kept = max(0, step.keep_balance(self)) if step.keep_balance else 0
        rest = max(0, step.cap(self)) if step.cap else None
        cash = [rules.available_cash(self.values[f"{source}.balance"], kept) for source in step.sources]
        remaining = rules.limited_requests(self.requests(step, cash), step.share_of_due, self.plan.rounding)
        for source, available in zip(step.sources, cash, strict=True):
            usable = available if rest is None else min(available, rest)
            if step.ranking == "pro_rata":
                amounts = rules.pay_pro_rata(usable, remaining, self.plan.rounding)
            else:
                amounts = rules.pay_in_order(usable, remaining)
            left = available
            for payee, requested, amount in zip(step.payees, remaining, amounts, strict=True):
                self.move(step, source, payee, requested, left, amount)
                left -= amount
            remaining = [requested - amount for requested, amount in zip(remaining, amounts, strict=True)]
            if rest is not None:
                rest -= sum(amounts)

    def move(self, step: Step, source: str, target: str, requested: int, available: int, amount: int) -> None:
        """Move cash, credit the payee, and write the ledger: what was requested, even if nothing was there to pay
        it.
        """
        if not requested and not amount:
            return
        values = self.values
        if step.verb != "collect":
            values[f"{source}.balance"] -= amount
        if target in self.plan.opening_balances:
            values[f"{target}.balance"] = made(values[f"{target}.balance"] + amount)
        else:
            self.credit(step.verb, target, amount)
        entry = (self.index, step.waterfall, step.position, step.name, step.clause, step.verb)
        self.ledger.append(Movement(*entry, source, target, requested, available, amount))

    def credit(self, verb: str, payee: str, amount: int) -> None:
        """What a payment does to an outside payee's due, balance and paid."""
        values = self.values
        if verb == "distribute":
            values[f"{payee}.distributed"] += amount
            return
        owed, paid = DUES.get(verb, ("balance", "principal_paid"))
        values[f"{payee}.{owed}"] -= amount
        values[f"{payee}.{paid}"] += amount

    # tests

    def run_test(self, test: Test) -> None:
        """Section 3, tests: measure, window, undefined, comparison, state."""
        state = self.states[test.name]
        self.numerators[test.name].append(test.numerator(self))
        self.denominators[test.name].append(test.denominator(self) if test.denominator else self.debt_service(test))
        state.n_measured += 1
        if state.n_measured < test.window and test.window_start == "wait":
            return
        numerator, denominator = self.windowed(test, state)
        if denominator <= 0:
            if test.when_undefined == "hold":
                return
            passed = test.when_undefined == "pass"
        else:
            self.measured[test.name] = rules.measured_value(numerator, denominator, self.plan.rounding)
            bound = rules.threshold(state.failing, test.sticky, test.level, test.cure_level)
            passed = rules.passes(numerator, denominator, bound, test.at_least)
        state.failing, state.counter = rules.next_state(state, passed, test.enter_after, test.cure_after, test.sticky)
        self.values[f"tests.{test.name}.failing"] = int(state.failing)

    def debt_service(self, test: Test) -> int:
        """Section 3: "sum over notes of interest_accrued + min(scheduled_principal, principal_due)".

        The principal due on the date is taken before any payment of the date, wherever the step stands.
        """
        total, values = 0, self.values
        for name in test.notes:
            before = values[f"{name}.balance"] + values[f"{name}.principal_paid"]
            due = rules.principal_due(before, values[f"{name}.scheduled_balance"])
            total += values[f"{name}.interest_accrued"] + min(values[f"{name}.scheduled_principal"], due)
        return made(total)

    def windowed(self, test: Test, state: rules.TestState) -> tuple[int, int]:
        """Section 3, tests 1: the window's sums; a stock denominator is today's."""
        pair = []
        for series, stock in ((self.numerators[test.name], False), (self.denominators[test.name], test.stock)):
            total = series[-1] if stock else rules.window_sum(series, test.window)
            if not stock and state.n_measured < test.window and test.window_start == "annualise":
                total = made(rules.annualised(total, test.window, state.n_measured, self.plan.rounding))
            pair.append(total)
        return pair[0], pair[1]

    def set_status(self) -> None:
        """Section 3, tests 5: "After every `run_tests` step"."""
        failing = [test for name, test in self.plan.tests.items() if self.states[name].failing]
        self.status = rules.status_of([status for test in failing for status in test.statuses])
