"""Clauses of leases, and compute contracts, in generated deals."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .amounts import amount, number
from .choosing import Chooser, some

Entry = dict[str, Any]

MOOD: Entry = {"unit": "number", "default": Decimal(1), "maximum": 25}
"""What events depend on: it wanders around 1, and now and then falls to 0 or leaps."""


def worth(size: int) -> Entry:
    """What a property is worth, an amount."""
    return {"unit": "amount", "default": amount(size), "maximum": amount(size * 100)}


def add_collateral_terms(chooser: Chooser, deal: Entry) -> None:
    """Now and then leases have clauses, and there is a contract."""
    dates = {name: schedule_dates(deal, lease["payment_dates"]) for name, lease in deal["leases"].items()}
    for name, lease in deal["leases"].items():
        if chooser.flag(30) and not is_read_behind(deal, name):
            deal["inputs"].setdefault("mood", dict(MOOD))
            LeaseWriter(chooser, deal, name, lease, [d for d in dates[name] if d > lease["commencement"]]).write()
    collects = any("collect" in step for step in deal["waterfalls"]["collection"])
    if collects and chooser.flag(12):
        deal["inputs"].setdefault("mood", dict(MOOD))
        add_contract(chooser, deal)
    if collects and chooser.flag(12):
        deal["inputs"].setdefault("mood", dict(MOOD))
        add_fleet(chooser, deal)
    if chooser.flag(10):
        deal["inputs"].setdefault("mood", dict(MOOD))
        add_borrowing_base(chooser, deal)
    if chooser.flag(15):
        deal["inputs"].setdefault("mood", dict(MOOD))
        write_cashflows_as_formulas(chooser, deal)


def is_read_behind(deal: Entry, name: str) -> bool:
    """Whether a test that looks ahead reads the past of a lease or a cashflow."""
    ahead = [str(test["measure"]) for test in deal["tests"].values() if "forward" in test]
    return any(re.search(rf"(lag\(|trailing_\w+\(|opening\.){name}\.", words) for words in ahead)


def schedule_dates(deal: Entry, name: str) -> list[dt.date]:
    """The dates of a regular schedule of a generated deal."""
    from .reference.dates import read_schedule

    return list(read_schedule(deal["schedules"][name]).dates)


class LeaseWriter:
    """Writes the clauses of a lease; `size` is about one rent."""

    def __init__(self, chooser: Chooser, deal: Entry, name: str, lease: Entry, dates: Sequence[dt.date]) -> None:
        self.chooser, self.deal, self.name, self.lease, self.dates = chooser, deal, name, lease, dates
        rent = lease["base_rent"]
        size = rent["per_date"] if "per_date" in rent else deal["inputs"][rent["input"]].get("default", Decimal(1))
        self.size = max(1, int(Decimal(str(size)) * 100))
        self.currency = {"currency": lease["currency"]} if "currency" in lease else {}
        self.worth = "inputs.worth" + ("_abroad" if self.currency else "")

    def write(self) -> None:
        """Some of the clauses, in the order of the rule book."""
        chooser, lease = self.chooser, self.lease
        self.deal["inputs"].setdefault(self.worth.removeprefix("inputs."), worth(self.size * 6) | self.currency)
        if chooser.flag(25):
            lease["begins_when"] = chooser.choice(["inputs.mood < 1.2", "period.index >= 1", "inputs.mood > 0.8"])
        if chooser.flag(20):
            lease["free_rents"] = chooser.integer(1, 2)
        if chooser.flag(60) and len(self.dates) > 2:
            self.renew()
        if "per_date" in lease["base_rent"] and chooser.flag(20):
            self.index()
        if chooser.flag(30):
            lease["deferral"] = {
                "when": "inputs.mood < 0.9",
                "most": chooser.integer(1, 3),
                "over": chooser.integer(1, 3),
            }
        if chooser.flag(40):
            self.fail()
        for clause, amount_key, words in (
            ("termination", "payment", "inputs.mood > 1.6"),
            ("purchase", "price", "inputs.mood > 1.7"),
            ("casualty", "insurance", "inputs.mood > 1.8"),
        ):
            if chooser.flag(20):
                lease[clause] = {"when": words, amount_key: self.value()}
        self.leave()

    def renew(self) -> None:
        """The lease ends early, and may be renewed."""
        chooser, lease = self.chooser, self.lease
        first = chooser.integer(0, len(self.dates) - 2)
        lease["end"] = self.dates[first]
        later = some(chooser, list(range(first + 1, len(self.dates))), chooser.integer(1, 2))
        lease["renewals"] = []
        for place in sorted(later):
            renewal: Entry = {
                "until": self.dates[place],
                "when": chooser.choice(["inputs.mood > 0.7", "inputs.mood < 1.1"]),
            }
            if "per_date" in lease["base_rent"] and chooser.flag(50):
                renewal["step"] = number(chooser.choice([75_890_000, -50_000_000, 333_333_333]))
            lease["renewals"].append(renewal)

    def index(self) -> None:
        """Rent that follows an index."""
        growth: Entry = {"input": "mood"}
        if self.chooser.flag(50):
            growth |= {"floor": number(-20_000_000), "cap": number(55_555_555)}
        self.lease["escalator"] = {"index": growth}

    def fail(self) -> None:
        """The tenant may stop paying; what is claimed, held and recovered."""
        chooser = self.chooser
        terms: Entry = {"when": "inputs.mood < 0.45"}
        if chooser.flag(70):
            terms |= {"claim_rents": chooser.integer(1, 4), "recovery": chooser.choice(["0.4", "inputs.mood"])}
            terms["after"] = chooser.integer(0, 2)
        self.lease["default"] = terms
        if chooser.flag(50):
            self.lease["deposit"] = amount(self.size * 2 + 1)

    def leave(self) -> None:
        """What becomes of the empty property."""
        chooser, lease = self.chooser, self.lease
        kind = chooser.choice(["relet", "sale", "none"])
        if kind == "relet":
            lease["relet"] = {"after": chooser.integer(0, 2), "rent": f"{self.worth} * 0.2"}
        if kind == "sale":
            lease["sale"] = {"after": chooser.integer(0, 2), "value": self.value()}
        if chooser.flag(50):
            levels = [[self.dates[0], amount(self.size * 9)], [self.dates[-1], amount(self.size * 3)]]
            lease["residual_value_guarantee"] = {
                "threshold": levels if self.dates[0] < self.dates[-1] else levels[:1],
                "until": self.dates[-1],
                "cap": amount(self.size * chooser.integer(1, 8)),
                "value": self.value(),
                "after": chooser.integer(0, 2),
            }
        if ({"sale", "residual_value_guarantee"} & lease.keys()) and chooser.flag(50):
            ranking: Entry = {"issuer_first": {"claim": self.claim()}} if chooser.flag(60) else {"pro_rata": {}}
            lease["residual_ranking"] = ranking

    def value(self) -> str:
        """What a property is worth."""
        return self.chooser.choice([self.worth, f"{self.worth} * inputs.mood", f"{amount(self.size * 5)}"])

    def claim(self) -> str:
        """What the issuer still owes."""
        if self.currency:
            return f"{amount(self.size * 2)}"
        note = next(iter(self.deal["notes"]))
        return self.chooser.choice([f"opening.{note}.balance", f"{amount(self.size * 2)}"])


def add_contract(chooser: Chooser, deal: Entry) -> None:
    """One contract over most dates, collected with all else."""
    schedule = deal["deal"]["waterfall_dates"]
    dates, closing = schedule_dates(deal, schedule), deal["deal"]["closing_date"]
    dates = [date for date in dates if date > closing]
    end = chooser.choice(dates[max(0, len(dates) - 3) :])
    contract: Entry = {
        "commencement": closing,
        "end": end,
        "payment_dates": schedule,
        "capacity": [[closing, Decimal(chooser.integer(1, 40))]],
        "price": [[closing, number(chooser.choice([2_350_000_000, 1_999_999_999, 350_000_000]))]],
    }
    if chooser.flag(50) and len(dates) > 2:
        contract["capacity"].append([dates[1], Decimal(chooser.integer(0, 40))])
    if chooser.flag(60):
        contract |= {"utilization": "inputs.mood - 0.2", "take_or_pay": number(chooser.choice([0, 600_000_000, 10**9]))}
    if chooser.flag(40):
        contract |= {
            "availability": "inputs.mood",
            "credits": [[Decimal("0.95"), Decimal("0.3")], [Decimal("0.99"), Decimal("0.1")]],
        }
    if chooser.flag(40):
        contract["prepayment"] = {
            "amount": amount(chooser.integer(1, 10**7)),
            "date": dates[0],
            "credited_from": chooser.choice(dates),
            "over": chooser.integer(1, 4),
        }
    if chooser.flag(50):
        contract["investment_grade"] = "inputs.mood > 0.9"
    if chooser.flag(50):
        contract["default"] = {
            "when": "inputs.mood < 0.5",
            "remarketing": f"{amount(chooser.integer(0, 10**6))}",
            "on_demand": "3.64 * inputs.mood",
            "recovery": chooser.choice(["0.5", "inputs.mood"]),
            "after": chooser.integer(0, 2),
        }
    if chooser.flag(50):
        contract["rollover"] = {"price": "2 * inputs.mood", "after": chooser.integer(0, 2)}
        if chooser.flag(50):
            contract["rollover"]["utilization"] = "inputs.mood - 0.3"
    deal["contracts"] = {"offtake": contract}
    collected_with_the_rest(deal, "offtake", contract)


def add_fleet(chooser: Chooser, deal: Entry) -> None:
    """Machines in lots, some of them there before the deal, collected if they may be sold."""
    schedule, closing = deal["deal"]["waterfall_dates"], deal["deal"]["closing_date"]
    dates = schedule_dates(deal, schedule)
    bought = [closing, closing - dt.timedelta(days=200), *dates, *(date + dt.timedelta(days=7) for date in dates[:-1])]
    fleet: Entry = {"payment_dates": schedule, "lots": []}
    for _ in range(chooser.integer(1, 3)):
        lot = {"purchased": chooser.choice(bought), "units": chooser.integer(1, 5000)}
        fleet["lots"].append(lot | {"cost": amount(chooser.integer(1, 10**9)), "life": chooser.integer(1, 72)})
    if chooser.flag(80):
        fleet["market_price"] = chooser.choice(["inputs.mood * 1500", "11500.123456789", "30000 - 20000 * inputs.mood"])
    if chooser.flag(60):
        fleet["power"] = {"kilowatts": number(1_320_000_001), "price": "0.07 * inputs.mood"}
        if chooser.flag(60):
            fleet["power"]["effectiveness"] = number(1_200_000_000)
        if chooser.flag(60):
            fleet["power"]["utilization"] = "inputs.mood - 0.3"
    if "market_price" in fleet and chooser.flag(60):
        fleet["sale"] = {"when": "inputs.mood < 0.7"}
        if chooser.flag(60):
            fleet["sale"] |= {"haircut": chooser.choice(["0.5", "inputs.mood - 0.2"]), "after": chooser.integer(1, 2)}
        collected_with_the_rest(deal, "cluster", fleet)
    deal["fleets"] = {"cluster": fleet}


def collected_with_the_rest(deal: Entry, name: str, entry: Entry) -> None:
    """Into the account of the first `collect` step, in its currency."""
    collect = next(step for step in deal["waterfalls"]["collection"] if "collect" in step)["collect"]
    collect["from"] = [*collect["from"], name]
    if "currency" in deal["accounts"][collect["to"]]:
        entry["currency"] = deal["accounts"][collect["to"]]["currency"]


def add_borrowing_base(chooser: Chooser, deal: Entry) -> None:
    """What may be borrowed against the fleet, a contract, a lease, or nothing but an input."""
    of = [f"{name}.issuer_rent" for name in deal["leases"]]
    of += [f"{name}.remaining" for name in deal.get("contracts", {})]
    of += [f"{name}.net_cost" for name in deal.get("fleets", {})]
    currencies = {
        str(entry.get("currency"))
        for table in ("leases", "contracts", "fleets")
        for entry in deal.get(table, {}).values()
    }
    if not of or len(currencies) > 1 or currencies != {"None"}:
        return
    rates = ["0.9", "if(inputs.mood > 1, 0.9, 0.6)", "inputs.mood - 0.4"]
    tests: list[Entry] = [
        {
            "advance": [
                {"of": path, "rate": chooser.choice(rates)} for path in some(chooser, of, chooser.integer(1, len(of)))
            ]
        },
        {"coverage": {"of": chooser.choice(of), "ratio": number(chooser.choice([1_400_000_000, 333_333_333]))}},
        {"market": {"of": chooser.choice(of), "haircut": chooser.choice(["0.25", "inputs.mood - 0.9"])}},
    ]
    base = {"payment_dates": deal["deal"]["waterfall_dates"], "lesser_of": some(chooser, tests, chooser.integer(1, 3))}
    deal["borrowing_bases"] = {"base": base}


def write_cashflows_as_formulas(chooser: Chooser, deal: Entry) -> None:
    """A formula in the place of listed amounts."""
    for name, entry in deal["cashflows"].items():
        listed = [amount for _, amount in entry["amounts"]]
        if not listed or entry.get("currency") or is_read_behind(deal, name) or chooser.flag(40):
            continue
        deal["inputs"].setdefault("spent", worth(max(1, int(listed[0] * 100))))
        del entry["amounts"]
        parts = ["inputs.spent * inputs.mood", "inputs.spent - 1"]
        parts += [f"{owner}.power_cost" for owner, fleet in deal.get("fleets", {}).items() if "power" in fleet]
        entry |= {"amount": chooser.choice(parts), "dates": deal["deal"]["waterfall_dates"]}
