#ifndef CRUMBGATE_DOUBT_H
#define CRUMBGATE_DOUBT_H

#include <stddef.h>
#include <stdint.h>

/// The offset of the last byte of `bytes[start..<end]` with which one of these pairs begins, or -1: a slash and
/// another or a control character, one of `pqrs` (of either case) or a control character and a colon, `sc` of either
/// case, a backslash or an ampersand and anything.
///
/// `bytes[end]` is read as well. Thirty-two bytes a step, with AVX2 where the processor has it.
ptrdiff_t crumbgate_last_doubt(const uint8_t *bytes, size_t start, size_t end);

/// The same with what every processor has.
ptrdiff_t crumbgate_last_doubt_portable(const uint8_t *bytes, size_t start, size_t end);

/// The offset of the first byte of `bytes[start..<end]` that is an escape or begins `2022`; `end` where there is none.
///
/// Thirty-two bytes a step, with AVX2 where the processor has it.
size_t crumbgate_next_escape(const uint8_t *bytes, size_t start, size_t end);

/// The same with what every processor has.
size_t crumbgate_next_escape_portable(const uint8_t *bytes, size_t start, size_t end);

/// The offset of the first `import` that lies within `bytes[start..<end]`; `end` where there is none.
///
/// Thirty-two bytes a step, with AVX2 where the processor has it.
size_t crumbgate_next_import(const uint8_t *bytes, size_t start, size_t end);

/// The same with what every processor has.
size_t crumbgate_next_import_portable(const uint8_t *bytes, size_t start, size_t end);

#endif
