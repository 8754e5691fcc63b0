#include "CDoubt.h"

#include <string.h>

// In C for one reason: Swift cannot compile one function for two instruction sets and choose at run time.

typedef uint8_t block __attribute__((vector_size(32)));
typedef uint64_t words __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) int is_pair(uint8_t first, uint8_t second) {
  return (first == '/' && (second == '/' || second < 0x10)) ||
         (second == ':' && ((first & 0xDC) == 0x50 || first < 0x10)) ||
         ((first | 0x20) == 's' && (second | 0x20) == 'c') || first == '\\' || first == '&';
}

static inline __attribute__((always_inline)) ptrdiff_t last(const uint8_t *bytes, size_t start, size_t end) {
  while (end - start >= sizeof(block)) {
    // Both loads end at or before `bytes[end]`.
    block first, second;
    memcpy(&first, bytes + end - sizeof(block), sizeof(block));
    memcpy(&second, bytes + end - sizeof(block) + 1, sizeof(block));
    block pairs = (block)(first == '/') & (block)((second == '/') | ((second & 0xF0) == 0));
    pairs |= (block)(second == ':') & (block)(((first & 0xDC) == 0x50) | ((first & 0xF0) == 0));
    pairs |= (block)((first | 0x20) == 's') & (block)((second | 0x20) == 'c');
    pairs |= (block)((first == '\\') | (first == '&'));
    words halves = (words)pairs;
    if ((halves[0] | halves[1] | halves[2] | halves[3]) != 0) {
      for (int index = 3; index >= 0; index--) {
        if (halves[index] == 0) continue;
        for (int lane = 7; lane >= 0; lane--)
          if (pairs[index * 8 + lane]) return (ptrdiff_t)(end - sizeof(block)) + index * 8 + lane;
      }
    }
    end -= sizeof(block);
  }
  while (end > start) {
    end--;
    if (is_pair(bytes[end], bytes[end + 1])) return (ptrdiff_t)end;
  }
  return -1;
}

static inline __attribute__((always_inline)) size_t next(const uint8_t *bytes, size_t start, size_t end) {
  // All four loads end at or before `end`.
  while (end - start >= sizeof(block) + 3) {
    block first, second, third, fourth;
    memcpy(&first, bytes + start, sizeof(block));
    memcpy(&second, bytes + start + 1, sizeof(block));
    memcpy(&third, bytes + start + 2, sizeof(block));
    memcpy(&fourth, bytes + start + 3, sizeof(block));
    block found = (block)(second == '0') & (block)(first == '2') & (block)(third == '2') & (block)(fourth == '2');
    words halves = (words)(found | (block)(first == 0x1B));
    if ((halves[0] | halves[1] | halves[2] | halves[3]) != 0) break;
    start += sizeof(block);
  }
  for (; start < end; start++) {
    if (bytes[start] == 0x1B) return start;
    if (end - start >= 4 && memcmp(bytes + start, "2022", 4) == 0) return start;
  }
  return end;
}

static inline __attribute__((always_inline)) size_t next_import(const uint8_t *bytes, size_t start, size_t end) {
  // All three loads end at or before `end`.
  while (end - start >= sizeof(block) + 5) {
    block first, third, last;
    memcpy(&first, bytes + start, sizeof(block));
    memcpy(&third, bytes + start + 2, sizeof(block));
    memcpy(&last, bytes + start + 5, sizeof(block));
    block found = (block)(first == 'i') & (block)(third == 'p') & (block)(last == 't');
    words halves = (words)found;
    if ((halves[0] | halves[1] | halves[2] | halves[3]) != 0) {
      for (size_t lane = 0; lane < sizeof(block); lane++)
        if (found[lane] && memcmp(bytes + start + lane, "import", 6) == 0) return start + lane;
    }
    start += sizeof(block);
  }
  for (; end - start >= 6; start++)
    if (memcmp(bytes + start, "import", 6) == 0) return start;
  return end;
}

size_t crumbgate_next_import_portable(const uint8_t *bytes, size_t start, size_t end) {
  return next_import(bytes, start, end);
}

size_t crumbgate_next_escape_portable(const uint8_t *bytes, size_t start, size_t end) {
  return next(bytes, start, end);
}

ptrdiff_t crumbgate_last_doubt_portable(const uint8_t *bytes, size_t start, size_t end) {
  return last(bytes, start, end);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static ptrdiff_t last_avx2(const uint8_t *bytes, size_t start, size_t end) {
  return last(bytes, start, end);
}

__attribute__((target("avx2"))) static size_t next_avx2(const uint8_t *bytes, size_t start, size_t end) {
  return next(bytes, start, end);
}

__attribute__((target("avx2"))) static size_t next_import_avx2(const uint8_t *bytes, size_t start, size_t end) {
  return next_import(bytes, start, end);
}

size_t crumbgate_next_import(const uint8_t *bytes, size_t start, size_t end) {
  return __builtin_cpu_supports("avx2") ? next_import_avx2(bytes, start, end)
                                        : crumbgate_next_import_portable(bytes, start, end);
}

size_t crumbgate_next_escape(const uint8_t *bytes, size_t start, size_t end) {
  return __builtin_cpu_supports("avx2") ? next_avx2(bytes, start, end)
                                        : crumbgate_next_escape_portable(bytes, start, end);
}

ptrdiff_t crumbgate_last_doubt(const uint8_t *bytes, size_t start, size_t end) {
  return __builtin_cpu_supports("avx2") ? last_avx2(bytes, start, end)
                                        : crumbgate_last_doubt_portable(bytes, start, end);
}
#else
size_t crumbgate_next_import(const uint8_t *bytes, size_t start, size_t end) {
  return crumbgate_next_import_portable(bytes, start, end);
}

size_t crumbgate_next_escape(const uint8_t *bytes, size_t start, size_t end) {
  return crumbgate_next_escape_portable(bytes, start, end);
}

ptrdiff_t crumbgate_last_doubt(const uint8_t *bytes, size_t start, size_t end) {
  return crumbgate_last_doubt_portable(bytes, start, end);
}
#endif
