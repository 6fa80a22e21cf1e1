"""Rent paths for the yardstick: deterministic, and rough enough that every branch of the deal is taken.

About a quarter of the dates are in lock-up and about a tenth of the scenarios leave the note unpaid somewhere.
"""

from __future__ import annotations

import numpy as np

from deal_table import N_DATES, terms


def rent_paths(n_scenarios: int, seed: int = 20251021) -> np.ndarray:
    """Rent per quarter in currency units, (95, n_scenarios), C order: the default times a mean-reverting factor with drops."""
    random = np.random.Generator(np.random.Philox(seed))
    default = np.array(terms().default_rent) / 100.0
    rent = np.empty((N_DATES, n_scenarios))
    level = np.zeros(n_scenarios)
    vacant = np.zeros(n_scenarios)
    for t in range(N_DATES):
        level = 0.95 * level + 0.022 * random.standard_normal(n_scenarios)
        vacant = np.where(random.random(n_scenarios) < 0.0025, 0.35, 0.8 * vacant)
        rent[t] = default[t] * np.exp(level) * (1.0 - vacant)
    return rent
