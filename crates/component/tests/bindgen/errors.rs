//! Hosts that fail with errors of their own.

use super::set_up;
use sarsen::Result;
use sarsen_component::{HasSelf, bindgen};

bindgen!({
    inline: r#"
        package test:failing@0.2.3;

        interface types {
            enum code { not-found, denied }
            explain: func(code: code) -> string;
        }

        interface files {
            use types.{code as error-code};
            size: func(name: string) -> result<u32, error-code>;
        }

        world reader {
            import files;
            export size: func(name: string) -> result<u32>;
        }
    "#,
    trappable_imports: true,
    trappable_error_type: { "test:failing/types/code" => FileError },
});

use test::failing::{files, types};

const COMPONENT: &str = r#"(component
    (import "test:failing/files@0.2.3" (instance $files
        (type $code' (enum "not-found" "denied"))
        (export "error-code" (type $code (eq $code')))
        (export "size" (func (param "name" string) (result (result u32 (error $code)))))))
    ALLOCATOR
    (core func $size (canon lower (func $files "size") CANON))
    (core module $m
        (import "" "size" (func $size (param i32 i32 i32)))
        (func (export "size") (param i32 i32) (result i32)
            (call $size (local.get 0) (local.get 1) (i32.const 512))
            (i32.const 512)))
    (core instance $i (instantiate $m (with "" (instance (export "size" (func $size))))))
    (func (export "size") (param "name" string) (result (result u32)) (canon lift (core func $i "size") CANON)))"#;

/// What goes wrong: some of it is none of the guest's business.
#[derive(Debug)]
enum FileError {
    Missing,
    Broken(&'static str),
}

struct Files;

impl types::Host for Files {
    fn explain(&mut self, code: types::Code) -> Result<String> {
        Ok(code.to_string())
    }

    fn convert_code(&mut self, error: FileError) -> Result<types::Code> {
        match error {
            FileError::Missing => Ok(types::Code::NotFound),
            FileError::Broken(how) => Err(sarsen::Error::msg(how)),
        }
    }
}

impl files::Host for Files {
    fn size(&mut self, name: String) -> Result<u32, FileError> {
        match &*name {
            "file" => Ok(7),
            "broken" => Err(FileError::Broken("the disk is on fire")),
            _ => Err(FileError::Missing),
        }
    }
}

#[test]
fn errors_are_converted_or_end_the_guest() -> Result<()> {
    let (component, mut linker, mut store) = set_up(COMPONENT, Files)?;
    Reader::add_to_linker::<_, HasSelf<Files>>(&mut linker, |files| files)?;
    let reader = Reader::instantiate(&mut store, &component, &linker)?;
    assert_eq!(reader.call_size(&mut store, "file")?, Ok(7));
    assert_eq!(reader.call_size(&mut store, "other")?, Err(()));
    let error = reader.call_size(&mut store, "broken").expect_err("the host fails");
    assert!(format!("{error:#}").contains("the disk is on fire"), "{error:#}");
    Ok(())
}
