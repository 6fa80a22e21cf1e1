"""The types of a deal given as a dict. Written by `cashfall schema`; do not edit."""

import datetime
from decimal import Decimal
from typing import Literal, NotRequired, Required, TypedDict

Date = str | datetime.date
"""A date, or its ISO text."""

Number = float | Decimal
"""An amount or a ratio; both types are read by their decimal digits."""

Formula = str
"""A formula, such as `senior.interest_due + senior.principal_due`."""


class Terms(TypedDict, total=False):
    """The deal as a whole."""

    name: Required[str]
    """A short name, as in file names."""

    title: NotRequired[str]
    """The name people read."""

    description: NotRequired[str]
    """What the deal is, in sentences."""

    currency: Required[str]
    """Three capitals, such as `USD`."""

    decimals: NotRequired[int]
    """How many decimals an amount has."""

    rounding: NotRequired[Literal["half_up", "half_even", "down"]]
    """How products and quotients are rounded."""

    pro_rata_remainder: NotRequired[Literal["cumulative", "first"]]
    """Where the cents go that pro rata shares leave over."""

    closing_date: Required[Date]
    """The first date of the deal."""

    waterfall_dates: Required[str]
    """The schedule on which the waterfall of the deal's status runs."""

    statuses: NotRequired[list[str]]
    """The statuses in order of severity; a deal begins in the first."""

    extra_dates: NotRequired[str]
    """A schedule of dates that are on the grid besides those the objects need."""

    seniority: NotRequired[list[list[str]]]
    """Who ranks before whom: lists of payees, the most senior first, those of one list equal. It moves no cash; the law `senior_before_junior` reads it."""


class RegularSchedule(TypedDict, total=False):
    """Dates at a regular distance of months, on one day of the month or the last day of a shorter month."""

    first: Required[Date]
    """The first date."""

    last: Required[Date]
    """The last date."""

    months: Required[int]
    """The distance in months."""

    day: NotRequired[int]
    """The day of the month; without it the day of `first`."""


class Schedule(TypedDict, total=False):
    """A list of dates. Exactly one key."""

    regular: NotRequired[RegularSchedule]
    """Dates at a regular distance of months."""

    dates: NotRequired[list[Date]]
    """The dates themselves, strictly increasing."""


class Input(TypedDict, total=False):
    """What a scenario may set."""

    unit: Required[Literal["number", "amount"]]
    """The unit of its values."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    default: NotRequired[Number]
    """The value where a scenario sets none."""

    default_steps: NotRequired[list[tuple[Date, Number] | list[Date | Number]]]
    """Default values in time: each holds from its date until the next."""

    minimum: NotRequired[Number]
    """The least value a scenario may set (0)."""

    maximum: NotRequired[Number]
    """The greatest value a scenario may set (number: 1,000; amount: 100,000,000,000)."""

    description: NotRequired[str]
    """What the input means."""


class NamedScenario(TypedDict, total=False):
    """A named scenario: the values of some inputs; the others take their defaults."""

    title: Required[str]
    """The name people read."""

    description: NotRequired[str]
    """What happens, in sentences."""

    inputs: Required[dict[str, Number | list[tuple[Date, Number] | list[Date | Number]]]]
    """The values: a scalar, or pairs of date and value, each of which holds from its date until the next; before the first date the default holds."""


class BaseRent(TypedDict, total=False):
    """The rent before escalation and factor. Exactly one key."""

    per_date: NotRequired[Number]
    """The rent of a payment date in the first lease year."""

    input: NotRequired[str]
    """The amount input that gives the rent of each payment date."""


class IndexGrowth(TypedDict, total=False):
    """The growth of an index from review to review."""

    input: Required[str]
    """The number input that holds the level."""

    floor: NotRequired[Number]
    """The least growth of a year."""

    cap: NotRequired[Number]
    """The greatest growth of a year."""


class RentEscalator(TypedDict, total=False):
    """How a rent grows with the lease years. Exactly one key."""

    annual: NotRequired[Number]
    """The growth a year."""

    index: NotRequired[IndexGrowth]
    """The growth of an index."""


class Renewal(TypedDict, total=False):
    """A term that the tenant may add; decided on the last rent date of the term before it."""

    until: Required[Date]
    """The last day of the term."""

    when: Required[Formula]
    """A formula that gives a flag: whether the tenant stays."""

    step: NotRequired[Number]
    """What the base rent grows by when the term begins."""


class Deferral(TypedDict, total=False):
    """Rents that are paid later, as under force majeure."""

    when: Required[Formula]
    """A formula that gives a flag: whether the rent of a date is deferred."""

    most: Required[int]
    """The most rents that are deferred."""

    over: Required[int]
    """In how many instalments what was deferred is paid."""


class TenantDefault(TypedDict, total=False):
    """The tenant stops paying, and the lease is rejected."""

    when: Required[Formula]
    """A formula that gives a flag."""

    claim_rents: NotRequired[int]
    """How many rents, that of the date included, are claimed."""

    recovery: NotRequired[Formula]
    """A formula that gives a number: the share of the claim that is recovered."""

    after: NotRequired[int]
    """How many rent dates later."""


class Termination(TypedDict, total=False):
    """The tenant leaves early."""

    when: Required[Formula]
    """A formula that gives a flag."""

    payment: Required[Formula]
    """A formula that gives the amount the tenant pays."""


class Purchase(TypedDict, total=False):
    """The tenant buys the property."""

    when: Required[Formula]
    """A formula that gives a flag."""

    price: Required[Formula]
    """A formula that gives the amount the tenant pays."""


class Casualty(TypedDict, total=False):
    """The property is destroyed."""

    when: Required[Formula]
    """A formula that gives a flag."""

    insurance: Required[Formula]
    """A formula that gives the amount the insurer pays."""


class Relet(TypedDict, total=False):
    """The empty property is let again."""

    after: NotRequired[int]
    """How many rent dates it stays empty."""

    rent: Required[Formula]
    """A formula that gives the rent of a date."""


class Sale(TypedDict, total=False):
    """The empty property is sold."""

    after: NotRequired[int]
    """How many rent dates later."""

    value: Required[Formula]
    """A formula that gives the amount it brings."""


class ResidualValueGuarantee(TypedDict, total=False):
    """A guarantee of the property's value."""

    threshold: Required[list[tuple[Date, Number] | list[Date | Number]]]
    """Pairs of date and amount; the dates strictly increase. Each holds from its date until the next."""

    until: Required[Date]
    """The last day on which it is called."""

    cap: Required[Number]
    """The most it pays."""

    value: Required[Formula]
    """A formula that gives the value of the property on the day it becomes empty."""

    after: NotRequired[int]
    """How many rent dates later it pays."""


class Empty(TypedDict, total=False):
    """Nothing more to say."""


class IssuerFirst(TypedDict, total=False):
    """The issuer's claim."""

    claim: Required[Formula]
    """A formula that gives the amount."""


class ResidualRanking(TypedDict, total=False):
    """Who has the cash of sale and guarantee. Exactly one key."""

    pro_rata: NotRequired[Empty]
    """Each owner has its share."""

    issuer_first: NotRequired[IssuerFirst]
    """The issuer has what it claims, the others what is left."""


class Lease(TypedDict, total=False):
    """A lease, whose rent is due on payment dates after commencement up to its end."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    commencement: Required[Date]
    """The day the lease begins."""

    end: Required[Date]
    """The last day of the lease, or of its initial term."""

    payment_dates: Required[str]
    """The schedule on which rent is due."""

    base_rent: Required[BaseRent]
    """The rent before escalation and factor."""

    escalator: NotRequired[RentEscalator]
    """How the base rent grows with the lease years; only with `per_date`."""

    factor: NotRequired[str]
    """A number input by which the rent is multiplied."""

    issuer_share: NotRequired[Number]
    """The issuer's share of the rent."""

    begins_when: NotRequired[Formula]
    """A formula that gives a flag: rents are counted from the first rent date on which it is 1."""

    free_rents: NotRequired[int]
    """How many of the first rents are not charged."""

    renewals: NotRequired[list[Renewal]]
    """Terms that the tenant may add."""

    deferral: NotRequired[Deferral]
    """Rents that may be paid later."""

    default: NotRequired[TenantDefault]
    """What happens when the tenant stops paying."""

    termination: NotRequired[Termination]
    """What the tenant pays to leave early."""

    purchase: NotRequired[Purchase]
    """What the tenant pays for the property."""

    casualty: NotRequired[Casualty]
    """What insurance pays for the property."""

    deposit: NotRequired[Number]
    """What is held for the tenant, outside the deal's accounts."""

    relet: NotRequired[Relet]
    """At what rent the property is let again."""

    sale: NotRequired[Sale]
    """What the property is sold for once it is empty."""

    residual_value_guarantee: NotRequired[ResidualValueGuarantee]
    """What is guaranteed of the property's value when it becomes empty."""

    residual_ranking: NotRequired[ResidualRanking]
    """Who has the cash of sale and guarantee."""


