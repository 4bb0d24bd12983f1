// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/awaitable.hpp>

#include <plumb/loop/async_buffered.hpp>
#include <plumb/loop/async_pipe.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/verbs.hpp>
#include <plumb/socket/local.hpp>
#include <plumb/socket/udp.hpp>
#include <plumb/testing.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "in_loop.hpp"
#include "loopback.hpp"
#include "pattern.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

// Every verb that waits is called off in every way and at every moment, on every driver: it ends and says why, and what it
// moved and what is moved after it are together all there is.

using namespace plumb;
using namespace std::chrono_literals;
using support::pattern;

namespace {

enum class way { by_token, by_deadline, by_task, by_frame, by_release };
constexpr std::string_view ways[] = {"its stop token", "its deadline", "its task's stop", "its frame's end", "its handle's release"};

enum class moment { before, waiting, then_comes, as_it_comes };
constexpr std::string_view moments[] = {"before it starts", "while it waits", "before what it waits for comes", "when that has come"};

// A verb, with limits and without any, on what a Place has for it.
template <class Place>
struct row {
    std::string name;
    task<result<void>> (*plain)(Place&);
    task<result<void>> (*limited)(Place&, stop_token, deadline);
    std::string_view first = {};    // what has come before it begins
};

// Calls a verb off, and lets what it waits for come: in that order, in the other, or much later.
template <class Place>
task<result<void>> call_off(loop& in, Place& place, const row<Place>& one, way by, moment when) {
    result<void> ended;
    stop_source stop;
    const auto latest = by != way::by_deadline ? deadline::never() : within(when == moment::before ? -1s : when == moment::waiting ? 1ms : 4ms);
    auto work = [&]() -> task<> {
        if (by == way::by_task && when == moment::before) (void)co_await in.sleep_for(1h);
        if (by == way::by_token || by == way::by_deadline) ended = co_await one.limited(place, stop.token(), latest);
        else ended = co_await one.plain(place);
    };
    scope beside(in);
    auto ask = [&] {
        if (by == way::by_token) stop.request_stop();
        if (by == way::by_task) beside.stop();
        if (by == way::by_release) place.release();
        if (by == way::by_deadline && when != moment::waiting) tcp::sleep_for(4ms).value();    // and the loop does not turn
    };
    if (by == way::by_token && when == moment::before) ask();
    beside.spawn(work());
    if (by == way::by_task && when == moment::before) ask();
    if (when != moment::before) {
        (void)co_await in.sleep_for(1ms);
        if (when == moment::as_it_comes) place.supply();
        ask();
        if (when == moment::then_comes) place.supply();
    }
    if (by != way::by_frame) (void)co_await beside.join();
    co_return ended;
}

// Whether what it waits for may come by itself: TCP has room again when the other end's kernel has taken what was under way.
template <class Place>
inline constexpr bool makes_room = false;

template <class Place>
void call_off_everywhere(const std::vector<row<Place>>& rows) {
    using enum way;
    using enum moment;
    auto open = support::count_descriptors();
    for (auto on : support::every_driver) {
        loop in(on);
        if (in.current_driver() != on) continue;
        for (auto& one : rows)
            for (auto by : {by_token, by_deadline, by_task, by_frame, by_release})
                for (auto when : {moment::before, waiting, then_comes, as_it_comes}) {
                    if (when == moment::before && (by == by_frame || by == by_release)) continue;    // then it never starts
                    if (by == by_release && !Place::can_release) continue;
                    INFO(one.name, " on ", std::string(name_of(on)), ", called off by ", std::string(ways[static_cast<int>(by)]), " ",
                         std::string(moments[static_cast<int>(when)]));
                    Place place(in, one.first);
                    auto ended = in.run(call_off(in, place, one, by, when));
                    if (by != by_frame && (when == moment::before || when == waiting) && !makes_room<Place>) CHECK_FALSE(ended.has_value());
                    if (!ended) {
                        CHECK(ended.error() == (by == by_deadline ? condition::timed_out : condition::cancelled));
                        CHECK(ended.error().operation() == Place::operation);
                    }
                    if (when == moment::before || when == waiting) place.supply();
                    CHECK(in.run(place.lost(by == by_frame)) == "");
                }
    }
    CHECK(support::count_descriptors() == open);
}

// Two ends, of which the first is ours.
template <class Ours, class Theirs>
std::pair<Ours, Theirs> ends() {
    if constexpr (requires { typename Ours::protocol; }) return support::connected<typename Ours::protocol>();
    else if constexpr (std::same_as<Ours, duplex_end>) {
        auto both = duplex_pipe().value();
        return {std::move(both[0]), std::move(both[1])};
    } else {
        auto both = pipe().value();
        if constexpr (std::same_as<Ours, pipe_reader>) return {std::move(both.reader), std::move(both.writer)};
        else return {std::move(both.writer), std::move(both.reader)};
    }
}
template <class Owned>
using attached = typename decltype(std::declval<loop&>().attach(std::declval<Owned>()))::value_type;

// A stream to read from.
template <class Ours, class Theirs>
struct source {
    static constexpr auto operation = verb::read;
    static constexpr bool can_release = true;

