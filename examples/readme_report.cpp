// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include <cstdio>

using namespace plumb;
using namespace std::chrono_literals;

static int report(plumb::error cause) { return std::fprintf(stderr, "%s\n", cause.message().c_str()), 1; }

int main(int count, char** words) {
    auto place = count > 1 ? words[1] : "example.com:80";
    auto peer = tcp::connect(place, within(5s), no_delay{true});               // every address is tried, one deadline for all
    if (!peer) return report(peer.error());                                    // connect: Connection refused

    peer->send_file("report.pdf").value();
    peer->shutdown(direction::write).value();                                  // half-close: the reader sees the end, can still answer
    auto thanks = peer->read_to_end<std::string>().value();

    peer->set(receive_buffer_size{1 << 20}).value();                           // options are typed, and know their protocols
    bool nagle_off = peer->get<no_delay>().value();
    return thanks.empty() || !nagle_off;
}
