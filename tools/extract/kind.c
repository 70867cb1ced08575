/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: what bytes look like (see kind.h)
 */
#include "tools/extract/kind.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* Bytes at the beginning that signatures are in */
#define HEAD 64

/**
 * struct Signature: how a file begins
 * @name: what it is
 * @at: where the signature is
 * @len: its length
 * @bytes: the signature
 */
typedef struct Signature {
    const char *name;
    unsigned at;
    unsigned len;
    const char *bytes;
} Signature;

static const Signature signatures[] = {
    { "ELF", 0, 4, "\x7f" "ELF" },
    { "AMD video BIOS", 0x30, 10, " 761295520" },
    { "PCI option ROM", 0, 2, "\x55\xaa" },
    { "gzip", 0, 3, "\x1f\x8b\x08" },
    { "xz", 0, 6, "\xfd" "7zXZ\0" },
    { "zstd", 0, 4, "\x28\xb5\x2f\xfd" },
    { "bzip2", 0, 3, "BZh" },
    { "lz4", 0, 4, "\x04\x22\x4d\x18" },
    { "zip", 0, 4, "PK\x03\x04" },
    { "U-Boot image", 0, 4, "\x27\x05\x19\x56" },
    { "device tree", 0, 4, "\xd0\x0d\xfe\xed" },
    { "TRX firmware", 0, 4, "HDR0" },
    { "Intel Wi-Fi firmware", 0, 8, "\0\0\0\0IWL\n" },
    { "Mach-O", 0, 4, "\xcf\xfa\xed\xfe" },
    { "WebAssembly", 0, 4, "\0asm" },
    { "Lua bytecode", 0, 4, "\x1bLua" },
    { "DOS or Windows program", 0, 4, "MZ\x90\0" },
    { "EDID", 0, 8, "\0\xff\xff\xff\xff\xff\xff\0" },
};

static const char *find_signature(const uint8_t *head, size_t len)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(signatures); i++) {
        const Signature *s = &signatures[i];

        if (s->at + s->len <= len &&
            !memcmp(head + s->at, s->bytes, s->len)) {
            return s->name;
        }
    }
    return NULL;
}

void extract_swap(uint8_t *bytes, size_t len, unsigned word)
{
    size_t i;
    unsigned j;

    for (i = 0; i + word <= len; i += word) {
        for (j = 0; j < word / 2; j++) {
            uint8_t byte = bytes[i + j];

            bytes[i + j] = bytes[i + word - 1 - j];
            bytes[i + word - 1 - j] = byte;
        }
    }
}

static bool is_fill(const uint8_t *bytes, size_t len)
{
    return len > 1 && !memcmp(bytes, bytes + 1, len - 1);
}

/* Printable characters and white space; zeros may follow. */
static bool is_text(const uint8_t *bytes, size_t len)
{
    size_t i;

    while (len > 0 && !bytes[len - 1]) {
        len--;
    }
    for (i = 0; i < len; i++) {
        if (!g_ascii_isprint(bytes[i]) && !g_ascii_isspace(bytes[i])) {
            return false;
        }
    }
    return len > 0;
}

ExtractKind extract_kind(const uint8_t *bytes, size_t len)
{
    static const unsigned words[] = { 4, 2, 8 };
    size_t n = MIN(len, HEAD);
    ExtractKind kind = { find_signature(bytes, n), 0 };
    unsigned i;

    for (i = 0; !kind.name && i < G_N_ELEMENTS(words); i++) {
        uint8_t head[HEAD];

        memcpy(head, bytes, n);
        extract_swap(head, n, words[i]);
        kind.name = find_signature(head, n);
        kind.swapped = words[i];
    }
    if (!kind.name) {
        kind.swapped = 0;
        kind.name = is_fill(bytes, len) ? "fill" :
                    is_text(bytes, len) ? "text" : "data";
    }
    return kind;
}
