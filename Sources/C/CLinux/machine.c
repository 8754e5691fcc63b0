#include "CLinux.h"

#include <sys/timex.h>
#include <string.h>

int crumbgate_is_clock_synchronised(void) {
    struct timex state = {0};
    int result = adjtimex(&state);
    if (result < 0) return -1;
    return result != TIME_ERROR && !(state.status & STA_UNSYNC);
}

int64_t crumbgate_http_date(const char *text) {
    struct tm time;
    memset(&time, 0, sizeof time);
    if (strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &time) == NULL) return -1;
    return (int64_t)timegm(&time);
}

int crumbgate_missing_features(void) {
    int missing = 0;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) missing |= crumbgate_lacks_epoll;
    else close(epoll);
    int watch = inotify_init1(IN_CLOEXEC);
    if (watch < 0) missing |= crumbgate_lacks_inotify;
    else close(watch);
    int event = eventfd(0, EFD_CLOEXEC);
    if (event < 0) missing |= crumbgate_lacks_eventfd;
    else close(event);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return missing | crumbgate_lacks_reuse_port;
    if (crumbgate_set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1) != 0) missing |= crumbgate_lacks_reuse_port;
    close(fd);
    return missing;
}

int crumbgate_is_lock_held(const char *path) {
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return errno == ENOENT ? 0 : -1;
    int is_held = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(fd);
    return is_held;
}

int64_t crumbgate_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    return limit.rlim_max == RLIM_INFINITY || limit.rlim_max > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_max;
}
