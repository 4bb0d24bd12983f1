// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/serve.hpp>
#include <plumb/socket.hpp>
#include <plumb/testing.hpp>

#include <doctest/doctest.h>

#include "loopback.hpp"

#include <array>
#include <atomic>
#include <concepts>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// Servers to test, and clients of theirs that know nothing of how they work.

namespace support {

// A protocol on a system that knows no identity of a socket, as an emulated one may.
struct nameless_system : plumb::os::native {
    [[nodiscard]] static plumb::result<std::uint64_t> identity(plumb::os::handle) {
        return plumb::failure(plumb::verb::get, std::errc::no_protocol_option);
    }
};
template <class P>
struct nameless : P::template on<nameless<P>, nameless_system> {};

// Those that a server is tested with.
#if defined(PLUMB_OS_WINDOWS)
#define CONNECTION_PROTOCOLS plumb::tcp, plumb::faulty<plumb::tcp>
#else
#define CONNECTION_PROTOCOLS                                                                                  \
    plumb::tcp, plumb::local::stream, plumb::local::seqpacket, plumb::faulty<plumb::tcp>, plumb::faulty<plumb::local::stream>, \
        support::nameless<plumb::tcp>
#endif

// An acceptor of any protocol, at a place that the system finds.
template <class P>
[[nodiscard]] typename P::acceptor listener() {
    if constexpr (std::same_as<typename P::endpoint_type, plumb::local_address>) return P::listen(plumb::local_address()).value();
    else return P::listen({plumb::ipv4_address::loopback(), 0}).value();
}

template <class P>
[[nodiscard]] typename P::socket client_of(const plumb::acceptor<P>& server) {
    return P::connect(server.local_endpoint().value()).value();
}

// One handler for the connections of every protocol: sends back what it hears.
inline constexpr auto echo = []<class P>(plumb::socket<P> peer) -> plumb::result<void> {
    std::array<std::byte, 4096> buffer;
    for (;;) {
        if constexpr (plumb::stream_protocol<P>) {
            auto size = peer.read(buffer);
            if (!size) return plumb::failure(size.error());
            if (*size == 0) return {};
            if (auto sent = peer.write_all(std::span(buffer).first(*size)); !sent) return sent;
        } else {
            auto record = peer.receive(buffer);
            if (!record) return plumb::failure(record.error());
            if (record->size == 0) return {};
            if (auto sent = peer.send(std::span(buffer).first(record->size)); !sent) return plumb::failure(sent.error());
        }
    }
};

// What comes back for a few words.
template <class P>
[[nodiscard]] std::string answer(plumb::socket<P>& peer, std::string_view words) {
    std::string heard(words.size(), ' ');
    if constexpr (plumb::stream_protocol<P>) {
        peer.write_all(words).value();
        peer.read_exact(heard).value();
    } else {
        peer.send(words).value();
        peer.receive(heard).value();
    }
    return heard;
}

// Whether the other end has gone, or goes within a while.
template <class P>
[[nodiscard]] bool ends(plumb::socket<P>& peer) {
    char none[1];
    if constexpr (plumb::stream_protocol<P>) {
        auto size = peer.read(none, plumb::within(std::chrono::seconds(20)));
        return size ? *size == 0 : size.error() == std::errc::connection_reset;
    } else {
        auto record = peer.receive(none, plumb::within(std::chrono::seconds(20)));
        return record && record->size == 0;
    }
}

// Runs a server beside the test.
class beside {
public:
    explicit beside(auto server) : thread_([this, server] { ended_with_ = server(); has_ended_ = true; }) {}

