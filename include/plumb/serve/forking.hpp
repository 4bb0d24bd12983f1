// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/common_memory.hpp>
#include <plumb/os/readiness.hpp>
#include <plumb/process/process.hpp>
#include <plumb/process/signals.hpp>
#include <plumb/serve/handle.hpp>
#include <plumb/serve/intake.hpp>

#include <optional>
#include <vector>

// The server with a process for each connection.

namespace plumb::inline v0_1 {

namespace serve {

struct forking_options {
    std::size_t max_children = 256;         // so many connections at once; the others wait in the acceptor's queue
    std::uint64_t end_after = unlimited;    // ends by itself after so many connections
    stop_token stop{};
    deadline drain = default_drain;         // how long the connections that run may go on after a stop
    serve::observer observer{};
    std::vector<borrowed_handle> keep{};    // what stays open in every child beside its connection: {log, pipe}
};

}  // namespace serve

namespace detail {

// What a child leaves behind when its handler is done. Of each protocol's own, so that a system without fork need not know it.
template <class P>
struct parting {
    bool is_done;
    error given;    // of cause 0 where the handler gave none
};

template <class>
struct best_of;
template <class Best, class... Others>
struct best_of<os::type_list<Best, Others...>> {
    using type = Best;
};

// The system's best way to wait for many handles.
using handle_set = best_of<os::readiness_sources>::type;

// The children of a server. Each is waited for by a handle of its own beside the acceptor, so it is collected as it ends; what
// that costs does not grow with their number.
template <class P, class Handler, class Process = process>
class server_children {
public:
    server_children(acceptor<P>& server, Handler& handler, const serve::forking_options& options,
                    const os::common_memory<parting<P>>& partings, handle_set watched, server_intake<P>& intake, server_book<P>& told)
        : server_(server), handler_(handler), options_(options), partings_(partings), intake_(intake), told_(told),
          watched_(std::move(watched)) {}

    // Waits for the next connection for which there may be a child. Where there may be none it is only seen whether the acceptor
    // is shut down: nothing else makes it ready to be written.
    // Errors: those after which the server is over.
    [[nodiscard]] result<socket<P>> next() {
        for (auto next_try = P::now(); !intake_.is_over();) {
            auto pauses = P::now() < next_try, may_accept = !pauses && running_ < options_.max_children;
            auto ready = await(may_accept ? os::interest::readable : os::interest::writable, pauses ? next_try : forever,
                               options_.stop.waker());
            if (!ready) return failure(ready.error().during(verb::accept));
            if (!*ready) continue;
            if (!may_accept) break;
            auto peer = intake_.attempt(within(std::chrono::seconds(0)));
            if (peer || is_final(peer.error())) return peer;
            if (peer.error() != condition::timed_out) next_try = P::now() + intake_.starved(peer.error());
            else if (is_shut_down<P>(server_.native_handle())) break;    // a local acceptor says it no other way
        }
        return failure(verb::accept, condition::cancelled);
    }

    // Starts a child for a connection, as often as that has to be tried. A stop that comes first ends the connection.
    void take(socket<P> peer) {
        for (;;) {
            auto started = start(peer);
            if (started) return;
            if (started.error() == std::errc::bad_file_descriptor)    // in keep: no other try ends better
                return told_.note(serve::happening::failed, started.error());
            for (auto next_try = P::now() + intake_.starved(started.error()); P::now() < next_try;) {
                (void)await({}, next_try, options_.stop.waker());
                if (options_.stop.stop_requested()) return told_.note(serve::happening::failed, started.error());
            }
        }
    }

