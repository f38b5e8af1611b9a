//! What calls of components cost: from the host and back with strings, records and lists, out to the host, from one component to
//! another; and what an instance costs.
//!
//! Both runtimes compile the component. Each round makes the same number of calls in each of them, in alternating order.

use crate::Result;
use crate::clock::{least, median};
use crate::options::Options;
use crate::table::Table;
use std::time::{Duration, Instant};

/// The component.
const TEXT: &str = include_str!("components.wat");

/// A string that is passed in.
const NAME: &str = "the name of something";

/// Numbers of a list that is passed in.
const NUMBERS: usize = 1000;

/// What is measured.
#[derive(Clone, Copy)]
enum Crossing {
    Number,
    Point,
    Sum,
    Dynamic,
    Out,
    Across,
    Instance,
}

impl Crossing {
    const ALL: [(Crossing, &str); 7] = [
        (Crossing::Number, "number in, number out"),
        (Crossing::Point, "string in, record out"),
        (Crossing::Dynamic, "the same with values of any type"),
        (Crossing::Sum, "list of 1,000 f64 in"),
        (Crossing::Out, "string to the host"),
        (Crossing::Across, "string to another component"),
        (Crossing::Instance, "store, instance and call"),
    ];
}

/// An instance in a runtime.
trait Calls {
    fn name(&self) -> &'static str;
    /// Does something so often.
    fn cross(&mut self, crossing: Crossing, count: u32) -> Result<Duration>;
}

/// Defines [`Calls`] for a runtime: their APIs look the same.
macro_rules! runtime {
    ($name:ident, $label:literal, $core:ident, [$($component:tt)*], $engine:expr) => {
        mod $name {
            use super::{Calls, Crossing, Duration, Instant, NAME, NUMBERS, TEXT};
            use $($component)* as component;
            use component::{Component, ComponentType, InstancePre, Lift, Linker, Lower, TypedFunc, Val};
            use $core::{Engine, Store};

            #[derive(ComponentType, Lift, Lower)]
            #[component(record)]
            struct Point {
                x: u32,
                y: f64,
                name: String,
            }

            pub(super) struct Runtime {
                engine: Engine,
                pre: InstancePre<()>,
                store: Store<()>,
                number: TypedFunc<(u32,), (u32,)>,
                point: TypedFunc<(&'static str,), (Point,)>,
                dynamic: component::Func,
                sum: TypedFunc<(Vec<f64>,), (f64,)>,
                out: TypedFunc<(u32,), (u32,)>,
                across: TypedFunc<(u32,), (u32,)>,
                numbers: Vec<f64>,
            }

            pub(super) fn start() -> crate::Result<Box<dyn Calls>> {
                let engine: Engine = $engine;
                let component = Component::new(&engine, TEXT)?;
                let mut linker = Linker::<()>::new(&engine);
                linker.root().func_wrap("host", |_, (text,): (String,)| Ok((text.len() as u32,)))?;
                let pre = linker.instantiate_pre(&component)?;
                let mut store = Store::new(&engine, ());
                let instance = pre.instantiate(&mut store)?;
                Ok(Box::new(Runtime {
                    number: instance.get_typed_func(&mut store, "number")?,
                    point: instance.get_typed_func(&mut store, "point")?,
                    dynamic: instance.get_func(&mut store, "point").ok_or("no function `point`")?,
                    sum: instance.get_typed_func(&mut store, "sum")?,
                    out: instance.get_typed_func(&mut store, "out")?,
                    across: instance.get_typed_func(&mut store, "across")?,
                    numbers: (0..NUMBERS).map(|number| number as f64).collect(),
                    engine,
                    pre,
                    store,
                }))
            }

            impl Calls for Runtime {
                fn name(&self) -> &'static str {
                    $label
                }

                fn cross(&mut self, crossing: Crossing, count: u32) -> crate::Result<Duration> {
                    let store = &mut self.store;
                    let before = Instant::now();
                    let mut sum = 0_u64;
                    match crossing {
                        Crossing::Number => {
                            for number in 0..count {
                                sum += u64::from(self.number.call(&mut *store, (number,))?.0 - number);
                            }
                        }
                        Crossing::Point => {
                            for _ in 0..count {
                                let (point,) = self.point.call(&mut *store, (NAME,))?;
                                sum += u64::from(point.x == point.name.len() as u32 && point.y == 1.5);
                            }
                        }
                        Crossing::Dynamic => {
                            let mut results = [Val::Bool(false)];
                            for _ in 0..count {
                                self.dynamic.call(&mut *store, &[Val::String(NAME.into())], &mut results)?;
                                sum += u64::from(matches!(&results, [Val::Record(_)]));
                            }
                        }
                        Crossing::Sum => {
                            for _ in 0..count {
                                let total = self.sum.call(&mut *store, (self.numbers.clone(),))?.0;
                                sum += u64::from(total == (NUMBERS * (NUMBERS - 1) / 2) as f64);
                            }
                        }
                        Crossing::Out => sum = u64::from(self.out.call(&mut *store, (count,))?.0) / 30,
                        Crossing::Across => sum = u64::from(self.across.call(&mut *store, (count,))?.0) / 30,
                        Crossing::Instance => {
                            for _ in 0..count {
                                let mut store = Store::new(&self.engine, ());
                                let instance = self.pre.instantiate(&mut store)?;
                                let number = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "number")?;
                                sum += u64::from(number.call(&mut store, (0,))?.0);
                            }
                        }
                    }
                    let time = before.elapsed();
                    if sum != u64::from(count) {
                        return Err(format!("{}: {sum} of {count} calls did what they should", self.name()).into());
                    }
                    Ok(time)
                }
            }
        }
    };
}

