"""Laws of leases, contracts and fleets: what comes in is what their parts say, and nothing happens twice. Laws of what
may be borrowed against them.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from cashfall.testing.breach import Breach
from cashfall.testing.reference.dates import as_date, read_schedule
from cashfall.testing.reference.numbers import SCALE, in_units, mul_div

from .funding import last_payment_date, maturities
from .run import Run, before, flow, optional, scale_of, table
from .tests import acting_states

ENDS = ("defaulted", "purchased", "terminated", "destroyed", "expired")
PLAIN = ("termination_paid", "purchase_paid", "insured", "recovered", "deposit_applied")
RESIDUAL = ("sold", "guarantee_paid")


def leases_add_up(run: Run) -> None:
    """What a lease with clauses brings is the sum of its parts, of which the issuer has its share; a tenancy ends once,
    for one reason, and no rent is scheduled after it.
    """
    for name, entry in with_clauses(run):
        proceeds = Sums(run, name)
        ended = proceeds.of(*ENDS)
        for index, date in enumerate(run.dates):
            received = proceeds.of(*PLAIN)[index] + proceeds.of(*RESIDUAL)[index]
            found = flow(run, f"{name}.proceeds")[index]
            assert received == found, Breach(date, f"{name}.proceeds", received, found)
            occupied = 1 - sum(ended[: index + 1])
            found = flow(run, f"{name}.occupied")[index]
            assert occupied == found >= 0, Breach(date, f"{name}.occupied", occupied, found)
            scheduled = flow(run, f"{name}.scheduled_rent")[index]
            assert occupied or ended[index] or not scheduled, Breach(date, f"{name}.scheduled_rent", 0, scheduled)
        the_issuer_has_its_share(run, name, entry)
        rents_are_paid_or_owed(run, name)


def rents_are_paid_or_owed(run: Run, name: str) -> None:
    """What is scheduled is paid, or deferred until it is; a default takes what was deferred into the claim."""
    sums, owed = Sums(run, name), 0
    paid = sums.less("rent", "repaid", "relet_rent")
    rows = zip(run.dates, sums.of("scheduled_rent"), paid, sums.of("repaid"), sums.of("deferred"), strict=True)
    for (date, scheduled, now, repaid, deferred), defaulted in zip(rows, sums.of("defaulted"), strict=True):
        assert now in (0, scheduled), Breach(date, f"{name}.rent, as scheduled", f"0 or {scheduled}", now)
        assert 0 <= repaid <= owed, Breach(date, f"{name}.repaid", f"at most {owed}", repaid)
        owed = 0 if defaulted else owed + scheduled - now - repaid
        assert deferred == owed, Breach(date, f"{name}.deferred", owed, deferred)


def the_issuer_has_its_share(run: Run, name: str, entry: dict[str, Any]) -> None:
    """The issuer's part of rent and proceeds."""
    rounding, share = (
        str(run.document["deal"].get("rounding", "half_up")),
        in_units(entry.get("issuer_share", 1), SCALE),
    )
    sums = Sums(run, name)
    plain, residual = sums.of(*PLAIN), sums.of(*RESIDUAL)
    for index, date in enumerate(run.dates):
        rent = mul_div(flow(run, f"{name}.rent")[index], share, SCALE, rounding)
        found = flow(run, f"{name}.issuer_rent")[index]
        assert rent == found, Breach(date, f"{name}.issuer_rent", rent, found)
        first = mul_div(plain[index], share, SCALE, rounding)
        least, most = first, first + residual[index]
        if "issuer_first" not in entry.get("residual_ranking", {}):
            least = most = first + mul_div(residual[index], share, SCALE, rounding)
        found = flow(run, f"{name}.issuer_proceeds")[index]
        expected = least if least == most else f"from {least} to {most}"
        assert least <= found <= most, Breach(date, f"{name}.issuer_proceeds", expected, found)