    // Waits until no child runs any more, and ends those that outlast the drain.
    void drain() {
        constexpr auto grace = std::chrono::seconds(1);
        while (!intake_.must_drain() && running_ > 0) (void)await({}, forever, options_.stop.waker());
        await_all(options_.drain.starting(P::now()));
        end_all(false);
        await_all(P::now() + grace);
        end_all(true);
        await_all(forever);
    }

private:
    [[nodiscard]] result<void> start(socket<P>& peer) {
        auto place = free_place();
        partings_[place].is_done = false;
        auto keep = options_.keep;
        keep.push_back(peer);
        auto started = Process::fork(fork_options{.keep = std::move(keep), .own_group = true}, [&] {
            auto outcome = call(std::move(peer));
            partings_[place] = {true, outcome ? error(verb::none, std::errc{}) : outcome.error()};
        });
        if (!started) return failure(started.error());
        children_[place].emplace(*std::move(started));
        auto handle = children_[place]->watched();
        is_watched_[place] = handle != os::none && watched_.add(handle, token_of(place));
        unwatched_ += !is_watched_[place];
        ++running_;
        return {};
    }

    // In the child: calls the handler; what asks the child to end stops its token, if it takes one.
    [[nodiscard]] result<void> call(socket<P> peer) {
        if constexpr (sees_stop<P, Handler>) {
            auto stop = stop_on(signal_number::terminate);
            return stop ? call_handler(handler_, std::move(peer), stop->token()) : failure(stop.error());
        } else {
            return call_handler(handler_, std::move(peer), stop_token());
        }
    }

    [[nodiscard]] static void* token_of(std::size_t place) noexcept { return reinterpret_cast<void*>(std::uintptr_t{place}); }

    [[nodiscard]] std::size_t free_place() {
        std::size_t place = 0;
        while (place < children_.size() && children_[place]) ++place;
        if (place == children_.size()) {
            children_.emplace_back();
            is_watched_.push_back(false);
        }
        return place;
    }

    // Waits until every child has ended, or the moment has come.
    void await_all(instant moment) {
        while (running_ > 0 && P::now() < moment) (void)await({}, moment, nullptr);
    }

    // Waits until a child has ended, the acceptor is ready for what is awaited of it, the moment has come or a stop; collects the
    // children that have ended. Says whether the acceptor is ready.
    // Errors: those of the acceptor after which the server is over.
    [[nodiscard]] result<bool> await(std::optional<os::interest> of_acceptor, instant until, os::waker* sleeper) {
        constexpr auto glance = std::chrono::milliseconds(20);    // at children that the kernel has no handle for
        if (unwatched_ > 0) until = least(until, P::now() + glance);
        os::watch watches[] = {{.target = watched_.native_handle()},
                               {.target = server_.native_handle(), .awaited = of_acceptor.value_or(os::interest::readable)}};
        auto ready = P::system::wait({watches, of_acceptor ? 2u : 1u}, until, sleeper);
        if (ready && watches[0].ready) collect_told();
        if (!ready || unwatched_ > 0) collect_all();
        if (ready) return watches[1].ready;
        if (is_final(ready.error())) return failure(ready.error());
        if (ready.error() != std::errc::interrupted) (void)P::sleep_for(intake_.starved(ready.error()));
        return false;
    }

    void collect_told() {
        (void)watched_.wait(instant(), [this](void* token, std::uint32_t) {
            auto place = static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(token));
            std::uint32_t unused = handle_set::nowhere;
            if (!collect(place)) watched_.ask(children_[place]->watched(), token, os::interest::readable, unused);
        });
    }

    void collect_all() {
        for (std::size_t place = 0; place < children_.size(); ++place)
            if (children_[place]) (void)collect(place);
    }

    // Collects a child if it has ended, and notes how. False while it runs.
    [[nodiscard]] bool collect(std::size_t place) {
        using enum serve::happening;
        auto status = children_[place]->try_wait();
        if (status && !*status) return false;
        std::uint32_t unused = handle_set::nowhere;
        if (is_watched_[place]) watched_.remove(children_[place]->watched(), unused);    // a child that just begins still holds a copy
        unwatched_ -= !is_watched_[place];
        children_[place].reset();
        --running_;
        if (auto& left = partings_[place]; left.is_done) left.given.cause() == 0 ? told_.note(ended) : told_.note(failed, left.given);
        else if (!status) told_.note(crashed, status.error());
        else if ((*status)->succeeded()) told_.note(ended);    // it has called exit(0) itself
        else told_.note(crashed, {verb::none, std::errc{}}, to_string(**status));
        return true;
    }

