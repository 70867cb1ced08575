/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: contents of session files
 */
#ifndef VFIO_TRACE_SESSION_JSON_H
#define VFIO_TRACE_SESSION_JSON_H

#include "tools/session/session.h"

/**
 * session_json_text() - format a session's file
 * @session: the session
 *
 * Return: the text, to be freed
 */
char *session_json_text(const Session *session);

/**
 * session_json_parse() - parse a session's file
 * @name: name of the session
 * @text: the file's text, which may be anything
 * @len: length of @text in bytes
 * @error: where to store what is wrong with it
 *
 * Return: the session, or NULL
 */
Session *session_json_parse(const char *name, const char *text, gsize len,
                            GError **error);

#endif /* VFIO_TRACE_SESSION_JSON_H */
