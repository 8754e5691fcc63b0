#include "CBrowser.h"

// Clang has #embed since its version 19, and watches the files as it does those of an #include.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char stylesheet[] = {
#embed "banner.css"
};
static const unsigned char script[] = {
#embed "banner.js"
};

const unsigned char *crumbgate_browser_stylesheet(size_t *count) {
    *count = sizeof stylesheet;
    return stylesheet;
}

const unsigned char *crumbgate_browser_script(size_t *count) {
    *count = sizeof script;
    return script;
}
