"""Arrays at the door: every layout gives the same numbers, and what is no scenario is refused whole.

Trap: rust-numpy's `as_slice()` takes Fortran order and hands over memory order, silently wrong; NaN and negative cash
pass through minimum and comparison.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cashfall as cf

PLAN = cf.load("yardstick").compile()
N_PERIODS = len(PLAN.periods)
RENT = 232_000_000.0
SETTINGS = settings(deadline=None, max_examples=40)


def rents(n_scenarios: int, seed: int = 1) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A path per scenario, in whole currency units so that every number type holds it exactly."""
    chance = np.random.default_rng(seed)
    return np.round(RENT * chance.uniform(0.5, 1.5, (N_PERIODS, n_scenarios)) / 64) * 64


def run(array: Any, **options: Any) -> tuple[Any, Any]:
    """Recorded flows and metrics, raw."""
    result = PLAN.run({"rent": array}, record=["senior.*", "status", "dscr.value"], **options)
    flows = np.stack([np.asarray(values) for values in result.values()])
    return flows, np.stack([np.asarray(values) for values in result.metrics.values()])


def same(left: tuple[Any, Any], right: tuple[Any, Any]) -> bool:
    """Equal in every bit that means anything: NaN equals NaN."""
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(left, right, strict=True))


def every_second(array: Any) -> Any:
    wide = np.full((2 * array.shape[0], 3 * array.shape[1]), np.nan)
    wide[::2, ::3] = array
    return wide[::2, ::3]


def backwards(array: Any) -> Any:
    return np.ascontiguousarray(array[::-1, ::-1])[::-1, ::-1]


def read_only(array: Any) -> Any:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def unaligned(array: Any) -> Any:
    raw = np.zeros(array.nbytes + 1, dtype=np.uint8)
    raw[1:] = np.frombuffer(array.tobytes(), dtype=np.uint8)
    return raw[1:].view(np.float64).reshape(array.shape)


def field_of_a_record(array: Any) -> Any:
    """Strides that are no multiple of eight."""
    records = np.zeros(array.shape, dtype=[("flag", "u1"), ("rent", "f8")])
    records["rent"] = array
    return records["rent"]


LAYOUTS: dict[str, Any] = {
    "C order": np.ascontiguousarray,
    "Fortran order": np.asfortranarray,
    "transposed view": lambda array: np.ascontiguousarray(array.T).T,
    "strided": every_second,
    "negative strides": backwards,
    "read-only": read_only,
    "read-only Fortran": lambda array: read_only(np.asfortranarray(array)),
    "unaligned": unaligned,
    "field of a record": field_of_a_record,
    "big-endian": lambda array: array.astype(">f8"),
    "float32": lambda array: array.astype(np.float32),
    "int64": lambda array: array.astype(np.int64),
    "uint32 Fortran": lambda array: np.asfortranarray(array.astype(np.uint32)),
    "nested lists": lambda array: array.tolist(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@SETTINGS
@given(n_scenarios=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
def test_every_layout_gives_the_same_bits(layout: str, n_scenarios: int, seed: int) -> None:
    array = rents(n_scenarios, seed)
    assert same(run(LAYOUTS[layout](array)), run(np.ascontiguousarray(array)))


@SETTINGS
@given(data=st.data(), n_scenarios=st.integers(1, 12))
def test_any_slice_of_any_array_is_read_where_it_is(data: st.DataObject, n_scenarios: int) -> None:
    steps = [data.draw(st.sampled_from([-3, -2, -1, 1, 2, 3])) for _ in range(2)]
    order = data.draw(st.sampled_from("CF"))
    large = rents(n_scenarios * abs(steps[1]))
    large = np.asarray(np.repeat(large, abs(steps[0]), axis=0), order=order)
    view = large[:: steps[0], :: steps[1]]
    assert same(run(view), run(view.copy()))


@pytest.mark.parametrize("n_scenarios", [1, 7, 64, 513])
def test_broadcasts_equal_whole_arrays(n_scenarios: int) -> None:
    whole = np.full((N_PERIODS, n_scenarios), RENT)
    per_scenario = np.linspace(0.5, 1.5, n_scenarios) * RENT
    per_period = rents(1)[:, 0]
    assert same(run(np.broadcast_to(RENT, whole.shape)), run(whole))
    assert same(run(per_scenario), run(np.ascontiguousarray(np.broadcast_to(per_scenario, whole.shape))))
    assert same(run(per_scenario[None, :]), run(per_scenario))
    assert same(
        run(np.broadcast_to(per_period[:, None], whole.shape)), run(np.repeat(per_period[:, None], n_scenarios, 1))
    )


def test_scalars_and_one_path_are_one_scenario() -> None:
    assert same(run(RENT), run(np.full((N_PERIODS, 1), RENT)))
    assert same(run(np.float32(RENT)), run(RENT))
    assert same(run(rents(1)[:, 0]), run(rents(1)))


def test_zero_scenarios_are_a_result_of_no_columns() -> None:
    for array in (np.empty((N_PERIODS, 0)), np.empty((N_PERIODS, 0), order="F"), np.empty(0), np.empty((1, 0))):
        result = PLAN.run({"rent": array}, record="senior.*")
        assert result.n_scenarios == 0
        assert result["senior.balance"].shape == (N_PERIODS, 0)
        assert result.metrics["senior.wal"].shape == (0,)
        with pytest.raises(cf.ArgumentError):
            result.ledger()


def test_the_array_is_only_read() -> None:
    array = rents(9)
    before = array.copy()
    PLAN.run({"rent": array})
    assert np.array_equal(array, before)


SHAPE = (
    f"expected a scalar, ({N_PERIODS},), (n_scenarios,) or ({N_PERIODS}, n_scenarios), time down and scenarios across, "
)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((7, N_PERIODS), f"inputs.rent: {SHAPE}found (7, {N_PERIODS}); it looks transposed: pass array.T"),
        ((N_PERIODS + 1, 4), f"inputs.rent: {SHAPE}found ({N_PERIODS + 1}, 4)"),
        ((0, 4), f"inputs.rent: {SHAPE}found (0, 4)"),
        ((N_PERIODS, 2, 2), f"inputs.rent: {SHAPE}found ({N_PERIODS}, 2, 2)"),
    ],
)
def test_wrong_shapes(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(cf.ScenarioError) as caught:
        PLAN.run({"rent": np.full(shape, RENT)})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("rent", "<U4"),
        (None, "object"),
        (1j, "complex128"),
        ([RENT, "a"], "<U32"),
        (np.array(["2025-01-01"], dtype="M8[D]"), "datetime64[D]"),
    ],
)
def test_what_is_no_number(value: Any, kind: str) -> None:
    with pytest.raises(cf.ScenarioError) as caught:
        PLAN.run({"rent": value})
    assert str(caught.value) == f"inputs.rent: expected numbers, found an array of {kind}"


