/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: secrets in text and in bytes (see text.h)
 */
#include "tools/redact/text.h"

#include <inttypes.h>
#include <string.h>

/* Characters between two bytes that still belong together */
#define JOINT_MAX 4

/* In place of a digit: what is before and behind does not belong together */
#define BREAK 0xff

/* Digits that a number without leading zeros must have to be looked for */
#define SHORT_DIGITS 7

typedef enum FormKind {
    FORM_BYTES,     /* bytes as they are */
    FORM_LETTERS,   /* the same, in upper or lower case */
    FORM_DIGITS,    /* hexadecimal digits, a byte each with its value */
} FormKind;

/**
 * struct Form: a secret as it may be written
 * @kind: how
 * @secret: the secret
 * @from: what is looked for
 * @to: what replaces it
 * @n: bytes of both
 */
typedef struct Form {
    FormKind kind;
    RedactSecret *secret;
    uint8_t *from;
    uint8_t *to;
    size_t n;
} Form;

struct RedactText {
    GArray *forms;
};

static void form_clear(gpointer p)
{
    Form *form = p;

    g_free(form->from);
    g_free(form->to);
}

static void add_form(RedactText *text, FormKind kind, RedactSecret *secret,
                     const uint8_t *from, const uint8_t *to, size_t n)
{
    Form form = { .kind = kind, .secret = secret, .n = n };
    guint i;

    for (i = 0; i < text->forms->len; i++) {
        const Form *old = &g_array_index(text->forms, Form, i);

        if (old->kind == kind && old->n == n && !memcmp(old->from, from, n)) {
            return;
        }
    }
    form.from = g_malloc(n);
    form.to = g_malloc(n);
    memcpy(form.from, from, n);
    memcpy(form.to, to, n);
    g_array_append_val(text->forms, form);
}

static uint8_t *to_digits(const uint8_t *bytes, size_t n)
{
    uint8_t *digits = g_malloc(2 * n);
    size_t i;

    for (i = 0; i < n; i++) {
        digits[2 * i] = bytes[i] >> 4;
        digits[2 * i + 1] = bytes[i] & 15;
    }
    return digits;
}

/* Numbers are printed without leading zeros. */
static void add_digits(RedactText *text, RedactSecret *secret,
                       const uint8_t *from, const uint8_t *to)
{
    g_autofree uint8_t *a = to_digits(from, secret->n);
    g_autofree uint8_t *b = to_digits(to, secret->n);
    size_t n = 2 * secret->n, zeros = 0;

    add_form(text, FORM_DIGITS, secret, a, b, n);
    while (zeros < n && !a[zeros]) {
        zeros++;
    }
    if (zeros && n - zeros >= SHORT_DIGITS && n <= 16) {
        add_form(text, FORM_DIGITS, secret, a + zeros, b + zeros, n - zeros);
    }
}

static uint64_t number_of(const uint8_t *bytes, size_t n)
{
    uint64_t number = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static void add_decimal(RedactText *text, RedactSecret *secret,
                        const uint8_t *from, const uint8_t *to)
{
    char a[24], b[24];
    size_t n;

    if (secret->n > 8) {
        return;
    }
    n = g_snprintf(a, sizeof(a), "%" PRIu64, number_of(from, secret->n));
    g_snprintf(b, sizeof(b), "%0*" PRIu64, (int)n, number_of(to, secret->n));
    if (n >= SHORT_DIGITS) {
        add_form(text, FORM_BYTES, secret, (uint8_t *)a,
                 (uint8_t *)b + strlen(b) - n, n);
    }
}

/* The secret with the bytes of each unit backwards */
static uint8_t *swapped(const uint8_t *bytes, size_t n, size_t unit)
{
    uint8_t *out = g_malloc(n);
    size_t i;

    for (i = 0; i < n; i++) {
        out[i] = bytes[i / unit * unit + (unit - 1 - i % unit)];
    }
    return out;
}

static void add_order(RedactText *text, RedactSecret *secret,
                      const uint8_t *from, const uint8_t *to, size_t unit)
{
    g_autofree uint8_t *back = swapped(from, secret->n, secret->n);
    g_autofree uint8_t *back_to = swapped(to, secret->n, secret->n);

    add_form(text, FORM_LETTERS, secret, from, to, secret->n);
    add_form(text, FORM_LETTERS, secret, back, back_to, secret->n);
    add_digits(text, secret, from, to);
    add_digits(text, secret, back, back_to);
    if (unit == 1) {
        add_decimal(text, secret, from, to);
        add_decimal(text, secret, back, back_to);
    }
}

static void add_secret(RedactText *text, RedactSecret *secret)
{
    static const size_t units[] = { 1, 2, 4, 8 };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(units); i++) {
        if (secret->n % units[i] == 0) {
            g_autofree uint8_t *from = swapped(secret->from, secret->n,
                                               units[i]);
            g_autofree uint8_t *to = swapped(secret->to, secret->n, units[i]);

            add_order(text, secret, from, to, units[i]);
        }
    }
}

RedactText *redact_text_new(const RedactSecrets *secrets)
{
    RedactText *text = g_new0(RedactText, 1);
    guint i;

    text->forms = g_array_new(FALSE, FALSE, sizeof(Form));
    g_array_set_clear_func(text->forms, form_clear);
    for (i = 0; i < secrets->list->len; i++) {
        add_secret(text, secrets->list->pdata[i]);
    }
    return text;
}

void redact_text_free(RedactText *text)
{
    if (text) {
        g_array_unref(text->forms);
        g_free(text);
    }
}

