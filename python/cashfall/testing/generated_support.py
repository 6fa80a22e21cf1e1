"""Support by facilities, and accounts that earn interest, in generated deals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .choosing import Chooser

Entry = dict[str, Any]

SUPPORTED = ("pay", "pay_fee", "pay_interest", "pay_principal", "pay_cost", "sweep", "fill_reserve")


def add_support(chooser: Chooser, deal: Entry, plain: bool) -> None:
    """Now and then an account earns, and a line supports what steps pay and is repaid."""
    if plain:
        return
    if chooser.flag(20):
        add_earnings(chooser, deal)
    if chooser.flag(25):
        add_line(chooser, deal)
    if chooser.flag(15):
        add_anticipated_repayment(chooser, deal)
    for steps in deal["waterfalls"].values():
        for step in steps:
            if "prepay" in step and "amount" not in step["prepay"] and chooser.flag(40):
                step["prepay"] |= {"whole": True, "from": step["prepay"]["from"][:1]}


def add_anticipated_repayment(chooser: Chooser, deal: Entry) -> None:
    """A note bears additional interest from the middle of its life on, paid last."""
    name = chooser.choice(list(deal["notes"]))
    note = deal["notes"][name]
    term = note["maturity_date"] - note["dated_date"]
    date = note["dated_date"] + term * chooser.choice([3, 2, 0]) // 6
    note["anticipated_repayment"] = {"date": date, "extra": Decimal(chooser.choice(["0.02", "0.001234567"]))}
    step = {"pay": {"dues": [f"{name}.additional_interest_due"], "from": [next(iter(deal["accounts"]))]}}
    for status in deal["deal"]["statuses"]:
        deal["waterfalls"][status].append(step)


def add_earnings(chooser: Chooser, deal: Entry) -> None:
    """An account earns a fixed or floating rate, collected somewhere."""
    name = chooser.choice(list(deal["accounts"]))
    rate: Entry = {"fixed": {"rate": Decimal(chooser.choice(["0.05", "0.023456789", "0"]))}}
    numbers = [key for key, entry in deal["inputs"].items() if entry["unit"] == "number"]
    if numbers and chooser.flag(50):
        fixing = chooser.choice(["in_advance", "in_arrears"])
        margin = Decimal(chooser.choice(["0", "-0.01", "0.002"]))
        rate = {"floating": {"index": chooser.choice(numbers), "fixing": fixing, "margin": margin}}
    day_count = chooser.choice(["act/360", "act/365f", "30e/360", "30/360_us"])
    deal["accounts"][name]["earns"] = {"rate": rate, "payment_dates": "payments", "day_count": day_count}
    step = {"collect": {"from": [name], "to": chooser.choice(list(deal["accounts"]))}}
    deal["waterfalls"].setdefault("collection", []).insert(0, step)


def add_line(chooser: Chooser, deal: Entry) -> None:
    """A line that supports some steps of the waterfalls, and is repaid at their end."""
    balance = next(iter(deal["notes"].values()))["original_balance"]
    line: Entry = {"commitment": max(balance // 20, 1), "payment_dates": "payments", "day_count": "act/360"}
    if chooser.flag(40):
        line["revolving"] = False
    steps = [step for status in deal["deal"]["statuses"] for step in deal["waterfalls"][status]]
    supported = [fields for step in steps for verb, fields in step.items() if verb in SUPPORTED]
    chosen = [fields for fields in supported if chooser.flag(50)]
    if not chosen:
        return
    deal.setdefault("facilities", {})["line"] = line
    for fields in chosen:
        support = {"from_facility": "line"} | ({"only_if": "period.index != 1"} if chooser.flag(20) else {})
        fields["support"] = [*fields.get("support", []), support][:: chooser.choice([1, -1])]
    repay = {"repay_facility": {"facilities": ["line"], "from": [next(iter(deal["accounts"]))]}}
    for status in deal["deal"]["statuses"]:
        written = deal["waterfalls"][status]
        written.insert(chooser.integer(0, len(written)), repay)
