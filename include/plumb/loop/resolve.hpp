// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/dns/aliases.hpp>
#include <plumb/dns/resolve.hpp>
#include <plumb/dns/reverse_resolve.hpp>
#include <plumb/loop/readiness.hpp>

#include <string>
#include <utility>

// Names to endpoints and back, without holding up a loop. Each lookup has a thread of its own; one that is not waited for any
// more ends by itself, and touches nothing.

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

// Carries out `question()`, which asks the resolver and owns all that it needs, for as long as the limits allow.
template <class System, class Question>
[[nodiscard]] auto ask_beside(loop& in, verb operation, patience limits, Question question) -> task<decltype(question())> {
    if (auto still = os::check<System>(operation, limits); !still) co_return failure(still.error());
    os::shared<shared_lookup<Question>> asked(new shared_lookup<Question>(std::move(question)));
    auto answered = asked->answered.open();
    if (!answered) co_return failure(answered.error().during(operation));
    auto started = System::thread::start([asked, operation] { asked->carry_out(operation); });
    if (!started) co_return failure(started.error());
    asking_thread asking(*std::move(started), asked->answered);
    while (!asked->answered.is_awake())
        if (auto turn = co_await in.wait(*answered, interest::readable, limits); !turn) co_return failure(turn.error().during(operation));
    co_return std::move(asked->answer);
}

}  // namespace detail

// Finds where a service of a host can be reached, as the blocking resolve does. The texts must live until then.
// Errors: those of resolve. Cost: a thread, unless the host is a number.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] task<result<resolution>> resolve(loop& in, std::string_view host, std::string_view service, Options... options) {
    if (ip_address::parse(host) && port::parse(service)) co_return resolve<System>(host, service, options...);
    const detail::lookup_options<System> chosen(options...);
    auto question = [host = std::string(host), service = std::string(service), family = chosen.family, over = chosen.over] {
        return resolve<System>(host, service, family, over);
    };
    co_return co_await detail::ask_beside<System>(in, verb::resolve, chosen.limits, std::move(question));
}
// The same with a port that is known.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] task<result<resolution>> resolve(loop& in, std::string_view host, port number, Options... options) {
    const auto service = to_string(number);
    co_return co_await resolve<System>(in, host, std::string_view(service), options...);
}
// The same for a text such as example.com:80 or [::1]:http.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] task<result<resolution>> resolve(loop& in, std::string_view text, Options... options) {
    auto halves = split_host_port(text);
    if (!halves) co_return failure(halves.error().during(verb::resolve));
    co_return co_await resolve<System>(in, halves->host, halves->service, options...);
}

// Finds the names of an endpoint's host and service, as the blocking reverse_resolve does.
// Errors: those of reverse_resolve. Cost: a thread.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] task<result<host_and_service>> reverse_resolve(loop& in, endpoint place, Options... options) {
    const detail::lookup_options<System> chosen(options...);
    auto question = [place, over = chosen.over] { return System::reverse(place, over); };
    co_return co_await detail::ask_beside<System>(in, verb::reverse_resolve, chosen.limits, std::move(question));
}
// Finds the name of an address's host.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] task<result<std::string>> reverse_resolve(loop& in, ip_address address, Options... options) {
    auto names = co_await reverse_resolve<System>(in, endpoint(address, port()), options...);
    if (!names) co_return failure(names.error());
    co_return std::move(names->host);
}

// Finds a host's official name, its aliases and its addresses, as the blocking aliases does: of a name, or of an address.
// Errors: those of aliases. Cost: a thread.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] task<result<host_aliases>> aliases(loop& in, ip_address address, Options... options) {
    const detail::lookup_options<System> chosen(options...);
    auto question = [address, family = chosen.family] { return aliases<System>(address, family); };
    co_return co_await detail::ask_beside<System>(in, verb::reverse_resolve, chosen.limits, std::move(question));
}
template <class System = os::native, lookup_option... Options>
[[nodiscard]] task<result<host_aliases>> aliases(loop& in, std::string_view host, Options... options) {
    if (auto address = ip_address::parse(host)) co_return co_await aliases<System>(in, *address, options...);
    const detail::lookup_options<System> chosen(options...);
    auto question = [host = std::string(host), family = chosen.family] { return aliases<System>(host, family); };
    co_return co_await detail::ask_beside<System>(in, verb::resolve, chosen.limits, std::move(question));
}

}  // namespace plumb
