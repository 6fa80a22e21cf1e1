"""Laws of cash: nothing appears, nothing vanishes, nobody gets more than is due.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cashfall.testing.breach import Breach
from cashfall.testing.reference.numbers import SCALE, in_units, mul_div

from .funding import maturities, maturity_of
from .notes import rate_on
from .run import (
    CONVERSION,
    PAID_BY,
    Run,
    Transfer,
    before,
    body_of,
    broken_by,
    claims,
    currency_of,
    flow,
    opening_balance,
    optional,
    payers,
    table,
    total,
    waterfalls,
    written,
)


def cash_is_conserved(run: Run) -> None:
    """On every date the accounts together change by what is collected less what is paid out, to the cent.

    So they do in each currency, where what is exchanged counts as paid out in the one and collected in the other.
    """
    came, went = in_currencies(run, incoming(run)), in_currencies(run, payers(run))
    held_in = in_currencies(run, list(table(run, "accounts")))
    for currency, accounts in held_in.items():
        held = sum(opening_balance(run, name) for name in accounts)
        totals = zip(
            run.dates,
            total(run, came.get(currency, [])),
            total(run, went.get(currency, [])),
            exchanged(run, accounts),
            total(run, [f"{name}.balance" for name in accounts]),
            strict=True,
        )
        for date, came_in, went_out, gained, found in totals:
            held += came_in - went_out + gained
            what = f"held by all accounts of {currency}" if len(held_in) > 1 else "held by all accounts"
            assert held == found, Breach(date, what, held, found)


def in_currencies(run: Run, names: Sequence[str]) -> dict[str, list[str]]:
    """Objects, or flows, by the currency that they are in."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(currency_of(run, owner(run, name)), []).append(name)
    return found


def incoming(run: Run) -> list[str]:
    """Every flow that is cash from outside, but what assets bring: that is in the ledger only."""
    collected = {
        name for steps in waterfalls(run).values() for step in steps for name in step.get("collect", {}).get("from", [])
    }
    found = [f"{name}.issuer_rent" for name in table(run, "leases")]
    found += [f"{name}.issuer_proceeds" for name in table(run, "leases") if f"{name}.issuer_proceeds" in run.flows]
    found += [f"{name}.{part}" for name in table(run, "contracts") for part in ("revenue", "proceeds")]
    found += [f"{name}.proceeds" for name in table(run, "fleets") if f"{name}.proceeds" in run.flows]
    found += [f"{name}.amount" for name, entry in table(run, "cashflows").items() if entry["direction"] == "in"]
    found += [f"{name}.proceeds" for name in table(run, "notes") if name in collected]
    found += [f"{name}.draws" for name in table(run, "facilities")]
    found += [f"{name}.funded" for name, entry in table(run, "notes").items() if "funding" in entry]
    found += [f"{name}.received" for name in [*table(run, "swaps"), *table(run, "caps")]]
    found += [f"{name}.earned" for name, entry in table(run, "accounts").items() if "earns" in entry]
    found += [f"{name}.proceeds" for name in table(run, "assets")]
    return found + [f"{name}.cure" for name, test in table(run, "tests").items() if "equity_cure" in test]


def owner(run: Run, name: str) -> str:
    """The object in whose currency a flow is; that of a cure is the account into which it comes."""
    test = table(run, "tests").get(name.removesuffix(".cure"), {})
    return str(test["equity_cure"]["to"]) if "equity_cure" in test else name.partition(".")[0]


def exchanged(run: Run, accounts: Sequence[str]) -> list[int]:
    """What some accounts gain by conversions on each date, and by what is collected of assets."""
    gained = [0] * len(run.dates)
    for line in run.ledger:
        if line.source in accounts and line.target == CONVERSION:
            gained[line.index] -= line.amount
        elif line.target in accounts and (line.source == CONVERSION or collects_asset(run, line)):
            gained[line.index] += line.amount
    return gained


