#pragma once
#include <openssl/ssl.h>

/// The newest session of a client's context, which the caller frees, or NULL.
SSL_SESSION *crumbgate_tls_take_resumable(SSL_CTX *context);