class Prepayment(TypedDict, total=False):
    """A payment ahead, which later fees are credited with."""

    amount: Required[Number]
    """What is paid."""

    date: Required[Date]
    """The payment date on which it is paid."""

    credited_from: Required[Date]
    """The first day on which a fee is credited."""

    over: Required[int]
    """In how many fees it is credited."""


class CustomerDefault(TypedDict, total=False):
    """The customer stops paying, and the contract ends."""

    when: Required[Formula]
    """A formula that gives a flag."""

    remarketing: NotRequired[Formula]
    """A formula that gives what the remaining capacity is expected to bring."""

    on_demand: Required[Formula]
    """A formula that gives a number: the on-demand price per unit and hour."""

    recovery: NotRequired[Formula]
    """A formula that gives a number: the share of the damages that is recovered."""

    after: NotRequired[int]
    """How many payment dates later."""


class Rollover(TypedDict, total=False):
    """The capacity is sold at the market price."""

    price: Required[Formula]
    """A formula that gives a number: the price per unit and hour."""

    utilization: NotRequired[Formula]
    """A formula that gives a number: the share of the capacity that is sold."""

    after: NotRequired[int]
    """How many payment dates it earns nothing."""


class Contract(TypedDict, total=False):
    """Capacity that a customer has for a price per unit and hour."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    commencement: Required[Date]
    """The day the contract begins."""

    end: Required[Date]
    """The last day of the contract; a payment date."""

    payment_dates: Required[str]
    """The schedule on which fees are due."""

    capacity: Required[list[tuple[Date, Number] | list[Date | Number]]]
    """Pairs of date and units, such as GPUs or megawatts; the dates strictly increase."""

    price: Required[list[tuple[Date, Number] | list[Date | Number]]]
    """Pairs of date and price per unit and hour; the dates strictly increase."""

    utilization: NotRequired[Formula]
    """A formula that gives a number: the share of the capacity that is used."""

    take_or_pay: NotRequired[Number]
    """The share of the contracted fee that is billed whether it is used or not."""

    availability: NotRequired[Formula]
    """A formula that gives a number: the share of the hours in which the capacity is there."""

    credits: NotRequired[list[tuple[Number, Number] | list[Number | Number]]]
    """Pairs of an availability and the share of the bill that is credited below it; the first strictly increase."""

    prepayment: NotRequired[Prepayment]
    """What the customer pays before it uses anything."""

    investment_grade: NotRequired[Formula]
    """A formula that gives a flag: whether the customer is investment grade."""

    default: NotRequired[CustomerDefault]
    """What happens when the customer stops paying."""

    rollover: NotRequired[Rollover]
    """What the capacity earns without the contract."""


class Lot(TypedDict, total=False):
    """Machines that are bought together."""

    purchased: Required[Date]
    """The day from which they are there."""

    units: Required[int]
    """How many they are."""

    cost: Required[Number]
    """What they cost together."""

    life: Required[int]
    """In how many months they are written off, in a straight line."""


class Power(TypedDict, total=False):
    """Power at a price."""

    kilowatts: Required[Number]
    """The kilowatts that a unit takes."""

    effectiveness: NotRequired[Number]
    """Power usage effectiveness: the power of the site over that of the machines."""

    price: Required[Formula]
    """A formula that gives a number: the price of a kilowatt-hour, in units of the currency."""

    utilization: NotRequired[Formula]
    """A formula that gives a number: the share of the hours in which the machines run."""


class FleetSale(TypedDict, total=False):
    """The machines are sold, all at once."""

    when: Required[Formula]
    """A formula that gives a flag."""

    haircut: NotRequired[Formula]
    """A formula that gives a number: the share of the market value that a sale does not bring."""

    after: NotRequired[int]
    """How many payment dates later it brings cash."""


class Fleet(TypedDict, total=False):
    """Machines, such as GPUs, in lots."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    payment_dates: Required[str]
    """The schedule on which its figures are made."""

    lots: Required[list[Lot]]
    """The lots that are bought."""

    market_price: NotRequired[Formula]
    """A formula that gives a number: what a unit brings on the market, in units of the currency."""

    power: NotRequired[Power]
    """What the machines take of power."""

    sale: NotRequired[FleetSale]
    """What happens when the machines are sold."""


class Cashflow(TypedDict, total=False):
    """Dated amounts that come in or go out."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    direction: Required[Literal["in", "out"]]
    """Whether they come in or go out."""

    amounts: NotRequired[list[tuple[Date, Number] | list[Date | Number]]]
    """Pairs of date and amount; the dates strictly increase."""

    amount: NotRequired[Formula]
    """In the place of `amounts`, a formula that gives the amount of a date."""

    dates: NotRequired[str]
    """The schedule on which the formula is evaluated."""

    factor: NotRequired[str]
    """A number input by which the amounts are multiplied."""


class Advance(TypedDict, total=False):
    """A class of collateral at its advance rate."""

    of: Required[Formula]
    """A formula that gives the amount of the class."""

    rate: Required[Formula]
    """A formula that gives a number: the share of it that is lent, at most 1."""


class Coverage(TypedDict, total=False):
    """Cash flow over the cover that is asked for."""

    of: Required[Formula]
    """A formula that gives the cash flow."""

    ratio: Required[Number]
    """How many times it covers what is lent."""


class MarketValue(TypedDict, total=False):
    """What a market would bring."""

    of: Required[Formula]
    """A formula that gives the value."""

    haircut: Required[Formula]
    """A formula that gives a number: the share of it that is not lent."""


class BaseTest(TypedDict, total=False):
    """A test of a borrowing base. Exactly one key."""

    advance: NotRequired[list[Advance]]
    """Classes of collateral, each at its advance rate."""

    coverage: NotRequired[Coverage]
    """Cash flow over the cover that is asked for."""

    market: NotRequired[MarketValue]
    """What a market would bring."""


class BorrowingBase(TypedDict, total=False):
    """What may be borrowed against collateral: the least of several tests."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    payment_dates: Required[str]
    """The schedule on which it is made."""

    lesser_of: Required[list[BaseTest]]
    """The tests of which the least counts."""


class Target(TypedDict, total=False):
    """What a reserve is to hold."""

    formula: Required[Formula]
    """A formula that gives an amount; below zero counts as zero."""

    view: NotRequired[Literal["scheduled"]]
    """The view under which it may look forward."""

    satisfied_by: NotRequired[list[str]]
    """Facilities whose available amounts count towards it."""

    prefund: NotRequired[Literal["path", "peak"]]
    """Whether it follows its formula, or holds the greatest value still to come."""


class FixedRate(TypedDict, total=False):
    """One rate a year."""

    rate: Required[Number]
    """The rate a year."""


class FloatingRate(TypedDict, total=False):
    """An index and a margin."""

    index: Required[str]
    """The number input that is the index."""

    margin: NotRequired[Number]
    """What is added to the index."""

    floor: NotRequired[Number]
    """The least that the rate can be."""

    fixing: NotRequired[Literal["in_advance", "in_arrears"]]
    """When the index of a period is read."""


class HedgeRate(TypedDict, total=False):
    """A rate a year. Exactly one key."""

    fixed: NotRequired[FixedRate]
    """One rate."""

    floating: NotRequired[FloatingRate]
    """An index and a margin."""


class Earns(TypedDict, total=False):
    """The interest that the balance of an account earns."""

    rate: Required[HedgeRate]
    """The rate a year."""

    payment_dates: Required[str]
    """The schedule on which it is paid."""

    day_count: Required[Literal["30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda", "act/360", "act/365f", "act/act_isda", "act/act_icma", "regular"]]
    """How days are counted; the denominator must be fixed."""