    attached<Ours> ours;
    Theirs theirs;
    Ours taken_back;
    std::string said, heard, ahead;
    char room[12] = {};    // for all of "first" and of "second", and a zero

    source(loop& in, std::string_view first) {
        auto [mine, other] = ends<Ours, Theirs>();
        ours = in.attach(std::move(mine)).value();
        theirs = std::move(other);
        say(first);
    }
    void say(std::string_view text) {
        theirs.write_all(text).value();
        said += text;
    }
    void supply() { say("second"); }
    void release() {
        auto gone = ours.release();
        if constexpr (requires { gone.socket; }) {
            taken_back = std::move(gone.socket);
            ahead = std::move(gone.ahead);
        } else {
            taken_back = std::move(gone);
        }
    }
    task<std::string> lost(bool untold) {
        theirs.close();
        if (untold) heard += room;
        heard += ahead;
        if (taken_back.is_open()) {
            heard += taken_back.template read_to_end<std::string>().value();
        } else {
            auto rest = co_await ours.template read_to_end<std::string>();
            heard += rest.value();
        }
        co_return heard == said ? "" : "said " + said + ", heard " + heard;
    }
};

template <class Place, class... Limits>
task<result<void>> reads(Place& from, Limits... limits) {
    char room[64];
    auto size = co_await from.ours.read(mutable_bytes(room), limits...);
    if (!size) co_return failure(size.error());
    from.heard.append(room, *size);
    co_return result<void>();
}
template <class Place, class... Limits>
task<result<void>> reads_several(Place& from, Limits... limits) {
    char one[2], other[64];
    std::array<mutable_bytes, 2> both{mutable_bytes(one), mutable_bytes(other)};
    auto size = co_await from.ours.read(std::span<const mutable_bytes>(both), limits...);
    if (!size) co_return failure(size.error());
    from.heard.append(one, detail::least(*size, std::size_t{2}));
    if (*size > 2) from.heard.append(other, *size - 2);
    co_return result<void>();
}
template <class Place, class... Limits>
task<result<void>> reads_exactly(Place& from, Limits... limits) {
    auto room = mutable_bytes(from.room).first(sizeof from.room - 1);
    auto outcome = co_await from.ours.read_exact(mutable_bytes(room), limits...);
    from.heard.append(from.room, outcome ? room.size() : outcome.error().detail());
    co_return outcome;
}
template <class Place, class... Limits>
task<result<void>> receives(Place& from, Limits... limits) {
    auto chunk = co_await from.ours.receive(limits...);
    if (!chunk) co_return failure(chunk.error());
    from.heard += chunk->text();
    co_return result<void>();
}
template <class Place, class... Limits>
task<result<void>> reads_to_the_end(Place& from, Limits... limits) {
    auto size = co_await from.ours.read_to_end(from.heard, limits...);
    if (!size) co_return failure(size.error());
    co_return result<void>();
}

template <class Place>
std::vector<row<Place>> reading_rows() {
    return {
        {"read", reads<Place>, reads<Place, stop_token, deadline>},
        {"read into several", reads_several<Place>, reads_several<Place, stop_token, deadline>},
        {"read_exact", reads_exactly<Place>, reads_exactly<Place, stop_token, deadline>, "first"},
        {"receive", receives<Place>, receives<Place, stop_token, deadline>},
        {"read_to_end", reads_to_the_end<Place>, reads_to_the_end<Place, stop_token, deadline>, "first"},
    };
}

// One that keeps what it has read beyond a line.
struct lines {
    static constexpr auto operation = verb::read;
    static constexpr bool can_release = false;

