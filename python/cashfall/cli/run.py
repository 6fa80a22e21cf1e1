"""``cashfall run``: the deal, its base case, prices and a stress."""

from __future__ import annotations

import math
from typing import Any

import click

from cashfall.cli.base_case import base_case_rows, base_case_table
from cashfall.cli.face import Deal, Plan, face
from cashfall.cli.output import console, json_option, number, percent, print_json
from cashfall.cli.pricing import price_lines, price_rows
from cashfall.cli.stress import chosen_input, paths, stress_rows, stress_table, timed_run

__all__ = ["run"]


@click.command()
@click.argument("deal")
@click.option("--price", type=float, help="A clean price per 100 of outstanding balance to find the yield of.")
@click.option("--settle", help="Its settlement date, 2025-10-31; default: the first date of the note.")
@click.option(
    "--scenarios", default=100_000, show_default=True, type=click.IntRange(0), help="0 leaves the stress out."
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Of the random paths.")
@click.option("--input", "input_name", help="The input that is shocked; default: the deal's first number.")
@click.option("--volatility", default=0.05, show_default=True, type=click.FloatRange(0.0), help="Of each date's shock.")
@click.option("--threads", type=click.IntRange(1), help="Default: all processors.")
@json_option
def run(deal: str, as_json: bool, **options: Any) -> None:
    """Run DEAL, a file or a shipped deal: base case by year, price and yield, and a stress on random paths."""
    package = face()
    loaded = package.load(deal)
    plan = loaded.compile()
    base = plan.run()
    years = base_case_rows(plan, base)
    prices = price_rows(package, loaded.name, plan, base, (options["price"], options["settle"]))
    if not as_json:
        _print_base_case(loaded, plan, years, prices)
    stress = _stress(plan, options)
    if as_json:
        head = {"deal": loaded.name, "title": loaded.title, "fingerprint": plan.fingerprint}
        print_json({**head, "base_case": years, "prices": prices, "stress": stress})
    elif stress is not None:
        _print_stress(stress)


def _print_base_case(deal: Deal, plan: Plan, years: list[dict[str, Any]], prices: list[dict[str, Any]]) -> None:
    screen = console()
    screen.print(deal.title or deal.name, style="bold", markup=False)
    if deal.description:
        screen.print(" ".join(deal.description.split()), markup=False)
    screen.print(f"\nBase case by year, {len(plan.periods)} dates, in whole units of currency")
    screen.print(base_case_table(years))
    for line in price_lines(prices):
        screen.print(line)


def _stress(plan: Plan, options: dict[str, Any]) -> dict[str, Any] | None:
    """The stress and its quantiles; none where there is nothing to shock or no scenario is asked for."""
    entry, n_scenarios = chosen_input(plan, options["input_name"]), options["scenarios"]
    if entry is None or n_scenarios == 0:
        return None
    shocked = paths(entry, len(plan.periods), n_scenarios, options["volatility"], options["seed"])
    result, seconds = timed_run(plan, {str(entry["name"]): shocked}, options["threads"])
    outcome = result.metrics.get("outcome")
    return {
        "input": str(entry["name"]),
        "n_scenarios": n_scenarios,
        "volatility": options["volatility"],
        "seed": options["seed"],
        "seconds": seconds,
        "scenarios_per_second": n_scenarios / seconds if seconds > 0 else math.inf,
        "n_overflow": 0 if outcome is None else int((outcome != 0).sum()),
        "metrics": stress_rows(result),
    }


def _print_stress(stress: dict[str, Any]) -> None:
    screen = console()
    shock = f"volatility {percent(stress['volatility'])} on each date, seed {stress['seed']}"
    screen.print(f"\nStress: {number(stress['n_scenarios'])} paths of {stress['input']}, {shock}")
    screen.print(stress_table(stress["metrics"]))
    if stress["n_overflow"]:
        screen.print(f"{number(stress['n_overflow'])} scenarios left the range of amounts and are not counted.")
    speed = number(stress["scenarios_per_second"])
    screen.print(
        f"{number(stress['n_scenarios'])} scenarios in {stress['seconds']:.3f} s: {speed} scenarios per second"
    )
