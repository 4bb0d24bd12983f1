// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop.hpp>
#include <plumb/plumb.hpp>
#include <plumb/serve/evented.hpp>

#include "support/server.hpp"

// A chat room in one thread. What somebody says is kept for each of the others until that one takes it, so nobody waits for
// anybody; and no more than so much is kept, so somebody who never reads costs little, and is sent away at last.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "chat [--members=N] [--backlog=BYTES] [--patience=SECONDS] [HOST:PORT]\n"
    "A chat room, for socat, nc and their like. The first line that somebody says is a name; then all hear what the others say.\n"
    "/nick NAME changes the name, /who tells who is there, /quit leaves. Ctrl-C and kill close the room.\n"
    "  --members=N           how many find room (1000); the others wait outside\n"
    "  --backlog=BYTES       how much is kept for one who reads slowly (65536); what comes then is left out, which is told\n"
    "  --patience=SECONDS    who takes nothing of it for so long, or tells no name, is sent away (30)\n"
    "  HOST:PORT             where to listen (127.0.0.1:0, which is a free port)\n";

constexpr std::size_t longest_line = 1000, longest_name = 20;

// What holds for everybody.
struct manners {
    std::size_t backlog;
    std::chrono::seconds patience;
};

// Somebody at the other end of a connection, and among others for as long as it lives.
class member {
public:
    member(loop& in, tcp::async_socket peer, const manners& asked, std::vector<member*>& among)
        : loop_(in), peer_(std::move(peer)), asked_(asked), among_(among), writing_(in) {
        among_.push_back(this);
    }
    member(const member&) = delete;
    ~member() { std::erase(among_, this); }

    std::string name;    // empty for one who is not in the room yet, or no longer

    // Has a text written, when there is room for it and as soon as it is taken.
    void hear(std::string_view text) {
        if (missed_ > 0 || kept_.size() + text.size() > asked_.backlog) ++missed_;
        else kept_.append(text);
        if (writing_.size() == 0) writing_.spawn(write());
    }

    // To be read from.
    [[nodiscard]] tcp::async_socket& peer() { return peer_; }

    // No more is to come from there: who waits for it sees the end.
    void hush() { (void)peer_.shutdown(direction::read); }

    // Waits until all is written. To close with input that nobody has read would be a reset, which may overtake what was
    // written: so the peer may say a bit more, to nobody.
    task<> finish() {
        (void)co_await writing_.join();
        (void)peer_.shutdown(direction::write);
        auto latest = until(loop_.now() + 1s);
        while (auto chunk = co_await peer_.receive(latest))
            if (chunk->empty()) break;
    }

private:
    task<> write() {
        while (!kept_.empty() || missed_ > 0) {
            auto text = std::exchange(kept_, {});
            if (auto missed = std::exchange(missed_, 0); missed > 0)
                text += "* " + std::to_string(missed) + " lines were left out: you read too slowly\n";
            for (bytes rest(text); !rest.empty();) {
                auto taken = co_await peer_.write(rest, within(asked_.patience));
                if (!taken) co_return cut();
                rest = rest.subspan(*taken);
            }
        }
    }

    // It is gone, or as good as: whoever waits for it sees the end, and what it has not taken is kept nowhere.
    void cut() {
        (void)peer_.set(linger_on_close{0s});
        (void)peer_.shutdown(direction::both);
    }

    loop& loop_;
    tcp::async_socket peer_;
    const manners& asked_;
    std::vector<member*>& among_;
    std::string kept_;          // not being written yet
    std::size_t missed_ = 0;    // lines since then that found no room
    scope writing_;             // at most one task, while there is something to write
};

class room {
public:
    room(loop& in, manners asked) : loop_(in), asked_(asked) {}

    // Serves one connection, from its welcome to its end.
    task<result<void>> attend(tcp::async_socket peer) {
        member one(loop_, std::move(peer), asked_, members_);
        one.hear("* welcome: what is your name?\n");
        auto outcome = co_await listen_to(one);
        auto name = std::exchange(one.name, {});
        if (!name.empty() && !is_closed_) tell_all("* " + name + " has left\n");
        co_await one.finish();
        co_return outcome;
    }

