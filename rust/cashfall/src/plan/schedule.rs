//! Sizing: the scheduled interest, principal and balance of a note, computed once on the sizing case.

use num_bigint::BigInt;

use crate::basics::{Fraction, Rounding};

/// How a note's interest accrues over each of its periods.
#[derive(Clone, Debug)]
pub struct InterestRule {
    /// The interest on one unit of balance, per payment date: `rate * n / (1e9 * d)`, reduced.
    pub factors: Vec<Fraction>,
    /// The growth of the index level per payment date, for a coupon that is one; its interest is rounded apart.
    pub growths: Vec<Fraction>,
    /// The original balance.
    pub original: i64,
    /// The number of denominations, when interest is rounded per denomination.
    pub n_units: Option<i64>,
    /// How a result is rounded.
    pub rounding: Rounding,
}

impl InterestRule {
    /// The interest of period `index` on `balance`, rounded once.
    pub fn interest(&self, index: usize, balance: i64) -> i64 {
        self.growths.get(index).map_or(0, |growth| self.share(*growth, balance)) + self.by_rate(index, balance)
    }

    fn share(&self, Fraction { numerator, denominator }: Fraction, balance: i64) -> i64 {
        let product = i128::from(balance) * i128::from(numerator);
        far_out_at_most(self.rounding.divide(product, i128::from(denominator)))
    }

    fn by_rate(&self, index: usize, balance: i64) -> i64 {
        let Fraction { numerator, denominator } = self.factors[index];
        match self.n_units {
            None => self.share(self.factors[index], balance),
            Some(n) => {
                let (product, divisor) =
                    (i128::from(balance) * i128::from(numerator), i128::from(denominator) * i128::from(n));
                far_out_at_most(i128::from(n) * self.rounding.divide(product, divisor))
            }
        }
    }
}

/// An amount, or one far beyond the range that a few of can be added: what is out of range is refused where it is used.
fn far_out_at_most(amount: i128) -> i64 {
    let far_out = i64::MAX / 4;
    i64::try_from(amount).map_or(far_out, |amount| amount.min(far_out))
}

/// A note's schedule, one entry per payment date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Interest, with every earlier payment made.
    pub interest: Vec<i64>,
    /// Principal.
    pub principal: Vec<i64>,
    /// The balance after the payment.
    pub balance: Vec<i64>,
    /// The coverage that sculpting achieves, in 1e-9.
    pub coverage: Option<i64>,
}

/// Why a schedule cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SizingError {
    /// The instalment does not cover the interest of a period.
    NegativePrincipal {
        /// The payment's position among the note's payment dates.
        index: usize,
        /// The debt service that was to be paid.
        debt_service: i64,
        /// The interest it must cover.
        interest: i64,
    },
    /// More principal falls due than is outstanding.
    MoreThanBalance {
        /// The payment's position among the note's payment dates.
        index: usize,
        /// The principal that was to be paid.
        principal: i64,
        /// The balance before it.
        balance: i64,
    },
    /// A `solve` in the cash flow it is sculpted on finds no fixed point.
    Unsolved {
        /// The position of the payment date.
        index: usize,
    },
    /// An amount of the schedule, or the cash flow it is sculpted on, leaves the range.
    OutOfRange {
        /// The payment's position among the note's payment dates.
        index: usize,
    },
    /// The sculpted cash flow is not above zero in total.
    NoCashFlow,
    /// The sculpted cash flow is below zero on a date.
    NegativeCashFlow {
        /// The payment's position among the note's payment dates.
        index: usize,
        /// The cash flow.
        cash_flow: i64,
    },
}

/// Equal debt service from payment date `first` on: the instalment is rounded once, the last payment clears.
pub fn level(rule: &InterestRule, first: usize) -> Result<Schedule, SizingError> {
    let n = rule.factors.len();
    let ones = vec![1; n - first];
    let (numerator, denominator) = multiplier(rule, first, &ones);
    let instalment = to_i64(&rule.rounding.divide_big(&numerator, &denominator));
    amortise(rule, first, &vec![instalment; n - first])
}

/// Debt service in proportion to `cash_flows` (one per payment date from `first` on), rounded down; the last payment clears.
pub fn sculpted(rule: &InterestRule, first: usize, cash_flows: &[i64]) -> Result<Schedule, SizingError> {
    if let Some(at) = cash_flows.iter().position(|flow| *flow < 0) {
        return Err(SizingError::NegativeCashFlow { index: first + at, cash_flow: cash_flows[at] });
    }
    if cash_flows.iter().all(|flow| *flow == 0) {
        return Err(SizingError::NoCashFlow);
    }
    let (numerator, denominator) = multiplier(rule, first, cash_flows);
    let debt_service: Vec<i64> = cash_flows.iter().map(|flow| to_i64(&(&numerator * *flow / &denominator))).collect();
    let mut schedule = amortise(rule, first, &debt_service)?;
    schedule.coverage =
        Some(to_i64(&Rounding::HalfUp.divide_big(&(denominator * crate::basics::NUMBER_SCALE), &numerator)));
    Ok(schedule)
}

/// Principal as given, one amount per payment date.
pub fn explicit(rule: &InterestRule, principal: &[i64]) -> Result<Schedule, SizingError> {
    let mut schedule = Schedule::default();
    let mut balance = rule.original;
    for (index, &principal) in principal.iter().enumerate() {
        if principal > balance {
            return Err(SizingError::MoreThanBalance { index, principal, balance });
        }
        schedule.push(rule.interest(index, balance), principal, &mut balance);
    }
    Ok(schedule)
}

/// The multiplier k with `original = sum k * CF_t / prod (1 + f_s)`, as numerator and denominator.
///
/// With `f_s = a_s / c_s`: `k = B * prod (c + a) / sum CF_t * prod_{s<=t} c_s * prod_{s>t} (c_s + a_s)`, summed by Horner's rule.
fn multiplier(rule: &InterestRule, first: usize, cash_flows: &[i64]) -> (BigInt, BigInt) {
    let mut numerator = BigInt::from(rule.original);
    let mut denominator = BigInt::from(0);
    let mut product = BigInt::from(1);
    for (factor, &cash_flow) in rule.factors[first..].iter().zip(cash_flows) {
        let growth = factor.numerator + factor.denominator;
        product *= factor.denominator;
        denominator = denominator * growth + &product * cash_flow;
        numerator *= growth;
    }
    (numerator, denominator)
}

/// Interest only before `first`, then the given debt service; the last payment clears the balance.
fn amortise(rule: &InterestRule, first: usize, debt_service: &[i64]) -> Result<Schedule, SizingError> {
    let mut schedule = Schedule::default();
    let mut balance = rule.original;
    for index in 0..rule.factors.len() {
        let interest = rule.interest(index, balance);
        let principal = if index < first {
            0
        } else if index + 1 == rule.factors.len() {
            balance
        } else {
            let debt_service = debt_service[index - first];
            if debt_service < interest {
                return Err(SizingError::NegativePrincipal { index, debt_service, interest });
            }
            debt_service - interest
        };
        if principal > balance {
            return Err(SizingError::MoreThanBalance { index, principal, balance });
        }
        schedule.push(interest, principal, &mut balance);
    }
    Ok(schedule)
}

impl Schedule {
    fn push(&mut self, interest: i64, principal: i64, balance: &mut i64) {
        *balance -= principal;
        self.interest.push(interest);
        self.principal.push(principal);
        self.balance.push(*balance);
    }
}

/// The integer, or more than any amount may be.
fn to_i64(value: &BigInt) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX / 4)
}
