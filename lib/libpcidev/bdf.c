/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: addresses of PCI devices (see bdf.h)
 */
#include "libpcidev/bdf.h"

#include <inttypes.h>
#include <string.h>

GQuark host_pci_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-host-pci");
}

/* Digits of a part of an address; advances *@text behind them. */
static bool host_pci_parse_part(const char **text, unsigned min, unsigned max,
                                uint32_t limit, uint32_t *value)
{
    unsigned n;

    *value = 0;
    for (n = 0; n < max && g_ascii_isxdigit(**text); n++, (*text)++) {
        *value = *value << 4 | g_ascii_xdigit_value(**text);
    }
    return n >= min && *value <= limit;
}

/* The bus, device and function number in @text */
static bool host_pci_parse_bus_address(const char *text, uint32_t part[3])
{
    return host_pci_parse_part(&text, 1, 2, 0xff, &part[0]) &&
           *text++ == ':' &&
           host_pci_parse_part(&text, 1, 2, 0x1f, &part[1]) &&
           *text++ == '.' &&
           host_pci_parse_part(&text, 1, 1, 7, &part[2]) && !*text;
}

bool host_pci_parse_address(const char *text, uint32_t *domain,
                            uint32_t part[3])
{
    *domain = 0;
    /* Domains beyond 16 bits exist: Intel's VMD, Hyper-V */
    return host_pci_parse_bus_address(text, part) ||
           (host_pci_parse_part(&text, 1, 8, UINT32_MAX, domain) &&
            *text++ == ':' && host_pci_parse_bus_address(text, part));
}

char *host_pci_parse_bdf(const char *text, GError **error)
{
    uint32_t domain;
    uint32_t part[3];

    if (!host_pci_parse_address(text, &domain, part)) {
        g_set_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_SYNTAX,
                    "'%s' is not a PCI address: use 0000:01:00.0, for example ('lspci -D' lists them)",
                    text);
        return NULL;
    }
    return g_strdup_printf("%04" PRIx32 ":%02" PRIx32 ":%02" PRIx32
                           ".%" PRIx32, domain, part[0], part[1], part[2]);
}

bool host_pci_split_bdf(const char *word, char **bdf, const char **rest,
                        GError **error)
{
    static const char form[] =
        "^(?:[0-9a-f]{1,8}:)?[0-9a-f]{1,2}:[0-9a-f]{1,2}\\.[0-7](?=:)";
    g_autoptr(GRegex) regex = g_regex_new(form, G_REGEX_CASELESS, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *text = NULL;

    *bdf = NULL;
    *rest = word;
    if (!g_regex_match(regex, word, 0, &match)) {
        return true;
    }
    text = g_match_info_fetch(match, 0);
    *rest = word + strlen(text) + 1;
    *bdf = host_pci_parse_bdf(text, error);
    return *bdf != NULL;
}

const char *host_pci_short_bdf(const char *bdf)
{
    static const char domain[] = "0000:";

    return bdf + (g_str_has_prefix(bdf, domain) ? strlen(domain) : 0);
}

uint32_t host_pci_domain(const char *bdf)
{
    uint32_t domain;
    uint32_t part[3];

    host_pci_parse_address(bdf, &domain, part);
    return domain;
}

bool host_pci_is_bdf(const char *text)
{
    g_autofree char *bdf = host_pci_parse_bdf(text, NULL);

    return bdf && !strcmp(bdf, text);
}
