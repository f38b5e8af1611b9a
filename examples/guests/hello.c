// Greets every argument, and exits with their number.
#include <stdio.h>

int main(int argc, char **argv) {
    if (argc < 2) {
        puts("hello from C");
    }
    for (int i = 1; i < argc; i++) {
        printf("hello, %s\n", argv[i]);
    }
    return argc - 1;
}
