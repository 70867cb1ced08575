/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what is in the files of sessions
 */
#ifndef VFIO_TRACE_SESSION_JSON_H
#define VFIO_TRACE_SESSION_JSON_H

#include "tools/session/session.h"

/**
 * session_json_text() - what a session's file says
 * @session: the session
 *
 * Return: the text, to be freed
 */
char *session_json_text(const Session *session);

/**
 * session_json_parse() - read a session's file
 * @name: name of the session
 * @text: what the file says; it may say anything
 * @len: bytes of @text
 * @error: where to store what is wrong with it
 *
 * Return: the session, or NULL
 */
Session *session_json_parse(const char *name, const char *text, gsize len,
                            GError **error);

#endif /* VFIO_TRACE_SESSION_JSON_H */