    tcp::socket theirs;
    async_buffered<tcp::async_socket> ours;
    std::string said, heard;

    lines(loop& in, std::string_view first) : lines(in, support::connected<tcp>(), first) {}
    lines(loop& in, std::pair<tcp::socket, tcp::socket> both, std::string_view first)
        : theirs(std::move(both.second)), ours(in.attach(std::move(both.first)).value()) {
        say(first);
    }
    void say(std::string_view text) {
        theirs.write_all(text).value();
        said += text;
    }
    void supply() { say("second\nthird"); }
    void release() {}
    task<std::string> lost(bool) {
        theirs.close();
        heard += ours.kept().text();
        heard += (co_await ours.inner().read_to_end<std::string>()).value();
        co_return heard == said ? "" : "said " + said + ", heard " + heard;
    }
};
template <class... Limits>
task<result<void>> reads_a_line(lines& from, Limits... limits) {
    auto line = co_await from.ours.read_line(limits...);
    if (!line) co_return failure(line.error());
    from.heard.append(*line).append("\n");
    co_return result<void>();
}

// A stream to write to, whose other end has taken nothing yet and can hold no more.
const std::string all = pattern(16 << 20);

template <class Ours, class Theirs>
struct sink {
    static constexpr auto operation = verb::write;
    static constexpr bool can_release = true;

    attached<Ours> ours;
    Theirs theirs;
    Ours taken_back;
    std::size_t gone = 0;
    std::string heard;

