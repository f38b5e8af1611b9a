//! What is said of options and WIT that nothing can be written for.

use super::{Options, expand};

fn generate(options: &str) -> syn::Result<String> {
    expand(syn::parse_str::<Options>(options)?).map(|code| code.to_string())
}

fn error(options: &str) -> String {
    generate(options).expect_err("nothing can be written").to_string()
}

/// Options with a world that has these lines.
fn inline(world: &str, more: &str) -> String {
    format!(
        r##"{{ inline: r#"package a:b@1.2.3; interface i {{ f: func(); }} world w {{ {world} }}"#, {more} }}"##
    )
}

#[test]
fn options_that_do_not_exist() {
    assert!(error("{ wrld: \"w\" }").starts_with("there is no option `wrld`; there are `world`, "));
    assert_eq!(error("{ imports: { default: blocking } }"), "expected `sync`, `async` or `trappable`");
    let message = "only `Owning` is supported: generated types own what is in them";
    assert_eq!(error("{ ownership: Borrowing }"), message);
    assert_eq!(error("{ exports: { default: await } }"), "expected `sync`, `async` or `trappable`");
}

#[test]
fn names_that_mean_nothing() {
    let message = "the world `w` has nothing of this name";
    assert_eq!(error(&inline("import i;", "with: { \"a:b/j\": x::y }")), message);
    assert_eq!(error(&inline("import i;", "imports: { \"a:b/i.g\": async }")), message);
    assert_eq!(error(&inline("export i;", "exports: { \"a:b/i.g\": async }")), message);
    assert_eq!(error(&inline("import i;", "trappable_error_type: { \"a:b/i/e\" => E }")), message);
    for name in ["a", "a:b", "a:b@1.2.3", "a:b/i", "a:b/i@1.2.3"] {
        generate(&inline("import i;", &format!("with: {{ \"{name}\": x::y }}"))).expect(name);
    }
    for name in ["a:b/i.f", "a:b/i#f", "a:b/i/f", "a:b/i@1.2.3.f"] {
        generate(&inline("import i;", &format!("imports: {{ \"{name}\": async }}"))).expect(name);
    }
}

#[test]
fn wit_that_is_wrong() {
    let message = error(&inline("import j;", ""));
    assert!(message.contains("`j`") && message.contains("inline:1"), "{message}");
    let message = error(r#"{ inline: "package a:b; world c {} world d {}" }"#);
    assert!(message.contains("There are multiple worlds"), "{message}");
    let message = error(r#"{ path: "nowhere" }"#);
    assert!(message.contains("nowhere"), "{message}");
    assert!(error(r#""name" in "nowhere""#).contains("nowhere"));
}

#[test]
fn too_many_flags() {
    let flags = |count: usize| {
        let names: Vec<_> = (0..count).map(|at| format!("bit{at}")).collect();
        let world = format!("flags many {{ {} }} import f: func(x: many);", names.join(", "));
        generate(&inline(&world, ""))
    };
    assert!(flags(32).is_ok());
    let error = flags(33).expect_err("there are bits for 32").to_string();
    assert!(error.starts_with("cannot have more than 32 flags"), "{error}");
}

#[test]
fn what_needs_asynchronous_tasks() {
    let message = "streams and futures are not supported yet";
    assert_eq!(error(&inline("import f: func() -> stream<u8>;", "")), message);
    assert_eq!(error(&inline("export f: func(x: future<u8>);", "")), message);
    assert_eq!(
        error(&inline("export f: async func();", "")),
        "functions that are `async` in WIT, such as `f`, are not supported yet"
    );
}

#[test]
fn names_say_how_a_function_is_written() -> syn::Result<()> {
    let sync = generate(&inline("import i;", ""))?;
    assert!(!sync.contains("Future") && sync.contains("func_wrap"));
    for key in ["default", "\"a:b/i.f\""] {
        let code = generate(&inline("import i;", &format!("imports: {{ {key}: async }}")))?;
        assert!(code.contains("Future < Output = () >") && code.contains("func_wrap_async"), "{code}");
        let code = generate(&inline("import i;", &format!("imports: {{ {key}: trappable }}")))?;
        assert!(
            code.contains("fn f (& mut self ,) -> :: sarsen_component :: internal :: Result < () >"),
            "{code}"
        );
    }
    let sync = generate(&inline("export i;", ""))?;
    assert!(sync.contains("pub fn call_f") && !sync.contains("async fn call_f"));
    for key in ["default", "\"a:b/i.f\""] {
        let code = generate(&inline("export i;", &format!("exports: {{ {key}: async }}")))?;
        assert!(code.contains("pub async fn call_f") && code.contains("call_async"), "{code}");
    }
    Ok(())
}
