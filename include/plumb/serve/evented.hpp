// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_acceptor.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/serve/intake.hpp>

#include <exception>
#include <type_traits>

// The server with one thread for all connections. Opt-in: it brings the event loop.

namespace plumb::inline v0_1 {

namespace serve {

struct evented_options {
    std::size_t connections = 10'000;       // so many at once; the others wait in the acceptor's queue
    std::uint64_t end_after = unlimited;    // ends by itself after so many connections
    stop_token stop{};
    deadline drain = default_drain;         // how long the connections that run may go on after a stop
    serve::observer observer{};
};

}  // namespace serve

namespace detail {

// Begins the task of a handler, which takes a connection, and the stop of it if it likes.
template <class P, class Handler>
[[nodiscard]] auto task_for(Handler& handler, async_socket<P> peer, const stop_token& stop) {
    if constexpr (std::is_invocable_v<Handler&, async_socket<P>>) return handler(std::move(peer));
    else return handler(std::move(peer), stop);
}

// The handlers of a server that run. Each is its task and nothing else: no more is allocated for a connection.
template <class P, class Given>
class evented_crew final : public running_tasks<Given> {
public:
    evented_crew(loop& in, server_book<P>& told) noexcept : running_tasks<Given>(in), told_(told) {}

    // Begins the task that a handler makes. What throws instead, were it for want of memory, has crashed.
    void begin(auto make) {
#if defined(__cpp_exceptions)
        try {
            this->spawn(make());
        } catch (...) {
            note_crash(std::current_exception());
        }
#else
        this->spawn(make());
#endif
    }

    // Ends what runs: whatever it waits in.
    void cut() {
        for (auto left = this->size(); left > 0; --left) told_.note(serve::happening::cut);
        this->stop();
    }

private:
    void take(promise<Given>& one) noexcept override {
        using enum serve::happening;
        if (auto thrown = one.take_exception()) return note_crash(thrown);
        if constexpr (!std::is_void_v<Given>)
            if (auto outcome = one.take(); !outcome) return told_.note(failed, outcome.error());
        told_.note(ended);
    }

    void note_crash([[maybe_unused]] const std::exception_ptr& thrown) noexcept {
        constexpr error no_error{verb::none, std::errc{}};
#if defined(__cpp_exceptions)
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& known) {
            told_.note(serve::happening::crashed, no_error, known.what());
            return;
        } catch (...) {}
#endif
        told_.note(serve::happening::crashed, no_error, "an exception of an unknown type");
    }

    server_book<P>& told_;
};

// Serves until no more connections are to come and all have ended. The acceptor is a reference where it is lent.
template <class Acceptor, class Handler>
[[nodiscard]] task<result<serve::report>> serve_in_loop(loop& in, Acceptor server, Handler handler, serve::evented_options options) {
    using P = typename std::remove_reference_t<Acceptor>::protocol;
    using serve::happening, serve::ending;
    static_assert(std::is_invocable_v<Handler&, async_socket<P>> || std::is_invocable_v<Handler&, async_socket<P>, stop_token>,
                  "a handler takes the async_socket of a connection, by value, and may take a stop_token");
    using given = typename decltype(task_for(handler, async_socket<P>(), stop_token()))::value_type;
    static_assert(std::is_void_v<given> || std::same_as<given, result<void>>, "a handler is a task of nothing, or of a result<void>");
    if (options.connections == 0) co_return failure(verb::accept, std::errc::invalid_argument);
    server_book<P> told(options.observer);
    evented_crew<P, given> crew(in, told);
    stop_use watched(in.state(), options.stop);
    backoff pause;
    stop_source cut;
    constexpr auto glance = within(std::chrono::milliseconds(50));    // at the acceptor, while nothing is accepted
    auto is_full = [&] { return crew.size() >= options.connections; };
    auto has_served_all = [&] { return told.accepted() >= options.end_after; };
    error why(verb::accept, condition::cancelled);
    while (!options.stop.stop_requested() && !has_served_all()) {
        if (is_full() && !co_await crew.at_most(options.connections - 1, glance, options.stop)) {
            if (is_shut_down<P>(server.native_handle())) break;
            continue;
        }
        auto peer = co_await server.accept(options.stop);
        if (peer) {
            pause.reset();
            told.note(happening::accepted);
            crew.begin([&] { return task_for(handler, *std::move(peer), cut.token()); });
        } else if (is_final(peer.error()) || peer.error().domain() == error_domain::plumb) {    // whoever awaits the server ends it
            why = peer.error();
            break;
        } else {
            told.note(happening::starved, peer.error());
            auto span = pause.next();
            auto slept = co_await in.sleep_for(span, options.stop);
            if (!slept && !options.stop.stop_requested()) (void)co_await in.sleep_for(span);    // with nothing left to watch the stop with
        }
    }
    if constexpr (!std::is_reference_v<Acceptor>) server.close();
    auto ended_by = options.stop.stop_requested() ? ending::stopped : has_served_all() ? ending::served_all : ending::shut_down;
    if (ended_by != ending::served_all && !co_await crew.at_most(0, options.drain)) {
        cut.request_stop();
        crew.cut();
    }
    (void)co_await crew.at_most(0);
    co_return told.closed(why, ended_by);
}

}  // namespace detail

namespace serve {

// Serves all connections in the loop's thread until a stop, and says how it ended:
//     loop.run(serve::evented(loop, server, async_echo));
// After a stop, and after the acceptor was shut down, the connections that run may go on until the drain has passed; then
// whatever they wait in ends with condition::cancelled. All have ended when this gives its report.
// The acceptor is lent, and after a stop its queue goes on taking clients in, whom nobody serves; or it is given, by std::move, and
// closed as soon as no more are to come: then clients are refused at once, those in its queue as well.
// The handler takes the socket by value, and a stop_token as well if it likes, which stops then; it is a coroutine, task<> or
// task<result<void>>: what it gives or throws ends its connection alone. It is the handler of the other models with co_await
// before what waits.
// Where it is awaited, and not run, the options must have a name: g++ 12 destroys those twice that are made inside a co_await.
// A shortage of descriptors or memory is told to the observer and waited out, with pauses from 5 ms to 1 s.
// Errors: bad_file_descriptor, not_a_socket: the acceptor is none; invalid_argument for no connections at all; what the task that
// serves was stopped for, such as condition::timed_out by a limit.
// Cost: one allocation a connection, its handler's frame.
template <class P, class Handler>
[[nodiscard]] auto evented(loop& in, async_acceptor<P>& server, Handler handler, evented_options options = {}) {
    return detail::serve_in_loop<async_acceptor<P>&>(in, server, std::move(handler), std::move(options));
}
template <class P, class Handler>
[[nodiscard]] auto evented(loop& in, async_acceptor<P>&& server, Handler handler, evented_options options = {}) {
    return detail::serve_in_loop<async_acceptor<P>>(in, std::move(server), std::move(handler), std::move(options));
}

}  // namespace serve

}  // namespace plumb
