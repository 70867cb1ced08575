/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: messages about files
 */
#ifndef LIBREGDB_MESSAGES_H
#define LIBREGDB_MESSAGES_H

#include <glib.h>

/**
 * struct RegDbMessages: what is wrong with a database
 * @lines: messages: "FILE:LINE: what is wrong"; printable; the first
 *         REGDB_MESSAGES_MAX of them
 * @n: number of all messages
 */
typedef struct RegDbMessages {
    GPtrArray *lines;
    unsigned n;
} RegDbMessages;

#define REGDB_MESSAGES_MAX 100

/**
 * regdb_messages_new() - begin to collect messages
 */
RegDbMessages *regdb_messages_new(void);

/**
 * regdb_messages_free() - free messages
 * @messages: the messages, or NULL
 */
void regdb_messages_free(RegDbMessages *messages);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegDbMessages, regdb_messages_free)

#endif /* LIBREGDB_MESSAGES_H */
