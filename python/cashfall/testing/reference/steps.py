"""Waterfalls and steps: who is paid when, from what, up to where (rule book, steps.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import (
    acceleration,
    accounts,
    anticipated,
    assets,
    capitalisation,
    collateral,
    conversion,
    effects,
    facilities,
    fees,
    funding,
    going,
    hedges,
    inspections,
    ledgers,
    notes,
    paying,
    prepayment,
    taxes,
    tests,
    waivers,
)
from .document import verb_of
from .numbers import SCALE, InvalidDeal, in_units, made, mul_div
from .payments import Payment

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario

PAYMENTS: dict[str, Payment] = {
    **fees.PAYMENTS,
    **collateral.PAYMENTS,
    **notes.PAYMENTS,
    **taxes.PAYMENTS,
    **facilities.PAYMENTS,
    **hedges.PAYMENTS,
    **accounts.PAYMENTS,
    **acceleration.PAYMENTS,
    **anticipated.PAYMENTS,
    **assets.PAYMENTS,
    **conversion.PAYMENTS,
}
"""The verbs that pay outside payees."""


Payee = tuple[str, str]
"""A verb of `PAYMENTS`, or the step's own, and the name of who is paid."""


@dataclass(frozen=True)
class Support:
    """steps.md, support: an account or a facility that pays what the sources left unpaid, perhaps under a condition."""

    name: str
    is_facility: bool
    only_if: Evaluate | None


@dataclass(frozen=True)
class Step:
    """A step: its verb's fields, and its formulas compiled."""

    waterfall: str
    position: int
    verb: str
    name: str
    clause: str | None
    fields: Mapping[str, Any]
    payees: Sequence[Payee]
    sources: Sequence[str]
    supports: Sequence[Support]
    ranking: str
    weights: Sequence[int] | str | None
    when: Evaluate | None
    positions: frozenset[int] | None
    cap: Evaluate | None
    keep_balance: Evaluate | None
    above_target: bool
    to_target: bool
    share_of_due: int | None
    amount: Evaluate | None
    share: Evaluate | None
    value: Evaluate | None
    rate: Evaluate | None
    buy: Evaluate | None


@dataclass(frozen=True, slots=True)
class Movement:
    """One source asked for one payee's request; `source` and `target` are accounts, or the outside party's name.

    Units: minor units. `requested` is what the payee still asked for when this source was reached, `available` the cash
    of the source at that moment, before any cap. `position` is the step's place in its waterfall.
    """

    index: int
    waterfall: str
    position: int
    step: str
    clause: str | None
    verb: str
    source: str
    target: str
    requested: int
    available: int
    amount: int
    support: bool = False


@dataclass(frozen=True)
class Branch:
    """steps.md, `if`: "where it is 1 the steps of `then` happen, else those of `else`"."""

    condition: Evaluate
    then: Sequence[Step | Branch]
    otherwise: Sequence[Step | Branch]


def read_steps(
    plan: Plan, waterfall: str, written: Sequence[Mapping[str, Any]], places: Iterator[int]
) -> list[Step | Branch]:
    """The steps of a waterfall or a block; steps.md, position: "`if` and `run_steps` do not count"."""
    found: list[Step | Branch] = []
    for step in written:
        if "run_steps" in step:
            found += read_steps(plan, waterfall, plan.table("blocks")[step["run_steps"]["block"]], places)
        elif "if" in step:
            terms = step["if"]
            condition = plan.formulas.compile(terms["condition"], "flag")
            then, otherwise = (read_steps(plan, waterfall, terms.get(key, []), places) for key in ("then", "else"))
            found.append(Branch(condition, then, otherwise))
        else:
            found.append(read_step(plan, waterfall, next(places), step))
            for test in step.get("run_tests", {}).get("tests", []):
                found += going.steps_after(plan, waterfall, test, places)
    return found


