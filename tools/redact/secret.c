/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: secrets and their replacements (see secret.h)
 */
#include "tools/redact/secret.h"

#include <string.h>

static void secret_free(gpointer p)
{
    RedactSecret *secret = p;

    /* what was swapped out or dumped later does not have it */
    explicit_bzero(secret->from, secret->n);
    g_free(secret->from);
    g_free(secret->to);
    g_free(secret);
}

RedactSecrets *redact_secrets_new(const RedactKey *key)
{
    RedactSecrets *secrets = g_new0(RedactSecrets, 1);

    secrets->list = g_ptr_array_new_with_free_func(secret_free);
    secrets->key = key;
    return secrets;
}

void redact_secrets_free(RedactSecrets *secrets)
{
    if (secrets) {
        g_ptr_array_unref(secrets->list);
        g_free(secrets);
    }
}

static bool secret_fail(GError **error, const char *message)
{
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        message);
    return false;
}

static RedactSecret *secret_find(const RedactSecrets *secrets,
                                 const uint8_t *bytes, size_t n)
{
    guint i;

    for (i = 0; i < secrets->list->len; i++) {
        RedactSecret *secret = secrets->list->pdata[i];

        if (secret->n == n && !memcmp(secret->from, bytes, n)) {
            return secret;
        }
    }
    return NULL;
}

static bool secret_check(const RedactSecrets *secrets, const uint8_t *bytes,
                         size_t n, GError **error)
{
    size_t i;

    if (n < REDACT_SECRET_MIN) {
        return secret_fail(error,
                           "a secret has less than 4 bytes: it would be found by chance in many places");
    }
    if (n > REDACT_SECRET_MAX) {
        return secret_fail(error, "a secret has more than 512 bytes");
    }
    /* room for what follows from it, too */
    if (secrets->list->len + 2 > REDACT_SECRETS_MAX) {
        return secret_fail(error,
                           "there are more than 256 secrets; a text and a MAC address are two each");
    }
    for (i = 1; i < n && bytes[i] == bytes[0]; i++) {
        ;
    }
    if (i == n) {
        return secret_fail(error,
                           "all bytes of a secret are the same: it would be found in many places");
    }
    return true;
}

/* A character of the same kind, for text that still looks like one */
static uint8_t same_kind(uint8_t from, uint8_t random)
{
    if (g_ascii_isdigit(from)) {
        return '0' + random % 10;
    }
    if (g_ascii_isupper(from)) {
        return 'A' + random % 26;
    }
    return g_ascii_islower(from) ? 'a' + random % 26 : from;
}

/*
 * No byte of the replacement is the secret's at the same place: what is left
 * of a secret can be told from what was replaced.
 */
static void make_replacement(const RedactSecrets *secrets, RedactSecret *s,
                             bool text)
{
    g_autofree uint8_t *random = g_malloc(s->n * 8);
    size_t i, k;

    redact_key_bytes(secrets->key, "secret", s->from, s->n, random, s->n * 8);
    for (i = 0; i < s->n; i++) {
        for (k = 0; k < 8; k++) {
            uint8_t r = random[i * 8 + k];

            s->to[i] = text ? same_kind(s->from[i], r) : r;
            if (s->to[i] != s->from[i]) {
                break;
            }
        }
    }
}

static RedactSecret *secret_new(RedactSecrets *secrets, const char *what,
                                const uint8_t *bytes, size_t n)
{
    RedactSecret *secret = g_new0(RedactSecret, 1);

    secret->what = what;
    secret->n = n;
    secret->from = g_malloc(n);
    memcpy(secret->from, bytes, n);
    secret->to = g_malloc0(n);
    secret->number = secrets->list->len + 1;
    g_ptr_array_add(secrets->list, secret);
    return secret;
}

/* Return: units of UTF-16 that end with a byte of UTF-8, if it is that */
static unsigned unit_ends(const RedactSecret *text, size_t i, bool utf8)
{
    if (!utf8) {
        return 1;
    }
    if (i + 1 < text->n && (text->from[i + 1] & 0xc0) == 0x80) {
        return 0;
    }
    /* of four bytes: a pair of surrogates */
    return i >= 3 && text->from[i - 3] >= 0xf0 ? 2 : 1;
}

/* A text in UTF-16, as Windows keeps it in memory */
static void add_utf16(RedactSecrets *secrets, const RedactSecret *text)
{
    RedactSecret *wide;
    g_autofree uint8_t *bytes = g_malloc0(text->n * 2);
    g_autofree char *from = g_strndup((const char *)text->from, text->n);
    g_autofree gunichar2 *units = NULL;
    glong n = text->n, k;
    size_t i;

    /* what is not UTF-8 is taken as ISO 8859-1 */
    units = g_utf8_to_utf16(from, -1, NULL, &n, NULL);
    for (k = 0; k < n; k++) {
        unsigned unit = units ? units[k] : text->from[k];

        bytes[2 * k] = unit;
        bytes[2 * k + 1] = unit >> 8;
    }
    wide = secret_new(secrets, "text in UTF-16", bytes, 2 * n);
    memcpy(wide->to, bytes, 2 * n);
    /* only letters and digits of ASCII are replaced: they are one unit each */
    for (i = 0, k = 0; i < text->n && k < n; i++) {
        if (text->from[i] < 0x80) {
            wide->to[2 * k] = text->to[i];
        }
        k += unit_ends(text, i, units != NULL);
    }
}

