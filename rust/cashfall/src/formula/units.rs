//! Units: what the author wrote becomes a typed tree, or every error of names and units in it.

use super::expr::{Expr, ExprKind, QuantityRef, Relation, Unit};
use super::lex::Token;
use super::literal::{LiteralError, constant, in_unit};
use super::parse::{Syntax, SyntaxKind};
use super::resolve::{quantity, written};
use crate::basics::units::{LIMIT, NUMBER_SCALE, format_amount};
use crate::deal::model::Deal;
use crate::deal::nearest::{did_you_mean, listed};
use crate::deal::{FormulaText, Problem};

pub(super) type Typed = Result<Expr, Vec<Problem>>;

/// Gives a formula names and units.
pub(crate) struct Typer<'a> {
    pub formula: &'a FormulaText,
    pub deal: &'a Deal,
    /// What the words of the `solve`s around a part stand for, the outermost first.
    pub unknowns: Vec<(String, Option<Unit>)>,
}

impl Typer<'_> {
    /// The typed tree of a part. `wanted` is the unit its place asks for, which literals take; it is not enforced.
    pub(crate) fn typed(&self, syntax: &Syntax<'_>, wanted: Option<Unit>) -> Typed {
        if let Some(value) = constant(syntax, self.deal.deal.rounding) {
            return match value {
                Ok(value) => self.literal(syntax, value, wanted.unwrap_or(Unit::Number)),
                Err((error, at)) => Err(vec![self.literal_problem(error, at, None)]),
            };
        }
        match &syntax.kind {
            SyntaxKind::Literal(_) => unreachable!("a literal is constant"),
            SyntaxKind::Path(words) => self.path(syntax, words),
            SyntaxKind::Negate(of) => self.negate(syntax, of, wanted),
            SyntaxKind::Not(of) => {
                let of = self.of_unit(of, Unit::Flag, "an operand of `not`")?;
                Ok(expr(syntax, Unit::Flag, ExprKind::Not(Box::new(of))))
            }
            SyntaxKind::Binary(operator, left, right) => match operator.text {
                "and" | "or" => self.logical(syntax, *operator, left, right),
                "+" | "-" => self.sum(syntax, *operator, left, right, wanted),
                "*" => self.product(syntax, *operator, left, right),
                "/" => self.quotient(syntax, *operator, left, right),
                _ => self.comparison(syntax, *operator, left, right),
            },
            SyntaxKind::Call(name, arguments) => self.call(syntax, *name, arguments, wanted),
        }
    }

    /// The unit a part has by itself; none if it is made of literals, or wrong. It checks nothing.
    pub(super) fn unit_of(&self, syntax: &Syntax<'_>) -> Option<Unit> {
        let or_number = |part: &Syntax<'_>| self.unit_of(part).unwrap_or(Unit::Number);
        match &syntax.kind {
            SyntaxKind::Literal(_) => None,
            SyntaxKind::Path(words) if self.unknown(words).is_some() => self.unknown(words)?.1,
            SyntaxKind::Path(words) => {
                let words = if words[0].text == "opening" { &words[1..] } else { words };
                let of = words.first().and_then(|_| quantity(words, self.formula, self.deal).ok());
                of.map(|of| of.unit(self.deal))
            }
            SyntaxKind::Negate(of) => self.unit_of(of),
            SyntaxKind::Not(_) => Some(Unit::Flag),
            SyntaxKind::Binary(..) if constant(syntax, self.deal.deal.rounding).is_some() => None,
            SyntaxKind::Binary(operator, left, right) => match operator.text {
                "*" | "/" if self.is_undecided(left) || self.is_undecided(right) => None,
                "+" | "-" => self.unit_of(left).or_else(|| self.unit_of(right)),
                "*" => Some(product_unit(or_number(left), or_number(right))),
                "/" => Some(or_number(left)),
                _ => Some(Unit::Flag),
            },
            SyntaxKind::Call(name, arguments) => match name.text {
                "if" => arguments.iter().skip(1).find_map(|argument| self.unit_of(argument)),
                "divide" => match arguments.as_slice() {
                    [a, b, _] => quotient_unit(or_number(a), or_number(b)).map(|(unit, _)| unit),
                    _ => None,
                },
                "convert" => Some(Unit::Amount),
                "solve" => self.unit_of_solve(arguments),
                "min" | "max" | "clip" | "abs" => arguments.iter().find_map(|argument| self.unit_of(argument)),
                _ => arguments.first().and_then(|argument| self.unit_of(argument)),
            },
        }
    }

    pub(super) fn problem(&self, at: usize, expected: impl Into<String>, found: impl Into<String>) -> Problem {
        Problem::new(&self.formula.place_at(at), expected, found)
    }

    fn written(&self, start: usize, end: usize) -> String {
        format!("`{}`", &self.formula.text[start..end])
    }

    /// `` an amount (`senior.balance`) ``
    fn described(&self, expr: &Expr) -> String {
        format!("{} ({})", expr.unit.described(), self.written(expr.start, expr.end))
    }

    fn literal(&self, syntax: &Syntax<'_>, value: i128, unit: Unit) -> Typed {
        match in_unit(value, unit, self.deal.deal.decimals as u32) {
            Ok(value) => Ok(expr(syntax, unit, ExprKind::Literal(value))),
            Err(error) => {
                let found = self.written(syntax.start, syntax.end);
                Err(vec![Problem { found, ..self.literal_problem(error, syntax.start, Some(unit)) }])
            }
        }
    }

    fn literal_problem(&self, error: LiteralError, at: usize, unit: Option<Unit>) -> Problem {
        let described = unit.map_or("a number", Unit::described);
        let found = self.formula.text[at..].split([' ', ',', ')']).next().unwrap_or("");
        let expected = match (error, unit) {
            (LiteralError::DivisorZero, _) => return self.problem(at, "a divisor other than 0", "a division by 0"),
            (_, Some(Unit::Flag)) => "a flag: 0 or 1".to_owned(),
            (LiteralError::TooManyDecimals, Some(Unit::Count)) => "a count: a whole number".to_owned(),
            (LiteralError::TooManyDecimals, Some(Unit::Amount)) => match self.deal.deal.decimals {
                0 => "an amount without decimals, as `deal.decimals` is 0".to_owned(),
                1 => "an amount with at most 1 decimal".to_owned(),
                n => format!("an amount with at most {n} decimals"),
            },
            (LiteralError::TooManyDecimals, _) => format!("{described} with at most 9 decimals"),
            (LiteralError::OutOfRange, Some(Unit::Amount)) => {
                format!("an amount below {}", format_amount(LIMIT, self.deal.deal.decimals as u32))
            }
            (LiteralError::OutOfRange, _) => format!("{described} below 2^52 units"),
        };
        self.problem(at, expected, format!("`{found}`"))
    }

    pub(super) fn of_unit(&self, syntax: &Syntax<'_>, unit: Unit, what: &str) -> Typed {
        let typed = self.typed(syntax, Some(unit))?;
        if typed.unit == unit {
            return Ok(typed);
        }
        let expected = format!("{} as {what}", unit.described());
        Err(vec![self.problem(typed.start, expected, self.described(&typed))])
    }

    fn path(&self, syntax: &Syntax<'_>, words: &[Token<'_>]) -> Typed {
        if let Some((level, unit)) = self.unknown(words) {
            return Ok(expr(syntax, unit.unwrap_or(Unit::Number), ExprKind::Unknown(level)));
        }
        let opening = words[0].text == "opening";
        if opening && words.len() < 3 {
            return Err(vec![self.problem(words[0].start, "`opening.object.quantity`", written(words))]);
        }
        let of = quantity(if opening { &words[1..] } else { words }, self.formula, self.deal).map_err(|p| vec![p])?;
        if opening && matches!(words[1].text, "inputs" | "period") {
            let problem = self.problem(words[0].start, "a quantity of an object after `opening`", written(words));
            return Err(vec![
                problem.with_way_out(format!("write `lag({}, 1, 0)`", written(&words[1..]).replace('`', ""))),
            ]);
        }
        let kind = |of, _| if opening { ExprKind::Opening(of) } else { ExprKind::Quantity(of) };
        Ok(self.summed(syntax, of, kind))
    }

    fn negate(&self, syntax: &Syntax<'_>, of: &Syntax<'_>, wanted: Option<Unit>) -> Typed {
        let of = self.typed(of, wanted)?;
        self.not_flag(&of, "`-`")?;
        Ok(expr(syntax, of.unit, ExprKind::Negate(Box::new(of))))
    }

    fn not_flag(&self, of: &Expr, operator: &str) -> Result<(), Vec<Problem>> {
        if of.unit != Unit::Flag {
            return Ok(());
        }
        let expected = format!("an amount, a number or a count with {operator}");
        let problem = self.problem(of.start, expected, self.described(of));
        Err(vec![problem.with_way_out("write `if(flag, a, b)`")])
    }

    fn logical(&self, syntax: &Syntax<'_>, operator: Token<'_>, left: &Syntax<'_>, right: &Syntax<'_>) -> Typed {
        let what = format!("an operand of `{}`", operator.text);
        let (left, right) = both(self.of_unit(left, Unit::Flag, &what), self.of_unit(right, Unit::Flag, &what))?;
        let kind = if operator.text == "and" { ExprKind::And(left, right) } else { ExprKind::Or(left, right) };
        Ok(expr(syntax, Unit::Flag, kind))
    }

    /// Two parts of equal units; literals take the other's unit, or the place's.
    fn pair(
        &self,
        operator: Token<'_>,
        left: &Syntax<'_>,
        right: &Syntax<'_>,
        wanted: Option<Unit>,
    ) -> Result<(Box<Expr>, Box<Expr>), Vec<Problem>> {
        let unit = self.unit_of(left).or_else(|| self.unit_of(right)).or(wanted);
        let (left, right) = both(self.typed(left, unit), self.typed(right, unit))?;
        if left.unit == right.unit {
            return Ok((left, right));
        }
        let found = format!("{} and {}", self.described(&left), self.described(&right));
        let problem = self.problem(operator.start, format!("equal units on both sides of `{}`", operator.text), found);
        Err(vec![problem.with_advice(self.reconcile(&left, &right))])
    }

    /// How an amount and a number could meet.
    fn reconcile(&self, left: &Expr, right: &Expr) -> Option<String> {
        let number = match (left.unit, right.unit) {
            (Unit::Amount, Unit::Number) => right,
            (Unit::Number, Unit::Amount) => left,
            _ => return None,
        };
        Some(format!("multiply {} by an amount", self.written(number.start, number.end)))
    }

    fn sum(
        &self,
        syntax: &Syntax<'_>,
        operator: Token<'_>,
        left: &Syntax<'_>,
        right: &Syntax<'_>,
        wanted: Option<Unit>,
    ) -> Typed {
        let wanted = wanted.filter(|unit| *unit != Unit::Flag);
        let (left, right) = self.pair(operator, left, right, wanted)?;
        self.not_flag(&left, &format!("`{}`", operator.text))?;
        let unit = left.unit;
        let kind = if operator.text == "+" { ExprKind::Add(left, right) } else { ExprKind::Subtract(left, right) };
        Ok(expr(syntax, unit, kind))
    }

    fn comparison(&self, syntax: &Syntax<'_>, operator: Token<'_>, left: &Syntax<'_>, right: &Syntax<'_>) -> Typed {
        let (left, right) = self.pair(operator, left, right, None)?;
        let relation = match operator.text {
            "<" => Relation::Less,
            "<=" => Relation::LessOrEqual,
            ">" => Relation::Greater,
            ">=" => Relation::GreaterOrEqual,
            "==" => Relation::Equal,
            _ => Relation::NotEqual,
        };
        Ok(expr(syntax, Unit::Flag, ExprKind::Compare(relation, left, right)))
    }

    fn product(&self, syntax: &Syntax<'_>, operator: Token<'_>, left: &Syntax<'_>, right: &Syntax<'_>) -> Typed {
        let (a, b) = both(self.typed(left, None), self.typed(right, None))?;
        self.not_flag(&a, "`*`")?;
        self.not_flag(&b, "`*`")?;
        let unit = product_unit(a.unit, b.unit);
        match (a.unit, b.unit) {
            (Unit::Amount, Unit::Amount) => {
                let found = format!("{} and {}", self.described(&a), self.described(&b));
                let problem = self.problem(operator.start, "at most one amount in a product", found);
                Err(vec![problem.with_way_out("divide one of them by an amount first: `divide(a, b, if_zero)`")])
            }
            (Unit::Count, _) | (_, Unit::Count) => Ok(expr(syntax, unit, ExprKind::Product(a, b))),
            _ => Ok(expr(syntax, unit, ExprKind::MulDiv { a, b, c: NUMBER_SCALE })),
        }
    }

    /// `a / literal`: R(a * 1e9 / literal), the literal a number.
    fn quotient(&self, syntax: &Syntax<'_>, operator: Token<'_>, left: &Syntax<'_>, right: &Syntax<'_>) -> Typed {
        let Some(divisor) = constant(right, self.deal.deal.rounding) else {
            let (_, divisor) = both(self.typed(left, None), self.typed(right, None))?;
            let problem = self.problem(divisor.start, "a literal after `/`", self.written(divisor.start, divisor.end));
            return Err(vec![problem.with_way_out("write `divide(a, b, if_zero)`")]);
        };
        let divisor = divisor.map_err(|(error, at)| vec![self.literal_problem(error, at, None)]);
        let divisor = divisor.and_then(|value| self.literal(right, value, Unit::Number));
        let (a, divisor) = both(self.typed(left, None), divisor)?;
        let ExprKind::Literal(divisor) = divisor.kind else { unreachable!("a literal") };
        if divisor == 0 {
            return Err(vec![self.problem(operator.start, "a divisor other than 0", "a division by 0")]);
        }
        if !matches!(a.unit, Unit::Amount | Unit::Number) {
            let problem = self.problem(a.start, "an amount or a number before `/`", self.described(&a));
            return Err(vec![problem]);
        }
        let sign = if divisor < 0 { -1 } else { 1 };
        let scale = expr(right, Unit::Number, ExprKind::Literal(sign * NUMBER_SCALE));
        Ok(expr(syntax, a.unit, ExprKind::MulDiv { a, b: Box::new(scale), c: sign * divisor }))
    }

    fn call(&self, syntax: &Syntax<'_>, name: Token<'_>, arguments: &[Syntax<'_>], wanted: Option<Unit>) -> Typed {
        let (least, most, form) = match name.text {
            "min" | "max" => (1, usize::MAX, "at least one argument"),
            "clip" => (3, 3, "three arguments: `clip(x, low, high)`"),
            "if" => (3, 3, "three arguments: `if(flag, a, b)`"),
            "divide" => (3, 3, "three arguments: `divide(a, b, if_zero)`"),
            "abs" => (1, 1, "one argument: `abs(x)`"),
            "solve" => (4, 4, "four arguments: `solve(name, formula, start, n)`"),
            "convert" => (3, 3, "three arguments: `convert(amount, rate, eur)`"),
            "lag" => (3, 3, "three arguments: `lag(object.quantity, n, default)`"),
            "trailing_sum" => (2, 2, "two arguments: `trailing_sum(object.quantity, n)`"),
            _ => (2, 2, "two arguments: `forward_sum(note.scheduled_debt_service, n)`"),
        };
        if arguments.len() < least || arguments.len() > most {
            return Err(vec![self.problem(name.start, form, format!("{}", arguments.len()))]);
        }
        match name.text {
            "min" | "max" | "clip" => self.extreme(syntax, name, arguments, wanted),
            "if" => self.choice(syntax, name, arguments, wanted),
            "divide" => self.divide(syntax, name, arguments),
            "abs" => {
                let of = self.typed(&arguments[0], wanted)?;
                self.not_flag(&of, "`abs`")?;
                Ok(expr(syntax, of.unit, ExprKind::Absolute(Box::new(of))))
            }
            "convert" => self.convert(syntax, arguments),
            "solve" => self.solve(syntax, arguments, wanted),
            _ => self.in_time(syntax, name, arguments),
        }
    }

    /// Arguments of one unit.
    fn alike(
        &self,
        name: Token<'_>,
        arguments: &[Syntax<'_>],
        wanted: Option<Unit>,
    ) -> Result<Vec<Expr>, Vec<Problem>> {
        let unit = arguments.iter().find_map(|argument| self.unit_of(argument)).or(wanted);
        let typed = all(arguments.iter().map(|argument| self.typed(argument, unit)))?;
        match typed.iter().find(|argument| argument.unit != typed[0].unit) {
            None => Ok(typed),
            Some(other) => {
                let found = format!("{} and {}", self.described(&typed[0]), self.described(other));
                let problem = self.problem(other.start, format!("equal units in `{}`", name.text), found);
                Err(vec![problem.with_advice(self.reconcile(&typed[0], other))])
            }
        }
    }

    fn extreme(&self, syntax: &Syntax<'_>, name: Token<'_>, arguments: &[Syntax<'_>], wanted: Option<Unit>) -> Typed {
        let mut parts = self.alike(name, arguments, wanted)?;
        self.not_flag(&parts[0], &format!("`{}`", name.text))?;
        let unit = parts[0].unit;
        let kind = match name.text {
            "min" => ExprKind::Minimum(parts),
            "max" => ExprKind::Maximum(parts),
            _ => {
                let high = parts.pop().expect("three arguments");
                ExprKind::Minimum(vec![expr(syntax, unit, ExprKind::Maximum(parts)), high])
            }
        };
        Ok(expr(syntax, unit, kind))
    }

    fn choice(&self, syntax: &Syntax<'_>, name: Token<'_>, arguments: &[Syntax<'_>], wanted: Option<Unit>) -> Typed {
        let flag = self.of_unit(&arguments[0], Unit::Flag, "the first argument of `if`");
        let (flag, branches) = match (flag, self.alike(name, &arguments[1..], wanted)) {
            (Ok(flag), Ok(branches)) => (flag, branches),
            (Err(a), Err(b)) => return Err([a, b].concat()),
            (Err(problems), _) | (_, Err(problems)) => return Err(problems),
        };
        let [a, b] = <[Expr; 2]>::try_from(branches).expect("two branches");
        Ok(expr(syntax, a.unit, ExprKind::If(Box::new(flag), Box::new(a), Box::new(b))))
    }

    fn divide(&self, syntax: &Syntax<'_>, name: Token<'_>, arguments: &[Syntax<'_>]) -> Typed {
        let (a, b) = both(self.typed(&arguments[0], None), self.typed(&arguments[1], None))?;
        let Some((unit, scale)) = quotient_unit(a.unit, b.unit) else {
            let expected = "`divide` of an amount by an amount, number or count, or of a number by a number or count";
            let found = format!("{} by {}", self.described(&a), self.described(&b));
            return Err(vec![self.problem(name.start, expected, found)]);
        };
        let if_zero = Box::new(self.of_unit(&arguments[2], unit, "`if_zero`, the unit of the quotient")?);
        Ok(expr(syntax, unit, ExprKind::Divide { a, scale, b, if_zero }))
    }

    /// `convert(amount, rate, currency)`
    fn convert(&self, syntax: &Syntax<'_>, arguments: &[Syntax<'_>]) -> Typed {
        let amount = self.of_unit(&arguments[0], Unit::Amount, "the first argument of `convert`");
        let rate = self.of_unit(&arguments[1], Unit::Number, "the rate of `convert`");
        let to = self.currency_argument(&arguments[2]).map_err(|problem| vec![problem]);
        let ((a, b), to) = match (both(amount, rate), to) {
            (Ok(factors), Ok(to)) => (factors, to),
            (Err(a), Err(b)) => return Err([a, b].concat()),
            (Err(problems), _) | (_, Err(problems)) => return Err(problems),
        };
        let product = expr(syntax, Unit::Amount, ExprKind::MulDiv { a, b, c: NUMBER_SCALE });
        Ok(expr(syntax, Unit::Amount, ExprKind::Convert(Box::new(product), to)))
    }

    /// The position of a currency that is written in small letters.
    fn currency_argument(&self, argument: &Syntax<'_>) -> Result<usize, Problem> {
        let currencies: Vec<String> = self.deal.currencies().iter().map(|name| name.to_ascii_lowercase()).collect();
        let found = &self.formula.text[argument.start..argument.end];
        currencies.iter().position(|name| name == found).ok_or_else(|| {
            let expected = format!("a currency of the deal in small letters: {}", listed(&currencies, "or"));
            let advice = did_you_mean(&found.to_ascii_lowercase(), currencies.iter().map(String::as_str));
            self.problem(argument.start, expected, format!("`{found}`")).with_advice(advice)
        })
    }

    /// `lag`, `trailing_sum` and `forward_sum`.
    fn in_time(&self, syntax: &Syntax<'_>, name: Token<'_>, arguments: &[Syntax<'_>]) -> Typed {
        let of = self.quantity_argument(name, &arguments[0]);
        let n = self.whole(&arguments[1]);
        let (of, n) = match (of, n) {
            (Ok(of), Ok(n)) => (of, n),
            (Err(a), Err(b)) => return Err(vec![a, b]),
            (Err(problem), _) | (_, Err(problem)) => return Err(vec![problem]),
        };
        let unit = of.unit(self.deal);
        let mut default = 0;
        if name.text == "lag" {
            let Some(value) = constant(&arguments[2], self.deal.deal.rounding) else {
                let found = self.written(arguments[2].start, arguments[2].end);
                return Err(vec![self.problem(arguments[2].start, "a literal as the default of `lag`", found)]);
            };
            let value = value.map_err(|(error, at)| vec![self.literal_problem(error, at, Some(unit))])?;
            let ExprKind::Literal(value) = self.literal(&arguments[2], value, unit)?.kind else {
                unreachable!("a literal")
            };
            default = value;
        }
        Ok(self.summed(syntax, of, |of, is_first| match name.text {
            // Before the first date the default counts once.
            "lag" => ExprKind::Lag { of, n, default: if is_first { default } else { 0 } },
            "trailing_sum" => ExprKind::TrailingSum { of, n },
            _ => ExprKind::ForwardSum { of, n },
        }))
    }

    fn quantity_argument(&self, name: Token<'_>, argument: &Syntax<'_>) -> Result<QuantityRef, Problem> {
        let expected = match name.text {
            "forward_sum" => "a scheduled quantity of a note, such as `senior.scheduled_debt_service`",
            "trailing_sum" => "a quantity that is not a flag",
            _ => "a quantity of an object",
        };
        let unlike = || self.problem(argument.start, expected, self.written(argument.start, argument.end));
        if let Some(problem) = self.unknown_in_time(name, argument) {
            return Err(problem);
        }
        let SyntaxKind::Path(words) = &argument.kind else {
            return Err(unlike());
        };
        if words[0].text == "opening" {
            return Err(unlike().with_way_out("write the quantity without `opening`"));
        }
        let of = quantity(words, self.formula, self.deal)?;
        let refused = match name.text {
            "forward_sum" => !of.is_scheduled(),
            "trailing_sum" => of.unit(self.deal) == Unit::Flag,
            _ => false,
        };
        if refused { Err(unlike()) } else { Ok(of) }
    }

    pub(super) fn whole(&self, argument: &Syntax<'_>) -> Result<usize, Problem> {
        let value = constant(argument, self.deal.deal.rounding).and_then(Result::ok);
        let whole = value.and_then(|value| in_unit(value, Unit::Count, 0).ok());
        whole.filter(|n| (1..=10_000).contains(n)).map(|n| n as usize).ok_or_else(|| {
            let found = self.written(argument.start, argument.end);
            self.problem(argument.start, "a whole number of dates from 1 to 10000", found)
        })
    }
}

fn expr(syntax: &Syntax<'_>, unit: Unit, kind: ExprKind) -> Expr {
    Expr { kind, unit, start: syntax.start, end: syntax.end }
}

/// The unit of a product; two amounts have none, and are refused elsewhere.
fn product_unit(a: Unit, b: Unit) -> Unit {
    match (a, b) {
        (Unit::Count, unit) | (unit, Unit::Count) => unit,
        (Unit::Amount, _) | (_, Unit::Amount) => Unit::Amount,
        _ => Unit::Number,
    }
}

/// The unit of a quotient and the scale that gives it.
fn quotient_unit(a: Unit, b: Unit) -> Option<(Unit, i64)> {
    match (a, b) {
        (Unit::Amount, Unit::Amount) | (Unit::Number, Unit::Number) => Some((Unit::Number, NUMBER_SCALE)),
        (Unit::Amount, Unit::Number) => Some((Unit::Amount, NUMBER_SCALE)),
        (Unit::Amount | Unit::Number | Unit::Count, Unit::Count) => Some((a, 1)),
        _ => None,
    }
}

fn both(left: Typed, right: Typed) -> Result<(Box<Expr>, Box<Expr>), Vec<Problem>> {
    match (left, right) {
        (Ok(left), Ok(right)) => Ok((Box::new(left), Box::new(right))),
        (Err(left), Err(right)) => Err([left, right].concat()),
        (Err(problems), _) | (_, Err(problems)) => Err(problems),
    }
}

fn all(parts: impl Iterator<Item = Typed>) -> Result<Vec<Expr>, Vec<Problem>> {
    let (mut exprs, mut problems) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Ok(expr) => exprs.push(expr),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(exprs) } else { Err(problems) }
}