def deposits_and_guarantees_are_settled_once(run: Run) -> None:
    """A deposit is held until it is applied or returned, once and exactly; a residual value guarantee is paid once,
    within its cap.
    """
    for name, entry in with_clauses(run):
        scale = scale_of(run)
        settled = Sums(run, name).of("deposit_applied", "deposit_returned")
        if "deposit" in entry:
            for date, held, gone in zip(run.dates, flow(run, f"{name}.deposit"), accumulate(settled), strict=True):
                deposit = in_units(entry["deposit"], scale)
                assert held == deposit - gone >= 0, Breach(date, f"{name}.deposit", deposit - gone, held)
        if "residual_value_guarantee" in entry:
            cap = in_units(entry["residual_value_guarantee"]["cap"], scale)
            paid = flow(run, f"{name}.guarantee_paid")
            first = next((index for index, amount in enumerate(paid) if amount), len(paid) - 1)
            what = f"{name}.guarantee_paid, in all"
            assert 0 <= paid[first] <= cap, Breach(run.dates[first], what, f"at most {cap}", paid[first])
            again = sum(paid[first + 1 :])
            assert again == 0, Breach(run.dates[-1], f"{name}.guarantee_paid, again", 0, again)


def contracts_add_up(run: Run) -> None:
    """A contract's fee is what is billed less credits, within what is contracted; a prepayment is credited as far as
    it was received; what comes in is the sum of its parts; a contract that has ended does not come back.
    """
    for name in table(run, "contracts"):
        sums = Sums(run, name)
        of_parts = {
            "fee": sums.less("billed", "credit", "credited"),
            "revenue": sums.of("fee", "rollover_revenue"),
            "proceeds": sums.of("received", "recovered"),
            "prepaid": list(accumulate(sums.less("received", "credited"))),
        }
        for part, expected in of_parts.items():
            for date, value, found in zip(run.dates, expected, optional(run, f"{name}.{part}"), strict=True):
                assert value == found >= 0, Breach(date, f"{name}.{part}", value, found)
        forces = flow(run, f"{name}.in_force")
        parts = zip(run.dates, sums.of("billed"), sums.of("contracted"), forces, before(forces, 1), strict=True)
        for date, billed, contracted, force, was in parts:
            assert billed <= contracted, Breach(date, f"{name}.billed", f"at most {contracted}", billed)
            assert force <= was, Breach(date, f"{name}.in_force", was, force)


def fleets_keep_their_value(run: Run) -> None:
    """No figure of a fleet is below 0, and its net cost is no more than its cost; it grows only by what is bought, and
    falls only by age and to nothing when it is sold: once, and for good. What it is sold for comes in once.
    """
    for name, entry in table(run, "fleets").items():
        payments = payment_dates(run, entry)
        for part in ("held", "units", "cost", "net_cost", "capex", "market_value", "power_cost", "sold", "proceeds"):
            for date, value in zip(run.dates, optional(run, f"{name}.{part}"), strict=True):
                assert value >= 0, Breach(date, f"{name}.{part}", "0 or more", value)
                moves = value and part in ("capex", "power_cost", "sold", "proceeds")
                assert date in payments or not moves, Breach(date, f"{name}.{part}, between payment dates", 0, value)
        a_fleet_is_what_was_bought(run, name, entry)
        a_fleet_is_sold_once(run, name, entry)


def a_fleet_is_what_was_bought(run: Run, name: str, entry: Mapping[str, Any]) -> None:
    """Cost and units are those of the lots bought so far; what is bought from closing on is capex, once."""
    scale, closing = scale_of(run), as_date(run.document["deal"]["closing_date"])
    lots = [(as_date(lot["purchased"]), int(lot["units"]), in_units(lot["cost"], scale)) for lot in entry["lots"]]
    opening = sum(cost for purchased, _, cost in lots if purchased < closing)
    was = {"units": 0, "cost": opening, "net_cost": opening}
    payments, is_first = payment_dates(run, entry), True
    for index, date in enumerate(run.dates):
        held, capex = flow(run, f"{name}.held")[index], flow(run, f"{name}.capex")[index]
        now = {part: flow(run, f"{name}.{part}")[index] for part in was}
        if date not in payments:
            before_all = {"units": 0, "cost": 0, "net_cost": 0}
            assert now == (before_all if is_first else was), Breach(date, f"{name}, between payment dates", was, now)
            continue
        is_first = False
        there = [(units, cost) for purchased, units, cost in lots if purchased <= date and held]
        for part, expected in (("units", sum(n for n, _ in there)), ("cost", sum(cost for _, cost in there))):
            assert now[part] == expected, Breach(date, f"{name}.{part}", expected, now[part])
        bought = now["cost"] - was["cost"] if held else 0
        assert capex == bought, Breach(date, f"{name}.capex", bought, capex)
        most = min(now["cost"], was["net_cost"] + capex)
        assert now["net_cost"] <= most, Breach(date, f"{name}.net_cost", f"at most {most}", now["net_cost"])
        was = now