class Account(TypedDict, total=False):
    """Where cash is held."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    opening_balance: NotRequired[Number]
    """The balance before the first date."""

    target: NotRequired[Target]
    """What the account is to hold; it makes the account a reserve."""

    earns: NotRequired[Earns]
    """The interest that its balance earns."""


class Escalator(TypedDict, total=False):
    """How an amount grows with the years. Exactly one key."""

    annual: NotRequired[Number]
    """The growth a year."""


class FixedFee(TypedDict, total=False):
    """A fixed fee."""

    per_date: Required[Number]
    """The amount of a payment date in the first year."""

    escalator: NotRequired[Escalator]
    """How it grows with the years from the closing date."""


class ShareOf(TypedDict, total=False):
    """A fee that is a share of a quantity; below zero counts as zero."""

    share: Required[Number]
    """The share."""

    quantity: Required[Formula]
    """A formula that gives an amount."""


class PerYear(TypedDict, total=False):
    """An amount a year, prorated by day count."""

    amount: Required[Number]
    """The amount of a year."""

    day_count: Required[Literal["30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda", "act/360", "act/365f", "act/act_isda", "act/act_icma", "regular"]]
    """How a period's fraction of a year is counted."""


class RateOf(TypedDict, total=False):
    """A rate a year on a quantity, prorated by day count; below zero the quantity counts as zero."""

    rate: Required[Number]
    """The rate a year."""

    quantity: Required[Formula]
    """A formula that gives an amount."""

    day_count: Required[Literal["30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda", "act/360", "act/365f", "act/act_isda", "act/act_icma", "regular"]]
    """How a period's fraction of a year is counted."""


class FeeAmount(TypedDict, total=False):
    """How much of a fee accrues on a payment date. Exactly one key."""

    fixed: NotRequired[FixedFee]
    """A fixed amount."""

    share_of: NotRequired[ShareOf]
    """A share of a quantity."""

    per_year: NotRequired[PerYear]
    """An amount a year, prorated."""

    rate_of: NotRequired[RateOf]
    """A rate a year on a quantity, prorated."""

    table: NotRequired[list[tuple[Date, Number] | list[Date | Number]]]
    """Amounts in time: each holds from its date until the next."""


class UnpaidInterest(TypedDict, total=False):
    """Interest on what was due and unpaid."""

    rate: Required[Number]
    """The rate a year."""

    day_count: Required[Literal["30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda", "act/360", "act/365f", "act/act_isda", "act/act_icma", "regular"]]
    """How days are counted; the denominator must be fixed."""


class AnnualCap(TypedDict, total=False):
    """The most that falls due in a cap year; the rest is a due of its own."""

    annual: Required[Number]
    """The amount of a cap year."""

    year_starts: Required[str]
    """Where cap years begin: `closing`, or a month and day such as `01-01`."""

    stub: NotRequired[Literal["prorated", "full"]]
    """What the first cap year may hold where it is shorter than a year."""

    carry_forward: NotRequired[bool]
    """Whether what is left of a cap year is added to the next."""

    suspended_if: NotRequired[Formula]
    """A flag formula; where it is 1 the cap holds nothing back and is not used up."""


class Fee(TypedDict, total=False):
    """A fee that falls due on payment dates."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    payment_dates: Required[str]
    """The schedule on which it accrues."""

    amount: Required[FeeAmount]
    """How much accrues on a payment date."""

    accrues_on_unpaid: NotRequired[UnpaidInterest]
    """Interest on what is due and unpaid."""

    cap: NotRequired[AnnualCap]
    """The most that falls due in a cap year."""


class FeeCap(TypedDict, total=False):
    """One annual cap for several fees."""

    fees: Required[list[str]]
    """The fees that share it."""

    cap: Required[AnnualCap]
    """The cap."""


class FixedCoupon(TypedDict, total=False):
    """One rate for the whole term."""

    rate: Required[Number]
    """The rate a year."""


class Floating(TypedDict, total=False):
    """An index that is fixed once for each interest period."""

    index: Required[str]
    """The number input that holds the index."""

    margin: NotRequired[Number]
    """What is added to the index."""

    credit_adjustment: NotRequired[Number]
    """What is added to the index before its floor."""

    floor: NotRequired[Number]
    """The least index, with its credit adjustment."""

    all_in_floor: NotRequired[Number]
    """The least rate."""

    all_in_cap: NotRequired[Number]
    """The greatest rate."""

    rate_decimals: NotRequired[int]
    """To how many decimals the rate is rounded, as a number: 7 is five decimals of a percent."""

    fixing: NotRequired[Literal["in_advance", "in_arrears"]]
    """Whether the index is fixed at the beginning of the period or on its payment date."""

    lookback: NotRequired[int]
    """How many grid dates earlier the index is read."""


class Averaged(TypedDict, total=False):
    """An index over the observations of an interest period: the grid dates in it."""

    index: Required[str]
    """The number input that holds the index."""

    margin: NotRequired[Number]
    """What is added to the index."""

    credit_adjustment: NotRequired[Number]
    """What is added to the index before its floor."""

    floor: NotRequired[Number]
    """The least index, with its credit adjustment."""

    floor_per: NotRequired[Literal["observation", "period"]]
    """Whether the floor bounds each observation or the period's result."""

    all_in_floor: NotRequired[Number]
    """The least rate."""

    all_in_cap: NotRequired[Number]
    """The greatest rate."""

    rate_decimals: NotRequired[int]
    """To how many decimals the rate is rounded, as a number: 7 is five decimals of a percent."""

    lookback: NotRequired[int]
    """How many grid dates earlier the index of an observation is read."""

    observation_shift: NotRequired[bool]
    """Whether an observation's weight too is that of the earlier date."""

    lockout: NotRequired[int]
    """How many of the last observations take the index of the one before them."""


class IndexLevel(TypedDict, total=False):
    """The growth of an index level from the beginning to the end of an interest period."""

    index: Required[str]
    """The number input that holds the level."""

    margin: NotRequired[Number]
    """The rate a year that is borne besides."""

    lookback: NotRequired[int]
    """How many grid dates earlier the levels are read."""


class FormulaCoupon(TypedDict, total=False):
    """The value of a formula where interest accrues."""

    rate: Required[Formula]
    """A formula that gives a number: the rate a year."""

    all_in_floor: NotRequired[Number]
    """The least rate."""

    all_in_cap: Required[Number]
    """The greatest rate."""

    rate_decimals: NotRequired[int]
    """To how many decimals the rate is rounded, as a number: 7 is five decimals of a percent."""

    scheduled_rate: NotRequired[Number]
    """The rate with which scheduled interest is made."""


class Coupon(TypedDict, total=False):
    """The interest rate of a note. Exactly one key."""

    fixed: NotRequired[FixedCoupon]
    """One rate for the whole term."""

    steps: NotRequired[list[tuple[Date, Number] | list[Date | Number]]]
    """Pairs of date and rate: each holds for interest periods that begin on or after its date, until the next."""

    floating: NotRequired[Floating]
    """An index that is fixed once for each interest period."""

    simple_daily: NotRequired[Averaged]
    """The mean of an index over the observations of an interest period, weighted by days."""

    compounded: NotRequired[Averaged]
    """An index compounded over the observations of an interest period."""

    index_level: NotRequired[IndexLevel]
    """The growth of an index level from the beginning to the end of an interest period."""

    formula: NotRequired[FormulaCoupon]
    """The value of a formula where interest accrues."""


class DefaultRate(TypedDict, total=False):
    """What is added to the rate while a flag holds."""

    extra: Required[Number]
    """The rate a year that is added."""

    when: Required[Formula]
    """A flag formula, read when interest accrues."""


class Level(TypedDict, total=False):
    """Equal instalments of interest and principal."""

    first_date: Required[Date]
    """The first payment date with principal."""


class Sculpted(TypedDict, total=False):
    """Debt service in proportion to a cash flow on the sizing case."""

    first_date: Required[Date]
    """The first payment date with principal."""

    cash_flow: Required[Formula]
    """A formula that gives an amount; it reads inputs, leases, cashflow amounts and accruals of fixed fees."""


class Explicit(TypedDict, total=False):
    """Stated amounts of principal."""

    principal: Required[list[tuple[Date, Number] | list[Date | Number]]]
    """Pairs of payment date and amount; they sum to the original balance."""


class Bullet(TypedDict, total=False):
    """All at maturity."""