def read_step(plan: Plan, waterfall: str, position: int, step: Mapping[str, Any]) -> Step:
    """A step's fields, its payees and sources in their order."""
    verb = verb_of(step)
    fields = step[verb]
    limit = fields.get("limit", {})
    payees = step_payees(plan, verb, fields)
    check_dues(plan, payees)
    places = payee_order(plan, payees, fields.get("order", "listed"))
    weights = fields.get("weights")
    if weights is not None and weights != "balance":
        weights = [in_units(weights[place], SCALE) for place in places]
    sources = [fields["account"]] if verb.startswith("release_") else fields.get("from", [])
    return Step(
        waterfall=waterfall,
        position=position,
        verb=verb,
        name=step.get("name", f"{verb} {', '.join(name for _, name in payees)}"),
        clause=step.get("clause"),
        fields=fields,
        payees=[payees[place] for place in places],
        sources=sources,
        supports=[read_support(plan, entry) for entry in fields.get("support", [])],
        ranking=fields.get("ranking", "sequential"),
        weights=weights,
        when=plan.formulas.compile(step["when"], "flag") if "when" in step else None,
        positions=plan.positions_of(step["dates"]) if "dates" in step else None,
        cap=plan.formulas.compile(limit["cap"], "amount") if "cap" in limit else None,
        keep_balance=plan.formulas.compile(limit["keep_balance"], "amount") if "keep_balance" in limit else None,
        above_target=bool(limit.get("above_target", False)),
        to_target=bool(limit.get("to_target", False)),
        share_of_due=in_units(limit["share_of_due"], SCALE) if "share_of_due" in limit else None,
        amount=plan.formulas.compile(fields["amount"], "amount") if "amount" in fields else None,
        share=plan.formulas.compile(fields["share"], "number") if "share" in fields else None,
        value=inspections.compile_value(plan, fields["value"]) if verb == "inspect" else None,
        rate=plan.formulas.compile(fields["rate"], "number") if verb == "convert" else None,
        buy=plan.formulas.compile(fields["buy"], "amount") if "buy" in fields else None,
    )


def read_support(plan: Plan, entry: Mapping[str, Any]) -> Support:
    """steps.md, support: "`{ from_account = "name", only_if = "flag formula"? }`, or with `from_facility`"."""
    only_if = plan.formulas.compile(entry["only_if"], "flag") if "only_if" in entry else None
    is_facility = "from_facility" in entry
    return Support(entry["from_facility" if is_facility else "from_account"], is_facility, only_if)


def step_payees(plan: Plan, verb: str, fields: Mapping[str, Any]) -> list[Payee]:
    """Who a step pays, or what it acts on, as listed."""
    if verb == "pay":
        return [read_due(plan, due) for due in fields["dues"]]
    if verb == "convert":
        return [(verb, conversion.OUTSIDE)]
    for field in ("fees", "notes", "cashflows", "taxes", "tests", "facilities", "swaps"):
        if field in fields:
            return [(verb, name) for name in fields[field]]
    for field in ("ledger", "swap", "asset", "status", "name", "note"):
        if field in fields:
            return [(verb, fields[field])]
    if not fields:
        return []
    return [(verb, fields["account"] if verb == "fill_reserve" else fields["to"])]


def read_due(plan: Plan, due: str) -> Payee:
    """steps.md, dues: "each written as the quantity that a formula reads"; the verb that is its short form."""
    name, _, quantity = due.partition(".")
    verbs = [verb for verb, row in PAYMENTS.items() if row.due == quantity and name in plan.table(row.field)]
    assert len(verbs) == 1, due
    return verbs[0], name


def check_dues(plan: Plan, payees: Sequence[Payee]) -> None:
    """steps.md, dues: "A due that its object does not have is an error"."""
    for verb, name in payees:
        due = PAYMENTS[verb].due if verb in PAYMENTS else ""
        if due and f"{name}.{due}" not in plan.formulas.units:
            raise InvalidDeal(f"{name} has no {due}")


def payee_order(plan: Plan, payees: Sequence[Payee], order: str) -> list[int]:
    """steps.md, order: the places of the payees in their order. "Ties stay in listed order"."""
    places = list(range(len(payees)))
    if order == "reverse":
        return places[::-1]
    if order == "by_name":
        return sorted(places, key=lambda place: payees[place][1].encode())
    if order == "by_rate":
        return sorted(places, key=lambda place: -plan.notes[payees[place][1]].coupon.ranking_rate())
    if order == "by_maturity":
        return sorted(places, key=lambda place: plan.notes[payees[place][1]].maturity_date)
    if order == "by_dated_date":
        return sorted(places, key=lambda place: plan.notes[payees[place][1]].dated_date)
    assert order == "listed", order
    return places


# a date


def is_closing_date(scenario: Scenario) -> bool:
    """steps.md, waterfalls: "on the closing date only, `waterfalls.closing`"."""
    return scenario.plan.grid[scenario.index] == scenario.plan.closing_date