    // Has everybody leave.
    void close() {
        is_closed_ = true;
        for (auto each : members_) {
            each->hear("* the room is closed\n");
            each->hush();
        }
    }

private:
    // Does what somebody says, line by line, until that one leaves.
    task<result<void>> listen_to(member& one) {
        async_buffered lines(one.peer());
        auto introduction = until(loop_.now() + asked_.patience);
        for (;;) {
            auto line = co_await lines.read_line(longest_line, one.name.empty() ? introduction : deadline::never());
            if (!line && line.error() == condition::too_long) one.hear("* that line is too long: good bye\n");
            else if (!line && line.error() != condition::end_of_stream) co_return failure(line.error());
            if (!line || !obey(one, *line)) co_return result<void>();
        }
    }

    // Does what a line says; false when that one leaves.
    bool obey(member& one, std::string_view line) {
        if (line == "/quit") return false;
        if (line.empty()) return true;
        if (one.name.empty()) introduce(one, line);
        else if (line.starts_with("/nick ")) introduce(one, line.substr(6));
        else if (line == "/who") one.hear("* here: " + names() + "\n");
        else if (line.starts_with('/')) one.hear("* what I know is /nick NAME, /who and /quit\n");
        else tell_all(one.name + ": " + harmless(line) + "\n", &one);
        return true;
    }

    void introduce(member& one, std::string_view name) {
        auto fits = [](unsigned char each) { return std::isalnum(each) || each == '-' || each == '_'; };
        if (name.empty() || name.size() > longest_name || !std::ranges::all_of(name, fits))
            return one.hear("* a name has 1 to 20 letters, digits, - and _: another one?\n");
        if (std::ranges::any_of(members_, [&](auto each) { return each->name == name; }))
            return one.hear("* that name is taken: another one?\n");
        auto before = std::exchange(one.name, name);
        tell_all("* " + (before.empty() ? one.name + " has come" : before + " is now " + one.name) + "\n");
    }

    void tell_all(std::string_view text, const member* but = nullptr) {
        for (auto each : members_)
            if (each != but && !each->name.empty()) each->hear(text);
    }

    [[nodiscard]] std::string names() const {
        std::string all;
        for (auto each : members_)
            if (!each->name.empty()) all.append(all.empty() ? "" : ", ").append(each->name);
        return all;
    }

    // What could steer somebody's terminal is not passed on.
    [[nodiscard]] static std::string harmless(std::string_view line) {
        std::string text(line);
        std::ranges::replace_if(text, [](unsigned char each) { return each < ' ' || each == 0x7f; }, '?');
        return text;
    }

    loop& loop_;
    manners asked_;
    std::vector<member*> members_;    // each lies in the coroutine that serves it
    bool is_closed_ = false;
};

// Closes the room when a stop is requested.
task<> close_at(loop& in, stop_token stop, room& closed) {
    auto outcome = co_await in.sleep_until(forever, stop);
    if (!outcome) closed.close();
}

task<result<serve::report>> keep_open(loop& in, tcp::async_acceptor& server, room& here, serve::evented_options options) {
    scope closing(in);
    closing.spawn(close_at(in, options.stop, here));
    auto attend = [&here](tcp::async_socket peer) { return here.attend(std::move(peer)); };
    co_return co_await serve::evented(in, server, attend, options);
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        serve::evented_options options{.connections = given.number("members", 1000), .observer = program::say_what_goes_wrong};
        manners asked{given.number("backlog", 64 * 1024), std::chrono::seconds(given.number("patience", 30))};
        auto wanted = given.local_place();
        given.end();

        auto stop = program::stop_on_signals();
        options.stop = stop.token();
        auto listening = program::listen_at(wanted);
        program::require(listening.set(send_buffer_size{64 * 1024}), to_string(wanted));    // the kernel keeps no more, either
        loop loop;
        room here(loop, asked);
        auto server = program::require(loop.attach(std::move(listening)), to_string(wanted));
        program::say(to_string(program::require(loop.run(keep_open(loop, server, here, options)), "members")));
    });
}
