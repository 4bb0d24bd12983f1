// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop.hpp>
#include <plumb/plumb.hpp>

#include "support/server.hpp"

#include <list>

// A chat room: what one says in a line, all others hear. Nobody can hold the others up: for each there is a queue of so many lines,
// and who does not read them in time is shown out.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "chat [--lines=N] [HOST:PORT]\n"
    "A chat room: talk to it with `socat - TCP:HOST:PORT` or telnet. The first line is the name. Ctrl-C and kill end it.\n"
    "  --lines=N    so many lines wait for one who does not read (100); then he is shown out\n"
    "  HOST:PORT    where to listen (127.0.0.1:0, which is a free port)\n";

constexpr std::size_t longest_line = 1000;

// Somebody in the room: what he is to hear.
struct guest {
    guest(loop& in, std::size_t lines, std::string_view called, tcp::async_socket& connection)
        : name(called), peer(connection), hears(in, lines) {}
    std::string name;
    tcp::async_socket& peer;
    channel<std::string> hears;
};

class room {
public:
    room(loop& in, std::size_t lines) : loop_(in), lines_(lines) {}

    // What happens to a guest, from the door to the door.
    task<> welcome(tcp::async_socket peer) {
        async_buffered words(std::move(peer));
        auto name = co_await words.read_line(longest_line, within(60s));
        if (!name || name->empty()) co_return;
        auto place = guests_.emplace(guests_.end(), loop_, lines_, *name, words.inner());
        tell_others(*place, "* " + place->name + " is here\n");
        (void)co_await first_of(listen(words, *place), speak(*place));
        tell_others(*place, "* " + place->name + " has gone\n");
        guests_.erase(place);
    }

private:
    // Hears what a guest says, to his last word.
    task<> listen(async_buffered<tcp::async_socket>& words, guest& speaker) {
        while (auto line = co_await words.read_line(longest_line)) tell_others(speaker, speaker.name + ": " + std::string(*line) + "\n");
    }

    // Tells a guest what the others say, until he is to go.
    task<> speak(guest& listener) {
        while (auto line = co_await listener.hears.pop())
            if (!co_await listener.peer.write_all(*line)) break;
    }

    void tell_others(guest& speaker, const std::string& line) {
        for (auto& other : guests_)
            if (&other != &speaker && !other.hears.push(line)) (void)other.peer.shutdown(direction::both);    // too slow
    }

    loop& loop_;
    std::size_t lines_;
    std::list<guest> guests_;
};

task<> keep_open(loop& in, tcp::async_acceptor& server, room& room, stop_token stop) {
    scope guests(in);
    for (auto pause = 5ms;; pause = std::min(2 * pause, 1000ms)) {
        auto peer = co_await server.accept(stop);
        if (peer) guests.spawn(room.welcome(*std::move(peer)));
        else if (peer.error() == condition::cancelled) break;
        else program::say(peer.error().message());
        if (peer) pause = 5ms;
        else (void)co_await in.sleep_for(pause, stop);    // in a shortage to try again at once would keep a processor busy
    }
    guests.stop();
    (void)co_await guests.join();
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto lines = given.number("lines", 100);
        auto wanted = given.local_place();
        given.end();

        auto stop = program::stop_on_signals();
        loop loop;
        room room(loop, lines);
        auto server = program::require(tcp::listen(loop, wanted), to_string(wanted));
        program::print("listening on " + to_string(program::require(server.local_endpoint(), to_string(wanted))) + "\n");
        loop.run(keep_open(loop, server, room, stop.token()));
    });
}