def test_masked_values_are_not_taken_for_numbers() -> None:
    with pytest.raises(cf.ScenarioError, match="masked"):
        PLAN.run({"rent": np.ma.masked_greater(rents(3), RENT)})


RANGE = "expected a value from 0 to 20000000000, found"
WAY_OUT = "; the range is inputs.rent.minimum and .maximum of the deal"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.nan, "expected a number, found NaN at {place}"),
        (np.inf, "expected a number, found inf at {place}"),
        (-np.inf, "expected a number, found -inf at {place}"),
        (-0.01, f"{RANGE} -0.01 at {{place}}{WAY_OUT}"),
        (1e12, f"{RANGE} 1000000000000 at {{place}}{WAY_OUT}"),
    ],
)
@pytest.mark.parametrize("order", ["C", "F"])
@SETTINGS
@given(period=st.integers(0, N_PERIODS - 1), scenario=st.integers(0, 699))
def test_a_bad_value_is_refused_with_its_place(
    bad: float, message: str, order: Any, period: int, scenario: int
) -> None:
    array = np.asarray(rents(700), order=order)
    array[period, scenario] = bad
    with pytest.raises(cf.ScenarioError) as caught:
        PLAN.run({"rent": array})
    assert str(caught.value) == "inputs.rent: " + message.format(place=f"period {period}, scenario {scenario}")


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_first_of_several_bad_values_is_named(threads: int) -> None:
    """Whatever the threads, the same message: the first scenarios first, and their first period."""
    array = rents(9_000)
    array[5, 8_000] = array[7, 4_000] = array[3, 4_000] = np.nan
    for _ in range(5):
        with pytest.raises(cf.ScenarioError) as caught:
            PLAN.run({"rent": array}, threads=threads)
        assert str(caught.value) == "inputs.rent: expected a number, found NaN at period 3, scenario 4000"


def test_less_than_half_a_cent_below_zero_rounds_to_zero() -> None:
    """Values are rounded to their unit first, then held against the range."""
    assert same(run(np.full((N_PERIODS, 2), -0.004)), run(np.zeros((N_PERIODS, 2))))


def test_names_of_inputs() -> None:
    with pytest.raises(cf.ScenarioError) as caught:
        PLAN.run({"rents": RENT})
    assert (
        str(caught.value) == "inputs.rents: expected an input of this plan (rent), found 'rents'; did you mean 'rent'?"
    )


def test_inputs_agree_on_the_number_of_scenarios() -> None:
    plan = two_inputs()
    n_periods = len(plan.periods)
    with pytest.raises(cf.ScenarioError) as caught:
        plan.run({"rent_factor": np.ones((n_periods, 3)), "cost_factor": np.ones((n_periods, 4))})
    assert str(caught.value) == (
        "inputs: expected the same number of scenarios everywhere, "
        "found: inputs.rent_factor has 3, inputs.cost_factor has 4"
    )
    mixed = plan.run({"rent_factor": np.linspace(0.5, 1, 5), "cost_factor": np.ones(n_periods)})
    assert mixed.n_scenarios == 5


def test_an_array_that_may_be_time_or_scenarios_is_refused() -> None:
    plan = two_inputs()
    n_periods = len(plan.periods)
    square = np.ones((n_periods, n_periods))
    with pytest.raises(cf.ScenarioError) as caught:
        plan.run({"rent_factor": square, "cost_factor": np.ones(n_periods)})
    assert str(caught.value) == (
        f"inputs.cost_factor: expected a shape that says which axis is time, found ({n_periods},) with {n_periods} "
        f"periods and {n_periods} scenarios; pass array[:, None] for one value per period "
        "or array[None, :] for one per scenario"
    )
    for shape in ((n_periods, 1), (1, n_periods)):
        assert plan.run({"rent_factor": square, "cost_factor": np.ones(shape)}).n_scenarios == n_periods


def two_inputs() -> cf.Plan:
    """Beignet with costs that a scenario may change."""
    document = cf.load("beignet").to_dict()
    document["inputs"]["cost_factor"] = {"unit": "number", "default": 1}
    document["cashflows"]["costs"]["factor"] = "cost_factor"
    return cf.load(document).compile()
