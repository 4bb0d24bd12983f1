// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/awaitable.hpp>
#include <plumb/loop/buffer_pool.hpp>
#include <plumb/loop/chore.hpp>
#include <plumb/loop/completer.hpp>
#include <plumb/loop/driver.hpp>
#include <plumb/loop/reactor.hpp>
#include <plumb/loop/task.hpp>
#include <plumb/os/atomic.hpp>
#include <plumb/os/completion.hpp>

// The event loop: many coroutines in one thread, each of which goes on when what it waits for has come.

namespace plumb::inline v0_1 {

template <class P>
class socket;
template <class P>
class acceptor;
template <class P>
class async_socket;
template <class P>
class async_acceptor;

using os::interest;

class loop;

namespace detail {

// What brings its own way to be attached to a loop: attach_to(loop, owned), such as the end of a pipe.
template <class Owned>
concept attachable = requires(loop& in, Owned owned) { attach_to(in, std::move(owned)); };

// A function that another thread wants to be called.
class posted {
public:
    virtual ~posted() = default;
    virtual void call() = 0;
    posted* next = nullptr;
};

template <class Function>
class posted_function final : public posted {
public:
    explicit posted_function(Function function) : function_(std::move(function)) {}
    void call() override { function_(); }

private:
    Function function_;
};

struct posted_owner {
    posted* function;
    ~posted_owner() { delete function; }
};

// What waits for the bell that other threads ring. It has no coroutine: who answers comes soon.
class bell final : public operation {
public:
    bell(registration& target, chore& answerer) noexcept : operation(target), answerer_(answerer) {}
    ~bell() {
        if (is_suspended()) abandon();
    }

    void begin() {
        target().known.reading.refuse();
        enter(std::coroutine_handle<>(std::noop_coroutine()), os::interest::readable);
        start();
    }
    bool attempt() noexcept override { return answerer_.come_soon(), true; }
    void give_up(error) noexcept override {}

private:
    chore& answerer_;
};

// What waits for a moment, for as long as its limits allow.
template <limit... Limits>
class [[nodiscard]] sleep final : public suspension, timer {
public:
    sleep(loop_state& loop, deadline moment, const Limits&... each) : loop_(loop), moment_(moment), limits_(each...) {}
    ~sleep() {
        if (this->is_suspended()) this->abandon();
    }

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        this->enter(waiter, loop_.stray);
        auto now = os::native::now(), moment = moment_.starting(now);
        if (auto reason = this->stopped(waiter); reason != condition{}) outcome_ = failure(verb::wait, reason);
        else if (moment > now) outcome_ = begin(moment);
        else if (!loop_.spend()) return go_on(), true;    // others go on first
        if (outcome_ && moment > now) return true;
        this->leave();
        return false;
    }
    [[nodiscard]] result<void> await_resume() noexcept {
        limits_.end();
        return outcome_;
    }
    void cancel(condition why) noexcept override {
        if (outcome_) outcome_ = failure(verb::wait, why);
        timer::stop();
        go_on();
    }

private:
    [[nodiscard]] result<void> begin(instant moment) {
        auto begun = limits_.begin(loop_, *this);
        if (begun && moment != forever && !loop_.timers.set(*this, moment)) return failure(verb::wait, std::errc::not_enough_memory);
        return begun;
    }
    void ring() noexcept override {
        limits_.end();    // what they say now is too late
        go_on();
    }
    void go_on() noexcept {
        this->leave_queue();
        loop_.ready.push_back(*this);
    }

    loop_state& loop_;
    deadline moment_;
    limits<os::native, Limits...> limits_;
    result<void> outcome_;
};

}  // namespace detail

// One thread's event loop. It must outlive everything that waits in it.
// Threads: one, but for post(); a stop that others request ends waits as well.
// Where there is no memory for what is attached or set, that says not_enough_memory, and all else goes on; what is made by new for
// the program, such as the frame of a coroutine, throws std::bad_alloc. The one end that it can bring is on io_uring: without memory
// for what the system tells unasked the program ends, since no operation could be told of that.
// Cost: two descriptors on Linux, one elsewhere; its memory grows with what is attached and set, and stays.
class loop {
public:
    // On the best driver that the system allows, or on that one. Where it cannot be had: on the next best; current_driver()
    // tells which, and probe() why.
    explicit loop(driver wanted = driver::automatic) {
        state_.timers.reserve(1);    // for a glance, if there is to be one
        choose(wanted, os::completion_rings(), os::readiness_sources());
        ring_by_bell();
        if (!bell_) glance_.begin();
    }
    loop(const loop&) = delete;
    ~loop() {
        if (bell_) delete bell_;
        delete state_.driver;
        for (auto first : {inbox_.exchange(nullptr), due_})
            while (first) delete std::exchange(first, first->next);
    }

