/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences as JSON that are refused
 */
#include <string.h>

#include "libmmiotrace/printable.h"
#include "run-tool.h"
#include "tools/sequence/json.h"

/* All files of these tests are empty. */
static GBytes *no_file(void *opaque, const char *name, uint64_t size,
                       GError **error)
{
    (void)opaque;
    (void)name;
    (void)error;
    g_assert_cmpuint(size, ==, 0);
    return g_bytes_new(NULL, 0);
}

#define HEAD "{\"format\": \"vfio-trace-sequence\", \"version\": 1"
#define REGIONS ", \"regions\": [{\"region\": \"bar0\", \"size\": \"0x1000\"}, " \
    "{\"region\": \"bar4\", \"size\": \"0x20\", \"kind\": \"port\"}]"
#define OPS(ops) HEAD REGIONS ", \"operations\": [\n" ops "]}"
#define BUFFER(members) HEAD ", \"buffers\": [{" members "}], \"operations\": []}"
#define A_FILE(members) HEAD ", \"files\": [{" members "}], \"operations\": []}"
#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define READ "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", \"width\": 4}"
#define W "\"op\": \"write\", \"region\": \"bar0\", \"offset\": \"0x0\", \"width\": 4"
#define LOOP(rounds, body) \
    "{\"op\": \"loop\", \"rounds\": " rounds ", \"body\": [" body "]}"
#define C "\"op\": \"check\", \"region\": \"bar0\", \"offset\": \"0x0\", " \
    "\"width\": 4, \"value\": \"0x0\""
#define P "\"op\": \"poll\", \"region\": \"bar0\", \"offset\": \"0x0\", " \
    "\"width\": 4, \"value\": \"0x0\""
#define U "\"op\": \"upload\", \"region\": \"bar0\", \"width\": 4, \"stride\": 4"
#define M "\"op\": \"memory\", \"memory\": \"a\""
#define T "\"op\": \"pointer\", \"memory\": \"a\", \"buffer\": \"b\""
#define MEMORY(ops) HEAD ", \"buffers\": [{\"name\": \"a\", \"size\": 4096}, " \
    "{\"name\": \"b\", \"size\": 8192}], \"files\": [{\"name\": \"e\", " \
    "\"sha256\": \"" SHA "\", \"size\": 0}], \"operations\": [\n" ops "]}"

