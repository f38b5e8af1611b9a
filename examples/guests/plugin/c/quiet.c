// A plugin for a chat room, in C: what is written in capitals is shown small, and what shouts without end is hidden.
//
// `wit-bindgen c` writes `plugin.h`, and what stands between these functions and the canonical ABI.
#include "plugin.h"
#include <ctype.h>
#include <stdlib.h>

#define MARKS 3

void exports_plugin_name(plugin_string_t *name) {
    plugin_string_dup(name, "quiet");
}

static void info(const char *message) {
    plugin_string_t text;
    plugin_string_set(&text, message);
    sarsen_plugin_host_log(SARSEN_PLUGIN_HOST_LEVEL_INFO, &text);
}

// How many of its bytes are of a class of characters.
static size_t count(const plugin_string_t *text, int (*is)(int)) {
    size_t count = 0;
    for (size_t i = 0; i < text->len; i++)
        count += is(text->ptr[i]) != 0;
    return count;
}

static int is_mark(int byte) {
    return byte == '!';
}

// Appends an action, whose value the caller fills in.
static plugin_action_t *push(plugin_list_action_t *actions, uint8_t tag) {
    plugin_action_t *grown = realloc(actions->ptr, (actions->len + 1) * sizeof *grown);
    if (!grown)
        abort();
    actions->ptr = grown;
    grown += actions->len++;
    grown->tag = tag;
    return grown;
}

bool exports_plugin_run(plugin_event_t *event, plugin_list_action_t *actions, plugin_string_t *problem) {
    *actions = (plugin_list_action_t){NULL, 0};
    bool fine = event->kind != SARSEN_PLUGIN_TYPES_KIND_MESSAGE || event->text.is_some;
    if (!fine) {
        plugin_string_dup(problem, "a message without text");
    } else if (event->kind == SARSEN_PLUGIN_TYPES_KIND_MESSAGE) {
        plugin_string_t *text = &event->text.val;
        if (count(text, is_mark) > MARKS) {
            info("too many exclamation marks");
            push(actions, SARSEN_PLUGIN_TYPES_ACTION_HIDE);
            plugin_string_dup(&push(actions, SARSEN_PLUGIN_TYPES_ACTION_REPLY)->val.reply, "Quiet, please.");
        } else if (count(text, isupper) > count(text, islower)) {
            info("too many capitals");
            plugin_string_t *small = &push(actions, SARSEN_PLUGIN_TYPES_ACTION_REPLACE)->val.replace;
            plugin_string_dup_n(small, (const char *)text->ptr, text->len);
            for (size_t i = 0; i < small->len; i++)
                small->ptr[i] = (uint8_t)tolower(small->ptr[i]);
        }
    }
    plugin_event_free(event);
    return fine;
}