class BalanceAtMost(TypedDict, total=False):
    """What a balance may be at most."""

    formula: Required[Formula]
    """A formula that gives an amount; it reads what collateral reads, and all collateral."""


class Amortisation(TypedDict, total=False):
    """How a note is repaid. Exactly one key."""

    level: NotRequired[Level]
    """Equal instalments of interest and principal."""

    sculpted: NotRequired[Sculpted]
    """Debt service in proportion to a cash flow."""

    explicit: NotRequired[Explicit]
    """Stated amounts of principal."""

    bullet: NotRequired[Bullet]
    """All at maturity."""

    sweep: NotRequired[Bullet]
    """All at maturity, as steps sweep what there is."""

    balance_at_most: NotRequired[BalanceAtMost]
    """All at maturity, and before it what is above a formula on a payment date."""

    target_balance: NotRequired[list[tuple[Date, Number] | list[Date | Number]]]
    """Pairs of payment date and scheduled balance, which holds until the next."""

    percent_of_original: NotRequired[list[tuple[Date, Number] | list[Date | Number]]]
    """Pairs of payment date and share of the original balance."""

    greatest_of: NotRequired[list["Amortisation"]]
    """The greatest principal due of several schedules: the least of their balances."""


class UnpaidRate(TypedDict, total=False):
    """The rate that unpaid interest bears. Exactly one key."""

    none: NotRequired[Empty]
    """Nothing."""

    note: NotRequired[Empty]
    """The note's rate."""

    default: NotRequired[Empty]
    """The note's rate with what its default rate adds, whether or not its flag holds."""

    rate: NotRequired[Number]
    """A rate of its own."""


class InterestOnUnpaid(TypedDict, total=False):
    """What unpaid interest bears. Exactly one verb."""

    compounding: NotRequired[bool]
    """Whether interest on unpaid interest bears interest itself."""

    none: NotRequired[Empty]
    """Nothing."""

    note: NotRequired[Empty]
    """The note's rate."""

    default: NotRequired[Empty]
    """The note's rate with what its default rate adds, whether or not its flag holds."""

    rate: NotRequired[Number]
    """A rate of its own."""


class MakeWhole(TypedDict, total=False):
    """The rate at which coupons and the first call price are discounted."""

    rate: NotRequired[Number]
    """A stated rate a year."""

    index: NotRequired[str]
    """The number input that holds the rate."""

    spread: NotRequired[Number]
    """What is added to the index."""


class Call(TypedDict, total=False):
    """At what prices a note may be prepaid."""

    schedule: Required[list[tuple[Date, Number] | list[Date | Number]]]
    """Pairs of date and price per 100, which holds until the next."""

    make_whole: NotRequired[MakeWhole]
    """The price before the first of these dates: a present value."""


class AnticipatedRepayment(TypedDict, total=False):
    """Additional interest from a date on."""

    date: Required[Date]
    """The anticipated repayment date."""

    extra: Required[Number]
    """The additional rate a year."""


class Funding(TypedDict, total=False):
    """How a note is drawn after its dated date."""

    maximum: Required[Number]
    """The most that is drawn, the original balance included."""

    until: NotRequired[Date]
    """The last day on which it is drawn."""

    revolving: NotRequired[bool]
    """Whether what has been repaid can be drawn again."""


class Extension(TypedDict, total=False):
    """To which dates the maturity of a note can be extended."""

    maturity_dates: Required[list[Date]]
    """The maturity after each extension; payment dates, strictly increasing."""

    extra: NotRequired[Number]
    """What is added to the rate from each extension on."""


class Note(TypedDict, total=False):
    """A note: a balance that bears interest and is repaid on a schedule."""

    title: NotRequired[str]
    """The name people read."""

    cusip: NotRequired[str]
    """The CUSIP number."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    original_balance: Required[Number]
    """The balance on the dated date."""

    dated_date: Required[Date]
    """The day from which interest runs."""

    maturity_date: Required[Date]
    """The last payment date."""

    payment_dates: Required[str]
    """The schedule on which interest and principal are paid."""

    day_count: Required[Literal["30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda", "act/360", "act/365f", "act/act_isda", "act/act_icma", "regular"]]
    """How a period's fraction of a year is counted."""

    coupon: Required[Coupon]
    """The interest rate."""

    default_rate: NotRequired[DefaultRate]
    """What is added to the rate while a flag holds."""

    amortisation: Required[Amortisation]
    """How the note is repaid."""

    rounding_unit: NotRequired[Number]
    """The denomination per which interest is rounded; it divides the original balance."""

    interest_on_unpaid: NotRequired[InterestOnUnpaid]
    """What unpaid interest bears; without it nothing."""

    missed_principal: NotRequired[Literal["carry", "target_balance", "at_maturity"]]
    """When principal that was missed falls due."""

    apply_to: NotRequired[Literal["direct", "inverse", "pro_rata"]]
    """Which instalments principal paid ahead reduces."""

    issue_price: NotRequired[Number]
    """What one unit of the original balance was issued for."""

    factor_decimals: NotRequired[int]
    """To how many decimals the recorded factor is rounded."""

    call: NotRequired[Call]
    """At what prices it may be prepaid; without it at 100."""

    anticipated_repayment: NotRequired[AnticipatedRepayment]
    """From when on it bears additional interest, due for itself."""

    funding: NotRequired[Funding]
    """How it is drawn after its dated date; without it, it is not."""

    extension: NotRequired[Extension]
    """To which dates its maturity can be extended."""


class NoteGroup(TypedDict, total=False):
    """A class of several notes: its name stands for them."""

    title: NotRequired[str]
    """The name people read."""

    notes: Required[list[str]]
    """The notes, in order."""


class Equity(TypedDict, total=False):
    """Who receives distributions."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""


class Ledger(TypedDict, total=False):
    """A count of amounts that holds no cash: `book` writes to it, formulas read it."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    kind: NotRequired[Literal["cumulative", "maximum_to_date"]]
    """What it makes of an amount that is booked."""

    opening: NotRequired[Number]
    """The balance before the first date; it may be negative."""

    floor: NotRequired[Number]
    """The balance below which a booking does not bring it; only for `cumulative`."""

    reset_when: NotRequired[Formula]
    """A flag formula; at the start of a date on which it is 1 the balance becomes the opening one."""


class Tax(TypedDict, total=False):
    """A tax on what a formula says."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    rate: Required[Number]
    """The rate."""

    base: Required[Formula]
    """A formula that gives the amount to be taxed; below zero there is no tax."""


class Facility(TypedDict, total=False):
    """A commitment from which cash can be drawn."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    commitment: Required[Number]
    """The most that can be drawn."""

    payment_dates: Required[str]
    """The schedule on which interest and fee fall due."""

    day_count: Required[Literal["30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda", "act/360", "act/365f", "act/act_isda", "act/act_icma", "regular"]]
    """How days are counted; the denominator must be fixed."""

    availability_end: NotRequired[Date]
    """The last date on which it is available."""

    commitment_fee: NotRequired[Number]
    """The rate a year on what is available."""

    interest: NotRequired[HedgeRate]
    """The rate a year on what is drawn."""

    revolving: NotRequired[bool]
    """Whether what is repaid can be drawn again."""

    draw_stop: NotRequired[Formula]
    """A flag formula; where it is 1 nothing can be drawn."""


class SwapLeg(TypedDict, total=False):
    """One side of a swap."""

    rate: Required[HedgeRate]
    """The rate a year."""

    day_count: Required[Literal["30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda", "act/360", "act/365f", "act/act_isda", "act/act_icma", "regular"]]
    """How days are counted; the denominator must be fixed."""


class Notional(TypedDict, total=False):
    """The amount on which a hedge is computed. Exactly one key."""

    schedule: NotRequired[list[tuple[Date, Number] | list[Date | Number]]]
    """Amounts in time: each holds from its date until the next."""

    note: NotRequired[str]
    """The balance of a note."""


