#include "CLinux.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>

int crumbgate_find_user(const char *name, uint32_t *user, uint32_t *group) {
    struct passwd entry, *found = NULL;
    char text[16384];
    int reason = getpwnam_r(name, &entry, text, sizeof text, &found);
    if (found == NULL) {
        errno = reason;
        return reason == 0 ? 0 : -1;
    }
    *user = entry.pw_uid;
    *group = entry.pw_gid;
    return 1;
}

/// The capabilities of the calling thread: a set of at most 64.
static int set_capabilities(uint64_t permitted) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    uint32_t low = (uint32_t)permitted, high = (uint32_t)(permitted >> 32);
    struct __user_cap_data_struct data[2] = {{low, low, 0}, {high, high, 0}};
    return (int)syscall(SYS_capset, &header, data);
}

/// No program that is started later could be given a capability. Refused to who may not: then that is so already.
static void empty_bounding_set(void) {
    for (int number = 0; prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++)
        prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
}

int crumbgate_give_up_capabilities(void) {
    empty_bounding_set();
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return set_capabilities(0);
}

int crumbgate_become(const char *name, uint32_t user, uint32_t group, int keeps_low_ports) {
    if (geteuid() == 0) {
        // Each call of the C library holds for all threads.
        if (initgroups(name, group) != 0) return -1;
        if (keeps_low_ports && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return -1;
        if (!keeps_low_ports) empty_bounding_set();
        if (setresgid(group, group, group) != 0 || setresuid(user, user, user) != 0) return -1;
    }
    if (geteuid() != user || getuid() != user) {
        errno = EPERM;
        return -1;
    }
    if (keeps_low_ports) return set_capabilities(UINT64_C(1) << CAP_NET_BIND_SERVICE);
    if (crumbgate_give_up_capabilities() != 0) return -1;
    // What was given up must not come back.
    if (user != 0 && setuid(0) == 0) abort();
    return 0;
}

void crumbgate_forbid_new_privileges(void) { prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int crumbgate_notify(const char *path, const char *state) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) {
        errno = EINVAL;
        return -1;
    }
    memcpy(address.sun_path, path, length);
    // The name of an abstract socket begins with a zero byte.
    if (path[0] == '@') address.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    int reason = errno;
    close(fd);
    errno = reason;
    return sent < 0 ? -1 : 0;
}
