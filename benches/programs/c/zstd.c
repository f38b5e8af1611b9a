// Compresses standard input to standard output with the level that is given, or with `-d` back.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

static char in[1 << 16], out[1 << 17];

int main(int argc, char **argv) {
    int back = argc > 1 && !strcmp(argv[1], "-d");
    ZSTD_CStream *c = ZSTD_createCStream();
    ZSTD_DStream *d = ZSTD_createDStream();
    ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, argc > 1 ? atoi(argv[1]) : 3);
    int last;
    do {
        ZSTD_inBuffer source = {in, fread(in, 1, sizeof in, stdin), 0};
        last = feof(stdin);
        size_t left;
        ZSTD_outBuffer sink;
        do {
            sink = (ZSTD_outBuffer){out, sizeof out, 0};
            left = back ? ZSTD_decompressStream(d, &sink, &source)
                        : ZSTD_compressStream2(c, &sink, &source, last ? ZSTD_e_end : ZSTD_e_continue);
            if (ZSTD_isError(left)) return 1;
            fwrite(out, 1, sink.pos, stdout);
        } while (source.pos < source.size || sink.pos == sink.size || (last && !back && left));
    } while (!last);
    return 0;
}
