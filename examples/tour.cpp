// SPDX-License-Identifier: BSL-1.0
// The pieces of the README's tour, each run once against a server of its own on this machine.
#include <plumb/plumb.hpp>

#include <csignal>
#include <cstdio>

using namespace plumb;
using namespace plumb::literals;
using namespace std::chrono_literals;

// One report of one measurement, as it lies on the wire.
struct report {
    big<std::uint16_t> station;
    big<std::uint32_t> celsius_thousandths;
};

static result<std::string> ask(const endpoint& server) {
    auto peer = tcp::connect(server, within(5s), no_delay{true});      // one deadline, then options
    if (!peer) return failure(peer.error());

    if (auto sent = peer->write_all({"GET ", "report\r\n"}); !sent) return failure(sent.error());
    if (auto half = peer->shutdown(direction::write); !half) return failure(half.error());
    return peer->read_to_end<std::string>(64 * 1024, within(5s));      // at most that much, and no longer than that
}

static result<void> answer(tcp::socket peer) {
    buffered lines(std::move(peer));                                   // keeps what was read too far
    while (auto line = lines.read_line(within(5s)))
        if (auto sent = lines.write_all({"you said: ", *line, "\n"}); !sent) return sent;
    report latest{17, 21'500};
    return lines.write_frame(bytes_of(latest));
}

static void serve_clients(tcp::acceptor& server) {
    auto stop = stop_on({signal_number::interrupt, signal_number::terminate}).value();
    auto report = serve::threaded(server, answer, {.threads = 8, .stop = stop.token()}).value();    // or forking, or sequential
    std::printf("%s\n", to_string(report).c_str());                    // stopped: 1 accepted, 0 failed, 0 crashed, 0 cut
}

// Whatever can be read: a connection, a pipe, the output of a child.
static std::size_t count_lines(readable_stream auto& from) {
    std::size_t count = 0;
    for (buffered lines(from); lines.read_line(within(5s)); ++count) {}
    return count;
}

static void children() {
    auto [reader, writer] = pipe().value();                            // two types: a reader cannot write
    auto child = process::fork([](pipe_writer out) { return out.write_all("one\ntwo\n"); }, std::move(writer)).value();

    auto sort = process::spawn({"sort", "-n"}, {.input = redirect::pipe, .output = redirect::pipe}).value();
    sort.input().write_all("3\n1\n2\n").value();
    sort.input().close();                                              // the end that sort waits for
    std::printf("%zu and %zu lines\n", count_lines(reader), count_lines(sort.output()));
    auto status = child.wait(within(5s)).value();
    std::printf("the child %s\n", to_string(status).c_str());          // the child exited with 0

    auto loud = process::run({"tr", "a-z", "A-Z"}, {.input = "plumb\n", .timeout = within(5s)}).value();
    std::printf("%s", loud.output.c_str());                            // PLUMB

    auto [near_end, far_end] = local::stream::pair().value();
    far_end.write_all("by the same function\n").value();
    far_end.close();
    std::printf("%zu line\n", count_lines(near_end));
}

static void tour() {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto at = server.local_endpoint().value();
    auto serving = tcp::thread::start([&] { serve_clients(server); }).value();
    auto text = ask(at).value();
    std::printf("%s", text.substr(0, text.find('\n') + 1).c_str());
    std::raise(SIGTERM);    // as kill does
    serving.join();

    static_assert("10.1.2.3"_ip.is_private() && "10.0.0.0/8"_prefix.contains("10.1.2.3"_ip));
    auto wrong = ip_address::parse("192.168.1.256");
    std::printf("%s\n", wrong.error().message().c_str());              // parse: Invalid text at offset 12

    auto nobody = tcp::connect("127.0.0.1:1"_endpoint);
    if (nobody.error() == std::errc::connection_refused)               // holds on every system
        std::printf("%s\n", nobody.error().message().c_str());         // connect: Connection refused

    auto postbox = udp::bind({ipv4_address::loopback(), 0}).value();
    auto sender = udp::connect(postbox.local_endpoint().value()).value();
    sender.send("a message that is longer than the buffer").value();
    std::array<char, 9> buffer;
    auto letter = postbox.receive_from(buffer, within(1s)).value();
    if (letter.truncated) std::printf("%zu of %zu bytes\n", letter.size, letter.full_size);
    postbox.send_to("thanks", letter.sender).value();

    stop_source stop;
    auto ringing = tcp::thread::start([&] { stop.request_stop(); }).value();
    auto ended = server.accept(within(1h), stop.token());              // ends at whichever comes first
    std::printf("%s\n", ended.error().message().c_str());              // accept: A stop was requested
}

int main() {
    try {
        tour();
        children();
    } catch (const std::exception& cause) {
        std::fprintf(stderr, "tour: %s\n", cause.what());
        return 1;
    }
}