def collects_asset(run: Run, line: Transfer) -> bool:
    """Whether a line collects what an asset has brought."""
    return line.verb == "collect" and line.source in table(run, "assets")


def ledger_readds(run: Run) -> None:
    """Adding up the ledger gives every account's balance and every payee's receipts on every date."""
    moved: dict[tuple[int, str, str], int] = {}
    changes: dict[tuple[int, str], int] = {}
    for line in run.ledger:
        key = (line.index, line.target, PAID_BY.get(line.verb, "paid"))
        moved[key] = moved.get(key, 0) + line.amount
        for name, amount in ((line.source, -line.amount), (line.target, line.amount)):
            changes[line.index, name] = changes.get((line.index, name), 0) + amount
    moves_without_cash_readd(run, moved, changes)
    for paid in payers(run):
        name, _, kind = paid.partition(".")
        for index, (date, found) in enumerate(zip(run.dates, flow(run, paid), strict=True)):
            added = moved.get((index, name, kind), 0)
            assert added == found, Breach(date, f"{paid}, as the ledger adds up", added, found)
    for name in table(run, "accounts"):
        balance = opening_balance(run, name)
        for index, (date, found) in enumerate(zip(run.dates, flow(run, f"{name}.balance"), strict=True)):
            balance += changes.get((index, name), 0)
            assert balance == found, Breach(date, f"{name}.balance, as the ledger adds up", balance, found)


def moves_without_cash_readd(
    run: Run, moved: Mapping[tuple[int, str, str], int], changes: Mapping[tuple[int, str], int]
) -> None:
    """The rows of capitalisations, write-downs and write-ups give what notes record of them."""
    for name in table(run, "notes"):
        series = zip(run.dates, optional(run, f"{name}.interest_capitalized"), written(run, name), strict=True)
        for index, (date, gained, lost) in enumerate(series):
            added = moved.get((index, name, "interest_capitalized"), 0)
            assert added == gained, Breach(date, f"{name}.interest_capitalized, as the ledger adds up", added, gained)
            added = -changes.get((index, f"{name}.balance"), 0) - moved.get((index, name, "written_up"), 0)
            assert added == lost, Breach(date, f"{name}.written_down, as the ledger adds up", added, lost)


def no_account_is_overdrawn(run: Run) -> None:
    """No movement takes more than its source has, or more than it said was available."""
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    for line in run.ledger:
        assert 0 <= line.amount <= line.available, broken_by(run, line, f"0 to the {line.available} available")
        if line.source in balances:
            balances[line.source] -= line.amount
            held = balances[line.source]
            assert held >= 0, broken_by(run, line, f"at most {line.amount + held}, which {line.source} had")
        if line.target in balances:
            balances[line.target] += line.amount


def no_payee_gets_more_than_due(run: Run) -> None:
    """Nobody receives more than was asked, and what was owed less what was paid is what stays owed."""
    for line in run.ledger:
        assert 0 <= line.amount <= line.requested, broken_by(run, line, f"0 to the {line.requested} requested")
    for claim in claims(run):
        unpaid = total(run, claim.unpaid)
        excess = [f"{claim.payee}.excess_paid"] if len(claim.unpaid) > 1 else []
        paid = total(run, [claim.paid, *excess])
        lifted = [0] * len(run.dates)
        if claim.paid == f"{claim.payee}.interest_paid":
            lifted = optional(run, f"{claim.payee}.interest_capitalized")
        rows = zip(before(unpaid, 0), total(run, claim.accrued), paid, unpaid, strict=True)
        for index, (date, (carried, accrued, amount, left)) in enumerate(zip(run.dates, rows, strict=True)):
            gone = carried + accrued - amount - left
            if lifted[index]:
                gone -= capitalised(run, claim.payee, index, gone)
            assert gone == 0 <= left, Breach(date, f"still owed to {claim.payee}", max(0, left + gone), left)
    scheduled_principal_is_not_exceeded(run)


