"""What a law reads: one run of one deal, its ledger, its flows, what its document says.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from cashfall.testing.breach import Breach
from cashfall.testing.reference.document import leaf_waterfalls, verb_of
from cashfall.testing.reference.numbers import in_units

Value = int | float | None


class Transfer(Protocol):
    """One line of the ledger, in minor units; lines of a step stand together, also those that asked and got nothing."""

    @property
    def index(self) -> int: ...
    @property
    def waterfall(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def verb(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def requested(self) -> int: ...
    @property
    def available(self) -> int: ...
    @property
    def amount(self) -> int: ...


class Run(Protocol):
    """One scenario of a deal: integers in their units by name and date, None for an undefined test value."""

    @property
    def document(self) -> Mapping[str, Any]: ...
    @property
    def dates(self) -> Sequence[dt.date]: ...
    @property
    def flows(self) -> Mapping[str, Sequence[Value]]: ...
    @property
    def ledger(self) -> Sequence[Transfer]: ...
    @property
    def outcome(self) -> str: ...


def table(run: Run, name: str) -> dict[str, Any]:
    """A table of the document, empty if absent."""
    return dict(run.document.get(name, {}))


LATEST: list[tuple[Mapping[str, Any], Mapping[str, Sequence[Mapping[str, Any]]]]] = []


def waterfalls(run: Run) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Every waterfall by its steps, as the ledger counts them; made once while the document stays the same."""
    if not LATEST or LATEST[0][0] is not run.document:
        LATEST[:] = [(run.document, leaf_waterfalls(run.document))]
    return LATEST[0][1]


def flow(run: Run, name: str) -> list[int]:
    """A flow of which every date has an integer."""
    values = run.flows[name]
    assert set(map(type, values)) <= {int}, Breach(None, name, "integers", "a value that is none")
    return list(values)  # type: ignore[arg-type]  # asserted above


def total(run: Run, names: Sequence[str]) -> list[int]:
    """The sum of flows, date by date."""
    return [sum(values) for values in zip([0] * len(run.dates), *(flow(run, name) for name in names), strict=True)]


def before(series: Sequence[int], initial: int) -> list[int]:
    """Each date's value at the close of the date before."""
    return [initial, *series[:-1]]


def optional(run: Run, name: str) -> list[int]:
    """A flow, or zeros where the deal has none."""
    return flow(run, name) if name in run.flows else [0] * len(run.dates)


def written(run: Run, note: str) -> list[int]:
    """What a note was written down on each date, negative where it was written up."""
    balances = optional(run, f"{note}.written_down")
    return [later - earlier for earlier, later in zip(before(balances, 0), balances, strict=True)]


def scale_of(run: Run) -> int:
    """Minor units in one unit of the currency."""
    return int(10 ** int(run.document["deal"].get("decimals", 2)))


def opening_balance(run: Run, account: str) -> int:
    """An account's opening balance in minor units."""
    return in_units(table(run, "accounts")[account].get("opening_balance", 0), scale_of(run))


def kept_by_cures(run: Run) -> set[str]:
    """The accounts that on its date keep the cash that cures a reading, but for what is due."""
    cures = [test["equity_cure"] for test in table(run, "tests").values() if "equity_cure" in test]
    return {cure["to"] for cure in cures if cure["apply"] != "prepay"}


def is_owed(run: Run, line: Transfer) -> bool:
    """Whether a line pays what is due, and not what an account or an owner takes as it is there."""
    return line.target != CONVERSION and not any(
        line.target in table(run, name) for name in ("accounts", "equity", "assets")
    )


CONVERSION = "conversion"
"""The party in the ledger to whom cash goes, and from whom it comes back, when it is exchanged."""


def currency_of(run: Run, name: str) -> str:
    """The currency of an object."""
    own = str(run.document["deal"].get("currency", ""))
    tables = [entries for key, entries in run.document.items() if key not in ("inputs", "deal", "schedules")]
    found = (entries[name] for entries in tables if isinstance(entries, Mapping) and name in entries)
    return next((str(entry["currency"]) for entry in found if "currency" in entry), own)


class Claim(NamedTuple):
    """What is owed to an outside payee: by the names of its flows, what it is paid, what stays owed, what accrues."""

    payee: str
    paid: str
    unpaid: Sequence[str]
    accrued: Sequence[str]


