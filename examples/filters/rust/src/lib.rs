//! A filter that puts everything in capitals, and cannot do that with an empty text.

use guide::filters::host::log;

wit_bindgen::generate!({ world: "filter", path: "../wit" });

struct Shout;

impl Guest for Shout {
    fn name() -> String {
        "shout".to_owned()
    }

    fn apply(text: String) -> Result<String, String> {
        if text.is_empty() {
            return Err("there is nothing to shout".to_owned());
        }
        log(&format!("{} bytes", text.len()));
        Ok(text.to_uppercase() + "!")
    }
}

export!(Shout);