def capitalised(run: Run, note: str, index: int, gone: int) -> int:
    """What capitalisations took of the interest due on a date: what is gone, if it gives what the balance gained.

    A premium is rounded in every row: where rows have different premiums, or are several, it is known to within a cent
    for each.
    """
    rows = [
        line for line in run.ledger if line.verb == "capitalize_interest" and (line.index, line.target) == (index, note)
    ]
    gained = sum(line.amount for line in rows)
    premiums = {in_units(body_of(run, line).get("pik_premium", 0), SCALE) for line in rows}
    rate = rate_on(run, note, table(run, "notes")[note], index)
    if premiums == {0} or not rate:
        return gained
    rounding = str(run.document["deal"].get("rounding", "half_up"))
    with_premium = [gone + mul_div(gone, premium, rate, rounding) for premium in premiums]
    slack = len(rows) if len(rows) > 1 else 0
    assert min(with_premium) - slack <= gained <= max(with_premium) + slack, Breach(
        run.dates[index], f"{note}.interest_capitalized", with_premium[0], gained
    )
    return gone


def scheduled_principal_is_not_exceeded(run: Run) -> None:
    """`pay_principal` never brings a note below its scheduled balance or limit, but where all may fall due early."""
    paid: dict[tuple[int, str], int] = {}
    for line in run.ledger:
        if line.verb == "pay_principal":
            paid[line.index, line.target] = paid.get((line.index, line.target), 0) + line.amount
    for (index, name), amount in paid.items():
        scheduled = f"{name}.target" if f"{name}.target" in run.flows else f"{name}.scheduled_balance"
        held = flow(run, f"{name}.balance")[index] + flow(run, f"{name}.principal_paid")[index]
        held += max(0, written(run, name)[index])
        due = held if falls_due_at_once(run, name, index) else max(0, held - flow(run, scheduled)[index])
        entry = table(run, "notes")[name]
        is_limited = "balance_at_most" in entry["amortisation"]
        if (is_limited or entry.keys() & {"funding", "extension"}) and not falls_due_at_once(run, name, index):
            is_mature = run.dates[index] >= [maturity_of(entry, 0), *maturities(run, name)][index]
            due = held if is_mature else due if is_limited else 0
        assert amount <= due, Breach(run.dates[index], f"scheduled principal paid to {name}", f"at most {due}", amount)


def falls_due_at_once(run: Run, note: str, index: int) -> bool:
    """Whether a note's balance may be due on a date: accelerated, or by a test that has it amortise early, before or
    after what happens on the date.
    """
    if note in run.document.get("acceleration", {}).get("notes", []):
        active = flow(run, "acceleration.active")
        if any(active[max(0, index - 1) : index + 1]) or not may_only_begin(run):
            return True
    for name, test in table(run, "tests").items():
        early = [
            effect["early_amortization"]["notes"]
            for effect in test.get("effects", [])
            if "early_amortization" in effect
        ]
        if any(note in notes for notes in early) and any(flow(run, f"{name}.failing")[max(0, index - 1) : index + 1]):
            return True
    return False


def may_fall_due_at_once(run: Run, note: str) -> bool:
    """Whether acceleration or a test can make all of a note due."""
    effects = [effect for test in table(run, "tests").values() for effect in test.get("effects", [])]
    early = [name for effect in effects for name in effect.get("early_amortization", {}).get("notes", [])]
    return note in [*run.document.get("acceleration", {}).get("notes", []), *early]


def may_only_begin(run: Run) -> bool:
    """Whether nothing rescinds an acceleration, which else may begin and end within a date."""
    rescinds = any("rescind" in step for steps in waterfalls(run).values() for step in steps)
    effects = [effect for test in table(run, "tests").values() for effect in test.get("effects", [])]
    return not rescinds and not any("reinstate" in effect for effect in effects)


def giver(support: Mapping[str, Any]) -> str:
    """The account or facility of a support."""
    return str(support.get("from_account", support.get("from_facility")))
