//! Tokens to the tree of what the author wrote, without names or units.

use super::lex::{Token, TokenKind, tokens};
use crate::deal::nearest::did_you_mean;
use crate::deal::{FormulaText, Problem};

/// How deeply parentheses and calls may nest.
const NESTING: usize = 64;
/// How deep the tree may be: the length of a chain of operators counts too.
const DEPTH: usize = 256;

/// The functions a formula may call.
pub(crate) const FUNCTIONS: [&str; 11] =
    ["min", "max", "clip", "if", "divide", "abs", "convert", "solve", "lag", "trailing_sum", "forward_sum"];

/// A part of a formula as written, with its bytes in the text.
#[derive(Debug)]
pub(crate) struct Syntax<'a> {
    pub kind: SyntaxKind<'a>,
    pub start: usize,
    pub end: usize,
    depth: usize,
}

#[derive(Debug)]
pub(crate) enum SyntaxKind<'a> {
    Literal(&'a str),
    /// Words between points: `opening.senior.balance`.
    Path(Vec<Token<'a>>),
    Negate(Box<Syntax<'a>>),
    Not(Box<Syntax<'a>>),
    Binary(Token<'a>, Box<Syntax<'a>>, Box<Syntax<'a>>),
    Call(Token<'a>, Vec<Syntax<'a>>),
}

/// The tree of a formula, or its first error of syntax.
pub(crate) fn parse(formula: &FormulaText) -> Result<Syntax<'_>, Problem> {
    let tokens = tokens(&formula.text).map_err(|(start, text)| {
        let advice = match text {
            "=" => Some("compare with `==`".to_owned()),
            "%" => Some("write 6.5% as 0.065".to_owned()),
            "&" | "|" | "!" => Some("write `and`, `or` and `not`".to_owned()),
            _ => None,
        };
        Problem::new(&formula.place_at(start), "a formula", format!("`{text}`")).with_advice(advice)
    })?;
    let mut parser = Parser { formula, tokens, next: 0, nesting: 0 };
    let syntax = parser.expression(0)?;
    match parser.peek() {
        token if token.kind == TokenKind::End => Ok(syntax),
        token if token.text == ")" => {
            Err(parser.unlike(token, "an operator or the end of the formula").with_way_out("drop it"))
        }
        token => Err(parser.unlike(token, "an operator or the end of the formula")),
    }
}

struct Parser<'a> {
    formula: &'a FormulaText,
    tokens: Vec<Token<'a>>,
    next: usize,
    nesting: usize,
}

/// How tightly an operator binds; comparisons do not chain.
fn binding(token: Token<'_>) -> Option<u8> {
    match (token.kind, token.text) {
        (TokenKind::Word, "or") => Some(1),
        (TokenKind::Word, "and") => Some(2),
        (TokenKind::Symbol, "<" | "<=" | ">" | ">=" | "==" | "!=") => Some(COMPARISON),
        (TokenKind::Symbol, "+" | "-") => Some(5),
        (TokenKind::Symbol, "*" | "/") => Some(6),
        _ => None,
    }
}

const NOT: u8 = 3;
const COMPARISON: u8 = 4;
const NEGATE: u8 = 7;

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        self.tokens[self.next]
    }

    fn advance(&mut self) -> Token<'a> {
        let token = self.peek();
        self.next += usize::from(token.kind != TokenKind::End);
        token
    }

    fn unlike(&self, token: Token<'_>, expected: &str) -> Problem {
        Problem::new(&self.formula.place_at(token.start), expected, token.described())
    }

    fn take(&mut self, symbol: &str, expected: &str) -> Result<Token<'a>, Problem> {
        let token = self.peek();
        if token.kind == TokenKind::Symbol && token.text == symbol {
            return Ok(self.advance());
        }
        Err(self.unlike(token, expected))
    }

    /// An expression inside another: in parentheses, an argument, or after `-` or `not`.
    fn nested(&mut self, least: u8) -> Result<Syntax<'a>, Problem> {
        self.nesting += 1;
        if self.nesting > NESTING {
            let problem = self.unlike(self.peek(), &format!("at most {NESTING} levels of nesting"));
            let problem = problem.with_way_out("drop parentheses that change nothing");
            return Err(Problem { found: "more".to_owned(), ..problem });
        }
        let inner = self.expression(least)?;
        self.nesting -= 1;
        Ok(inner)
    }

    /// An expression whose operators bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Result<Syntax<'a>, Problem> {
        let mut left = self.prefix()?;
        let mut compared = false;
        while let Some(strength) = binding(self.peek()).filter(|strength| *strength >= least) {
            let operator = self.advance();
            if strength == COMPARISON && std::mem::replace(&mut compared, true) {
                let problem = self.unlike(operator, "one comparison");
                return Err(problem.with_way_out("join two comparisons with `and`"));
            }
            let right = self.expression(strength + 1)?;
            let (start, end) = (left.start, right.end);
            left = self.node(SyntaxKind::Binary(operator, Box::new(left), Box::new(right)), start, end)?;
        }
        Ok(left)
    }

    fn prefix(&mut self) -> Result<Syntax<'a>, Problem> {
        let token = self.peek();
        match (token.kind, token.text) {
            (TokenKind::Symbol, "-") => {
                self.advance();
                let of = self.nested(NEGATE)?;
                let end = of.end;
                self.node(SyntaxKind::Negate(Box::new(of)), token.start, end)
            }
            (TokenKind::Word, "not") => {
                self.advance();
                let of = self.nested(NOT)?;
                let end = of.end;
                self.node(SyntaxKind::Not(Box::new(of)), token.start, end)
            }
            (TokenKind::Symbol, "(") => {
                self.advance();
                let inner = self.nested(0)?;
                let close = self.take(")", "an operator or `)`")?;
                Ok(Syntax { start: token.start, end: close.end(), ..inner })
            }
            (TokenKind::Number, text) => {
                self.advance();
                self.node(SyntaxKind::Literal(text), token.start, token.end())
            }
            (TokenKind::Word, _) if !matches!(token.text, "and" | "or") => self.word(),
            _ => Err(self.unlike(token, "a value")),
        }
    }

    /// A call or a path of words.
    fn word(&mut self) -> Result<Syntax<'a>, Problem> {
        let first = self.advance();
        if self.peek().text == "(" {
            return self.call(first);
        }
        let mut words = vec![first];
        while self.peek().text == "." {
            self.advance();
            let word = self.peek();
            if word.kind != TokenKind::Word {
                return Err(self.unlike(word, "a name after the point"));
            }
            words.push(self.advance());
        }
        let end = words[words.len() - 1].end();
        self.node(SyntaxKind::Path(words), first.start, end)
    }

    fn call(&mut self, name: Token<'a>) -> Result<Syntax<'a>, Problem> {
        if !FUNCTIONS.contains(&name.text) {
            let expected = format!("a function among {}", crate::deal::nearest::listed(&FUNCTIONS, "and"));
            return Err(self.unlike(name, &expected).with_advice(did_you_mean(name.text, FUNCTIONS)));
        }
        self.advance();
        let mut arguments = Vec::new();
        if self.peek().text != ")" {
            arguments.push(self.nested(0)?);
            while self.peek().text == "," {
                self.advance();
                arguments.push(self.nested(0)?);
            }
        }
        let close = self.take(")", "an operator, `,` or `)`")?;
        self.node(SyntaxKind::Call(name, arguments), name.start, close.end())
    }

    fn node(&self, kind: SyntaxKind<'a>, start: usize, end: usize) -> Result<Syntax<'a>, Problem> {
        let deepest = |parts: &[Syntax<'a>]| parts.iter().map(|part| part.depth).max().unwrap_or(0);
        let depth = 1 + match &kind {
            SyntaxKind::Literal(_) | SyntaxKind::Path(_) => 0,
            SyntaxKind::Negate(of) | SyntaxKind::Not(of) => of.depth,
            SyntaxKind::Binary(_, left, right) => left.depth.max(right.depth),
            SyntaxKind::Call(_, arguments) => deepest(arguments),
        };
        if depth > DEPTH {
            let problem =
                Problem::new(&self.formula.place_at(start), format!("at most {DEPTH} operators in a chain"), "more");
            return Err(problem.with_way_out("put parts of it in parentheses"));
        }
        Ok(Syntax { kind, start, end, depth })
    }
}
