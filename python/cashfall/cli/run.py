"""``cashfall run``: the deal, its base case, prices and a stress."""

from __future__ import annotations

from typing import Any

import click

import cashfall
from cashfall.cli.base_case import base_case_rows, base_case_table
from cashfall.cli.output import console, json_option, number, percent, print_json, print_table
from cashfall.cli.pricing import price_lines, price_rows
from cashfall.cli.stress import chosen_input, paths, stress_rows, stress_table, timed_run
from cashfall.cli.terms import paragraph

__all__ = ["run"]


@click.command(short_help="Run a deal: base case by year, prices, and a stress.")
@click.argument("deal")
@click.option("--price", type=float, help="A clean price per 100 of outstanding balance to find the yield of.")
@click.option("--settle", help="Its settlement date, such as 2025-10-31; default: the note's dated date.")
@click.option(
    "--scenarios", default=100_000, show_default=True, type=click.IntRange(0), help="0 leaves the stress out."
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Of the random paths.")
@click.option("--input", "input_name", help="The input that is stressed; default: the deal's first number.")
@click.option("--volatility", default=0.05, show_default=True, type=click.FloatRange(0.0), help="Of the paths, a year.")
@click.option("--threads", type=click.IntRange(1), help="Default: all processors.")
@json_option
def run(deal: str, as_json: bool, **options: Any) -> None:
    """Run DEAL, a file or a shipped deal: base case by year, price and yield, and a stress on paths of an input."""
    plan = cashfall.load(deal).compile()
    chosen = chosen_input(plan, options["input_name"])
    base = plan.run(unit="cents")
    years = base_case_rows(base, _terms(plan).get("decimals", 2))
    prices = price_rows(base, options["price"], options["settle"])
    if not as_json:
        _print_base_case(plan, years, prices)
    stress = _stress(plan, chosen, options) if chosen is not None and options["scenarios"] else None
    if as_json:
        head = {"deal": plan.deal.name, "title": plan.deal.title, "fingerprint": plan.fingerprint}
        print_json({**head, "paragraph": paragraph(plan), "base_case": years, "prices": prices, "stress": stress})
    elif stress is not None:
        _print_stress(plan, stress)


def _terms(plan: cashfall.Plan) -> dict[str, Any]:
    return dict(plan.deal.to_dict()["deal"])


def _print_base_case(plan: cashfall.Plan, years: list[dict[str, Any]], prices: list[dict[str, Any]]) -> None:
    screen = console()
    screen.print(plan.deal.title or plan.deal.name, style="bold", markup=False)
    screen.print(paragraph(plan), markup=False)
    others = sorted({*plan.currencies.values()} - {_terms(plan)["currency"]})
    left_out = f", without what is in {', '.join(others)}" if others else ""
    screen.print(f"\nBase case by year, in whole {_terms(plan)['currency']}{left_out}")
    print_table(base_case_table(years))
    for line in price_lines(prices):
        screen.print(line)


def _stress(plan: cashfall.Plan, info: cashfall.plan.InputInfo, options: dict[str, Any]) -> dict[str, Any]:
    """The stress and its quantiles."""
    n_scenarios = options["scenarios"]
    walks = paths(info, plan.periods, n_scenarios, options["volatility"], options["seed"])
    result, seconds = timed_run(plan, {info["name"]: walks}, options["threads"])
    return {
        "input": info["name"],
        "n_scenarios": n_scenarios,
        "volatility": options["volatility"],
        "seed": options["seed"],
        "seconds": seconds,
        "scenarios_per_second": n_scenarios / seconds,
        "n_overflow": int((result.metrics["outcome"] == 1).sum()),
        "n_no_convergence": int((result.metrics["outcome"] == 2).sum()),
        "metrics": stress_rows(result),
    }


def _print_stress(plan: cashfall.Plan, stress: dict[str, Any]) -> None:
    screen = console()
    walk = f"volatility {percent(stress['volatility'], 1)} a year, seed {stress['seed']}"
    screen.print(f"\nStress: {number(stress['n_scenarios'])} random walks of {stress['input']}, {walk}")
    print_table(stress_table(stress["metrics"], _terms(plan)["currency"]))
    if stress["n_overflow"]:
        screen.print(f"{number(stress['n_overflow'])} scenarios left the range of amounts and are not counted.")
    if stress["n_no_convergence"]:
        n_scenarios = number(stress["n_no_convergence"])
        screen.print(f"{n_scenarios} scenarios found no fixed point of a `solve` and are not counted.")
    speed = number(stress["scenarios_per_second"])
    screen.print(
        f"{number(stress['n_scenarios'])} scenarios in {stress['seconds']:.3f} s: {speed} scenarios per second"
    )