static const struct {
    const char *text;
    const char *error;
} refused[] = {
    /* JSON */
    { "",
      "x:1: this is not a sequence, whose first member is \"format\": 'vfio-trace sequence' makes one"
    },
    { "[]", "x:1: this is not a sequence" },
    { "{}", "x:1: this is not a sequence" },
    { "{\"a\": 1}", "x:1: this is not a sequence" },
    { "{\"format\": \"other\"}",
      "x:1: format: other is not one of: vfio-trace-sequence" },
    { "{\"format\": 1}", "x:1: format: it must be a string, in '\"'" },
    { HEAD, "x:1: a ',' or '}' is missing" },
    { HEAD ",}", "x:1: a ',' before the end: remove it" },
    { HEAD "}", "x:1: operations: this member is missing: add it" },
    { "{\"format\": \"vfio-trace-sequence\", \"operations\": []}",
      "x:1: version: this member is missing: add it" },
    { "{\"format\": \"vfio-trace-sequence\", \"version\": 2}",
      "x:1: version: 2 is not known: this vfio-trace reads version 1; use the one that wrote it, or make the sequence again"
    },
    { HEAD ", \"version\": 1}", "x:1: version: it is there twice: remove one" },
    { HEAD ", \"more\": 1}",
      "x:1: more: there is no such member: remove it, or use the version of vfio-trace that knows it"
    },
    { HEAD ", \"a\\u001bb\": 1}", "x:1: a?b: there is no such member" },
    { OPS("") " x", "something follows the end of the object: remove it" },
    { HEAD ", \"trace\": \"a\\u001b\", \"operations\": []}",
      "x:1: trace: it has characters that are not printable: remove them" },
    { HEAD ", \"trace\": \"a\\ud800\", \"operations\": []}",
      "x:1: trace: a \\u escape without a character" },
    { HEAD ", \"trace\": \"a\\udc00\\ud800\", \"operations\": []}",
      "x:1: trace: a \\u escape without a character" },
    { HEAD ", \"trace\": \"a\\u0000\", \"operations\": []}",
      "x:1: trace: a \\u escape without a character" },
    { HEAD ", \"trace\": \"a\\x\", \"operations\": []}",
      "x:1: trace: an escape that JSON does not have, after '\\'" },
    { HEAD ", \"trace\": \"a", "x:1: trace: a string without an end" },
    { HEAD ", \"trace\": \"a\nb\"",
      "x:1: trace: a string with a control character: close it, or use an escape"
    },
    { HEAD ", \"trace\": \"\xff\"", "x:1: trace: a string that is not UTF-8" },
    { HEAD ", \"operations\": 1}",
      "x:1: operations: it must be a list, which begins with '['" },
    { HEAD ", \"operations\": [1]}", "x:1: operation 0: it must be an object" },
    { OPS(READ " " READ), "a ',' or ']' is missing" },
    /* device and regions */
    { HEAD ", \"device\": {\"vendor\": \"0x8086\"}, \"operations\": []}",
      "device: device: this member is missing: add it" },
    { HEAD ", \"device\": {\"vendor\": \"0x18086\", \"device\": \"0x1\"}, "
           "\"operations\": []}",
      "device: its IDs do not fit: vendor and device have 16 bits, revision has 8" },
    { HEAD ", \"device\": {\"vendor\": 8086, \"device\": \"0x1\"}}",
      "device: vendor: it must be a string" },
    { HEAD ", \"device\": {\"vendor\": \"8086\", \"device\": \"0x1\"}}",
      "device: vendor: it must be a hexadecimal number in a string, such as \"0x10\", of at most 64 bits"
    },
    { HEAD ", \"device\": {\"vendor\": \"0x\", \"device\": \"0x1\"}}",
      "device: vendor: it must be a hexadecimal number in a string" },
    { HEAD ", \"device\": {\"vendor\": \"0x00000000000008086\", \"device\": \"0x1\"}}",
      "device: vendor: it must be a hexadecimal number in a string" },
    { HEAD ", \"regions\": [{\"region\": \"bar9\", \"size\": \"0x10\"}]}",
      "regions: region: bar9 is not one of: bar0, bar1, bar2, bar3, bar4, bar5, rom, config, vga"
    },
    { HEAD ", \"regions\": [{\"region\": \"bar0\", \"size\": \"0x0\"}]}",
      "regions: bar0 has no bytes: correct its size" },
    { HEAD ", \"regions\": [{\"region\": \"bar0\", \"size\": \"0x8\"}, "
           "{\"region\": \"bar0\", \"size\": \"0x8\"}]}",
      "regions: bar0 is there twice: remove one" },
    { HEAD ", \"regions\": [{\"region\": \"bar0\", "
           "\"size\": \"0x1000000000001\"}], \"operations\": []}",
      "x:1: bar0: its size 0x1000000000001 is above 0x1000000000000: correct it" },
    { HEAD ", \"regions\": [{\"region\": \"config\", \"size\": \"0x1001\"}], "
           "\"operations\": []}",
      "x:1: config: its size 0x1001 is above 0x1000: correct it" },
    { HEAD ", \"regions\": [{\"region\": \"rom\", \"size\": \"0x10\", "
           "\"kind\": \"port\"}], \"operations\": []}",
      "x:1: rom: it has no ports: correct its kind" },
    { HEAD ", \"regions\": [{\"region\": \"bar1\", \"size\": \"0x20000\", "
           "\"kind\": \"port\"}], \"operations\": []}",
      "x:1: bar1: its size 0x20000 is more than there are ports, 0x10000: correct it" },
    /* buffers */
    { BUFFER("\"name\": \"a-b\", \"size\": 4096"),
      "x:1: buffer a-b: its name is not an identifier of at most 64 letters, digits and '_': change it"
    },
    { BUFFER("\"name\": \"1a\", \"size\": 4096"),
      "buffer 1a: its name is not an identifier" },
    { BUFFER("\"name\": \"\", \"size\": 4096"), "its name is not an identifier" },
    { BUFFER("\"name\": \"a\", \"size\": 4095"),
      "buffer a: its size 4095 is not a multiple of 4096, up to 67108864: change it" },
    { BUFFER("\"name\": \"a\", \"size\": 0"),
      "buffer a: its size 0 is not a multiple of 4096" },
    { BUFFER("\"name\": \"a\", \"size\": 67112960"),
      "buffer a: its size 67112960 is not a multiple of 4096, up to 67108864" },
    { BUFFER("\"name\": \"a\", \"size\": -4096"),
      "buffers: size: it must not be negative" },
    { BUFFER("\"name\": \"a\", \"size\": 4096.5"),
      "buffers: size: it must be a whole number, in decimal" },
    { BUFFER("\"name\": \"a\", \"size\": 4e3"),
      "buffers: size: it must be a whole number" },
    { BUFFER("\"name\": \"a\", \"size\": 04096"),
      "buffers: size: it must be a whole number" },
    { BUFFER("\"name\": \"a\", \"size\": 99999999999999999999"),
      "buffers: size: a number of more than 64 bits" },
    { BUFFER("\"name\": \"a\", \"size\": 4096, \"below_4g\": 1"),
      "buffers: below_4g: it must be true or false" },
    { BUFFER("\"name\": \"a\", \"size\": 4096, \"file\": \"b\""),
      "x:1: b, the file of a buffer, is not listed in files: list it there" },
    { BUFFER("\"name\": \"a\", \"size\": 4096}, {\"name\": \"a\", \"size\": 4096"),
      "buffers: a is there twice: remove one" },
    { BUFFER("\"name\": \"a\""), "buffers: size: this member is missing: add it" },
    /* files */
    { A_FILE("\"name\": \"../x\", \"sha256\": \"" SHA "\", \"size\": 0"),
      "files: ../x is not a name of a file beside the sequence: use one without '/', of at most 255 bytes"
    },
    { A_FILE("\"name\": \"..\", \"sha256\": \"" SHA "\", \"size\": 0"),
      "files: .. is not a name of a file" },
    { A_FILE("\"name\": \"\", \"sha256\": \"" SHA "\", \"size\": 0"),
      "is not a name of a file" },
    { A_FILE("\"name\": \"a\", \"sha256\": \"E3\", \"size\": 0"),
      "files: a: its sha256 is not of 64 lower-case hexadecimal digits: sha256sum prints it"
    },
    { A_FILE("\"name\": \"a\", \"sha256\": \"" SHA "\", \"size\": 268435457"),
      "files: a: its size 268435457 is above 268435456: select a shorter part of the trace"
    },
    { A_FILE("\"name\": \"a\", \"size\": 268435457"),
      "files: sha256: this member is missing: add it" },
    /* operations: members */
    { OPS("{}"), "x:2: operation 0: op: this member is missing: add it" },
    { OPS(READ ",\n{\"op\": \"jump\"}"),
      "x:3: operation 1: op: jump is not one of: write, read, check, poll, delay, mark, upload, irq, loop, memory, pointer, note"
    },
    { OPS("{\"op\": \"read\", \"offset\": \"0x0\", \"width\": 4}"),
      "region: this member is missing: add it" },
    { OPS("{\"op\": \"delay\", \"us\": 1, \"value\": \"0x1\"}"),
      "operation 0: value: this operation has no such member: remove it" },
    { OPS("{\"op\": \"mark\", \"text\": \"a\", \"name\": \"b\"}"),
      "name: this operation has no such member: remove it" },
    { OPS("{" W "}"),
      "operation 0: a write has one of value, buffer and from: correct it" },
    { OPS("{" W ", \"value\": \"0x1\", \"from\": 0}"),
      "a write has one of value, buffer and from" },
    { OPS("{" W ", \"value\": \"0x1\", \"add\": \"0x1\"}"),
      "add: it belongs to a write that has from or buffer: remove it" },
    { OPS("{" W ", \"from\": 0, \"part\": \"low\"}"),
      "part: it belongs to a write that has buffer: remove it" },
    { OPS("{" W ", \"buffer\": \"dma0\"}"),
      "buffer: dma0 is not listed in buffers: list it there, before the operations" },
    { OPS("{" W ", \"from\": 4194304}"),
      "from: there is no operation 4194304: correct it" },
    { OPS("{" C ", \"until\": \"equal\"}"), "until: this operation has no such member" },
    { OPS("{" P ", \"until\": \"never\", \"timeout_us\": 1}"),
      "until: never is not one of: equal, different" },
    { OPS("{" P "}"), "timeout_us: this member is missing: add it" },
    { OPS(LOOP("2", "{" W ", \"value\": \"0x1\", \"stride\": [0, 0, 0, 0]}")),
      "operation 1: stride: more than 3: an operation has at most that many loops around it"
    },
    { OPS("{" U ", \"offset\": \"0x0\", \"file\": \"none\", \"accesses\": 1}"),
      "file: none is not listed in files: list it there, before the operations" },
    /* operations: what they do */
    { OPS("{\"op\": \"read\", \"region\": \"bar1\", \"offset\": \"0x0\", \"width\": 4}"),
      "x:2: operation 0 (read): bar1 is not listed in regions: add it with its size" },
    { OPS(READ ",\n" READ ",\n{\"op\": \"read\", \"region\": \"bar0\", "
                          "\"offset\": \"0x1000\", \"width\": 4}"),
      "x:4: operation 2 (read): at offset 0x1000, it goes beyond bar0, which has 0x1000 bytes: correct the offset, the stride or the region's size"
    },
    { OPS("{\"op\": \"read\", \"region\": \"bar0\", "
          "\"offset\": \"0xfffffffffffffffc\", \"width\": 4}"), "goes beyond bar0" },
    { OPS("{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x2\", \"width\": 4}"),
      "its offset 0x2 is not a multiple of its width 4: correct it" },
    { OPS("{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", \"width\": 3}"),
      "its width is 3: use 1, 2 or 4, or 8 for memory" },
    { OPS(
        "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", \"width\": 260}"),
      "its width is 0" },
    { OPS("{\"op\": \"read\", \"region\": \"bar4\", \"offset\": \"0x0\", \"width\": 8}"),
      "its width is 8: use 1, 2 or 4" },
    { OPS("{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", "
          "\"width\": 4, \"stride\": [4]}"),
      "it has more strides than loops around it: remove the last one" },
    { OPS(LOOP("2", "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", "
                    "\"width\": 4, \"stride\": [2]}")),
      "its stride 2 is not a multiple of its width 4: correct it" },
    { OPS(LOOP("1025", "{\"op\": \"read\", \"region\": \"bar0\", "
                       "\"offset\": \"0x0\", \"width\": 4, \"stride\": [4]}")),
      "operation 1 (read): at offset 0x0, it goes beyond bar0" },
    { OPS(LOOP("2", "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", "
                    "\"width\": 4, \"stride\": [-4]}")), "goes beyond bar0" },
    { OPS(LOOP("4", "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", "
                    "\"width\": 4, \"stride\": [9223372036854775804]}")),
      "goes beyond bar0" },
    { OPS("{" W ", \"value\": \"0x100000000\"}"),
      "its value 0x100000000 does not fit in 4 bytes: correct it" },
    { OPS("{" W ", \"value\": \"0x1\", \"step\": 1}"),
      "it has a step, and there is no loop around it: remove the step" },
    { OPS(READ ", " LOOP("2", "{" W ", \"from\": 0, \"step\": 1}")),
      "it has both a source and a step: remove one" },
    { OPS("{" W ", \"from\": 0}"),
      "operation 0, which it takes its value from, is not a read, check or poll before it: correct the number"
    },
    { OPS("{" W ", \"value\": \"0x1\"}, {" W ", \"from\": 0}"),
      "operation 1 (write): operation 0, which it takes" },
    { OPS("{" W ", \"from\": 1}, " READ),
      "operation 1, which it takes its value from, is not a read" },
    { HEAD REGIONS ", \"buffers\": [{\"name\": \"a\", \"size\": 4096}], "
                   "\"operations\": [{" W ", \"buffer\": \"a\"}]}",
      "an address does not fit in 4 bytes: use a width of 8, or the low or high part and a width of 4"
    },
    { OPS("{" C ", \"mask\": \"0x0\"}"),
      "operation 0 (check): its mask has no bits: use a read instead" },
    { OPS("{" C ", \"mask\": \"0x100000000\"}"),
      "its mask 0x100000000 does not fit in 4 bytes: correct it" },
    { OPS("{" P ", \"timeout_us\": 3600000001}"),
      "in its 1 rounds it may wait longer than an hour: correct its time" },
    { OPS("{" P ", \"timeout_us\": 18446744073709551615}"),
      "it may wait longer than an hour: correct its time" },
    { OPS(LOOP("3601", "{\"op\": \"delay\", \"us\": 1000000}")),
      "in its 3601 rounds it may wait longer than an hour" },
    { OPS("{\"op\": \"irq\", \"vector\": 2048, \"timeout_us\": 1}"),
      "its vector 2048 is above 2047: correct it" },
    { OPS("{\"op\": \"loop\", \"rounds\": 2, \"body\": []}"),
      "its body is empty: remove the loop" },
    { OPS("{\"op\": \"loop\", \"rounds\": 2}"), "body: this member is missing: add it" },
    { OPS(LOOP("0", READ)), "operation 0 (loop): it has no rounds: remove the loop" },
    { OPS(LOOP("4294967297", READ)),
      "with its 4294967297 rounds there are more than 4294967296 operations: make fewer"
    },
    { OPS(LOOP("65537", LOOP("65537", READ))),
      "operation 1 (loop): with its 65537 rounds there are more than" },
    { OPS(LOOP("4294967296", READ) ", " READ),
      "operation 2 (read): with it, there are more than 4294967296 operations in all rounds: make fewer"
    },
    { OPS(LOOP("2", LOOP("2", LOOP("2", LOOP("2", READ))))),
      "operation 3: body: there are 3 loops around it, and no more are possible: write the rounds of one out"
    },
    /* operations on buffers */
    { MEMORY("{\"op\": \"memory\", \"offset\": \"0x0\", \"bytes\": \"00\"}"),
      "x:2: operation 0: memory: this member is missing: add it" },
    { MEMORY("{" M ", \"bytes\": \"00\"}"), "offset: this member is missing" },
    { MEMORY("{\"op\": \"memory\", \"memory\": \"c\", \"offset\": \"0x0\", "
             "\"bytes\": \"00\"}"),
      "memory: c is not listed in buffers: list it there, before the operations" },
    { MEMORY("{" M ", \"offset\": \"0x0\"}"),
      "x:2: operation 0 (memory): it has one of bytes and a file: correct it" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"00\", \"file\": \"e\"}"),
      "it has one of bytes and a file: correct it" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"\"}"),
      "operation 0 (memory): it writes no bytes: remove it" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"file\": \"e\"}"),
      "it writes no bytes: remove it" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"file\": \"f\"}"),
      "file: f is not listed in files: list it there, before the operations" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"001\"}"),
      "operation 0: bytes: it must be two hexadecimal digits for each of at most 4096 bytes: use a file for more"
    },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"0g\"}"),
      "bytes: it has other characters than hexadecimal digits: correct it" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"\\\"0\"}"),
      "bytes: it has other characters than hexadecimal digits" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"\303\274\"}"),
      "bytes: it has other characters than hexadecimal digits" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": 0}"),
      "bytes: it must be a string" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"00\", \"width\": 1}"),
      "width: this operation has no such member: remove it" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"00\", \"step\": 1}"),
      "step: this operation has no such member: remove it" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"00\", "
             "\"region\": \"bar0\"}"),
      "region: this operation has no such member: remove it" },
    { MEMORY("{" M ", \"offset\": \"0xfff\", \"bytes\": \"0000\"}"),
      "operation 0 (memory): at offset 0xfff it is outside of buffer a, which has 4096 bytes: correct the offset, the stride or the buffer's size"
    },
    { MEMORY("{" M ", \"offset\": \"0xffffffffffffffff\", \"bytes\": \"0000\"}"),
      "it is outside of buffer a" },
    { MEMORY(LOOP("4096", "{" M ", \"offset\": \"0x1\", \"bytes\": \"00\", "
                          "\"stride\": [1]}")),
      "operation 1 (memory): at offset 0x1 it is outside of buffer a" },
    { MEMORY(LOOP("2", "{" M ", \"offset\": \"0x0\", \"bytes\": \"00\", "
                       "\"stride\": [-1]}")), "it is outside of buffer a" },
    { MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"00\", \"stride\": [1]}"),
      "it has more strides than loops around it" },
    { MEMORY(LOOP("4294967296", "{" M ", \"offset\": \"0x0\", "
                                "\"bytes\": \"00\"}")
             ", {" M ", \"offset\": \"0x0\", \"bytes\": \"00\"}"),
      "operation 2 (memory): with it, there are more than 4294967296 operations" },
    { MEMORY("{" T ", \"offset\": \"0x0\"}"),
      "operation 0: width: this member is missing: add it" },
    { MEMORY("{\"op\": \"pointer\", \"memory\": \"a\", \"offset\": \"0x0\", "
             "\"width\": 8}"), "buffer: this member is missing: add it" },
    { MEMORY("{\"op\": \"pointer\", \"memory\": \"a\", \"offset\": \"0x0\", "
             "\"width\": 8, \"buffer\": \"c\"}"),
      "buffer: c is not listed in buffers" },
    { MEMORY("{" T ", \"offset\": \"0x0\", \"width\": 2, \"part\": \"low\"}"),
      "operation 0 (pointer): its width 2 is not 4 or 8: correct it" },
    { MEMORY("{" T ", \"offset\": \"0x0\", \"width\": 0}"),
      "its width 0 is not 4 or 8: correct it" },
    { MEMORY("{" T ", \"offset\": \"0x0\", \"width\": 264}"),
      "its width 0 is not 4 or 8: correct it" },
    { MEMORY("{" T ", \"offset\": \"0x0\", \"width\": 4}"),
      "an address does not fit in 4 bytes: use a width of 8, or the low or high part and a width of 4"
    },
    { MEMORY("{" T ", \"offset\": \"0x0\", \"width\": 8, \"part\": \"all\"}"),
      "part: all is not one of: whole, low, high" },
    { MEMORY("{" T ", \"offset\": \"0x4\", \"width\": 8}"),
      "its offset 0x4 is not a multiple of its width 8: correct it" },
    { MEMORY("{" T ", \"offset\": \"0x1000\", \"width\": 8}"),
      "operation 0 (pointer): at offset 0x1000 it is outside of buffer a" },
    { MEMORY(LOOP("2", "{" T ", \"offset\": \"0x0\", \"width\": 8, "
                       "\"stride\": [4]}")),
      "its stride 4 is not a multiple of its width 8: correct it" },
    { MEMORY(LOOP("513", "{" T ", \"offset\": \"0x0\", \"width\": 8, "
                         "\"stride\": [8]}")), "it is outside of buffer a" },
    { MEMORY("{" T ", \"offset\": \"0x0\", \"width\": 8, \"step\": 1}"),
      "it has a step, and there is no loop around it: remove the step" },
    { MEMORY("{" T ", \"offset\": \"0x0\", \"width\": 8, \"value\": \"0x1\"}"),
      "value: this operation has no such member: remove it" },
    { MEMORY("{" T ", \"offset\": \"0x0\", \"width\": 8, \"and\": \"0x1\"}"),
      "and: this operation has no such member: remove it" },
    { MEMORY("{" T ", \"offset\": \"0x0\", \"width\": 8, \"bytes\": \"00\"}"),
      "bytes: this operation has no such member: remove it" },
};

