#pragma once
#include <stddef.h>

/// What runs in visitors' browsers, as it was when this was compiled; each is `count` bytes of UTF-8.
///
/// Functions rather than arrays, whose sizes Swift would not see.
const unsigned char *crumbgate_browser_style(size_t *count);
const unsigned char *crumbgate_browser_places_style(size_t *count);
const unsigned char *crumbgate_browser_logo_style(size_t *count);
const unsigned char *crumbgate_browser_settings_style(size_t *count);
const unsigned char *crumbgate_browser_script(size_t *count);
const unsigned char *crumbgate_browser_settings_script(size_t *count);
const unsigned char *crumbgate_browser_consent_mode(size_t *count);
const unsigned char *crumbgate_browser_no_consent_mode(size_t *count);
