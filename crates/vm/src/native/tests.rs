//! Compiled code of a few bytes, written by hand: entering it, every way of leaving it, and what is known of it meanwhile.

use super::{ContextLocation, Handler, Image, ImageParts, NATIVE, NativeCode, Site, call_native, registry};
use crate::activation::Activation;
use crate::error::HostError;
use crate::testing::{code, load, nameless_file, store_of, vm_instance};
use crate::{CodeTable, Extern, Failure, FuncPtr, HostFn, InstanceId, Store, StoreConfig};
use sarsen_abi::{Exit, VmEntry, VmFunctions, VmInstance, VmMemory, VmStore};
use sarsen_isa::Trap;
use sarsen_module::{Bytes, FuncIndex, Module};
use std::mem::offset_of;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

/// All functions have type 0 but the import; each does what its bytes in [`image`] say.
const MODULE: &str = r#"(module
  (type $f (func (param i64) (result i64)))
  (tag (param))
  (import "" "host" (func (param i64 i64)))
  (memory 1)
  (func $increment (type $f) (i64.const 0))
  (func $stop (type $f) (i64.const 0))
  (func $load (type $f) (i64.const 0))
  (func $call_stop (type $f) (i64.const 0))
  (func $raise (type $f) (i64.const 0))
  (func $catch (type $f) (i64.const 0)))"#;

const INCREMENT: u32 = 0;
pub(super) const STOP: u32 = 1;
pub(super) const LOAD: u32 = 2;
const CALL_STOP: u32 = 3;
const RAISE: u32 = 4;
const CATCH: u32 = 5;

/// Machine code under construction.
#[derive(Default)]
struct Text(Vec<u8>);

impl Text {
    fn here(&self) -> u32 {
        self.0.len() as u32
    }

    fn code(&mut self, bytes: &[u8]) -> &mut Text {
        self.0.extend_from_slice(bytes);
        self
    }

    /// An instruction that ends with an offset of 32 bits.
    fn with(&mut self, bytes: &[u8], offset: usize) -> &mut Text {
        self.code(bytes).code(&(offset as u32).to_le_bytes())
    }

    /// `call`, or whatever else ends with a displacement from its end.
    fn to(&mut self, bytes: &[u8], target: u32) -> &mut Text {
        let next = self.here() + bytes.len() as u32 + 4;
        self.code(bytes).code(&target.wrapping_sub(next).to_le_bytes())
    }

    /// `push rbp; mov rbp, rsp`.
    fn frame(&mut self) -> &mut Text {
        self.code(&[0x55, 0x48, 0x89, 0xe5])
    }

    /// `pop rbp; ret`.
    fn end(&mut self) -> &mut Text {
        self.code(&[0x5d, 0xc3])
    }
}

/// The trampoline from the host; functions take the context in `rdi`, their parameter in `rsi`, and return in `rax`.
fn entry(text: &mut Text) -> u32 {
    let handler = text.here();
    // mov eax, 1 << 31
    let epilogue = [0x48, 0x83, 0xc4, 8, 0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5b, 0x5d, 0xc3];
    text.code(&[0xb8, 0, 0, 0, 0x80]).code(&epilogue);
    let start = text.here();
    // push rbx, r12 to r15; sub rsp, 8; mov [rsp], rdx: a handler finds no registers as they were
    text.frame().code(&[
        0x53, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57, 0x48, 0x83, 0xec, 8, 0x48, 0x89, 0x14, 0x24,
    ]);
    // lea rax, [handler]; the entry's three words in the store at rcx
    let at = offset_of!(VmStore, entry);
    text.to(&[0x48, 0x8d, 0x05], handler);
    text.with(&[0x48, 0x89, 0x81], at + offset_of!(VmEntry, handler));
    text.with(&[0x48, 0x89, 0xa1], at + offset_of!(VmEntry, stack));
    text.with(&[0x48, 0x89, 0xa9], at + offset_of!(VmEntry, frame));
    // mov rax, rsi; mov rsi, [rdx]; call rax; mov rdx, [rsp]; mov [rdx], rax; xor eax, eax
    text.code(&[
        0x48, 0x89, 0xf0, 0x48, 0x8b, 0x32, 0xff, 0xd0, 0x48, 0x8b, 0x14, 0x24, 0x48, 0x89, 0x02, 0x31, 0xc0,
    ])
    .code(&epilogue);
    start
}

