"""Formulas (rule book, section 4): a parser, the units, and an evaluator in plain integers.

A formula is parsed into nested tuples, its units are inferred, and it becomes one function of a `Moment`. Every
operator of a formula that is evaluated is computed and tested for range, those in the branch of an `if` that is not
taken as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, Protocol

from .numbers import SCALE, InvalidDeal, divide, in_range, made, made_sum, mul_div

Node = tuple[Any, ...]


class Moment(Protocol):
    """What a formula can see: this date's values so far, and the closing values of the dates before."""

    index: int

    @property
    def closings(self) -> Sequence[Mapping[str, int]]:
        """The values at the close of each date before."""
        ...

    @property
    def initial(self) -> Mapping[str, int]:
        """The values before the first date."""
        ...

    def read(self, path: str) -> int:
        """The quantity as it stands now."""
        ...

    def ahead(self, path: str, n: int) -> int:
        """The sum of a scheduled quantity over the next n payment dates of its note."""
        ...

    def is_unsettled(self, name: str) -> None:
        """What is solved for has no fixed point within its bound."""
        ...


Evaluate = Callable[[Any], int]

TOKEN = re.compile(
    r"\s*(?:(\d[\d_]*(?:\.[\d_]+)?)|([a-z][a-z0-9_]*(?:\s*\.\s*[a-z][a-z0-9_]*)*)|(<=|>=|==|!=|[-+*/()<>,]))"
)
RELATIONS: Mapping[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
HISTORY = ("lag", "trailing_sum", "forward_sum")


class Parser:
    """Recursive descent: or, and, not, comparison, sum, product, sign, atom."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        position = 0
        text = text.rstrip()
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                raise InvalidDeal(f"cannot read {text!r} at column {position + 1}")
            kind = ("literal", "name", "sign")[(match.lastindex or 1) - 1]
            self.tokens.append((kind, "".join(match.group(match.lastindex or 1).split())))
            position = match.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise InvalidDeal(f"expected {wanted or 'an operand'}, found {token or 'the end'}")
        self.at += 1
        return token

    def whole(self) -> Node:
        node = self.disjunction()
        if self.at != len(self.tokens):
            raise InvalidDeal(f"unexpected {self.peek()!r}")
        return node

    def chain(self, operators: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        node = operand()
        while self.peek() in operators:
            node = (self.take(), node, operand())
        return node

    def disjunction(self) -> Node:
        return self.chain(("or",), self.conjunction)

    def conjunction(self) -> Node:
        return self.chain(("and",), self.negation)

    def negation(self) -> Node:
        if self.peek() == "not":
            self.take()
            return ("not", self.negation())
        return self.comparison()

    def comparison(self) -> Node:
        node = self.sum()
        if self.peek() in RELATIONS:
            node = (self.take(), node, self.sum())
        return node

    def sum(self) -> Node:
        return self.chain(("+", "-"), self.product)

    def product(self) -> Node:
        return self.chain(("*", "/"), self.sign)

    def sign(self) -> Node:
        if self.peek() == "-":
            self.take()
            return ("negate", self.sign())
        return self.negation() if self.peek() == "not" else self.atom()

    def atom(self) -> Node:
        kind = self.tokens[self.at][0] if self.at < len(self.tokens) else ""
        token = self.take()
        if kind == "literal":
            return ("literal", literal(token))
        if token == "(":
            node = self.disjunction()
            self.take(")")
            return node
        if self.peek() == "(" and kind == "name":
            return (token, *self.arguments())
        if kind != "name":
            raise InvalidDeal(f"expected an operand, found {token!r}")
        return ("opening", token.removeprefix("opening.")) if token.startswith("opening.") else ("read", token)

    def arguments(self) -> list[Node]:
        self.take("(")
        nodes = [self.disjunction()]
        while self.peek() == ",":
            self.take()
            nodes.append(self.disjunction())
        self.take(")")
        return nodes


def literal(text: str) -> Fraction:
    """Section 4: underscores may part digits; a literal has at most 9 decimals."""
    value = Fraction(text.replace("_", ""))
    if (value * SCALE).denominator != 1:
        raise InvalidDeal(f"the literal {text} has more than 9 decimals")
    return value


def constant(node: Node, rounding: str) -> Fraction | None:
    """Section 4: "Literal with literal is done in numbers". None for what is not made of literals alone."""
    if node[0] == "literal":
        value: Fraction = node[1]
        return value
    if node[0] not in ("negate", "+", "-", "*", "/"):
        return None
    parts = [constant(part, rounding) for part in node[1:]]
    if None in parts:
        return None
    a, b = parts[0] or Fraction(0), parts[-1] or Fraction(0)
    if node[0] == "/":
        if b == 0:
            raise InvalidDeal("division by the literal zero")
        return in_billionths(a / b, rounding)
    return {"negate": -a, "+": a + b, "-": a - b, "*": in_billionths(a * b, rounding)}[node[0]]


def in_billionths(value: Fraction, rounding: str) -> Fraction:
    """The nearest number, by the deal's rounding."""
    scaled = value * SCALE
    return Fraction(divide(scaled.numerator, scaled.denominator, rounding), SCALE)


def amount_of(currency: str, own_currency: str) -> str:
    """currencies.md: "Amounts of two currencies are two units"; those of the deal's own are plain amounts."""
    return "amount" if currency == own_currency else f"amount of {currency}"


def is_amount(unit: str) -> bool:
    """Whether a unit is an amount, of whatever currency."""
    return unit.startswith("amount")


class Compiler:
    """Gives each node its unit and its function; `units` maps a quantity's path to its unit."""

    def __init__(self, units: Mapping[str, str], decimals: int, rounding: str, own_currency: str = "") -> None:
        self.units = units
        self.own_currency = own_currency
        self.scales = {"number": SCALE, "count": 1, "flag": 1}
        self.minor_units = 10**decimals
        self.rounding = rounding
        self.unknowns: dict[str, str | None] = {}

    def compile(self, text: str, expected: str) -> Evaluate:
        """One function of a `Moment`, giving the formula's value in the unit of its place.

        Where a place asks for an amount, the formula says in which currency: a valid document has no other there.
        """
        node = Parser(text).whole()
        found = self.unit(node)
        return self.build(node, found if found and expected == "amount" and is_amount(found) else expected)

    def constant(self, node: Node) -> Fraction | None:
        """The value of a part made of literals alone."""
        return constant(node, self.rounding)

    def unit_of(self, text: str, of_literals: str = "number") -> str:
        """The unit a formula has by itself, or where nothing decides that of its place."""
        return self.unit(Parser(text).whole()) or of_literals

    def path_unit(self, path: str) -> str | None:
        if path in self.unknowns:
            return self.unknowns[path]
        if path not in self.units:
            raise InvalidDeal(f"unknown quantity {path!r}")
        return self.units[path]

    def unit(self, node: Node) -> str | None:
        """The unit of a node, None while only literals are in it (section 4, Units)."""
        kind, *parts = node
        if self.constant(node) is not None:
            return None
        if kind in ("read", "opening"):
            return self.path_unit(parts[0])
        if kind in HISTORY:
            return self.path_unit(parts[0][1])
        if kind == "solve":
            return self.solved_unit(*parts)
        if kind == "convert":
            return amount_of(parts[2][1].upper(), self.own_currency)
        if kind in RELATIONS or kind in ("and", "or", "not"):
            return "flag"
        if kind == "*":
            return self.product_unit(*parts)
        if kind in ("/", "divide"):
            return self.quotient_unit(parts[0], parts[1])
        branches = parts[1:] if kind == "if" else parts
        return next((unit for part in branches if (unit := self.unit(part))), None)

    def product_unit(self, a: Node, b: Node) -> str:
        units = [self.unit(a) or "number", self.unit(b) or "number"]
        if "count" in units:
            units.remove("count")
            return units[0]
        if "flag" in units or "number" not in units:
            raise InvalidDeal(f"cannot multiply {units}")
        units.remove("number")
        return units[0]

    def quotient_unit(self, a: Node, b: Node) -> str:
        above, below = self.unit(a) or "number", self.unit(b) or "number"
        if below == "count":
            return above
        if above == below and (is_amount(above) or above == "number"):
            return "number"
        if is_amount(above) and below == "number":
            return above
        raise InvalidDeal(f"cannot divide {above} by {below}")

    def build(self, node: Node, want: str) -> Evaluate:
        value = self.constant(node)
        if value is not None:
            return self.literal(value, want)
        unit = self.unit(node) or want
        if unit != want:
            raise InvalidDeal(f"expected {want}, found {unit}")
        kind, *parts = node
        if kind in RELATIONS:
            return self.comparison(kind, *parts)
        if kind == "*":
            return self.product(*parts)
        if kind == "/":
            if self.constant(parts[1]) is None:
                raise InvalidDeal("write divide(a, b, if_zero)")
            if not self.constant(parts[1]):
                raise InvalidDeal("division by the literal zero")
            return self.quotient(parts[0], parts[1], lambda moment: 0)
        if kind == "divide":
            return self.quotient(parts[0], parts[1], self.build(parts[2], want))
        if kind == "if":
            return choose(self.build(parts[0], "flag"), self.build(parts[1], want), self.build(parts[2], want))
        if kind in ("read", "opening"):
            return read(parts[0]) if kind == "read" else closing(parts[0], 1)
        if kind in HISTORY:
            return self.history(kind, want, *parts)
        if kind == "solve":
            return self.solve(want, *parts)
        if kind == "convert":
            return self.converted(parts[0], self.build(parts[1], "number"))
        if kind not in FUNCTIONS:
            raise InvalidDeal(f"unknown function {kind!r}")
        return combine(FUNCTIONS[kind], [self.build(part, want) for part in parts])

    def literal(self, value: Fraction, want: str) -> Evaluate:
        scaled = value * (self.minor_units if is_amount(want) else self.scales[want])
        if scaled.denominator != 1:
            raise InvalidDeal(f"{value} has too many decimals for a literal {want}")
        integer = scaled.numerator
        if not in_range(integer) or (want == "flag" and integer not in (0, 1)):
            raise InvalidDeal(f"{value} is no {want}")
        return lambda moment: integer

    def comparison(self, kind: str, a: Node, b: Node) -> Evaluate:
        unit = self.unit(a) or self.unit(b) or "number"
        left, right, relation = self.build(a, unit), self.build(b, unit), RELATIONS[kind]
        return lambda moment: int(relation(left(moment), right(moment)))

    def product(self, a: Node, b: Node) -> Evaluate:
        """Section 4: "amount*number = `mul_div(a, n, 1e9)`; number*number likewise; count*x exact"."""
        units = (self.unit(a) or "number", self.unit(b) or "number")
        left, right = self.build(a, units[0]), self.build(b, units[1])
        divisor = 1 if "count" in units else SCALE
        return lambda moment: made(mul_div(left(moment), right(moment), divisor, self.rounding))

    def quotient(self, a: Node, b: Node, if_zero: Evaluate) -> Evaluate:
        """Section 4: "amount/amount = `mul_div(a, 1e9, b)`", so all without a count; "x/count = `mul_div(x, 1,
        count)`".
        """
        units = (self.unit(a) or "number", self.unit(b) or "number")
        above, below = self.build(a, units[0]), self.build(b, units[1])
        factor = 1 if units[1] == "count" else SCALE

        def value(moment: Moment) -> int:
            numerator, denominator, otherwise = above(moment), below(moment), if_zero(moment)
            return made(mul_div(numerator, factor, denominator, self.rounding)) if denominator else otherwise

        return value

    def history(self, kind: str, want: str, source: Node, periods: Node, default: Node | None = None) -> Evaluate:
        path, n = source[1], int(self.constant(periods) or 0)
        assert source[0] == "read" and n >= 1, "lag and the sums read object.quantity over at least one date"
        if kind == "trailing_sum":
            return lambda moment: made_sum(
                [moment.read(path), *(past[path] for past in reversed(last(moment.closings, n - 1)))]
            )
        if kind == "forward_sum":
            return lambda moment: made(moment.ahead(path, n))
        assert default is not None
        return closing(path, n, self.build(default, want))

    def converted(self, amount: Node, rate: Evaluate) -> Evaluate:
        """currencies.md: "`convert(amount, rate, eur)` is `mul_div(amount, rate, 1e9)`"."""
        value = self.build(amount, self.unit(amount) or "amount")
        return lambda moment: made(mul_div(value(moment), rate(moment), SCALE, self.rounding))

    def solve(self, want: str, name: Node, formula: Node, start: Node, times: Node) -> Evaluate:
        """Section 4, solve: "`x_0 = start`; `x_k` is `formula` with `x_(k-1)` for the name"."""
        n, first = int(self.constant(times) or 0), self.build(start, want)
        assert 1 <= n <= 100, "n is a literal count from 1 to 100"
        with self.unknown(name, want):
            again = self.build(formula, want)
        return lambda moment: settled(moment, name[1], again, first(moment), n)

    def solved_unit(self, name: Node, formula: Node, start: Node, times: Node) -> str | None:
        """Section 4, solve: "that of `start`; where that is a literal, what `formula` has by itself"."""
        if unit := self.unit(start):
            return unit
        with self.unknown(name, None):
            return self.unit(formula)

    @contextmanager
    def unknown(self, name: Node, unit: str | None) -> Iterator[None]:
        """Section 4, solve: "`name` is a new word", "which only `formula` may use, like a quantity"."""
        kind, word = name
        assert kind == "read" and not {word} & (self.unknowns.keys() | self.units.keys()), f"{word} is not new"
        self.unknowns[word] = unit
        yield
        del self.unknowns[word]


class Trying:
    """A moment at which a name that is solved for has the value that is tried."""

    def __init__(self, moment: Moment, name: str, value: int) -> None:
        self.index, self.closings, self.initial = moment.index, moment.closings, moment.initial
        self.moment, self.name, self.value = moment, name, value

    def read(self, path: str) -> int:
        return self.value if path == self.name else self.moment.read(path)

    def ahead(self, path: str, n: int) -> int:
        return self.moment.ahead(path, n)

    def is_unsettled(self, name: str) -> None:
        self.moment.is_unsettled(name)


def settled(moment: Moment, name: str, formula: Evaluate, value: int, n: int) -> int:
    """Section 4, solve: "the value is `x_n`. If `x_n` is not `x_(n-1)` there is no convergence ...; the scenario goes
    on with `x_n` to the end of the date".
    """
    before = value
    for _ in range(n):
        before, value = value, formula(Trying(moment, name, value))
    if value != before:
        moment.is_unsettled(name)
    return value


def read(path: str) -> Evaluate:
    """Section 4: a quantity is read as it stands where the step runs."""
    return lambda moment: moment.read(path)


def last(closings: Sequence[dict[str, int]], n: int) -> Sequence[dict[str, int]]:
    """The last n closings, fewer at the start."""
    return closings[-n:] if n else []


def closing(path: str, n: int, default: Evaluate | None = None) -> Evaluate:
    """Section 4: "x at the close of the n-th grid date before"; before the first the default, for `opening` the initial
    value.
    """

    def value(moment: Moment) -> int:
        if moment.index >= n:
            return made(moment.closings[-n][path])
        return made(moment.initial[path]) if default is None else default(moment)

    return value


def choose(flag: Evaluate, a: Evaluate, b: Evaluate) -> Evaluate:
    """`if(flag, a, b)`: both branches are computed."""

    def value(moment: Moment) -> int:
        condition, yes, no = flag(moment), a(moment), b(moment)
        return yes if condition else no

    return value


def combine(function: Callable[..., int], arguments: Sequence[Evaluate]) -> Evaluate:
    """An operator over arguments of one unit; its result must be in range."""
    return lambda moment: made(function(*[argument(moment) for argument in arguments]))


FUNCTIONS: Mapping[str, Callable[..., int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "negate": lambda a: -a,
    "abs": abs,
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    "clip": lambda x, low, high: min(max(x, low), high),
    "and": lambda a, b: int(bool(a and b)),
    "or": lambda a, b: int(bool(a or b)),
    "not": lambda a: int(not a),
}
