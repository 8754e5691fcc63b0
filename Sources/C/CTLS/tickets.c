#include "tickets.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

#include "CTLS.h"

/// The keys exist in memory only; who reads it later opens no ticket older than the oldest of them.
enum { key_count = 3, key_seconds = 3600 };

typedef struct {
    unsigned char name[16];
    unsigned char seal[32];
    unsigned char mac[32];
    int is_made;
} ticket_key;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/// Newest first.
static ticket_key keys[key_count];
static int64_t renewed;

static void renew(int64_t now) {
    ticket_key next = {.is_made = 1};
    if (RAND_bytes(next.name, sizeof next.name) != 1 || RAND_priv_bytes(next.seal, sizeof next.seal) != 1 ||
        RAND_priv_bytes(next.mac, sizeof next.mac) != 1) {
        return;
    }
    memmove(keys + 1, keys, sizeof keys - sizeof *keys);
    keys[0] = next;
    OPENSSL_cleanse(&next, sizeof next);
    renewed = now;
}

void crumbgate_tls_tend_tickets(int64_t now) {
    pthread_mutex_lock(&lock);
    for (int turn = 0; turn < key_count && keys[0].is_made && now - renewed >= key_seconds; turn++) {
        renew(turn == key_count - 1 ? now : renewed + key_seconds);
    }
    if (!keys[0].is_made) renew(now);
    pthread_mutex_unlock(&lock);
}

static int key_named(const unsigned char name[16], ticket_key *found) {
    int index = 0;
    pthread_mutex_lock(&lock);
    while (index < key_count && !(keys[index].is_made && CRYPTO_memcmp(keys[index].name, name, 16) == 0)) index++;
    if (index < key_count) *found = keys[index];
    pthread_mutex_unlock(&lock);
    return index;
}

static EVP_CIPHER *seal_cipher;
static void fetch_cipher(void) { seal_cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL); }

int crumbgate_tls_ticket(
    SSL *session, unsigned char name[16], unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seals) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch_cipher);
    ticket_key key;
    int index = 0;
    if (seals) {
        pthread_mutex_lock(&lock);
        key = keys[0];
        pthread_mutex_unlock(&lock);
        if (!key.is_made || RAND_bytes(iv, 16) != 1) return -1;
        memcpy(name, key.name, sizeof key.name);
    } else {
        index = key_named(name, &key);
        if (index == key_count) return 0;
    }
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac, sizeof key.mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_construct_end()};
    int is_ready = EVP_CipherInit_ex(cipher, seal_cipher, NULL, key.seal, iv, seals) == 1 &&
                   EVP_MAC_CTX_set_params(mac, parameters) == 1;
    OPENSSL_cleanse(&key, sizeof key);
    if (!is_ready) return -1;
    // A ticket of TLS 1.3 is used once (RFC 8446 §C.4): 2 makes a new one.
    return seals || (index == 0 && SSL_version(session) < TLS1_3_VERSION) ? 1 : 2;
}