fn image() -> ImageParts {
    let mut text = Text::default();
    let mut parts = ImageParts::default();
    // lea rax, [rsi + 1]; ret
    parts.functions.push(text.here());
    text.code(&[0x48, 0x8d, 0x46, 1, 0xc3]);

    let stop = text.here();
    parts.functions.push(stop);
    text.frame();
    parts.traps.push((text.here(), Trap::UnreachableCodeReached));
    text.code(&[0x0f, 0x0b]);

    parts.functions.push(text.here());
    // mov rax, [rdi + memory0]; mov rax, [rax + base]; movzx eax, byte [rax + rsi]
    text.frame().with(&[0x48, 0x8b, 0x87], offset_of!(VmInstance, memory0));
    text.with(&[0x48, 0x8b, 0x80], offset_of!(VmMemory, base));
    parts.traps.push((text.here(), Trap::MemoryOutOfBounds));
    text.code(&[0x0f, 0xb6, 0x04, 0x30]).end();

    parts.functions.push(text.here());
    text.frame().to(&[0xe8], stop).end();

    let raise = text.here();
    parts.functions.push(raise);
    // rcx is the store, rdx the functions
    text.frame().with(&[0x48, 0x8b, 0x8f], offset_of!(VmInstance, store));
    text.with(&[0x48, 0x8b, 0x97], offset_of!(VmInstance, functions));
    // lea rax, [rip]; push rax; push rbp: a frame of something that was called from here
    text.with(&[0x48, 0x8d, 0x05], 0);
    // mov [rcx + exit_frame], rsp; mov rdi, rcx; call raise with the parameter
    text.code(&[0x50, 0x55]).with(&[0x48, 0x89, 0xa1], offset_of!(VmStore, exit_frame));
    text.code(&[0x48, 0x89, 0xcf]).with(&[0xff, 0x92], offset_of!(VmFunctions, raise));

    parts.functions.push(text.here());
    // sub rsp, 16; mov [rsp + 8], rdi; call
    text.frame().code(&[0x48, 0x83, 0xec, 16, 0x48, 0x89, 0x7c, 0x24, 8]).to(&[0xe8], raise);
    let ret = text.here();
    parts.sites.push(Site { ret, frame: 16, context: ContextLocation::Stack(8), handlers: 0..1 });
    // add rsp, 16; and what was thrown is returned.
    parts.handlers.push(Handler { tag: Some(0), target: ret });
    text.code(&[0x48, 0x83, 0xc4, 16]).end();
    parts.functions.push(text.here());

    // Positions say which function it is, and where the instruction is.
    parts.positions = (0..text.here()).map(|at| (at, 1000 + at)).collect();
    parts.entries = vec![entry(&mut text), u32::MAX, u32::MAX];
    parts.leaves = vec![u32::MAX, u32::MAX, text.here()];
    text.code(&[0xc3]);
    parts.text = text.0;
    parts
}

pub(super) struct Fixture {
    store: Store,
    id: InstanceId,
    native: Arc<NativeCode>,
    host: FuncPtr,
}

fn publish(module: &Arc<Module>) -> Arc<NativeCode> {
    let image = Image::read(Bytes::from(image().to_bytes())).unwrap();
    // SAFETY: the bytes above are functions of this convention.
    unsafe { NativeCode::publish(image, Arc::clone(module), true) }.unwrap()
}

/// The same code for a module like [`MODULE`].
pub(super) fn publish_text(wat: &str) -> Arc<NativeCode> {
    publish(&load(&store_of(1 << 20), wat))
}

/// The type of the module's import.
fn import_type(module: &Module) -> sarsen_module::TypeId {
    module.func_type_id(FuncIndex(0))
}

