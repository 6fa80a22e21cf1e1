"""What a run accepts and gives: names, threads, CPU paths, units, progress, interruption, threads beside it."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import cashfall as cf

PLAN = cf.load("beignet").compile()
N_PERIODS = len(PLAN.periods)


def paths(n_scenarios: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.random.default_rng(3).uniform(0.7, 1.3, (N_PERIODS, n_scenarios))


# names and options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"record": "senior.balanse"},
            "record: expected a name of this plan, found 'senior.balanse'; did you mean 'senior.balance'?",
        ),
        ({"record": ["senior.*", "zzz"]}, "record: expected a name of this plan, found 'zzz'"),
        (
            {"metrics": "senior.wall"},
            "metrics: expected a name of this plan, found 'senior.wall'; did you mean 'senior.wal'?",
        ),
        ({"threads": 0}, "threads: expected a whole number of at least 1, found 0"),
        ({"threads": -2}, "threads: expected a whole number of at least 1, found -2"),
        ({"threads": True}, "threads: expected a whole number of at least 1, found True"),
        ({"threads": 1.5}, "threads: expected a whole number of at least 1, found 1.5"),
        ({"unit": "euro"}, "unit: expected 'currency' or 'cents', found 'euro'"),
        ({"cpu": "sse"}, f"cpu: expected one of {', '.join(cf.available_cpus())}, found sse"),
    ],
)
def test_wrong_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(cf.ArgumentError) as caught:
        PLAN.run(**options)
    assert str(caught.value) == message


def test_unknown_names_of_a_result() -> None:
    base = PLAN.run()
    with pytest.raises(KeyError, match=r"expected a recorded flow of this result, found 'senior.balanc'; did you mean"):
        base["senior.balanc"]
    with pytest.raises(
        KeyError, match=r"expected a metric of this result, found 'senior.wa'; did you mean 'senior.wal'"
    ):
        base.metrics["senior.wa"]
    with pytest.raises(cf.ArgumentError, match=r"did you mean 'senior.balance'"):
        base.explain("senior.balanc", 3)
    with pytest.raises(cf.ArgumentError, match="period: expected 0 to 95, found 96"):
        base.explain("senior.balance", 96)
    with pytest.raises(cf.ArgumentError, match="scenario: expected 0 to 0, found 1"):
        base.ledger(1)


def test_every_output_can_be_explained_on_every_date() -> None:
    base = PLAN.run()
    for name in base:
        for period in (0, 15, 16, 95):
            assert base.explain(name, period)


@pytest.mark.parametrize("name", cf.deals())
def test_the_listing_is_the_same_each_time(name: str) -> None:
    """People compare and sign it off; no order of a hash map may show."""
    assert len({cf.load(name).compile().listing() for _ in range(10)}) == 1


def test_one_scenario_records_everything_and_many_nothing() -> None:
    assert list(PLAN.run()) == PLAN.outputs
    assert list(PLAN.run({"rent_factor": paths(2)})) == []
    some = PLAN.run({"rent_factor": paths(2)}, record=["senior.*_paid", "status"], metrics="dscr.*")
    assert list(some) == ["senior.interest_paid", "senior.principal_paid", "status"]
    assert list(some.metrics) == ["dscr.minimum", "dscr.first_breach_index", "dscr.n_breach_dates"]
    assert not PLAN.run(metrics=[]).metrics


def test_cents_are_whole_and_currency_is_cents_over_a_hundred() -> None:
    inputs = {"rent_factor": paths(50)}
    cents = PLAN.run(inputs, record="*", unit="cents")
    currency = PLAN.run(inputs, record="*")
    for name in PLAN.outputs:
        if PLAN._output_units[name] == "amount":
            assert cents[name].dtype == np.int64
            assert np.array_equal(cents[name] / 100, currency[name])
        else:
            assert np.array_equal(cents[name], currency[name], equal_nan=True)
    assert cents.metrics["senior.loss"].dtype == np.int64
    assert np.array_equal(cents.metrics["senior.loss"] / 100, currency.metrics["senior.loss"])


def test_an_overflow_is_the_least_integer_in_cents_and_nan_in_currency() -> None:
    document = cf.load("beignet").to_dict()
    document["leases"]["hyperion"]["base_rent"] = {"per_date": 100_000_000_000}
    document["notes"]["senior"]["amortisation"] = {"bullet": {}}
    plan = cf.load(document).compile()
    inputs = {"rent_factor": [1.0, 10.0]}
    assert plan.run(inputs).metrics["outcome"].tolist() == [0, 1]
    assert np.isnan(plan.run(inputs).metrics["senior.interest_paid"]).tolist() == [False, True]
    assert plan.run(inputs, unit="cents").metrics["senior.interest_paid"][1] == np.iinfo(np.int64).min


def test_a_ledger_of_changed_inputs_is_refused() -> None:
    array = paths(3)
    result = PLAN.run({"rent_factor": array})
    result.ledger(1)
    array[40:, 1] = 0
    with pytest.raises(cf.ScenarioError, match="the arrays were changed since"):
        result.ledger(1)


# progress and interruption


def test_progress_counts_up_to_all_scenarios() -> None:
    calls: list[tuple[int, int]] = []
    PLAN.run({"rent_factor": paths(200_000)}, progress=lambda done, total: calls.append((done, total)), threads=2)
    assert calls, "a run of some tenths of a second reports at least once"
    assert {total for _, total in calls} == {200_000}
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert calls[-1][0] <= 200_000


def test_a_raising_callback_stops_the_run() -> None:
    class StopHereError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise StopHereError

    inputs = {"rent_factor": np.broadcast_to(1.0, (N_PERIODS, 20_000_000))}
    started = time.perf_counter()
    with pytest.raises(StopHereError):
        PLAN.run(inputs, metrics="senior.loss", progress=stop)
    assert time.perf_counter() - started < 5
    assert PLAN.run().metrics["senior.loss"][0] == 0


INTERRUPTED = textwrap.dedent("""
    import signal, threading, time
    import numpy as np
    import cashfall as cf

    # A shell starts background jobs with SIGINT ignored, and Python then leaves it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    plan = cf.load("beignet").compile()
    inputs = {"rent_factor": np.broadcast_to(1.0, (len(plan.periods), 60_000_000))}
    sent = []

    def interrupt():
        time.sleep(0.7)
        sent.append(time.perf_counter())
        signal.raise_signal(signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    result = None
    try:
        result = plan.run(inputs, metrics="senior.loss", threads=2)
        print("finished")
    except KeyboardInterrupt:
        stopped = time.perf_counter() - sent[0]
        again = plan.run().metrics["senior.principal_paid"][0]
        print(f"{stopped:.4f} {result} {again:.2f}")
""")


def test_interrupt_stops_a_long_run_soon() -> None:
    """The promise is 0.1 s; the bound here leaves room for a busy machine, and the time measured is printed."""
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    seconds, result, again = done.stdout.split()
    print(f"stopped {float(seconds) * 1000:.0f} ms after the signal")
    assert float(seconds) < 1.0
    assert (result, again) == ("None", "27293849000.00")


def test_python_goes_on_while_a_run_computes() -> None:
    """The interpreter lock is free: another thread advances during a single-threaded run."""
    ticks, running = [0], threading.Event()

    def tick() -> None:
        while not running.is_set():
            ticks[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    inputs = {"rent_factor": np.broadcast_to(1.0, (N_PERIODS, 300_000))}
    started, before = time.perf_counter(), ticks[0]
    PLAN.run(inputs, metrics="senior.loss", threads=1)
    seconds, advanced = time.perf_counter() - started, ticks[0] - before
    running.set()
    thread.join()
    assert advanced >= 10 * seconds, f"{advanced} ticks in {seconds:.2f} s"


def test_a_plan_is_shared_between_threads() -> None:
    chunks = np.split(paths(800), 8, axis=1)
    alone = [PLAN.run({"rent_factor": chunk}, record="senior.*", threads=1) for chunk in chunks]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda chunk: PLAN.run({"rent_factor": chunk}, record="senior.*", threads=2), chunks))
    for left, right in zip(alone, together, strict=True):
        for name in left:
            assert np.array_equal(left[name], right[name])


def test_signal_handlers_are_python_s_own() -> None:
    before = signal.getsignal(signal.SIGINT)
    PLAN.run({"rent_factor": paths(1000)})
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_that_does_not_fit_in_memory_is_refused_before_it_begins() -> None:
    n_scenarios = 2**50
    inputs = {"rent_factor": np.broadcast_to(1.0, (N_PERIODS, n_scenarios))}
    n_bytes = 8 * n_scenarios * (N_PERIODS * len(PLAN.outputs) + len(PLAN.metrics))
    with pytest.raises(cf.RunError) as caught:
        PLAN.run(inputs, record="*")
    assert str(caught.value) == (
        f"expected a run whose arrays fit in memory, found one of {n_bytes} bytes; record fewer outputs or run fewer "
        "scenarios at a time"
    )
