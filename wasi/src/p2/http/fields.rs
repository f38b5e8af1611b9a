//! Fields: the headers and trailers of messages, as guests see and build them.
//!
//! # Invariants
//!
//! - What guests put in is syntactically right, none of what belongs to the connection, and within the limits.
//! - Order and case are kept.

use super::limits::{MAX_FIELD_BYTES, MAX_FIELDS};
use crate::p2::holding::Holds;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use sarsen_component::{ComponentType, Lift, Lower};
use std::sync::Arc;

/// The resource `fields`. Clones share what is in it until one of them is changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    entries: Arc<Vec<(String, HeaderValue)>>,
    is_immutable: bool,
}

/// Why fields cannot be changed.
#[derive(ComponentType, Lift, Lower, Clone, Copy, PartialEq, Eq, Debug)]
#[component(variant)]
pub(crate) enum HeaderError {
    #[component(name = "invalid-syntax")]
    InvalidSyntax,
    #[component(name = "forbidden")]
    Forbidden,
    #[component(name = "immutable")]
    Immutable,
}

/// Why an operation on fields has not succeeded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FieldsError {
    Header(HeaderError),
    /// They would become too large, for which the interface has no error.
    TooLarge,
}

impl From<HeaderError> for FieldsError {
    fn from(error: HeaderError) -> FieldsError {
        FieldsError::Header(error)
    }
}

type Result<T = (), E = FieldsError> = std::result::Result<T, E>;

/// What an entry takes beside its bytes.
const OVERHEAD: usize = 32;

/// Fields that are about a connection, which is the host's matter, or that it makes of other parts of a request.
const FORBIDDEN: [&str; 9] = [
    "connection",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

fn is_forbidden(name: &str) -> bool {
    FORBIDDEN.iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden))
}

/// Fails unless guests may have a field of this name.
fn check_name(name: &str) -> Result<(), HeaderError> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeaderError::InvalidSyntax)?;
    if is_forbidden(name) { Err(HeaderError::Forbidden) } else { Ok(()) }
}

fn check_value(value: &[u8]) -> Result<HeaderValue, HeaderError> {
    HeaderValue::from_bytes(value).map_err(|_| HeaderError::InvalidSyntax)
}

impl Fields {
    /// What a peer has sent: what is about the connection is left out, so that a guest can pass the rest on.
    pub(super) fn received(map: &HeaderMap) -> Fields {
        let wanted = map.iter().filter(|(name, _)| !is_forbidden(name.as_str()));
        let entries = wanted.map(|(name, value)| (name.as_str().to_owned(), value.clone()));
        Fields { entries: Arc::new(entries.collect()), is_immutable: true }
    }

    /// The same fields, which cannot be changed.
    pub(super) fn immutable(&self) -> Fields {
        Fields { entries: Arc::clone(&self.entries), is_immutable: true }
    }

    /// The same fields, which can be changed without changing these.
    pub(super) fn mutable(&self) -> Fields {
        Fields { entries: Arc::clone(&self.entries), is_immutable: false }
    }

    pub(super) fn from_list(list: Vec<(String, Vec<u8>)>) -> Result<Fields> {
        let mut fields = Fields::default();
        for (name, value) in list {
            fields.append(name, &value)?;
        }
        Ok(fields)
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a HeaderValue> {
        let named = self.entries.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value)
    }

    pub(super) fn get(&self, name: &str) -> Vec<Vec<u8>> {
        self.values(name).map(|value| value.as_bytes().to_vec()).collect()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    pub(super) fn entries(&self) -> Vec<(String, Vec<u8>)> {
        self.entries.iter().map(|(name, value)| (name.clone(), value.as_bytes().to_vec())).collect()
    }

    fn check_mutable(&self) -> Result<(), HeaderError> {
        if self.is_immutable { Err(HeaderError::Immutable) } else { Ok(()) }
    }

    pub(super) fn set(&mut self, name: &str, values: &[Vec<u8>]) -> Result {
        self.check_mutable()?;
        check_name(name)?;
        let values: Vec<_> = values.iter().map(|value| check_value(value)).collect::<Result<_, _>>()?;
        let mut entries: Vec<_> = (*self.entries).clone();
        entries.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        entries.extend(values.into_iter().map(|value| (name.to_owned(), value)));
        check_size(&entries)?;
        self.entries = Arc::new(entries);
        Ok(())
    }

    pub(super) fn append(&mut self, name: String, value: &[u8]) -> Result {
        self.check_mutable()?;
        check_name(&name)?;
        let value = check_value(value)?;
        let entries = Arc::make_mut(&mut self.entries);
        entries.push((name, value));
        check_size(entries).inspect_err(|_| drop(entries.pop()))
    }

    pub(super) fn delete(&mut self, name: &str) -> Result {
        self.check_mutable()?;
        check_name(name)?;
        Arc::make_mut(&mut self.entries).retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        Ok(())
    }

    /// What is sent of them.
    pub(super) fn to_map(&self) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in &*self.entries {
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                map.append(name, value.clone());
            }
        }
        map
    }

    /// How long they say the body is; an error if they say it wrongly, or two things.
    pub(super) fn content_length(&self) -> Result<Option<u64>, ()> {
        let mut length = None;
        for value in self.values("content-length") {
            let text = value.to_str().map_err(drop)?;
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(());
            }
            let value: u64 = text.parse().map_err(drop)?;
            if length.replace(value).is_some_and(|before| before != value) {
                return Err(());
            }
        }
        Ok(length)
    }
}

