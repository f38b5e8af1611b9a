//! The strict check of custom sections. Ordinary loading does without it: there, `names.rs` and `dwarf.rs` take what
//! they can read.

use super::{features, problem};
use crate::error::{Error, ErrorKind};
use sarsen_isa::Features;
use wasmparser::{CustomSectionValidator, Parser, ValidPayload, Validator};

/// Whether the custom sections of a valid module that have a meaning follow their formats.
pub(crate) fn check_custom(bytes: &[u8], features: Features) -> Result<(), Error> {
    let features = features::wasm_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut validator = Validator::new_with_features(features);
    let mut custom = CustomSectionValidator::new();
    let mut bodies = Vec::new();
    for payload in parser.parse_all(bytes) {
        let payload = payload.map_err(problem::malformed)?;
        let valid = validator.payload(&payload).map_err(|error| problem::in_section(&payload, &error))?;
        if let ValidPayload::Func(func, body) = valid {
            bodies.push((custom.current_module_id(), func.index, body));
        }
        custom.payload(&payload, &validator).map_err(problem::malformed)?;
    }
    for (module, index, body) in bodies {
        custom
            .code_section_entry(module, index, &body)
            .map_err(|error| problem::convert(ErrorKind::Invalid, &error))?;
    }
    Ok(())
}
