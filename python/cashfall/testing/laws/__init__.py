"""Named laws that hold for every run of every deal, as asserts on one scenario's flows and ledger.

    laws.check(plan, plan.run(paths))     # every law that applies, on every scenario
    laws.of(plan)                         # which laws those are, and what each says

A law takes a `Run`: the reference's `Outcome` is one, and so is any view with the same attributes; `check(run)` asserts
every law of one run. They share no code with what computes a run beyond reading dates and decimals of the document. A
law is a list of asserts, each with a `Breach` that says date, what was expected and what was found. Laws that compare
two runs are in `cashfall.testing.relations`.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, overload

from .ahead import a_prefunded_target_never_rises, foresight_is_what_comes
from .claims import a_draw_lowers_what_is_available, fee_caps_hold, swap_legs_net
from .collateral import (
    borrowing_bases_are_the_least,
    contracts_add_up,
    deposits_and_guarantees_are_settled_once,
    fleets_keep_their_value,
    leases_add_up,
    what_is_above_a_limit_is_due,
)
from .exchange import assets_add_up, conversions_keep_their_rate
from .funding import (
    a_draw_on_a_note_keeps_within_its_room,
    a_refinancing_repays_whole_notes,
    groups_add_up,
    notes_are_extended_in_time,
)
from .ledgers import ledgers_add_up
from .money import cash_is_conserved, ledger_readds, no_account_is_overdrawn, no_payee_gets_more_than_due
from .notes import interest_follows_the_balance, prepayments_cost_their_price, principal_sums, rates_keep_their_bounds
from .order import (
    fill_never_lifts_above_target,
    payees_stand_in_order,
    pro_rata_is_fair,
    senior_before_junior,
    steps_pay_what_they_can,
    supports_come_last,
    weights_are_kept,
)
from .run import Run, Transfer
from .tests import (
    accelerated_debt_comes_first,
    cures_keep_their_limits,
    cures_pay_only_what_is_due,
    distributions_obey_effects,
    status_follows_its_tests,
    test_fires_and_cures_by_its_rule,
    test_measures_its_window,
)

if TYPE_CHECKING:
    from cashfall.plan import Plan
    from cashfall.result import Result
    from cashfall.testing.lawbook import Law

__all__ = [
    "LAWS",
    "Run",
    "Transfer",
    "a_draw_lowers_what_is_available",
    "a_draw_on_a_note_keeps_within_its_room",
    "a_prefunded_target_never_rises",
    "a_refinancing_repays_whole_notes",
    "accelerated_debt_comes_first",
    "assets_add_up",
    "borrowing_bases_are_the_least",
    "cash_is_conserved",
    "check",
    "contracts_add_up",
    "conversions_keep_their_rate",
    "cures_keep_their_limits",
    "cures_pay_only_what_is_due",
    "deposits_and_guarantees_are_settled_once",
    "distributions_obey_effects",
    "fee_caps_hold",
    "fill_never_lifts_above_target",
    "fleets_keep_their_value",
    "foresight_is_what_comes",
    "groups_add_up",
    "interest_follows_the_balance",
    "leases_add_up",
    "ledger_readds",
    "ledgers_add_up",
    "no_account_is_overdrawn",
    "no_payee_gets_more_than_due",
    "notes_are_extended_in_time",
    "of",
    "payees_stand_in_order",
    "prepayments_cost_their_price",
    "principal_sums",
    "pro_rata_is_fair",
    "rates_keep_their_bounds",
    "senior_before_junior",
    "status_follows_its_tests",
    "steps_pay_what_they_can",
    "supports_come_last",
    "swap_legs_net",
    "test_fires_and_cures_by_its_rule",
    "test_measures_its_window",
    "weights_are_kept",
    "what_is_above_a_limit_is_due",
]

LAWS: tuple[Callable[[Run], None], ...] = (
    cash_is_conserved,
    ledger_readds,
    no_account_is_overdrawn,
    no_payee_gets_more_than_due,
    senior_before_junior,
    pro_rata_is_fair,
    weights_are_kept,
    payees_stand_in_order,
    supports_come_last,
    steps_pay_what_they_can,
    fill_never_lifts_above_target,
    principal_sums,
    prepayments_cost_their_price,
    rates_keep_their_bounds,
    interest_follows_the_balance,
    ledgers_add_up,
    fee_caps_hold,
    a_draw_lowers_what_is_available,
    a_draw_on_a_note_keeps_within_its_room,
    a_refinancing_repays_whole_notes,
    notes_are_extended_in_time,
    groups_add_up,
    swap_legs_net,
    test_fires_and_cures_by_its_rule,
    test_measures_its_window,
    status_follows_its_tests,
    distributions_obey_effects,
    accelerated_debt_comes_first,
    cures_keep_their_limits,
    cures_pay_only_what_is_due,
    a_prefunded_target_never_rises,
    foresight_is_what_comes,
    conversions_keep_their_rate,
    assets_add_up,
    leases_add_up,
    deposits_and_guarantees_are_settled_once,
    contracts_add_up,
    fleets_keep_their_value,
    borrowing_bases_are_the_least,
    what_is_above_a_limit_is_due,
)
"""Every law of a single run."""


@overload
def check(run: Run, /) -> int: ...
@overload
def check(plan: Plan, /, result: Result, scenarios: Iterable[int] | None = None) -> int: ...


def check(subject: Any, /, result: Any = None, scenarios: Iterable[int] | None = None) -> int:
    """Assert every law that applies, on every scenario of a plan's result, or on the chosen ones.

    The result may be in either unit and may have recorded anything; what the laws read is run again where it did not.
    A result with `record="*"` and `unit="cents"` is checked as it stands, without another run. Returns the number of
    scenarios checked. `check(run)` asserts the laws on one `Run`, such as the reference's.

    Raises
    ------
    LawError
        An `AssertionError` that names the law, the scenario, the date, what was expected and what was found.
    """
    from cashfall.testing import lawbook

    if result is not None:
        return lawbook.check_result(subject, result, scenarios)
    lawbook.check_run(subject)
    return 1


def of(plan: Plan) -> list[Law]:
    """The laws that apply to a plan's deal, of one run and of two; each has a name and a statement."""
    from cashfall.testing import lawbook

    return lawbook.of(plan)
