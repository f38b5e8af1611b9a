//! The programs: what they do, how they are called, and the sum of what they must write.
//!
//! Where they come from is in `benches/programs`.

/// One everyday program with its work. Paths are relative to the folder that `get.sh` made, which is the current directory.
pub(crate) struct Program {
    /// What the table and `--only` call it.
    pub(crate) name: &'static str,
    /// The module.
    pub(crate) wasm: &'static str,
    /// What it is called with.
    pub(crate) arguments: &'static [&'static str],
    /// Folders that it is granted, and how it knows them.
    pub(crate) folders: &'static [(&'static str, &'static str)],
    /// Its standard input.
    pub(crate) input: Option<&'static str>,
    /// FNV-1a of its standard output, unless that tells times.
    pub(crate) output: Option<u64>,
}

/// One without arguments, folders and input.
const fn plain(name: &'static str, wasm: &'static str, output: u64) -> Program {
    Program { name, wasm, arguments: &[], folders: &[], input: None, output: Some(output) }
}

impl Program {
    const fn called(self, arguments: &'static [&'static str]) -> Self {
        Self { arguments, ..self }
    }

    const fn reading(self, input: &'static str) -> Self {
        Self { input: Some(input), ..self }
    }

    const fn granted(self, folders: &'static [(&'static str, &'static str)]) -> Self {
        Self { folders, ..self }
    }

    /// Granted the inputs.
    const fn with_files(self) -> Self {
        self.granted(&[("files", "files")])
    }
}

/// All programs, from those that do nothing much to those that do most.
pub(crate) const PROGRAMS: &[Program] = &[
    plain("python -V", "python.wasm", 0xe1997462ebaf3561).called(&["-V"]),
    plain("go compile -V", "compile.wasm", 0x9d63af2055e9d461).called(&["-V"]),
    plain("yosys --version", "yosys.wasm", 0xa6267d2be9eccdcb).called(&["--version"]),
    plain("gzip", "zlib.wasm", 0xb34f6bbacaad1ceb).reading("files/text.txt"),
    plain("zstd", "zstd.wasm", 0x23f3ddada8f6e21a).called(&["9"]).reading("files/text.txt"),
    plain("xz", "xz.wasm", 0x5fb812327a6a33b5).called(&["1"]).reading("files/text.txt"),
    plain("brotli", "brotli.wasm", 0x28fc51347e41ac2f).reading("files/text.txt"),
    plain("hash", "hash.wasm", 0xc39df19a886c73f7).reading("files/text.txt"),
    plain("search", "search.wasm", 0x7f1d792c564e2297)
        .called(&["(?i)\\b(to|at)[a-z]*e\\b.*[0-9]{3,}"])
        .reading("files/text.txt"),
    plain("json", "json.wasm", 0x855f3d5c64d0d878).reading("files/records.json"),
    plain("markdown", "markdown.wasm", 0x5069634c0e69b851).reading("files/page.md"),
    plain("image", "image.wasm", 0x5b87465933bfbfc7).called(&["files/picture.png"]).with_files(),
    plain("sqlite", "sqlite.wasm", 0xc64ff5eb820d816b).reading("files/work.sql"),
    plain("lua", "lua.wasm", 0xb335b55c259b696b).called(&["files/work.lua"]).with_files(),
    plain("quickjs", "qjs.wasm", 0x6317179c230907d6).called(&["files/work.js"]).with_files(),
    plain("python", "python.wasm", 0x4ef434682ed7f99b).called(&["files/work.py"]).with_files(),
    plain("gofmt", "gofmt.wasm", 0x9f2ea4e3ef1f4adc).reading("files/source.go"),
    plain("go compile", "compile.wasm", 0xcbf29ce484222325)
        .called(&["-complete", "-p=source", "-o=/files/source.o", "/files/source.go"])
        .granted(&[("files", "/files")]),
    plain("yosys", "yosys.wasm", 0x708114feea6b2281)
        .called(&["-Q", "-T", "-p", "read_verilog files/design.v; synth; write_verilog -noattr"])
        .granted(&[("share", "/share"), ("files", "files"), ("files", "/tmp")]),
];
