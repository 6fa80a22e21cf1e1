//! Names: one namespace, and every reference to an object of the right kind.

use super::Checker;
use crate::deal::error::Problem;
use crate::deal::nearest::{did_you_mean, nearest};
use crate::deal::place::Place;
use crate::deal::text::{Name, Table};
use crate::deal::walk::is_of_status;

/// What a name is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Schedule,
    Input,
    Lease,
    Contract,
    Cashflow,
    Account,
    Fee,
    FeeCap,
    Note,
    Group,
    Equity,
    Ledger,
    Tax,
    Facility,
    Swap,
    RateCap,
    Asset,
    Test,
}

impl Kind {
    /// With its article, as messages say it.
    pub(crate) fn described(self) -> &'static str {
        match self {
            Kind::Schedule => "a schedule",
            Kind::Input => "an input",
            Kind::Lease => "a lease",
            Kind::Contract => "a contract",
            Kind::Cashflow => "a cashflow",
            Kind::Account => "an account",
            Kind::Fee => "a fee",
            Kind::FeeCap => "a cap on fees",
            Kind::Note => "a note",
            Kind::Group => "a group of notes",
            Kind::Equity => "equity",
            Kind::Ledger => "a ledger",
            Kind::Tax => "a tax",
            Kind::Facility => "a facility",
            Kind::Swap => "a swap",
            Kind::RateCap => "a cap",
            Kind::Asset => "an asset",
            Kind::Test => "a test",
        }
    }
}

impl Kind {
    /// The table that holds its objects.
    fn table(self) -> &'static str {
        match self {
            Kind::Schedule => "schedules",
            Kind::Input => "inputs",
            Kind::Lease => "leases",
            Kind::Contract => "contracts",
            Kind::Cashflow => "cashflows",
            Kind::Account => "accounts",
            Kind::Fee => "fees",
            Kind::FeeCap => "fee_caps",
            Kind::Note => "notes",
            Kind::Group => "groups",
            Kind::Equity => "equity",
            Kind::Ledger => "ledgers",
            Kind::Tax => "taxes",
            Kind::Facility => "facilities",
            Kind::Swap => "swaps",
            Kind::RateCap => "caps",
            Kind::Asset => "assets",
            Kind::Test => "tests",
        }
    }
}

const RESERVED: [&str; 7] = ["opening", "tests", "inputs", "period", "inspect", "acceleration", "status"];
const TABLES: [&str; 24] = [
    "deal",
    "schedules",
    "inputs",
    "sizing_case",
    "scenarios",
    "leases",
    "contracts",
    "cashflows",
    "accounts",
    "fees",
    "fee_caps",
    "notes",
    "groups",
    "equity",
    "ledgers",
    "taxes",
    "facilities",
    "swaps",
    "caps",
    "assets",
    "tests",
    "acceleration",
    "blocks",
    "waterfalls",
];

fn names<T>(table: &Table<T>, kind: Kind) -> impl Iterator<Item = (&Name, Kind)> {
    table.iter().map(move |(name, _)| (name, kind))
}

/// What to add where the deal has no object of the right kind.
fn to_add(name: &str, kinds: &[Kind]) -> Option<String> {
    let tables: Vec<String> = kinds.iter().map(|kind| format!("`{}.{name}`", kind.table())).collect();
    (tables.len() <= 3).then(|| format!("add {}", tables.join(" or ")))
}

impl<'a> Checker<'a> {
    /// Names in tables under a misspelt key: a reference to one is not another mistake.
    pub(super) fn hidden_names(&mut self) {
        let tables = self.tree.entries().unwrap_or_default().iter();
        let unknown = tables.filter(|table| !TABLES.contains(&table.key.as_str()));
        let entries = unknown.flat_map(|table| table.node.entries().unwrap_or_default());
        self.hidden = entries.map(|entry| entry.key.as_str()).collect();
    }

