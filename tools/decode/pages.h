/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: contents of a device's memory, as far as a trace shows them
 *
 * Page tables of a device are in its own memory.  Memory is bounded: what comes
 * when there are too many pages, of all devices, is not kept.
 */
#ifndef VFIO_TRACE_DECODE_PAGES_H
#define VFIO_TRACE_DECODE_PAGES_H

#include <stdbool.h>
#include <stdint.h>

/* 64 MiB of contents */
#define DECODE_PAGES_MAX (1u << 14)

typedef struct DecodePages DecodePages;

/**
 * decode_pages_new() - begin without any contents
 * @total: number of pages of all devices, which outlives this
 */
DecodePages *decode_pages_new(unsigned *total);

/**
 * decode_pages_free() - free them
 * @pages: the contents, or NULL
 */
void decode_pages_free(DecodePages *pages);

/**
 * decode_pages_put() - keep a word
 * @pages: the contents
 * @address: its address; the lowest two bits do not count
 * @word: the word
 */
void decode_pages_put(DecodePages *pages, uint64_t address, uint32_t word);

/**
 * decode_pages_get() - get a word
 * @pages: the contents
 * @address: its address; the lowest two bits do not count
 * @word: where to store it; 0 if it is not known
 *
 * Return: is it known?
 */
bool decode_pages_get(DecodePages *pages, uint64_t address, uint32_t *word);

/**
 * decode_pages_full() - were there too many pages?
 * @pages: the contents
 */
bool decode_pages_full(const DecodePages *pages);

#endif /* VFIO_TRACE_DECODE_PAGES_H */
