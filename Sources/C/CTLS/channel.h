#pragma once
#include <openssl/ssl.h>

#include "CTLS.h"

/// Sessions read from `input` and append to `output` through one BIO: a write never blocks, and all records of a step
/// leave in one system call. A session's call ends with `input` used up: what is left of a record is in the session.
struct crumbgate_tls_channel {
    const uint8_t *input;
    size_t input_count;
    uint8_t *output;
    size_t output_count;
    size_t output_capacity;
    BIO *bio;
    uint8_t received[crumbgate_tls_socket_bytes];
};
