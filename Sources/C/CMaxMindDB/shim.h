#include <maxminddb.h>
#include <stdlib.h>
#include <string.h>

// What a lookup found; `status` is one of MMDB_*_ERROR.
typedef struct {
    int status;
    unsigned char country[2];
    unsigned char subdivision[3];
} crumbgate_place;

// Reads the string at `path` if it is 1 to `limit` characters of [A-Z0-9]; returns whether it was.
static inline int crumbgate_mmdb_code(MMDB_entry_s *entry, const char *const *path, unsigned char *out, unsigned limit) {
    MMDB_entry_data_s found;
    if (MMDB_aget_value(entry, &found, path) != MMDB_SUCCESS || !found.has_data) return 0;
    if (found.type != MMDB_DATA_TYPE_UTF8_STRING || found.data_size == 0 || found.data_size > limit) return 0;
    for (unsigned i = 0; i < found.data_size; i++) {
        char c = found.utf8_string[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) return 0;
    }
    memcpy(out, found.utf8_string, found.data_size);
    return 1;
}

// Looks an address up: 16 bytes in network order, or the first 4 of them for IPv4.
static inline crumbgate_place crumbgate_mmdb_place(const MMDB_s *database, const unsigned char *address, int is_ipv6) {
    static const char *const country[] = {"country", "iso_code", NULL};
    static const char *const subdivision[] = {"subdivisions", "0", "iso_code", NULL};
    crumbgate_place place;
    memset(&place, 0, sizeof place);
    struct sockaddr_storage socket_address;
    memset(&socket_address, 0, sizeof socket_address);
    if (is_ipv6) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)&socket_address;
        six->sin6_family = AF_INET6;
        memcpy(&six->sin6_addr, address, 16);
    } else {
        struct sockaddr_in *four = (struct sockaddr_in *)&socket_address;
        four->sin_family = AF_INET;
        memcpy(&four->sin_addr, address, 4);
    }
    MMDB_lookup_result_s result =
        MMDB_lookup_sockaddr(database, (const struct sockaddr *)&socket_address, &place.status);
    if (place.status != MMDB_SUCCESS || !result.found_entry) return place;
    if (crumbgate_mmdb_code(&result.entry, country, place.country, 2)) {
        crumbgate_mmdb_code(&result.entry, subdivision, place.subdivision, 3);
    }
    return place;
}