runtime!(
    ours,
    "sarsen",
    sarsen,
    [sarsen_component],
    Engine::new(sarsen::Config::new().strategy(sarsen::Strategy::Jit).pool_slots(64))?
);

#[cfg(feature = "wasmtime")]
runtime!(theirs, "wasmtime", wasmtime, [wasmtime::component], {
    let mut config = wasmtime::Config::new();
    config.allocation_strategy(wasmtime::InstanceAllocationStrategy::pooling());
    Engine::new(&config)?
});

/// The command `components`.
pub(crate) fn components(options: &mut Options) -> Result<()> {
    let count: u32 = options.take("count")?.unwrap_or(100_000);
    let rounds: usize = options.take("rounds")?.unwrap_or(15);
    options.finish()?;

    let mut runtimes = vec![ours::start()?];
    #[cfg(feature = "wasmtime")]
    runtimes.push(theirs::start()?);
    let header = runtimes.iter().map(|runtime| format!("{} ns", runtime.name()));
    let mut table = Table::new(["crossing".to_owned()].into_iter().chain(header).chain(["ratio".to_owned()]));
    for (crossing, name) in Crossing::ALL {
        let count = if matches!(crossing, Crossing::Instance) { count.div_ceil(20) } else { count };
        let mut nanoseconds = vec![Vec::new(); runtimes.len()];
        for round in 0..=rounds {
            for step in 0..runtimes.len() {
                let index = if round % 2 == 0 { step } else { runtimes.len() - 1 - step };
                let time = runtimes[index].cross(crossing, count)?;
                // The first round warms up.
                if round > 0 {
                    nanoseconds[index].push(time.as_secs_f64() * 1e9 / f64::from(count));
                }
            }
        }
        let (ours, last) = (&nanoseconds[0], &nanoseconds[runtimes.len() - 1]);
        let ratio = median(ours.iter().zip(last).map(|(ours, theirs)| ours / theirs));
        let best = nanoseconds.iter().map(|times| format!("{:.1}", least(times.iter().copied())));
        table.row([name.to_owned()].into_iter().chain(best).chain([format!("{ratio:.2}")]));
    }
    println!("\nBest of {rounds} rounds of {count} calls, and the median of the rounds' ratios:\n");
    print!("{}", table.render());
    Ok(())
}
