// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/stop.hpp>
#include <plumb/serve/book.hpp>
#include <plumb/socket/acceptor.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

// How every server takes connections in, and what it does when it cannot: the one accept policy of all models.

namespace plumb::inline v0_1::detail {

// Says how long to pause after a failure: 5 ms, then twice as long each time, up to a second. A success begins anew.
class backoff {
public:
    [[nodiscard]] timeline::duration next() noexcept { return std::exchange(pause_, least(2 * pause_, most)); }
    void reset() noexcept { pause_ = first; }

private:
    static constexpr timeline::duration first = std::chrono::milliseconds(5), most = std::chrono::seconds(1);
    timeline::duration pause_ = first;
};

// Whether an acceptor will never give a connection again. Everything else is a shortage of the machine, or a failure that
// nobody has foreseen: it is waited out, so that no error that we do not know can end a server or make it spin.
[[nodiscard]] inline bool is_final(error cause) noexcept {
    return cause == condition::cancelled || cause == std::errc::bad_file_descriptor || cause == std::errc::not_a_socket;
}

// An acceptor of any protocol, lent to a server or given to it.
template <class Acceptor>
concept serving_acceptor = requires {
    requires std::same_as<std::remove_reference_t<Acceptor>, acceptor<typename std::remove_reference_t<Acceptor>::protocol>>;
};
template <serving_acceptor Acceptor>
using protocol_of = typename std::remove_reference_t<Acceptor>::protocol;

// Takes the connections of one acceptor in, as long as its server goes on.
template <class P>
class server_intake {
public:
    template <serving_acceptor Acceptor>
    server_intake(Acceptor&& from, const stop_token& stop, std::uint64_t most, server_book<P>& told)
        : from_(from), is_given_(!std::is_lvalue_reference_v<Acceptor>), stop_(stop), most_(most), told_(told) {}

    // Whether a stop was requested, or there have been as many connections as there were to be.
    [[nodiscard]] bool is_over() { return stop_.stop_requested() || told_.accepted() >= most_; }

    // The same, or the acceptor was shut down: known without accepting.
    [[nodiscard]] bool is_closed() { return is_over() || is_shut_down<P>(from_.native_handle()); }

    // Tries to accept a connection, waiting as long as the limits allow.
    // Errors: condition::timed_out; else the server is over, or a try that starved makes sense `pause` later.
    [[nodiscard]] result<socket<P>> attempt(const limit auto&... limits) {
        if (is_over()) return failure(verb::accept, condition::cancelled);    // one that is there would be given all the same
        auto peer = from_.accept(limits...);
        if (peer) {
            told_.note(serve::happening::accepted);
            pause_.reset();
        }
        return peer;
    }

    // Tells of a shortage, and how long to pause.
    [[nodiscard]] timeline::duration starved(error cause) {
        told_.note(serve::happening::starved, cause);
        return pause_.next();
    }

    // Waits for the next connection, however long it takes.
    // Errors: those after which the server is over.
    [[nodiscard]] result<socket<P>> next() {
        for (;;) {
            auto peer = attempt(stop_);
            if (peer || is_final(peer.error())) return peer;
            rest(starved(peer.error()));
        }
    }

    // Pauses; a stop ends it.
    void rest(timeline::duration pause) {
        if (P::sleep_for(pause, stop_) || stop_.stop_requested()) return;
        (void)P::sleep_for(pause);    // with no descriptor left to watch the stop with
    }

    // Takes no more in. With an acceptor of the server's own, who comes now is refused at once, and does not wait for those that
    // are still served.
    void close() noexcept {
        if (is_given_) from_.close();
    }

    // Whether those that run are to end: they may take their time where it is only that no more are to come.
    [[nodiscard]] bool must_drain() { return why() != serve::ending::served_all; }

    // How the server ended.
    [[nodiscard]] result<serve::report> closed(error cause) { return told_.closed(cause, why()); }

private:
    [[nodiscard]] serve::ending why() {
        if (stop_.stop_requested()) return serve::ending::stopped;
        return told_.accepted() >= most_ ? serve::ending::served_all : serve::ending::shut_down;
    }

    acceptor<P>& from_;
    bool is_given_;
    const stop_token& stop_;
    std::uint64_t most_;
    server_book<P>& told_;
    backoff pause_;
};

}  // namespace plumb::detail