class Swap(TypedDict, total=False):
    """An interest rate swap: two legs, settled net."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    pay: Required[SwapLeg]
    """What the deal pays."""

    receive: Required[SwapLeg]
    """What the deal receives."""

    notional: Required[Notional]
    """The amount on which both are computed."""

    payment_dates: Required[str]
    """The schedule on which it settles."""


class RateCap(TypedDict, total=False):
    """An interest rate cap that the deal has bought."""

    title: NotRequired[str]
    """The name people read."""

    currency: NotRequired[str]
    """The currency of its amounts, three capitals; without it the deal's."""

    index: Required[str]
    """The number input that is the index."""

    strike: Required[Number]
    """The rate above which the cap pays."""

    day_count: Required[Literal["30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda", "act/360", "act/365f", "act/act_isda", "act/act_icma", "regular"]]
    """How days are counted; the denominator must be fixed."""

    notional: Required[Notional]
    """The amount on which it is computed."""

    payment_dates: Required[str]
    """The schedule on which it settles."""

    fixing: NotRequired[Literal["in_advance", "in_arrears"]]
    """When the index of a period is read."""


class ShareOnDates(TypedDict, total=False):
    """A share of a balance on each date of a schedule."""

    share: Required[Formula]
    """A formula that gives a number; below 0 counts as 0, and above 1 as 1."""

    payment_dates: Required[str]
    """The schedule."""


Asset = TypedDict(
    "Asset",
    {
        # The name people read.
        "title": NotRequired[str],
        # The currency of its amounts, three capitals; without it the deal's.
        "currency": NotRequired[str],
        # The face amount before the first date.
        "opening_balance": NotRequired[Number],
        # A formula that gives a number: the cash that one unit of face amount costs.
        "price": Required[Formula],
        # What its balance earns.
        "yield": NotRequired[Earns],
        # What of its balance is repaid.
        "runoff": NotRequired[ShareOnDates],
        # What of its balance is lost.
        "loss": NotRequired[ShareOnDates],
    },
    total=False,
)
"""A holding that the deal buys and sells."""


class Dscr(TypedDict, total=False):
    """A cash flow over the interest accrued and the scheduled principal due of notes."""

    cash_flow: Required[Formula]
    """A formula that gives an amount."""

    notes: Required[list[str]]
    """The notes whose debt service is covered."""


class Ratio(TypedDict, total=False):
    """A ratio of two formulas, both amounts or both numbers."""

    numerator: Required[Formula]
    """The numerator."""

    denominator: Required[Formula]
    """The denominator."""

    denominator_kind: NotRequired[Literal["flow", "stock"]]
    """Whether the denominator is summed over the window."""


class Icr(TypedDict, total=False):
    """A cash flow over the interest accrued on notes."""

    cash_flow: Required[Formula]
    """A formula that gives an amount."""

    notes: Required[list[str]]
    """The notes whose interest is covered."""


class Ic(TypedDict, total=False):
    """A cash flow over the interest due on notes, paid or not."""

    cash_flow: Required[Formula]
    """A formula that gives an amount."""

    notes: Required[list[str]]
    """The class, and the notes that rank with or before it."""


class Oc(TypedDict, total=False):
    """Collateral over the balances of notes."""

    collateral: Required[Formula]
    """A formula that gives an amount."""

    notes: Required[list[str]]
    """The class, and the notes that rank with or before it."""


class Ltv(TypedDict, total=False):
    """The balances of notes over a value."""

    value: Required[Formula]
    """A formula that gives an amount."""

    notes: Required[list[str]]
    """The notes."""


class DebtYield(TypedDict, total=False):
    """A year's cash flow over the balances of notes."""

    cash_flow: Required[Formula]
    """A formula that gives an amount; the window adds it up."""

    notes: Required[list[str]]
    """The notes."""


class CumulativeLoss(TypedDict, total=False):
    """Losses to date over the original amount."""

    loss: Required[Formula]
    """The losses to date: a formula that gives an amount."""

    original: Required[Formula]
    """The original amount: a formula that gives an amount."""


class MinLiquidity(TypedDict, total=False):
    """An amount over the least that there must be."""

    amount: Required[Formula]
    """What there is: a formula that gives an amount."""

    minimum: Required[Formula]
    """What there must be: a formula that gives an amount."""


class ContractRealisation(TypedDict, total=False):
    """What contracts brought over what they promised."""

    realised: Required[Formula]
    """What came: a formula that gives an amount."""

    contracted: Required[Formula]
    """What was promised: a formula that gives an amount."""


class BorrowingBaseCover(TypedDict, total=False):
    """A borrowing base over the balances of notes."""

    base: Required[Formula]
    """Eligible collateral at its advance rates: a formula that gives an amount."""

    notes: Required[list[str]]
    """What is drawn on it."""


class FormulaMeasure(TypedDict, total=False):
    """A formula that gives a number."""

    value: Required[Formula]
    """The formula."""


class LifeCover(TypedDict, total=False):
    """The present value of a cash flow of the sizing case over the balances of notes."""

    cash_flow: Required[Formula]
    """A formula that gives an amount; it reads inputs, leases, cashflow amounts and accruals of fixed fees."""

    notes: Required[list[str]]
    """The notes."""

    rate: Required[Number]
    """The rate a year at which the cash flow is discounted."""

    day_count: Required[Literal["30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda", "act/360", "act/365f", "act/act_isda", "act/act_icma", "regular"]]
    """How the time between dates is counted."""


class Measure(TypedDict, total=False):
    """What a test measures. Exactly one key."""

    dscr: NotRequired[Dscr]
    """Debt service coverage."""

    ratio: NotRequired[Ratio]
    """A ratio of two formulas."""

    icr: NotRequired[Icr]
    """Interest cover: a cash flow over the interest accrued."""

    ic: NotRequired[Ic]
    """Interest coverage of a class: a cash flow over the interest due, arrears included."""

    oc: NotRequired[Oc]
    """Overcollateralisation: collateral over balances."""

    ltv: NotRequired[Ltv]
    """Loan to value: balances over a value."""

    debt_yield: NotRequired[DebtYield]
    """Debt yield: a year's cash flow over balances."""

    cumulative_loss: NotRequired[CumulativeLoss]
    """Losses to date over the original amount."""

    min_liquidity: NotRequired[MinLiquidity]
    """An amount over the least that there must be."""

    contract_realisation: NotRequired[ContractRealisation]
    """What contracts brought over what they promised."""

    borrowing_base: NotRequired[BorrowingBaseCover]
    """A borrowing base over balances."""

    formula: NotRequired[FormulaMeasure]
    """A formula that gives a number."""

    llcr: NotRequired[LifeCover]
    """Loan life cover: the present value of scheduled cash flow up to the last maturity, over balances."""

    plcr: NotRequired[LifeCover]
    """Project life cover: the present value of scheduled cash flow up to the last date, over balances."""


class ForwardWindow(TypedDict, total=False):
    """A window on what is to come."""

    n: Required[int]
    """Over how many following test dates sums are taken."""

    view: Required[Literal["scheduled", "current", "foresight"]]
    """Which inputs the formulas see."""


Holiday = TypedDict(
    "Holiday",
    {
        # Its first day.
        "from": Required[Date],
        # Its last day.
        "to": Required[Date],
    },
    total=False,
)
"""A span of dates, both ends included."""


class CureWindow(TypedDict, total=False):
    """How many cures there may be in a number of readings in a row."""

    n: Required[int]
    """The most cures."""

    dates: Required[int]
    """The readings in a row."""


class EquityCure(TypedDict, total=False):
    """A sponsor's cash that lets a failing reading pass."""

    input: Required[str]
    """The amount input that says what the sponsor would give on a date."""

    to: Required[str]
    """The account that receives the cash."""

    apply: Required[Literal["deemed_cfads", "deposit", "prepay"]]
    """What the cash counts as."""

    max_per_life: NotRequired[int]
    """How many cures there may be in all."""

    max_per_window: NotRequired[CureWindow]
    """How many cures there may be in a number of readings in a row."""

    no_consecutive: NotRequired[bool]
    """Whether no reading may be cured after one that was."""

    stays_dates: NotRequired[int]
    """For how many readings the cash counts, that of the cure included; with `deemed_cfads` only."""

    notes: NotRequired[list[str]]
    """The notes that the cash repays, in order; with `prepay` only."""


class LockUp(TypedDict, total=False):
    """Nothing is distributed."""


class CashTrap(TypedDict, total=False):
    """A share of what would be distributed goes into an account."""

    share: NotRequired[Number]
    """The share."""

    to: Required[str]
    """The account."""


class SweepEffect(TypedDict, total=False):
    """A share of what would be distributed repays notes, in order, on their payment dates."""

    share: NotRequired[Number]
    """The share."""

    notes: Required[list[str]]
    """The notes."""


