// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop.hpp>
#include <plumb/loop/async_buffered.hpp>
#include <plumb/serve/evented.hpp>
#include <plumb/socket.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

// usage: line_server uring|epoll|poll SECONDS. Sends each line back that it is sent, and leaves who takes longer than that from a
// line's first byte to its end, however often something of it comes.

using namespace plumb;

int main(int, char** words) {
    auto on = driver::automatic;
    for (auto each : {driver::uring, driver::epoll, driver::poll})
        if (name_of(each) == words[1]) on = each;
    const std::chrono::seconds patience(std::atoi(words[2]));

    loop in(on);
    auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
    std::printf("listening on %s\n", to_string(server.local_endpoint().value()).c_str());
    std::fflush(stdout);
    auto answer = [patience](tcp::async_socket peer) -> task<> {
        async_buffered<tcp::async_socket> lines(std::move(peer));
        for (std::string said;;) {
            char first;
            auto begun = co_await lines.read(mutable_bytes(&first, 1));
            if (!begun || *begun == 0) co_return;
            lines.put_back(bytes(&first, 1));
            auto line = co_await lines.read_line(1000, within(patience));
            if (!line) co_return;
            said.assign(*line).append("\n");
            auto sent = co_await lines.write_all(said, within(patience));
            if (!sent) co_return;
        }
    };
    in.run(serve::evented(in, server, answer)).value();
}