def run_waterfall(scenario: Scenario, name: str) -> None:
    """The steps of a waterfall in order; `collection`, `closing` and `after` are optional."""
    run_steps(scenario, scenario.plan.waterfalls.get(name, []))


def run_steps(scenario: Scenario, steps: Sequence[Step | Branch]) -> None:
    """Steps in order; steps.md, `if`: "the condition is read once, when the block begins"."""
    for step in steps:
        if isinstance(step, Branch):
            run_steps(scenario, step.then if step.condition(scenario) else step.otherwise)
        elif happens(scenario, step):
            run_step(scenario, step)


def happens(scenario: Scenario, step: Step) -> bool:
    """steps.md: "A step whose `when` is 0 moves nothing", one off its dates does not happen."""
    if step.positions is not None and scenario.index not in step.positions:
        return False
    return step.when is None or bool(step.when(scenario))


def run_step(scenario: Scenario, step: Step) -> None:
    """One step by its verb."""
    if step.verb in ACTIONS:
        ACTIONS[step.verb](scenario, step)
    else:
        pay(scenario, step)


def collect(scenario: Scenario, step: Step) -> None:
    """steps.md, collect: "all of: issuer_rent, amount, proceeds ..., earned, receivable"."""
    for name in step.fields["from"]:
        if name in scenario.plan.opening_balances:
            amount = scenario.values[f"{name}.earned"]
            move(scenario, step, f"interest on {name}", ("collect", step.fields["to"]), (amount, amount, amount))
            continue
        if name in scenario.plan.assets:
            amount = assets.collect(scenario, name)
        elif name in scenario.plan.notes:
            amount = scenario.values[f"{name}.proceeds"]
        else:
            amount = scenario.values[f"{name}.{collateral.income_of(scenario.plan, name)}"]
        move(scenario, step, name, ("collect", step.fields["to"]), (amount, amount, amount))
        if name in scenario.plan.leases or name in scenario.plan.contracts:
            is_lease = name in scenario.plan.leases
            proceeds = scenario.values[f"{name}.{'issuer_proceeds' if is_lease else 'proceeds'}"]
            move(scenario, step, f"{name}.proceeds", ("collect", step.fields["to"]), (proceeds, proceeds, proceeds))


def accrue_fees(scenario: Scenario, step: Step) -> None:
    """steps.md, accrue_fee."""
    for _, name in step.payees:
        fees.accrue_fee(scenario, name)


def accrue_interest(scenario: Scenario, step: Step) -> None:
    """steps.md, accrue_interest."""
    for _, name in step.payees:
        notes.accrue_interest(scenario, name)


def run_tests(scenario: Scenario, step: Step) -> None:
    """steps.md, run_tests."""

    def receive(payer: str, payee: str, amounts: tuple[int, int, int]) -> None:
        move(scenario, step, payer, ("run_tests", payee), amounts)

    tests.run_tests(scenario, [name for _, name in step.payees], receive)


def set_status(scenario: Scenario, step: Step) -> None:
    """steps.md, status: the status that the scenario has stepped into, "until a `set_status` step sets it"."""
    scenario.stepped = scenario.plan.statuses.index(step.fields["status"])
    tests.take_status(scenario)
    if step.fields.get("now", False):
        going.leave_now(scenario)


def book(scenario: Scenario, step: Step) -> None:
    """ledgers.md, book."""
    assert step.amount is not None
    ledgers.book(scenario, step.fields["ledger"], step.amount)


def pay_tax(scenario: Scenario, step: Step) -> None:
    """ledgers.md, pay_tax: "When the step begins, for each of its taxes in listed order"; then it pays."""
    for _, name in step.payees:
        taxes.accrue(scenario, name)
    pay(scenario, step)


def draw_facility(scenario: Scenario, step: Step) -> None:
    """facilities.md, draw_facility: "the account receives x from outside"."""
    facility = step.fields["facility"]
    wanted = step.amount(scenario) if step.amount else None
    available = scenario.values[f"{facility}.available"]
    drawn = facilities.drawable(scenario, facility, wanted)
    requested = available if wanted is None else max(0, wanted)
    move(scenario, step, facility, ("draw_facility", step.fields["to"]), (requested, available, drawn))
    facilities.draw(scenario, facility, drawn)


