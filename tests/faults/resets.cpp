// SPDX-License-Identifier: BSL-1.0
// usage: resets PORT COUNT
// Connects so often to a server on the loopback interface and ends each connection by a reset: some at once, some after a few
// words, some while an answer is on its way or lies unread, some much later. No more than 64 of them are there at once.

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

[[noreturn]] void die(const char* call) {
    std::fprintf(stderr, "%s: %s\n", call, std::strerror(errno));
    std::exit(1);
}

int connected(unsigned port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made == -1) die("socket");
    if (::connect(made, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) die("connect");
    linger at_once{1, 0};
    if (::setsockopt(made, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0) die("setsockopt");
    return made;
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return 2;
    auto port = static_cast<unsigned>(std::atoi(words[1]));
    auto left = std::atoi(words[2]);
    char text[3000] = {};
    std::array<int, 64> held;
    held.fill(-1);
    for (int i = 0; i < left; ++i) {
        auto one = connected(port);
        auto kind = i % 5;
        if (kind >= 1 && ::send(one, text, kind == 1 ? 1 : sizeof text, MSG_NOSIGNAL) <= 0) die("send");
        if (kind == 3 && i % 50 == 3 && ::recv(one, text, 1, 0) != 1) die("recv");    // its answer has come
        if (kind == 4) {
            auto& place = held[static_cast<std::size_t>(i / 5) % held.size()];
            if (place != -1) ::close(place);
            place = one;
        } else {
            ::close(one);
        }
    }
    for (auto one : held)
        if (one != -1) ::close(one);
}
