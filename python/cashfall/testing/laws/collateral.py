"""Laws of leases and contracts: what comes in is what their parts say, and nothing happens twice.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from cashfall.testing.breach import Breach
from cashfall.testing.reference.numbers import SCALE, in_units, mul_div

from .run import Run, before, flow, optional, scale_of, table

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
