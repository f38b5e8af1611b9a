//! Defences: for each, the text that is it, what is left when it is taken away, and the test that fails then.
//!
//! What they defend against is in SECURITY.md. A text is short enough to stay as it is while code around it changes, and long enough
//! to be there once.

/// A defence, and its test.
pub(super) struct Defence {
    /// What it is called.
    pub(super) name: &'static str,
    /// The file that it is in.
    pub(super) file: &'static str,
    /// The text that it is.
    pub(super) text: &'static str,
    /// What takes its place.
    pub(super) instead: &'static str,
    /// The folder of the package with the test.
    pub(super) package: &'static str,
    /// The test's program; none for those beside the package's code.
    pub(super) program: &'static str,
    /// Its name, or a part of that.
    pub(super) filter: &'static str,
}

/// Lists defences in fewer lines: name, file, what is replaced by what, and package, program and test.
macro_rules! defences {
    ($($name:literal in $file:literal: $text:literal => $instead:expr; $package:literal $program:literal $filter:literal)*) => {
        &[$(Defence {
            name: $name,
            file: $file,
            text: $text,
            instead: $instead,
            package: $package,
            program: $program,
            filter: $filter,
        },)*]
    };
}

/// What opens a file in a host that joins paths and asks the system.
const NAIVE: &str = r#"{
        let root = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(dir));
        let mut naive = std::fs::OpenOptions::new();
        naive.read(open.read || !write).write(write).create(open.create).truncate(open.truncate);
        naive.create_new(open.create && open.exclusive);
        let file = naive.open(std::path::Path::new(&root).join(path))?;
        Ok(cap_std::fs::File::from_std(file))
    }"#;

