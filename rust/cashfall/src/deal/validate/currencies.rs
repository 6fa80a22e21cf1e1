//! Currencies: cash of one does not meet cash of another but where a step exchanges it.

use super::Checker;
use super::formulas::Site;
use crate::deal::effect::Effect;
use crate::deal::model::{
    Amortisation, BaseRent, Convert, FeeAmount, InputUnit, Measure, Note, Notional, Step, Test, Verb,
};
use crate::deal::text::{FormulaText, Name};
use crate::formula::{self, Unit};

/// How cash comes into another currency.
const EXCHANGE: &str = "exchange cash with a `convert` step";

/// The formulas of a verb that exchanges cash.
pub(super) fn formulas_of_exchange(verb: &Verb) -> Vec<(&FormulaText, Unit)> {
    let Verb::Convert(convert) = verb else { return Vec::new() };
    let buy = convert.buy.iter().map(|buy| (buy, Unit::Amount));
    [(&convert.rate, Unit::Number)].into_iter().chain(buy).collect()
}

impl<'a> Checker<'a> {
    pub(super) fn currencies(&mut self) {
        for (name, input) in &self.deal.inputs {
            if input.currency.is_some() && input.unit == InputUnit::Number && self.are_read(name, &["unit"]) {
                let place = self.place(&format!("{}.currency", name.place.path));
                self.advise(&place, "no `currency` of an input that is a number", "`currency`", "drop it");
            }
        }
        if !self.hidden.is_empty() || !self.unread.is_empty() {
            return;
        }
        for (_, _, step) in self.all_steps() {
            match &step.verb {
                Verb::Convert(convert) => self.conversion(step, convert),
                _ if self.deal.has_several_currencies() => self.step_of_one_currency(step),
                _ => {}
            }
        }
        if self.deal.has_several_currencies() {
            self.objects_of_one_currency();
        }
    }