    [[nodiscard]] driver current_driver() const noexcept { return driver_; }

    // Tries whether a driver can be had here.
    // Errors: function_not_supported (another system, an older kernel), operation_not_permitted (a container,
    // kernel.io_uring_disabled), invalid_argument (a kernel before 6.1).
    [[nodiscard]] static result<void> probe(driver wanted) { return probe(wanted, os::completion_rings(), os::readiness_sources()); }

    // Lets a task run, with all that waits in this loop, until it has ended; gives what it gave.
    template <class T>
    T run(task<T> work) {
        work.start();
        while (!work.is_done()) turn(forever);
        return work.take();
    }

    // Lets everything go on that can, without waiting. For programs that have another event loop: call it when native_handle()
    // is readable and when next_timeout() has come.
    void poll() {
        turn(instant());
        state_.driver->flush();
    }
    // The moment at which poll() has to be called at the latest: `forever` when only native_handle() tells.
    [[nodiscard]] instant next_timeout() const noexcept { return state_.has_work() ? instant() : state_.timers.next(); }
    // A handle that is readable when there is something to do; os::none on drivers that have none.
    [[nodiscard]] os::handle native_handle() const noexcept { return state_.driver->native_handle(); }

    // Has a function called in the loop's thread, soon. What it throws, run() or poll() throws.
    // Threads: any. Cost: one allocation.
    template <class Function>
    void post(Function function) {
        auto added = new detail::posted_function<Function>(std::move(function));
        added->next = inbox_.load();
        while (!inbox_.compare_exchange(added->next, added)) {}
        waker_.wake();
    }

    // Waits until a moment, or for a span.
    // Errors: condition::timed_out and condition::cancelled when limits ended it before.
    template <limit... Limits>
    [[nodiscard]] auto sleep_until(instant moment, const Limits&... limits) noexcept {
        return detail::sleep<Limits...>(state_, until(moment), limits...);
    }
    template <class Rep, class Period, limit... Limits>
    [[nodiscard]] auto sleep_for(std::chrono::duration<Rep, Period> span, const Limits&... limits) noexcept {
        return detail::sleep<Limits...>(state_, within(span), limits...);
    }

    // Waits until a descriptor is ready that may be anybody's, such as another library's; it may not be closed meanwhile.
    // What is always ready, such as a file, is so at once. Of a stream that is attached to this loop, what io_uring has received ahead
    // is not seen here: it is read, not waited for.
    // Errors: bad_file_descriptor, and by the limits. Cost: one allocation. Calls: epoll_ctl twice.
    template <limit... Limits>
    [[nodiscard]] task<result<void>> wait(os::handle guest, interest what, Limits... limits);

    // Waits for something that brings its own way to be waited for: a child to have ended, a signal to have come.
    template <class Source, limit... Limits>
        requires requires(loop& in, Source& source, const Limits&... limits) { wait_in(in, source, limits...); }
    [[nodiscard]] auto wait(Source& source, const Limits&... limits) { return wait_in(*this, source, limits...); }

    // Attaches a socket or an acceptor, to be awaited here: loop.attach(std::move(connection)).
    // Errors: no_space_on_device when the user may watch no more. Calls: epoll_ctl.
    template <class P>
    [[nodiscard]] result<async_socket<P>> attach(socket<P> owned);
    template <class P>
    [[nodiscard]] result<async_acceptor<P>> attach(acceptor<P> owned);
    [[nodiscard]] auto attach(detail::attachable auto owned) { return attach_to(*this, std::move(owned)); }
    // Attaches what a verb has made, or passes its error on: loop.attach(udp::open(family::ipv4)).
    template <class Owned>
    [[nodiscard]] auto attach(result<Owned> made) -> decltype(this->attach(*std::move(made))) {
        if (!made) return failure(made.error());
        return attach(*std::move(made));
    }

