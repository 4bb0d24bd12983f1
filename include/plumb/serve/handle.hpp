// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/serve/book.hpp>
#include <plumb/socket/protocol.hpp>

#include <exception>
#include <type_traits>

// Calling the handler of a server: a function of the program's that takes a connection and gives nothing, or a result.

namespace plumb::inline v0_1::detail {

// Calls it and gives the error that it gave, if it did.
template <class P, class Handler>
[[nodiscard]] result<void> call_handler(Handler& handler, socket<P> peer) {
    constexpr auto takes_it = std::is_invocable_v<Handler&, socket<P>>;
    static_assert(takes_it, "a handler takes the socket of a connection, by value");
    if constexpr (takes_it) {
        using given = std::invoke_result_t<Handler&, socket<P>>;
        static_assert(std::is_void_v<given> || is_result<given>, "a handler gives nothing, or a result");
        if constexpr (!is_result<given>) handler(std::move(peer));
        else if (auto outcome = handler(std::move(peer)); !outcome) return failure(outcome.error());
    }
    return {};
}

// Serves a connection in this thread, and notes how it ended. What the handler throws ends its connection alone.
template <class P, class Handler>
void serve_here(Handler& handler, socket<P> peer, server_book<P>& told) {
    using enum serve::happening;
    auto serve_it = [&] {
        auto outcome = call_handler(handler, std::move(peer));
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
