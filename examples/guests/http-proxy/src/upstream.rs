//! The origin that requests are passed on to: `http://host:port/prefix`.

use std::env;
use wasip2::http::types::Scheme;

pub(crate) struct Upstream {
    pub(crate) scheme: Scheme,
    pub(crate) authority: String,
    /// In front of every path, without a slash at its end.
    pub(crate) prefix: String,
}

impl Upstream {
    pub(crate) fn from_environment() -> Result<Upstream, String> {
        let text = env::var("UPSTREAM").map_err(|_| "UPSTREAM is not set".to_owned())?;
        Upstream::parse(&text).ok_or_else(|| format!("UPSTREAM is no URL of an origin: {text}"))
    }

    fn parse(text: &str) -> Option<Upstream> {
        let (scheme, rest) = match text.split_once("://")? {
            ("http", rest) => (Scheme::Http, rest),
            ("https", rest) => (Scheme::Https, rest),
            _ => return None,
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = path.trim_end_matches('/');
        let prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        (!authority.is_empty()).then(|| Upstream { scheme, authority: authority.to_owned(), prefix })
    }
}
