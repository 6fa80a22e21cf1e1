"""Fees (rule book, fees.md). Their annual caps are in `fee_caps`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from . import fee_caps
from .collateral import escalated
from .dates import as_date, period_fraction
from .document import variant
from .numbers import SCALE, divide, in_units, made, mul_div
from .payments import Payment
from .weights import DENOMINATORS, Periods, read_periods, weighted_sum

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario

SHORTFALLS = {"excess_shortfall": "excess_due"}


@dataclass(frozen=True)
class Fee:
    """A fee: amounts by grid position, or a share of a quantity and perhaps of a year, on its payment dates."""

    fixed: Mapping[int, int]
    share: int
    quantity: Evaluate | None
    fractions: Mapping[int, Fraction] | None
    positions: frozenset[int]
    periods: Periods
    unpaid: tuple[int, str] | None
    cap: str | None


def units(plan: Plan) -> dict[str, str]:
    """Section 4: fee `accrued`, `due`, `paid`; fees.md: what one with a cap has besides."""
    names = [f"{name}.{part}" for name in plan.table("fees") for part in ("accrued", "due", "paid")]
    parts = ("excess_due", "excess_paid", "cap_room")
    return dict.fromkeys([*names, *(f"{name}.{part}" for name in capped(plan) for part in parts)], "amount")


def capped(plan: Plan) -> list[str]:
    """The fees with a cap."""
    return [name for name in plan.table("fees") if fee_caps.cap_of(plan, name)]


def read_fee(plan: Plan, name: str, entry: Mapping[str, Any]) -> Fee:
    """fees.md: the table of amounts."""
    kind, terms = variant(entry["amount"])
    timed = kind in ("per_year", "rate_of")
    unpaid = entry.get("accrues_on_unpaid")
    return Fee(
        fixed={} if kind in ("share_of", "rate_of") else fixed_amounts(plan, kind, terms, entry),
        share=in_units(terms["share" if kind == "share_of" else "rate"], SCALE) if "quantity" in terms else 0,
        quantity=plan.formulas.compile(terms["quantity"], "amount") if "quantity" in terms else None,
        fractions=period_fractions(plan, terms["day_count"], entry) if timed else None,
        positions=plan.positions_of(entry["payment_dates"]),
        periods=read_periods(plan, entry),
        unpaid=(in_units(unpaid["rate"], SCALE), unpaid["day_count"]) if unpaid else None,
        cap=fee_caps.cap_of(plan, name),
    )


def period_fractions(plan: Plan, day_count: str, entry: Mapping[str, Any]) -> dict[int, Fraction]:
    """fees.md: "from the previous payment date of the fee (for the first: from the closing date ...) to this one"."""
    schedule = plan.schedules[entry["payment_dates"]]
    starts, maturity = [plan.closing_date, *schedule.dates], schedule.dates[-1]
    return {
        plan.position[end]: period_fraction(day_count, start, end, maturity, schedule) if start < end else Fraction(0)
        for start, end in zip(starts, schedule.dates, strict=False)
    }


def fixed_amounts(plan: Plan, kind: str, terms: Any, entry: Mapping[str, Any]) -> dict[int, int]:
    """fees.md: `fixed`, `per_year` and `table`, by grid position."""
    schedule = plan.schedules[entry["payment_dates"]]
    if kind == "fixed":
        return {
            plan.position[date]: escalated(plan, terms["per_date"], terms, plan.closing_date, date, schedule)
            for date in schedule.dates
        }
    if kind == "per_year":
        amount = in_units(terms["amount"], plan.scale)
        fractions = period_fractions(plan, terms["day_count"], entry).items()
        return {place: mul_div(amount, part.numerator, part.denominator, plan.rounding) for place, part in fractions}
    rows = [(as_date(date), in_units(amount, plan.scale)) for date, amount in terms]
    return {plan.position[date]: table_amount(rows, date) for date in schedule.dates}


def table_amount(rows: Sequence[tuple[dt.date, int]], date: dt.date) -> int:
    """fees.md: "the amount of the last row whose date is on or before the payment date; 0 before the first row"."""
    return ([0] + [amount for start, amount in rows if start <= date])[-1]


def initial(plan: Plan) -> dict[str, int]:
    """fees.md: "before the first date and on it until it accrues, the room of the first cap year"."""
    return {f"{name}.cap_room": plan.fee_caps[plan.fees[name].cap or ""].room for name in capped(plan)}


def start_of_date(scenario: Scenario) -> None:
    """Accruals and payments of the date begin at 0; cap years begin."""
    fee_caps.begin_years(scenario)
    for name, fee in scenario.plan.fees.items():
        scenario.values[f"{name}.accrued"] = scenario.values[f"{name}.paid"] = 0
        if fee.cap:
            scenario.values[f"{name}.excess_paid"] = 0
        if fee.unpaid:
            unpaid_sum(scenario, name, fee)


def unpaid_sum(scenario: Scenario, name: str, fee: Fee) -> int:
    """fees.md: S, "the weighted sum of" the fee's due "as it stood at the close of the grid date before"."""
    assert fee.unpaid is not None
    return weighted_sum(scenario, lambda values: values[f"{name}.due"], fee.unpaid[1], fee.periods)


