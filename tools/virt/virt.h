/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt: what its verbs share
 */
#ifndef VFIO_TRACE_VIRT_H
#define VFIO_TRACE_VIRT_H

#include "tools/libvirt/connect.h"
#include "tools/common/tool.h"
#include "tools/virt/xml.h"

/**
 * struct VirtDomain: a domain that is to be changed
 * @conn: the connection
 * @domain: it
 * @name: its name
 * @xml: what it will be at its next start, with all its secrets
 * @shown: the same without them
 * @info: what @xml says
 * @running: it runs; what changes does so at the next start
 * @local: libvirt runs on this machine
 */
typedef struct VirtDomain {
    virConnectPtr conn;
    virDomainPtr domain;
    const char *name;
    char *xml;
    char *shown;
    VirtXmlInfo *info;
    bool running;
    bool local;
} VirtDomain;

/**
 * virt_open() - look a domain up
 * @domain: result, to be freed with virt_close() in any case
 * @uri: the connection, or NULL
 * @name: the domain's name
 * @error: where to store why not
 */
bool virt_open(VirtDomain *domain, const char *uri, const char *name,
               GError **error);

/**
 * virt_close() - free what virt_open() took
 * @domain: the domain
 */
void virt_close(VirtDomain *domain);

/**
 * virt_show() - print what is about to change
 * @domain: the domain
 * @then: what VirtDomain.shown will be
 */
void virt_show(const VirtDomain *domain, const char *then);

/**
 * virt_confirm() - may it be done?
 * @yes: the user has said so beforehand
 * @error: set if there is nobody to ask
 *
 * Return: true, or false; nothing has been changed then
 */
bool virt_confirm(bool yes, GError **error);

/**
 * virt_define() - replace the domain's XML
 * @domain: the domain
 * @xml: the new one
 * @error: where to store why not
 *
 * Return: what libvirt has made of it, to be freed with free(); or NULL
 */
char *virt_define(const VirtDomain *domain, const char *xml, GError **error);

/**
 * struct VirtVerb: enable, disable, status
 * @verb: its name, with "virt " before it, and what --help says
 * @operands: what the usage line shows after the options
 * @details: paragraphs for --help
 * @entries: its options
 * @takes_hosts: devices may be named
 * @run: does it; false with an error, or without one if the user said no
 */
typedef struct VirtVerb {
    Verb verb;
    const char *operands;
    const char *details;
    const GOptionEntry *entries;
    bool takes_hosts;
    bool (*run)(const VirtDomain *domain, const char *const *hosts,
                GError **error);
} VirtVerb;

extern const VirtVerb virt_enable;
extern const VirtVerb virt_disable;
extern const VirtVerb virt_status;

/**
 * virt_main() - the verb virt
 * @argc: as main() has it
 * @argv: likewise, from "virt" on
 *
 * Return: exit status
 */
int virt_main(int argc, char **argv);

#endif /* VFIO_TRACE_VIRT_H */
