"""Laws of what is exchanged: cash for another currency, cash for assets.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import re
from decimal import Decimal

from cashfall.testing.breach import Breach
from cashfall.testing.reference.numbers import SCALE, in_units, mul_div

from .run import CONVERSION, Run, body_of, broken_by, flow, grouped, scale_of, table

LITERAL = re.compile(r"\d+(\.\d+)?")


def conversions_keep_their_rate(run: Run) -> None:
    """What is exchanged comes back in the other currency, last and in one amount: at a stated rate what was given times
    the rate, rounded once.
    """
    rounding = str(run.document["deal"].get("rounding", "half_up"))
    for lines in grouped(run, by_source=False):
        if lines[0].verb != "convert":
            continue
        given = sum(line.amount for line in lines if line.target == CONVERSION)
        *before, last = lines
        for line in before:
            assert line.target == CONVERSION, broken_by(run, line, "nothing after what was exchanged has come back")
        body, gained = body_of(run, last), last.amount if last.source == CONVERSION else 0
        if "buy" not in body and LITERAL.fullmatch(body["rate"]):
            expected = mul_div(given, in_units(Decimal(body["rate"]), SCALE), SCALE, rounding)
            assert gained == expected, broken_by(run, last, expected, gained)


def assets_add_up(run: Run) -> None:
    """An asset's balance is what it was, less what was lost, repaid and sold, with what was bought; what it brings is
    collected once.
    """
    collected = {(line.index, line.source): line.amount for line in run.ledger if line.verb == "collect"}
    for name, entry in table(run, "assets").items():
        balance, receivable = in_units(entry.get("opening_balance", 0), scale_of(run)), 0
        parts = ("balance", "receivable", "earned", "lost", "repaid", "bought", "sold")
        rows = zip(*(flow(run, f"{name}.{part}") for part in parts), strict=True)
        for index, (date, row) in enumerate(zip(run.dates, rows, strict=True)):
            held, owed, earned, lost, repaid, bought, sold = row
            balance += bought - sold - lost - repaid
            receivable += earned + repaid - collected.get((index, name), 0)
            assert balance == held >= 0, Breach(date, f"{name}.balance", max(0, balance), held)
            assert receivable == owed, Breach(date, f"{name}.receivable", receivable, owed)
            assert min(row[2:]) >= 0, Breach(date, f"{name}: what moved", "nothing below 0", min(row[2:]))
