// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/dns/resolve.hpp>
#include <plumb/loop/readiness.hpp>

#include <string>

// Names to endpoints, without holding up a loop.

namespace plumb::inline v0_1 {

namespace detail {

// A thread that asks: waited for when it has nothing left to do, and left behind when nobody waits for its answer any more,
// were it because the coroutine that did has gone.
template <class Thread>
class asking_thread {
public:
    asking_thread(Thread started, const os::waker& answered) noexcept : thread_(std::move(started)), answered_(answered) {}
    asking_thread(const asking_thread&) = delete;
    ~asking_thread() {
        if (!answered_.is_awake()) thread_.detach();
    }

private:
    Thread thread_;
    const os::waker& answered_;
};

}  // namespace detail

// Finds where a service of a host can be reached, as the blocking resolve does. The lookup has a thread of its own; one that
// is not waited for any more ends by itself, and touches nothing.
// Errors: those of resolve. Cost: a thread, unless the host is a number.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] task<result<resolution>> resolve(loop& in, std::string_view host, std::string_view service, Options... options) {
    if (ip_address::parse(host) && port::parse(service)) co_return resolve<System>(host, service, options...);
    const detail::lookup_options<System> chosen(options...);
    if (auto still = os::check<System>(verb::resolve, chosen.limits); !still) co_return failure(still.error());
    auto question = [host = std::string(host), service = std::string(service), family = chosen.family, over = chosen.over] {
        return resolve<System>(host, service, family, over);
    };
    os::shared<detail::shared_lookup<decltype(question)>> asked(new detail::shared_lookup(std::move(question)));
    auto answered = asked->answered.open();
    if (!answered) co_return failure(answered.error().during(verb::resolve));
    auto started = System::thread::start([asked] {
        asked->answer = asked->question();
        asked->answered.wake();
    });
    if (!started) co_return failure(started.error());
    detail::asking_thread asking(*std::move(started), asked->answered);
    while (!asked->answered.is_awake())
        if (auto turn = co_await in.wait(*answered, interest::readable, chosen.limits); !turn)
            co_return failure(turn.error().during(verb::resolve));
    co_return std::move(asked->answer);
}

}  // namespace plumb
