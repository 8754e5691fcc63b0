#include "CBrowser.h"

// Clang has had #embed since its version 19, and watches the files as it does those of an #include.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char style[] = {
#embed "banner.css"
};
static const unsigned char places_style[] = {
#embed "places.css"
};
static const unsigned char logo_style[] = {
#embed "logo.css"
};
static const unsigned char settings_style[] = {
#embed "settings.css"
};
// One script of several files.
static const unsigned char script[] = {
#embed "rules.js" suffix(, )
#embed "consent.js" suffix(, )
#embed "markup.js" suffix(, )
#embed "guard.js" suffix(, )
#embed "signals.js" suffix(, )
#embed "banner.js" suffix(, )
#embed "start.js"
};
static const unsigned char consent_mode[] = {
#embed "consent-mode.js"
};
static const unsigned char no_consent_mode[] = {
#embed "no-consent-mode.js"
};
static const unsigned char settings_script[] = {
#embed "activation.js" suffix(, )
#embed "settings.js"
};

#define FUNCTION(name)                                                                                                             \
    const unsigned char *crumbgate_browser_##name(size_t *count) {                                                             \
        *count = sizeof name;                                                                                                  \
        return name;                                                                                                           \
    }
FUNCTION(style)
FUNCTION(places_style)
FUNCTION(logo_style)
FUNCTION(settings_style)
FUNCTION(script)
FUNCTION(consent_mode)
FUNCTION(no_consent_mode)
FUNCTION(settings_script)
