//! Numbers of every width, and how they are written.

use crate::Calculator;
use crate::exports::sarsen::calculator::numbers::{DivisionError, Guest, Style};

impl Guest for Calculator {
    fn add_u8(a: u8, b: u8) -> Option<u8> {
        a.checked_add(b)
    }

    fn add_s8(a: i8, b: i8) -> Option<i8> {
        a.checked_add(b)
    }

    fn add_u16(a: u16, b: u16) -> Option<u16> {
        a.checked_add(b)
    }

    fn add_s16(a: i16, b: i16) -> Option<i16> {
        a.checked_add(b)
    }

    fn add_u32(a: u32, b: u32) -> Option<u32> {
        a.checked_add(b)
    }

    fn add_s32(a: i32, b: i32) -> Option<i32> {
        a.checked_add(b)
    }

    fn add_u64(a: u64, b: u64) -> Option<u64> {
        a.checked_add(b)
    }

    fn add_s64(a: i64, b: i64) -> Option<i64> {
        a.checked_add(b)
    }

    fn add_f32(a: f32, b: f32) -> f32 {
        a + b
    }

    fn add_f64(a: f64, b: f64) -> f64 {
        a + b
    }

    fn divide(dividend: i64, divisor: i64) -> Result<(i64, i64), DivisionError> {
        if divisor == 0 {
            return Err(DivisionError::ByZero);
        }
        let quotient = dividend.checked_div(divisor).ok_or(DivisionError::Overflow)?;
        Ok((quotient, dividend % divisor))
    }

    fn square_root(number: f64) -> Result<f64, ()> {
        if number < 0.0 { Err(()) } else { Ok(number.sqrt()) }
    }

    fn check_prime(number: u32) -> Result<(), ()> {
        let mut divisors = (2..).take_while(|divisor| divisor * divisor <= u64::from(number));
        let composite = divisors.any(|divisor| u64::from(number).is_multiple_of(divisor));
        if number < 2 || composite { Err(()) } else { Ok(()) }
    }

    fn is_even(number: i64) -> bool {
        number % 2 == 0
    }

    fn digit(value: u8) -> Option<char> {
        char::from_digit(value.into(), 36)
    }

    fn value(digit: char) -> Option<u8> {
        digit.to_digit(36).map(|value| value as u8)
    }

    fn show(number: i64, style: Style) -> String {
        let hexadecimal = style.contains(Style::HEXADECIMAL);
        let sign = match number {
            ..0 => "-",
            0.. if style.contains(Style::SIGN) => "+",
            0.. => "",
        };
        let magnitude = number.unsigned_abs();
        let mut digits = if hexadecimal { format!("{magnitude:x}") } else { magnitude.to_string() };
        if style.contains(Style::UPPERCASE) {
            digits.make_ascii_uppercase();
        }
        if style.contains(Style::GROUPED) {
            digits = grouped(&digits, if hexadecimal { 4 } else { 3 });
        }
        format!("{sign}{}{digits}", if hexadecimal { "0x" } else { "" })
    }

    fn parse(text: String) -> Result<(i64, Style), String> {
        let mut style = Style::empty();
        let (negative, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => {
                style |= Style::SIGN;
                (false, &text[1..])
            }
            _ => (false, &text[..]),
        };
        let (radix, digits) = match rest.strip_prefix("0x") {
            Some(digits) => {
                style |= Style::HEXADECIMAL;
                (16, digits)
            }
            None => (10, rest),
        };
        if digits.contains('_') {
            style |= Style::GROUPED;
        }
        if digits.contains(|digit: char| digit.is_ascii_uppercase()) {
            style |= Style::UPPERCASE;
        }
        let digits = digits.replace('_', "");
        let magnitude = u64::from_str_radix(&digits, radix).map_err(|error| format!("“{text}”: {error}"))?;
        let number = if negative { -i128::from(magnitude) } else { magnitude.into() };
        Ok((number.try_into().map_err(|_| format!("“{text}” has more than 64 bits"))?, style))
    }
}

/// The digits in groups of `size`, of which the first one may be shorter.
fn grouped(digits: &str, size: usize) -> String {
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = digits;
    while rest.len() > size {
        let (before, group) = rest.split_at(rest.len() - size);
        groups.push(group);
        rest = before;
    }
    groups.push(rest);
    groups.reverse();
    groups.join("_")
}
