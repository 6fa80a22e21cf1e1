"""Rent paths for the yardstick: deterministic, and rough enough that every branch of the deal is taken.

About 18% of the quarters are in lock-up; a tenth of the scenarios are late on interest or principal, and 3% end with
a loss.
"""

from __future__ import annotations

import numpy as np
from deal_table import N_DATES, terms


def rent_paths(n_scenarios: int, seed: int = 20251021) -> np.ndarray:
    """Rent per quarter, (95, n_scenarios), C order: the default times a mean-reverting factor with sudden drops."""
    random = np.random.Generator(np.random.Philox(seed))
    default = np.array(terms().default_rent) / 100.0
    rent = np.empty((N_DATES, n_scenarios))
    level = np.zeros(n_scenarios)
    vacant = np.zeros(n_scenarios)
    for t in range(N_DATES):
        level = 0.95 * level + 0.02 * random.standard_normal(n_scenarios)
        vacant = np.where(random.random(n_scenarios) < 0.003, 0.5, 0.85 * vacant)
        rent[t] = default[t] * np.exp(level) * (1.0 - vacant)
    return rent


def hard_paths(n_scenarios: int, seed: int = 20490530) -> np.ndarray:
    """Rents that look for wrong roundings: ties of a cent and their neighbours, nothing, the maximum, the level."""
    random = np.random.Generator(np.random.Philox(seed))
    deal = terms()
    largest = deal.largest_rent / 100
    default = np.array(deal.default_rent)[:, None] / 100.0
    shape = (N_DATES, n_scenarios)
    tiny = [0.0, largest, 1e-300, 0.005, 0.015, 0.145, 1.005, 2.0**-20, np.nextafter(0.005, 0), np.nextafter(0.015, 0)]
    kinds = [
        random.integers(0, 10**11, shape) / 1000 + 0.005,
        random.integers(0, 2 * 10**9, shape) + random.integers(0, 8, shape) / 8,
        np.nextafter(random.integers(0, 2 * 10**11, shape) / 800 + 0.005, random.choice([0.0, largest], shape)),
        random.choice(tiny, shape),
        default * random.choice([0.0, 0.0, 0.8, 1.0, 1.2], shape),
        default * np.where(np.arange(N_DATES)[:, None] < random.integers(0, N_DATES, n_scenarios), 1.3, 0.2),
        np.floor(default * 100 * random.choice([1.05 / 1.12, 0.93, 1.0], shape)) / 100,
        largest * random.random(shape),
    ]
    kind = np.arange(n_scenarios) % len(kinds)
    return np.clip(np.choose(kind, kinds), 0.0, largest)
