//! The readable listing of a plan: its terms, its schedules, and what happens on each date, operation by operation.

use std::fmt::Write;

use crate::basics::{NUMBER_SCALE, format_amount};
use crate::formula::Relation;

use super::coupon::{AllIn, CouponModel};
use super::lower::Lowered;
use super::model::{Model, NoteModel};
use super::op::{Factor, Op, Param, PlainTest, Slot, TestSlots};
use super::{Demand, Plan};

/// The listing of a plan, with the program of a run that computes every metric.
pub fn listing(plan: &Plan) -> String {
    let demand = Demand { outputs: Vec::new(), metrics: (0..plan.metrics().len()).collect(), trace: false };
    let lowered = plan.lowered(&demand);
    let model = plan.model();
    let mut text = String::new();
    write_terms(&mut text, plan, model);
    for note in &model.notes {
        write_schedule(&mut text, model, note);
    }
    for group in &model.groups {
        let notes: Vec<&str> = group.notes.iter().map(|note| model.notes[*note].name.as_str()).collect();
        let _ = writeln!(text, "group {}: {}\n", group.name, notes.join(", "));
    }
    if lowered.is_too_large {
        let _ = writeln!(text, "{}", super::lower::TOO_LARGE);
    } else {
        write_program(&mut text, model, &lowered);
    }
    text
}

fn write_terms(text: &mut String, plan: &Plan, model: &Model) {
    let terms = &plan.deal().deal;
    let _ = writeln!(
        text,
        "deal {} ({}, {} decimals, rounding {})",
        terms.name,
        terms.currency,
        model.decimals,
        model.rounding.name()
    );
    let (first, last) = (model.dates.first(), model.dates.last());
    if let (Some(first), Some(last)) = (first, last) {
        let _ = writeln!(text, "grid {} dates, {first} to {last}", model.dates.len());
    }
    let _ = writeln!(text, "statuses {}", model.statuses.join(", "));
    if model.currencies.names.len() > 1 {
        let _ = writeln!(text, "currencies {}", model.currencies.names.join(", "));
    }
    for input in &model.inputs {
        let shown = |value: i64| {
            if input.is_amount { format_amount(value, model.decimals) } else { decimal(value) }
        };
        let unit = match plan.currency_of_input(&input.name) {
            Some(currency) if model.currencies.names.len() > 1 => format!("amount in {currency}"),
            Some(_) => "amount".to_string(),
            None => "number".to_string(),
        };
        let _ =
            writeln!(text, "input {} ({unit}) from {} to {}", input.name, shown(input.minimum), shown(input.maximum));
    }
    for (test, forward) in model.tests.iter().filter_map(|test| Some((test, test.forward.as_ref()?))) {
        let (n, view) = (forward.n, forward.view.name());
        let dates = if n == 1 { "test date" } else { "test dates" };
        let _ = writeln!(text, "test {} looks {n} {dates} ahead, view {view}", test.name);
    }
    text.push('\n');
}

fn write_schedule(text: &mut String, model: &Model, note: &NoteModel) {
    let money = |units: i64| format_amount(units, model.decimals);
    let _ = write!(text, "note {}: {} at {}", note.name, money(note.original), coupon(model, note));
    if let Some(funding) = &note.funding {
        let again = if funding.revolving { ", and again" } else { "" };
        let _ = write!(text, ", drawn up to {}{again}", money(funding.maximum));
    }
    if let Some(whole) = note.whole.as_ref().filter(|whole| whole.is_extended) {
        let dates: Vec<String> = whole.maturities[1..].iter().map(|t| model.dates[*t].to_string()).collect();
        let _ = write!(text, ", extended to {}", dates.join(", "));
    }
    if let Some(coverage) = note.coverage {
        let _ = write!(text, ", sculpted to {}x", decimal(coverage));
    }
    let _ = writeln!(
        text,
        "\n  {:>5} {:10} {:>20} {:>20} {:>20} {:>20}",
        "index", "date", "interest", "principal", "debt service", "balance"
    );
    for (t, date) in model.dates.iter().enumerate().filter(|(t, _)| note.payment[*t].is_some()) {
        let (interest, principal) = (note.scheduled_interest[t], note.scheduled_principal[t]);
        let columns = [interest, principal, interest + principal, note.scheduled_balance[t]].map(money);
        let _ = writeln!(
            text,
            "  {t:>5} {date} {:>20} {:>20} {:>20} {:>20}",
            columns[0], columns[1], columns[2], columns[3]
        );
    }
    text.push('\n');
}

