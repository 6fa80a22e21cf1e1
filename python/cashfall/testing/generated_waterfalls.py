"""Waterfalls of generated deals: collection, one for each status, and after."""

from __future__ import annotations

from typing import Any

from .choosing import Chooser
from .formula_texts import Vocabulary, amount_formula, flag_formula

Step = dict[str, Any]


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
    if after:
        waterfalls["after"] = after


def collection(chooser: Chooser, deal: dict[str, Any], tests: list[str]) -> list[Step]:
    """Collect everything, accrue everything, test."""
    incoming = [name for name, flow in deal["cashflows"].items() if flow["direction"] == "in"]
    steps: list[Step] = [{"collect": {"from": [*deal["leases"], *incoming], "to": "revenue"}}]
    issued = [name for name in deal["notes"] if chooser.flag(15)]
    if issued:
        steps.append({"collect": {"from": issued, "to": chooser.choice(list(deal["accounts"]))}})
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
        self.words = {place: Vocabulary.of(deal, place) for place in ("step", "after")}
        self.accounts = list(deal["accounts"])
        self.support = [name for name in ("operating", "reserve") if name in self.accounts]

    def limit(self, percent: int, place: str = "step") -> dict[str, Any]:
        """A limit, or nothing."""
        if self.plain or not self.chooser.flag(percent):
            return {}
        kind = self.chooser.choice(["cap", "keep_balance", "share_of_due"])
        if kind == "share_of_due":
            return {"limit": {kind: self.chooser.choice([0.5, 0.333333333, 0.75])}}
        return {"limit": {kind: amount_formula(self.chooser, self.words[place], self.chooser.integer(0, 2))}}

    def condition(self, percent: int, place: str = "step") -> dict[str, Any]:
        """A `when`, a `dates`, a name and a clause, each now and then."""
        found: dict[str, Any] = {}
        if self.plain:
            return found
        if self.chooser.flag(percent):
            found["when"] = flag_formula(self.chooser, self.words[place], self.chooser.integer(0, 1))
        if "cash" in self.deal["schedules"] and self.chooser.flag(percent):
            found["dates"] = "payments"
        if self.chooser.flag(10):
            found |= {"name": "a named step", "clause": "Section 4.01(b)"}
        return found

    def sources(self, least_support: int = 40) -> list[str]:
        """Revenue first, then what may support it."""
        return ["revenue", *(name for name in self.support if self.chooser.flag(least_support))]

    def payment(self, verb: str, field: str, payees: list[str], percent: int = 12) -> Step:
        """A payment step."""
        body: dict[str, Any] = {field: payees, "from": self.sources()}
        if len(payees) > 1 and self.chooser.flag(55):
            body["ranking"] = "pro_rata"
        return {verb: body | self.limit(percent)} | self.condition(8)

    def waterfall(self, severity: int) -> list[Step]:
        """Costs, then debt service, then reserve, and what is left by the status."""
        steps = self.releases(severity) + self.costs() + self.debt_service()
        if "target" in self.deal["accounts"].get("reserve", {}):
            sources = [name for name in ("revenue", "operating") if name in self.accounts]
            steps.append({"fill_reserve": {"account": "reserve", "from": sources} | self.limit(15)} | self.condition(5))
        return steps + self.remainder(severity)

    def releases(self, severity: int) -> list[Step]:
        """In the first status a trap gives back; a reserve gives back what is above its target."""
        steps: list[Step] = []
        if severity == 0 and "trap" in self.accounts and self.chooser.flag(70):
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

    def remainder(self, severity: int) -> list[Step]:
        """Normally to equity; in a lock-up into the trap or ahead of schedule."""
        chooser, notes, steps = self.chooser, list(self.deal["notes"]), list[Step]()
        spare = [name for name in ("revenue", "operating") if name in self.accounts]
        if "trap" in self.accounts and (severity > 0 or chooser.flag(25)):
            steps.append({"transfer": {"from": ["revenue"], "to": "trap"} | self.limit(35)} | self.condition(20))
        if chooser.flag(60 if severity else 20):
            sources = spare + (["trap"] if "trap" in self.accounts and chooser.flag() else [])
            body: dict[str, Any] = {"notes": notes, "from": sources}
            if len(notes) > 1 and chooser.flag():
                body["ranking"] = "pro_rata"
            steps.append({"sweep": body | self.limit(50)} | self.condition(30))
        if severity == 0 or chooser.flag(15):
            steps.append({"distribute": {"to": "sponsor", "from": spare} | self.limit(40)} | self.condition(10))
        return steps
