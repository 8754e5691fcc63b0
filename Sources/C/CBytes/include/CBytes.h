// Comparisons of sixteen bytes as bits: what scanners need and Swift's SIMD types do not have.
#ifndef CRUMBGATE_BYTES_H
#define CRUMBGATE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef int8_t crumbgate_mask16 __attribute__((ext_vector_type(16)));
typedef uint8_t crumbgate_bytes16 __attribute__((ext_vector_type(16)));

/// A bit for each lane, the first one lowest; every lane is 0 or -1.
static inline uint32_t crumbgate_bits(crumbgate_mask16 mask) {
#ifdef __SSE2__
    return (uint32_t)_mm_movemask_epi8((__m128i)mask);
#else
    // Each half's eighth byte gathers one bit of every byte.
    uint64_t halves[2];
    memcpy(halves, &mask, sizeof halves);
    const uint64_t ones = 0x0101010101010101, gather = 0x0102040810204080;
    return (uint32_t)((halves[0] & ones) * gather >> 56) | (uint32_t)((halves[1] & ones) * gather >> 56) << 8;
#endif
}

/// Copies bytes that do not overlap: most are few, and a call would cost more than they do.
static inline void crumbgate_copy(uint8_t *to, const uint8_t *from, size_t count) {
    if (count > 32) {
        memcpy(to, from, count);
    } else if (count >= 16) {
        crumbgate_bytes16 first, last;
        memcpy(&first, from, 16);
        memcpy(&last, from + count - 16, 16);
        memcpy(to, &first, 16);
        memcpy(to + count - 16, &last, 16);
    } else if (count >= 8) {
        uint64_t first, last;
        memcpy(&first, from, 8);
        memcpy(&last, from + count - 8, 8);
        memcpy(to, &first, 8);
        memcpy(to + count - 8, &last, 8);
    } else if (count >= 4) {
        uint32_t first, last;
        memcpy(&first, from, 4);
        memcpy(&last, from + count - 4, 4);
        memcpy(to, &first, 4);
        memcpy(to + count - 4, &last, 4);
    } else if (count > 0) {
        uint8_t first = from[0], middle = from[count / 2], last = from[count - 1];
        to[0] = first;
        to[count / 2] = middle;
        to[count - 1] = last;
    }
}

/// Where controls other than HTAB (0x00-0x08, 0x0A-0x1F, 0x7F) and where colons stand among 64 bytes, a bit for each.
typedef struct {
    uint64_t controls;
    uint64_t colons;
} crumbgate_marks;

/// The marks of the first `count` bytes, at most 64.
static inline crumbgate_marks crumbgate_find_marks(const uint8_t *bytes, size_t count) {
    uint8_t padded[64];
    if (count < 64) {
        memset(padded, ' ', sizeof padded);
        memcpy(padded, bytes, count);
        bytes = padded;
    }
    crumbgate_marks marks = {0, 0};
#pragma clang loop unroll(disable)
    for (int part = 0; part < 4; part++) {
        crumbgate_bytes16 block;
        memcpy(&block, bytes + 16 * part, sizeof block);
        crumbgate_mask16 controls = (crumbgate_mask16)(((block < 0x20) & (block != 0x09)) | (block == 0x7F));
        marks.controls |= (uint64_t)crumbgate_bits(controls) << (16 * part);
        marks.colons |= (uint64_t)crumbgate_bits((crumbgate_mask16)(block == ':')) << (16 * part);
    }
    return marks;
}

#endif
