//! What a scalar or a list must satisfy, in one place for the decoder, its messages and the schema.

use crate::basics::units::NUMBER_SCALE;

/// What a value must satisfy beyond its type.
#[derive(Debug)]
pub struct Bounds {
    /// What messages say is expected; empty: the type's own words.
    pub expected: &'static str,
    /// What messages say is expected where a negative value stands; empty: the same.
    pub negative: &'static str,
    /// Whether an integer in its unit is accepted.
    pub accepts: fn(i64) -> bool,
    /// Whether a string is accepted.
    pub accepts_text: fn(&str) -> bool,
    /// Whether a list must have an element.
    pub not_empty: bool,
    /// JSON Schema keywords for the value, such as `"minimum": 0`.
    pub keywords: &'static [(&'static str, &'static str)],
}

const fn bounds(
    expected: &'static str,
    accepts: fn(i64) -> bool,
    keywords: &'static [(&'static str, &'static str)],
) -> Bounds {
    Bounds { expected, negative: "", accepts, accepts_text: |_| true, not_empty: false, keywords }
}

/// Whatever its type allows.
pub const ANY: Bounds = bounds("", |_| true, &[]);
/// A list with an element.
pub const NOT_EMPTY: Bounds = Bounds { not_empty: true, ..ANY };
/// An amount that is not negative.
pub const NOT_NEGATIVE: Bounds = bounds("an amount that is not negative", |v| v >= 0, &[("minimum", "0")]);
/// A list with an element, of amounts that are not negative.
pub const NOT_NEGATIVE_LIST: Bounds = Bounds { not_empty: true, ..NOT_NEGATIVE };
/// An amount above zero.
pub const POSITIVE: Bounds = bounds("an amount above 0", |v| v > 0, &[("exclusiveMinimum", "0")]);
/// A coupon rate.
pub const RATE: Bounds = Bounds {
    negative: "a rate of at least 0 (6.5% is 0.065)",
    ..bounds(
        "a rate below 1.0 (6.5% is 0.065)",
        |v| (0..NUMBER_SCALE).contains(&v),
        &[("minimum", "0"), ("exclusiveMaximum", "1")],
    )
};
/// A rate of growth.
pub const GROWTH: Bounds = bounds(
    "a rate of growth between -1.0 and 1.0 (2.5% is 0.025)",
    |v| -NUMBER_SCALE < v && v < NUMBER_SCALE,
    &[("exclusiveMinimum", "-1"), ("exclusiveMaximum", "1")],
);
/// A share.
pub const SHARE: Bounds = bounds(
    "a share above 0 and at most 1 (80% is 0.8)",
    |v| 0 < v && v <= NUMBER_SCALE,
    &[("exclusiveMinimum", "0"), ("maximum", "1")],
);
/// A list with an element, of weights.
pub const WEIGHTS: Bounds = Bounds {
    not_empty: true,
    ..bounds(
        "a weight from 0 to 1000",
        |v| (0..=1_000 * NUMBER_SCALE).contains(&v),
        &[("minimum", "0"), ("maximum", "1000")],
    )
};
/// A whole number of decimals.
pub const DECIMALS: Bounds =
    bounds("a whole number from 0 to 4", |v| (0..=4).contains(&v), &[("minimum", "0"), ("maximum", "4")]);
/// A distance in months.
pub const MONTHS: Bounds = bounds(
    "a whole number of months from 1 to 1200",
    |v| (1..=1200).contains(&v),
    &[("minimum", "1"), ("maximum", "1200")],
);
/// A day of the month.
pub const DAY: Bounds = bounds("a day from 1 to 31", |v| (1..=31).contains(&v), &[("minimum", "1"), ("maximum", "31")]);
/// A count of dates.
pub const AT_LEAST_ONE: Bounds =
    bounds("a whole number from 1 to 10000", |v| (1..=10_000).contains(&v), &[("minimum", "1"), ("maximum", "10000")]);
/// A currency code.
pub const CURRENCY: Bounds = Bounds {
    expected: "three capitals such as USD",
    accepts_text: |text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
    keywords: &[("pattern", "\"^[A-Z]{3}$\"")],
    ..ANY
};
/// A list with an element, of coupon rates.
pub const RATE_LIST: Bounds = Bounds { not_empty: true, ..RATE };
/// What is added to an index.
pub const MARGIN: Bounds = bounds(
    "a rate between -1.0 and 1.0 (2.5% is 0.025)",
    |v| -NUMBER_SCALE < v && v < NUMBER_SCALE,
    &[("exclusiveMinimum", "-1"), ("exclusiveMaximum", "1")],
);
/// Decimals of a rate.
pub const RATE_DECIMALS: Bounds =
    bounds("a whole number from 2 to 9", |v| (2..=9).contains(&v), &[("minimum", "2"), ("maximum", "9")]);