def fund_note(scenario: Scenario, step: Step) -> None:
    """funding.md, fund_note: "the account gains `x` from outside"."""
    note = step.fields["note"]
    wanted, room = step.amount(scenario) if step.amount else None, funding.room_of(scenario, note)
    requested = room if wanted is None else max(0, wanted)
    draw_note(scenario, step, note, step.fields["to"], (requested, room, funding.fundable(scenario, note, wanted)))


def draw_note(scenario: Scenario, step: Step, note: str, account: str, amounts: tuple[int, int, int]) -> None:
    """funding.md, fund_note: the row "`note` -> account", and what is drawn."""
    move(scenario, step, note, ("fund_note", account), amounts)
    funding.fund(scenario, note, amounts[2])


def refinance(scenario: Scenario, step: Step) -> None:
    """funding.md, refinance: "`with` is funded by needed into `account`, and each note is paid its balance and premium
    from it; else nothing".
    """
    other, account = step.fields["with"], step.fields["account"]
    owed = whole_prices(scenario, step)
    if owed is None:
        return
    needed = made(sum(principal + premium for principal, premium in owed.values()))
    room = funding.fundable(scenario, other, None)
    if 0 < needed <= room:
        draw_note(scenario, step, other, account, (needed, room, needed))
        prepay_whole(scenario, step, account, owed)


def extend(scenario: Scenario, step: Step) -> None:
    """funding.md, extend."""
    for _, name in step.payees:
        funding.extend(scenario, name)


def settle_swap(scenario: Scenario, step: Step) -> None:
    """hedges.md, settle_swap: first what is receivable comes in, "then `due` is paid from the accounts `from`"."""
    swap = step.fields["swap"]
    amount = hedges.receive(scenario, swap)
    move(scenario, step, swap, ("settle_swap", step.fields["to"]), (amount, amount, amount))
    pay(scenario, step)


def settle_cap(scenario: Scenario, step: Step) -> None:
    """hedges.md, settle_cap: "all of `receivable` comes from outside into the account"."""
    cap = step.fields["cap"]
    amount = hedges.receive(scenario, cap)
    move(scenario, step, cap, ("settle_cap", step.fields["to"]), (amount, amount, amount))


def terminate_swap(scenario: Scenario, step: Step) -> None:
    """hedges.md, terminate_swap: "A second time it does nothing"."""
    assert step.amount is not None
    if step.fields["swap"] not in scenario.terminated:
        hedges.terminate(scenario, step.fields["swap"], step.amount(scenario))


def accelerate(scenario: Scenario, step: Step) -> None:
    """acceleration.md: "The status is taken after each"."""
    acceleration.accelerate(scenario)
    tests.take_status(scenario)


def rescind(scenario: Scenario, step: Step) -> None:
    """acceleration.md: "The status is taken after each"."""
    acceleration.rescind(scenario)
    tests.take_status(scenario)


def waive(scenario: Scenario, step: Step) -> None:
    """tests.md, waiver."""
    waivers.waive(scenario, step.fields)


def inspect(scenario: Scenario, step: Step) -> None:
    """steps.md, inspect."""
    assert step.value is not None
    inspections.inspect(scenario, step.fields["name"], step.value(scenario))


def prepay(scenario: Scenario, step: Step) -> None:
    """notes.md, prepayment: "Each source in order pays the notes in listed order"; "Requests and prices are read once,
    when the step begins".
    """
    rounding = scenario.plan.rounding
    if step.fields.get("whole", False):
        repay_whole(scenario, step)
        return
    left = max(0, step.amount(scenario)) if step.amount else None
    names = [name for _, name in step.payees]
    prices = {name: price for name in names if (price := prepayment.price_of(scenario, name)) is not None}
    rest = {name: scenario.values[f"{name}.balance"] for name in prices}
    for source in step.sources:
        for name, price in prices.items():
            cash = scenario.values[f"{source}.balance"]
            asked = rest[name] if left is None else min(rest[name], left)
            paid = max(0, min(asked, prepayment.affordable(cash, price, rounding)))
            wanted, premium = (prepayment.premium(principal, price, rounding) for principal in (asked, paid))
            move(scenario, step, source, ("prepay", name), (asked, cash, paid))
            move(scenario, step, source, ("pay_premium", name), (wanted, cash - paid, premium))
            rest[name] -= paid
            left = None if left is None else left - paid