    sink(loop& in, std::string_view) {
        auto [mine, other] = ends<Ours, Theirs>();
        if constexpr (requires { mine.set(send_buffer_size{1}); }) {
            mine.set(send_buffer_size{16 * 1024}).value();
            other.set(receive_buffer_size{16 * 1024}).value();
        }
        while (auto size = mine.write(rest(), within(0s))) gone += *size;
        ours = in.attach(std::move(mine)).value();
        theirs = std::move(other);
    }
    [[nodiscard]] bytes rest() const { return bytes(std::string_view(all).substr(gone, 100'000)); }
    void supply() {
        char room[4096];
        while (auto size = theirs.read(room, within(0s))) heard.append(room, *size);
    }
    void release() {
        if constexpr (requires { ours.release().socket; }) taken_back = ours.release().socket;
        else taken_back = ours.release();
    }
    task<std::string> lost(bool untold) {
        ours.close();
        taken_back.close();
        heard += theirs.template read_to_end<std::string>().value();
        auto is_all = untold ? heard.size() >= gone : heard.size() == gone;
        co_return is_all && all.starts_with(heard) ? "" : std::to_string(gone) + " bytes went, " + std::to_string(heard.size()) + " came";
    }
};

template <class P, class Theirs>
inline constexpr bool makes_room<sink<plumb::socket<P>, Theirs>> = std::same_as<typename P::endpoint_type, endpoint>;

template <class Place, class... Limits>
task<result<void>> writes(Place& to, Limits... limits) {
    auto size = co_await to.ours.write(to.rest(), limits...);
    if (!size) co_return failure(size.error());
    to.gone += *size;
    co_return result<void>();
}
template <class Place, class... Limits>
task<result<void>> writes_all(Place& to, Limits... limits) {
    auto rest = to.rest();
    auto outcome = co_await to.ours.write_all(rest, limits...);
    to.gone += outcome ? rest.size() : outcome.error().detail();
    co_return outcome;
}
template <class Place, class... Limits>
task<result<void>> writes_several(Place& to, Limits... limits) {
    auto rest = to.rest();
    std::array<bytes, 3> parts{bytes(rest.first(1000)), bytes(), bytes(rest.subspan(1000))};
    auto outcome = co_await to.ours.write_all(std::span<const bytes>(parts), limits...);
    to.gone += outcome ? rest.size() : outcome.error().detail();
    co_return outcome;
}

template <class Place, class... Limits>
task<result<void>> writes_in_braces(Place& to, Limits... limits) {
    auto rest = to.rest();
    auto outcome = co_await to.ours.write_all({rest.first(1000), rest.subspan(1000)}, limits...);
    to.gone += outcome ? rest.size() : outcome.error().detail();
    co_return outcome;
}

template <class Place>
std::vector<row<Place>> writing_rows() {
    return {
        {"write", writes<Place>, writes<Place, stop_token, deadline>},
        {"write_all", writes_all<Place>, writes_all<Place, stop_token, deadline>},
        {"write_all of several", writes_several<Place>, writes_several<Place, stop_token, deadline>},
        {"write_all in braces", writes_in_braces<Place>, writes_in_braces<Place, stop_token, deadline>},
    };
}

// Letters to receive.
template <class P>
struct letter_box {
    static constexpr auto operation = verb::receive;
    static constexpr bool can_release = true;

    async_socket<P> ours;
    typename P::socket theirs, taken_back;
    int said = 0, heard = 0;

    letter_box(loop& in, std::string_view) {
        auto [mine, other] = make();
        ours = in.attach(std::move(mine)).value();
        theirs = std::move(other);
    }
    static std::pair<typename P::socket, typename P::socket> make() {
        if constexpr (requires { P::pair(); }) return P::pair().value();
        else {
            auto one = P::bind({ipv4_address::loopback(), 0}).value(), other = P::bind({ipv4_address::loopback(), 0}).value();
            other.connect(one.local_endpoint().value()).value();
            return {std::move(one), std::move(other)};
        }
    }
    void supply() {
        theirs.send("letter").value();
        ++said;
    }
    void release() { taken_back = ours.release(); }
    task<std::string> lost(bool) {
        char room[16];
        if (taken_back.is_open()) {
            while (heard < said && taken_back.receive(room, within(5s))) ++heard;
        } else {
            while (heard < said) {
                auto next = co_await ours.receive(room, within(5s));
                if (!next) break;
                ++heard;
            }
        }
        co_return heard == said ? "" : std::to_string(said) + " were sent, " + std::to_string(heard) + " came";
    }
};
template <class Place, class... Limits>
task<result<void>> receives_a_letter(Place& from, Limits... limits) {
    char room[16];
    auto came = co_await from.ours.receive(room, limits...);
    if (!came) co_return failure(came.error());
    ++from.heard;
    co_return result<void>();
}

// One whose other end can hold no more letters.
struct full_letter_box {
    static constexpr auto operation = verb::send;
    static constexpr bool can_release = true;

    local::datagram::async_socket ours;
    local::datagram::socket theirs, taken_back;
    int said = 0, heard = 0;

    full_letter_box(loop& in, std::string_view) {
        auto [mine, other] = local::datagram::pair().value();
        while (mine.send("letter", within(0s))) ++said;
        ours = in.attach(std::move(mine)).value();
        theirs = std::move(other);
    }
    void supply() { take(); }
    bool take() {
        char room[16];
        if (!theirs.receive(room, within(0s))) return false;
        ++heard;
        return true;
    }
    void release() { taken_back = ours.release(); }
    task<std::string> lost(bool) {
        while (take()) {}
        co_return heard == said ? "" : std::to_string(said) + " were sent, " + std::to_string(heard) + " came";
    }
};
template <class... Limits>
task<result<void>> sends_a_letter(full_letter_box& to, Limits... limits) {
    auto sent = co_await to.ours.send("letter", limits...);
    if (!sent) co_return failure(sent.error());
    ++to.said;
    co_return result<void>();
}

template <class... Limits>
task<result<void>> sends_a_descriptor(full_letter_box& to, Limits... limits) {
    auto sent = co_await to.ours.send_descriptors("letter", {to.ours}, limits...);
    to.said += sent.has_value();
    co_return sent;
}

// Descriptors to receive, each with a word.
template <class P>
struct descriptor_box {
    static constexpr auto operation = verb::receive;
    static constexpr bool can_release = true;

    async_socket<P> ours;
    typename P::socket theirs, taken_back;
    int said = 0, heard = 0;
    char word[4];
    std::array<descriptor, 2> room;

    descriptor_box(loop& in, std::string_view) {
        auto [mine, other] = P::pair().value();
        ours = in.attach(std::move(mine)).value();
        theirs = std::move(other);
    }
    void supply() {
        theirs.send_descriptors("word", {theirs}).value();
        ++said;
    }
    void hear(const result<received>& came) { heard += came && came->size == 4 && room[0].take<typename P::socket>() && !room[1].is_open(); }
    void release() {
        if constexpr (stream_protocol<P>) taken_back = ours.release().socket;
        else taken_back = ours.release();
    }
    task<std::string> lost(bool) {
        for (auto left = said - heard; left > 0; --left) {
            if (taken_back.is_open()) {
                hear(taken_back.receive_descriptors(word, room, within(5s)));
            } else {
                auto next = co_await ours.receive_descriptors(word, room, within(5s));
                hear(next);
            }
        }
        co_return heard == said ? "" : std::to_string(said) + " were sent, " + std::to_string(heard) + " came";
    }
};
template <class Place, class... Limits>
task<result<void>> receives_a_descriptor(Place& from, Limits... limits) {
    auto came = co_await from.ours.receive_descriptors(from.word, from.room, limits...);
    if (!came) co_return failure(came.error());
    from.hear(came);
    co_return result<void>();
}

// A full stream that descriptors are to be sent over.
struct passing_sink : sink<local::stream::socket, local::stream::socket> {
    static constexpr auto operation = verb::send;
    using sink::sink;
};
template <class... Limits>
task<result<void>> sends_with_a_descriptor(passing_sink& to, Limits... limits) {
    auto rest = to.rest();
    auto outcome = co_await to.ours.send_descriptors(rest, {to.theirs}, limits...);
    to.gone += outcome ? rest.size() : outcome.error().detail();
    co_return outcome;
}

// A listener.
template <class P>
struct listener {
    static constexpr auto operation = verb::accept;
    static constexpr bool can_release = true;

    async_acceptor<P> ours;
    typename P::acceptor taken_back;
    endpoint at;
    std::vector<tcp::socket> clients;
    std::size_t accepted = 0;

    listener(loop& in, std::string_view) : ours(P::listen(in, {ipv4_address::loopback(), 0}).value()), at(ours.local_endpoint().value()) {}
    void supply() { clients.push_back(tcp::connect(at).value()); }
    void release() {
        auto gone = ours.release();
        taken_back = std::move(gone.acceptor);
        accepted += gone.ahead.size();
    }
    task<std::string> lost(bool) {
        if (taken_back.is_open()) {
            while (accepted < clients.size() && taken_back.accept(within(5s))) ++accepted;
        } else {
            while (accepted < clients.size()) {
                auto next = co_await ours.accept(within(5s));
                if (!next) break;
                ++accepted;
            }
        }
        co_return accepted == clients.size() ? "" : std::to_string(clients.size()) + " came, " + std::to_string(accepted) + " were accepted";
    }
};
template <class Place, class... Limits>
task<result<void>> accepts(Place& at, Limits... limits) {
    auto peer = co_await at.ours.accept(limits...);
    if (!peer) co_return failure(peer.error());
    ++at.accepted;
    co_return result<void>();
}
template <class Place, class... Limits>
task<result<void>> accepts_from(Place& at, Limits... limits) {
    auto peer = co_await at.ours.accept_from(limits...);
    if (!peer) co_return failure(peer.error());
    at.accepted += peer->peer == at.clients.back().local_endpoint().value();
    co_return result<void>();
}

// A server that takes no more connections until it has accepted one.
struct full_server {
    static constexpr auto operation = verb::connect;
    static constexpr bool can_release = false;

    loop& in;
    local_address at = local_address::abstract_name("plumb-off-" + std::to_string(tcp::now().time_since_epoch().count())).value();
    local::stream::acceptor server = local::stream::listen(at).value();
    std::vector<local::stream::socket> clients;
    std::size_t connected = 0, accepted = 0;

    full_server(loop& here, std::string_view) : in(here) {
        os::native::listen(server.native_handle(), 0).value();
        while (auto one = local::stream::connect(at, within(0s))) clients.push_back(*std::move(one));
        connected = clients.size();
    }
    void supply() { accepted += server.accept(within(0s)).has_value(); }
    void release() {}
    task<std::string> lost(bool) {
        while (server.accept(within(0s))) ++accepted;
        co_return accepted == connected ? "" : std::to_string(connected) + " connected, " + std::to_string(accepted) + " were accepted";
    }
};
template <class... Limits>
task<result<void>> connects(full_server& to, Limits... limits) {
    auto made = co_await local::stream::connect(to.in, to.at, limits...);
    if (!made) co_return failure(made.error());
    ++to.connected;
    co_return result<void>();
}

}  // namespace

TEST_CASE_TEMPLATE("no byte is lost by a read that is called off", P, tcp, local::stream, faulty<tcp>) {
    call_off_everywhere(reading_rows<source<typename P::socket, typename P::socket>>());
}
TEST_CASE("no byte of a pipe is lost by a read that is called off") {
    call_off_everywhere(reading_rows<source<pipe_reader, pipe_writer>>());
    call_off_everywhere(reading_rows<source<duplex_end, duplex_end>>());
}
TEST_CASE("no byte is lost by a read of a line that is called off") {
    call_off_everywhere<lines>({{"read_line", reads_a_line<>, reads_a_line<stop_token, deadline>, "first"}});
}
TEST_CASE_TEMPLATE("a write that is called off has told of every byte that went", P, tcp, local::stream, faulty<tcp>) {
    call_off_everywhere(writing_rows<sink<typename P::socket, typename P::socket>>());
}
TEST_CASE("a write into a pipe that is called off has told of every byte that went") {
    call_off_everywhere(writing_rows<sink<pipe_writer, pipe_reader>>());
    call_off_everywhere(writing_rows<sink<duplex_end, duplex_end>>());
}
TEST_CASE_TEMPLATE("no letter is lost by a receive that is called off", P, udp, local::datagram, local::seqpacket) {
    using place = letter_box<P>;
    call_off_everywhere<place>({{"receive", receives_a_letter<place>, receives_a_letter<place, stop_token, deadline>}});
}
TEST_CASE("a letter whose sending is called off has gone or has not") {
    call_off_everywhere<full_letter_box>({{"send", sends_a_letter<>, sends_a_letter<stop_token, deadline>}});
}
TEST_CASE_TEMPLATE("no descriptor is lost by a receive that is called off", P, local::stream, local::datagram, local::seqpacket) {
    using place = descriptor_box<P>;
    call_off_everywhere<place>({{"receive_descriptors", receives_a_descriptor<place>, receives_a_descriptor<place, stop_token, deadline>}});
}
TEST_CASE("descriptors whose sending is called off have gone with the bytes that it tells of") {
    call_off_everywhere<full_letter_box>({{"send_descriptors", sends_a_descriptor<>, sends_a_descriptor<stop_token, deadline>}});
    call_off_everywhere<passing_sink>({{"send_descriptors", sends_with_a_descriptor<>, sends_with_a_descriptor<stop_token, deadline>}});
}
TEST_CASE_TEMPLATE("no connection is lost by an accept that is called off", P, tcp, faulty<tcp>) {
    using place = listener<P>;
    call_off_everywhere<place>({{"accept", accepts<place>, accepts<place, stop_token, deadline>},
                                {"accept_from", accepts_from<place>, accepts_from<place, stop_token, deadline>}});
}
TEST_CASE("a connect that is called off leaves no connection and no descriptor") {
    call_off_everywhere<full_server>({{"connect", connects<>, connects<stop_token, deadline>}});
}

TEST_CASE("an operation that is made before its socket is closed, and awaited after that, says so") {
    support::on_every_driver([](loop& in) -> task<> {
        for (auto has_come : {false, true}) {
            auto [one, theirs] = support::connected<tcp>();
            auto ours = in.attach(std::move(one)).value();
            if (has_come) theirs.write_all("word").value();
            (co_await in.sleep_for(1ms)).value();    // the driver knows of it
            auto close = [&, &closed = ours]() -> task<> {
                closed.close();
                co_return;
            };
            std::array<std::byte, 8> room;
            auto [none, read, received] = co_await when_all(close(), ours.read(room), ours.receive());
            CHECK(read.error() == error(verb::read, std::errc::bad_file_descriptor));
            CHECK(received.error() == error(verb::read, std::errc::bad_file_descriptor));
            auto late = ours.write_all("word", within(1h));
            auto written = co_await late;
            CHECK(written.error() == error(verb::write, std::errc::bad_file_descriptor));
        }
    });
}
