#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/// errno of the calling thread right after a failed call; Swift's own `errno` is not a plain variable.
static inline int crumbgate_errno(void) { return errno; }

/// Gives the calling thread a name of at most 15 bytes, for `top -H` and the like.
static inline void crumbgate_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

/// Sends two runs of bytes in one call; a peer that is gone is an error, not a signal.
static inline ssize_t crumbgate_send2(int fd, const void *a, size_t a_length, const void *b, size_t b_length) {
    struct iovec parts[2] = {{(void *)a, a_length}, {(void *)b, b_length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static inline ssize_t crumbgate_send(int fd, const void *bytes, size_t length) {
    return send(fd, bytes, length, MSG_NOSIGNAL);
}

static inline ssize_t crumbgate_recv(int fd, void *bytes, size_t length) { return recv(fd, bytes, length, 0); }

/// Receives and leaves what was received where it is.
static inline ssize_t crumbgate_peek(int fd, void *bytes, size_t length) { return recv(fd, bytes, length, MSG_PEEK); }

/// Moves bytes from one descriptor to another, one of which is a pipe, without a copy in this process.
static inline ssize_t crumbgate_splice(int from, int to, size_t length) {
    return splice(from, NULL, to, NULL, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

/// Makes a pipe, non-blocking and closed on exec, of about so many bytes; 0, or -1 with the reason in errno.
static inline int crumbgate_pipe(int *read_end, int *write_end, int size) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return -1;
    fcntl(ends[1], F_SETPIPE_SZ, size);  // refused where the user has too many: then it has the usual size
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

/// Whether a socket has nothing to read and has not ended.
static inline int crumbgate_is_drained(int fd) {
    char byte;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/// Has a connection reset when it is closed, and what was not sent forgotten.
static inline void crumbgate_reset_on_close(int fd) {
    struct linger option = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof option);
}

/// How many bytes a TCP connection's peer has sent and acknowledged; 0 when the kernel does not say.
static inline int64_t crumbgate_bytes_moved(int fd) {
    // `struct tcp_info` of the kernel; that of the C library ends before these (linux/tcp.h).
    enum { bytes_acked = 120, bytes_received = 128, end = 136 };
    unsigned char info[256];
    socklen_t length = sizeof info;
    uint64_t acked = 0, received = 0;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &length) != 0 || length < end) return 0;
    __builtin_memcpy(&acked, info + bytes_acked, sizeof acked);
    __builtin_memcpy(&received, info + bytes_received, sizeof received);
    return (int64_t)(acked + received);
}

static inline int crumbgate_epoll_add(int epoll, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/// Adds an integer socket option; 0 on success.
static inline int crumbgate_set_option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value);
}

/// The pending error of a socket (SO_ERROR), 0 when there is none.
static inline int crumbgate_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

static inline int64_t crumbgate_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int64_t crumbgate_realtime_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME_COARSE, &t);
    return (int64_t)t.tv_sec;
}

/// Accepts one connection, non-blocking and closed on exec.
static inline int crumbgate_accept(int listener, struct sockaddr_storage *address, socklen_t *length) {
    return accept4(listener, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int crumbgate_connect(int fd, const struct sockaddr_storage *address, socklen_t length) {
    return connect(fd, (const struct sockaddr *)address, length);
}

static inline int crumbgate_bind(int fd, const struct sockaddr_storage *address, socklen_t length) {
    return bind(fd, (const struct sockaddr *)address, length);
}

/// Writes the 4 or 16 octets of an IP address in network order and returns how many, 0 for another family.
static inline int crumbgate_octets(const struct sockaddr_storage *address, uint8_t octets[16]) {
    if (address->ss_family == AF_INET) {
        __builtin_memcpy(octets, &((const struct sockaddr_in *)address)->sin_addr, 4);
        return 4;
    }
    if (address->ss_family == AF_INET6) {
        __builtin_memcpy(octets, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
        return 16;
    }
    return 0;
}

/// Resolves a host and service to socket addresses: writes up to `limit` of them with their lengths and returns how
/// many, or a negative getaddrinfo error. Blocks.
int crumbgate_resolve(const char *host, const char *service, int is_passive, struct sockaddr_storage *addresses,
                      socklen_t *lengths, int limit);

/// Replaces a file in one step by one with these bytes that only its owner may read; 0, or -1 with the reason in errno.
int crumbgate_replace_file(const char *path, const char *next, const uint8_t *bytes, size_t length);

/// Opens a file to read that belongs to this user and that nobody else may read or write, and tells its size; -1 when it
/// is none.
int crumbgate_open_own(const char *path, long *size);

/// No core dump of this process is ever written, and no other process of this user may look into its memory: that holds
/// the day's keys.
void crumbgate_forbid_core_dumps(void);

/// Gives back the memory that only the start needed: freed heap, and the pages of code and constants, which come back
/// from the page cache where they are needed again.
void crumbgate_trim_memory(void);

/// Raises the limit of open files to the hard one and returns it.
long crumbgate_raise_file_limit(void);

/// Writes all bytes, waiting as long as that takes; 0, or -1 with the reason in errno.
int crumbgate_write_all(int fd, const uint8_t *bytes, size_t length);

/// Opens and locks a file for the life of the process; 0, or -1 with the reason in errno (EWOULDBLOCK: another has it).
int crumbgate_lock_file(const char *path);

/// Whether something accepts connections on this port of the loopback address.
int crumbgate_is_port_open(uint16_t port);

/// Makes SIGTERM, SIGINT and SIGHUP readable as bytes from the descriptor that it returns, whichever thread gets them,
/// and SIGPIPE nothing; -1 with the reason in errno. A program that is started afterwards finds the usual actions.
int crumbgate_watch_signals(void);

// MARK: Privileges

/// Finds a user of this machine and their group: 1; 0 when there is none of that name; -1 with the reason in errno.
int crumbgate_find_user(const char *name, uint32_t *user, uint32_t *group);

/// Becomes a user for good, with their groups and without any capability, but that of binding ports below 1024 where it
/// is kept. Called while there is one thread only. 0, or -1 with the reason in errno; EPERM: only root can.
int crumbgate_become(const char *name, uint32_t user, uint32_t group, int keeps_low_ports);

/// Gives up every capability of the calling thread and of those that it makes; 0, or -1 with the reason in errno.
int crumbgate_give_up_capabilities(void);

/// No program that this thread starts gets more than it has itself (PR_SET_NO_NEW_PRIVS).
void crumbgate_forbid_new_privileges(void);

/// Tells the service manager at a socket's path something, as sd_notify(3) does; 0, or -1 with the reason in errno.
int crumbgate_notify(const char *path, const char *state);

// MARK: What a machine is like

/// Whether something keeps the system's clock right: 1 or 0; -1 when nobody can tell.
int crumbgate_is_clock_synchronised(void);

/// Seconds since 1970 of a date in a field of HTTP (RFC 9110 §5.6.7, IMF-fixdate); -1 where it is none.
int64_t crumbgate_http_date(const char *text);

/// What the kernel may lack.
enum {
    crumbgate_lacks_epoll = 1,
    crumbgate_lacks_inotify = 2,
    crumbgate_lacks_eventfd = 4,
    crumbgate_lacks_reuse_port = 8,
};
/// What of it this one lacks, or has no more of for this user.
int crumbgate_missing_features(void);

/// Whether a process holds the lock of a file (`crumbgate_lock_file`): 1 or 0; -1 where this user cannot look.
int crumbgate_is_lock_held(const char *path);

/// How many files may be open at most.
int64_t crumbgate_file_limit(void);