def a_fleet_is_sold_once(run: Run, name: str, entry: Mapping[str, Any]) -> None:
    """A fleet is held until it is sold, for no more than it is worth; that comes in once, when it is said to."""
    payments, after = payment_dates(run, entry), int(entry.get("sale", {}).get("after", 0))
    helds, values = flow(run, f"{name}.held"), optional(run, f"{name}.market_value")
    parts = (optional(run, f"{name}.{part}") for part in ("power_cost", "sold", "proceeds"))
    sales: list[int] = []
    for date, held, was, worth, *now in zip(run.dates, helds, before(helds, 1), values, *parts, strict=True):
        assert held <= was <= 1, Breach(date, f"{name}.held", was, held)
        power_cost, sold, proceeds = now
        assert was or not power_cost, Breach(date, f"{name}.power_cost, once sold", 0, power_cost)
        most = worth if held < was else 0
        assert sold <= most, Breach(date, f"{name}.sold", f"at most {most}", sold)
        sales += [sold] if date in payments else []
        expected = sales[-1 - after] if date in payments and len(sales) > after else 0
        assert proceeds == expected, Breach(date, f"{name}.proceeds", expected, proceeds)


def borrowing_bases_are_the_least(run: Run) -> None:
    """A borrowing base is no more than any of its tests allows, as far as recorded figures say it, and what the one
    that binds allows; it is never below 0, and changes only on its payment dates.
    """
    for name, entry in table(run, "borrowing_bases").items():
        payments, n_tests = payment_dates(run, entry), len(entry["lesser_of"])
        was = (0, 0)
        for index, date in enumerate(run.dates):
            amount, binding = now = (flow(run, f"{name}.amount")[index], flow(run, f"{name}.binding")[index])
            assert amount >= 0, Breach(date, f"{name}.amount", "0 or more", amount)
            if date not in payments:
                assert now == was, Breach(date, f"{name}, between payment dates", was, now)
                continue
            assert 1 <= binding <= n_tests, Breach(date, f"{name}.binding", f"1 to {n_tests}", binding)
            for place, test in enumerate(entry["lesser_of"], start=1):
                allowed = allowed_by(run, test, index)
                if allowed is None:
                    continue
                least = amount + (place < binding)
                expected = amount if place == binding else f"at least {least}"
                is_it = allowed == amount if place == binding else allowed >= least
                assert is_it, Breach(date, f"{name}.lesser_of[{place - 1}]", expected, allowed)
            was = now


def allowed_by(run: Run, test: Mapping[str, Any], index: int) -> int | None:
    """What a test of a borrowing base allows on a date, if it reads but figures of collateral, at literal rates."""
    kind, terms = next(iter(test.items()))
    classes = [(part["of"], part["rate"]) for part in terms] if kind == "advance" else [(terms["of"], None)]
    if not all(is_figure_of_collateral(run, of) for of, _ in classes):
        return None
    rounding = str(run.document["deal"].get("rounding", "half_up"))
    figures = [max(0, flow(run, of)[index]) for of, _ in classes]
    if kind == "coverage":
        return mul_div(figures[0], SCALE, in_units(terms["ratio"], SCALE), rounding)
    rates = [literal(rate) for _, rate in classes] if kind == "advance" else [literal(terms["haircut"])]
    if None in rates:
        return None
    shares = [rate if kind == "advance" else SCALE - rate for rate in rates if rate is not None]
    return sum(mul_div(figure, share, SCALE, rounding) for figure, share in zip(figures, shares, strict=True))


