#pragma once
#include <stddef.h>

/// The files that run in visitors' browsers, as they were when this was compiled; each is `count` bytes of UTF-8.
///
/// Functions rather than arrays, whose sizes Swift would not see.
const unsigned char *crumbgate_browser_stylesheet(size_t *count);
const unsigned char *crumbgate_browser_script(size_t *count);
