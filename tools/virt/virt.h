/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt: access to a domain, and the table of its verbs
 */
#ifndef VFIO_TRACE_VIRT_H
#define VFIO_TRACE_VIRT_H

#include "tools/libvirt/connect.h"
#include "tools/common/tool.h"
#include "tools/virt/xml.h"

/**
 * struct VirtDomain: the domain of the command line
 * @conn: the connection
 * @domain: libvirt's handle
 * @name: name of the domain
 * @xml: its definition for the next start, with all secrets
 * @shown: the same without the secrets
 * @info: the content of @xml
 * @pools: see VirtXmlRequest
 * @running: it runs; changes take effect at the next start
 * @local: libvirt runs on this machine
 */
typedef struct VirtDomain {
    virConnectPtr conn;
    virDomainPtr domain;
    const char *name;
    char *xml;
    char *shown;
    VirtXmlInfo *info;
    char **pools;
    bool running;
    bool local;
} VirtDomain;

/**
 * virt_connect() - connect to libvirt for a domain that does not exist yet
 * @domain: result, to be freed with virt_close(), also after an error; it has
 *          the connection and the name only
 * @uri: the connection, or NULL
 * @name: the domain's name
 * @error: where to store the error
 */
bool virt_connect(VirtDomain *domain, const char *uri, const char *name,
                  GError **error);

/**
 * virt_open() - find a domain
 * @domain: result, to be freed with virt_close(), also after an error
 * @uri: the connection, or NULL
 * @name: the domain's name
 * @error: where to store the error
 */
bool virt_open(VirtDomain *domain, const char *uri, const char *name,
               GError **error);

/**
 * virt_close() - free the result of virt_open()
 * @domain: the domain
 */
void virt_close(VirtDomain *domain);

/**
 * virt_show() - print the difference that a change makes
 * @domain: the domain
 * @then: VirtDomain.shown after the change
 */
void virt_show(const VirtDomain *domain, const char *then);

/**
 * virt_confirm() - ask the user for confirmation
 * @question: the question
 * @yes: do not ask (--yes)
 * @error: set if there is no terminal to ask on
 *
 * Return: true if confirmed; false if not, after a message that nothing was
 *         changed, or with @error
 */
bool virt_confirm(const char *question, bool yes, GError **error);

/**
 * virt_define() - replace the domain's XML
 * @domain: the domain
 * @xml: the new XML
 * @error: where to store the error
 *
 * Return: the XML that libvirt has stored, to be freed with free(); or NULL
 */
char *virt_define(const VirtDomain *domain, const char *xml, GError **error);

/**
 * virt_hosts() - parse devices' host addresses
 * @words: the addresses
 * @error: where to store which is wrong
 *
 * Return: the addresses in the format of virt_xml_host(), each once; to be
 *         freed with g_strfreev(); or NULL
 */
char **virt_hosts(char **words, GError **error);

/**
 * struct VirtVerb: create, enable, disable, status
 * @verb: its name, with "virt " before it, and its brief for --help
 * @operands: operands in the usage line
 * @details: paragraphs for --help
 * @entries: its options
 * @get_group: makes further options with a --help of their own; or NULL
 * @begin: takes words that are not options off the command line; or NULL
 * @creates: the domain does not exist yet: it is only connected to libvirt
 * @takes_hosts: it accepts host addresses of devices after the domain
 * @run: runs the verb; returns false with an error, or without one if the user
 *       did not confirm
 */
typedef struct VirtVerb {
    Verb verb;
    const char *operands;
    const char *details;
    const GOptionEntry *entries;
    GOptionGroup *(*get_group)(void);
    void (*begin)(int *argc, char **argv);
    bool creates;
    bool takes_hosts;
    bool (*run)(const VirtDomain *domain, const char *const *hosts,
                GError **error);
} VirtVerb;

extern const VirtVerb virt_create;
extern const VirtVerb virt_enable;
extern const VirtVerb virt_disable;
extern const VirtVerb virt_status;

/**
 * virt_main() - run the verb virt
 * @argc: length of @argv
 * @argv: the command line, from "virt" on
 *
 * Return: exit status
 */
int virt_main(int argc, char **argv);

#endif /* VFIO_TRACE_VIRT_H */
