#pragma once
#include <openssl/ssl.h>

#include "CTLS.h"

/// Lets a context show an OCSP response (RFC 6066 §8); 0 when there is no memory.
int crumbgate_tls_staple(SSL_CTX *context, crumbgate_tls_bytes response, crumbgate_tls_bytes certificate);
