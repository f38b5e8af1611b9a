//! Text that means a number: a scanner, and a parser that evaluates as it goes.

use crate::Calculator;
use crate::exports::sarsen::calculator::expressions::{Error, Guest, Operator, Place, Token, Unexpected};

/// As many parentheses may be open at once.
const DEPTH: u8 = 100;

impl Guest for Calculator {
    fn tokens(text: String) -> Result<Vec<(Place, Token)>, Error> {
        scan(&text)
    }

    fn eval(text: String) -> Result<f64, Error> {
        eval(&text, &[])
    }

    fn eval_with(text: String, names: Vec<(String, f64)>) -> Result<f64, Error> {
        eval(&text, &names)
    }

    fn eval_all(texts: Vec<String>) -> Vec<Result<f64, Error>> {
        texts.iter().map(|text| eval(text, &[])).collect()
    }

    fn spell(token: Token) -> String {
        match token {
            Token::Number(number) => number.to_string(),
            Token::Name(name) => name,
            Token::Operator(operator) => SIGNS.iter().find(|sign| sign.1 == operator).unwrap().0.to_string(),
            Token::Open => "(".to_owned(),
            Token::Close => ")".to_owned(),
        }
    }
}

const SIGNS: [(char, Operator); 5] = [
    ('+', Operator::Plus),
    ('-', Operator::Minus),
    ('*', Operator::Times),
    ('/', Operator::Over),
    ('^', Operator::Power),
];

impl Operator {
    pub(crate) fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            Operator::Plus => left + right,
            Operator::Minus => left - right,
            Operator::Times => left * right,
            Operator::Over => left / right,
            Operator::Power => left.powf(right),
        }
    }

    /// What binds more tightly has a larger number.
    fn precedence(self) -> u8 {
        match self {
            Operator::Plus | Operator::Minus => 1,
            Operator::Times | Operator::Over => 2,
            Operator::Power => 3,
        }
    }
}

pub(crate) fn eval(text: &str, names: &[(String, f64)]) -> Result<f64, Error> {
    let tokens = scan(text)?;
    let mut parser = Parser { text, tokens: &tokens, names, depth: 0 };
    let value = parser.expression(0)?;
    if parser.tokens.is_empty() { Ok(value) } else { Err(parser.unexpected(&["an operator", "the end"])) }
}

fn scan(text: &str) -> Result<Vec<(Place, Token)>, Error> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let place = place(text, rest);
        let length = match first {
            '0'..='9' | '.' => rest.find(|c: char| !c.is_ascii_digit() && c != '.'),
            _ if first.is_alphabetic() => rest.find(|c: char| !c.is_alphanumeric()),
            _ => Some(first.len_utf8()),
        };
        let (word, after) = rest.split_at(length.unwrap_or(rest.len()));
        rest = after;
        let sign = SIGNS.iter().find(|sign| sign.0 == first);
        let token = match (first, sign) {
            (_, Some(sign)) => Token::Operator(sign.1),
            ('(', _) => Token::Open,
            (')', _) => Token::Close,
            ('0'..='9' | '.', _) => match word.parse() {
                Ok(number) => Token::Number(number),
                Err(_) => return Err(unexpected(place, Some(first), &["a number"])),
            },
            _ if first.is_alphabetic() => Token::Name(word.to_owned()),
            _ if first.is_whitespace() => continue,
            _ => return Err(unexpected(place, Some(first), &["a number", "a name", "an operator"])),
        };
        tokens.push((place, token));
    }
    Ok(tokens)
}

/// Where `rest`, the end of `text`, begins.
fn place(text: &str, rest: &str) -> Place {
    let before = &text[..text.len() - rest.len()];
    let line = before.rsplit('\n').next().unwrap_or(before);
    Place { line: before.matches('\n').count() as u32 + 1, column: line.chars().count() as u32 + 1 }
}

fn unexpected(place: Place, found: Option<char>, expected: &[&str]) -> Error {
    let expected = expected.iter().map(|&expected| expected.to_owned()).collect();
    Error::Unexpected(Unexpected { place, found, expected })
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [(Place, Token)],
    names: &'a [(String, f64)],
    depth: u8,
}

impl Parser<'_> {
    /// Everything that binds more tightly than `outer`.
    fn expression(&mut self, outer: u8) -> Result<f64, Error> {
        let mut value = self.operand()?;
        while let Some((_, Token::Operator(operator))) = self.tokens.first() {
            let precedence = operator.precedence();
            if precedence <= outer {
                break;
            }
            self.tokens = &self.tokens[1..];
            // a ^ b ^ c is a ^ (b ^ c).
            let right =
                self.expression(if *operator == Operator::Power { precedence - 1 } else { precedence })?;
            if *operator == Operator::Over && right == 0.0 {
                return Err(Error::DivisionByZero);
            }
            value = operator.apply(value, right);
        }
        Ok(value)
    }

    fn operand(&mut self) -> Result<f64, Error> {
        let expected = ["a number", "a name", "“(”", "“-”"];
        let Some((_, token)) = self.tokens.first() else { return Err(self.unexpected(&expected)) };
        match token {
            Token::Number(number) => {
                self.tokens = &self.tokens[1..];
                Ok(*number)
            }
            Token::Name(name) => {
                self.tokens = &self.tokens[1..];
                let known = self.names.iter().find(|known| known.0 == *name);
                known.map(|known| known.1).ok_or_else(|| Error::UnknownName(name.clone()))
            }
            Token::Operator(Operator::Minus) => Ok(-self.nested(|parser| parser.expression(2))?),
            Token::Open => self.nested(|parser| {
                let value = parser.expression(0)?;
                let Some((_, Token::Close)) = parser.tokens.first() else {
                    return Err(parser.unexpected(&["an operator", "“)”"]));
                };
                parser.tokens = &parser.tokens[1..];
                Ok(value)
            }),
            Token::Operator(_) | Token::Close => Err(self.unexpected(&expected)),
        }
    }

    /// What `inner` reads after the next token.
    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Result<f64, Error>) -> Result<f64, Error> {
        if self.depth == DEPTH {
            return Err(Error::TooDeep(DEPTH));
        }
        self.tokens = &self.tokens[1..];
        self.depth += 1;
        let value = inner(self);
        self.depth -= 1;
        value
    }

    /// The complaint about the next token.
    fn unexpected(&self, expected: &[&str]) -> Error {
        let Some((place, token)) = self.tokens.first() else {
            return unexpected(place(self.text, ""), None, expected);
        };
        let found = Calculator::spell(token.clone()).chars().next();
        unexpected(*place, found, expected)
    }
}
