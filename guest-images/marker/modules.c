/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: a Linux kernel's words on its modules (see modules.h)
 */
#include <string.h>

#include "guest-images/marker/modules.h"

/* A line of a trace begins with the command in 16 columns, "-", and the PID. */
#define COMMAND_COLUMNS 16

static bool begins(const char *s, const char *with)
{
    return !strncmp(s, with, strlen(with));
}

/* Returns the text behind the first @what in @s, or NULL. */
static const char *behind(const char *s, const char *what)
{
    const char *found = s ? strstr(s, what) : NULL;

    return found ? found + strlen(what) : NULL;
}

static uint32_t number(const char *s)
{
    uint32_t n = 0;

    for (; *s >= '0' && *s <= '9'; s++) {
        n = n * 10 + (*s - '0');
    }
    return n;
}

static size_t word_length(const char *s)
{
    return strcspn(s, " ");
}

static bool set_mark(MarkText *mark, const char *what, const char *name,
                     size_t len)
{
    mark_text_clear(mark);
    mark_text_add(mark, what);
    mark_text_add(mark, " ");
    mark_text_add_bytes(mark, name, len);
    return true;
}

static bool loading(MarkModules *m, uint32_t pid, const char *name,
                    MarkText *mark)
{
    size_t len = word_length(name);
    size_t kept = len < MARK_MODULE_NAME - 1 ? len : MARK_MODULE_NAME - 1;

    m->loading[m->next].pid = pid;
    m->loading[m->next].failed = false;
    memcpy(m->loading[m->next].name, name, kept);
    m->loading[m->next].name[kept] = '\0';
    m->next = (m->next + 1) % MARK_MODULES_LOADING;
    return set_mark(mark, "module-loading", name, len);
}

static int find_pid(const MarkModules *m, uint32_t pid)
{
    int i;

    for (i = 0; i < MARK_MODULES_LOADING; i++) {
        if (m->loading[i].pid == pid && m->loading[i].name[0]) {
            return i;
        }
    }
    return -1;
}

/* An init function has returned; not each one is a module's. */
static bool loaded(MarkModules *m, uint32_t pid, const char *text,
                   MarkText *mark)
{
    const char *result = behind(text, " ret=");
    int i = find_pid(m, pid);

    if (i < 0 || !result || m->loading[i].failed) {
        return false;
    }
    if (*result == '-') {
        m->loading[i].failed = true;
        set_mark(mark, "module-failed", m->loading[i].name,
                 strlen(m->loading[i].name));
        mark_text_format(mark, " result=-%u", number(result + 1));
        return true;
    }
    set_mark(mark, "module-loaded", m->loading[i].name,
             strlen(m->loading[i].name));
    m->loading[i].name[0] = '\0';
    return true;
}

/* A module that failed is removed by who loads it: that is no news. */
static bool unloaded(MarkModules *m, uint32_t pid, const char *name,
                     MarkText *mark)
{
    int i = find_pid(m, pid);

    if (i >= 0 && m->loading[i].failed) {
        m->loading[i].name[0] = '\0';
        return false;
    }
    return set_mark(mark, "module-unloaded", name, word_length(name));
}

bool mark_modules_trace(MarkModules *m, const char *line, MarkText *mark)
{
    static const struct {
        const char *event;
        bool (*seen)(MarkModules *m, uint32_t pid, const char *text,
                     MarkText *mark);
    } events[] = {
        { "module_load: ", loading },
        { "initcall_finish: ", loaded },
        { "module_free: ", unloaded },
    };
    const char *text;
    size_t i;

    if (begins(line, "CPU:")) {
        text = behind(line, "[LOST ");
        mark_text_clear(mark);
        mark_text_format(mark, "module-events-lost count=%u",
                         text ? number(text) : 0);
        return text != NULL;
    }
    if (strlen(line) <= COMMAND_COLUMNS || line[COMMAND_COLUMNS] != '-') {
        return false;
    }
    line += COMMAND_COLUMNS + 1;
    text = behind(behind(line, "] "), ": ");
    for (i = 0; text && i < sizeof(events) / sizeof(events[0]); i++) {
        if (begins(text, events[i].event)) {
            return events[i].seen(m, number(line),
                                  text + strlen(events[i].event), mark);
        }
    }
    return false;
}

bool mark_modules_uevent(const char *message, size_t len, MarkText *mark)
{
    static const struct {
        const char *header, *what;
    } events[] = {
        { "add@/module/", "module-loaded" },
        { "remove@/module/", "module-unloaded" },
    };
    size_t i;

    if (!memchr(message, '\0', len)) {
        return false;
    }
    for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        const char *name = message + strlen(events[i].header);

        if (begins(message, events[i].header) && *name && !strchr(name, '/')) {
            return set_mark(mark, events[i].what, name, strlen(name));
        }
    }
    return false;
}
