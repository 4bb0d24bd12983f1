// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/stop.hpp>
#include <plumb/serve/book.hpp>
#include <plumb/socket/protocol.hpp>

#include <exception>
#include <type_traits>

// Calling the handler of a server: a function of the program's that takes a connection, and its stop if it likes, and gives nothing
// or a result.

namespace plumb::inline v0_1::detail {

// Whether a handler takes more than the connection: its stop as well.
template <class P, class Handler>
inline constexpr bool sees_stop = !std::is_invocable_v<Handler&, socket<P>>;

template <class Handler, class... Given>
[[nodiscard]] result<void> outcome_of(Handler& handler, Given&&... given) {
    using type = std::invoke_result_t<Handler&, Given...>;
    static_assert(std::is_void_v<type> || is_result<type>, "a handler gives nothing, or a result");
    if constexpr (!is_result<type>) handler(std::forward<Given>(given)...);
    else if (auto outcome = handler(std::forward<Given>(given)...); !outcome) return failure(outcome.error());
    return {};
}

// Calls it and gives the error that it gave, if it did.
template <class P, class Handler, class Stop>
[[nodiscard]] result<void> call_handler(Handler& handler, socket<P> peer, const Stop& stop) {
    constexpr auto takes_both = std::is_invocable_v<Handler&, socket<P>, const Stop&>;
    static_assert(!sees_stop<P, Handler> || takes_both, "a handler takes the socket of a connection, by value, and may take a stop_token");
    if constexpr (!sees_stop<P, Handler>) return outcome_of(handler, std::move(peer));
    else if constexpr (takes_both) return outcome_of(handler, std::move(peer), stop);
    else return {};
}

// Serves a connection in this thread, and notes how it ended. What the handler throws ends its connection alone.
template <class P, class Handler>
void serve_here(Handler& handler, socket<P> peer, server_book<P>& told, const auto& stop) {
    using enum serve::happening;
    auto serve_it = [&] {
        auto outcome = call_handler(handler, std::move(peer), stop);
        outcome ? told.note(ended) : told.note(failed, outcome.error());
    };
#if defined(__cpp_exceptions)
    try {
        serve_it();
    } catch (const std::exception& thrown) {
        told.note(crashed, {verb::none, std::errc{}}, thrown.what());
    } catch (...) {
        told.note(crashed, {verb::none, std::errc{}}, "an exception of an unknown type");
    }
#else
    serve_it();
#endif
}

}  // namespace plumb::detail
