//! The API as an embedder uses it, a file a noun.

mod collector;
mod functions;
mod limits;
mod linking;
mod memories;

use sarsen::{Engine, Instance, Module, Store, TypedFunc, WasmParams, WasmResults};

/// A store with an instance of a module without imports.
struct Guest {
    store: Store<()>,
    instance: Instance,
}

impl Guest {
    fn new(source: &str) -> Guest {
        Guest::with(&Engine::default(), source)
    }

    fn with(engine: &Engine, source: &str) -> Guest {
        let module = Module::new(engine, source).expect("the test's module is valid");
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("nothing is imported");
        Guest { store, instance }
    }

    fn func<P: WasmParams, R: WasmResults>(&mut self, name: &str) -> TypedFunc<P, R> {
        self.instance.get_typed_func(&mut self.store, name).expect("the test's export has these types")
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, params: P) -> sarsen::Result<R> {
        self.func(name).call(&mut self.store, params)
    }
}

#[test]
fn handles_go_where_threads_go() {
    fn is_send<T: Send>() {}
    fn is_sync<T: Sync>() {}
    is_send::<Engine>();
    is_sync::<Engine>();
    is_send::<Module>();
    is_sync::<Module>();
    is_send::<Store<u32>>();
    is_send::<Instance>();
    is_send::<sarsen::Linker<u32>>();
    is_send::<sarsen::SharedMemory>();
    is_sync::<sarsen::SharedMemory>();
    is_send::<TypedFunc<i32, i32>>();
    is_send::<sarsen::Error>();
    is_sync::<sarsen::Error>();
}
