// Compresses standard input to standard output as gzip, or with `-d` back.
#include <stdio.h>
#include <string.h>
#include <zlib.h>

static unsigned char in[1 << 16], out[1 << 16];

int main(int argc, char **argv) {
    int back = argc > 1 && !strcmp(argv[1], "-d"), flush = Z_NO_FLUSH, status;
    z_stream z = {0};
    status = back ? inflateInit2(&z, 15 + 16) : deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    if (status != Z_OK) return 1;
    do {
        if (!z.avail_in && flush == Z_NO_FLUSH) {
            z.next_in = in;
            z.avail_in = fread(in, 1, sizeof in, stdin);
            if (feof(stdin)) flush = Z_FINISH;
        }
        z.next_out = out;
        z.avail_out = sizeof out;
        status = back ? inflate(&z, Z_NO_FLUSH) : deflate(&z, flush);
        fwrite(out, 1, sizeof out - z.avail_out, stdout);
    } while (status == Z_OK || (status == Z_BUF_ERROR && flush == Z_NO_FLUSH));
    return status != Z_STREAM_END;
}
