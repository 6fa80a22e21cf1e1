"""Deals made by design: the whole language in small, with cash near what is due so that shortfalls and tests really
happen.

`generate(seed)` and the Hypothesis strategy `cashfall.testing.strategies.deals` share this construction. A deal is a
document (a dict) with `datetime.date` dates and `decimal.Decimal` decimals; `to_toml` prints it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .amounts import amount, number
from .choosing import Chooser, SeededChooser, some
from .formula_texts import Vocabulary, amount_formula, flag_formula
from .generated_acceleration import add_acceleration
from .generated_assets import add_assets
from .generated_collateral import add_collateral_terms
from .generated_currencies import add_currencies
from .generated_facilities import add_facilities, add_hedges
from .generated_fees import add_caps, fee
from .generated_forward import add_prefunding
from .generated_funding import add_funding
from .generated_groups import add_groups
from .generated_ledgers import add_ledgers
from .generated_notes import INDICES, coupon
from .generated_order import pay_before_distributing
from .generated_rates import add_rates_by_formula, add_small_quantities
from .generated_solve import add_fixed_points
from .generated_statuses import add_status_steps
from .generated_support import add_support
from .generated_terms import add_call, add_terms, add_toggles, percentages, target_balances
from .generated_tests import TestWriter
from .generated_waivers import add_waivers
from .generated_waterfalls import add_waterfalls
from .reference import InvalidDeal, Reference
from .reference.dates import in_month, regular_schedule

Deal = dict[str, Any]

DAY_COUNTS = (
    *(
        "30/360_bond_basis",
        "30e/360_isda",
        "act/360",
        "act/365f",
        "act/act_isda",
        "act/act_icma",
        "30e/360",
        "30/360_us",
    ),
    "regular",
)


def generate(seed: int | str, plain: bool = False) -> Deal:
    """A valid deal from a seed, the same for the same seed; for bulk differential runs.

    A `plain` deal has no limits, conditions or elaborate formulas: laws that hold only for such terms are tried on
    them.
    """
    return build(SeededChooser(seed), plain)


def build(chooser: Chooser, plain: bool = False) -> Deal:
    """A valid deal from a chooser. Should a schedule not repay by bad luck, its notes become bullets."""
    deal = Builder(chooser, plain).deal
    try:
        Reference(deal)
    except InvalidDeal:
        for note in deal["notes"].values():
            note["amortisation"] = {"bullet": {}}
        Reference(deal)
    return deal


class Builder:
    """Builds one deal from the bottom up: dates, notes, collateral, costs, accounts, tests, waterfalls."""

    def __init__(self, chooser: Chooser, plain: bool = False) -> None:
        self.chooser = chooser
        self.plain = plain
        self.size = 3 * 10**7 if not plain and chooser.flag(8) else 1
        self.deal: Deal = {"deal": {}, "schedules": {}, "inputs": {}, "leases": {}, "cashflows": {}, "accounts": {}}
        self.deal |= {"fees": {}, "notes": {}, "equity": {}, "tests": {}, "waterfalls": {}}
        self.choose_dates()
        self.add_notes()
        self.add_collateral()
        self.add_costs()
        self.add_accounts()
        self.add_sizing_case()
        self.add_amortisation()
        self.add_claims()
        self.add_tests()
        self.add_default_rates()
        for note in self.deal["notes"].values():
            add_terms(chooser, note, plain)
            add_call(chooser, self.deal, note, self.payments)
        add_waterfalls(chooser, self.deal, plain)
        add_waivers(chooser, self.deal, plain)
        add_status_steps(chooser, self.deal, plain)
        add_acceleration(chooser, self.deal, plain)
        add_support(chooser, self.deal, plain)
        add_funding(chooser, self.deal, self.payments, plain)
        add_rates_by_formula(chooser, self.deal, plain)
        add_small_quantities(chooser, self.deal, plain)
        add_groups(chooser, self.deal, plain)
        if not plain and self.size == 1:
            add_prefunding(chooser, self.deal)
            add_fixed_points(chooser, self.deal)
            add_currencies(chooser, self.deal, self.payments, self.service() // 2 + 1)
        if not plain:
            add_toggles(self.deal)
            if self.size == 1:
                add_collateral_terms(chooser, self.deal)
        pay_before_distributing(self.deal)
        for table in ("inputs", "leases", "cashflows", "fees", "tests"):
            if not self.deal[table]:
                del self.deal[table]

    def choose_dates(self) -> None:
        """Payment dates of notes, and cash dates at least as frequent; the closing date is a period earlier, or a
        stub.
        """
        chooser, schedules = self.chooser, self.deal["schedules"]
        months = chooser.choice([3, 3, 6, 1, 12])
        self.monthly_cash = months == 3 and chooser.flag(30)
        n_payments = chooser.integer(3, 5 if self.monthly_cash else 12)
        day, month = chooser.choice([30, 15, 31, 28, 29, 1]), chooser.integer(1, 12)
        first, last = in_month(2025, month, day), in_month(2025, month + months * (n_payments - 1), day)
        schedules["payments"] = regular_entry(first, last, months, day)
        self.payments = list(regular_schedule(first, last, months, day).dates)
        start = in_month(2025, month - months, day)
        self.stub = chooser.flag(30)
        self.closing = start + dt.timedelta(days=chooser.integer(1, 20)) if self.stub else start
        self.cash_dates, self.cash_schedule = self.payments, "payments"
        if self.monthly_cash:
            first = in_month(2025, month - 2, day)
            first = first if first >= self.closing else in_month(2025, month - 1, day)
            schedules["cash"] = regular_entry(first, last, 1, day)
            self.cash_dates = list(regular_schedule(first, last, 1, day).dates)
            self.cash_schedule = "cash"
        terms = {"name": "generated", "currency": "USD", "closing_date": self.closing}
        # A large balance times the days of a period is in range only where nothing is paid inside the period.
        quarterly = chooser.flag(30) or self.size > 1
        self.waterfall_schedule = "payments" if quarterly else self.cash_schedule
        terms |= {"waterfall_dates": self.waterfall_schedule, "statuses": ["normal"]}
        if self.size == 1 and chooser.flag(5):
            terms["decimals"] = chooser.choice([3, 4])
        if not self.plain and chooser.flag(20):
            terms["pro_rata_remainder"] = "first"
        if chooser.flag(30):
            terms["rounding"] = chooser.choice(["half_even", "down"])
        if chooser.flag(20):
            spare = {self.closing + dt.timedelta(days=chooser.integer(1, 300)) for _ in range(2)}
            schedules["spare"] = {"dates": sorted(spare)}
            terms["extra_dates"] = "spare"
        self.deal["deal"] = terms

    def add_notes(self) -> None:
        """One to three notes; amortisation is chosen once the collateral is known."""
        chooser = self.chooser
        for name in ("senior", "mezzanine", "junior")[: chooser.integer(1, 3)]:
            later = name != "senior" and self.size == 1 and chooser.flag(20)
            dated = self.payments[0] if later else self.closing
            conventions = [kind for kind in DAY_COUNTS if kind != "regular" or not self.stub or dated != self.closing]
            note: dict[str, Any] = {
                "original_balance": amount(
                    self.size * chooser.choice([1, 7, 10, 13]) * chooser.integer(10_000, 900_001)
                ),
                "dated_date": dated,
                "maturity_date": self.payments[-1] if chooser.flag(70) else self.payments[-2],
                "payment_dates": "payments",
                "day_count": chooser.choice(conventions),
                "coupon": coupon(chooser, self.deal["inputs"], dated, self.payments, self.plain),
            }
            if note["maturity_date"] <= dated:
                note["maturity_date"] = self.payments[-1]
            if "index_level" not in note["coupon"] and chooser.flag(25):
                unit = chooser.choice([1, 10_000, 25])
                note["original_balance"] = amount(unit * chooser.integer(1, 900) * (1 if unit > 100 else 11))
                if factors_fit(note, unit):
                    note["rounding_unit"] = amount(unit)
            self.deal["notes"][name] = note

    def service(self) -> int:
        """About what the notes need on a payment date, in cents."""
        total = 0
        for note in self.deal["notes"].values():
            balance = int(note["original_balance"].scaleb(2))
            total += balance // len(self.payments) + balance // 60
        return total

    def add_input(self, name: str, unit: str, default: Decimal) -> str:
        """An input with a default, or with steps of it."""
        entry: dict[str, Any] = {"unit": unit}
        if self.size > 1 and unit == "amount":
            entry["maximum"] = 4 * 10**13
        if self.chooser.flag(20):
            entry["default_steps"] = [
                [self.closing, default],
                [self.payments[1], default * 2 if unit == "number" else default],
            ]
        else:
            entry["default"] = default
        self.deal["inputs"][name] = entry
        return name

    def add_collateral(self) -> None:
        """None to two leases, and incoming cash that is certain to be there if no lease is."""
        chooser, service = self.chooser, self.service()
        n_leases = chooser.choice([1, 1, 2, 0])
        n_cash = len(self.cash_dates)
        per_date = (
            service * len(self.payments) * chooser.choice([100, 120, 80, 105, 95, 160, 200, 130]) // (100 * n_cash)
        )
        for name in ("hyperion", "el_paso")[:n_leases]:
            lease = {"commencement": self.closing, "end": self.payments[-1], "payment_dates": self.cash_schedule}
            if chooser.flag(25):
                lease["commencement"] = self.cash_dates[0]
            if chooser.flag(15):
                lease["end"] = self.cash_dates[-2]
            if chooser.flag(25):
                lease["base_rent"] = {"input": self.add_input(f"{name}_rent", "amount", amount(per_date // n_leases))}
            else:
                lease["base_rent"] = {"per_date": amount(per_date // n_leases + chooser.integer(0, 99))}
                if chooser.flag(40):
                    lease["escalator"] = {"annual": number(chooser.choice([18_691_900, 100_000_000, 333_333_333]))}
            if chooser.flag(70):
                lease["factor"] = self.add_input(f"{name}_factor", "number", Decimal(1))
            if chooser.flag(40):
                lease["issuer_share"] = number(chooser.choice([800_000_000, 666_666_667, 999_999_999]))
            self.deal["leases"][name] = lease
        if not n_leases or chooser.flag(30):
            self.add_cashflow("grant", "in", per_date if not n_leases else per_date // 3, self.cash_dates)

    def add_cashflow(self, name: str, direction: str, near: int, dates: list[dt.date]) -> None:
        """Dated amounts around a size, on some or all dates, now and then a day before one."""
        chooser = self.chooser
        early = dt.timedelta(days=chooser.choice([0, 0, 0, 1]))
        dates = [date - early for date in some(chooser, dates, 1 if chooser.flag() else len(dates))]
        dates = [date for date in dates if date >= self.closing]
        amounts = [[date, amount(near * chooser.integer(60, 140) // 100 + chooser.integer(0, 9))] for date in dates]
        entry: dict[str, Any] = {"direction": direction, "amounts": amounts}
        if chooser.flag(50):
            entry["factor"] = self.add_input(f"{name}_factor", "number", Decimal(1))
        self.deal["cashflows"][name] = entry

    def add_costs(self) -> None:
        """None to three fees, and an outgoing cashflow now and then."""
        chooser, fees, size = self.chooser, self.deal["fees"], self.service() // 25 + 7
        for name in ("trustee", "servicing", "agency")[: chooser.integer(0, 3)]:
            words, schedule = self.vocabulary("fee"), chooser.choice(["payments", self.cash_schedule])
            dates = self.payments if schedule == "payments" else self.cash_dates
            fees[name] = fee(chooser, words, schedule, dates, size, self.plain)
        for name in ("opex", "tax")[: chooser.choice([0, 0, 0, 1, 1, 2])]:
            self.add_cashflow(name, "out", size * 2, self.cash_dates)

    def add_accounts(self) -> None:
        """A revenue account, and perhaps a reserve with a target, a trap, and a second source of cash."""
        chooser, accounts = self.chooser, self.deal["accounts"]
        accounts["revenue"] = {"opening_balance": amount(chooser.choice([0, 1, self.service() // 3]))}
        if chooser.flag(65):
            formula = amount_formula(chooser, self.vocabulary("target"), 0 if self.plain else chooser.integer(0, 2))
            target: dict[str, Any] = {"formula": formula}
            if "forward_sum" in formula:
                target["view"] = "scheduled"
            accounts["reserve"] = {
                "opening_balance": amount(chooser.choice([0, self.service() // 2])),
                "target": target,
            }
        if chooser.flag(60):
            accounts["trap"] = {}
        if chooser.flag(30):
            accounts["operating"] = {"opening_balance": amount(chooser.integer(0, self.service()))}
        self.deal["equity"]["sponsor"] = {}

    def add_sizing_case(self) -> None:
        """Now and then the case schedules are sized on is not the default."""
        chooser, inputs = self.chooser, self.deal["inputs"]
        numbers = [name for name, entry in inputs.items() if entry["unit"] == "number" and name not in INDICES]
        if numbers and chooser.flag(20):
            self.deal["sizing_case"] = {chooser.choice(numbers): chooser.choice([Decimal("0.95"), Decimal("1.1")])}
        if "sofr" in inputs and chooser.flag(20):
            self.deal.setdefault("sizing_case", {})["sofr"] = Decimal("0.0625")

    def vocabulary(self, place: str) -> Vocabulary:
        """What a formula in a place may read."""
        words = Vocabulary.of(self.deal, place, fixed_fees_only=place == "sizing")
        return words.plain(place) if self.plain else words

    def add_amortisation(self) -> None:
        """Level, sculpted, explicit or bullet, with an interest-only period first."""
        chooser = self.chooser
        for name, note in self.deal["notes"].items():
            dates = [date for date in self.payments if note["dated_date"] < date <= note["maturity_date"]]
            first = dates[chooser.integer(0, len(dates) - 1) // 2]
            kinds = ["bullet", "level", "explicit", "target_balance", "percent_of_original", "sweep", "greatest_of"]
            kinds += ["level", "sculpted", "sculpted"] if self.deal["leases"] else ["level"]
            if "index_level" in note["coupon"]:
                kinds = ["bullet", "explicit", "target_balance", "percent_of_original"]
            note["amortisation"] = self.amortisation(name, note, chooser.choice(kinds), first, dates)

    def amortisation(
        self, name: str, note: Mapping[str, Any], kind: str, first: dt.date, dates: list[dt.date]
    ) -> dict[str, Any]:
        """One way to repay a note."""
        original = note["original_balance"]
        if kind == "level":
            return {"level": {"first_date": first}}
        if kind == "explicit":
            return {"explicit": {"principal": self.explicit(dates, original)}}
        if kind == "sculpted":
            return {"sculpted": {"first_date": first, "cash_flow": self.sculpted_flow(name)}}
        if kind == "target_balance":
            return {kind: target_balances(self.chooser, dates, original)}
        if kind == "percent_of_original":
            return {kind: percentages(self.chooser, dates)}
        if kind == "greatest_of":
            parts = ("level", self.chooser.choice(["target_balance", "percent_of_original", "explicit"]))
            return {kind: [self.amortisation(name, note, part, first, dates) for part in parts]}
        return {kind: {}}

    def explicit(self, dates: list[dt.date], original: Decimal) -> list[list[Any]]:
        """A split of the balance over some payment dates."""
        left, rows = int(original.scaleb(2)), []
        for date in dates[:-1]:
            part = left * self.chooser.choice([0, 1, 2, 5, 3]) // 10
            if part:
                rows.append([date, amount(part)])
            left -= part
        return [*rows, [dates[-1], amount(left)]]

    def sculpted_flow(self, name: str) -> str:
        """Rent of the period, less fixed costs now and then."""
        lease = next(iter(self.deal["leases"]))
        rent = f"trailing_sum({lease}.issuer_rent, 3)" if self.monthly_cash else f"{lease}.issuer_rent"
        words = self.vocabulary("sizing")
        if self.plain:
            return rent
        other = self.chooser.choice(
            ["", f" + {words.simplest()}", f" + 0.01 * abs({amount_formula(self.chooser, words, 1)})"]
        )
        return f"{rent}{other}"

    def add_claims(self) -> None:
        """Facilities, hedges, caps of fees, ledgers and taxes."""
        chooser, deal, size = self.chooser, self.deal, self.service() + 1
        if self.size == 1:
            add_facilities(chooser, deal, self.cash_dates, size, self.plain)
            add_hedges(chooser, deal, self.payments, size)
            if not self.plain:
                add_assets(chooser, deal, size)
        add_caps(chooser, deal, self.vocabulary("fee"), size // 25 + 7, self.plain)
        add_ledgers(chooser, deal, size, self.plain)

    def add_default_rates(self) -> None:
        """More interest while something is the matter; the condition reads what is known as interest accrues."""
        if self.plain:
            return
        for note in self.deal["notes"].values():
            if self.chooser.flag(15):
                words, extra = self.vocabulary("fee"), self.chooser.choice([20_000_000, 1])
                condition = flag_formula(self.chooser, words, self.chooser.integer(0, 1))
                note["default_rate"] = {"extra": number(extra), "when": condition}

    def add_tests(self) -> None:
        """None to three tests with their effects."""
        TestWriter(self.chooser, self.deal, self.vocabulary("test"), self.payments, self.plain).add_tests(
            self.waterfall_schedule
        )


def factors_fit(note: Mapping[str, Any], unit: int) -> bool:
    """Whether 1e9 times every period's denominator, times the number of units, is surely below 2^52."""
    years = {"act/act_isda": 365 * 366, "act/act_icma": 12 * 372, "regular": 12 * 372}.get(note["day_count"], 366)
    return 10**9 * years * int(note["original_balance"].scaleb(2)) // unit < 2**52


def regular_entry(first: dt.date, last: dt.date, months: int, day: int) -> dict[str, Any]:
    """A regular schedule as the document writes it; the day only where it is not that of the first date."""
    entry: dict[str, Any] = {"first": first, "last": last, "months": months}
    return {"regular": entry | ({"day": day} if first.day != day else {})}
