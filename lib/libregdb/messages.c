/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: messages about files (see messages.h) */
#include "libregdb/messages.h"

RegDbMessages *regdb_messages_new(void)
{
    RegDbMessages *messages = g_new0(RegDbMessages, 1);

    messages->lines = g_ptr_array_new_with_free_func(g_free);
    return messages;
}

void regdb_messages_free(RegDbMessages *messages)
{
    if (messages) {
        g_ptr_array_unref(messages->lines);
        g_free(messages);
    }
}
