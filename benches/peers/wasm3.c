// Runs `run(n)` of a module in wasm3 and prints its result and the nanoseconds of processor time that the call took.
// Speaks what `sarsen-peers run --external wasm3=PROGRAM` expects: arguments FILE and n, output `RESULT NANOSECONDS`.
// wasm3's sources come with PyPI's pywasm3 (`pip download pywasm3 --no-binary :all:`):
//   python3 -m ziglang cc -O3 -fno-sanitize=all -I SOURCES wasm3.c SOURCES/*.c -lm -o wasm3
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wasm3.h"

static void check(M3Result error) {
    if (!error) return;
    fprintf(stderr, "%s\n", error);
    exit(1);
}

static int64_t processor_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char **argv) {
    static uint8_t wasm[1 << 20];
    if (argc != 3) return 2;
    FILE *file = fopen(argv[1], "rb");
    if (!file) return 2;
    uint32_t size = (uint32_t)fread(wasm, 1, sizeof wasm, file);
    fclose(file);

    IM3Environment environment = m3_NewEnvironment();
    IM3Runtime runtime = m3_NewRuntime(environment, 1 << 20, NULL);
    IM3Module module;
    IM3Function run;
    int32_t n = atoi(argv[2]);
    int64_t result;
    check(m3_ParseModule(environment, &module, wasm, size));
    check(m3_LoadModule(runtime, module));
    check(m3_FindFunction(&run, runtime, "run"));
    int64_t start = processor_time();
    check(m3_CallV(run, n));
    int64_t elapsed = processor_time() - start;
    check(m3_GetResultsV(run, &result));
    printf("%lld %lld\n", (long long)result, (long long)elapsed);
    return 0;
}
