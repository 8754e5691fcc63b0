// The floor: what one core must spend to copy bytes between a client and an origin server and do nothing else.
//
// One thread, edge-triggered epoll, every socket registered once, kept-alive client connections, pooled origin
// connections, one shared receive buffer. It reads of HTTP/1.1 only what tells where a message ends: a request is a
// head without a body, a response has a Content-Length. It is a yardstick, not a proxy.
//
//   floor LISTEN_PORT ORIGIN_PORT

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RECEIVE_BYTES = 65536, EVENTS = 512, HEAD_BYTES = 32768 };

typedef struct Connection {
    int fd;
    bool isOrigin, isPooled, isDead;
    bool isPaused;                  // an origin connection not read on, because its client is slow
    long long remaining;            // of the response in flight; -1 before its head
    struct Connection *partner;     // the other side of the exchange in flight
    struct Connection *next;        // in the pool, or in the list of the dead
    char *held;                     // bytes that the socket did not take yet, or a head that is not complete yet
    size_t heldCount;
} Connection;

static int loop;
static struct sockaddr_in originAddress;
static Connection *pool, *dead;
static char buffer[RECEIVE_BYTES];

static Connection *watch(int fd, bool isOrigin) {
    Connection *connection = calloc(1, sizeof *connection);
    if (!connection) abort();
    connection->fd = fd;
    connection->isOrigin = isOrigin;
    connection->remaining = -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) != 0) abort();
    return connection;
}

// Closes a connection; its memory stays until the end of the batch of events, which may still name it.
static void end(Connection *connection) {
    if (connection->isDead) return;
    connection->isDead = true;
    close(connection->fd);
    Connection *partner = connection->partner;
    if (partner) {
        connection->partner = partner->partner = NULL;
        end(partner);
    }
    if (!connection->isPooled) {
        connection->next = dead;
        dead = connection;
    }
}

static void freeDead(void) {
    while (dead) {
        Connection *connection = dead;
        dead = connection->next;
        free(connection->held);
        free(connection);
    }
}

static void hold(Connection *connection, const char *bytes, size_t count) {
    connection->held = realloc(connection->held, connection->heldCount + count);
    if (!connection->held) abort();
    memcpy(connection->held + connection->heldCount, bytes, count);
    connection->heldCount += count;
}

// Sends, and holds what the socket does not take. False when the connection broke.
static bool push(Connection *connection, const char *bytes, size_t count) {
    size_t sent = 0;
    if (connection->heldCount == 0) {
        while (sent < count) {
            ssize_t n = send(connection->fd, bytes + sent, count - sent, MSG_NOSIGNAL);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0 && (errno == EAGAIN || errno == ENOTCONN)) break;
            if (n < 0) return false;
            sent += (size_t)n;
        }
    }
    if (sent < count) hold(connection, bytes + sent, count - sent);
    return true;
}

static bool flush(Connection *connection) {
    size_t count = connection->heldCount;
    char *held = connection->held;
    connection->held = NULL;
    connection->heldCount = 0;
    bool isAlive = push(connection, held, count);
    free(held);
    return isAlive;
}

static Connection *takeOrigin(void) {
    while (pool) {
        Connection *connection = pool;
        pool = connection->next;
        connection->isPooled = false;
        if (!connection->isDead) return connection;
        connection->next = dead;
        dead = connection;
    }
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return NULL;
    if (connect(fd, (struct sockaddr *)&originAddress, sizeof originAddress) != 0 && errno != EINPROGRESS) {
        close(fd);
        return NULL;
    }
    return watch(fd, true);
}

static void readClient(Connection *client) {
    for (;;) {
        ssize_t n = recv(client->fd, buffer, sizeof buffer, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0 || client->partner) return end(client);  // a pipelined request is not its business
        const char *head = buffer;
        size_t count = (size_t)n;
        if (client->heldCount || n < 4 || memcmp(buffer + n - 4, "\r\n\r\n", 4) != 0) {
            hold(client, buffer, count);
            if (client->heldCount > HEAD_BYTES) return end(client);
            head = client->held;
            count = client->heldCount;
        }
        if (count >= 4 && memcmp(head + count - 4, "\r\n\r\n", 4) == 0) {
            Connection *origin = takeOrigin();
            if (!origin) return end(client);
            origin->partner = client;
            client->partner = origin;
            origin->remaining = -1;
            bool isAlive = push(origin, head, count);
            free(client->held);
            client->held = NULL;
            client->heldCount = 0;
            if (!isAlive) return end(client);
        }
        if ((size_t)n < sizeof buffer) return;
    }
}

// The bytes of a whole response by its head, or -1: its head is not whole, or its length unknown.
static long long responseLength(const char *bytes, size_t count) {
    const char *last = memmem(bytes, count, "\r\n\r\n", 4);
    if (!last) return -1;
    size_t headCount = (size_t)(last - bytes) + 4;
    const char *field = memmem(bytes, headCount, "\r\nContent-Length: ", 18);
    if (!field) return -1;
    return (long long)headCount + strtoll(field + 18, NULL, 10);
}

static void readOrigin(Connection *origin) {
    for (;;) {
        Connection *client = origin->partner;
        if (client && client->heldCount) {
            origin->isPaused = true;
            return;
        }
        ssize_t n = recv(origin->fd, buffer, sizeof buffer, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0 || !client) return end(origin);
        if (origin->remaining < 0) {
            origin->remaining = responseLength(buffer, (size_t)n);
            if (origin->remaining < 0) return end(origin);
        }
        origin->remaining -= n;
        if (!push(client, buffer, (size_t)n)) return end(origin);
        if (origin->remaining <= 0) {
            client->partner = origin->partner = NULL;
            origin->isPooled = true;
            origin->next = pool;
            pool = origin;
            return;
        }
        if ((size_t)n < sizeof buffer) return;
    }
}

static void handle(Connection *connection, uint32_t events) {
    if (connection->isDead) return;
    // A client's held bytes are a response when the exchange is in flight or over, a partial head otherwise;
    // only the former wait for the socket, and a partial head is always followed by EPOLLIN.
    if ((events & EPOLLOUT) && connection->heldCount && (connection->isOrigin || !(events & EPOLLIN))) {
        if (!flush(connection)) return end(connection);
        Connection *partner = connection->partner;
        if (!connection->isOrigin && connection->heldCount == 0 && partner && partner->isPaused) {
            partner->isPaused = false;
            readOrigin(partner);
            if (connection->isDead) return;
        }
    }
    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP)) {
        if (connection->isOrigin) {
            if (!connection->isPaused) readOrigin(connection);
        } else {
            readClient(connection);
        }
    }
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: floor LISTEN_PORT ORIGIN_PORT\n"), 64;
    signal(SIGPIPE, SIG_IGN);
    loop = epoll_create1(EPOLL_CLOEXEC);
    originAddress = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[2])),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in address = originAddress;
    address.sin_port = htons((uint16_t)atoi(arguments[1]));
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0) {
        perror("floor");
        return 1;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
    struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(loop, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr) {
                handle(events[i].data.ptr, events[i].events);
                continue;
            }
            for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) watch(fd, false);
        }
        freeDead();
    }
}
