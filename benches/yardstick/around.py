"""What stands around a run: compile time, latency of one scenario, import time, peak memory. Needs the engine."""

from __future__ import annotations

import functools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

IMPORT = "import time, numpy; start = time.perf_counter(); import cashfall; print(time.perf_counter() - start)"

MEMORY = """
import pathlib, re, numpy as np, cashfall as cf

def peak():  # of this process alone: ru_maxrss would begin with what its parent held
    return int(re.search(r"VmHWM:\\s*(\\d+) kB", pathlib.Path("/proc/self/status").read_text()).group(1)) * 1024

plan = cf.load("beignet").compile()
factor = np.linspace(0.5, 1.5, 1_000_000)
plan.run({"rent_factor": factor[:1000]})
before = peak()
result = plan.run({"rent_factor": factor})
assert len(result.metrics["senior.interest_paid"]) == 1_000_000
print(peak() - before)
"""


def best_and_median(call: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Seconds of one call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times), statistics.median(times)


def in_fresh_process(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def figures(quick: bool) -> dict[str, float]:
    """Name and value; the unit is in the name."""
    import cashfall as cf

    repeats = 20 if quick else 200
    found = {}
    for deal in ("beignet", "yardstick"):
        document = cf.load(deal)
        plan = document.compile()
        found[f"compile {deal}, ms"] = best_and_median(document.compile, repeats)[1] * 1e3
        base = f"one base scenario of {deal}"
        for what, record in (("its metrics", ()), ("its metrics and every flow", None)):
            best, median = best_and_median(functools.partial(plan.run, record=record), repeats)
            found[f"{base} with {what}, best, µs"] = best * 1e6
            found[f"{base} with {what}, median, µs"] = median * 1e6
    found["import above numpy's, ms"] = min(in_fresh_process(IMPORT) for _ in range(3 if quick else 10)) * 1e3
    found["peak memory of 1,000,000 scenarios above the input, MB"] = in_fresh_process(MEMORY) / 1e6
    return found