/// What a note bears, in words.
fn coupon(model: &Model, note: &NoteModel) -> String {
    let index = |input: usize| format!("inputs.{}", model.inputs[input].name);
    let plus = |terms: &AllIn| {
        let floor = terms.floor.map_or(String::new(), |floor| format!(", the index at least {}", decimal(floor)));
        let cap = terms.all_in_cap.map_or(String::new(), |cap| format!(", at most {}", decimal(cap)));
        format!("{} + {} + {}{floor}{cap}", index(terms.input), decimal(terms.credit_adjustment), decimal(terms.margin))
    };
    let rate = match &note.coupon {
        CouponModel::Known(rates) if rates.iter().all(|rate| *rate == rates[0]) => {
            rates.first().map_or(String::new(), |rate| decimal(*rate))
        }
        CouponModel::Known(rates) => format!("steps from {}", decimal(rates[0])),
        CouponModel::Floating { terms, .. } => plus(terms),
        CouponModel::Averaged { terms, compounded: true, .. } => format!("compounded {}", plus(terms)),
        CouponModel::Averaged { terms, .. } => format!("mean {}", plus(terms)),
        CouponModel::Formula(formula) => {
            let (floor, cap) = (decimal(formula.all_in_floor), decimal(formula.all_in_cap));
            format!("{}, from {floor} to {cap}", formula.text)
        }
        CouponModel::IndexLevel { input, margin, .. } => format!("growth of {} + {}", index(*input), decimal(*margin)),
    };
    let extra = note.default_rate.as_ref();
    let extra = extra.map_or(String::new(), |(extra, _)| format!(", {} more while in default", decimal(*extra)));
    let inside = if note.inside.is_some() { ", accruing from date to date" } else { "" };
    format!("{rate}{extra}{inside}")
}

fn write_program(text: &mut String, model: &Model, lowered: &Lowered) {
    let program = &lowered.program;
    for (shape, ops) in program.shapes.iter().enumerate() {
        let dates: Vec<usize> = (0..program.dates.len()).filter(|t| program.dates[*t].shape == shape).collect();
        let _ = writeln!(text, "on {} dates ({}): {} operations", dates.len(), ranges(&dates), ops.len());
        let first = program.dates[dates[0]];
        let params = &program.params[first.first_param..];
        let names = Names { lowered, params, varies: dates.len() > 1, first_date: model.dates[dates[0]].to_string() };
        for op in ops {
            let _ = writeln!(text, "  {}", names.op(op));
        }
        if names.varies {
            let _ = writeln!(text, "  (constants as on {})", names.first_date);
        }
        text.push('\n');
    }
}

/// Grid positions as ranges: `0, 3-17`.
fn ranges(positions: &[usize]) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for &position in positions {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == position => *last = position,
            _ => parts.push((position, position)),
        }
    }
    let shown: Vec<String> =
        parts.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") }).collect();
    shown.join(", ")
}

struct Names<'a> {
    lowered: &'a Lowered,
    params: &'a [f64],
    varies: bool,
    first_date: String,
}

