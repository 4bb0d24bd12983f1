// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

// A name server on 127.0.0.1:53 that answers well or wrongly, as the first label of the name says. A process of its own.
// Messages are those of RFC 1035 section 4.

namespace support {

class fake_name_server {
public:
    static constexpr int many = 3'900;    // records that fit into one answer over TCP

    // Starts it; on() tells whether that worked.
    fake_name_server() {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_port = htons(53);
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto udp = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), tcp = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        auto ready = ::bind(udp, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0 &&
                     ::bind(tcp, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0 && ::listen(tcp, 8) == 0;
        if (ready && (child_ = ::fork()) == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(udp, tcp);
        }
        ::close(udp);
        ::close(tcp);
    }
    fake_name_server(const fake_name_server&) = delete;
    ~fake_name_server() {
        if (!on()) return;
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

    [[nodiscard]] bool on() const { return child_ > 0; }

private:
    enum : std::uint16_t { type_a = 1, type_cname = 5, type_ptr = 12, type_aaaa = 28 };

    static void put(std::string& out, unsigned value) {    // two bytes in network order
        out += static_cast<char>(value >> 8);
        out += static_cast<char>(value);
    }
    static std::string wire_name(std::string_view name) {
        std::string out;
        while (!name.empty()) {
            auto label = name.substr(0, name.find('.'));
            out += static_cast<char>(label.size());
            out += label;
            name.remove_prefix(std::min(name.size(), label.size() + 1));
        }
        return out + '\0';
    }
    static std::string record(std::string_view owner, unsigned type, std::string_view data) {
        std::string out(owner);
        put(out, type);
        put(out, 1);                        // class IN
        out += std::string(4, '\0');        // time to live
        put(out, static_cast<unsigned>(data.size()));
        return out += data;
    }
    static std::string v4(unsigned last) { return std::string("\xc0\x00\x02", 3) + static_cast<char>(last); }    // 192.0.2.last
    static std::string v6() { return std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\1'; }        // 2001:db8::1

    // One message: header, the question again, and answers.
    static std::string reply(std::string_view query, unsigned flags, unsigned answers, std::string_view records) {
        std::string out(query.substr(0, 2));
        put(out, 0x8180 | flags);    // an answer, recursion desired and available
        put(out, 1);
        put(out, answers);
        put(out, 0);
        put(out, 0);
        return (out += question_of(query)) += records;
    }
    static std::string_view question_of(std::string_view query) {
        std::size_t end = 12;
        while (query[end] != '\0') end += static_cast<unsigned char>(query[end]) + 1u;
        return query.substr(12, end + 5 - 12);
    }

    // The answer to one query; empty for none.
    static std::string answer(std::string_view query, bool over_tcp) {
        constexpr std::string_view self("\xc0\x0c", 2);    // a pointer to the name in the question
        auto question = question_of(query);
        auto type = static_cast<unsigned char>(question[question.size() - 3]);
        auto kind = question.substr(1, static_cast<unsigned char>(question[0]));
        auto address = type == type_aaaa ? record(self, type, v6()) : record(self, type, v4(1));

        if (type == type_ptr) return reply(query, 0, 1, record(self, type, wire_name("named.test")));
        if (kind == "nxdomain") return reply(query, 3, 0, "");
        if (kind == "servfail") return reply(query, 2, 0, "");
        if (kind == "refused") return reply(query, 5, 0, "");
        if (kind == "nodata") return reply(query, 0, 0, "");
        if (kind == "silence") return {};
        if (kind == "slow") {
            std::this_thread::sleep_for(std::chrono::milliseconds(400));
            return reply(query, 0, 1, address);
        }
        if (kind == "wrongid") {
            auto wrong = reply(query, 0, 1, address);
            wrong[0] = static_cast<char>(~wrong[0]);
            return wrong;
        }
        if (kind == "cut") {
            auto whole = reply(query, 0, 1, address);
            return whole.substr(0, whole.size() - 3);
        }
        if (kind == "badlength") {
            auto wrong = reply(query, 0, 1, address);
            wrong[wrong.size() - (type == type_aaaa ? 17 : 5)] = 99;
            return wrong;
        }
        if (kind == "pointerloop") {    // a name that points at itself
            std::string place;
            put(place, 0xc000 | static_cast<unsigned>(12 + question.size()));
            return reply(query, 0, 1, record(place, type, type == type_aaaa ? v6() : v4(1)));
        }
        if (kind == "cnameloop")
            return reply(query, 0, 2, record(self, type_cname, wire_name("again.test")) +
                                          record(wire_name("again.test"), type_cname, wire_name("cnameloop.test")));
        if (kind == "alias")
            return reply(query, 0, 2, record(self, type_cname, wire_name("official.test")) +
                                          record(wire_name("official.test"), type, type == type_aaaa ? v6() : v4(1)));
        if (kind == "v4only" && type == type_aaaa) return reply(query, 0, 0, "");
        if (kind == "many") {
            if (type == type_aaaa) return reply(query, 0, 0, "");
            if (!over_tcp) return reply(query, 0x0200, 0, "");    // truncated: ask again over TCP
            std::string records;
            for (int i = 0; i < many; ++i)
                records += record(self, type, std::string{10, 0, static_cast<char>(i / 256), static_cast<char>(i % 256)});
            return reply(query, 0, many, records);
        }
        return reply(query, 0, 1, address);
    }

    [[noreturn]] static void serve(int udp, int tcp) {
        char query[4096];
        for (;;) {
            pollfd waiting[] = {{udp, POLLIN, 0}, {tcp, POLLIN, 0}};
            ::poll(waiting, 2, -1);
            if (waiting[0].revents) {
                sockaddr_in from{};
                socklen_t size = sizeof from;
                auto count = ::recvfrom(udp, query, sizeof query, 0, reinterpret_cast<sockaddr*>(&from), &size);
                if (count < 17) continue;
                auto text = answer({query, static_cast<std::size_t>(count)}, false);
                if (!text.empty()) ::sendto(udp, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
            }
            if (waiting[1].revents) serve_connection(::accept(tcp, nullptr, nullptr));
        }
    }
    static void serve_connection(int peer) {
        char query[4096];
        for (;;) {
            if (::recv(peer, query, 2, MSG_WAITALL) != 2) break;
            auto size = static_cast<unsigned char>(query[0]) * 256u + static_cast<unsigned char>(query[1]);
            if (size > sizeof query || ::recv(peer, query, size, MSG_WAITALL) != static_cast<ssize_t>(size)) break;
            auto text = answer({query, size}, true);
            std::string framed;
            put(framed, static_cast<unsigned>(text.size()));
            framed += text;
            if (::send(peer, framed.data(), framed.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(framed.size())) break;
        }
        ::close(peer);
    }

    pid_t child_ = -1;
};

}  // namespace support
