//! Worlds with names and shapes that are easy to get wrong: all that is asked is that what is written compiles.

use sarsen_component::bindgen;

mod both_sides {
    //! An interface that is imported and exported, and others that use it.
    use super::bindgen;

    bindgen!({
        inline: r#"
            package test:both;
            interface handler {
                resource request {
                    constructor();
                    body: func() -> list<u8>;
                }
                record head { size: u64, request: request }
                handle: func(request: request, head: borrow<request>) -> option<head>;
            }
            interface log {
                use handler.{head as start, request};
                type handle = borrow<request>;
                type line = string;
                type lines = list<line>;
                type size = u32;
                type pair = tuple<size, line>;
                type maybe = option<pair>;
                write: func(start: start, line: line, lines: lines, maybe: maybe, handle: handle, size: size);
            }
            interface only-exported {
                use handler.{request};
                use log.{pair};
                take: func(request: request, pair: pair, pairs: list<pair>, table: map<string, u8>, four: list<u8, 4>);
            }
            world middleware {
                import handler;
                import log;
                export handler;
                export log;
                export only-exported;
            }
        "#,
    });

    /// The types of both sides are types of their own.
    #[expect(dead_code, reason = "it only has to compile")]
    fn uses(
        middleware: &Middleware,
        mut store: sarsen::Store<()>,
        of_host: &sarsen_component::Resource<test::both::handler::Request>,
        of_guest: exports::test::both::handler::Request,
    ) -> sarsen::Result<Option<exports::test::both::handler::Head>> {
        let pair = (of_host.rep(), "two".to_owned());
        let taker = middleware.test_both_only_exported();
        taker.call_take(
            &mut store,
            of_guest,
            &pair,
            std::slice::from_ref(&pair),
            &Default::default(),
            &[0; 4],
        )?;
        middleware.test_both_handler().call_handle(&mut store, of_guest, of_guest)
    }
}

mod words {
    //! Names that are words of Rust, or that generated code has uses for.
    use super::bindgen;

    bindgen!({
        inline: r#"
            package %self:%type;
            interface %match {
                record %string { %self: u8, %type: u8, store: u8, value: u8 }
                variant %option { none, some(u8), ok, err(u8), vec }
                enum %result { ok }
                flags %flags { all, empty, bits, %self }
                resource host { %static: static func(store: u8, %self: u8); fn: func(get: u8, linker: u8); }
                resource guest {}
                %async: func(host: %option, get: %result, caller: string, linker: %flags, t: u8, d: u8);
                %enum: func() -> result<%option, %result>;
            }
            world %impl {
                import %match;
                import %type: func(host: u8, get: u8, store: u8);
                export %match;
                export %type: func(host: u8, funcs: u8, store: u8);
            }
        "#,
        imports: { default: async },
    });
}

mod nothing {
    //! Worlds without one thing or another.
    use super::bindgen;

    mod empty {
        super::bindgen!({ inline: "package test:nothing; world empty {}" });
    }

    mod types_only {
        super::bindgen!({
            inline: "package test:nothing; interface i { record r { a: u8 } } world types { import i; export i; }",
        });
    }

    mod exports_only {
        super::bindgen!({
            inline: "package test:nothing; interface i { resource r {} } world w { export i; export f: func(); }",
        });
    }
}

mod taken {
    //! Names that generated code has for something else.
    use super::bindgen;

    bindgen!({
        inline: r#"
            package test:taken;
            interface things {
                resource thing {
                    constructor();
                    drop: func() -> u8;
                    new: static func() -> thing;
                    %constructor: func() -> u16;
                }
                resource other { new: static func() -> other; }
            }
            world taken {
                import things;
                export things;
                export funcs: interface { f: func(); }
                export indices: interface { f: func(); }
                export new: interface { f: func(); }
                export instantiate: interface { f: func(); }
                export add-to-linker: interface { f: func(); }
                export f: func();
            }
        "#,
    });

    #[expect(dead_code, reason = "it only has to compile")]
    fn uses(
        taken: &Taken,
        mut store: sarsen::Store<()>,
        thing: exports::test::taken::things::Thing,
    ) -> sarsen::Result<(u8, u16)> {
        taken.funcs().call_f(&mut store)?;
        taken.indices().call_f(&mut store)?;
        taken.new_().call_f(&mut store)?;
        taken.instantiate_().call_f(&mut store)?;
        taken.add_to_linker_().call_f(&mut store)?;
        let things = taken.test_taken_things().thing();
        things.call_constructor(&mut store)?;
        things.call_new(&mut store)?;
        Ok((things.call_drop(&mut store, thing)?, things.call_constructor_(&mut store, thing)?))
    }

    /// Those of the host that have two names of one kind.
    #[expect(dead_code, reason = "it only has to compile")]
    fn ends<H: test::taken::things::HostThing + test::taken::things::HostOther>(
        host: &mut H,
    ) -> sarsen::Result<u8> {
        use test::taken::things::{HostOther, HostThing};
        let _: sarsen_component::Resource<test::taken::things::Other> = HostOther::new(host);
        let (made, other) = (HostThing::new(host), HostThing::new_(host));
        HostThing::drop(host, made)?;
        Ok(host.drop_(other))
    }
}
