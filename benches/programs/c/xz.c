// Compresses standard input to standard output with the preset that is given, or with `-d` back.
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char in[1 << 16], out[1 << 16];

int main(int argc, char **argv) {
    int back = argc > 1 && !strcmp(argv[1], "-d");
    lzma_stream stream = LZMA_STREAM_INIT;
    lzma_ret status = back ? lzma_stream_decoder(&stream, UINT64_MAX, 0)
                           : lzma_easy_encoder(&stream, argc > 1 ? atoi(argv[1]) : 6, LZMA_CHECK_CRC64);
    lzma_action action = LZMA_RUN;
    while (status == LZMA_OK) {
        if (!stream.avail_in && action == LZMA_RUN) {
            stream.next_in = in;
            stream.avail_in = fread(in, 1, sizeof in, stdin);
            if (feof(stdin)) action = LZMA_FINISH;
        }
        stream.next_out = out;
        stream.avail_out = sizeof out;
        status = lzma_code(&stream, action);
        fwrite(out, 1, sizeof out - stream.avail_out, stdout);
    }
    return status != LZMA_STREAM_END;
}