/* Whatever is said must go to a terminal. */
static void assert_printable(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (; *text; text = g_utf8_next_char(text)) {
        g_assert_true(mmt_char_is_printable(g_utf8_get_char(text)));
    }
}

static void test_refused(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        /* a copy, so that a read behind its end is noticed */
        size_t len = strlen(refused[i].text);
        g_autofree char *text = g_memdup2(refused[i].text, len);

        g_test_message("%s", refused[i].text);
        g_assert_null(sequence_parse_json("x", text, len, no_file, NULL,
                                          &error));
        g_assert_nonnull(error);
        assert_contains(error->message, refused[i].error);
        assert_printable(error->message);
    }
}

static void test_deep(void)
{
    g_autoptr(GString) text = g_string_new(HEAD ", \"operations\": [");
    g_autoptr(GError) error = NULL;
    unsigned i;

    for (i = 0; i < 100000; i++) {
        g_string_append(text, "{\"stride\": [");
    }
    g_assert_null(sequence_parse_json("x", text->str, text->len, no_file,
                                      NULL, &error));
    assert_contains(error->message, "stride: it must be a whole number");
    g_clear_error(&error);
    g_string_assign(text, HEAD ", \"operations\": [");
    for (i = 0; i < 100000; i++) {
        g_string_append(text, "{\"op\": \"loop\", \"body\": [");
    }
    g_assert_null(sequence_parse_json("x", text->str, text->len, no_file,
                                      NULL, &error));
    assert_contains(error->message, "operation 3: body: there are 3 loops around it");
}

/* One byte more than an operation may have */
static void test_long(void)
{
    g_autofree char *digits = g_strnfill(2 * SEQUENCE_DATA_MAX + 2, 'a');
    g_autofree char *text = g_strdup_printf(
        MEMORY("{" M ", \"offset\": \"0x0\", \"bytes\": \"%s\"}"), digits);
    g_autoptr(GError) error = NULL;

    g_assert_null(sequence_parse_json("x", text, strlen(text), no_file, NULL,
                                      &error));
    assert_contains(error->message, "of at most 4096 bytes: use a file for more");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence-refused/table", test_refused);
    g_test_add_func("/sequence-refused/deep", test_deep);
    g_test_add_func("/sequence-refused/long", test_long);
    return g_test_run();
}