def literal(formula: object) -> int | None:
    """A rate that is written out."""
    return in_units(Decimal(str(formula)), SCALE) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", str(formula)) else None


def is_figure_of_collateral(run: Run, formula: object) -> bool:
    """Whether a formula is but a recorded figure of a lease, a contract, a fleet or a borrowing base: it stands from
    the start of its date on.
    """
    owner = str(formula).partition(".")[0]
    tables = ("leases", "contracts", "fleets", "borrowing_bases")
    return formula in run.flows and any(owner in table(run, key) for key in tables)


def what_is_above_a_limit_is_due(run: Run) -> None:
    """At the close of every date before its maturity a note is within its limit, or what is above it is recorded as due
    and unpaid; from maturity on, and where all is due at once, that is the balance. The limit moves on payment dates,
    and by what lifts the balance.
    """
    for name, entry in table(run, "notes").items():
        if "balance_at_most" not in entry["amortisation"]:
            continue
        dated, last = as_date(entry["dated_date"]), last_payment_date(entry)
        payments = {date for date in payment_dates(run, entry) if dated < date <= last}
        formula = entry["amortisation"]["balance_at_most"]["formula"]
        target = in_units(entry.get("funding", {}).get("maximum", entry["original_balance"]), scale_of(run))
        parts = (flow(run, f"{name}.{part}") for part in ("balance", "target", "principal_shortfall"))
        lifted = list(Sums(run, name).of("funded", "interest_capitalized"))
        for line in run.ledger:
            lifted[line.index] += line.amount if (line.verb, line.target) == ("write_up", name) else 0
        rows = zip(run.dates, *parts, maturities(run, name), all_is_due(run, name), strict=True)
        for index, (date, balance, limit, shortfall, maturity, is_all) in enumerate(rows):
            target += lifted[index]
            if date in payments:
                is_known = is_figure_of_collateral(run, formula)
                target = max(0, flow(run, formula)[index]) + lifted[index] if is_known else limit
            assert limit == target >= 0, Breach(date, f"{name}.target", max(0, target), limit)
            due = balance if is_all or date >= maturity else max(0, balance - limit)
            assert shortfall == due, Breach(date, f"{name}.principal_shortfall", due, shortfall)


def all_is_due(run: Run, name: str) -> list[bool]:
    """Whether all of a note is due at the close of each date: accelerated, or amortising early."""
    found = [False] * len(run.dates)
    if name in run.document.get("acceleration", {}).get("notes", []):
        found = list(map(bool, flow(run, "acceleration.active")))
    for test, entry in table(run, "tests").items():
        effects = entry.get("effects", [])
        if any(name in effect.get("early_amortization", {}).get("notes", []) for effect in effects):
            found = [due or bool(acts) for due, acts in zip(found, acting_states(run, test), strict=True)]
    return found


def payment_dates(run: Run, entry: Mapping[str, Any]) -> set[dt.date]:
    """The payment dates of an object."""
    return set(read_schedule(run.document["schedules"][entry["payment_dates"]]).dates)


def with_clauses(run: Run) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each lease that has clauses."""
    for name, entry in table(run, "leases").items():
        if f"{name}.occupied" in run.flows:
            yield name, entry


class Sums:
    """Sums of the flows of an object, date by date; what it does not have is 0."""

    def __init__(self, run: Run, name: str) -> None:
        self.run, self.name = run, name

    def of(self, *parts: str) -> Sequence[int]:
        """Their sum."""
        return [
            sum(values) for values in zip(*(optional(self.run, f"{self.name}.{part}") for part in parts), strict=True)
        ]

    def less(self, first: str, *parts: str) -> Sequence[int]:
        """The first, less the others."""
        return [a - b for a, b in zip(self.of(first), self.of(*parts), strict=True)]