    // The moment on the loop's clock.
    [[nodiscard]] static instant now() noexcept { return os::native::now(); }

    // For what waits in this loop: its parts.
    [[nodiscard]] detail::loop_state& state() noexcept { return state_; }

private:
    template <class... Rings, class... Sources>
    [[nodiscard]] static result<void> probe(driver wanted, os::type_list<Rings...>, os::type_list<Sources...>) {
        if (wanted == driver::automatic) return {};
        result<void> found = failure(verb::wait, std::errc::function_not_supported);
        auto try_it = [&](std::string_view name, auto open) {
            if (name != name_of(wanted)) return;
            auto opened = open();
            found = opened ? result<void>() : failure(opened.error());
        };
        (try_it(Rings::name, Rings::open), ...);
        (try_it(Sources::name, Sources::open), ...);
        return found;
    }
    template <class... Rings, class... Sources>
    void choose(driver wanted, os::type_list<Rings...>, os::type_list<Sources...>) {
        for (auto which : {wanted, driver::automatic})
            if (!state_.driver) (void)((open_driver<Rings, detail::completer<Rings>>(which) || ...) || (open_driver<Sources, detail::reactor<Sources>>(which) || ...));
    }
    template <class Source, class Proactor>
    bool open_driver(driver wanted) {
        auto which = driver::automatic;
        for (auto named : {driver::uring, driver::epoll, driver::poll})
            if (name_of(named) == Source::name) which = named;
        if (wanted != driver::automatic && wanted != which) return false;
        auto source = Source::open();
        if (!source) return false;
        state_.driver = new Proactor(state_, *std::move(source));
        driver_ = which;
        return true;
    }

    // Calls what is posted, when the bell has rung.
    class answerer final : public detail::chore {
    public:
        explicit answerer(loop& whose) noexcept : chore(whose.state_), whose_(whose) {}
        void proceed() override { whose_.answer_bell(); }

    private:
        loop& whose_;
    };

    // Stands in for the bell while the process is out of descriptors: looks from time to time for one, and for what is posted.
    class glance final : public detail::chore, public detail::timer {
    public:
        explicit glance(loop& whose) noexcept : chore(whose.state_), whose_(whose) {}
        void begin() noexcept { (void)loop_.timers.set(*this, now() + std::chrono::milliseconds(50)); }    // there is room
        void ring() noexcept override {
            begin();
            come_soon();
        }
        void proceed() override {
            whose_.ring_by_bell();
            if (whose_.bell_) timer::stop();
            else if (whose_.waker_.is_awake()) whose_.answer_bell();
        }

    private:
        loop& whose_;
    };

    // Hangs the bell up, if there is a descriptor and memory for it.
    void ring_by_bell() noexcept {
        auto event = waker_.open();
        auto target = event ? state_.attach(*event) : failure(event.error());
        if (target) bell_ = new (std::nothrow) detail::bell(**target, answerer_);
        if (bell_) bell_->begin();
        else if (target) state_.detach(**target);
    }

    void turn(instant latest) {
        must(state_.driver->wait(state_.has_work() ? instant() : detail::least(latest, state_.timers.next())));
        if (!state_.timers.is_empty()) state_.timers.ring_until(now());
        if (state_.has_work()) [[unlikely]] state_.run_ready();
    }

    void answer_bell() {
        if (bell_) bell_->begin();
        waker_.reset();
        auto last = &due_;
        while (*last) last = &(*last)->next;
        for (auto one = inbox_.exchange(nullptr); one;) {    // the last posted comes first: turn the order round
            auto next = std::exchange(one->next, *last);
            *last = std::exchange(one, next);
        }
        struct again {    // if one of them throws, the others are called in the next turn
            loop& called;
            ~again() {
                if (called.due_) called.waker_.wake();
            }
        } rest{*this};
        while (due_) {
            detail::posted_owner one{std::exchange(due_, due_->next)};
            one.function->call();
        }
    }

    detail::loop_state state_;
    answerer answerer_{*this};
    glance glance_{*this};
    os::waker waker_;
    os::atomic<detail::posted*> inbox_{nullptr};
    detail::posted* due_ = nullptr;    // taken from there, in order
    detail::bell* bell_ = nullptr;
    driver driver_ = driver::automatic;
};

}  // namespace plumb
