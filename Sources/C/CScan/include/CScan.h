// What a scan needs of the system: a blocking client connection, with or without TLS, and a browser on two pipes.
#ifndef CSCAN_H
#define CSCAN_H

#include <stddef.h>
#include <sys/types.h>

typedef struct crumbgate_client crumbgate_client;

/// Connects within so many milliseconds, which bound each later read and write too. NULL when that fails, and then
/// `reason` says why. With TLS the certificate must be right for the host.
crumbgate_client *crumbgate_client_open(
    const char *host, const char *port, int with_tls, int timeout_ms, char *reason, size_t reason_length);

/// Writes all bytes; 0, or -1.
int crumbgate_client_write(crumbgate_client *client, const void *bytes, size_t length);

/// Reads at most so many bytes; 0 at the end, -1 on failure.
long crumbgate_client_read(crumbgate_client *client, void *bytes, size_t length);

void crumbgate_client_close(crumbgate_client *client);

/// Starts a program that reads from its descriptor 3 and writes to its descriptor 4, with nothing else open and its
/// own process group; -1 when that fails. `arguments` ends with NULL.
pid_t crumbgate_spawn_on_pipes(const char *path, char *const arguments[], int *to_child, int *from_child);

/// Whether something can be read within so many milliseconds.
int crumbgate_is_readable(int fd, int timeout_ms);

/// Ends a program's process group that `crumbgate_spawn_on_pipes` started, and waits for it.
void crumbgate_end(pid_t program);

#endif
