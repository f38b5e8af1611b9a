// A filter that masks digits, in C: `wit-bindgen c` writes `filter.h`.
#include "filter.h"
#include <ctype.h>

void exports_filter_name(filter_string_t *name) {
    filter_string_dup(name, "mask");
}

bool exports_filter_apply(filter_string_t *text, filter_string_t *masked, filter_string_t *problem) {
    (void)problem;
    size_t digits = 0;
    for (size_t i = 0; i < text->len; i++)
        if (isdigit(text->ptr[i])) {
            text->ptr[i] = '#';
            digits++;
        }
    if (digits) {
        filter_string_t message;
        filter_string_set(&message, "somebody said a number");
        guide_filters_host_log(&message);
    }
    *masked = *text; // The bytes are the callee's, who gives them back.
    return true;
}
