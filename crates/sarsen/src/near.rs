//! Which of several names somebody may have meant. Whether to suggest it is up to those who report that a name is
//! unknown.

/// Longer names are not compared: the time that takes grows with the square.
const LONGEST: usize = 64;

/// The candidate whose name takes the fewest edits, if it takes few; of several the first in their order.
pub(crate) fn nearest<'a, C: Ord>(
    name: &str,
    candidates: impl Iterator<Item = &'a C>,
    name_of: impl Fn(&C) -> &str,
) -> Option<&'a C> {
    let few = 1 + name.len() / 4;
    let close = |candidate: &'a C| {
        let other = name_of(candidate);
        let edits = (name.len().max(other.len()) <= LONGEST).then(|| edits(name, other))?;
        (edits <= few).then_some((edits, candidate))
    };
    candidates.filter_map(close).min().map(|(_, candidate)| candidate)
}

/// How many bytes must be inserted, removed or replaced to get from one to the other.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, a) in from.bytes().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (index, b) in to.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (from, to, count) in [
            ("", "", 0),
            ("log", "log", 0),
            ("", "ab", 2),
            ("lgo", "log", 2),
            ("fd_raed", "fd_read", 2),
            ("abc", "xbcd", 2),
        ] {
            assert_eq!(edits(from, to), count, "{from} {to}");
            assert_eq!(edits(to, from), count, "{to} {from}");
        }
    }

    #[test]
    fn only_what_is_near_is_found() {
        let names = ["print_f64", "print_f32", "read"].map(str::to_owned);
        let find = |name| nearest(name, names.iter(), String::as_str).map(String::as_str);
        assert_eq!(find("print_f3"), Some("print_f32"));
        assert_eq!(find("prnt_f23"), Some("print_f32"));
        assert_eq!(find("read_all"), None);
        assert_eq!(find(&"x".repeat(100_000)), None);
    }
}