static bool letters_in(const uint8_t *bytes, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (g_ascii_isalnum(bytes[i])) {
            return true;
        }
    }
    return false;
}

bool redact_secrets_add(RedactSecrets *secrets, const char *what,
                        const uint8_t *bytes, size_t n, bool text,
                        GError **error)
{
    RedactSecret *secret;

    if (secret_find(secrets, bytes, n)) {
        return true;
    }
    if (!secret_check(secrets, bytes, n, error)) {
        return false;
    }
    if (text && !letters_in(bytes, n)) {
        return secret_fail(error,
                           "a text has no letter and no digit of ASCII: give its bytes, as 0x...");
    }
    secret = secret_new(secrets, what, bytes, n);
    make_replacement(secrets, secret, text);
    if (text) {
        add_utf16(secrets, secret);
    }
    return true;
}

/* IPv6 addresses have it (RFC 4291, appendix A) */
static void eui64(const uint8_t *mac, uint8_t *out)
{
    memcpy(out, mac, 3);
    out[0] ^= 2;
    out[3] = 0xff;
    out[4] = 0xfe;
    memcpy(out + 5, mac + 3, 3);
}

bool redact_secrets_add_mac(RedactSecrets *secrets, const uint8_t *mac,
                            GError **error)
{
    static const uint8_t none[6];
    RedactSecret *secret;
    uint8_t wide[8];

    if (secret_find(secrets, mac, 6) || (mac[0] & 1) || !memcmp(mac, none, 6)) {
        return true;
    }
    if (!redact_secrets_add(secrets, "MAC address", mac, 6, false, error)) {
        return false;
    }
    secret = secret_find(secrets, mac, 6);
    /* an address of one device that no vendor has given */
    secret->to[0] = (secret->to[0] & 0xfc) | 2;
    if (secret->to[0] == mac[0]) {
        secret->to[0] ^= 0x40;
    }
    eui64(mac, wide);
    if (!secret_find(secrets, wide, 8)) {
        RedactSecret *eui = secret_new(secrets, "EUI-64 of a MAC address",
                                       wide, 8);

        eui64(secret->to, eui->to);
    }
    return true;
}

/* Return: bytes of hexadecimal digits, whose pairs @joint may join, or NULL */
static GByteArray *parse_hex(const char *p, const char *joints)
{
    GByteArray *bytes = g_byte_array_new();
    char joint = 0;

    while (g_ascii_isxdigit(p[0]) && g_ascii_isxdigit(p[1])) {
        uint8_t byte = g_ascii_xdigit_value(p[0]) << 4 |
                       g_ascii_xdigit_value(p[1]);

        g_byte_array_append(bytes, &byte, 1);
        p += 2;
        if (*p && strchr(joints, *p) && (!joint || *p == joint)) {
            joint = *p++;
        } else if (joint) {
            break;
        }
    }
    if (*p || !bytes->len) {
        g_byte_array_unref(bytes);
        return NULL;
    }
    return bytes;
}

/* One that is learnt may be zero, one that is given may not */
static bool add_given_mac(RedactSecrets *secrets, const uint8_t *mac,
                          GError **error)
{
    return secret_check(secrets, mac, 6, error) &&
           redact_secrets_add_mac(secrets, mac, error);
}

static bool add_bytes(RedactSecrets *secrets, GByteArray *bytes,
                      GError **error)
{
    if (bytes->len == 6 && !(bytes->data[0] & 1)) {
        return add_given_mac(secrets, bytes->data, error);
    }
    return redact_secrets_add(secrets, "bytes", bytes->data, bytes->len, false,
                              error);
}

bool redact_secrets_parse(RedactSecrets *secrets, const char *word,
                          GError **error)
{
    bool number = g_str_has_prefix(word, "0x");
    g_autoptr(GByteArray) bytes = NULL;

    if (number) {
        g_autofree char *even = strlen(word) % 2
            ? g_strconcat("0", word + 2, NULL) : g_strdup(word + 2);

        bytes = parse_hex(even, "");
        if (!bytes) {
            return secret_fail(error,
                               "a secret begins with 0x, and other characters than hexadecimal digits follow");
        }
        return add_bytes(secrets, bytes, error);
    }
    bytes = parse_hex(word, ":-");
    if (bytes && bytes->len >= REDACT_SECRET_MIN &&
        !add_bytes(secrets, bytes, error)) {
        return false;
    }
    if (bytes && (strchr(word, ':') || strchr(word, '-'))) {
        return bytes->len >= REDACT_SECRET_MIN ||
               redact_secrets_add(secrets, "bytes", bytes->data, bytes->len,
                                  false, error);
    }
    return redact_secrets_add(secrets, "text", (const uint8_t *)word,
                              strlen(word), true, error);
}

bool redact_secrets_parse_mac(RedactSecrets *secrets, const char *word,
                              GError **error)
{
    g_autoptr(GByteArray) bytes = parse_hex(word, ":-");

    if (!bytes || bytes->len != 6) {
        return secret_fail(error,
                           "a MAC address is not six pairs of hexadecimal digits: 52:54:00:12:34:56, for example");
    }
    if (bytes->data[0] & 1) {
        return secret_fail(error,
                           "a MAC address is one of many devices (multicast)");
    }
    return add_given_mac(secrets, bytes->data, error);
}
