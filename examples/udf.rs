//! A function of a database user's that is called for each row of a column.
//!
//! `cargo run --release -p sarsen-examples --example udf -- [ROWS]` calls it for a million rows or as many as are said, and prints how
//! many calls that is per second. A row costs a typed call and no allocation, which `tests/udf.rs` counts; it is no benchmark.

use sarsen::{
    Config, Engine, InstancePre, Linker, Module, ModuleLimits, Result, Store, StoreLimits,
    StoreLimitsBuilder, Strategy, TypedFunc,
};
use sarsen_examples::{start_clock, ticks};
use std::time::{Duration, Instant};

/// How often the engine's clock ticks.
const TICK: Duration = Duration::from_millis(10);

/// What a batch of rows may take.
const BATCH: Duration = Duration::from_secs(1);

/// What a user has compiled from any language: a price, less a discount for ten and more.
pub(crate) const NET_PRICE: &str = r#"(module
    (func (export "net_price") (param $price f64) (param $quantity i32) (result f64)
        (if (i32.le_s (local.get $quantity) (i32.const 0)) (then unreachable))
        (f64.mul
            (f64.mul (local.get $price) (f64.convert_i32_s (local.get $quantity)))
            (select (f64.const 0.9) (f64.const 1)
                (i32.ge_s (local.get $quantity) (i32.const 10))))))"#;

/// A user-defined function: checked and compiled when it is created, shared by all queries.
pub(crate) struct Function {
    ready: InstancePre<StoreLimits>,
    name: String,
}

impl Function {
    /// As `CREATE FUNCTION` does.
    pub(crate) fn create(engine: &Engine, wasm: impl AsRef<[u8]>, name: &str) -> Result<Function> {
        let module = Module::new(engine, wasm)?;
        // A linker without definitions: the function can compute, and nothing else.
        let ready = Linker::new(engine).instantiate_pre(&module)?;
        Ok(Function { ready, name: name.to_owned() })
    }

    /// What a query that uses the function has of its own: no other one sees its memory.
    pub(crate) fn in_query(&self) -> Result<Calls> {
        let limits = StoreLimitsBuilder::new().total_memory_bytes(16 << 20).total_table_elements(10_000);
        let mut store = Store::new(self.ready.module().engine(), limits.build());
        store.limiter(|limits| limits);
        store.set_epoch_deadline(ticks(BATCH, TICK));
        let instance = self.ready.instantiate(&mut store)?;
        // Types are compared here, once, and not for each row.
        let func = instance.get_typed_func(&mut store, &self.name)?;
        Ok(Calls { store, func })
    }
}

/// The function in a query.
pub(crate) struct Calls {
    store: Store<StoreLimits>,
    func: TypedFunc<(f64, i32), f64>,
}

impl Calls {
    /// The value of one row; NULL gives NULL, and is not passed on.
    pub(crate) fn row(&mut self, price: Option<f64>, quantity: Option<i32>) -> Result<Option<f64>> {
        let (Some(price), Some(quantity)) = (price, quantity) else { return Ok(None) };
        self.func.call(&mut self.store, (price, quantity)).map(Some)
    }

    /// The values of a batch of rows.
    pub(crate) fn batch(&mut self, rows: &[Row], values: &mut Vec<Option<f64>>) -> Result<()> {
        // A deadline is set for many rows, so that no row pays for it.
        self.store.set_epoch_deadline(ticks(BATCH, TICK));
        for (number, (price, quantity)) in rows.iter().enumerate() {
            let value = self.row(*price, *quantity);
            values.push(value.map_err(|error| error.context(format!("row {number}")))?);
        }
        Ok(())
    }
}

/// Price and quantity.
pub(crate) type Row = (Option<f64>, Option<i32>);

/// An engine for functions of users that nobody vouches for.
pub(crate) fn engine() -> Result<Engine> {
    let mut config = Config::new();
    // A query may be over before anything is hot, and its first row should cost what its last one does.
    config.strategy(Strategy::Jit);
    config.module_limits(ModuleLimits::strict());
    config.epoch_interruption(true);
    let engine = Engine::new(&config)?;
    start_clock(&engine, TICK)?;
    Ok(engine)
}

fn main() -> Result<()> {
    let count = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse())?;
    let rows: Vec<Row> = (0..count)
        .map(|number| ((number % 7 != 0).then_some(f64::from(number % 100)), Some(number % 20 + 1)))
        .collect();
    let mut values = Vec::with_capacity(rows.len());

    let function = Function::create(&engine()?, NET_PRICE, "net_price")?;
    let mut calls = function.in_query()?;
    let start = Instant::now();
    for batch in rows.chunks(10_000) {
        calls.batch(batch, &mut values)?;
    }
    let seconds = start.elapsed().as_secs_f64();

    let nulls = values.iter().filter(|value| value.is_none()).count();
    println!("{} values, {nulls} of them NULL", values.len());
    println!("{:.1} million rows per second", f64::from(count) / seconds / 1e6);
    let error = calls.batch(&[(Some(1.0), Some(0))], &mut values).unwrap_err();
    println!("no discount for nothing: {}", error.to_string().lines().next().unwrap_or_default());
    Ok(())
}
