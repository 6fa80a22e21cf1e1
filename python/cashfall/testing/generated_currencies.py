"""A second currency in generated deals: what is collected, owed, kept and paid in it, and the exchange of cash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .amounts import amount, number
from .choosing import Chooser
from .formula_texts import Vocabulary, amount_formula, flag_formula
from .generated_solve import formulas

Entry = dict[str, Any]

EUR = {"currency": "EUR"}
RATE, INVERSE = "inputs.eurusd", "divide(1, inputs.eurusd, 0)"
EXCHANGE: Entry = {"unit": "number", "default": Decimal("1.0842"), "maximum": 25}


def add_currencies(chooser: Chooser, deal: Entry, payments: Sequence[dt.date], size: int) -> None:
    """Now and then a part of the deal is in euro."""
    if not chooser.flag(12):
        return
    for node, key in formulas(deal):
        if chooser.flag(4):
            node[key] = f"{node[key]} + convert(0.1 * euro.balance, {RATE}, usd)"
    deal["inputs"]["eurusd"] = dict(EXCHANGE)
    writer = EuroWriter(chooser, deal, payments, size)
    writer.add_objects()
    writer.add_test()
    writer.add_steps()


class EuroWriter:
    """Writes the euro objects of a deal, and their steps."""

    def __init__(self, chooser: Chooser, deal: Entry, payments: Sequence[dt.date], size: int) -> None:
        self.chooser, self.deal, self.payments, self.size = chooser, deal, payments, size
        self.kinds = [
            kind
            for kind in ("lease", "note", "facility", "ledger", "tax", "swap", "asset", "second")
            if chooser.flag(40)
        ]
        past = ["export.amount", "euro.balance", "custodian.due"]
        past += ["euro_note.balance", "euro_note.interest_due"] if "note" in self.kinds else []
        past += ["euro_line.available"] if "facility" in self.kinds else []
        foreign = [f"convert(revenue.balance, {INVERSE}, eur)", "convert(senior.interest_due, 0.9, eur)"]
        self.words = Vocabulary([*past, *foreign], [RATE], past=past, incoming=["export.amount"])

    def add_objects(self) -> None:
        """What is in euro: always a flow, an account, a fee and an owner."""
        chooser, deal, size = self.chooser, self.deal, self.size
        amounts = [[date, amount(size // 2 + chooser.integer(0, size))] for date in self.payments]
        deal["cashflows"]["export"] = EUR | {"direction": "in", "amounts": amounts}
        euro: Entry = EUR | {"opening_balance": amount(chooser.choice([0, size]))}
        if chooser.flag(60):
            enough = "1.5 * lag(export.amount, 1, 0) + 2500"
            euro["target"] = {"formula": chooser.choice([enough, amount_formula(chooser, self.words, 1)])}
        deal["accounts"]["euro"] = euro
        deal["equity"]["partner"] = dict(EUR)
        fixed: Entry = {"fixed": {"per_date": amount(size // 9 + 1)}}
        shared = {"share_of": {"share": number(33_333_333), "quantity": self.quantity()}}
        terms = {"payment_dates": "payments", "amount": chooser.choice([fixed, shared])}
        deal["fees"]["custodian"] = EUR | terms
        for kind in self.kinds:
            getattr(self, f"add_{kind}")()

    def quantity(self) -> str:
        """An amount of euro."""
        return amount_formula(self.chooser, self.words, self.chooser.integer(0, 1))

    def add_lease(self) -> None:
        """A lease whose rent is in euro."""
        terms = {"commencement": self.deal["deal"]["closing_date"], "end": self.payments[-1]}
        rent = {"payment_dates": "payments", "base_rent": {"per_date": amount(self.size // 3)}}
        self.deal["leases"]["depot"] = EUR | terms | rent

    def add_note(self) -> None:
        """A note in euro."""
        kind = self.chooser.choice([{"level": {"first_date": self.payments[0]}}, {"bullet": {}}])
        self.deal["notes"]["euro_note"] = EUR | {
            "original_balance": amount(self.size * 4),
            "dated_date": self.deal["deal"]["closing_date"],
            "maturity_date": self.payments[-1],
            "payment_dates": "payments",
            "day_count": self.chooser.choice(["act/360", "30e/360"]),
            "coupon": {"fixed": {"rate": number(self.chooser.choice([42_500_000, 60_000_001]))}},
            "amortisation": kind,
        }

    def add_facility(self) -> None:
        """A line in euro."""
        terms = {"commitment": amount(self.size), "payment_dates": "payments", "day_count": "act/360"}
        interest = {"interest": {"fixed": {"rate": Decimal("0.05")}}}
        self.deal.setdefault("facilities", {})["euro_line"] = EUR | terms | interest

    def add_ledger(self) -> None:
        """A ledger that counts euro."""
        self.deal.setdefault("ledgers", {})["euro_tally"] = dict(EUR)

    def add_tax(self) -> None:
        """A tax in euro."""
        tax = {"rate": Decimal("0.25"), "base": self.quantity()}
        self.deal.setdefault("taxes", {})["euro_tax"] = EUR | tax

    def add_swap(self) -> None:
        """A swap of two fixed rates in euro."""
        legs = [{"rate": {"fixed": {"rate": Decimal(rate)}}, "day_count": "act/360"} for rate in ("0.05", "0.031")]
        pay, receive = legs if self.chooser.flag() else legs[::-1]
        notional = {"schedule": [[self.deal["deal"]["closing_date"], amount(self.size * 3)]]}
        terms = {"pay": pay, "receive": receive, "notional": notional, "payment_dates": "payments"}
        self.deal.setdefault("swaps", {})["euro_swap"] = EUR | terms

    def add_asset(self) -> None:
        """An asset that costs euro."""
        terms = {"price": "0.99", "opening_balance": amount(self.size)}
        self.deal.setdefault("assets", {})["euro_bills"] = EUR | terms

    def add_second(self) -> None:
        """A second account of euro."""
        self.deal["accounts"]["euro_savings"] = EUR | {"opening_balance": amount(self.size // 2)}

    def add_test(self) -> None:
        """A test of amounts in euro, with effects on distributions of euro."""
        chooser = self.chooser
        if not chooser.flag(60):
            return
        measure: Entry = {"min_liquidity": {"amount": "euro.balance", "minimum": self.quantity()}}
        effects: list[Entry] = [{"cash_trap": {"share": Decimal("0.4"), "to": "euro"}}]
        if "second" in self.kinds:
            effects = [{"cash_trap": {"to": "euro_savings"}}]
        if "note" in self.kinds and chooser.flag(70):
            measure = {"dscr": {"cash_flow": self.quantity(), "notes": ["euro_note"]}}
            effects.append({"sweep": {"share": Decimal("0.5"), "notes": ["euro_note"]}})
        test = {"measure": measure, "level": number(chooser.choice([1_050_000_000, 1_500_000_000]))}
        test |= {"dates": "payments", "when_undefined": "fail", "effects": effects[:: chooser.choice([1, -1])]}
        self.deal["tests"]["euro_cover"] = test

    # steps

    def add_steps(self) -> None:
        """What is collected and accrued; in each status what is exchanged and paid, in order, among other steps."""
        deal, chooser = self.deal, self.chooser
        collected = ["export", *(["depot"] if "lease" in self.kinds else [])]
        steps: list[Entry] = [{"collect": {"from": collected, "to": "euro"}}, {"accrue_fee": {"fees": ["custodian"]}}]
        steps += [{"accrue_interest": {"notes": ["euro_note"]}}] if "note" in self.kinds else []
        steps += [{"run_tests": {"tests": ["euro_cover"]}}] if "euro_cover" in deal["tests"] else []
        deal["waterfalls"]["collection"] = steps + deal["waterfalls"]["collection"]
        for status in deal["deal"]["statuses"]:
            written, place = deal["waterfalls"][status], 0
            for step in self.waterfall():
                place = chooser.integer(place, len(written))
                written.insert(place, step)
                place += 1
        if chooser.flag(15):
            deal["waterfalls"].setdefault("after", []).append(self.bring_home())

    def waterfall(self) -> list[Entry]:
        """The euro steps of a status: what is short is bought, what is owed is paid, what is over goes home."""
        chooser, kinds = self.chooser, self.kinds
        steps = [self.buy()] if chooser.flag(75) else []
        if "facility" in kinds:
            steps.append({"draw_facility": {"facility": "euro_line", "to": "euro", "amount": self.quantity()}})
        steps.append({"pay_fee": {"fees": ["custodian"], "from": ["euro"]}})
        if "tax" in kinds:
            steps.append({"pay_tax": {"taxes": ["euro_tax"], "from": ["euro"]}})
        if "note" in kinds:
            dues = ["euro_note.interest_due", "euro_note.principal_due"]
            steps.append({"pay": {"dues": dues, "from": ["euro"]} | self.limit(["cap", "keep_balance"], 30)})
        if "swap" in kinds:
            steps.append({"settle_swap": {"swap": "euro_swap", "to": "euro", "from": ["euro"]}})
        if "ledger" in kinds:
            steps.append({"book": {"ledger": "euro_tally", "amount": self.quantity()}})
        if "asset" in kinds:
            steps.append({"buy_asset": {"asset": "euro_bills", "from": ["euro"], "amount": self.quantity()}})
            steps.append({"sell_asset": {"asset": "euro_bills", "to": "euro", "amount": "0.4 * euro_bills.balance"}})
        if "facility" in kinds:
            dues = ["euro_line.interest_due", "euro_line.fee_due", "euro_line.drawn"]
            steps.append({"pay": {"dues": dues, "from": ["euro"]}})
        if chooser.flag(70):
            steps.append(self.bring_home())
        return [*steps, {"distribute": {"to": "partner", "from": ["euro"]} | self.limit(["share_of_due"], 60)}]

    def condition(self) -> Entry:
        """A condition, now and then."""
        return {"when": flag_formula(self.chooser, self.words, 1)} if self.chooser.flag(15) else {}

    def limit(self, kinds: list[str], percent: int) -> Entry:
        """One limit or two, in euro."""
        if not self.chooser.flag(percent):
            return {}
        values = {"share_of_due": Decimal("0.5"), "above_target": True, "to_target": True}
        chosen = {self.chooser.choice(kinds) for _ in range(2)}
        return {"limit": {kind: values.get(kind, self.quantity()) for kind in sorted(chosen)}}

    def buy(self) -> Entry:
        """Euro for dollars: what is needed, what there is, or up to the target."""
        chooser, deal = self.chooser, self.deal
        spare = [name for name in ("revenue", "operating") if name in deal["accounts"]]
        body: Entry = {"from": spare[: chooser.choice([1, 2])], "to": "euro", "rate": INVERSE}
        if chooser.flag(40):
            body["rate"] = chooser.choice(["0.91", "0.91", f"{INVERSE} * 0.995", "0.5 - 0.2 * period.index"])
        if "target" in deal["accounts"]["euro"] and chooser.flag(50):
            share = {"share_of_due": Decimal("0.333333333")} if chooser.flag(40) else {}
            body["limit"] = {"to_target": True} | share
        elif chooser.flag(70):
            body["buy"] = chooser.choice(["custodian.due - euro.balance", self.quantity(), "custodian.due"])
            body |= {"limit": {"share_of_due": Decimal("0.75")}} if chooser.flag(20) else {}
        else:
            body["limit"] = {"cap": chooser.choice(["senior.interest_due", "0.05 * revenue.balance"])}
        return {"convert": body} | self.condition()

    def bring_home(self) -> Entry:
        """Dollars for euro, within limits."""
        sources = ["euro", *(["euro_savings"] if "second" in self.kinds else [])]
        kinds = ["cap", "keep_balance", "share_of_due"]
        kinds += ["above_target"] * 3 if "target" in self.deal["accounts"]["euro"] else []
        rate = self.chooser.choice([RATE, RATE, "1.0842"])
        body: Entry = {"from": sources, "to": "revenue", "rate": rate} | self.limit(kinds, 60)
        if self.chooser.flag(50):  # for what is dearer, what is bought is not what its price brings
            body["buy"] = self.chooser.choice(["senior.interest_due", "0.01 * senior.balance", "123.45"])
        return {"convert": body} | self.condition()