def repay_whole(scenario: Scenario, step: Step) -> None:
    """notes.md, clean-up call: "the notes are repaid whole or not at all"."""
    (source,), owed = step.sources, whole_prices(scenario, step)
    if owed is None:
        return
    if made(sum(principal + premium for principal, premium in owed.values())) <= scenario.values[f"{source}.balance"]:
        prepay_whole(scenario, step, source, owed)


def whole_prices(scenario: Scenario, step: Step) -> dict[str, tuple[int, int]] | None:
    """notes.md, clean-up call: each note's balance and "`R(balance * (price - 100) / 100)`"; None if a note with a
    balance may not be called.
    """
    owed = {name: scenario.values[f"{name}.balance"] for _, name in step.payees}
    prices = {name: prepayment.price_of(scenario, name) for name in owed}
    if any(prices[name] is None and owed[name] for name in owed):
        return None
    rounding = scenario.plan.rounding
    premiums = {name: prepayment.premium(owed[name], prices[name] or prepayment.PAR, rounding) for name in owed}
    return {name: (owed[name], premiums[name]) for name in owed}


def prepay_whole(scenario: Scenario, step: Step, source: str, owed: Mapping[str, tuple[int, int]]) -> None:
    """notes.md, clean-up call: "each note is paid its balance and that premium"."""
    for name, (principal, premium) in owed.items():
        cash = scenario.values[f"{source}.balance"]
        move(scenario, step, source, ("prepay", name), (principal, cash, principal))
        move(scenario, step, source, ("pay_premium", name), (premium, cash - principal, premium))


def capitalize_interest(scenario: Scenario, step: Step) -> None:
    """notes.md, capitalisation: the share is "read once when the step begins"."""
    share = step.share(scenario) if step.share else SCALE
    premium = in_units(step.fields.get("pik_premium", 0), SCALE)
    for name, amount in capitalisation.capitalise(scenario, step.fields["notes"], share, premium):
        record(scenario, step, f"{name}.interest_due", name, amount)


def write_down(scenario: Scenario, step: Step) -> None:
    """notes.md, write-down."""
    assert step.amount is not None
    for name, amount in capitalisation.write_down(scenario, step.fields["notes"], step.amount(scenario)):
        record(scenario, step, f"{name}.balance", "loss", amount)


def write_up(scenario: Scenario, step: Step) -> None:
    """notes.md, write-up."""
    assert step.amount is not None
    for name, amount in capitalisation.write_up(scenario, step.fields["notes"], step.amount(scenario)):
        record(scenario, step, "loss", name, amount)


def convert(scenario: Scenario, step: Step) -> None:
    """currencies.md, convert: "both are read once, when the step begins"."""
    assert step.rate is not None
    rate, bought = step.rate(scenario), conversion.bought(scenario, step)
    terms = read_terms(scenario, step, conversion.limited(scenario, step, rate, bought))
    if rate <= 0:
        return
    paid = pay_from(scenario, step, terms)
    gained = conversion.gained(scenario, paid, sum(terms.requests), rate, bought)
    move(scenario, step, conversion.OUTSIDE, ("convert", step.fields["to"]), (gained, gained, gained))


def buy_asset(scenario: Scenario, step: Step) -> None:
    """assets.md, buying: "where p <= 0 nothing moves"."""
    asset = step.fields["asset"]
    price, terms = scenario.plan.assets[asset].price(scenario), read_terms(scenario, step)
    if price > 0:
        assets.buy(scenario, asset, pay_from(scenario, step, terms), price)


def sell_asset(scenario: Scenario, step: Step) -> None:
    """assets.md, selling: "Where p <= 0 nothing is sold"."""
    asset = step.fields["asset"]
    price, wanted = scenario.plan.assets[asset].price(scenario), step.amount(scenario) if step.amount else None
    if price > 0:
        proceeds = assets.sell(scenario, asset, wanted, price)
        move(scenario, step, asset, ("sell_asset", step.fields["to"]), (proceeds, proceeds, proceeds))