impl Fixture {
    pub(super) fn vm(&mut self) -> *mut VmStore {
        self.store.vm()
    }

    pub(super) fn memory_base(&self) -> usize {
        self.store.memory_base(crate::MemoryId(0)).addr()
    }

    /// Where a function has the instruction that traps.
    pub(super) fn trap_address(&self, defined: u32) -> usize {
        let mut range = self.native.image().function(defined).unwrap();
        let at = range.find(|&at| self.native.image().trap(at).is_some()).unwrap();
        self.native.addresses().start + at as usize
    }

    pub(super) fn new() -> Fixture {
        let config = StoreConfig { memory_guard: 64 << 10, stack_slots: 4 << 10, ..StoreConfig::default() };
        let mut store = Store::new(&Arc::default(), config).unwrap();
        let module = load(&store, MODULE);
        let native = publish(&module);
        let ty = import_type(&module);
        let host =
            store.host_func(ty, HostFn::new(2, 0, |_, _| Err(HostError::Trap(Trap::UnreachableCodeReached))));
        let table = CodeTable { native: Some(Arc::clone(&native)), ..code(&module) };
        let id = store.instantiate(&module, &[Extern::Func(host)], table).unwrap();
        Fixture { store, id, native, host }
    }

    fn func(&mut self, defined: u32) -> FuncPtr {
        let module = Arc::clone(self.store.module(self.id));
        let index = FuncIndex(module.imported().funcs + defined);
        match self.store.entity(self.id, sarsen_module::ExternIndex::Func(index)) {
            Extern::Func(func) => func,
            other => panic!("{other:?}"),
        }
    }

    fn call(&mut self, defined: u32, argument: u64) -> Result<u64, Failure> {
        let func = self.func(defined);
        let mut slots = [argument];
        // SAFETY: the function has one parameter and one result.
        unsafe { call_native(self.store.vm(), func.record(), &mut slots) }?;
        Ok(slots[0])
    }

    /// The trap of a call, and its frames as functions with offsets from their first bytes.
    fn trap(&mut self, defined: u32, argument: u64) -> (Trap, Vec<(u32, u32)>) {
        let failure = self.call(defined, argument).unwrap_err();
        let frame = |frame: &crate::Frame| {
            let defined = frame.function - 1;
            (defined, frame.offset - 1000 - self.native.image().function(defined).unwrap().start)
        };
        (failure.exit.as_trap().unwrap(), failure.frames.iter().map(frame).collect())
    }
}

#[test]
fn calls_return() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.call(INCREMENT, 41).unwrap(), 42);
    assert!(fixture.store.vm.activation.is_null());
}

#[test]
fn records_say_how_to_call() {
    let mut fixture = Fixture::new();
    let func = fixture.func(INCREMENT);
    let start = fixture.native.addresses().start;
    // SAFETY: the records live as long as the store.
    let (own, host) = unsafe { (&*func.record(), &*fixture.host.record()) };
    assert_eq!(own.native.addr(), start);
    assert_eq!(own.context.addr(), vm_instance(&fixture.store, fixture.id).addr());
    assert!(own.enter.is_some() && host.enter.is_none());
    let leaf = fixture.native.image().leaf(2).unwrap();
    assert_eq!(
        (host.native.addr(), host.context.addr()),
        (start + leaf as usize, fixture.host.record().addr())
    );
}

#[test]
fn functions_that_are_not_compiled_get_an_entry_once() {
    let mut fixture = Fixture::new();
    let ty = import_type(fixture.native.module());
    let (known, native) = (fixture.host, Arc::clone(&fixture.native));
    let escaped = fixture.store.host_func(ty, HostFn::new(2, 0, |_, _| Ok(())));
    assert!(fixture.store.func_record(escaped).native.is_null());
    fixture.store.link_func(escaped, &native, ty);
    fixture.store.link_func(known, &native, ty);
    assert_eq!(fixture.store.func_record(escaped).native, fixture.store.func_record(known).native);
    let other = fixture.func(INCREMENT);
    let ty = fixture.store.func_type_id(other);
    let without = fixture.store.host_func(ty, HostFn::new(1, 1, |_, _| Ok(())));
    fixture.store.link_func(without, &native, ty);
    let entry = fixture.store.func_record(without).native;
    assert!(entry.is_null(), "there is no trampoline for its type");
}

