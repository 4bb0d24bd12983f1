// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_acceptor.hpp>
#include <plumb/loop/async_stream.hpp>
#include <plumb/loop/readiness.hpp>
#include <plumb/loop/resolve.hpp>
#include <plumb/socket/verbs.hpp>

// The verbs of a protocol tag with a loop in front: what they make is attached to it. Declared in socket/verbs.hpp.

namespace plumb::inline v0_1 {

namespace detail {

// Makes a socket for an address and connects it.
template <class P>
[[nodiscard]] task<result<async_socket<P>>> open_and_connect(loop& in, typename P::endpoint_type to, patience limits, const auto&... extras) {
    auto attached = in.attach(open_with<P, socket<P>>(family_for<P>(to), extras...));
    if (!attached) co_return failure(attached.error().during(verb::connect));
    auto connected = co_await connect_attached(*attached, to, limits);
    if (!connected) co_return failure(connected.error());
    co_return attached;
}

}  // namespace detail

template <class Self, class Facts, class System>
template <class... Extras>
task<result<async_socket<Self>>> common_verbs<Self, Facts, System>::connect(loop& in, endpoint_type to, Extras... extras) {
    co_return co_await detail::open_and_connect<Self>(in, to, detail::limits_among<System>(extras...), extras...);
}

template <class Self, class Facts, class System>
template <class... Extras>
result<async_socket<Self>> common_verbs<Self, Facts, System>::bind(loop& in, const endpoint_type& to, const Extras&... extras) {
    return in.attach(Self::bind(to, extras...));
}

template <class Self, class Facts, class System>
template <class... Extras>
result<async_acceptor<Self>> connection_verbs<Self, Facts, System>::listen(loop& in, const endpoint_type& at, const Extras&... extras) {
    return in.attach(Self::listen(at, extras...));
}

template <class Self, class Facts, class System>
template <class... Extras>
result<async_acceptor<Self>> ip_connection_verbs<Self, Facts, System>::listen(loop& in, plumb::port at, const Extras&... extras) {
    return in.attach(listen(at, extras...));
}

template <class Self, class Verbs>
template <class... Extras>
task<result<async_socket<Self>>> over_ip<Self, Verbs>::connect(loop& in, std::string_view host_and_port, Extras... extras) {
    auto limits = detail::limits_among<system>(extras...);
    auto known = endpoint::parse(host_and_port);
    if (known) co_return co_await detail::open_and_connect<Self>(in, *known, limits, extras...);
    auto parts = split_host_port(host_and_port);
    if (!parts) co_return failure(parts.error());
    constexpr auto over = Self::type == socket_type::stream ? transport::tcp : transport::udp;
    auto found = co_await resolve<system>(in, parts->host, parts->service, over, limits);
    if (!found) co_return failure(found.error());
    result<async_socket<Self>> last = failure(verb::connect, lookup::no_address);
    for (auto left = found->size(); auto& to : *found) {
        last = co_await detail::open_and_connect<Self>(in, to, detail::share_of<system>(limits, left--), extras...);
        if (last || last.error() == condition::cancelled || !os::check<system>(verb::connect, limits)) break;
    }
    co_return last;
}

}  // namespace plumb