ACTIONS: dict[str, Callable[[Scenario, Step], None]] = {
    "collect": collect,
    "accrue_fee": accrue_fees,
    "accrue_interest": accrue_interest,
    "run_tests": run_tests,
    "set_status": set_status,
    "accelerate": accelerate,
    "rescind": rescind,
    "waive": waive,
    "inspect": inspect,
    "book": book,
    "pay_tax": pay_tax,
    "prepay": prepay,
    "capitalize_interest": capitalize_interest,
    "write_down": write_down,
    "write_up": write_up,
    "draw_facility": draw_facility,
    "fund_note": fund_note,
    "refinance": refinance,
    "extend": extend,
    "settle_swap": settle_swap,
    "settle_cap": settle_cap,
    "terminate_swap": terminate_swap,
    "convert": convert,
    "buy_asset": buy_asset,
    "sell_asset": sell_asset,
}
"""The verbs that do more, or other things, than pay from accounts."""


def requests(scenario: Scenario, step: Step, cash: Sequence[int]) -> list[int]:
    """What a step asks for, before its limit; transfers, distributions and trap releases ask for all there is."""
    if step.verb == "fill_reserve":
        return [accounts.gap_of(scenario, step.fields["account"])]
    if step.verb == "release_reserve":
        return [accounts.excess_of(scenario, step.sources[0])]
    if step.verb == "buy_asset" and step.amount:
        return [max(0, step.amount(scenario))]
    if step.verb in ("transfer", "distribute", "release_trap", "buy_asset"):
        return [made(sum(cash))]
    return [PAYMENTS[verb].request(scenario, name) for verb, name in step.payees]


def kept_cash(scenario: Scenario, step: Step, source: str) -> int:
    """steps.md, `keep_balance` and `above_target`: "with `keep_balance` too, the greater of both"."""
    kept = max(0, step.keep_balance(scenario)) if step.keep_balance else 0
    return max(kept, accounts.target(scenario, source)) if step.above_target else kept


def requests_within_limits(scenario: Scenario, step: Step, cash: Sequence[int]) -> list[int]:
    """steps.md, `share_of_due` and `to_target`: "the request, after `share_of_due`, is no more than" the gap."""
    found = paying.limited_requests(requests(scenario, step, cash), step.share_of_due, scenario.plan.rounding)
    if not step.to_target:
        return found
    gap = accounts.gap_of(scenario, step.fields["to"])
    return [min(request, gap) for request in found]


def weights_of(scenario: Scenario, step: Step) -> Sequence[int] | None:
    """steps.md, weights: "They are read once, when the step begins"."""
    if step.weights == "balance":
        return [scenario.values[f"{name}.balance"] for _, name in step.payees]
    assert not isinstance(step.weights, str)
    return step.weights


def apportion(
    scenario: Scenario, step: Step, weights: Sequence[int] | None, cash: int, remaining: Sequence[int]
) -> list[int]:
    """steps.md, paying: by the step's ranking, weights, and the deal's remainder."""
    rounding, first = scenario.plan.rounding, scenario.plan.terms.get("pro_rata_remainder", "cumulative") == "first"
    if step.ranking == "sequential":
        return paying.pay_in_order(cash, remaining)
    if weights is not None:
        made(sum(remaining))
        return paying.pay_by_weights(cash, remaining, weights, rounding, first)
    return paying.pay_pro_rata_first(cash, remaining) if first else paying.pay_pro_rata(cash, remaining, rounding)


def supporting_cash(scenario: Scenario, support: Support) -> int:
    """steps.md, support: "gives up to its whole balance", a facility "up to what it has available"; "Where its
    `only_if` is 0 it gives nothing".
    """
    if support.only_if is not None and not support.only_if(scenario):
        return 0
    if support.is_facility:
        return facilities.drawable(scenario, support.name, None)
    return scenario.values[f"{support.name}.balance"]


@dataclass(frozen=True)
class Terms:
    """steps.md, paying: what "is read once, when the step begins": the cash of each source, the requests, the cap."""

    cash: Sequence[int]
    requests: Sequence[int]
    cap: int | None


Limited = Callable[[Sequence[int]], Sequence[int]]
"""The requests of a step within its limits, by what its sources have available."""


def read_terms(scenario: Scenario, step: Step, limited: Limited | None = None) -> Terms:
    """The terms of a step that pays; `limited` is for verbs that limit requests in a way of their own."""
    cap = max(0, step.cap(scenario)) if step.cap else None
    cash = [
        paying.available_cash(scenario.values[f"{source}.balance"], kept_cash(scenario, step, source))
        for source in step.sources
    ]
    requests = limited(cash) if limited else requests_within_limits(scenario, step, cash)
    return Terms(cash, requests, cap)