#[test]
fn instructions_trap() {
    let mut fixture = Fixture::new();
    for _ in 0..3 {
        assert_eq!(fixture.trap(STOP, 0), (Trap::UnreachableCodeReached, vec![(STOP, 4)]));
        // The caller stands in its call, of which the last byte is as good as the first.
        assert_eq!(
            fixture.trap(CALL_STOP, 0),
            (Trap::UnreachableCodeReached, vec![(STOP, 4), (CALL_STOP, 8)])
        );
    }
    assert_eq!(fixture.call(INCREMENT, 1).unwrap(), 2);
}

#[test]
fn accesses_of_guests_trap_and_others_do_not_come_here() {
    let mut fixture = Fixture::new();
    // SAFETY: the memory has a page.
    unsafe { *fixture.store.memory_base(crate::MemoryId(0)).add(65535) = 7 };
    assert_eq!(fixture.call(LOAD, 65535).unwrap(), 7);
    for address in [65536, 1 << 20, u64::from(u32::MAX), u64::from(u32::MAX) + (64 << 10)] {
        assert_eq!(fixture.trap(LOAD, address).0, Trap::MemoryOutOfBounds, "{address}");
    }
}

#[test]
fn runtime_functions_stop_code() {
    let mut fixture = Fixture::new();
    let exit = Exit::trap(Trap::Interrupt);
    assert_eq!(fixture.trap(RAISE, exit.0.into()).0, Trap::Interrupt);
    // A handler is for exceptions.
    let (trap, frames) = fixture.trap(CATCH, exit.0.into());
    assert_eq!((trap, frames.len()), (Trap::Interrupt, 2));
    let error = fixture.call(RAISE, Exit::ERROR.0.into()).unwrap_err();
    assert_eq!((error.exit, error.frames.len()), (Exit::ERROR, 1));
}

#[test]
fn frames_of_nested_activations_are_kept() {
    let mut fixture = Fixture::new();
    let nested = fixture.call(CALL_STOP, 0).unwrap_err();
    let vm = fixture.store.vm();
    // SAFETY: the store is live, and code that stops with this exit is called next.
    let exit = unsafe { nested.pass_on(vm) };
    assert_eq!(
        fixture.trap(RAISE, exit.0.into()),
        (Trap::UnreachableCodeReached, vec![(STOP, 4), (CALL_STOP, 8)])
    );
    assert_eq!(fixture.trap(RAISE, exit.0.into()).1.len(), 1, "but once");
}

#[test]
fn exceptions_find_their_handlers() {
    let mut fixture = Fixture::new();
    let tags = fixture.store.instances[fixture.id.index()].tags.clone();
    let exception = fixture.store.new_exception(tags[0], &[]).unwrap();
    fixture.store.vm.exception = exception;
    assert_eq!(fixture.call(CATCH, Exit::EXCEPTION.0.into()).unwrap(), exception.into());
    assert_eq!(fixture.store.vm.exception, 0, "the handler has it");

    fixture.store.vm.exception = exception;
    let failure = fixture.call(RAISE, Exit::EXCEPTION.0.into()).unwrap_err();
    assert_eq!((failure.exit, failure.frames.len()), (Exit::EXCEPTION, 0));
    assert_eq!(fixture.store.take_exception(), exception);

    let ty = fixture.store.tag_type(tags[0]);
    let other = fixture.store.new_tag(ty);
    fixture.store.vm.exception = fixture.store.new_exception(other, &[]).unwrap();
    assert_eq!(fixture.call(CATCH, Exit::EXCEPTION.0.into()).unwrap_err().exit, Exit::EXCEPTION);
}

