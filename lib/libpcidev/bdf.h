/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: addresses of PCI devices, and errors about devices
 */
#ifndef LIBPCIDEV_BDF_H
#define LIBPCIDEV_BDF_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HOST_PCI_ERROR host_pci_error_quark()

/**
 * host_pci_error_quark() - error domain of HostPciError
 */
GQuark host_pci_error_quark(void);

typedef enum HostPciError {
    HOST_PCI_ERROR_SYNTAX,  /* not a PCI address */
    HOST_PCI_ERROR_ABSENT,  /* no such device */
    HOST_PCI_ERROR_SYSFS,   /* sysfs can't be read, or has an unknown form */
} HostPciError;

/**
 * host_pci_parse_address() - take the numbers of an address
 * @text: "01:00.0" or "0000:01:00.0"
 * @domain: result: the domain; 0 if @text has none
 * @part: result: bus, device and function
 *
 * Return: false if @text is not a PCI address
 */
bool host_pci_parse_address(const char *text, uint32_t *domain,
                            uint32_t part[3]);

/**
 * host_pci_parse_bdf() - normalise the address of a PCI device
 * @text: "01:00.0", "0000:01:00.0"; upper or lower case
 * @error: error if @text is not a PCI address
 *
 * Return: the address as sysfs names it, to be freed; or NULL
 */
char *host_pci_parse_bdf(const char *text, GError **error);

/**
 * host_pci_split_bdf() - split "BDF:REST"
 * @word: the text
 * @bdf: result: the address as of host_pci_parse_bdf(), to be freed; NULL if
 *       @word does not begin with one
 * @rest: result: REST, or all of @word
 * @error: where to store the error
 *
 * Return: false if the address is not one
 */
bool host_pci_split_bdf(const char *word, char **bdf, const char **rest,
                        GError **error);

/**
 * host_pci_is_bdf() - is it the address of a PCI device, as sysfs names it?
 * @text: any text
 */
bool host_pci_is_bdf(const char *text);

/**
 * host_pci_short_bdf() - leave out domain 0 of an address
 * @bdf: an address, as sysfs names it
 *
 * Return: "01:00.0" for "0000:01:00.0", "0001:01:00.0" for itself
 */
const char *host_pci_short_bdf(const char *bdf);

/**
 * host_pci_domain() - get the domain of an address
 * @bdf: an address, as sysfs names it
 */
uint32_t host_pci_domain(const char *bdf);

#endif /* LIBPCIDEV_BDF_H */