class SetReserve(TypedDict, total=False):
    """An account's target is at least a formula."""

    account: Required[str]
    """The account, which has a target."""

    formula: Required[Formula]
    """A formula that gives an amount."""

    view: NotRequired[Literal["scheduled"]]
    """What a formula that looks forward looks at."""


class Accelerate(TypedDict, total=False):
    """Accelerates the debt, as `acceleration` says."""


class Reinstate(TypedDict, total=False):
    """Rescinds the acceleration where the test stops failing."""


class DrawStop(TypedDict, total=False):
    """Nothing is drawn from facilities and on notes."""

    facilities: NotRequired[list[str]]
    """The facilities."""

    notes: NotRequired[list[str]]
    """The notes, which have `funding`."""


class EarlyAmortization(TypedDict, total=False):
    """The balances of notes are due on their payment dates."""

    notes: Required[list[str]]
    """The notes."""


class RateStep(TypedDict, total=False):
    """Notes bear more."""

    notes: Required[list[str]]
    """The notes."""

    extra: Required[Number]
    """What is added to their rates."""


class RunSteps(TypedDict, total=False):
    """Goes through the steps of a block."""

    block: Required[str]
    """The block."""


class Effect(TypedDict, total=False):
    """What happens while a test fails. Exactly one key."""

    set_status: NotRequired[str]
    """The deal takes this status, unless a more severe one is set."""

    lock_up: NotRequired[LockUp]
    """Nothing is distributed."""

    cash_trap: NotRequired[CashTrap]
    """A share of what would be distributed goes into an account."""

    sweep: NotRequired[SweepEffect]
    """A share of what would be distributed repays notes."""

    set_reserve: NotRequired[SetReserve]
    """An account's target is at least a formula."""

    accelerate: NotRequired[Accelerate]
    """The debt is accelerated."""

    reinstate: NotRequired[Reinstate]
    """Where the test stops failing, the acceleration is rescinded."""

    draw_stop: NotRequired[DrawStop]
    """Nothing is drawn from facilities and on notes."""

    early_amortization: NotRequired[EarlyAmortization]
    """The balances of notes are due on their payment dates."""

    rate_step: NotRequired[RateStep]
    """Notes bear more."""

    run_steps: NotRequired[RunSteps]
    """The steps of a block happen after the step that runs the test."""


class Test(TypedDict, total=False):
    """A test: a measure held against a level, with a memory."""

    measure: Required[Measure]
    """What is measured."""

    requires: NotRequired[Literal["at_least", "at_most"]]
    """On which side of the level the test passes.  Without it `at_most` for `ltv` and `cumulative_loss`, else `at_least`."""

    level: Required[Number]
    """The level at which a test that holds fails."""

    cure_level: NotRequired[Number]
    """The level at which a failing test passes again; without it `level`."""

    enter_after: NotRequired[int]
    """How many fails in a row make it failing."""

    cure_after: NotRequired[int]
    """How many passes in a row cure it."""

    window: NotRequired[int]
    """Over how many measured dates sums are taken."""

    by: NotRequired[Literal["ratio_of_sums", "mean_of_ratios"]]
    """Whether a window divides sums or averages ratios."""

    window_start: NotRequired[Literal["wait", "partial", "annualise"]]
    """What happens before the window is full."""

    forward: NotRequired[ForwardWindow]
    """A window on what is to come, in the place of one on what has been."""

    dates: Required[str]
    """The schedule on which it is measured; all on waterfall dates."""

    first_date: NotRequired[Date]
    """The first date on which it is measured."""

    holiday: NotRequired[list[Holiday]]
    """Spans of dates, both ends included, in which it is not measured."""

    when_undefined: Required[Literal["pass", "fail", "hold"]]
    """What a date without a denominator counts as."""

    sticky: NotRequired[bool]
    """Whether a failing test stays failing."""

    equity_cure: NotRequired[EquityCure]
    """How a sponsor may cure a reading."""

    effects: NotRequired[list[Effect]]
    """What happens while it fails."""


class Unwinding(TypedDict, total=False):
    """A swap that is terminated where acceleration begins."""

    swap: Required[str]
    """The swap."""

    amount: Required[Formula]
    """A formula that gives what the deal owes then; below zero it is owed to the deal."""


class Acceleration(TypedDict, total=False):
    """What it means that the debt is accelerated."""

    notes: Required[list[str]]
    """The notes whose balances fall due at once."""

    status: NotRequired[str]
    """The status that the deal has at least."""

    premium: NotRequired[bool]
    """Whether the premium of the notes' call prices falls due."""

    swaps: NotRequired[list[Unwinding]]
    """The swaps that are terminated."""


Collect = TypedDict(
    "Collect",
    {
        # Leases, contracts, incoming cashflows and notes.
        "from": Required[list[str]],
        # The account.
        "to": Required[str],
    },
    total=False,
)
"""Brings rent, inflows and note proceeds into an account."""


class AccrueFee(TypedDict, total=False):
    """Makes fees due."""

    fees: Required[list[str]]
    """The fees."""


class AccrueInterest(TypedDict, total=False):
    """Makes interest due."""

    notes: Required[list[str]]
    """The notes."""


class Limit(TypedDict, total=False):
    """What a step may not exceed; of several limits all apply."""

    cap: NotRequired[Formula]
    """The step pays no more than this formula's amount in all."""

    share_of_due: NotRequired[Number]
    """Each request is this share of what is due."""

    keep_balance: NotRequired[Formula]
    """Each source keeps this formula's amount."""

    above_target: NotRequired[bool]
    """Each source that has a target keeps its target."""

    to_target: NotRequired[bool]
    """The receiving account gets no more than it lacks of its target."""


class SupportSource(TypedDict, total=False):
    """From where a support comes. Exactly one key."""

    from_account: NotRequired[str]
    """An account, up to its whole balance."""

    from_facility: NotRequired[str]
    """A facility, up to what it has available."""


class Support(TypedDict, total=False):
    """Someone who pays what the sources of a step leave unpaid. Exactly one verb."""

    only_if: NotRequired[Formula]
    """A flag formula; where it is 0 nothing comes from here."""

    from_account: NotRequired[str]
    """An account, up to its whole balance."""

    from_facility: NotRequired[str]
    """A facility, up to what it has available."""


