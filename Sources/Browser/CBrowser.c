#include "CBrowser.h"

// Clang has had #embed since its version 19, and watches the files as it does those of an #include.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char stylesheet[] = {
#embed "banner.css"
};
// One script of several files, each of which uses what stands before it.
static const unsigned char script[] = {
#embed "rules.js" suffix(, )
#embed "consent.js" suffix(, )
#embed "markup.js" suffix(, )
#embed "guard.js" suffix(, )
#embed "activation.js" suffix(, )
#embed "signals.js" suffix(, )
#embed "banner.js" suffix(, )
#embed "start.js"
};

const unsigned char *crumbgate_browser_stylesheet(size_t *count) {
    *count = sizeof stylesheet;
    return stylesheet;
}

const unsigned char *crumbgate_browser_script(size_t *count) {
    *count = sizeof script;
    return script;
}
