"""Generated deals reach every part of the language: among at most 500 each feature must really move or bind something.

Run the file as a script to print the shares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from cashfall.testing.generated import generate
from cashfall.testing.reference import Outcome, Reference
from cashfall.testing.reference.document import VERBS, leaf_waterfalls, verb_of
from cashfall.testing.scenario_paths import generate_scenarios, in_units

N_SEEDS = 500
N_SCENARIOS = 4
SEVERAL = 5

NOT_MOVING = (
    *("accrue_fee", "accrue_interest", "run_tests", "book", "pay"),
    *("terminate_swap", "capitalize_interest", "write_down", "write_up"),
    *("refinance", "extend"),
    *("if", "run_steps", "set_status", "accelerate", "rescind", "waive", "inspect"),
)
"""Verbs that move no cash, or are written as others in the ledger."""

WANTED = (
    *(f"moved: {verb}" for verb in VERBS if verb not in NOT_MOVING),
    *(f"moved: {verb}" for verb in ("pay_facility_fee", "pay_facility_interest", "pay_termination")),
    *(f"limit bound: {kind}" for kind in ("cap", "keep_balance", "share_of_due")),
    *(
        "test fired",
        "test cured",
        "sticky test fired",
        "test undefined",
        "window annualised",
        "window partial",
        "window wait",
    ),
    *("pro rata short", "sequential short", "second source used", "when was 0", "step off its dates"),
    *(
        "status: lock_up",
        "status: acceleration",
        "overflow",
        "no_convergence",
        "loss",
        "repaid",
        "rounding: half_even",
        "rounding: down",
    ),
    *("amortisation: level", "amortisation: sculpted", "amortisation: explicit", "amortisation: bullet"),
    *(
        "rounding unit",
        "fee accrued: share_of",
        "fee accrued: fixed",
        "tests after",
        "monthly cash",
        "later note",
        "no lease",
    ),
)


def document_features(deal: dict[str, Any]) -> set[str]:
    """What a document has."""
    found = {f"amortisation: {next(iter(note['amortisation']))}" for note in deal["notes"].values()}
    found.add(f"rounding: {deal['deal'].get('rounding', 'half_up')}")
    found |= {f"day count: {note['day_count']}" for note in deal["notes"].values()}
    steps = deal["waterfalls"].get("after", [])
    checks = {
        "rounding unit": any("rounding_unit" in note for note in deal["notes"].values()),
        "tests after": any("run_tests" in step for step in steps),
        "monthly cash": "cash" in deal["schedules"],
        "later note": len({note["dated_date"] for note in deal["notes"].values()}) > 1,
        "no lease": "leases" not in deal,
    }
    found |= {f"window {test['window_start']}" for test in deal.get("tests", {}).values() if "window_start" in test}
    return found | {name for name, present in checks.items() if present}


def ledger_features(deal: dict[str, Any], outcome: Outcome) -> set[str]:
    """What moved cash, and what was short."""
    found: set[str] = set()
    first_sources: dict[tuple[int, str, str, str], str] = {}
    for movement in outcome.ledger:
        if movement.amount:
            found.add(f"moved: {movement.verb}")
        key = (movement.index, movement.waterfall, movement.step, movement.target)
        if first_sources.setdefault(key, movement.source) != movement.source and movement.amount:
            found.add("second source used")
        step = leaf_waterfalls(deal)[movement.waterfall][movement.position]
        body = step[verb_of(step)]
        if 0 < movement.amount < movement.requested and movement.verb.startswith("pay"):
            found.add("pro rata short" if body.get("ranking") == "pro_rata" else "sequential short")
    return found


def flow_features(deal: dict[str, Any], outcome: Outcome) -> set[str]:
    """What tests, statuses, fees and notes did."""
    found = set()
    for name, test in deal.get("tests", {}).items():
        states = outcome.flows[f"{name}.failing"]
        if 1 in states:
            found.add("sticky test fired" if test.get("sticky") else "test fired")
            if 0 in states[states.index(1) :]:
                found.add("test cured")
        if None in outcome.flows[f"{name}.value"] and "window" not in test and "holiday" not in test:
            found.add("test undefined")
        if test.get("window_start") == "annualise" and outcome.flows[f"{name}.value"][0] is not None:
            found.add("window annualised")
    found |= {f"status: {deal['deal']['statuses'][int(status or 0)]}" for status in outcome.flows["status"]}
    for name, fee in deal.get("fees", {}).items():
        if any(outcome.flows[f"{name}.accrued"]):
            found.add(f"fee accrued: {next(iter(fee['amount']))}")
    for name in deal["notes"]:
        found.add("loss" if outcome.metrics[f"{name}.loss"] else "repaid")
    return found


def limit_features(deal: dict[str, Any], outcome: Outcome, inputs: dict[str, list[int]]) -> set[str]:
    """Which limits bind: leaving one out changes the flows. And whether a condition or a step's dates do."""
    found = set()
    for waterfall, steps in deal["waterfalls"].items():
        for position, step in enumerate(steps):
            body = step[verb_of(step)]
            plain = {key: value for key, value in body.items() if key != "limit"}
            variants = (
                {f"limit bound: {next(iter(body['limit']))}": {**step, verb_of(step): plain}} if "limit" in body else {}
            )
            variants |= {"when was 0": {k: v for k, v in step.items() if k != "when"}} if "when" in step else {}
            variants |= (
                {"step off its dates": {k: v for k, v in step.items() if k != "dates"}} if "dates" in step else {}
            )
            for feature, variant in variants.items():
                changed = [*steps[:position], variant, *steps[position + 1 :]]
                other = Reference({**deal, "waterfalls": {**deal["waterfalls"], waterfall: changed}}).run(inputs)
                if other.flows != outcome.flows:
                    found.add(feature)
    return found


def measure(wanted: Sequence[str] = ()) -> Counter[str]:
    """How many generated deals show each feature in at least one of their scenarios; no more deals than show all that
    is wanted.
    """
    counts: Counter[str] = Counter()
    for seed in range(N_SEEDS):
        if wanted and not too_few(counts, wanted):
            break
        deal = generate(seed)
        reference = Reference(deal)
        found = document_features(deal)
        for position, paths in enumerate(generate_scenarios(deal, N_SCENARIOS, seed)):
            inputs = in_units(deal, paths)
            outcome = reference.run(inputs)
            if outcome.outcome != "ok":
                found.add(outcome.outcome)
                continue
            found |= ledger_features(deal, outcome) | flow_features(deal, outcome)
            if position == 0:
                found |= limit_features(deal, outcome, inputs)
        counts.update(found)
    return counts


def too_few(counts: Counter[str], wanted: Sequence[str]) -> dict[str, int]:
    """What fewer than several deals show."""
    return {name: counts[name] for name in wanted if counts[name] < SEVERAL}


def test_generated_deals_cover_the_language() -> None:
    assert too_few(measure(WANTED), WANTED) == {}


if __name__ == "__main__":
    for feature, count in sorted(measure().items()):
        print(f"{count / N_SEEDS:7.1%}  {feature}")
