//! Deliberately wrong functions: the checker must reject each, or it proves nothing.

use crate::checker::check_mul_div;
use cashfall::basics::Rounding;

/// The steps of `mul_div`, each of which a mutant may leave out.
#[derive(Copy, Clone)]
struct Recipe {
    product_error: bool,
    step_up: bool,
    step_down: bool,
    shift: bool,
    ties_to_even: bool,
    plus_zero: bool,
}

const RIGHT: Recipe =
    Recipe { product_error: true, step_up: true, step_down: true, shift: true, ties_to_even: true, plus_zero: true };

fn mul_div(recipe: Recipe, rounding: Rounding, a: f64, b: f64, c: f64) -> f64 {
    let (x, y) = (a.abs(), b.abs());
    let p = x * y;
    let e = if recipe.product_error { x.mul_add(y, -p) } else { 0.0 };
    let down = rounding == Rounding::Down;
    let q = (p / c - if down && recipe.shift { 0.5 } else { 0.0 }).round_ties_even();
    let r = (-q).mul_add(c, p) + e;
    let odd = recipe.ties_to_even && rounding == Rounding::HalfEven && (q * 0.5).fract() != 0.0;
    let (above, below) = match rounding {
        Rounding::Down => (r >= c, r < 0.0),
        Rounding::HalfUp => (2.0 * r >= c, 2.0 * r < -c),
        Rounding::HalfEven => (2.0 * r > c || (2.0 * r == c && odd), 2.0 * r < -c || (2.0 * r == -c && odd)),
    };
    let q = q + f64::from(u8::from(above && recipe.step_up)) - f64::from(u8::from(below && recipe.step_down));
    let result = q * a.signum() * b.signum();
    if recipe.plus_zero { result + 0.0 } else { result }
}

fn verdict(recipe: Recipe, as_if: impl Fn(Rounding) -> Rounding) -> Result<(), String> {
    let function = |rounding: Rounding, a: &[f64], b: &[f64], c: &[f64], out: &mut [f64]| {
        for (lane, out) in out.iter_mut().enumerate() {
            *out = mul_div(recipe, as_if(rounding), a[lane], b[lane], c[lane]);
        }
    };
    check_mul_div(1, 500_000, &[("mutant", &function)])
}

#[test]
fn the_recipe_itself_is_right() {
    verdict(RIGHT, |rounding| rounding).unwrap();
}

#[test]
fn each_step_left_out_is_found() {
    let mutants = [
        ("product error", Recipe { product_error: false, ..RIGHT }),
        ("step up", Recipe { step_up: false, ..RIGHT }),
        ("step down", Recipe { step_down: false, ..RIGHT }),
        ("shift before rounding down", Recipe { shift: false, ..RIGHT }),
        ("ties to even", Recipe { ties_to_even: false, ..RIGHT }),
        ("plus zero", Recipe { plus_zero: false, ..RIGHT }),
    ];
    for (step, recipe) in mutants {
        let found = verdict(recipe, |rounding| rounding);
        assert!(found.is_err(), "leaving out the {step} is not found");
    }
}

#[test]
fn one_rounding_for_another_is_found() {
    for wrong in Rounding::ALL {
        assert!(verdict(RIGHT, |_| wrong).is_err(), "{wrong:?} for the others is not found");
    }
}
