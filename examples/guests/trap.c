// Walks off the end of its memory, two calls deep: the backtrace names the functions and the lines.
#include <stdio.h>

static int sum(const int *numbers, unsigned count) {
    int total = 0;
    for (unsigned i = 0; i < count; i++) {
        total += numbers[i];
    }
    return total;
}

__attribute__((noinline)) static int average(const int *numbers, unsigned count) {
    return sum(numbers, count) / (int)count;
}

int main(void) {
    int numbers[] = {1, 2, 3};
    printf("the average of three is %d\n", average(numbers, 3));
    fflush(stdout);
    printf("the average of a billion is %d\n", average(numbers, 1000000000));
    return 0;
}