    /// Builds the namespace, and checks that every name is well formed and stands once.
    pub(super) fn namespace(&mut self) {
        let deal = self.deal;
        let mut all: Vec<(&'a Name, Kind)> = names(&deal.schedules, Kind::Schedule)
            .chain(names(&deal.inputs, Kind::Input))
            .chain(names(&deal.leases, Kind::Lease))
            .chain(names(&deal.contracts, Kind::Contract))
            .chain(names(&deal.cashflows, Kind::Cashflow))
            .chain(names(&deal.accounts, Kind::Account))
            .chain(names(&deal.fees, Kind::Fee))
            .chain(names(&deal.fee_caps, Kind::FeeCap))
            .chain(names(&deal.notes, Kind::Note))
            .chain(names(&deal.groups, Kind::Group))
            .chain(names(&deal.equity, Kind::Equity))
            .chain(names(&deal.ledgers, Kind::Ledger))
            .chain(names(&deal.taxes, Kind::Tax))
            .chain(names(&deal.facilities, Kind::Facility))
            .chain(names(&deal.swaps, Kind::Swap))
            .chain(names(&deal.caps, Kind::RateCap))
            .chain(names(&deal.assets, Kind::Asset))
            .chain(names(&deal.tests, Kind::Test))
            .collect();
        all.sort_by_key(|(name, _)| (name.place.line, name.place.column));
        for (name, kind) in all {
            self.well_formed(name);
            match self.kinds.get(name.text.as_str()) {
                None => drop(self.kinds.insert(&name.text, kind)),
                Some(first) => {
                    let found = format!("`{}`, which is {} too", name.text, first.described());
                    self.advise(&name.place, "a name of its own for each object", found, "rename one of them");
                }
            }
        }
    }

    /// That a name matches `[a-z][a-z0-9_]*` and is not reserved.
    pub(super) fn well_formed(&mut self, name: &Name) {
        if self.well_spelt(name) && RESERVED.contains(&name.text.as_str()) {
            let found = format!("`{}`", name.text);
            self.advise(&name.place, "a name that is not reserved", found, "choose another name");
        }
    }

    /// That a name matches `[a-z][a-z0-9_]*`; one that formulas do not read may be reserved.
    pub(super) fn well_spelt(&mut self, name: &Name) -> bool {
        let mut letters = name.text.chars();
        let sound = letters.next().is_some_and(|c| c.is_ascii_lowercase())
            && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !sound {
            let expected = "a name of small letters, digits and underscores that begins with a letter";
            self.report(&name.place, expected, format!("`{}`", name.text));
        }
        sound
    }

    /// What a reference names, if it is one of `kinds`; else a problem.
    pub(super) fn refer(&mut self, name: &Name, kinds: &[Kind]) -> Option<Kind> {
        let hidden = self.hidden.contains(&name.text.as_str());
        if name.text.is_empty() || hidden || kinds.iter().any(|kind| !self.is_read_itself(kind.table())) {
            return None;
        }
        let described: Vec<&str> = kinds.iter().map(|kind| kind.described()).collect();
        let expected = described.join(" or ");
        match self.kinds.get(name.text.as_str()) {
            Some(kind) if kinds.contains(kind) => return Some(*kind),
            Some(kind) => {
                let found = format!("`{}`, which is {}", name.text, kind.described());
                self.report(&name.place, expected, found);
            }
            None => {
                let right = self.kinds.iter().filter(|(_, kind)| kinds.contains(kind)).map(|(name, _)| *name);
                let advice = match right.clone().next() {
                    None => to_add(&name.text, kinds),
                    Some(_) => self.nearest_or_all(&name.text, right.collect()),
                };
                let problem = Problem::new(&name.place, expected, format!("`{}`", name.text)).with_advice(advice);
                self.problems.push(problem);
            }
        }
        None
    }

    fn nearest_or_all(&self, word: &str, mut right: Vec<&str>) -> Option<String> {
        right.sort_unstable();
        let all = || {
            let list: Vec<String> = right.iter().take(6).map(|name| format!("`{name}`")).collect();
            let one = if list.len() == 1 { "there is" } else { "there are" };
            (!list.is_empty() && right.len() <= 6).then(|| format!("{one} {}", list.join(", ")))
        };
        nearest(word, right.iter().copied()).map(|best| format!("did you mean `{best}`?")).or_else(all)
    }

    /// A list of references: each of the right kind, none twice.
    pub(super) fn refer_all(&mut self, list: &[Name], kinds: &[Kind]) {
        let mut kinds = kinds.to_vec();
        if kinds.contains(&Kind::Note) && !self.deal.groups.is_empty() {
            // Of groups only those still stand here that have no note: that is told once.
            kinds.push(Kind::Group);
        }
        self.refer_each(list, &kinds);
    }

    /// The same, of these kinds only.
    pub(super) fn refer_each(&mut self, list: &[Name], kinds: &[Kind]) {
        for (i, name) in list.iter().enumerate() {
            self.refer(name, kinds);
            if list[..i].iter().any(|other| other.text == name.text) {
                self.report(&name.place, "each name once", format!("`{}` again", name.text));
            }
        }
    }

    /// The deal's own terms: its schedules and statuses.
    pub(super) fn terms(&mut self) {
        let terms = &self.deal.deal;
        self.refer(&terms.waterfall_dates, &[Kind::Schedule]);
        self.not_before_closing(&terms.waterfall_dates);
        if let Some(extra_dates) = &terms.extra_dates {
            self.refer(extra_dates, &[Kind::Schedule]);
            self.not_before_closing(extra_dates);
        }
        let ranked: Vec<Name> = terms.seniority.iter().flatten().flatten().cloned().collect();
        self.refer_all(&ranked, &[Kind::Note, Kind::Fee, Kind::Equity]);
        for (i, status) in terms.statuses.iter().enumerate() {
            self.well_spelt(status);
            if !is_of_status(&status.text) {
                let found = format!("`{}`", status.text);
                let way_out = "choose another name: that waterfall is of no status";
                self.advise(&status.place, "a status", found, way_out);
            }
            if terms.statuses[..i].iter().any(|other| other.text == status.text) {
                self.report(&status.place, "each status once", format!("`{}` again", status.text));
            }
        }
        self.waterfall_of_each_status();
    }

    fn waterfall_of_each_status(&mut self) {
        let deal = self.deal;
        if !self.hidden.is_empty() || !self.is_read_itself("waterfalls") || !self.is_read("deal.statuses") {
            return;
        }
        let statuses = || deal.deal.statuses.iter().map(|status| status.text.as_str());
        let unknown: Vec<&Name> = deal.waterfalls.iter().map(|(name, _)| name).collect();
        let unknown: Vec<&Name> = unknown
            .into_iter()
            .filter(|name| is_of_status(&name.text) && !statuses().any(|s| s == name.text))
            .collect();
        let listed = deal.deal.statuses.iter().enumerate().filter(|(i, _)| self.is_sound_status(*i));
        let listed = listed.map(|(_, status)| status);
        let missing: Vec<&Name> = listed.filter(|status| deal.waterfalls.position(&status.text).is_none()).collect();
        let words = || statuses().chain(["collection", "closing", "after"]);
        for name in &unknown {
            let advice = did_you_mean(&name.text, words());
            let advice = advice.or_else(|| Some(format!("add `{}` to `deal.statuses`", name.text)));
            let problem =
                Problem::new(&name.place, "`collection`, `closing`, `after` or a status", format!("`{}`", name.text));
            self.problems.push(problem.with_advice(advice));
        }
        for status in missing {
            if unknown.iter().any(|name| nearest(&name.text, words()) == Some(&status.text)) {
                continue;
            }
            let place = Place { path: format!("waterfalls.{}", status.text), ..self.place("waterfalls") };
            let way_out = format!("add `waterfalls.{}`", status.text);
            self.advise(&place, format!("a waterfall for the status `{}`", status.text), "none", way_out);
        }
    }

    /// Whether a table could be read as such, whatever is wrong inside it.
    pub(super) fn is_read_itself(&self, path: &str) -> bool {
        !self.unread.contains(&path)
    }
}
