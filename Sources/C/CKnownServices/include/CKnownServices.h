// The shipped knowledge of cookies and services, as bytes of the program.
#ifndef CKNOWNSERVICES_H
#define CKNOWNSERVICES_H

#include <stddef.h>

/// rules/trackers.yaml and its length; lives as long as the program and never changes.
const unsigned char *crumbgate_trackers(size_t *length);

/// rules/known-cookies.yaml and its length; lives as long as the program and never changes.
const unsigned char *crumbgate_known_cookies(size_t *length);

#endif
