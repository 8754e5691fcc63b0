#include "CLinux.h"
#include <stdio.h>
#include <string.h>

int crumbgate_resolve(const char *host, const char *service, int is_passive, struct sockaddr_storage *addresses,
                      socklen_t *lengths, int limit) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    if (is_passive) hints.ai_flags = AI_PASSIVE;
    struct addrinfo *found = NULL;
    int result = getaddrinfo(host, service, &hints, &found);
    if (result != 0) return result > 0 ? -result : result;
    int count = 0;
    for (struct addrinfo *a = found; a && count < limit; a = a->ai_next) {
        if (a->ai_addrlen > sizeof *addresses) continue;
        memcpy(&addresses[count], a->ai_addr, a->ai_addrlen);
        lengths[count] = a->ai_addrlen;
        count++;
    }
    freeaddrinfo(found);
    return count;
}

int crumbgate_replace_file(const char *path, const char *next, const uint8_t *bytes, size_t length) {
    // What lies there may be another's link: the new file is made only where none is.
    unlink(next);
    int fd = open(next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return -1;
    size_t offset = 0;
    while (offset < length) {
        ssize_t count = write(fd, bytes + offset, length - offset);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        offset += (size_t)count;
    }
    close(fd);
    if (offset == length && rename(next, path) == 0) return 0;
    int reason = errno;
    unlink(next);
    errno = reason;
    return -1;
}

int crumbgate_is_port_open(uint16_t port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int is_open = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return is_open;
}

static int signal_pipe[2] = {-1, -1};

static void note_signal(int number) {
    int reason = errno;
    uint8_t byte = (uint8_t)number;
    // A full pipe holds the signal already.
    ssize_t written = write(signal_pipe[1], &byte, 1);
    (void)written;
    errno = reason;
}

int crumbgate_watch_signals(void) {
    if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGTERM, &action, NULL) != 0 || sigaction(SIGINT, &action, NULL) != 0 ||
        sigaction(SIGHUP, &action, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return -1;
    return signal_pipe[0];
}

void crumbgate_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

int crumbgate_lock_file(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return 0;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

long crumbgate_raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > 1000000 ? 1000000 : (long)limit.rlim_cur;
}

int crumbgate_write_all(int fd, const uint8_t *bytes, size_t length) {
    size_t offset = 0;
    while (offset < length) {
        ssize_t count = write(fd, bytes + offset, length - offset);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return -1;
        offset += (size_t)count;
    }
    return 0;
}
