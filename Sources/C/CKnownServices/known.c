#include "CKnownServices.h"

// #embed is C23, and an extension that clang has in older standards too. The compiler notes the files among what this
// one depends on, so that a change of them builds it again.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char trackers[] = {
#embed "../../../rules/trackers.yaml"
};

static const unsigned char known_cookies[] = {
#embed "../../../rules/known-cookies.yaml"
};

const unsigned char *crumbgate_trackers(size_t *length) {
    *length = sizeof trackers;
    return trackers;
}

const unsigned char *crumbgate_known_cookies(size_t *length) {
    *length = sizeof known_cookies;
    return known_cookies;
}
