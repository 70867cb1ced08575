/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: something that was found in a trace
 */
#ifndef VFIO_TRACE_EXTRACT_ITEM_H
#define VFIO_TRACE_EXTRACT_ITEM_H

#include "tools/analysis/memory-types.h"
#include "tools/analysis/upload-types.h"
#include "tools/extract/kind.h"

/**
 * struct ExtractItem: something that was found
 * @bytes: its bytes, a file
 * @upload: of accesses; or NULL
 * @thing: of guest memory; or NULL
 * @data: of what @thing, an entry of a ring, points to; or NULL
 * @number: from 1 up
 * @kind: what it looks like
 * @sha256: of its bytes
 * @same: number of the first item that has the same bytes, or 0
 * @file: name of its file; NULL: it has none
 */
typedef struct ExtractItem {
    const GByteArray *bytes;
    const Upload *upload;
    const AnalysisMemoryThing *thing;
    const AnalysisMemoryData *data;
    uint64_t number;
    ExtractKind kind;
    const char *sha256;
    uint64_t same;
    const char *file;
} ExtractItem;

#endif /* VFIO_TRACE_EXTRACT_ITEM_H */
