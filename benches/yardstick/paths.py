"""Rent paths for the yardstick: deterministic, and rough enough that every branch of the deal is taken.

About 18% of the quarters are in lock-up; a tenth of the scenarios are late on interest or principal, and 3% end with a loss.
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
        level = 0.95 * level + 0.02 * random.standard_normal(n_scenarios)
        vacant = np.where(random.random(n_scenarios) < 0.003, 0.5, 0.85 * vacant)
        rent[t] = default[t] * np.exp(level) * (1.0 - vacant)
    return rent