    fn currency_name(&self, currency: usize) -> &'a str {
        self.deal.currencies()[currency]
    }

    fn currency(&self, name: &Name) -> usize {
        self.deal.currency_of(&name.text)
    }

    /// That an object has the currency of another, which is told as `like`.
    fn in_currency_of(&mut self, name: &Name, like: &Name, way_out: &str) {
        let (own, other) = (self.currency(name), self.currency(like));
        if own != other && !name.text.is_empty() {
            let expected = format!("an object in {}, as `{}` is", self.currency_name(other), like.text);
            let found = format!("`{}`, which is in {}", name.text, self.currency_name(own));
            self.advise(&name.place, expected, found, way_out);
        }
    }

    /// That all of these have the currency of the first.
    fn alike(&mut self, names: &[Name], way_out: &str) {
        let [first, rest @ ..] = names else { return };
        rest.iter().for_each(|name| self.in_currency_of(name, first, way_out));
    }

    /// That an amount that a formula gives is in the currency of an object.
    fn amount_like(&mut self, text: &FormulaText, like: &Name) {
        let currency = self.currency(like);
        self.amount_in(text, currency, &format!(", as `{}` is", like.text));
    }

    fn amount_in(&mut self, text: &FormulaText, currency: usize, why: &str) {
        let Ok(expr) = formula::parse(text, self.deal, None) else { return };
        let Some(own) = formula::currency(&expr, text, self.deal).filter(|own| *own != currency) else { return };
        let expected = format!("an amount in {}{why}", self.currency_name(currency));
        let written = &text.text[expr.start..expr.end];
        let found = format!("an amount in {} (`{written}`)", self.currency_name(own));
        let to = self.currency_name(currency).to_ascii_lowercase();
        self.advise(&text.place_at(expr.start), expected, found, format!("write `convert({written}, rate, {to})`"));
    }

    // --- steps ---

    fn step_of_one_currency(&mut self, step: &Step) {
        let members = members(&step.verb);
        let Some(first) = members.first().cloned() else { return };
        self.alike(&members, EXCHANGE);
        let limits = step.verb.limit().into_iter().flat_map(|limit| limit.cap.iter().chain(&limit.keep_balance));
        let own = super::formulas::own_formula(&step.verb).filter(|(_, unit)| *unit == Unit::Amount);
        for text in limits.chain(own.map(|(text, _)| text)) {
            self.amount_like(text, &first);
        }
    }

    fn conversion(&mut self, step: &Step, convert: &Convert) {
        self.alike(&convert.from, "exchange each currency in a step of its own");
        let Some(first) = convert.from.first() else { return };
        if self.currency(first) == self.currency(&convert.to) {
            let currency = self.currency_name(self.currency(first));
            let expected = format!("an account in another currency than `{}`, which is in {currency}", first.text);
            let found = format!("`{}`, which is in {currency} too", convert.to.text);
            self.advise(&convert.to.place, expected, found, "move cash of one currency with `transfer`");
        }
        convert.buy.iter().for_each(|buy| self.amount_like(buy, &convert.to));
        let Some(limit) = &convert.limit else { return };
        limit.cap.iter().chain(&limit.keep_balance).for_each(|text| self.amount_like(text, first));
        if limit.to_target && convert.buy.is_some() {
            let place = self.place(&format!("{}.limit.to_target", Self::verb_path(step)));
            self.advise(&place, "no `to_target` beside `buy`", "both", "drop one of them");
        }
    }

    // --- objects ---

    fn objects_of_one_currency(&mut self) {
        let deal = self.deal;
        for (name, lease) in &deal.leases {
            if let BaseRent::Input(input) = &lease.base_rent {
                self.in_currency_of(input, name, "state the `currency` of the input, or of the lease");
            }
        }
        for (site, text, unit) in self.formulas_of_collateral() {
            if let (Site::Collateral(object, index), Unit::Amount) = (site, unit) {
                let name = deal.name_of_collateral(object, index);
                self.amount_like(text, name);
            }
        }
        for (name, account) in &deal.accounts {
            let Some(target) = &account.target else { continue };
            self.amount_like(&target.formula, name);
            let way_out = "name facilities in the account's currency";
            target.satisfied_by.iter().for_each(|facility| self.in_currency_of(facility, name, way_out));
        }
        for (name, fee) in &deal.fees {
            match &fee.amount {
                FeeAmount::ShareOf(share) => self.amount_like(&share.quantity, name),
                FeeAmount::RateOf(rate) => self.amount_like(&rate.quantity, name),
                _ => {}
            }
        }
        deal.fee_caps.iter().for_each(|(_, cap)| self.alike(&cap.fees, "give each currency a cap of its own"));
        deal.groups
            .iter()
            .for_each(|(_, group)| self.alike(&group.notes, "make a group of the notes of each currency"));
        deal.notes.iter().for_each(|(name, note)| self.sculpted_in_its_currency(name, note));
        deal.taxes.iter().for_each(|(name, tax)| self.amount_like(&tax.base, name));
        let notionals = deal.swaps.iter().map(|(name, swap)| (name, &swap.notional));
        for (name, notional) in notionals.chain(deal.caps.iter().map(|(name, cap)| (name, &cap.notional))) {
            if let Notional::Note(note) = notional {
                let (of_note, own) = (self.currency(note), self.currency(name));
                let (of_note, own) = (self.currency_name(of_note), self.currency_name(own));
                let way_out = format!("give the hedge `currency = \"{of_note}\"`, or name a note in {own}");
                self.in_currency_of(note, name, &way_out);
            }
        }
        for unwinding in deal.acceleration.iter().flat_map(|terms| &terms.swaps) {
            self.amount_like(&unwinding.amount, &unwinding.swap);
        }
        deal.tests.iter().for_each(|(name, test)| self.test_of_one_currency(name, test));
        self.inspected_currencies();
    }

    fn sculpted_in_its_currency(&mut self, name: &Name, note: &Note) {
        let several = match &note.amortisation.value {
            Amortisation::GreatestOf(several) => &several[..],
            _ => std::slice::from_ref(&note.amortisation),
        };
        for amortisation in several {
            if let Amortisation::Sculpted(sculpted) = &amortisation.value {
                self.amount_like(&sculpted.cash_flow, name);
            }
        }
    }

    /// All amounts of a measure are in the currency of its notes, or of its first amount; so is the cash that cures it.
    fn test_of_one_currency(&mut self, name: &Name, test: &Test) {
        let notes = test.measure.notes();
        self.alike(notes, "measure the notes of each currency in a test of its own");
        let mut formulas = test.measure.formulas();
        formulas.extend(test.measure.life_cover().map(|(cover, _)| &cover.cash_flow));
        if let Measure::Ratio(ratio) = &test.measure {
            formulas.extend([&ratio.numerator, &ratio.denominator]);
        }
        let of_notes = notes.first().map(|note| (self.currency(note), format!(", as `{}` is", note.text)));
        let of_formulas = || {
            formulas.iter().find_map(|text| {
                let expr = formula::parse(text, self.deal, None).ok()?;
                Some((formula::currency(&expr, text, self.deal)?, format!(", as `{}` is", text.text)))
            })
        };
        let known = of_notes.or_else(of_formulas);
        if let Some((currency, why)) = &known {
            formulas.iter().for_each(|text| self.amount_in(text, *currency, why));
        }
        if let (Some(cure), Some((currency, _))) = (&test.equity_cure, &known) {
            for name in [&cure.input, &cure.to] {
                let own = self.currency(name);
                if own != *currency {
                    let expected = format!("an object in {}, as the measure is", self.currency_name(*currency));
                    let found = format!("`{}`, which is in {}", name.text, self.currency_name(own));
                    self.advise(&name.place, expected, found, "cure the test in the currency that it measures");
                }
            }
        }
        test.effects.iter().for_each(|effect| self.effect_of_one_currency(name, effect));
    }

    fn effect_of_one_currency(&mut self, test: &Name, effect: &Effect) {
        match effect {
            Effect::SetReserve(set) => self.amount_like(&set.formula, &set.account),
            Effect::CashTrap(trap) => self.acts_on_distributions(test, "cash_trap", &trap.to),
            Effect::Sweep(sweep) => {
                self.alike(&sweep.notes, "give each currency an effect of its own");
                sweep.notes.first().into_iter().for_each(|note| self.acts_on_distributions(test, "sweep", note));
            }
            _ => {}
        }
    }

    /// That some step distributes in the currency in which an effect holds back.
    fn acts_on_distributions(&mut self, test: &Name, key: &str, like: &Name) {
        let currency = self.currency(like);
        let mut distributions =
            self.all_steps().filter(|(_, _, step)| matches!(step.verb, Verb::Distribute(_))).peekable();
        let any = distributions.peek().is_some();
        if any && !distributions.any(|(_, _, step)| step.verb.sources().iter().any(|s| self.currency(s) == currency)) {
            let in_it = self.currency_name(currency);
            let expected = format!("a `distribute` step in {in_it}, on which the `{key}` of `{}` acts", test.text);
            let way_out = format!("name what is in the currency of a `distribute` step, or distribute in {in_it}");
            self.advise(&like.place, expected, "none", way_out);
        }
    }

    /// That what is recorded under one name has one currency.
    fn inspected_currencies(&mut self) {
        let mut known: Vec<(&Name, usize)> = Vec::new();
        for inspect in self.deal.inspections() {
            let Ok(expr) = formula::parse(&inspect.value, self.deal, None) else { continue };
            let Some(currency) = formula::currency(&expr, &inspect.value, self.deal) else { continue };
            match known.iter().find(|(name, _)| name.text == inspect.name.text) {
                Some((first, currency)) => {
                    let why = format!(", as at `{}`", first.place.path);
                    self.amount_in(&inspect.value, *currency, &why);
                }
                None => known.push((&inspect.name, currency)),
            }
        }
    }
}

/// What a step moves cash between, or has formulas of: all in one currency. None of a step that may have several.
fn members(verb: &Verb) -> Vec<Name> {
    if matches!(
        verb,
        Verb::AccrueFee(_)
            | Verb::AccrueInterest(_)
            | Verb::CapitalizeInterest(_)
            | Verb::RunTests(_)
            | Verb::Waive(_)
            | Verb::Extend(_)
            | Verb::Convert(_)
    ) {
        return Vec::new();
    }
    let settled = if let Verb::SettleSwap(settle) = verb { Some(&settle.to) } else { None };
    let supports = verb.support().iter().map(|support| support.source.name());
    let parties = verb.sources().iter().chain(verb.receiving_account()).chain(settled).chain(supports).cloned();
    // A due is written as a quantity of its object.
    let object = |name: &Name| {
        let text = name.text.split('.').next().unwrap_or_default().to_owned();
        Name { text, place: name.place.clone() }
    };
    parties.chain(verb.funded().cloned()).chain(verb.objects().iter().map(object)).collect()
}