impl Names<'_> {
    fn slot(&self, slot: Slot) -> &str {
        &self.lowered.slot_names[slot.index()]
    }

    fn param(&self, param: Param) -> f64 {
        self.params[usize::from(param.0)]
    }

    fn factor(&self, factor: Factor) -> String {
        format!("{} / {}", self.param(factor.first), self.param(Param(factor.first.0 + 1)))
    }

    fn op(&self, op: &Op) -> String {
        let s = |slot: Slot| self.slot(slot);
        let p = |param: Param| self.param(param);
        match *op {
            Op::Constant { to, value } => format!("{} = {}", s(to), p(value)),
            Op::InputAt { to, input, date } => format!("{} = {} on date {}", s(to), s(input), p(date)),
            Op::Foresee { to, input, date } => format!("{} = {} on date {} (foresight)", s(to), s(input), p(date)),
            Op::MulDivBy { to, a, b, divisor } => format!("{} = R({} x {} / {}), or 0", s(to), s(a), s(b), s(divisor)),
            Op::Copy { to, from } => format!("{} = {}", s(to), s(from)),
            Op::Add { to, a, b } => format!("{} = {} + {}", s(to), s(a), s(b)),
            Op::AddConstant { to, a, value } => format!("{} = {} + {}", s(to), s(a), p(value)),
            Op::Subtract { to, a, b } => format!("{} = {} - {}", s(to), s(a), s(b)),
            Op::Minimum { to, a, b } => format!("{} = min({}, {})", s(to), s(a), s(b)),
            Op::Maximum { to, a, b } => format!("{} = max({}, {})", s(to), s(a), s(b)),
            Op::Lookup { to, at, table } => format!("{} = table {} at {}", s(to), table.0, s(at)),
            Op::Absolute { to, a } => format!("{} = |{}|", s(to), s(a)),
            Op::Product { to, a, b } => format!("{} = {} x {}", s(to), s(a), s(b)),
            Op::Scale { to, a, factor } => format!("{} = R({} x {})", s(to), s(a), self.factor(factor)),
            Op::MulDiv { to, a, b, divisor } => format!("{} = R({} x {} / {})", s(to), s(a), s(b), p(divisor)),
            Op::ScaleUp { to, a, first } => {
                format!("{} = {} x {} / {}, rounded up", s(to), s(a), p(first), p(Param(first.0 + 1)))
            }
            Op::Divide { to, a, b, scale, if_zero } => {
                format!("{} = R({} x {} / {}), or {} if that is 0", s(to), s(a), p(scale), s(b), s(if_zero))
            }
            Op::Compare { to, a, b, relation } => format!("{} = {} {} {}", s(to), s(a), sign(relation), s(b)),
            Op::Select { to, flag, a, b } => format!("{} = {} if {} else {}", s(to), s(a), s(flag), s(b)),
            Op::Not { to, flag } => format!("{} = not {}", s(to), s(flag)),
            Op::Excess { to, a, floor } => format!("{} = max(0, {} - {})", s(to), s(a), p(floor)),
            Op::CheckRange { value } => format!("overflow unless {} is in range", s(value)),
            Op::CheckRangeIf { value, flag } => format!("overflow unless {} is in range, where {}", s(value), s(flag)),
            Op::CheckSolved { differs } => format!("no convergence where {}", s(differs)),
            Op::Accrue { balance, due, accrued, factor } => {
                format!("{} = R({} x {}), added to {}", s(accrued), s(balance), self.factor(factor), s(due))
            }
            Op::Pay { from, due } => format!("pay {} from {}", s(due), s(from)),
            Op::PayInto { from, due, total } => format!("pay {} from {} into {}", s(due), s(from), s(total)),
            Op::PayDown { from, balance, floor } => format!("pay {} down to {} from {}", s(balance), p(floor), s(from)),
            Op::PayDownInto { from, balance, floor, flow } => {
                format!("pay {} down to {} from {} into {}", s(balance), p(floor), s(from), s(flow))
            }
            Op::Fill { from, to, target } => format!("fill {} to {} from {}", s(to), p(target), s(from)),
            Op::Release { from, to, target } => format!("release {} above {} to {}", s(from), p(target), s(to)),
            Op::Hold { cash, reserve, target } => {
                format!("hold {} at {}, to or from {}", s(reserve), p(target), s(cash))
            }
            Op::Net { to, a, b, value } => format!("{} = {} - {} + {}", s(to), s(a), s(b), p(value)),
            Op::PayDownFromTwo { first, second, balance, floor } => {
                format!("pay {} down to {} from {}, then from {}", s(balance), p(floor), s(first), s(second))
            }
            Op::PayIntoOrSkip { from, due, total, n } => {
                format!("pay {} from {} into {}; if nothing is left due: skip {n}", s(due), s(from), s(total))
            }
            Op::MoveAll { from, to } => format!("move all of {} to {}", s(from), s(to)),
            Op::MoveAllIf { from, to, flag } => format!("move all of {} to {}, where {}", s(from), s(to), s(flag)),
            Op::ProRata { group } => {
                let pro_rata = &self.lowered.program.pro_ratas[usize::from(group.0)];
                let list = |slots: &[Slot]| slots.iter().map(|slot| s(*slot)).collect::<Vec<_>>().join(", ");
                let (paid, asked) = (list(&pro_rata.paid), list(&pro_rata.requests));
                let by = match &pro_rata.weights {
                    Some(weights) => format!("{}, up to {asked}", list(weights)),
                    None => asked,
                };
                format!("{paid} = pro rata shares of {} by {by}", s(pro_rata.available))
            }
            Op::PayIntoFromTwo { first, second, due, total } => {
                format!("pay {} from {}, then from {}, into {}", s(due), s(first), s(second), s(total))
            }
            Op::ServiceFromTwo { first, second, due, total, balance, floor, target, peaks } => {
                let (first, second, due, balance, floor) = (s(first), s(second), s(due), s(balance), p(floor));
                let held = target
                    .map_or(String::new(), |target| format!("; hold {second} at {}, to or from {first}", p(target)));
                let peaks = peaks.map_or(String::new(), |(interest, principal)| {
                    format!("; {} at least {due}, {} at least {balance} - {floor}", s(interest), s(principal))
                });
                format!(
                    "pay {due} into {}, then {balance} down to {floor}, each from {first}, then from {second}{held}{peaks}",
                    s(total)
                )
            }
            Op::PayTwo { from, collected, first, second, plus } => {
                let (from, second) = (s(from), s(second));
                let collect = collected.map_or(String::new(), |slot| format!("{from} = {from} + {}; ", s(slot)));
                let accrue = plus.map_or(String::new(), |plus| format!("{second} = {second} + {}; ", p(plus)));
                format!("{collect}{accrue}pay {}, then {second} from {from}", s(first))
            }
            Op::MoveAllOnIf { from, via, to, flag } => {
                format!("move all of {} to {}, then all of {} to {}, where {}", s(from), s(via), s(via), s(to), s(flag))
            }
            Op::MoveAllOnOrBack { from, via, to, on, back } => format!(
                "move all of {} to {}, then all of {} to {}, where {}; then all of {} to {}, where {}",
                s(from),
                s(via),
                s(via),
                s(to),
                s(on),
                s(via),
                s(from),
                s(back)
            ),
            Op::RunPlainTest { group } => self.plain_test(&self.lowered.program.plain_tests[usize::from(group.0)]),
            Op::RunTest { group } => self.test(&self.lowered.program.tests[usize::from(group.0)]),
            Op::Peak { peak, a } => format!("{} = max({}, {})", s(peak), s(peak), s(a)),
            Op::PeakExcess { peak, balance, floor } => {
                format!("{} = max({}, {} - {})", s(peak), s(peak), s(balance), p(floor))
            }
            Op::PeakOfBoth { peak, a, peak_excess, balance, floor } => {
                format!("{} at least {}, {} at least {} - {}", s(peak), s(a), s(peak_excess), s(balance), p(floor))
            }
            Op::WeightByYears { sum, amount, years } => format!("{} += {} x {} years", s(sum), s(amount), p(years)),
            Op::Record { series, value } => format!("record {} as series {}", s(value), series.0),
            Op::SkipUnlessAny { flag, n } => format!("unless any {}: skip {n}", s(flag)),
            Op::SkipIfNothingDue { due, n } => format!("if nothing of {}: skip {n}", s(due)),
        }
    }

    fn plain_test(&self, test: &PlainTest) -> String {
        let side = match test.direction {
            super::Direction::AtLeast => ">=",
            super::Direction::AtMost => "<=",
        };
        let less = test.less.map_or(String::new(), |slot| format!(" - {}", self.slot(slot)));
        let plus = |param: Option<Param>| param.map_or(String::new(), |param| format!(" + {}", self.param(param)));
        format!(
            "test ({}{less}{}) / ({}{}) {side} {}: {}",
            self.slot(test.numerator),
            plus(test.numerator_plus),
            self.slot(test.denominator),
            plus(test.denominator_plus),
            decimal(test.level.level()),
            self.slot(test.failing)
        )
    }

    fn test(&self, test: &TestSlots) -> String {
        let side = match test.direction {
            super::Direction::AtLeast => ">=",
            super::Direction::AtMost => "<=",
        };
        format!(
            "test {} / {} {side} {} (cure {}, enter after {}, cure after {}{}): {}",
            self.slot(test.numerator),
            self.slot(test.denominator),
            decimal(test.level.level()),
            decimal(test.cure_level.level()),
            test.enter_after,
            test.cure_after,
            if test.sticky { ", sticky" } else { "" },
            self.slot(test.failing)
        )
    }
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Less => "<",
        Relation::LessOrEqual => "<=",
        Relation::Greater => ">",
        Relation::GreaterOrEqual => ">=",
        Relation::Equal => "==",
        Relation::NotEqual => "!=",
    }
}

/// A number of 1e-9 with its decimals.
pub fn decimal(units: i64) -> String {
    let (whole, rest) =
        (units.unsigned_abs() / NUMBER_SCALE.unsigned_abs(), units.unsigned_abs() % NUMBER_SCALE.unsigned_abs());
    let digits = format!("{rest:09}");
    let digits = digits.trim_end_matches('0');
    let sign = if units < 0 { "-" } else { "" };
    if digits.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{digits}") }
}