    void end_all(bool by_force) {
        for (auto& each : children_) {
            if (!each) continue;
            if (!by_force) told_.note(serve::happening::cut);
            auto ended = by_force ? each->kill_tree() : each->terminate_tree();
            if (!ended) (void)(by_force ? each->kill() : each->terminate());    // it has left its group
        }
    }

    acceptor<P>& server_;
    Handler& handler_;
    const serve::forking_options& options_;
    const os::common_memory<parting<P>>& partings_;
    server_intake<P>& intake_;
    server_book<P>& told_;
    handle_set watched_;                              // tells places of children
    std::vector<std::optional<Process>> children_;    // each has its parting at the same place
    dynamic_array<bool> is_watched_;
    std::size_t running_ = 0, unwatched_ = 0;
};

}  // namespace detail

namespace serve {

// Serves each connection in a process of its own until a stop, and says how it ended. Each child has its connection, the
// standard streams and what is to be kept, and no other descriptor of ours: neither the acceptor nor another connection. Each is
// collected as it ends, without SIGCHLD.
// After a stop, and after the acceptor was shut down, the connections that run may go on until the drain has passed; then each
// child and what it has started get SIGTERM, and those that still run a second later SIGKILL. Each is a group of its own, so an
// interrupt at the terminal reaches this process alone.
// The acceptor is lent, and after a stop its queue goes on taking clients in, whom nobody serves; or it is given, by std::move, and
// closed as soon as no more are to come: then clients are refused at once, those in its queue as well.
// The handler takes the socket by value, and a stop_token as well if it likes: then SIGTERM stops that, and does not end the child.
// It gives nothing or a result: what it gives comes back to the observer; what it throws, and a crash, ends its connection alone.
// What it changes, it changes in its own copy of the program.
// A shortage of descriptors, memory or processes is told to the observer and waited out, with pauses from 5 ms to 1 s.
// The kernel's only: it is not there on a system without fork.
// Threads: in a child there is but the one that calls the handler. What another one had locked stays locked there, memory
// from new excepted.
// Errors: bad_file_descriptor, not_a_socket: the acceptor is none; invalid_argument for no children at all.
// Cost: a fork each. Calls: ppoll, accept4, fork, pidfd_open, epoll_ctl, epoll_wait, waitid; without pidfds waitid for each
// child every 20 ms.
template <detail::serving_acceptor Acceptor, class Handler>
    requires(os::can_fork)
[[nodiscard]] result<report> forking(Acceptor&& server, Handler handler, const forking_options& options = {}) {
    using P = detail::protocol_of<Acceptor>;
    static_assert(std::derived_from<typename P::system, os::native>, "processes are the kernel's: another system has threads alone");
    auto partings = os::common_memory<detail::parting<P>>::of(options.max_children);
    if (!partings) return failure(partings.error().during(verb::accept));
    if (auto stop = options.stop.waker())    // while there is a descriptor for it
        if (auto event = stop->open(); !event) return failure(event.error().during(verb::accept));
    auto watched = detail::handle_set::open();
    if (!watched) return failure(watched.error().during(verb::accept));
    detail::server_book<P> told(options.observer);
    detail::server_intake<P> intake(std::forward<Acceptor>(server), options.stop, options.end_after, told);
    detail::server_children<P, Handler> children(server, handler, options, *partings, *std::move(watched), intake, told);
    for (;;) {
        auto peer = children.next();
        if (!peer) {
            intake.close();
            children.drain();
            return intake.closed(peer.error());
        }
        children.take(*std::move(peer));
    }
}

}  // namespace serve

}  // namespace plumb
