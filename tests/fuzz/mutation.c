/* SPDX-License-Identifier: MIT */
#include "mutation.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_BLOCKS = 4096,
    MOST_BYTES = 4096, /* of a block */
    CHECKSUM_BYTES = 4
};

static void require(bool condition, const char *what)
{
    if (!condition) {
        (void)fprintf(stderr, "%s\n", what);
        exit(2);
    }
}

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static size_t draw_below(uint64_t *state, size_t n)
{
    return (size_t)(draw(state) % n);
}

/* ---------------------------------------------------------- Jenkins' lookup3
 */

static uint32_t turn(uint32_t x, int bits)
{
    return x << bits | x >> (32 - bits);
}

static void mix(uint32_t s[3])
{
    static const int turns[6] = {4, 6, 8, 16, 19, 4};

    for (int i = 0; i < 6; i++) {
        uint32_t *a = &s[i % 3];
        uint32_t *b = &s[(i + 1) % 3];
        uint32_t *c = &s[(i + 2) % 3];

        *a = (*a - *c) ^ turn(*c, turns[i]);
        *c += *b;
    }
}

static void finish(uint32_t s[3])
{
    static const int turns[7] = {14, 11, 25, 16, 4, 14, 24};

    for (int i = 0; i < 7; i++) {
        uint32_t *to = &s[(i + 2) % 3];
        const uint32_t from = s[(i + 1) % 3];

        *to = (*to ^ from) - turn(from, turns[i]);
    }
}

static uint32_t checksum(const unsigned char *bytes, size_t n)
{
    uint32_t s[3];

    s[0] = s[1] = s[2] = 0xdeadbeef + (uint32_t)n;
    if (n == 0) {
        return s[2];
    }
    for (;; bytes += 12, n -= 12) {
        for (size_t i = 0; i < 12 && i < n; i++) {
            s[i / 4] += (uint32_t)bytes[i] << 8 * (i % 4);
        }
        if (n <= 12) {
            break;
        }
        mix(s);
    }
    finish(s);
    return s[2];
}

static uint32_t word_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
           (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* ------------------------------------------------------------------ originals
 */

static bool is_signature(const unsigned char *at)
{
    static const char signatures[][5] = {"OHDR", "OCHK", "FRHP", "FHIB", "BTHD",
                                         "BTLF", "BTIN", "FSHD", "FSSE"};

    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        if (memcmp(at, signatures[i], CHECKSUM_BYTES) == 0) {
            return true;
        }
    }
    return memcmp(at, "\211HDF", CHECKSUM_BYTES) == 0;
}

/* Find how long a block is: its checksum fits there. */
static void find_block(original *file, size_t start)
{
    const unsigned char *at = file->bytes + start;
    const size_t left = file->n_bytes - start;

    for (size_t n = 8; n < MOST_BYTES && n + CHECKSUM_BYTES <= left; n++) {
        if (checksum(at, n) == word_at(at + n)) {
            require(file->n_blocks < MOST_BLOCKS, "too many blocks");
            file->blocks[file->n_blocks++] = (block){start, n};
            return;
        }
    }
}

original original_read(const char *path)
{
    FILE *stream = fopen(path, "rb");
    original file = {0};

    require(stream != NULL && fseek(stream, 0, SEEK_END) == 0, path);
    file.n_bytes = (size_t)ftell(stream);
    file.bytes = malloc(file.n_bytes);
    file.blocks = malloc(MOST_BLOCKS * sizeof *file.blocks);
    require(file.n_bytes > 8 && file.bytes != NULL && file.blocks != NULL,
            path);
    rewind(stream);
    require(fread(file.bytes, 1, file.n_bytes, stream) == file.n_bytes, path);
    (void)fclose(stream);
    for (size_t i = 0; i + 8 < file.n_bytes; i++) {
        if (is_signature(file.bytes + i)) {
            find_block(&file, i);
        }
    }
    return file;
}

void original_free(original *file)
{
    free(file->bytes);
    free(file->blocks);
}

/* ------------------------------------------------------------------ mutations
 */

/* Where to change something: mostly in a block of metadata, or where there is
 * something at all. */
static size_t choose_place(const original *file, uint64_t *state)
{
    size_t at = 0;

    if (file->n_blocks > 0 && draw_below(state, 2) == 0) {
        const block *one = &file->blocks[draw_below(state, file->n_blocks)];

        return one->start + draw_below(state, one->length);
    }
    for (int i = 0; i < 20; i++) {
        at = draw_below(state, file->n_bytes);
        if (file->bytes[at] != 0) {
            break;
        }
    }
    return at;
}

static void put_number(unsigned char *to, size_t room, uint64_t number)
{
    for (size_t i = 0; i < 8 && i < room; i++) {
        to[i] = (unsigned char)(number >> 8 * i);
    }
}

static void change(const original *file, uint64_t *state,
                   unsigned char *changed, size_t at)
{
    const uint64_t numbers[] = {0,       1,          UINT64_MAX,    INT32_MAX,
                                1 << 16, 1ULL << 40, file->n_bytes, at};
    const size_t room = file->n_bytes - at;
    const size_t n = sizeof numbers / sizeof *numbers;

    switch (draw_below(state, 8)) {
    case 0:
        put_number(changed + at, room, numbers[draw_below(state, n)]);
        break;
    case 1:
        put_number(changed + at, room < 4 ? room : 4,
                   numbers[draw_below(state, n)]);
        break;
    case 2:
        memmove(changed + at,
                file->bytes + draw_below(state, file->n_bytes - 8),
                room < 8 ? room : 8);
        break;
    case 3:
        changed[at] = draw_below(state, 2) == 0 ? 0 : 0xff;
        break;
    case 4:
        changed[at] = (unsigned char)draw(state);
        break;
    default:
        changed[at] ^= (unsigned char)(1U << draw_below(state, 8));
    }
}

/* Make the checksum of the block right that was changed. */
static void mend(const original *file, unsigned char *changed, size_t at)
{
    for (size_t i = 0; i < file->n_blocks; i++) {
        const block *one = &file->blocks[i];

        if (at >= one->start && at < one->start + one->length) {
            put_number(changed + one->start + one->length, CHECKSUM_BYTES,
                       checksum(changed + one->start, one->length));
        }
    }
}

size_t mutate(const original *file, uint64_t number, unsigned char *changed)
{
    uint64_t state = number * 0xd1342543de82ef95;
    const size_t n = 1 + draw_below(&state, 3);
    const bool is_mended = draw_below(&state, 4) != 0;

    memcpy(changed, file->bytes, file->n_bytes);
    for (size_t i = 0; i < n; i++) {
        const size_t at = choose_place(file, &state);

        change(file, &state, changed, at);
        if (is_mended) {
            mend(file, changed, at);
        }
    }
    return draw_below(&state, 20) == 0 ? draw_below(&state, file->n_bytes)
                                       : file->n_bytes;
}
