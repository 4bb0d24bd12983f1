// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/server.hpp"

// A TCP echo server with a process for each client. A child that crashes takes its own client down and nobody else; each is
// collected as it ends, so none is ever a zombie.

using namespace plumb;

constexpr auto usage =
    "forking_echo_server [--clients=N] [--children=N] [--drain=SECONDS] [HOST:PORT]\n"
    "Sends back what it receives, each client in a process of its own. Ctrl-C and kill end it.\n"
    "  --clients=N        ends when so many have been served\n"
    "  --children=N       how many it serves at once (256); the others wait\n"
    "  --drain=SECONDS    how long clients may go on after Ctrl-C or kill (5)\n"
    "  HOST:PORT          where to listen (127.0.0.1:0, which is a free port)\n";

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto clients = program::clients_of(given);
        auto children = given.number("children", 256);
        auto drain = std::chrono::seconds(given.number("drain", 5));
        auto wanted = given.local_place();
        given.end();

        auto stop = program::stop_on_signals();
        auto server = program::listen_at(wanted);
        auto report = program::require(serve::forking(std::move(server), program::echo,
                                                      {.max_children = children,
                                                       .end_after = clients,
                                                       .stop = stop.token(),
                                                       .drain = within(drain),
                                                       .observer = program::say_what_goes_wrong}),
                                       "clients");
        program::say(to_string(report));
    });
}
