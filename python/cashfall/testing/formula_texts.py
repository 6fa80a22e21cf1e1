"""Random formulas whose units are right and that read only what their place may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .choosing import Chooser
from .reference.document import leaf_steps
from .relations import FORMULA_KEYS

BALANCES = ("balance", "interest_due", "principal_due")
ASSET = ("balance", "receivable", "earned", "repaid", "lost")
SCHEDULED = ("scheduled_interest", "scheduled_principal", "scheduled_debt_service", "scheduled_balance")


@dataclass
class Vocabulary:
    """Quantities by unit: `amounts` now, `past` through opening, lag and trailing_sum, `ahead` through forward_sum."""

    amounts: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)
    past_flags: list[str] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    incoming: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, deal: Mapping[str, Any], place: str, fixed_fees_only: bool = False) -> Vocabulary:
        """The words of a place: sizing, fee, target, test, step (a status' waterfall) or after."""
        words = cls()
        words.add_collateral(deal)
        if fixed_fees_only:
            words.amounts += [f"{name}.accrued" for name, fee in deal["fees"].items() if is_fixed(fee)]
            words.past = list(words.amounts)
            return words
        words.add_liabilities(deal, place)
        words.past_flags = [f"tests.{name}.failing" for name in deal["tests"]]
        if place in ("step", "after"):
            words.flags = [f"tests.{name}.failing" for name in tests_in_collection(deal)]
        if place == "target":
            words.ahead = [f"{name}.{quantity}" for name in deal["notes"] for quantity in SCHEDULED[2::-1]]
        return words

    def add_collateral(self, deal: Mapping[str, Any]) -> None:
        """Rents, incoming cash and inputs."""
        self.incoming = [f"{name}.issuer_rent" for name in deal["leases"]]
        self.incoming += [f"{name}.amount" for name, flow in deal["cashflows"].items() if flow["direction"] == "in"]
        self.amounts = [*self.incoming, *(f"{name}.rent" for name in deal["leases"])]
        self.past = list(self.amounts)
        for name, entry in deal["inputs"].items():
            (self.numbers if entry["unit"] == "number" else self.amounts).append(f"inputs.{name}")

    def add_liabilities(self, deal: Mapping[str, Any], place: str) -> None:
        """Balances and dues now; what is set on the date only where its step has run."""
        self.amounts += [f"{name}.balance" for name in deal["accounts"]]
        self.amounts += [f"{name}.{part}" for name in deal["notes"] for part in (*BALANCES, *SCHEDULED)]
        self.amounts += [f"{name}.due" for name in (*deal["fees"], *deal.get("taxes", {}))]
        self.amounts += [f"{name}.balance" for name in deal.get("ledgers", {})]
        joint = {name for cap in deal.get("fee_caps", {}).values() for name in cap["fees"]}
        capped = [name for name, fee in deal["fees"].items() if "cap" in fee or name in joint]
        self.amounts += [f"{name}.{part}" for name in capped for part in ("excess_due", "cap_room")]
        parts = ("drawn", "available", "interest_due", "fee_due")
        self.amounts += [f"{name}.{part}" for name in deal.get("facilities", {}) for part in parts]
        self.amounts += [f"{name}.{part}" for name in deal.get("swaps", {}) for part in ("due", "receivable")]
        self.amounts += [f"{name}.{part}" for name in deal.get("assets", {}) for part in ASSET]
        flows = [name for name, flow in deal["cashflows"].items() if flow["direction"] == "out"]
        self.amounts += [f"{name}.due" for name in flows] + [f"{name}.amount" for name in flows]
        self.past = [word for word in self.amounts if not word.startswith("inputs.")]
        self.past += [f"{name}.{part}" for name in deal["notes"] for part in ("interest_paid", "principal_paid")]
        self.past += [f"{name}.accrued" for name in deal["fees"]] + [f"{name}.paid" for name in flows]
        self.past += [f"{name}.{part}" for name in deal.get("taxes", {}) for part in ("accrued", "paid")]
        self.past += [f"{name}.{part}" for name in deal.get("facilities", {}) for part in ("draws", "repaid")]
        self.past += [f"{name}.{part}" for name in deal.get("assets", {}) for part in ("sold", "cost", "proceeds")]
        if place in ("test", "step", "after"):
            self.amounts += [f"{name}.accrued" for name in deal["fees"]]
            self.amounts += [f"{name}.interest_accrued" for name in deal["notes"]]
            self.numbers += [f"{name}.rate" for name in deal["notes"]]
        if place in ("step", "after") and "target" in deal["accounts"].get("reserve", {}):
            self.amounts.append("reserve.target")
        if place == "after":
            self.amounts += [f"{name}.interest_paid" for name in deal["notes"]]
            self.amounts += [f"{name}.accrued" for name in deal.get("taxes", {})]

    def plain(self, place: str) -> Vocabulary:
        """The same without the past; a target keeps to what is scheduled."""
        amounts = [word for word in self.amounts if "scheduled" in word] if place == "target" else self.amounts
        return Vocabulary(amounts=amounts, ahead=self.ahead, incoming=self.incoming)

    def simplest(self) -> str:
        """A quantity that is always there."""
        return self.amounts[-1] if self.amounts else "0"

    def cash_in(self) -> str:
        """The first source of collected cash."""
        return self.incoming[0]


def rewritten(node: Any, change: Callable[[str], str], key: str = "") -> Any:
    """A part of a deal with each of its formulas changed."""
    if isinstance(node, dict):
        return {name: rewritten(value, change, name) for name, value in node.items()}
    if isinstance(node, list):
        return [rewritten(value, change) for value in node]
    return change(node) if isinstance(node, str) and key in FORMULA_KEYS else node


def is_fixed(fee: Mapping[str, Any]) -> bool:
    """Whether a fee accrues the same in every scenario by a fixed amount."""
    return "fixed" in fee["amount"] and "accrues_on_unpaid" not in fee


def tests_in_collection(deal: Mapping[str, Any]) -> list[str]:
    """Tests that have run before a date's waterfall begins."""
    steps = [step for step, _ in leaf_steps(deal, deal["waterfalls"].get("collection", []))]
    return [name for step in steps if "run_tests" in step for name in step["run_tests"]["tests"]]


def amount_formula(chooser: Chooser, words: Vocabulary, depth: int) -> str:
    """A formula that gives an amount."""
    if words.ahead and chooser.flag(60):
        return f"forward_sum({chooser.choice(words.ahead)}, {chooser.integer(1, 3)})"
    if depth <= 0 or chooser.flag(20):
        return amount_quantity(chooser, words)
    a = amount_formula(chooser, words, depth - 1)
    shape = chooser.choice(AMOUNT_SHAPES)
    if "{b}" in shape:
        shape = shape.replace("{b}", amount_leaf(chooser, words))
    if "{c}" in shape:
        shape = shape.replace("{c}", amount_quantity(chooser, words))
    if "{n}" in shape:
        shape = shape.replace("{n}", number_formula(chooser, words, depth - 1))
    if "{f}" in shape:
        shape = shape.replace("{f}", flag_formula(chooser, words, depth - 1))
    return shape.replace("{a}", a)


AMOUNT_SHAPES = (
    "{a} + {b}",
    "max(0, {a} - {b})",
    "min({a}, {b}, 54321.09)",
    "({a}) * {n}",
    "{n} * ({a})",
    "clip({a}, 100.01, {b})",
    "({a}) / 3",
    "abs(-({a}) + {c} / 7)",
    "if({f}, {a}, {b})",
    "divide({a}, period.index, {b})",
    "divide({a}, {n}, 0)",
    "({a}) * period.index",
    "if({f}, 12.34, 1000) + {c}",
)


def amount_quantity(chooser: Chooser, words: Vocabulary) -> str:
    """A quantity now or in the past."""
    if chooser.flag() and words.past:
        word, n = chooser.choice(words.past), chooser.integer(1, 3)
        forms = [f"lag({word}, {n}, 0)", f"lag({word}, {n}, 77.07)"]
        if not word.startswith("inputs."):  # an input has no value before the first date
            forms.append(f"opening.{word}")
        if word in words.amounts:  # what is not set yet today cannot be summed with today's value
            forms.append(f"trailing_sum({word}, {n})")
        return chooser.choice(forms)
    return chooser.choice(words.amounts)


def amount_leaf(chooser: Chooser, words: Vocabulary) -> str:
    """A quantity, or a literal that takes its unit from what stands beside it."""
    return (
        amount_quantity(chooser, words) if chooser.flag(80) else chooser.choice(["0", "1234.56", "2 * 500", "99999.99"])
    )


def number_formula(chooser: Chooser, words: Vocabulary, depth: int) -> str:
    """A formula that gives a number."""
    if words.numbers and chooser.flag(40):
        word = chooser.choice(words.numbers)
        return chooser.choice(
            [word, f"({word} * 0.7)", f"min({word}, 0.9)", f"divide(1, {word}, 0.5)", f"({word} * {word})"]
        )
    if depth <= 0:
        return chooser.choice(["0.5", "0.333333333", "1.07", "(1 / 8 + 0.01)"])
    a, b = amount_quantity(chooser, words), amount_quantity(chooser, words)
    return f"clip(divide({a}, {b}, 1), 0, 2)"


def flag_formula(chooser: Chooser, words: Vocabulary, depth: int) -> str:
    """A condition."""
    if words.flags and chooser.flag(35):
        return chooser.choice([f"not {word}" for word in words.flags] + words.flags)
    if words.past_flags and chooser.flag(20):
        word = chooser.choice(words.past_flags)
        return chooser.choice([f"not opening.{word}", f"lag({word}, 2, 0) == 0"])
    if depth <= 0:
        return chooser.choice(["period.index >= 2", "period.index != 3", "not (period.index < 1)"])
    left = chooser.choice(words.amounts)
    right = amount_leaf(chooser, words)
    relation = chooser.choice([">", ">=", "<", "<=", "!="])
    more = flag_formula(chooser, words, 0)
    return chooser.choice(
        [
            f"{left} {relation} {right}",
            f"{left} > 0",
            f"({left} {relation} {right} or {more})",
            f"{more} and {left} >= 0.01",
        ]
    )
