// SPDX-License-Identifier: BSL-1.0
#include "subject.h"

#if __has_include(<uv.h>)
#include <uv.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>

// The echo server on libuv: one buffer for all, since what was read is written at once; what the peer does not take is kept
// for a request of its own, and reading rests until that has gone.

namespace {

struct connection {
    uv_tcp_t peer;
    uv_write_t request;
    char* kept;
};

char room[65536];

void check(int status, const char* operation) {
    if (status >= 0) return;
    std::fprintf(stderr, "%s: %s\n", operation, uv_strerror(status));
    std::exit(1);
}

uv_stream_t* stream(connection* one) { return reinterpret_cast<uv_stream_t*>(&one->peer); }

void finish(connection* one) {
    auto handle = reinterpret_cast<uv_handle_t*>(&one->peer);
    if (!uv_is_closing(handle)) uv_close(handle, [](uv_handle_t* closed) { delete static_cast<connection*>(closed->data); });
}

void lend(uv_handle_t*, std::size_t, uv_buf_t* buffer) { *buffer = uv_buf_init(room, sizeof room); }

void echo(uv_stream_t* peer, ssize_t size, const uv_buf_t*);

void write_later(connection* one, const char* bytes, std::size_t size) {
    one->kept = static_cast<char*>(std::malloc(size));
    std::memcpy(one->kept, bytes, size);
    auto buffer = uv_buf_init(one->kept, static_cast<unsigned>(size));
    uv_read_stop(stream(one));
    one->request.data = one;
    uv_write(&one->request, stream(one), &buffer, 1, [](uv_write_t* request, int status) {
        auto done = static_cast<connection*>(request->data);
        std::free(done->kept);
        if (status < 0 || uv_read_start(stream(done), lend, echo) < 0) finish(done);
    });
}

void echo(uv_stream_t* peer, ssize_t size, const uv_buf_t*) {
    auto one = static_cast<connection*>(peer->data);
    if (size < 0) return finish(one);
    auto buffer = uv_buf_init(room, static_cast<unsigned>(size));
    auto written = size == 0 ? 0 : uv_try_write(peer, &buffer, 1);
    if (written < 0 && written != UV_EAGAIN) return finish(one);
    auto gone = written < 0 ? 0 : written;
    if (gone < size) write_later(one, room + gone, static_cast<std::size_t>(size - gone));
}

void accept(uv_stream_t* listener, int status) {
    if (status < 0) return;
    auto one = new connection{};
    check(uv_tcp_init(listener->loop, &one->peer), "uv_tcp_init");
    one->peer.data = one;
    if (uv_accept(listener, stream(one)) < 0 || uv_tcp_nodelay(&one->peer, 1) < 0 || uv_read_start(stream(one), lend, echo) < 0)
        finish(one);
}

void serve(echo_ready ready) {
    uv_loop_t loop;
    uv_tcp_t listener;
    sockaddr_in address{};
    int length = sizeof address;
    auto name = reinterpret_cast<sockaddr*>(&address);
    check(uv_loop_init(&loop), "uv_loop_init");
    check(uv_tcp_init(&loop, &listener), "uv_tcp_init");
    check(uv_ip4_addr("127.0.0.1", 0, &address), "uv_ip4_addr");
    check(uv_tcp_bind(&listener, name, 0), "uv_tcp_bind");
    check(uv_listen(reinterpret_cast<uv_stream_t*>(&listener), SOMAXCONN, accept), "uv_listen");
    check(uv_tcp_getsockname(&listener, name, &length), "uv_tcp_getsockname");
    ready(ntohs(address.sin_port));
    uv_run(&loop, UV_RUN_DEFAULT);
}

}  // namespace

extern "C" const evented_subject subject_libuv = {"libuv", serve, nullptr};
#else
extern "C" const evented_subject subject_libuv = {"libuv", nullptr, "libuv1-dev"};
#endif
