// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/shared.hpp>
#include <plumb/serve/handle.hpp>
#include <plumb/serve/intake.hpp>
#include <plumb/serve/lifeline.hpp>

#include <optional>
#include <vector>

// The server with a thread for each connection.

namespace plumb::inline v0_1 {

namespace serve {

struct threaded_options {
    std::size_t threads = 64;               // so many connections at once; the others wait in the acceptor's queue
    std::uint64_t end_after = unlimited;    // ends by itself after so many connections
    stop_token stop{};
    deadline drain = default_drain;         // how long the connections that run may go on after a stop
    serve::observer observer{};
};

}  // namespace serve

namespace detail {

// The threads of a server: each is started when it is first needed, and stays. Of those that are idle the last one serves
// next. All but the work itself is for one thread, that of the server.
template <class P, class Handler>
class server_crew {
public:
    server_crew(Handler& handler, const serve::threaded_options& options, server_intake<P>& intake, server_book<P>& told)
        : handler_(handler), options_(options), intake_(intake), told_(told) {}
    server_crew(const server_crew&) = delete;
    ~server_crew() {
        os::lock held(mutex_);
        closing_ = true;
        for (auto& one : members_) one->given.notify_one();
    }

    // Waits until a thread is idle. False when the server is over before that.
    [[nodiscard]] bool make_room() {
        os::lock held(mutex_);
        for (auto next_start = P::now(); !idle_;) {
            if (intake_.is_closed()) return false;
            auto is_full = members_.size() == options_.threads;
            if (is_full || P::now() < next_start) await_change(is_full ? forever : next_start);
            else if (auto started = start_one(); !started) next_start = P::now() + intake_.starved(started.error());
        }
        return true;
    }

    // Gives a connection to an idle thread; there is one.
    void take(socket<P> peer) {
        os::lock held(mutex_);
        auto& one = *std::exchange(idle_, idle_->next_idle);
        if constexpr (sees_stop<P, Handler>) one.stop.emplace();
        one.does = doing::serve;
        one.connection = lifeline<P>(peer);
        one.peer = std::move(peer);
        one.given.notify_one();
        ++busy_;
    }

    // Waits until no connection runs any more, and cuts those that outlast the drain.
    void drain() {
        os::lock held(mutex_);
        for (std::optional<instant> end; busy_ > 0;) {
            if (!end && intake_.must_drain()) end = options_.drain.starting(P::now());
            auto is_past = end && P::now() >= *end;
            if (is_past) cut_all();
            await_change(end && !is_past ? *end : forever);
        }
    }

private:
    enum class doing : unsigned char { nothing, serve, end };

    struct member : os::counted {
        typename P::condition given;
        socket<P> peer;
        lifeline<P> connection;
        std::optional<stop_source> stop;    // of the connection, where the handler takes it
        doing does = doing::nothing;
        member* next_idle = nullptr;
        std::optional<typename P::thread> thread;    // the last to be made and the first to go: it joins
    };

    [[nodiscard]] result<void> start_one() {
        os::shared<member> made(new member);
        members_.push_back(made);    // nothing can fail once it runs
        auto started = P::thread::start([this, one = made.get()] { work(*one); });
        if (!started) {
            members_.pop_back();
            return failure(started.error());
        }
        made->thread.emplace(*std::move(started));
        rest(*made.get());
        return {};
    }

    void work(member& self) {
        for (;;) {
            auto peer = next_of(self);
            if (!peer.is_open()) return;
            serve_here(handler_, std::move(peer), told_, stop_for(self));
            os::lock held(mutex_);
            --busy_;
            rest(self);
            changed_.notify_one();
        }
    }

    [[nodiscard]] socket<P> next_of(member& self) {
        os::lock held(mutex_);
        while (!self.peer.is_open() && !closing_) self.given.wait(mutex_);
        return std::move(self.peer);
    }

    [[nodiscard]] auto stop_for(const member& self) const noexcept {
        if constexpr (!sees_stop<P, Handler>) return stop_token();
        else if constexpr (std::is_invocable_v<Handler&, socket<P>, const stop_token&>) return self.stop->token();
        else return *self.stop;
    }

    void rest(member& one) noexcept {
        one.does = doing::nothing;
        one.connection = {};
        one.stop.reset();
        one.next_idle = std::exchange(idle_, &one);
    }

    void cut_all() {
        for (auto& one : members_) {
            if (one->does != doing::serve) continue;
            if (one->stop) one->stop->request_stop();
            if (!one->connection.cut()) continue;
            one->does = doing::end;
            told_.note(serve::happening::cut);
        }
    }

    // Neither a stop nor a shutdown wakes a condition: they are looked for. This happens only while every thread is busy.
    void await_change(instant until) {
        constexpr auto glance = std::chrono::milliseconds(50);
        (void)changed_.wait_until(mutex_, least(until, P::now() + glance));
    }

    Handler& handler_;
    const serve::threaded_options& options_;
    server_intake<P>& intake_;
    server_book<P>& told_;
    typename P::mutex mutex_;
    typename P::condition changed_;    // a thread has become idle
    member* idle_ = nullptr;
    std::size_t busy_ = 0;
    bool closing_ = false;
    std::vector<os::shared<member>> members_;
};

}  // namespace detail

namespace serve {

// Serves each connection in a thread of its own until a stop, and says how it ended. Threads are started as they are needed,
// with every signal blocked, and kept for the connections that follow; all have ended when this returns.
// After a stop, and after the acceptor was shut down, the connections that run may go on until the drain has passed; then
// they are shut down, which ends every wait in them. A handler that waits elsewhere is waited for.
// The acceptor is lent, and after a stop its queue goes on taking clients in, whom nobody serves; or it is given, by std::move, and
// closed as soon as no more are to come: then clients are refused at once, those in its queue as well.
// The handler takes the socket by value, and a stop_token as well if it likes, which stops when its connection is shut down; or a
// stop_source, by which it may also end what works for it. It gives nothing or a result: what it gives or throws ends its
// connection alone.
// A shortage of descriptors, memory or threads is told to the observer and waited out, with pauses from 5 ms to 1 s.
// Threads: the handler is called by several at once.
// Errors: bad_file_descriptor, not_a_socket: the acceptor is none; invalid_argument for no threads at all.
// Cost: a thread's start for each that is needed; after that two wake-ups and a system call a connection, and an allocation where
// the handler takes the stop.
template <detail::serving_acceptor Acceptor, class Handler>
[[nodiscard]] result<report> threaded(Acceptor&& server, Handler handler, const threaded_options& options = {}) {
    using P = detail::protocol_of<Acceptor>;
    if (options.threads == 0) return failure(verb::accept, std::errc::invalid_argument);
    detail::server_book<P> told(options.observer);
    detail::server_intake<P> intake(std::forward<Acceptor>(server), options.stop, options.end_after, told);
    detail::server_crew<P, Handler> crew(handler, options, intake, told);
    for (;;) {
        auto peer = crew.make_room() ? intake.next() : failure(verb::accept, condition::cancelled);
        if (!peer) {
            intake.close();
            crew.drain();
            return intake.closed(peer.error());
        }
        crew.take(*std::move(peer));
    }
}

}  // namespace serve

}  // namespace plumb