static bool letters_equal(const char *p, const uint8_t *from, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (g_ascii_tolower(p[i]) != g_ascii_tolower(from[i])) {
            return false;
        }
    }
    return true;
}

/* A letter of the replacement in the case that the text has */
static char cased(char old, uint8_t from, uint8_t to, bool binary)
{
    char c = old == (char)from ? (char)to :
             g_ascii_isupper(old) ? g_ascii_toupper(to) : g_ascii_tolower(to);

    /* a line's text must stay one */
    return binary || g_ascii_isprint(c) ? c : '?';
}

static bool replace_letters(const Form *form, char *p, size_t len,
                            bool binary)
{
    bool found = false;
    size_t i, k;

    for (i = 0; i + form->n <= len; i++) {
        if (letters_equal(p + i, form->from, form->n)) {
            for (k = 0; k < form->n; k++) {
                p[i + k] = cased(p[i + k], form->from[k], form->to[k],
                                 binary);
            }
            found = true;
            i += form->n - 1;
        }
    }
    return found;
}

static bool replace_bytes(const Form *form, uint8_t *p, size_t len)
{
    bool found = false;
    uint8_t *end = p + len;

    while ((size_t)(end - p) >= form->n &&
           (p = memmem(p, end - p, form->from, form->n))) {
        memcpy(p, form->to, form->n);
        p += form->n;
        found = true;
    }
    return found;
}

/**
 * struct Digits: hexadecimal digits of a text
 * @digit: their values, with BREAK between rows that do not belong together
 * @at: where they are in the text
 * @n: number of both
 */
typedef struct Digits {
    uint8_t *digit;
    uint32_t *at;
    size_t n;
} Digits;

/* "0x" and "\x" belong to what follows. */
static size_t prefix_len(const char *p, size_t len)
{
    return len >= 2 && (p[0] == '0' || p[0] == '\\') &&
           (p[1] == 'x' || p[1] == 'X') ? 2 : 0;
}

static void take_digits(Digits *digits, const char *p, size_t len)
{
    size_t i, joint = 0;

    for (i = 0; i < len; i++) {
        /* the last digit of "d4e0x" is one */
        size_t prefix = i && p[i] == '0' && g_ascii_isxdigit(p[i - 1])
            ? 0 : prefix_len(p + i, len - i);

        if (prefix) {
            i += prefix - 1;
            joint += prefix - 1;
        } else if (g_ascii_isxdigit(p[i])) {
            digits->digit[digits->n] = g_ascii_xdigit_value(p[i]);
            digits->at[digits->n++] = i;
            joint = 0;
        } else if (!strchr(" \t:;-.,_%/=", p[i]) || !p[i] || ++joint > JOINT_MAX) {
            digits->digit[digits->n] = BREAK;
            digits->at[digits->n++] = i;
            joint = 0;
        }
    }
}

static bool replace_digits(const Form *form, Digits *digits, char *p)
{
    uint8_t *at = digits->digit;
    uint8_t *end = at + digits->n;
    bool found = false;
    size_t i;

    while ((size_t)(end - at) >= form->n &&
           (at = memmem(at, end - at, form->from, form->n))) {
        for (i = 0; i < form->n; i++) {
            char *c = p + digits->at[at - digits->digit + i];
            char digit = "0123456789abcdef"[form->to[i]];

            *c = g_ascii_isupper(*c) ? g_ascii_toupper(digit) : digit;
            at[i] = form->to[i];
        }
        at += form->n;
        found = true;
    }
    return found;
}

static bool replace_form(const Form *form, Digits *digits, char *p, size_t len,
                         bool binary)
{
    switch (form->kind) {
    case FORM_DIGITS:
        return replace_digits(form, digits, p);
    case FORM_LETTERS:
        return replace_letters(form, p, len, binary);
    default:
        return replace_bytes(form, (uint8_t *)p, len);
    }
}

static RedactSecret *replace(const RedactText *text, char *p, size_t len,
                             bool binary)
{
    Digits digits = { 0 };
    RedactSecret *found = NULL;
    guint i;

    if (!text->forms->len || len < REDACT_SECRET_MIN) {
        return NULL;
    }
    digits.digit = g_malloc(len);
    digits.at = g_new(uint32_t, len);
    take_digits(&digits, p, len);
    for (i = 0; i < text->forms->len; i++) {
        const Form *form = &g_array_index(text->forms, Form, i);

        if (replace_form(form, &digits, p, len, binary)) {
            found = form->secret;
            if (binary) {
                found->snapshots++;
            } else {
                found->texts++;
            }
            /* what was replaced has other digits now */
            digits.n = 0;
            take_digits(&digits, p, len);
        }
    }
    g_free(digits.digit);
    g_free(digits.at);
    return found;
}

RedactSecret *redact_text_replace(const RedactText *text, char *p, size_t len)
{
    return replace(text, p, len, false);
}

RedactSecret *redact_text_blanks(const RedactText *text, char *p, size_t len)
{
    RedactSecret *found = NULL;
    guint i;

    for (i = 0; i < text->forms->len; i++) {
        const Form *form = &g_array_index(text->forms, Form, i);

        if (form->kind == FORM_LETTERS && memchr(form->from, ' ', form->n) &&
            replace_letters(form, p, len, false)) {
            found = form->secret;
            found->texts++;
        }
    }
    return found;
}

RedactSecret *redact_text_bytes(const RedactText *text, uint8_t *bytes,
                                size_t n)
{
    return replace(text, (char *)bytes, n, true);
}