def accrue_fee(scenario: Scenario, name: str) -> None:
    """fees.md: "On its payment dates `accrue_fee` sets `accrued`; then `due += accrued`, unless a cap holds some of it
    back".
    """
    fee, values = scenario.plan.fees[name], scenario.values
    if scenario.index not in fee.positions:
        return
    accrued = made(accrual(scenario, fee) + interest_on_unpaid(scenario, name, fee))
    due = fee_caps.allowed(scenario, fee.cap, accrued) if fee.cap else accrued
    values[f"{name}.accrued"] = accrued
    values[f"{name}.due"] = made(values[f"{name}.due"] + due)
    if fee.cap:
        values[f"{name}.excess_due"] = made(values[f"{name}.excess_due"] + accrued - due)


def accrual(scenario: Scenario, fee: Fee) -> int:
    """fees.md: the table of amounts, before interest on what is unpaid."""
    if fee.quantity is None:
        return fee.fixed[scenario.index]
    quantity, rounding = fee.quantity(scenario), scenario.plan.rounding
    if fee.fractions is None:
        return made(max(0, mul_div(quantity, fee.share, SCALE, rounding)))
    part = fee.fractions[scenario.index]
    return made(divide(max(0, quantity) * fee.share * part.numerator, SCALE * part.denominator, rounding))


def interest_on_unpaid(scenario: Scenario, name: str, fee: Fee) -> int:
    """fees.md: "`R(S * rate / (1e9 * d))` is added to `accrued`"."""
    if fee.unpaid is None:
        return 0
    rate, day_count = fee.unpaid
    whole = SCALE * DENOMINATORS[day_count]
    return divide(unpaid_sum(scenario, name, fee) * rate, whole, scenario.plan.rounding)


def derived(plan: Plan) -> dict[str, Any]:
    """fees.md: `cap_room` is "of its joint cap, if it has one"."""
    return {f"{name}.cap_room": lambda scenario, fee: scenario.rooms[plan.fees[fee].cap] for name in capped(plan)}


def dues(scenario: Scenario) -> dict[str, int]:
    """What fees are due, recorded "as they stand after collection and before the waterfall"."""
    names = [f"{name}.due" for name in scenario.plan.fees]
    names += [f"{name}.excess_due" for name in capped(scenario.plan)]
    return {name: scenario.values[name] for name in names}


def recorded(plan: Plan) -> list[str]:
    """Section 5: every quantity, and shortfalls."""
    names = [*units(plan), *(f"{name}.shortfall" for name in plan.fees)]
    return names + [f"{name}.excess_shortfall" for name in capped(plan)]


def request(scenario: Scenario, name: str) -> int:
    """steps.md, pay_fee: "due"."""
    return scenario.values[f"{name}.due"]


def credit(scenario: Scenario, name: str, amount: int) -> None:
    """A fee that is paid is owed no longer."""
    scenario.values[f"{name}.due"] -= amount
    scenario.values[f"{name}.paid"] += amount


def request_excess(scenario: Scenario, name: str) -> int:
    """fees.md: "The excess is paid by `pay_excess`"."""
    return scenario.values[f"{name}.excess_due"]


def credit_excess(scenario: Scenario, name: str, amount: int) -> None:
    """Excess that is paid is owed no longer."""
    scenario.values[f"{name}.excess_due"] -= amount
    scenario.values[f"{name}.excess_paid"] += amount


PAYMENTS = {
    "pay_fee": Payment("fees", request, credit, "due"),
    "pay_excess": Payment("fees", request_excess, credit_excess, "excess_due"),
}


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """Section 5: "fee ... `paid`, `shortfall`"; fees.md: of a capped one `excess_paid`, `excess_shortfall`."""
    found = {}
    for name, fee in scenario.plan.fees.items():
        found[f"{name}.paid"] = scenario.totals[f"{name}.paid"]
        found[f"{name}.shortfall"] = max(flows[f"{name}.shortfall"])
        if fee.cap:
            found[f"{name}.excess_paid"] = scenario.totals[f"{name}.excess_paid"]
            found[f"{name}.excess_shortfall"] = max(flows[f"{name}.excess_shortfall"])
    return found