Pay = TypedDict(
    "Pay",
    {
        # The dues, such as `senior.interest_due`, `servicing.due` or `senior.balance`.
        "dues": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # How the dues rank.
        "ranking": NotRequired[Literal["sequential", "pro_rata"]],
        # By what the dues share, with `ranking = "pro_rata"`; without it by what is due.
        "weights": NotRequired[Literal["balance"] | list[Number]],
        # In which order the dues stand.
        "order": NotRequired[Literal["listed", "reverse", "by_name", "by_rate", "by_maturity", "by_dated_date"]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
        # Who pays what the sources leave unpaid, in order.
        "support": NotRequired[list[Support]],
    },
    total=False,
)
"""Pays dues of any kind together."""


PayFee = TypedDict(
    "PayFee",
    {
        # The fees.
        "fees": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # How the fees rank.
        "ranking": NotRequired[Literal["sequential", "pro_rata"]],
        # By what the fees share, with `ranking = "pro_rata"`; without it by what is due.
        "weights": NotRequired[Literal["balance"] | list[Number]],
        # In which order the fees stand.
        "order": NotRequired[Literal["listed", "reverse", "by_name", "by_rate", "by_maturity", "by_dated_date"]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
        # Who pays what the sources leave unpaid, in order.
        "support": NotRequired[list[Support]],
    },
    total=False,
)
"""Pays fees that are due."""


PayInterest = TypedDict(
    "PayInterest",
    {
        # The notes.
        "notes": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # How the notes rank.
        "ranking": NotRequired[Literal["sequential", "pro_rata"]],
        # By what the notes share, with `ranking = "pro_rata"`; without it by what is due.
        "weights": NotRequired[Literal["balance"] | list[Number]],
        # In which order the notes stand.
        "order": NotRequired[Literal["listed", "reverse", "by_name", "by_rate", "by_maturity", "by_dated_date"]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
        # Who pays what the sources leave unpaid, in order.
        "support": NotRequired[list[Support]],
    },
    total=False,
)
"""Pays interest that is due."""


PayPrincipal = TypedDict(
    "PayPrincipal",
    {
        # The notes.
        "notes": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # How the notes rank.
        "ranking": NotRequired[Literal["sequential", "pro_rata"]],
        # By what the notes share, with `ranking = "pro_rata"`; without it by what is due.
        "weights": NotRequired[Literal["balance"] | list[Number]],
        # In which order the notes stand.
        "order": NotRequired[Literal["listed", "reverse", "by_name", "by_rate", "by_maturity", "by_dated_date"]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
        # Who pays what the sources leave unpaid, in order.
        "support": NotRequired[list[Support]],
    },
    total=False,
)
"""Pays principal that is due."""


PayCost = TypedDict(
    "PayCost",
    {
        # The outgoing cashflows.
        "cashflows": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # How the cashflows rank.
        "ranking": NotRequired[Literal["sequential", "pro_rata"]],
        # By what the cashflows share, with `ranking = "pro_rata"`; without it by what is due.
        "weights": NotRequired[Literal["balance"] | list[Number]],
        # In which order the cashflows stand.
        "order": NotRequired[Literal["listed", "reverse", "by_name", "by_rate", "by_maturity", "by_dated_date"]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
        # Who pays what the sources leave unpaid, in order.
        "support": NotRequired[list[Support]],
    },
    total=False,
)
"""Pays what is due of outgoing cashflows."""


Sweep = TypedDict(
    "Sweep",
    {
        # The notes.
        "notes": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # How the notes rank.
        "ranking": NotRequired[Literal["sequential", "pro_rata"]],
        # By what the notes share, with `ranking = "pro_rata"`; without it by what is due.
        "weights": NotRequired[Literal["balance"] | list[Number]],
        # In which order the notes stand.
        "order": NotRequired[Literal["listed", "reverse", "by_name", "by_rate", "by_maturity", "by_dated_date"]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
        # Who pays what the sources leave unpaid, in order.
        "support": NotRequired[list[Support]],
    },
    total=False,
)
"""Pays principal ahead, up to the balance."""


FillReserve = TypedDict(
    "FillReserve",
    {
        # The reserve.
        "account": Required[str],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
        # Who pays what the sources leave unpaid, in order.
        "support": NotRequired[list[Support]],
    },
    total=False,
)
"""Lifts a reserve to its target."""


class ReleaseReserve(TypedDict, total=False):
    """Moves what a reserve holds above its target."""

    account: Required[str]
    """The reserve."""

    to: Required[str]
    """The account that receives."""


class ReleaseTrap(TypedDict, total=False):
    """Moves all that an account holds."""

    account: Required[str]
    """The account."""

    to: Required[str]
    """The account that receives."""


Transfer = TypedDict(
    "Transfer",
    {
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # The account that receives.
        "to": Required[str],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
    },
    total=False,
)
"""Moves cash between accounts."""


Convert = TypedDict(
    "Convert",
    {
        # The accounts that pay, in order; all in one currency.
        "from": Required[list[str]],
        # The account that receives, in another currency.
        "to": Required[str],
        # A formula that gives a number: units of the new currency for one of the old.
        "rate": Required[Formula],
        # A formula that gives the amount of the new currency to buy; without it all that there is is sold.
        "buy": NotRequired[Formula],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
    },
    total=False,
)
"""Exchanges cash of one currency for cash of another."""


Distribute = TypedDict(
    "Distribute",
    {
        # The equity that receives.
        "to": Required[str],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
    },
    total=False,
)
"""Pays equity."""


Prepay = TypedDict(
    "Prepay",
    {
        # The notes.
        "notes": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # A formula that bounds the principal in all.
        "amount": NotRequired[Formula],
        # Whether all of the notes is repaid or nothing, as in a clean-up call.
        "whole": NotRequired[bool],
    },
    total=False,
)
"""Pays principal ahead at call prices."""


class CapitalizeInterest(TypedDict, total=False):
    """Adds interest that is due to the balance."""

    notes: Required[list[str]]
    """The notes."""

    share: NotRequired[Formula]
    """A formula that gives the share of the interest due, from 0 to 1; without it all."""

    pik_premium: NotRequired[Number]
    """The rate a year that capitalised interest bears besides the note's."""


class WriteDown(TypedDict, total=False):
    """Writes balances down, beginning with the last note."""

    notes: Required[list[str]]
    """The notes, from the most senior down."""

    amount: Required[Formula]
    """A formula that gives the amount in all."""


class WriteUp(TypedDict, total=False):
    """Writes balances up again, beginning with the first note, to no more than they were written down."""

    notes: Required[list[str]]
    """The notes, from the most senior down."""

    amount: Required[Formula]
    """A formula that gives the amount in all."""


class RunTests(TypedDict, total=False):
    """Measures tests and sets the deal's status."""

    tests: Required[list[str]]
    """The tests."""


class SetStatus(TypedDict, total=False):
    """Steps into a status, or out of one."""

    status: Required[str]
    """The status."""

    now: NotRequired[bool]
    """Whether the scenario leaves this waterfall for that of its status at once."""


class Waive(TypedDict, total=False):
    """Waives tests: their effects do not act for a while."""

    tests: Required[list[str]]
    """The tests."""

    n_dates: NotRequired[int]
    """For how many of the test's dates, from this date on (1)."""

    until: NotRequired[Date]
    """The last day of the waiver."""


class Rescind(TypedDict, total=False):
    """Rescinds the acceleration, unless a test that accelerates is failing and not waived."""


class Inspect(TypedDict, total=False):
    """Records the value of a formula."""

    name: Required[str]
    """The name: the output is `inspect.<name>`."""

    value: Required[Formula]
    """A formula of any unit."""


If = TypedDict(
    "If",
    {
        # A flag formula, read when the block begins.
        "condition": Required[Formula],
        # The steps where it is 1.
        "then": Required[list["Step"]],
        # The steps where it is 0.
        "else": NotRequired[list["Step"]],
    },
    total=False,
)
"""Goes one way or the other."""


class Book(TypedDict, total=False):
    """Writes an amount to a ledger."""

    ledger: Required[str]
    """The ledger."""

    amount: Required[Formula]
    """A formula that gives the amount."""


PayTax = TypedDict(
    "PayTax",
    {
        # The taxes.
        "taxes": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # How the taxes rank.
        "ranking": NotRequired[Literal["sequential", "pro_rata"]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
    },
    total=False,
)
"""Computes taxes, and pays what is due."""


class DrawFacility(TypedDict, total=False):
    """Draws cash from a facility."""

    facility: Required[str]
    """The facility."""

    to: Required[str]
    """The account that receives."""

    amount: NotRequired[Formula]
    """A formula that gives the amount asked for; without it all that is available."""


RepayFacility = TypedDict(
    "RepayFacility",
    {
        # The facilities.
        "facilities": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # How the facilities rank.
        "ranking": NotRequired[Literal["sequential", "pro_rata"]],
        # By what the facilities share, with `ranking = "pro_rata"`; without it by what is drawn.
        "weights": NotRequired[Literal["balance"] | list[Number]],
        # In which order the facilities stand.
        "order": NotRequired[Literal["listed", "reverse", "by_name", "by_rate", "by_maturity", "by_dated_date"]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
        # Who pays what the sources leave unpaid, in order.
        "support": NotRequired[list[Support]],
    },
    total=False,
)
"""Repays what is drawn on facilities."""


SettleSwap = TypedDict(
    "SettleSwap",
    {
        # The swap.
        "swap": Required[str],
        # The account that receives.
        "to": Required[str],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # What the payment may not exceed.
        "limit": NotRequired[Limit],
    },
    total=False,
)
"""Receives what a swap owes the deal, and pays what the deal owes on it."""


class TerminateSwap(TypedDict, total=False):
    """Ends a swap."""

    swap: Required[str]
    """The swap."""

    amount: Required[Formula]
    """A formula that gives what the deal owes then; below zero it is owed to the deal."""


class SettleCap(TypedDict, total=False):
    """Receives what a cap pays."""

    cap: Required[str]
    """The cap."""

    to: Required[str]
    """The account that receives."""


class FundNote(TypedDict, total=False):
    """Draws on a note."""

    note: Required[str]
    """The note."""

    to: Required[str]
    """The account that receives."""

    amount: NotRequired[Formula]
    """A formula that gives what is asked for; without it all that there is room for."""


Refinance = TypedDict(
    "Refinance",
    {
        # The notes that are repaid.
        "notes": Required[list[str]],
        # The note that is drawn.
        "with": Required[str],
        # The account through which the cash goes.
        "account": Required[str],
    },
    total=False,
)
"""Repays notes whole with a draw on another note, or does nothing."""


class Extend(TypedDict, total=False):
    """Extends the maturity of notes."""

    notes: Required[list[str]]
    """The notes."""


PayExcess = TypedDict(
    "PayExcess",
    {
        # The fees.
        "fees": Required[list[str]],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # How the fees rank.
        "ranking": NotRequired[Literal["sequential", "pro_rata"]],
        # By what the fees share, with `ranking = "pro_rata"`; without it by what is due.
        "weights": NotRequired[Literal["balance"] | list[Number]],
        # In which order the fees stand.
        "order": NotRequired[Literal["listed", "reverse", "by_name", "by_rate", "by_maturity", "by_dated_date"]],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
        # Who pays what the sources leave unpaid, in order.
        "support": NotRequired[list[Support]],
    },
    total=False,
)
"""Pays what a cap on fees has held back."""


BuyAsset = TypedDict(
    "BuyAsset",
    {
        # The asset.
        "asset": Required[str],
        # The accounts that pay, in order.
        "from": Required[list[str]],
        # A formula that gives the cash to spend; without it all that there is.
        "amount": NotRequired[Formula],
        # What the step may not exceed.
        "limit": NotRequired[Limit],
    },
    total=False,
)
"""Buys an asset."""


class SellAsset(TypedDict, total=False):
    """Sells an asset."""

    asset: Required[str]
    """The asset."""

    to: Required[str]
    """The account that receives."""

    amount: NotRequired[Formula]
    """A formula that gives the face amount to sell; without it all of it."""


Step = TypedDict(
    "Step",
    {
        # The name in the ledger; without it the verb and its payee.
        "name": NotRequired[str],
        # The section of the document it comes from.
        "clause": NotRequired[str],
        # A flag formula; where it is 0 the step moves nothing.
        "when": NotRequired[Formula],
        # The schedule on whose dates the step happens.
        "dates": NotRequired[str],
        # Brings rent, inflows and note proceeds into an account.
        "collect": NotRequired[Collect],
        # Makes fees due.
        "accrue_fee": NotRequired[AccrueFee],
        # Makes interest due.
        "accrue_interest": NotRequired[AccrueInterest],
        # Pays dues of any kind together.
        "pay": NotRequired[Pay],
        # Pays fees that are due.
        "pay_fee": NotRequired[PayFee],
        # Pays interest that is due.
        "pay_interest": NotRequired[PayInterest],
        # Pays principal that is due.
        "pay_principal": NotRequired[PayPrincipal],
        # Pays what is due of outgoing cashflows.
        "pay_cost": NotRequired[PayCost],
        # Pays principal ahead, up to the balance.
        "sweep": NotRequired[Sweep],
        # Lifts a reserve to its target.
        "fill_reserve": NotRequired[FillReserve],
        # Moves what a reserve holds above its target.
        "release_reserve": NotRequired[ReleaseReserve],
        # Moves all that an account holds.
        "release_trap": NotRequired[ReleaseTrap],
        # Moves cash between accounts.
        "transfer": NotRequired[Transfer],
        # Exchanges cash of one currency for cash of another.
        "convert": NotRequired[Convert],
        # Pays equity.
        "distribute": NotRequired[Distribute],
        # Pays principal ahead at call prices.
        "prepay": NotRequired[Prepay],
        # Adds interest that is due to the balance.
        "capitalize_interest": NotRequired[CapitalizeInterest],
        # Writes balances down, beginning with the last note.
        "write_down": NotRequired[WriteDown],
        # Writes balances up again, beginning with the first note.
        "write_up": NotRequired[WriteUp],
        # Measures tests and sets the deal's status.
        "run_tests": NotRequired[RunTests],
        # Steps into a status, or out of one.
        "set_status": NotRequired[SetStatus],
        # Waives tests: their effects do not act for a while.
        "waive": NotRequired[Waive],
        # Accelerates the debt, as `acceleration` says.
        "accelerate": NotRequired[Accelerate],
        # Rescinds the acceleration, unless a test that accelerates is failing and not waived.
        "rescind": NotRequired[Rescind],
        # Records the value of a formula.
        "inspect": NotRequired[Inspect],
        # Goes one way or the other.
        "if": NotRequired[If],
        # Goes through the steps of a block.
        "run_steps": NotRequired[RunSteps],
        # Writes an amount to a ledger.
        "book": NotRequired[Book],
        # Computes taxes, and pays what is due.
        "pay_tax": NotRequired[PayTax],
        # Draws cash from a facility.
        "draw_facility": NotRequired[DrawFacility],
        # Repays what is drawn.
        "repay_facility": NotRequired[RepayFacility],
        # Receives what a swap owes the deal, and pays what the deal owes on it.
        "settle_swap": NotRequired[SettleSwap],
        # Ends a swap.
        "terminate_swap": NotRequired[TerminateSwap],
        # Receives what a cap pays.
        "settle_cap": NotRequired[SettleCap],
        # Draws on a note that has `funding`.
        "fund_note": NotRequired[FundNote],
        # Repays notes whole with a draw on another note, or does nothing.
        "refinance": NotRequired[Refinance],
        # Extends the maturity of notes.
        "extend": NotRequired[Extend],
        # Pays what a cap on fees has held back.
        "pay_excess": NotRequired[PayExcess],
        # Buys an asset.
        "buy_asset": NotRequired[BuyAsset],
        # Sells an asset.
        "sell_asset": NotRequired[SellAsset],
    },
    total=False,
)
"""One step of a waterfall: a verb, and when it happens. Exactly one verb."""


class Deal(TypedDict, total=False):
    """A deal: its terms, its dates, what comes in, who is owed, and who is paid in which order."""

    deal: Required[Terms]
    """The deal as a whole."""

    schedules: NotRequired[dict[str, Schedule]]
    """Lists of dates by name."""

    inputs: NotRequired[dict[str, Input]]
    """What a scenario may set."""

    sizing_case: NotRequired[dict[str, Number]]
    """The inputs on which schedules are sized; an input that is not named takes its default."""

    scenarios: NotRequired[dict[str, NamedScenario]]
    """Named scenarios: stories that the deal is told with, ready to run."""

    leases: NotRequired[dict[str, Lease]]
    """Leases, whose rent the deal collects."""

    contracts: NotRequired[dict[str, Contract]]
    """Compute contracts, whose fees the deal collects."""

    fleets: NotRequired[dict[str, Fleet]]
    """Fleets of machines."""

    cashflows: NotRequired[dict[str, Cashflow]]
    """Dated amounts that come in or go out."""

    borrowing_bases: NotRequired[dict[str, BorrowingBase]]
    """What may be borrowed against collateral."""

    accounts: NotRequired[dict[str, Account]]
    """Where cash is held."""

    fees: NotRequired[dict[str, Fee]]
    """Fees that fall due on payment dates."""

    fee_caps: NotRequired[dict[str, FeeCap]]
    """Annual caps that several fees share."""

    notes: NotRequired[dict[str, Note]]
    """Notes: interest, principal and a schedule."""

    groups: NotRequired[dict[str, NoteGroup]]
    """Groups of notes: a name stands for several notes."""

    equity: NotRequired[dict[str, Equity]]
    """Who receives distributions."""

    ledgers: NotRequired[dict[str, Ledger]]
    """Counts of amounts, which formulas read."""

    taxes: NotRequired[dict[str, Tax]]
    """Taxes on what formulas say."""

    facilities: NotRequired[dict[str, Facility]]
    """Commitments from which cash can be drawn."""

    swaps: NotRequired[dict[str, Swap]]
    """Interest rate swaps."""

    caps: NotRequired[dict[str, RateCap]]
    """Interest rate caps that the deal has bought."""

    assets: NotRequired[dict[str, Asset]]
    """What the deal buys and sells."""

    tests: NotRequired[dict[str, Test]]
    """Tests, which fire and cure and set the deal's status."""

    acceleration: NotRequired[Acceleration]
    """What it means that the debt is accelerated."""

    blocks: NotRequired[dict[str, list[Step]]]
    """Steps for use in several places."""

    waterfalls: NotRequired[dict[str, list[Step]]]
    """The steps of `collection`, of `closing`, of each status and of `after`."""