/// What clones share counts for each of them: any may be the last.
impl Holds for Fields {
    fn held(&self) -> usize {
        size(&self.entries)
    }
}

fn size(entries: &[(String, HeaderValue)]) -> usize {
    entries.iter().map(|(name, value)| name.len() + value.len() + OVERHEAD).sum()
}

fn check_size(entries: &[(String, HeaderValue)]) -> Result {
    let is_too_large = entries.len() > MAX_FIELDS || size(entries) > MAX_FIELD_BYTES;
    if is_too_large { Err(FieldsError::TooLarge) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(list: &[(&str, &str)]) -> Result<Fields> {
        Fields::from_list(list.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    #[test]
    fn names_have_no_case_and_entries_keep_it() {
        let mut fields = fields(&[("X-One", "1"), ("two", "2"), ("x-one", "3")]).unwrap();
        assert_eq!(fields.get("X-ONE"), [b"1", b"3"]);
        assert_eq!(fields.entries()[0].0, "X-One");
        fields.set("TWO", &[b"4".to_vec(), b"5".to_vec()]).unwrap();
        assert_eq!(fields.get("two"), [b"4", b"5"]);
        fields.delete("x-One").unwrap();
        assert!(!fields.has("x-one") && fields.has("Two"));
    }

    #[test]
    fn wrong_and_forbidden_fields_are_refused() {
        for name in ["", "a b", "a:", "é", "a\r\nb", "(x)"] {
            assert_eq!(fields(&[(name, "")]).unwrap_err(), HeaderError::InvalidSyntax.into(), "{name}");
        }
        for value in ["a\r\nb", "a\0b", "\x7f"] {
            assert_eq!(fields(&[("a", value)]).unwrap_err(), HeaderError::InvalidSyntax.into(), "{value}");
        }
        for name in ["Host", "Transfer-Encoding", "connection", "UPGRADE"] {
            assert_eq!(fields(&[(name, "x")]).unwrap_err(), HeaderError::Forbidden.into(), "{name}");
        }
    }

    #[test]
    fn what_is_immutable_stays() {
        let mut fields = fields(&[("a", "1")]).unwrap().immutable();
        let immutable = Err(FieldsError::Header(HeaderError::Immutable));
        assert_eq!(fields.append("b".into(), b""), immutable);
        assert_eq!(fields.set("a", &[]), immutable);
        assert_eq!(fields.delete("a"), immutable);
        let mut copy = fields.mutable();
        copy.delete("a").unwrap();
        assert!(fields.has("a") && !copy.has("a"));
    }

    #[test]
    fn there_is_a_limit() {
        let mut fields = Fields::default();
        for _ in 0..MAX_FIELDS {
            fields.append("a".into(), b"1").unwrap();
        }
        assert_eq!(fields.append("a".into(), b"1"), Err(FieldsError::TooLarge));
        assert_eq!(fields.entries().len(), MAX_FIELDS);
        assert_eq!(fields.set("b", &[vec![b'x'; MAX_FIELD_BYTES]]), Err(FieldsError::TooLarge));
        assert!(!fields.has("b"));
    }

    #[test]
    fn lengths() {
        assert_eq!(fields(&[]).unwrap().content_length(), Ok(None));
        assert_eq!(fields(&[("Content-Length", "5")]).unwrap().content_length(), Ok(Some(5)));
        assert_eq!(
            fields(&[("content-length", "5"), ("Content-Length", "5")]).unwrap().content_length(),
            Ok(Some(5))
        );
        for list in
            [&[("content-length", "+5")][..], &[("content-length", "")], &[("content-length", "5, 5")]]
        {
            assert_eq!(fields(list).unwrap().content_length(), Err(()));
        }
        assert_eq!(
            fields(&[("content-length", "5"), ("content-length", "6")]).unwrap().content_length(),
            Err(())
        );
    }
}
