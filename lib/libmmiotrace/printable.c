/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: text that is safe to print (see printable.h)
 */
#include "libmmiotrace/printable.h"

#include <stdint.h>
#include <string.h>

bool mmt_char_is_printable(gunichar c)
{
    static const struct {
        gunichar first;
        gunichar last;
    } refused[] = {
        { 0x061c, 0x061c }, { 0x200e, 0x200f }, { 0x2028, 0x202e },
        { 0x2066, 0x2069 },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(refused); i++) {
        if (c >= refused[i].first && c <= refused[i].last) {
            return false;
        }
    }
    return !g_unichar_iscntrl(c);
}

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* Are eight bytes all from 0x20 to 0x7e? */
static bool is_ascii(uint64_t bytes)
{
    uint64_t flipped = bytes ^ EACH_BYTE(0x7f);
    uint64_t below = (bytes - EACH_BYTE(0x20)) & ~bytes;
    uint64_t del = (flipped - EACH_BYTE(1)) & ~flipped;

    return !((bytes | below | del) & EACH_BYTE(0x80));
}

/* Copies the text as far as it is plain; returns how many bytes that are. */
static size_t copy_ascii(const char *text, size_t len, char *buf)
{
    size_t done;
    uint64_t bytes;

    for (done = 0; len - done >= sizeof(bytes); done += sizeof(bytes)) {
        memcpy(&bytes, text + done, sizeof(bytes));
        if (!is_ascii(bytes)) {
            break;
        }
        memcpy(buf + done, &bytes, sizeof(bytes));
    }
    return done;
}

size_t mmt_printable(const char *text, size_t len, char *buf, size_t max)
{
    const char *end = text + len;
    size_t out = copy_ascii(text, len < max ? len : max, buf);

    text += out;
    while (text < end) {
        gunichar c;
        bool valid;

        if (*text >= 0x20 && *text < 0x7f) {
            if (out == max) {
                break;
            }
            buf[out++] = *text++;
            continue;
        }
        c = g_utf8_get_char_validated(text, end - text);
        /* -1: not UTF-8; -2: truncated; a NUL byte may give either */
        valid = c != (gunichar)-1 && c != (gunichar)-2 && *text;
        text = valid ? g_utf8_next_char(text) : text + 1;
        if (!valid || !mmt_char_is_printable(c)) {
            c = '?';
        }
        if (out + g_unichar_to_utf8(c, NULL) > max) {
            break;
        }
        out += g_unichar_to_utf8(c, buf + out);
    }
    buf[out] = '\0';
    return out;
}