def claims(run: Run) -> Iterator[Claim]:
    """Every claim that grows by what accrues and shrinks by what is paid. The excess of a fee is part of the fee's."""
    for name in table(run, "fees"):
        excess = [f"{name}.excess_shortfall"] if f"{name}.excess_shortfall" in run.flows else []
        yield Claim(name, f"{name}.paid", [f"{name}.shortfall", *excess], [f"{name}.accrued"])
    for name in table(run, "taxes"):
        yield Claim(name, f"{name}.paid", [f"{name}.shortfall"], [f"{name}.accrued"])
    for name, entry in table(run, "cashflows").items():
        if entry["direction"] == "out":
            yield Claim(name, f"{name}.paid", [f"{name}.shortfall"], [f"{name}.amount"])
    for name in [*table(run, "notes"), *table(run, "facilities")]:
        accrued = [f"{name}.interest_accrued", f"{name}.unpaid_interest_accrued"]
        accrued = [part for part in accrued if part in run.flows]
        yield Claim(name, f"{name}.interest_paid", [f"{name}.interest_shortfall"], accrued)
    for name in table(run, "notes"):
        if f"{name}.additional_interest_paid" in run.flows:
            kind = f"{name}.additional_interest"
            yield Claim(name, f"{kind}_paid", [f"{kind}_shortfall"], [f"{kind}_accrued"])
    for name in table(run, "facilities"):
        yield Claim(name, f"{name}.fee_paid", [f"{name}.fee_shortfall"], [f"{name}.fee_accrued"])


def payers(run: Run) -> list[str]:
    """Every flow that is cash paid to outside payees."""
    found = [claim.paid for claim in claims(run) if not claim.paid.endswith("interest_paid")]
    found += [f"{name}.interest_paid" for name in [*table(run, "notes"), *table(run, "facilities")]]
    found += [f"{name}.excess_paid" for name in table(run, "fees") if f"{name}.excess_paid" in run.flows]
    found += [f"{name}.principal_paid" for name in table(run, "notes")]
    found += [f"{name}.premium_paid" for name in table(run, "notes") if f"{name}.premium_paid" in run.flows]
    found += [f"{name}.additional_interest_paid" for name in table(run, "notes")]
    found += [f"{name}.distributed" for name in table(run, "equity")]
    found += [f"{name}.repaid" for name in table(run, "facilities")]
    found += [f"{name}.cost" for name in table(run, "assets")]
    found += [f"{name}.{paid}" for name in table(run, "swaps") for paid in ("paid", "termination_paid")]
    optional = ("termination_paid", "additional_interest_paid")
    return [name for name in found if name in run.flows or not name.endswith(optional)]


PAID_BY = {
    "pay_interest": "interest_paid",
    "pay_principal": "principal_paid",
    "sweep": "principal_paid",
    "capitalize_interest": "interest_capitalized",
    "write_up": "written_up",
    "prepay": "principal_paid",
    "run_tests": "principal_paid",
    "pay_premium": "premium_paid",
    "pay_premium_due": "premium_paid",
    "pay_additional_interest": "additional_interest_paid",
    "distribute": "distributed",
    "pay_excess": "excess_paid",
    "pay_facility_interest": "interest_paid",
    "pay_facility_fee": "fee_paid",
    "repay_facility": "repaid",
    "pay_termination": "termination_paid",
    "buy_asset": "cost",
}
"""What the payee of a verb records as paid, where it is not simply `paid`."""


PREPAYING = ("prepay", "pay_premium")
"""What lines of `prepay` steps pay: principal, and the premium of its price."""


def grouped(run: Run, *, by_source: bool) -> Iterator[list[Transfer]]:
    """The ledger's lines step by step, or source by source within a step."""

    def key(line: Transfer) -> tuple[object, ...]:
        return (line.index, line.waterfall, line.position, line.source if by_source else "")

    for _, lines in groupby(run.ledger, key):
        yield list(lines)


def broken_by(run: Run, line: Transfer, expected: object, found: object = None) -> Breach:
    """The breach of a law by one line of the ledger; found is the line's amount unless something else is said."""
    where = f"{line.waterfall}[{line.position}] {line.verb} from {line.source} to {line.target}"
    return Breach(run.dates[line.index], where, expected, line.amount if found is None else found)


def ranking(run: Run, line: Transfer) -> str:
    """The ranking of the step of a line."""
    return str(body_of(run, line).get("ranking", "sequential"))


def body_of(run: Run, line: Transfer) -> Mapping[str, Any]:
    """The fields of the step of a line; a line of a `pay` step has the verb of its due."""
    step = waterfalls(run)[line.waterfall][line.position]
    return dict(step[verb_of(step)])