def pay(scenario: Scenario, step: Step) -> None:
    """steps.md, paying."""
    terms = read_terms(scenario, step)
    if step.verb == "distribute" and (effects.is_locked_up(scenario) or acceleration.is_active(scenario)):
        return
    pay_from(scenario, step, terms)


def pay_from(scenario: Scenario, step: Step, terms: Terms) -> int:
    """steps.md, paying: sources pay in order, after them supports; all that they paid."""
    rest, remaining, total = terms.cap, terms.requests, 0
    weights = weights_of(scenario, step)
    payers = [(source, available, False) for source, available in zip(step.sources, terms.cash, strict=True)]
    payers += [(support.name, supporting_cash(scenario, support), True) for support in step.supports]
    for source, available, is_support in payers:
        usable = available if rest is None else min(available, rest)
        amounts = apportion(scenario, step, weights, usable, remaining)
        if step.verb in UNOWED and source in scenario.cured:
            amounts = [min(amounts[0], beyond_cures(scenario, source))]
        held = hold_back(scenario, step, source, amounts[0], available) if step.verb == "distribute" else 0
        left = available - held
        for payee, requested, amount in zip(step.payees, remaining, amounts, strict=True):
            move(scenario, step, source, payee, (requested - held, left, amount - held), is_support)
            left -= amount
        remaining = [requested - amount for requested, amount in zip(remaining, amounts, strict=True)]
        total += sum(amounts)
        if rest is not None:
            rest -= sum(amounts)
    return total


UNOWED = (
    *("distribute", "transfer", "fill_reserve", "release_reserve", "release_trap"),
    *("convert", "buy_asset"),
)
"""tests.md, equity cure: the verbs that pay nothing that is due."""


def beyond_cures(scenario: Scenario, source: str) -> int:
    """tests.md, equity cure: "no more than max(0, balance - cures that came into it on the date)"."""
    return max(0, scenario.values[f"{source}.balance"] - scenario.cured[source])


def hold_back(scenario: Scenario, step: Step, source: str, amount: int, available: int) -> int:
    """tests.md, distributions: what traps and sweeps take of what the step would distribute from one source, in all;
    those "of their own currency" (currencies.md).
    """
    held = 0
    for effect in effects.acting(scenario, "cash_trap", "sweep"):
        if effects.currency_of(scenario.plan, effect) != scenario.plan.currency_of(source):
            continue
        share = mul_div(amount - held, effect.share, SCALE, scenario.plan.rounding)
        if effect.kind == "cash_trap":
            if effect.account != source:
                move(scenario, step, source, ("transfer", effect.account), (share, available - held, share))
            held += share
        for name in effect.notes:
            owed = scenario.values[f"{name}.balance"] if notes.is_payment_date(scenario, name) else 0
            paid = min(share, owed)
            move(scenario, step, source, ("sweep", name), (owed, share, paid))
            held, share = held + paid, share - paid
    return held


def move(
    scenario: Scenario, step: Step, source: str, payee: Payee, amounts: tuple[int, int, int], support: bool = False
) -> None:
    """Move cash, credit the payee, and write the ledger: what was requested, even if nothing was there to pay it.

    `amounts` are what is requested, available and paid; a line has the verb that is the short form of its due.
    """
    (verb, target), (requested, _, amount) = payee, amounts
    if not requested and not amount:
        return
    values = scenario.values
    if source in scenario.plan.opening_balances:
        values[f"{source}.balance"] -= amount
    if support and source in scenario.plan.facilities:
        facilities.draw(scenario, source, amount)
    if target in scenario.plan.opening_balances:
        values[f"{target}.balance"] = made(values[f"{target}.balance"] + amount)
    else:
        PAYMENTS[verb].credit(scenario, target, amount)
    write_line(scenario, step, verb, (source, target), amounts, support)


def record(scenario: Scenario, step: Step, source: str, target: str, amount: int) -> None:
    """notes.md, loss and principal: the row of a capitalisation or a write-down, which moves no cash."""
    if amount:
        write_line(scenario, step, step.verb, (source, target), (amount, amount, amount))


def write_line(
    scenario: Scenario,
    step: Step,
    verb: str,
    parties: tuple[str, str],
    amounts: tuple[int, int, int],
    support: bool = False,
) -> None:
    """A line of the ledger."""
    entry = (scenario.index, step.waterfall, step.position, step.name, step.clause, verb)
    scenario.ledger.append(Movement(*entry, *parties, *amounts, support))
