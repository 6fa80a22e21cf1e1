"""Waterfalls of generated deals: collection, one for each status, and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .choosing import Chooser, some
from .formula_texts import Vocabulary, amount_formula, flag_formula
from .generated_assets import collection_steps, purchases, sales
from .generated_blocks import add_blocks, add_branches, add_statuses
from .generated_facilities import can_terminate, draws, dues, swap_steps
from .generated_fees import capped
from .generated_ledgers import booking
from .generated_terms import debt_steps, prepayment

Step = dict[str, Any]

DUES = {
    "pay_fee": "due",
    "pay_excess": "excess_due",
    "pay_cost": "due",
    "pay_interest": "interest_due",
    "pay_principal": "principal_due",
    "sweep": "balance",
}
"""The due that each short form of `pay` asks for."""


def add_waterfalls(chooser: Chooser, deal: dict[str, Any], plain: bool = False) -> None:
    """Collection first, as what it sets decides what later formulas may read."""
    waterfalls = deal["waterfalls"]
    late_tests = [name for name in deal["tests"] if chooser.flag(25)]
    waterfalls["collection"] = collection(chooser, deal, [name for name in deal["tests"] if name not in late_tests])
    writer = StepWriter(chooser, deal, plain)
    for position, status in enumerate(deal["deal"]["statuses"]):
        waterfalls[status] = writer.waterfall(position)
    after: list[Step] = [{"run_tests": {"tests": [name]}} for name in late_tests]
    if not plain and chooser.flag(15):
        source = chooser.choice(list(deal["accounts"]))
        distribution = {"distribute": {"to": "sponsor", "from": [source]} | writer.limit(70, "after")}
        after.append(distribution | writer.condition(50, "after"))
    writer.add_terminations()
    if "ledgers" in deal:
        writer.add_bookings()
        after += [writer.booking("after") for _ in range(chooser.integer(0, 2))]
    if after:
        waterfalls["after"] = after
    if not plain:
        writer.add_closing()
        add_statuses(chooser, deal, writer.condition)
        add_blocks(chooser, deal)
        add_branches(chooser, deal, writer.words["step"])


def collection(chooser: Chooser, deal: dict[str, Any], tests: list[str]) -> list[Step]:
    """Collect everything, accrue everything, test."""
    incoming = [name for name, flow in deal["cashflows"].items() if flow["direction"] == "in"]
    steps: list[Step] = [{"collect": {"from": [*deal["leases"], *incoming], "to": "revenue"}}]
    issued = [name for name in deal["notes"] if chooser.flag(15)]
    if issued:
        steps.append({"collect": {"from": issued, "to": chooser.choice(list(deal["accounts"]))}})
    steps += collection_steps(chooser, deal)
    if deal["fees"]:
        steps.append({"accrue_fee": {"fees": list(deal["fees"])}})
    steps.append({"accrue_interest": {"notes": list(deal["notes"])}})
    if chooser.flag() and len(tests) > 1:
        steps += [{"run_tests": {"tests": [name]}} for name in tests]
    elif tests:
        steps.append({"run_tests": {"tests": tests}})
    return steps


class StepWriter:
    """Writes the steps of a status' waterfall, with limits, conditions and rankings now and then."""

    def __init__(self, chooser: Chooser, deal: dict[str, Any], plain: bool = False) -> None:
        self.chooser = chooser
        self.plain = plain
        self.deal = deal
        words = {place: Vocabulary.of(deal, place) for place in ("step", "after")}
        self.words = {place: found.plain(place) if plain else found for place, found in words.items()}
        self.accounts = list(deal["accounts"])
        self.more_sources = [name for name in ("operating", "reserve") if name in self.accounts]

    def limit(self, percent: int, place: str = "step", sources: Sequence[str] = (), to: str = "") -> dict[str, Any]:
        """One limit or several, or none; those of targets where `sources` or the receiving account have one."""
        if self.plain or not self.chooser.flag(percent):
            return {}
        kinds = ["cap", "keep_balance", "share_of_due"]
        kinds += ["above_target"] * (4 * any(self.has_target(name) for name in sources))
        kinds += ["to_target"] * (3 * self.has_target(to))
        chosen = {self.chooser.choice(kinds) for _ in range(self.chooser.choice([1, 1, 2, 3]))}
        if "above_target" in chosen and self.chooser.flag():
            chosen.add("keep_balance")
        if "to_target" in chosen and self.chooser.flag():
            chosen.add("share_of_due")
        return {"limit": {kind: self.limit_of(kind, place) for kind in sorted(chosen)}}

    def limit_of(self, kind: str, place: str) -> Any:
        """The value of a limit."""
        if kind == "share_of_due":
            return self.chooser.choice([0.5, 0.333333333, 0.75])
        if kind in ("above_target", "to_target"):
            return True
        return amount_formula(self.chooser, self.words[place], self.chooser.integer(0, 2))

    def has_target(self, account: str) -> bool:
        """Whether an account is a reserve."""
        return "target" in self.deal["accounts"].get(account, {})

    def condition(self, percent: int, place: str = "step") -> dict[str, Any]:
        """A `when`, a `dates`, a name and a clause, each now and then."""
        found: dict[str, Any] = {}
        if self.plain:
            return found
        if self.chooser.flag(percent):
            found["when"] = flag_formula(self.chooser, self.words[place], self.chooser.integer(0, 1))
        if "cash" in self.deal["schedules"] and self.chooser.flag(2 * percent):
            found["dates"] = "payments"
        if self.chooser.flag(10):
            found |= {"name": "a named step", "clause": "Section 4.01(b)"}
        return found

    def sources(self, least_support: int = 40) -> list[str]:
        """Revenue first, then what may support it."""
        return ["revenue", *(name for name in self.more_sources if self.chooser.flag(least_support))]

    def payment(self, verb: str, field: str, payees: list[str], percent: int = 12) -> Step:
        """A payment step; now and then written as `pay`."""
        sources = self.sources()
        body: dict[str, Any] = {field: payees, "from": sources} | self.terms(payees, field == "notes")
        if verb in DUES and not self.plain and self.chooser.flag(15):
            verb, body = "pay", {"dues": [f"{name}.{DUES[verb]}" for name in payees]} | body
            del body[field]
        percent = 3 * percent if any(self.has_target(name) for name in sources) else percent
        return {verb: body | self.limit(percent, sources=sources) | self.support(sources)} | self.condition(8)

    def terms(self, payees: Sequence[str], of_notes: bool) -> dict[str, Any]:
        """Ranking, weights and order of several payees."""
        chooser, found = self.chooser, dict[str, Any]()
        if len(payees) > 1 and chooser.flag(55):
            found["ranking"] = "pro_rata"
            if not self.plain and chooser.flag(40):
                found["weights"] = "balance" if of_notes and chooser.flag() else self.weights(len(payees))
        if len(payees) > 1 and not self.plain and chooser.flag(50):
            orders = ["reverse", "by_name", "listed"] + ["by_maturity"] * 2 * of_notes
            orders += ["by_rate"] * 5 * of_notes
            found["order"] = chooser.choice(orders)
        return found

    def weights(self, n: int) -> list[Any]:
        """Weights, some of them 0."""
        return [1, *(self.chooser.choice([1, 2.5, 0, 0.333333333, 1000]) for _ in range(n - 1))]

    def support(self, taken: Sequence[str], percent: int = 20) -> dict[str, Any]:
        """Accounts that pay what the sources leave unpaid."""
        spare = [name for name in self.accounts if name not in taken]
        if self.plain or not spare or not self.chooser.flag(percent):
            return {}
        found = []
        for name in some(self.chooser, spare):
            entry = {"from_account": name}
            if self.chooser.flag(50):
                entry["only_if"] = flag_formula(self.chooser, self.words["step"], self.chooser.integer(0, 1))
            found.append(entry)
        return {"support": found}

    def mixed_payment(self) -> Step:
        """A `pay` step of dues of several kinds."""
        deal, sources = self.deal, self.sources()
        found = [f"{name}.due" for name in deal["fees"]] + dues(deal)
        found += [f"{name}.due" for name, flow in deal["cashflows"].items() if flow["direction"] == "out"]
        found += [f"{name}.interest_due" for name in deal["notes"]]
        found += [
            f"{name}.{self.chooser.choice(['principal_due', 'principal_due', 'balance'])}" for name in deal["notes"]
        ]
        found = some(self.chooser, found, 2)
        body = {"dues": found, "from": sources} | self.terms(found, False)
        return {"pay": body | self.limit(20, sources=sources) | self.support(sources)} | self.condition(8)

    def waterfall(self, severity: int) -> list[Step]:
        """Costs, then debt service, then reserve, and what is left by the status."""
        taxes = self.tax_payments()
        steps = self.releases(severity) + self.sales() + self.draws() + self.costs()
        if not self.plain and self.chooser.flag(15):
            steps.append(self.mixed_payment())
        steps += self.swap_steps(severity)
        steps += self.debt_service() + taxes if self.chooser.flag() else taxes + self.debt_service()
        steps += self.repayments() + debt_steps(self.chooser, self.deal, self.words["step"], self.plain)
        if "target" in self.deal["accounts"].get("reserve", {}):
            sources = [name for name in ("revenue", "operating") if name in self.accounts]
            steps += self.transfers_to_reserve(sources)
            fill = {"account": "reserve", "from": sources} | self.limit(15) | self.support([*sources, "reserve"], 35)
            steps.append({"fill_reserve": fill} | self.condition(5))
        return steps + self.purchases() + self.remainder(severity)

    def sales(self) -> list[Step]:
        """Assets that are sold, with conditions now and then."""
        return [step | self.condition(15) for step in sales(self.chooser, self.deal, self.words["step"])]

    def purchases(self) -> list[Step]:
        """Assets that are bought, with limits and conditions now and then."""
        sources = self.sources(30)
        steps = purchases(self.chooser, self.deal, self.words["step"], sources)
        for step in steps:
            step["buy_asset"] |= self.limit(40, sources=sources)
        return [step | self.condition(15) for step in steps]

    def transfers_to_reserve(self, sources: list[str]) -> list[Step]:
        """Now and then a transfer into the reserve, mostly up to its target."""
        if self.plain or not self.chooser.flag(20):
            return []
        body = {"from": sources, "to": "reserve"} | self.limit(90, to="reserve")
        return [{"transfer": body} | self.condition(10)]

    def tax_payments(self) -> list[Step]:
        """A step that computes and pays the taxes."""
        if "taxes" not in self.deal:
            return []
        taxes, sources = list(self.deal["taxes"]), self.sources()
        body: dict[str, Any] = {"taxes": taxes, "from": sources} | self.limit(12, sources=sources)
        if len(taxes) > 1 and self.chooser.flag():
            body["ranking"] = "pro_rata"
        return [{"pay_tax": body} | self.condition(8)]

    def payments(self, verb: str, field: str, payees: list[str]) -> list[Step]:
        """A payment step, if there is anyone to pay."""
        return [self.payment(verb, field, payees)] if payees else []

    def repayments(self) -> list[Step]:
        """Facilities and what they cost, terminated swaps, and fees above their cap."""
        facilities = self.deal.get("facilities", {})
        steps = self.payments("pay", "dues", [f"{name}.interest_due" for name in facilities])
        steps += self.payments("pay", "dues", [f"{name}.fee_due" for name in facilities])
        steps += self.payments("repay_facility", "facilities", list(facilities))
        return steps + self.payments("pay_excess", "fees", capped(self.deal))

    def add_closing(self) -> None:
        """Now and then a waterfall of the closing date: costs, the reserve, interest, and what is left over."""
        chooser, deal = self.chooser, self.deal
        if not chooser.flag(20):
            return
        steps = self.draws() if chooser.flag(30) else []
        steps += some(chooser, self.costs() + self.repayments(), 0)
        if self.has_target("reserve"):
            steps.append({"fill_reserve": {"account": "reserve", "from": ["revenue"]} | self.limit(30)})
        if chooser.flag(30):
            steps.append(self.payment("pay_interest", "notes", list(deal["notes"])))
        if "trap" in self.accounts and chooser.flag():
            steps.append({"transfer": {"from": ["revenue"], "to": "trap"} | self.limit(50)} | self.condition(20))
        if "ledgers" in deal and chooser.flag():
            steps.append(self.booking("step"))
        if chooser.flag(40) or not steps:
            steps.append({"distribute": {"to": "sponsor", "from": ["revenue"]} | self.limit(60, sources=["revenue"])})
        deal["waterfalls"]["closing"] = steps

    def draws(self) -> list[Step]:
        """Draws of facilities and what caps bring in, with conditions now and then."""
        steps = draws(self.chooser, self.deal, self.words["step"], self.plain)
        return [step | self.condition(10) for step in steps]

    def swap_steps(self, severity: int) -> list[Step]:
        """Settlement and termination of swaps, with conditions, and a limit on what is settled, now and then."""
        steps = swap_steps(self.chooser, self.deal, self.sources(), severity)
        for step in steps:
            if "settle_swap" in step:
                step["settle_swap"] |= self.limit(20, sources=step["settle_swap"]["from"])
        return [step | self.condition(20) for step in steps]

    def add_terminations(self) -> None:
        """Where a swap may be terminated, every status pays what that costs."""
        if can_terminate(self.deal):
            for status in self.deal["deal"]["statuses"]:
                steps = self.deal["waterfalls"][status]
                dues = [f"{name}.termination_due" for name in self.deal["swaps"]]
                steps.insert(max(0, len(steps) - 1), self.payment("pay", "dues", dues))

    def booking(self, place: str) -> Step:
        """A booking in one of the ledgers."""
        return booking(self.chooser, self.deal, self.words[place], self.plain) | self.condition(20, place)

    def add_bookings(self) -> None:
        """Bookings anywhere in the waterfalls of statuses, and at the end of collection."""
        chooser = self.chooser
        for status in self.deal["deal"]["statuses"]:
            steps = self.deal["waterfalls"][status]
            for _ in range(chooser.integer(0, 2)):
                steps.insert(chooser.integer(0, len(steps)), self.booking("step"))
            swept = [place for place, step in enumerate(steps) if "sweep" in step]
            if swept and "losses" in self.deal["ledgers"] and chooser.flag(60):
                note = chooser.choice(steps[swept[0]]["sweep"]["notes"])
                cure = {"book": {"ledger": "losses", "amount": f"-{note}.principal_paid"}}
                steps.insert(swept[0] + 1, cure)
        if chooser.flag(30):
            self.deal["waterfalls"]["collection"].append(self.booking("step"))

    def releases(self, severity: int) -> list[Step]:
        """Mostly in the first status a trap gives back; a reserve gives back what is above its target."""
        steps: list[Step] = []
        if "trap" in self.accounts and self.chooser.flag(20 if severity else 70):
            steps.append({"release_trap": {"account": "trap", "to": "revenue"}} | self.condition(10))
        if "target" in self.deal["accounts"].get("reserve", {}) and self.chooser.flag(50):
            steps.append({"release_reserve": {"account": "reserve", "to": "revenue"}})
        return steps

    def costs(self) -> list[Step]:
        """Fees and outgoing cash."""
        steps = []
        if self.deal["fees"]:
            steps.append(self.payment("pay_fee", "fees", list(self.deal["fees"])))
        outgoing = [name for name, flow in self.deal["cashflows"].items() if flow["direction"] == "out"]
        if outgoing:
            steps.append(self.payment("pay_cost", "cashflows", outgoing))
        return steps

    def debt_service(self) -> list[Step]:
        """Interest and principal: all interest first, or note by note."""
        notes = list(self.deal["notes"])
        apart = len(notes) > 1 and self.chooser.flag(35)
        groups = [[name] for name in notes] if apart else [notes]
        steps = []
        for group in groups:
            steps.append(self.payment("pay_interest", "notes", group))
            steps.append(self.payment("pay_principal", "notes", group))
        return steps

    def prepayment(self) -> list[Step]:
        """A step that prepays notes from what is left."""
        return prepayment(self.chooser, self.deal, self.words["step"], self.sources(20), self.plain)

    def remainder(self, severity: int) -> list[Step]:
        """Normally to equity; in a lock-up into the trap or ahead of schedule."""
        chooser, notes, steps = self.chooser, list(self.deal["notes"]), list[Step]()
        spare = [name for name in ("revenue", "operating") if name in self.accounts]
        if "trap" in self.accounts and (severity > 0 or chooser.flag(25)):
            steps.append({"transfer": {"from": ["revenue"], "to": "trap"} | self.limit(35)} | self.condition(20))
        if chooser.flag(60 if severity else 20):
            sources = spare + (["trap"] if "trap" in self.accounts and chooser.flag() else [])
            body: dict[str, Any] = {"notes": notes, "from": sources}
            body |= self.terms(notes, True) | self.limit(50, sources=sources) | self.support(sources, 10)
            steps.append({"sweep": body} | self.condition(30))
        if chooser.flag(25):
            steps += [step | self.condition(25) for step in self.prepayment()]
        if severity == 0 or chooser.flag(15 if self.plain else 40):
            steps.append(
                {"distribute": {"to": "sponsor", "from": spare} | self.limit(40, sources=spare)} | self.condition(10)
            )
        return steps
