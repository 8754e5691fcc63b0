#include "CTrafficLists.h"

// #embed is C23, and an extension that clang has in older standards too. The compiler notes the files among what this
// one depends on, so that a change of them builds it again.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char browsers[] = {
#embed "../../../rules/browsers.yaml"
};

static const unsigned char bots[] = {
#embed "../../../rules/bots.yaml"
};

static const unsigned char channels[] = {
#embed "../../../rules/channels.yaml"
};

const unsigned char *crumbgate_browsers(size_t *length) {
    *length = sizeof browsers;
    return browsers;
}

const unsigned char *crumbgate_bots(size_t *length) {
    *length = sizeof bots;
    return bots;
}

const unsigned char *crumbgate_channels(size_t *length) {
    *length = sizeof channels;
    return channels;
}
