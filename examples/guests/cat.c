// Writes files one after the other; `-`, or no argument, is the standard input.
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int copy(FILE *from, const char *name) {
    char buffer[1 << 14];
    size_t read;
    while ((read = fread(buffer, 1, sizeof buffer, from)) > 0) {
        if (fwrite(buffer, 1, read, stdout) != read) {
            fprintf(stderr, "cat: standard output: %s\n", strerror(errno));
            return 1;
        }
    }
    if (ferror(from)) {
        fprintf(stderr, "cat: %s: %s\n", name, strerror(errno));
        return 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    int failed = 0;
    if (argc < 2) {
        return copy(stdin, "standard input");
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-") == 0) {
            failed |= copy(stdin, "standard input");
            continue;
        }
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            fprintf(stderr, "cat: %s: %s\n", argv[i], strerror(errno));
            failed = 1;
            continue;
        }
        failed |= copy(file, argv[i]);
        fclose(file);
    }
    return failed;
}