/// All of them, those that need the least to be built first.
pub(super) const DEFENCES: &[Defence] = defences! {
    // Handles and strings of components.
    "type of a handle" in "crates/component/src/resource/handles.rs":
        "if found != key {" => "if false {";
        "crates/component" "handles" "guests"
    "handle that is lent and given away" in "crates/component/src/resource/handles.rs":
        "Entry::Own { rep, lends: 0, .. } => {" => "Entry::Own { rep, .. } => {";
        "crates/component" "handles" "guests"
    "host's handle that is lent" in "crates/component/src/resource/any.rs":
        "if handle.lends > 0 {" => "if false {";
        "crates/component" "handles" "hosts"
    "store of the host's handle" in "crates/component/src/resource/any.rs":
        "if self.store == store {" => "if self.store != 0 || store != 0 {";
        "crates/component" "handles" "a_resource_is_of_one_store"
    "number of handles" in "crates/component/src/resource/handles.rs":
        "} else if *all >= MAX_HANDLES {" => "} else if false {";
        "crates/component" "lies" "handles_without_end"
    "number of the host's handles" in "crates/component/src/resource/any.rs":
        "if self.all.len() >= MAX_HOST_HANDLES {" => "if false {";
        "crates/component" "lies" "resources_that_the_host_forgets"
    "bytes of the host's resources" in "crates/component/src/resource/table.rs":
        ".filter(|sum| *sum <= self.max_bytes)" => "";
        "crates/component" "" "resource::table"
    "end of what realloc returns" in "crates/component/src/abi/lower.rs":
        "if u64::from(ptr) + u64::from(size) > self.memory()?.len() as u64 {" => "if false {";
        "crates/component" "lies" "memory_that_is_none"

    "engine of a component" in "crates/component/src/linker/mod.rs":
        "if !Engine::same(&self.engine, component.engine()) {" => "if false {";
        "crates/component" "owners" "components"
    "store of an imported function" in "crates/component/src/instance.rs":
        "if prepared.store.is_some_and(|store| store != id) {" => "if false {";
        "crates/component" "owners" "functions"
    "component of an export's place" in "crates/component/src/instance.rs":
        "Component::same(&self.component, component).then(|| self.clone())" => "Some(self.clone())";
        "crates/component" "owners" "instances"
    "exceptions of components" in "crates/component/src/call.rs":
        "        let result = self.run_core(store, &mut slots, results);
        let result = result.map_err(|error| store.end_exception(error));" =>
        "        let result = self.run_core(store, &mut slots, results);";
        "crates/component" "throws" "no_component_catches_what_another_throws"
    "exceptions while parameters are passed" in "crates/component/src/call.rs":
        "            return Err(store.end_exception(error));" => "            return Err(error);";
        "crates/component" "throws" "when_it_is_asked_for_fuel"
    "exceptions of destructors" in "crates/component/src/call.rs":
        "            let result = func.call(&mut store, &mut [rep.into()]);
            let result = result.map_err(|error| store.end_exception(error));" =>
        "            let result = func.call(&mut store, &mut [rep.into()]);";
        "crates/component" "throws" "no_component_catches_what_another_throws"
    "exceptions of start functions" in "crates/component/src/instance.rs":
        "            .map_err(|error| AnyStore::new(store).end_exception(error))?;" => "?;";
        "crates/component" "throws" "instantiation_ends_with_a_trap"
    "exceptions of a component's host" in "crates/component/src/trampoline.rs":
        "                .map_err(|error| AnyStore::new(&mut caller).end_exception(error)),\n" => ",\n";
        "crates/component" "throws" "no_component_catches_what_the_host_throws"
    "alignment of what realloc returns" in "crates/component/src/abi/lower.rs":
        "if !ptr.is_multiple_of(align) {" => "if false {";
        "crates/component" "strings" "memory_in_the_wrong_place"
    "end of a string" in "crates/component/src/abi/string.rs":
        "let bytes = part(memory, u64::from(ptr), len, \"string pointer/length out of bounds of memory\")?;" =>
        "let at = (ptr as usize).min(memory.len());
        let bytes = &memory[at..(at + len as usize).min(memory.len())];";
        "crates/component" "strings" "lengths_that_lead_out"
    "alignment of wide strings" in "crates/component/src/abi/string.rs":
        "aligned(u64::from(ptr), 2)?;" => "";
        "crates/component" "strings" "lengths_that_lead_out"
    "bytes of wide strings" in "crates/component/src/abi/string.rs":
        "_ => u64::from(units) * 2," => "_ => units.wrapping_mul(2).into(),";
        "crates/component" "strings" "lengths_that_lead_out"
    "pieces of what is passed on" in "crates/component/src/abi/transfer.rs":
        "const PIECE: usize = 1 << 20;" => "const PIECE: usize = 1 << 40;";
        "crates/component" "bounds" "others_have_their_turn"
    "price of bytes that are passed on" in "crates/component/src/abi/transfer.rs":
        "            self.charge(piece as u64)?;\n" => "";
        "crates/component" "bounds" "what_is_passed_on"
    "price of values that are passed on" in "crates/component/src/abi/transfer.rs":
        "        self.charge(VALUE)?;\n" => "";
        "crates/component" "bounds" "what_is_passed_on"
    "price of what the host takes" in "crates/component/src/host.rs":
        "        store.without_waiting(|mut store| store.spend(taken))?;\n" => "        let _ = &mut *store;\n";
        "crates/component" "bounds" "what_the_host_takes"
    "calls that are dropped" in "crates/component/src/call.rs":
        "
        state.roots[root].is_poisoned |= result.is_err();" => "";
        "crates/component" "waiting" "a_call_that_is_dropped"
    "entering what has failed" in "crates/component/src/entering.rs":
        "if self.roots[root].is_poisoned || self.any_is_entered(entered) {" =>
        "if self.any_is_entered(entered) {";
        "crates/component" "waiting" "a_call_that_is_dropped"

    // Files of guests.
    "price of requests" in "wasi/src/price.rs":
        "REQUEST: u64 = 4096;" => "REQUEST: u64 = 0;";
        "wasi" "fuel" "every_request"
    "price of entries" in "wasi/src/price.rs":
        "ENTRY: u64 = 512;" => "ENTRY: u64 = 0;";
        "wasi" "fuel" "entries"
    "turns of others" in "crates/sarsen/src/any_store.rs":
        "self.0.vm.charge(bytes)" => "self.0.vm.spend(bytes)";
        "wasi" "fuel" "lets_others_have_their_turn"
    "turns of others while values are passed on" in "crates/vm/src/attend.rs":
        "if !self.keeps_turns() {" => "if false {";
        "crates/component" "bounds" "others_have_their_turn"
    "price of bytes that no guest sees" in "wasi/src/p2/mod.rs":
        "    price::pay(store, unpaid)" => "    if unpaid == 1 << 40 { price::pay(store, unpaid) } else { Ok(()) }";
        "wasi" "p2" "what_is_moved"
    "number of open files" in "wasi/src/open_files.rs":
        "(used < self.max).then(|| used + 1)" => "Some(used + 1)";
        "wasi" "sandbox" "renumber"

    "number of accepted connections" in "wasi/src/p2/sockets/tcp/socket.rs":
        "let place = Some(open_files.place().map_err(|_| ErrorCode::NewSocketLimit)?);
        let State::Listening(listener, waiting)" => "let place = open_files.place().ok();
        let State::Listening(listener, waiting)";
        "wasi" "p2" "sockets_are_counted"
    "number of received datagrams" in "wasi/src/p2/sockets/udp/streams.rs":
        "map_or(MAX_DATAGRAMS, |max| max.min(MAX_DATAGRAMS))" => "map_or(MAX_DATAGRAMS, |_| 1000)";
        "wasi" "p2" "datagrams_are_passed"
    "number of sent datagrams" in "wasi/src/p2/sockets/udp/streams.rs":
        "self.permit.filter(|&permit| datagrams.len() <= permit)" => "self.permit.or(Some(datagrams.len()))";
        "wasi" "p2" "datagrams_are_passed"

    // The file sandbox: where paths end, and what may be done there.
    "parents of a directory" in "wasi/src/files/dir.rs":
        "Ok(dir.open_with(path, &options)?)" => NAIVE;
        "wasi" "sandbox" "parents::"
    "absolute paths" in "wasi/src/files/dir.rs":
        "Ok(dir.open_with(path, &options)?)" => NAIVE;
        "wasi" "sandbox" "absolute::"
    "links out of a directory" in "wasi/src/files/dir.rs":
        "Ok(dir.open_with(path, &options)?)" => NAIVE;
        "wasi" "sandbox" "links::"
    "files made through links" in "wasi/src/files/dir.rs":
        "Ok(dir.open_with(path, &options)?)" => NAIVE;
        "wasi" "sandbox" "links_created::"
    "races of links" in "wasi/src/files/dir.rs":
        "Ok(dir.open_with(path, &options)?)" => NAIVE;
        "wasi" "sandbox" "races::"
    "files that would gain permissions" in "wasi/src/files/dir.rs":
        "if stays || self.perms.contains(self.widest) { Ok(()) } else { Err(Errno::Perm) }" =>
        "let _ = stays;
        Ok(())";
        "wasi" "sandbox" "borders::"
    "grants inside of one another" in "wasi/src/files/dir.rs":
        "let stays = std::ptr::eq(self, to) && !path.contains('/') && !new_path.contains('/');" =>
        "let stays = std::ptr::eq(self, to);";
        "wasi" "sandbox" "borders::grants_inside"
    "links that would gain permissions" in "wasi/src/files/dir.rs":
        "    pub(crate) fn link(&self, path: &str, to: &Dir, new_path: &str) -> Result<()> {
        self.must_not_gain(path, to, new_path)?;" =>
        "    pub(crate) fn link(&self, path: &str, to: &Dir, new_path: &str) -> Result<()> {";
        "wasi" "sandbox" "borders::a_link_elsewhere"
    "names that stay" in "wasi/src/files/dir.rs":
        "if self.perms.dir.contains(DirPerms::MUTATE) { Ok(&self.handle) } else { Err(Errno::Perm) }" =>
        "Ok(&self.handle)";
        "wasi" "sandbox" "borders::names_of_a_grant"
    "new files where names stay" in "wasi/src/files/dir.rs":
        "let changes_names = open.create && !self.perms.dir.contains(DirPerms::MUTATE);" =>
        "let changes_names = false;";
        "wasi" "sandbox" "borders::names_of_a_grant"
    "contents that stay" in "wasi/src/files/dir.rs":
        "if changes_names || writes && !self.perms.file.contains(FilePerms::WRITE) {" =>
        "let _ = writes;
        if changes_names {";
        "wasi" "sandbox" "truncation::a_file"
    "times that stay" in "wasi/src/files/file.rs":
        "        if !self.granted.contains(FilePerms::WRITE) {" =>
        "        if false {";
        "wasi" "sandbox" "borders::times_follow"
    "slashes behind names that move" in "wasi/src/files/dir.rs":
        "if (name != path || new_name != new_path) && !name_metadata(dir, name)?.is_dir() {" =>
        "if false {";
        "wasi" "sandbox" "slashes::"
    "slashes behind names that are removed" in "wasi/src/files/dir.rs":
        "        if asks_for_directory(path) {
            let is_dir = name_metadata" =>
        "        if false {
            let is_dir = name_metadata";
        "wasi" "sandbox" "slashes::"
    "files opened as directories" in "wasi/src/files/dir.rs":
        "        if directory {\n" => "        if directory && false {\n";
        "wasi" "sandbox" "slashes::"
    "names that end at NUL" in "wasi/src/files/path.rs":
        "if path.contains('\\0') {" => "if false {";
        "wasi" "" "files::path"
    "length of paths" in "wasi/src/files/path.rs":
        "if bytes.len() > MAX_LEN {" => "if false {";
        "wasi" "" "files::path"
    "rights that were given up" in "wasi/src/p1/fd.rs":
        "if !state.rights.contains(rights) || !state.inheriting.contains(inheriting) {" =>
        "if false {";
        "wasi" "sandbox" "rights::rights_do_not_come_back"
    "rights that are missing" in "wasi/src/p1/descriptors.rs":
        "if self.state().rights.contains(rights) { Ok(()) } else { Err(Errno::NotCapable) }" =>
        "let _ = rights;
        Ok(())";
        "wasi" "sandbox" "rights::rights_do_not_come_back"
    "rights to open for" in "wasi/src/p1/path.rs":
        "if !allowed.contains(used) {" => "if false {";
        "wasi" "sandbox" "rights::what_a_directory"
    "rights that are passed on" in "wasi/src/p1/path.rs":
        "state.rights &= rights & allowed;" => "state.rights &= rights;";
        "wasi" "sandbox" "rights::nor_what_nothing"
    "rights that are passed on further" in "wasi/src/p1/path.rs":
        "state.inheriting &= inheriting & allowed;" =>
        "state.inheriting &= inheriting;";
        "wasi" "sandbox" "rights::nor_what_nothing"
    "renumbering to nothing" in "wasi/src/p1/descriptors.rs":
        "        self.get(to)?;\n" => "";
        "wasi" "sandbox" "renumber::what_is_replaced"
    "number of subscriptions" in "wasi/src/p1/poll.rs":
        "if count == 0 || count > MAX_SUBSCRIPTIONS {" => "if count == 0 {";
        "wasi" "sandbox" "poll::lists_are_inside"
    "place of events" in "wasi/src/p1/poll.rs":
        "        self.memory.check(events, (EVENT * count) as usize)?;\n" => "";
        "wasi" "sandbox" "poll::faults_are_found"
    "memory of a guest" in "wasi/src/p1/memory.rs":
        "if end <= self.len() { Ok(()) } else { Err(Errno::Fault) }" =>
        "let _ = end;
        Ok(())";
        "wasi" "sandbox" "streams::buffers_outside"
    "memory of fields" in "wasi/src/p2/http/fields.rs":
        "let is_too_large = entries.len() > MAX_FIELDS || size(entries) > MAX_FIELD_BYTES;" =>
        "let is_too_large = false;";
        "wasi" "" "http::fields"
    "bodies that never end" in "wasi/src/p2/http/incoming.rs":
        "left: limits.bytes.unwrap_or(u64::MAX)," =>
        "left: limits.bytes.map_or(u64::MAX, |bytes| bytes * 8),";
        "wasi" "p2" "http::a_body_that_never_ends"
    "silence of a body" in "wasi/src/p2/http/incoming.rs":
        "        if is_over {\n" => "        if is_over && false {\n";
        "wasi" "p2" "http::a_body_that_never_ends"
    "heads that never end" in "wasi/src/p2/http/client.rs":
        "builder.max_buf_size(MAX_READ_AHEAD).max_headers(MAX_FIELDS);" =>
        "builder.max_buf_size(1 << 40).max_headers(1 << 20);";
        "wasi" "p2" "http::a_head_that_never_ends"
    "heads that never come" in "wasi/src/p2/http/client.rs":
        "let answer = timeout(first_byte, sender.send_request(request));" =>
        "let answer = timeout(first_byte * 700, sender.send_request(request));";
        "wasi" "p2" "http::a_head_that_never_ends"
    "number of requests" in "wasi/src/p2/http/handler.rs":
        "let place = place.map_err(|_| ErrorCode::ConnectionLimitReached)?;" =>
        "let place = place.or_else(|_| Arc::new(tokio::sync::Semaphore::new(1)).try_acquire_owned());
        let place = place.map_err(|_| ErrorCode::ConnectionLimitReached)?;";
        "wasi" "p2" "http::requests_at_once"
    "bytes on their way" in "wasi/src/p2/http/outgoing.rs":
        "Ok(MAX_IN_FLIGHT.saturating_sub(state.bytes.len()))" =>
        "Ok(MAX_IN_FLIGHT + 0 * state.bytes.len())";
        "wasi" "p2" "http::a_peer_that_does_not_read"

    // Engines and their types.
    "engine of a module" in "crates/sarsen/src/engine.rs":
        "if Engine::same(self, other) {" => "if true {";
        "crates/sarsen" "attacks" "engines::modules"
    "engine of a shared memory" in "crates/sarsen/src/memory.rs":
        "store.engine.expect_same(&self.engine, \"shared memory\")?;" => "";
        "crates/sarsen" "attacks" "engines::shared_memories"
    "engine of a linker's store" in "crates/sarsen/src/linker.rs":
        "assert!(Engine::same(&self.engine, &opaque.engine), \"the store belongs to another engine\");" => "";
        "crates/sarsen" "attacks" "engines::modules"
    "engine of a type" in "crates/sarsen/src/store.rs":
        "if Arc::ptr_eq(registry, self.engine.registry()) {" => "if true {";
        "crates/sarsen" "attacks" "engines::types"
    "engine of a value's type" in "crates/sarsen/src/val.rs":
        "if !same_hierarchy || !expected.is_of(store.engine.registry()) {" => "if !same_hierarchy {";
        "crates/sarsen" "attacks" "engines::types"

    // Shared memories.
    "shared memory made as a plain one" in "crates/sarsen/src/memory.rs":
        "if ty.is_shared() {\n            return Err(Error::msg(\"shared memories are made" =>
        "if false {\n            return Err(Error::msg(\"shared memories are made";
        "crates/sarsen" "attacks" "shared::"
    "shared memory found as a plain one" in "crates/sarsen/src/externs.rs":
        "match SharedMemory::of_store(store, id) {" => "match None::<SharedMemory> {";
        "crates/sarsen" "attacks" "shared::"

    // What compiled code checks.
    "guard behind memories" in "crates/jit/src/translate/memory.rs":
        "self.is_pinned(&ty) && end <= options.memory_guard {" => "self.is_pinned(&ty) {";
        "crates/sarsen" "attacks" "accesses::"
    "wrap of 64-bit addresses" in "crates/jit/src/translate/memory.rs":
        "self.b.ins().bor(outside, wrapped)" => "outside";
        "crates/sarsen" "attacks" "accesses::"
    "wrap of offsets" in "crates/jit/src/translate/memory.rs":
        "let Some(end) = memarg.offset.checked_add(u64::from(bytes)) else {" =>
        "let Some(end) = Some(memarg.offset.wrapping_add(u64::from(bytes))) else {";
        "crates/sarsen" "attacks" "accesses::"
    "bytes checked before" in "crates/jit/src/translate/memory.rs":
        "            && end <= known\n" => "";
        "crates/sarsen" "attacks" "accesses::"
    "width of vector loads" in "crates/jit/src/lower/memory.rs":
        "let lane = b.ins().load($lane, flags, address, offset);" =>
        "let whole = b.ins().load(I8X16, flags, address, offset);
                let whole = super::cast(b, whole, super::vector_of($lane));
                let lane = b.ins().extractlane(whole, 0);";
        "crates/sarsen" "attacks" "folding::"
    "memories that move while code pays" in "crates/jit/src/translate/builtin.rs":
        "        self.checked.clear();\n" => "";
        "crates/sarsen" "api_jit" "a_memory_can_move"
    "bounds of tables" in "crates/jit/src/translate/table.rs":
        "        self.trap_if(outside, trap);\n" => "        let _ = trap;\n";
        "crates/sarsen" "attacks" "tables::"
    "high half of indices of tables" in "crates/jit/src/translate/table.rs":
        "let index = if ty.table64 { index } else { self.b.ins().uextend(I64, index) };" =>
        "let index = if ty.table64 { self.b.ins().ireduce(I32, index) } else { index };
        let index = self.b.ins().uextend(I64, index);";
        "crates/sarsen" "attacks" "tables::"
    "type of an indirect call" in "crates/jit/src/translate/call.rs":
        "        self.check_signature(record, ty, null);\n        self.through_record" =>
        "        let _ = null;\n        self.through_record";
        "crates/sarsen" "attacks" "tails::tails_go"
    "fuel that a callee spent before it threw" in "crates/jit/src/translate/exception.rs":
        "            self.reload_fuel();\n" => "";
        "crates/sarsen" "attacks" "fuel::"

    // What compiling may cost.
    "effort of compiling" in "crates/jit/src/translate/effort.rs":
        "if self.spent > self.allowed.min(MOST) {" => "if false {";
        "crates/sarsen" "tiers" "effort"
    "effort of handlers" in "crates/jit/src/translate/effort.rs":
        "self.spent += handlers * HANDLER;" => "let _ = handlers * HANDLER;";
        "crates/sarsen" "bombs" "control_and_values_take_twice_as_long_where"

    // The interpreter.
    "locals that are zero" in "crates/interp/src/exec/call.rs":
        "header.sub(ZEROED as usize).write_bytes(0, ZEROED as usize);" => "";
        "crates/sarsen" "attacks" "fibers::"
    "end of an access" in "crates/interp/src/exec/memory.rs":
        "if at as i64 > m.len as i64 - bytes as i64 {" => "if at as i64 > m.len as i64 {";
        "crates/sarsen" "attacks" "accesses::"
    "type of an indirect tail call" in "crates/interp/src/exec/call.rs":
        "match callee.and_then(|callee| check_type(m, callee, m.u32_at(at!(TailCall.callee_index)))) {" =>
        "match callee {";
        "crates/sarsen" "attacks" "tails::tails_go"
    "tail calls between instances" in "crates/interp/src/exec/runtime.rs":
        "            if stubs.is_stub(ret) {\n" => "            if false && stubs.is_stub(ret) {\n";
        "crates/sarsen" "attacks" "tails::instances_that_go"
    "room for frames" in "crates/interp/src/exec/call.rs":
        "if !fits(m, m.u32_at(at!(Enter.frame)) as usize) {" => "if false {";
        "crates/sarsen" "attacks" "tails::frames_that"
    "turns of tail calls" in "crates/interp/src/exec/call.rs":
        "            m.advance(payload::Enter::WORDS);
            count(m)" => "            m.advance(payload::Enter::WORDS);
            Flow::Next";
        "crates/sarsen" "attacks" "tails::tail_calls_without_end"

    // Prices, and what constant expressions make.
    "price of clauses" in "crates/isa/src/fuel.rs":
        "    1 + slots_cost(payload)\n" => "    slots_cost(payload)\n";
        "crates/sarsen" "attacks" "fuel::what_a_module_declares"
    "price of slots" in "crates/isa/src/fuel.rs":
        "    bulk_cost(slots as u64 * 8)\n" => "    bulk_cost(slots as u64 * 0)\n";
        "crates/sarsen" "attacks" "fuel::what_a_module_declares"
    "price of fields" in "crates/isa/src/fuel.rs":
        "    bulk_cost(bytes as u64)\n" => "    bulk_cost(bytes as u64 * 0)\n";
        "crates/sarsen" "attacks" "fuel::what_a_module_declares"
    "sum of constants" in "crates/vm/src/const_eval.rs":
        "if self.constant_bytes > self.heap.used_bytes() {" => "if false {";
        "crates/vm" "" "all_that_an_instance_begins_with"
    "interrupt of constants" in "crates/vm/src/const_eval.rs":
        "if self.must_stop() { Err(Trap::Interrupt) }" => "if false { Err(Trap::Interrupt) }";
        "crates/vm" "" "constant_expressions_can_be_interrupted"

    // The runtime's memory.
    "price of a fill" in "crates/vm/src/builtins/memory.rs":
        "            call.store.spend(piece)?;\n            range(&*memory, at + start" =>
        "            range(&*memory, at + start";
        "crates/sarsen" "attacks" "preemption::"
    "limit of shared memories that modules want" in "wasi/src/threads.rs":
        "SharedMemory::new_limited(&mut *store, ty)?" => "SharedMemory::new(linker.engine(), ty)?";
        "wasi" "threads" "memories_that_a_module_wants"
    "length that a limiter has allowed" in "crates/vm/src/memory.rs":
        "if new > most {" => "if false {";
        "crates/sarsen" "api" "where_another_thread_was_faster"
    "collections that look at large tables" in "crates/vm/src/gc/heap.rs":
        "self.trigger = in_use.max(self.entries).max(MIN_TRIGGER);" => "self.trigger = in_use.max(MIN_TRIGGER);";
        "crates/vm" "" "large_tables_make_collections_rare"
    "hasty collections" in "crates/vm/src/gc/collect.rs":
        "if !early && self.heap.may_collect() {" => "if !early {";
        "crates/vm" "" "a_heap_with_one_hole"
    "bounds of ranges of tables" in "crates/vm/src/store.rs":
        "self.tables[id.index()].slice(at, len).map(drop)" => "{ let _ = (id, at, len); Ok(()) }";
        "crates/sarsen" "attacks" "tables::"
    "spans of dropped objects" in "crates/vm/src/gc/heap.rs":
        "        if span.used {\n" => "        if false {\n";
        "crates/vm" "" "objects_are_aligned_zero_and_apart"
    "pages of dropped stores" in "crates/vm/src/pool.rs":
        "pages.reset(keep) }.is_err())" => "keep == usize::MAX })";
        "crates/sarsen" "api" "tenants_find_nothing_of_those_before"

    // Types and debug information.
    "one thread at a time that defines types" in "crates/module/src/registry/mod.rs":
        "        let first = groups.len;\n" =>
        "        drop(groups);
        std::thread::yield_now();
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let first = groups.len;\n";
        "crates/sarsen" "attacks" "types::"
    "functions of segments" in "crates/module/src/parse/trust.rs":
        "            | Payload::ElementSection(_)\n" => "";
        "crates/module" "" "modules_that_were_never_valid"
    "abbreviations that a unit has to be among" in "crates/module/src/dwarf/lines.rs":
        "let table = &table[..table.len().min(MAX_ABBREVIATION)];" => "";
        "crates/sarsen" "bombs" "an_error_with_debug_information"
};