    [[nodiscard]] bool has_ended() const { return has_ended_; }
    // Waits for its end.
    [[nodiscard]] plumb::result<plumb::serve::report> get() {
        thread_.join();
        return ended_with_;
    }

private:
    plumb::result<plumb::serve::report> ended_with_;
    std::atomic<bool> has_ended_ = false;
    std::jthread thread_;
};

// Writes down what an observer hears, for another thread to read. (libstdc++ loses wake-ups of std::atomic::wait where there is no futex.)
class notes {
public:
    [[nodiscard]] plumb::serve::observer taker() {
        return [this](const plumb::serve::event& told) {
            plumb::os::lock held(mutex_);
            if (told.what == plumb::serve::happening::crashed) reason_ = told.reason;
            if (told.what == plumb::serve::happening::failed) cause_ = told.cause;
            ++counts_[static_cast<std::size_t>(told.what)];
            running_ = told.running;
            told_.notify_all();
        };
    }
    [[nodiscard]] int count(plumb::serve::happening what) {
        plumb::os::lock held(mutex_);
        return counts_[static_cast<std::size_t>(what)];
    }
    // Waits until something has happened so often.
    void await(plumb::serve::happening what, int times) {
        plumb::os::lock held(mutex_);
        while (counts_[static_cast<std::size_t>(what)] < times) told_.wait(mutex_);
    }
    // Waits until so many connections have come in, and no more than that many of them are served any more.
    void await_rest(int accepted, std::size_t running) {
        plumb::os::lock held(mutex_);
        while (counts_[static_cast<std::size_t>(plumb::serve::happening::accepted)] < accepted || running_ > running) told_.wait(mutex_);
    }
    // What the last crash gave as its reason, once the server has ended.
    [[nodiscard]] const std::string& reason() const { return reason_; }
    // The error of the last handler that failed, once the server has ended.
    [[nodiscard]] plumb::error cause() const { return cause_; }

private:
    plumb::os::native::mutex mutex_;
    plumb::os::native::condition told_;
    std::array<int, 6> counts_{};
    std::size_t running_ = 0;
    std::string reason_;
    plumb::error cause_{plumb::verb::none, std::errc{}};
};

// Four clients of four places are served at once, each in its turn; then all end.
template <class P>
void check_serving_at_once(auto serve) {
    auto server = listener<P>();
    beside serving([&] {
        weather<P> bad;
        return serve(server);
    });
    std::vector<typename P::socket> clients;
    for (int i = 0; i < 4; ++i) clients.push_back(client_of(server));
    for (int round = 0; round < 3; ++round)
        for (auto& client : clients) CHECK(answer(client, "hello") == "hello");
    clients.clear();
    auto report = serving.get().value();
    CHECK(report.why == plumb::serve::ending::served_all);
    CHECK(report.accepted == 4);
    CHECK(report.failed + report.crashed + report.cut == 0);
}

// Whether nobody listens at a place, or soon nobody does. Who connects while it is being closed may meet another error first.
[[nodiscard]] inline bool refuses(const plumb::endpoint& place) {
    std::string last = "it was connected to";
    for (auto until = plumb::tcp::now() + std::chrono::seconds(20); plumb::tcp::now() < until;) {
        auto late = plumb::tcp::connect(place);
        if (!late && late.error() == std::errc::connection_refused) return true;
        if (!late) last = late.error().message();
        (void)plumb::tcp::sleep_for(std::chrono::milliseconds(1));
    }
    MESSAGE("never refused: ", last);
    return false;
}

// A server that its acceptor was given to, by serve(acceptor, stop): while it drains who comes is refused at once, and who was
// there is served on.
void check_refusal_while_draining(auto serve) {
    auto server = listener<plumb::tcp>();
    auto place = server.local_endpoint().value();
    plumb::stop_source stop;
    beside serving([&] { return serve(std::move(server), stop.token()); });
    auto client = plumb::tcp::connect(place).value();
    CHECK(answer(client, "hello") == "hello");
    stop.request_stop();
    CHECK(refuses(place));
    CHECK(answer(client, "still") == "still");
    client.close();
    auto report = serving.get().value();
    CHECK(report.why == plumb::serve::ending::stopped);
    CHECK(report.accepted >= 1);
    CHECK(report.cut == 0);
}

}  // namespace support