#[test]
fn deep_stacks_do_not_get_deeper() {
    let mut fixture = Fixture::new();
    fixture.store.config.native_stack = 0;
    let vm = fixture.store.vm();
    // SAFETY: the store is live; the activation around does nothing but to be there.
    let outer = unsafe {
        Activation::run(vm, &NATIVE, || {
            assert_eq!(fixture.trap(INCREMENT, 0), (Trap::StackOverflow, vec![]));
            Err(Exit::trap(Trap::StackOverflow))
        })
    };
    assert_eq!(outer.unwrap_err().exit, Exit::trap(Trap::StackOverflow));
}

#[test]
fn other_threads_do_not_use_this_stack() {
    let mut fixture = Fixture::new();
    let node = fixture.store.new_extern(Box::new(1)).unwrap();
    let vm = fixture.store.vm();
    // SAFETY: as above.
    let outer = unsafe {
        Activation::run(vm, &NATIVE, || {
            let store = &mut fixture.store;
            std::thread::scope(|scope| {
                let collect = scope.spawn(move || {
                    store.collect();
                    store.gc_stats().collections
                });
                assert_eq!(collect.join().unwrap(), 0);
            });
            Ok(())
        })
    };
    outer.unwrap();
    assert!(node != 0);
    fixture.store.collect();
    assert_eq!(fixture.store.gc_stats().collections, 1);
}

#[test]
fn code_is_found_as_long_as_it_lives() {
    let store = store_of(1 << 20);
    let module = load(&store, MODULE);
    let find = |address| registry::at(address, |code, offset| (std::ptr::from_ref(code), offset));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let native = publish(&module);
                    let range = native.addresses();
                    for address in [range.start, range.end - 1] {
                        let offset = (address - range.start) as u32;
                        assert_eq!(find(address), Some((Arc::as_ptr(&native), offset)));
                    }
                    assert_ne!(find(range.end).map(|found| found.0), Some(Arc::as_ptr(&native)));
                }
            });
        }
    });
    assert_eq!(find(0), None);
    assert_eq!(find(usize::MAX), None);
}

#[test]
fn code_comes_and_goes_though_somebody_always_reads() {
    let module = load(&store_of(1 << 20), MODULE);
    let native = publish(&module);
    let start = native.addresses().start;
    let (begun, end) = (Barrier::new(9), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                registry::at(start, |_, _| begun.wait());
                while !end.load(Relaxed) {
                    registry::at(start, |_, _| std::thread::sleep(Duration::from_millis(20)));
                }
            });
        }
        begun.wait();
        // With 8 readers, each of whom reads nearly all the time, there is no moment without one.
        let (published, publisher) = mpsc::channel();
        scope.spawn(move || {
            drop(publish(&module));
            published.send(()).unwrap();
        });
        let in_time = publisher.recv_timeout(Duration::from_secs(5));
        end.store(true, Relaxed);
        in_time.unwrap();
    });
}

#[test]
fn code_can_be_mapped_from_a_file() {
    let mut store = store_of(1 << 20);
    let module = load(&store, MODULE);
    let bytes = image().to_bytes();
    let file = nameless_file("image", &[&[0; 128 << 10][..], &bytes].concat());
    let image = Image::read(Bytes::from(bytes)).unwrap();
    // SAFETY: nobody else has the file, and the image is that of the module.
    let native =
        unsafe { NativeCode::from_file(image, Arc::clone(&module), &file, 128 << 10, true) }.unwrap();
    let ty = import_type(&module);
    let host = store.host_func(ty, HostFn::new(2, 0, |_, _| Ok(())));
    let table = CodeTable { native: Some(Arc::clone(&native)), ..code(&module) };
    let id = store.instantiate(&module, &[Extern::Func(host)], table).unwrap();
    let mut fixture = Fixture { store, id, native, host };
    assert_eq!(fixture.call(INCREMENT, 1).unwrap(), 2);
    assert_eq!(fixture.trap(STOP, 0).0, Trap::UnreachableCodeReached);
}