/// A list with an element, of shares that are not negative.
pub const SHARE_LIST: Bounds = Bounds {
    not_empty: true,
    ..bounds(
        "a share from 0 to 1 (80% is 0.8)",
        |v| (0..=NUMBER_SCALE).contains(&v),
        &[("minimum", "0"), ("maximum", "1")],
    )
};
/// A price of one.
pub const PRICE: Bounds = bounds(
    "a price above 0 and at most 2 (99.5% is 0.995)",
    |v| 0 < v && v <= 2 * NUMBER_SCALE,
    &[("exclusiveMinimum", "0"), ("maximum", "2")],
);
/// A list with an element, of call prices.
pub const CALL_PRICES: Bounds = Bounds {
    not_empty: true,
    ..bounds(
        "a price per 100 from 100 to 200",
        |v| (100 * NUMBER_SCALE..=200 * NUMBER_SCALE).contains(&v),
        &[("minimum", "100"), ("maximum", "200")],
    )
};
/// Decimals of a factor.
pub const FACTOR_DECIMALS: Bounds =
    bounds("a whole number from 0 to 9", |v| (0..=9).contains(&v), &[("minimum", "0"), ("maximum", "9")]);
/// A count of dates that may be none.
pub const COUNT: Bounds =
    bounds("a whole number from 0 to 10000", |v| (0..=10_000).contains(&v), &[("minimum", "0"), ("maximum", "10000")]);
/// How many machines a lot has.
pub const UNITS: Bounds = bounds(
    "a whole number of units from 1 to 10,000,000",
    |v| (1..=10_000_000).contains(&v),
    &[("minimum", "1"), ("maximum", "10000000")],
);
/// A life in months.
pub const LIFE: Bounds = bounds(
    "a whole number of months from 1 to 600",
    |v| (1..=600).contains(&v),
    &[("minimum", "1"), ("maximum", "600")],
);
/// The power of a unit.
pub const KILOWATTS: Bounds = bounds(
    "kilowatts from 0 to 10,000",
    |v| (0..=10_000 * NUMBER_SCALE).contains(&v),
    &[("minimum", "0"), ("maximum", "10000")],
);
/// Power usage effectiveness.
pub const EFFECTIVENESS: Bounds = bounds(
    "an effectiveness from 1 to 10 (a site that takes 1.2 times what its machines take has 1.2)",
    |v| (NUMBER_SCALE..=10 * NUMBER_SCALE).contains(&v),
    &[("minimum", "1"), ("maximum", "10")],
);
/// A cover that is asked for.
pub const COVER: Bounds = bounds(
    "a ratio above 0, at most 1,000 (1.40x is 1.4)",
    |v| (1..=1_000 * NUMBER_SCALE).contains(&v),
    &[("exclusiveMinimum", "0"), ("maximum", "1000")],
);
/// A list with an element, of capacities.
pub const NOT_NEGATIVE_NUMBERS: Bounds = Bounds {
    not_empty: true,
    ..bounds(
        "a number of units from 0 to 4,000,000",
        |v| (0..=4_000_000 * NUMBER_SCALE).contains(&v),
        &[("minimum", "0"), ("maximum", "4000000")],
    )
};
/// A list with an element, of prices.
pub const PRICES: Bounds = Bounds {
    not_empty: true,
    ..bounds(
        "a price that is not negative, below 1,000,000",
        |v| (0..1_000_000 * NUMBER_SCALE).contains(&v),
        &[("minimum", "0"), ("exclusiveMaximum", "1000000")],
    )
};
/// A share that may be none.
pub const SHARE_OR_NONE: Bounds = bounds(
    "a share from 0 to 1 (80% is 0.8)",
    |v| (0..=NUMBER_SCALE).contains(&v),
    &[("minimum", "0"), ("maximum", "1")],
);
/// A list of shares.
pub const SHARES: Bounds = bounds(
    "a share from 0 to 1 (80% is 0.8)",
    |v| (0..=NUMBER_SCALE).contains(&v),
    &[("minimum", "0"), ("maximum", "1")],
);
