//! Operands for products and quotients: random ones, and ones chosen to lie on or next to a rounding boundary.

pub const LIMIT: i64 = 1 << 52;

/// SplitMix64: small, fast, and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform below `bound`.
    pub fn below(&mut self, bound: i64) -> i64 {
        ((u128::from(self.bits()) * bound as u128) >> 64) as i64
    }

    /// Of a uniform number of bits up to 52, so that every size is common.
    pub fn any_size(&mut self) -> i64 {
        let bits = self.below(53);
        self.below(1 << bits)
    }

    pub fn positive(&mut self) -> i64 {
        self.any_size().max(1)
    }

    /// A power of two, or its neighbour.
    pub fn near_power(&mut self) -> i64 {
        let power = 1 << self.below(53);
        in_range(power + self.below(5) - 2)
    }

    /// Among the largest values.
    pub fn near_limit(&mut self) -> i64 {
        let spread = 1 << self.below(20);
        LIMIT - 1 - self.below(spread)
    }

    pub fn sign(&mut self, value: i64) -> i64 {
        if self.bits() & 1 == 0 { value } else { -value }
    }

    pub fn coin(&mut self) -> bool {
        self.bits() & 1 == 0
    }

    pub fn pick(&mut self, values: &[i64]) -> i64 {
        values[self.below(values.len() as i64) as usize]
    }
}

/// The nearest value from 0 to 2^52 - 1.
pub fn in_range(value: i64) -> i64 {
    value.clamp(0, LIMIT - 1)
}

/// Non-negative `a`, `b` and positive `c`.
pub type Triple = (i64, i64, i64);

/// One triple of a random kind.
pub fn triple(random: &mut Random) -> Triple {
    match random.below(10) {
        0 => (random.any_size(), random.any_size(), random.positive()),
        1 => (random.near_limit(), random.near_limit(), random.near_limit()),
        2 => (random.near_power(), random.near_power(), random.near_power().max(1)),
        3 => with_zero_or_one(random),
        4 => money_times_rate(random),
        5 => exact_half(random),
        6 => {
            let (a, c) = (random.any_size(), random.positive());
            near_boundary(random, a, c)
        }
        7 => {
            let c = random.near_limit();
            let a = if random.coin() { random.near_limit() } else { in_range(LIMIT / 2 + random.below(LIMIT / 2)) };
            near_boundary(random, a, c)
        }
        8 => near_the_limit(random),
        _ => {
            let (c, a) = (LIMIT / 2 + random.below(LIMIT / 2), LIMIT / 2 + random.below(LIMIT / 2));
            near_boundary(random, a, c)
        }
    }
}

fn with_zero_or_one(random: &mut Random) -> Triple {
    let mut values = [random.any_size(), random.any_size(), random.positive()];
    values[random.below(3) as usize] = random.below(2);
    (values[0], values[1], values[2].max(1))
}

fn money_times_rate(random: &mut Random) -> Triple {
    let days = random.pick(&[1, 360, 365, 365 * 366]);
    let fraction = random.below(days) + 1;
    let rate = random.below(200_000_000);
    (random.any_size(), in_range(rate * fraction), 1_000_000_000 * days)
}

/// `a·b / c = q + 1/2`: with `c = 2·g·h`, `a = g·m`, `b = h·n`, and `m`, `n` odd. Or a neighbour of it.
fn exact_half(random: &mut Random) -> Triple {
    let bits = random.below(26);
    let (g, h) = (random.below(1 << bits) + 1, random.below(1 << (25 - bits)) + 1);
    let (m, n) = (random.below((LIMIT - 1) / g) | 1, random.below((LIMIT - 1) / h) | 1);
    let offset = random.pick(&[0, 0, 1, -1]);
    (in_range(g * m + offset), in_range(h * n), 2 * g * h)
}

/// `a·b / c` within `1/c` or so of an integer or a half: solves `a·b ≡ target (mod c)`, adding multiples of `c` to `b`.
pub fn near_boundary(random: &mut Random, a: i64, c: i64) -> Triple {
    let target = boundary(random, c);
    let Some(b) = solve(a, target, c) else {
        return (a, random.any_size(), c);
    };
    let room = (LIMIT - 1 - b) / c;
    let b = if room > 0 { b + c * random.below(room + 1) } else { b };
    (a, b, c)
}

/// A remainder at or next to a boundary of some rounding.
pub fn boundary(random: &mut Random, c: i64) -> i64 {
    random.pick(&[0, 1, c - 1, c / 2, c / 2 + 1, c / 2 - 1, (c + 1) / 2]).rem_euclid(c)
}

/// A quotient close to 2^52, mostly just below.
fn near_the_limit(random: &mut Random) -> Triple {
    let (a, c) = (random.positive(), random.positive());
    let quotient = i128::from(LIMIT + 2 - random.below(8));
    let b = quotient * i128::from(c) / i128::from(a) + i128::from(random.below(3)) - 1;
    if (0..i128::from(LIMIT)).contains(&b) { (a, b as i64, c) } else { (LIMIT - 1 - random.below(4), c, c) }
}

/// The smallest `b >= 0` with `a·b ≡ target (mod c)`, if `a` has an inverse.
pub fn solve(a: i64, target: i64, c: i64) -> Option<i64> {
    let (mut old, mut new) = ((a.rem_euclid(c), 1i64), (c, 0i64));
    while new.0 != 0 {
        let quotient = old.0 / new.0;
        (old, new) = (new, (old.0 - quotient * new.0, old.1 - quotient * new.1));
    }
    let inverse = i128::from(old.1).rem_euclid(i128::from(c));
    (old.0 == 1).then(|| (inverse * i128::from(target) % i128::from(c)) as i64)
}
