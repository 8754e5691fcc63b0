#define _GNU_SOURCE
#include "CScan.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t crumbgate_spawn_on_pipes(const char *path, char *const arguments[], int *to_child, int *from_child) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0) return -1;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return -1;
    }
    pid_t child = fork();
    if (child == 0) {
        // Only calls that are safe between fork and exec.
        setpgid(0, 0);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        int reading = fcntl(in[0], F_DUPFD, 10), writing = fcntl(out[1], F_DUPFD, 10);
        int null = open("/dev/null", O_RDWR);
        if (reading < 0 || writing < 0 || null < 0) _exit(127);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        dup2(reading, 3);
        dup2(writing, 4);
        close_range(5, ~0U, 0);
        execv(path, arguments);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    if (child < 0) {
        close(in[1]);
        close(out[0]);
        return -1;
    }
    setpgid(child, child);
    *to_child = in[1];
    *from_child = out[0];
    return child;
}

int crumbgate_is_readable(int fd, int timeout_ms) {
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    return poll(&entry, 1, timeout_ms) > 0;
}

void crumbgate_end(pid_t program) {
    kill(-program, SIGTERM);
    for (int round = 0; round < 100; round++) {
        if (waitpid(program, NULL, WNOHANG) != 0) {
            kill(-program, SIGKILL);
            return;
        }
        struct timespec pause = {.tv_nsec = 20000000};
        nanosleep(&pause, NULL);
    }
    kill(-program, SIGKILL);
    waitpid(program, NULL, 0);
}
