// The lists by which traffic is classified, as bytes of the program.
#ifndef CTRAFFICLISTS_H
#define CTRAFFICLISTS_H

#include <stddef.h>

/// rules/browsers.yaml and its length; lives as long as the program and never changes.
const unsigned char *crumbgate_browsers(size_t *length);

/// rules/bots.yaml and its length; lives as long as the program and never changes.
const unsigned char *crumbgate_bots(size_t *length);

/// rules/channels.yaml and its length; lives as long as the program and never changes.
const unsigned char *crumbgate_channels(size_t *length);

#endif
