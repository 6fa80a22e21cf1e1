"""Tests of generated deals: every measure, window and state, at levels near what the deal shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .amounts import number
from .choosing import Chooser, some
from .formula_texts import Vocabulary, amount_formula
from .generated_fees import FIXED_DENOMINATOR
from .generated_forward import forward_measure

Test = dict[str, Any]

NOTE_MEASURES = {
    "dscr": "cash_flow",
    "icr": "cash_flow",
    "ic": "cash_flow",
    "oc": "collateral",
    "ltv": "value",
    "debt_yield": "cash_flow",
    "borrowing_base": "base",
}
"""Measures over notes, with the field of their formula."""

PAIRS = {
    "cumulative_loss": ("loss", "original"),
    "min_liquidity": ("amount", "minimum"),
    "contract_realisation": ("realised", "contracted"),
}
"""Measures of two formulas."""

CURABLE = ("dscr", "icr", "ic", "oc", "debt_yield", "min_liquidity", "contract_realisation", "borrowing_base")
"""Measures that an equity cure may cure, besides a ratio of amounts."""

OF_DEBT = ("oc", "borrowing_base", "debt_yield", "ltv")
"""Measures that a cure by prepayment may cure; loan to value by nothing else."""

SMALL = 1_000_000
"""A note of more is not repaid inside a period: its balance times the days of a period would leave the range."""

TWO_DATES = (*FIXED_DENOMINATOR, "act/act_isda")
"""Day counts that need two dates only."""

USUAL_LEVELS = (1_000_000_000, 1_050_000_000, 1_200_000_000, 900_000_000)


class TestWriter:
    """Writes a deal's tests and the statuses that they set."""

    def __init__(
        self, chooser: Chooser, deal: dict[str, Any], words: Vocabulary, payments: Sequence[dt.date], plain: bool
    ) -> None:
        self.chooser, self.deal, self.words, self.plain = chooser, deal, words, plain
        self.payments = payments

    def add_tests(self, waterfall_schedule: str) -> None:
        """None to three tests."""
        chooser, statuses = self.chooser, self.deal["deal"]["statuses"]
        names = ("dscr", "cover", "leverage")[: chooser.choice([1, 2, 1, 3, 0])]
        if names:
            statuses.append("lock_up")
            if chooser.flag(60):
                statuses.append("acceleration")
        elif not self.plain and chooser.flag(40):
            statuses.append("lock_up")  # a step sets it
        for name in names:
            test = self.ahead() if not self.plain and chooser.flag(15) else self.measured(name)
            test["dates"] = chooser.choice(["payments", waterfall_schedule])
            test.setdefault("when_undefined", chooser.choice(["hold", "pass", "fail"]))
            self.add_state(test)
            self.add_dates(test)
            self.add_cure(test)
            severities = statuses[1:] if chooser.flag() else statuses[-1:]
            test["effects"] = (
                [{"set_status": chooser.choice(severities)}] if chooser.flag(40 if self.plain else 70) else []
            )
            if not self.plain and chooser.flag(50):
                test["effects"] += [self.effect() for _ in range(chooser.choice([1, 1, 2, 3]))]
            self.deal["tests"][name] = test

    def add_state(self, test: Test) -> None:
        """Counts, window, stickiness."""
        chooser = self.chooser
        for field in ("enter_after", "cure_after"):
            if chooser.flag(30):
                test[field] = chooser.integer(1, 3)
        if "forward" not in test and chooser.flag(40):
            test["window"] = chooser.integer(2, 4)
            test["window_start"] = chooser.choice(["wait", "partial", "annualise"])
        if not self.plain and chooser.flag(20):
            test["by"] = "mean_of_ratios"
        if chooser.flag(10):
            test["sticky"] = True

    def add_cure(self, test: Test) -> None:
        """Now and then a sponsor whose cash cures the test."""
        chooser, inputs = self.chooser, self.deal["inputs"]
        kind = next(iter(test["measure"]))
        if "forward" in test:
            return
        amounts = kind in CURABLE or (kind == "ratio" and "inputs." not in test["measure"][kind]["numerator"])
        at_most = test.get("requires", "at_most" if kind == "ltv" else "at_least") == "at_most"
        small = all(note["original_balance"] < SMALL for note in self.deal["notes"].values())
        of_debt = small and kind in OF_DEBT and (kind == "debt_yield" or test.get("window_start") != "annualise")
        if self.plain or test.get("by") or not (of_debt if kind == "ltv" else amounts) or at_most != (kind == "ltv"):
            return
        if not chooser.flag(90 if of_debt else 40):
            return
        if "sponsor_cash" not in inputs:
            debt = sum(note["original_balance"] for note in self.deal["notes"].values())
            default = Decimal(int(debt)) / chooser.choice([4, 1, 20, 100])
            inputs["sponsor_cash"] = {"unit": "amount", "default": default.quantize(Decimal("0.01"))}
            if default > 10**10:
                inputs["sponsor_cash"]["maximum"] = 4 * 10**13
        cure: dict[str, Any] = {"input": "sponsor_cash", "to": chooser.choice(list(self.deal["accounts"]))}
        ways = [] if kind == "ltv" else ["deemed_cfads", "deemed_cfads", "deposit"]
        cure["apply"] = chooser.choice(ways + ["prepay"] * 7 * of_debt)
        if cure["apply"] == "prepay":
            cure["notes"] = some(chooser, test["measure"][kind]["notes"])
        if cure["apply"] == "deemed_cfads" and chooser.flag():
            cure["stays_dates"] = chooser.integer(2, 4)
        if chooser.flag():
            cure["max_per_life"] = chooser.choice([1, 1, 2, 3])
        if chooser.flag(50):
            cure["max_per_window"] = {"n": chooser.choice([1, 1, 2]), "dates": chooser.integer(2, 4)}
        if chooser.flag(65):
            cure["no_consecutive"] = True
        test["equity_cure"] = cure

    def effect(self) -> dict[str, Any]:
        """What the test does to distributions and reserves while it fails."""
        chooser, accounts = self.chooser, self.deal["accounts"]
        kinds = ["cash_trap", "sweep", "cash_trap", "sweep", "sweep", "lock_up", "lock_up"]
        kinds += ["set_reserve"] * 2 * ("target" in accounts.get("reserve", {}))
        kind = chooser.choice(kinds)
        share = {"share": chooser.choice([Decimal("0.5"), Decimal("0.333333333")])} if chooser.flag(60) else {}
        if kind == "cash_trap":
            return {
                kind: share | {"to": chooser.choice([*[name for name in ("trap",) if name in accounts], *accounts])}
            }
        if kind == "sweep":
            return {kind: share | {"notes": some(chooser, list(self.deal["notes"]))}}
        if kind == "lock_up":
            return {kind: {}}
        formula = amount_formula(chooser, Vocabulary.of(self.deal, "target"), chooser.integer(0, 1))
        view = {"view": "scheduled"} if "forward_sum" in formula else {}
        return {kind: {"account": "reserve", "formula": formula} | view}

    def add_dates(self, test: Test) -> None:
        """A first date and a holiday."""
        if self.chooser.flag(25):
            test["first_date"] = self.payments[1]
        if self.chooser.flag(20):
            end = self.payments[1] + dt.timedelta(days=self.chooser.integer(0, 99))
            test["holiday"] = [{"from": self.payments[1], "to": end}]

    def ahead(self) -> Test:
        """A test of the dates to come."""
        test = self.levels(forward_measure(self.chooser, self.deal))
        if self.chooser.flag(60):  # after the last date there is nothing to come
            test["when_undefined"] = "hold"
        return test

    def measured(self, name: str) -> Test:
        """What a test measures, and its levels."""
        chooser, words = self.chooser, self.words
        if name == "dscr":
            flow = chooser.choice([words.cash_in(), f"{words.cash_in()} - {words.simplest()}"])
            notes = some(chooser, list(self.deal["notes"]))
            return self.levels({"measure": {"dscr": {"cash_flow": flow, "notes": notes}}})
        if name == "cover":
            kinds = ["ratio", *PAIRS, "formula", "formula", "cumulative_loss", *NOTE_MEASURES, *("llcr", "plcr") * 2]
            kind = "ratio" if self.plain else chooser.choice(kinds)
            return self.cover(kind)
        numbers = [f"inputs.{key}" for key, entry in self.deal["inputs"].items() if entry["unit"] == "number"]
        if numbers and chooser.flag(30):
            ratio = {"numerator": chooser.choice(numbers), "denominator": "0.95"}
            levels: Sequence[int] = USUAL_LEVELS
        else:
            ratio = {"numerator": "senior.balance", "denominator": f"trailing_sum({words.cash_in()}, 4)"}
            levels = (2_000_000_000, 3_500_000_000, 1_000_000_000)
        ratio["denominator_kind"] = chooser.choice(["flow", "stock"])
        return self.levels({"measure": {"ratio": ratio}, "requires": "at_most"}, levels)

    def cover(self, kind: str) -> Test:
        """A test of one of the measures."""
        chooser, words = self.chooser, self.words
        formula = amount_formula(chooser, words, 0 if self.plain else 1)
        if kind in PAIRS:
            above, below = PAIRS[kind]
            return self.levels({"measure": {kind: {above: words.cash_in(), below: formula}}})
        if kind == "formula":
            value = f"divide({words.cash_in()}, {formula}, {chooser.choice(['0', '1.1'])})"
            return self.levels({"measure": {kind: {"value": value}}})
        if kind == "ratio":
            if not self.plain and chooser.flag(60):
                return self.sometimes_undefined(formula)
            return self.levels({"measure": {kind: {"numerator": words.cash_in(), "denominator": formula}}})
        notes = some(chooser, list(self.deal["notes"]))
        if kind in ("llcr", "plcr"):
            return self.levels({"measure": {kind: self.life_cover(notes)}})
        balances = " + ".join(f"{name}.scheduled_balance" for name in notes)
        flows = [words.cash_in(), formula]
        stocks = [f"({balances}) * 1.2", f"{balances} + {words.cash_in()}", formula]
        field = NOTE_MEASURES[kind]
        terms = {field: chooser.choice(flows if field == "cash_flow" else stocks), "notes": notes}
        levels: Sequence[int] = (80_000_000, 300_000_000, 150_000_000) if kind == "debt_yield" else USUAL_LEVELS
        return self.levels({"measure": {kind: terms}}, levels)

    def life_cover(self, notes: list[str]) -> dict[str, Any]:
        """A present value of what a sculpting cash flow may read, over notes."""
        chooser, known = self.chooser, Vocabulary.of(self.deal, "sizing", fixed_fees_only=True)
        flow = chooser.choice([known.cash_in(), f"{known.cash_in()} * 0.8", amount_formula(chooser, known, 1)])
        rate = number(chooser.choice([65_810_000, 0, 30_000_001]))
        return {"cash_flow": flow, "notes": notes, "rate": rate, "day_count": chooser.choice(TWO_DATES)}

    def sometimes_undefined(self, formula: str) -> Test:
        """A test over nothing on some dates, which holds a count that has begun: on one date between failures, or
        wherever cash is plenty.
        """
        chooser, cash = self.chooser, self.words.cash_in()
        ratio = {"numerator": cash, "denominator": f"max(0, {formula} - {cash})"}
        if chooser.flag(60):
            ratio["denominator"] = f"if(period.index == {chooser.integer(1, 3)}, 0, abs({formula}) + {cash})"
        held = {"when_undefined": "hold", "enter_after": chooser.choice([2, 2, 3])} if chooser.flag(80) else {}
        return self.levels({"measure": {"ratio": ratio}} | held)

    def levels(self, test: Test, levels: Sequence[int] = USUAL_LEVELS) -> Test:
        """The level, and now and then a cure level beyond it."""
        chooser, kind = self.chooser, next(iter(test["measure"]))
        level = chooser.choice(levels)
        if kind in ("ltv", "cumulative_loss") and chooser.flag(70):
            test["requires"] = "at_least"
        test["level"] = number(level)
        if chooser.flag(60):
            at_most = test.get("requires", "at_most" if kind in ("ltv", "cumulative_loss") else "at_least") == "at_most"
            step = chooser.choice([50_000_000, 1, 60_000_000])
            test["cure_level"] = number(level - step if at_most else level + step)
        return test
