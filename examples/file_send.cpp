// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"
#include "support/progress.hpp"

// Sends a file over TCP. The end of the file is told by closing one half of the connection; the thanks come by the other.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "file_send FILE HOST:PORT\n"
    "Sends a file to file_receive, and prints its thanks.\n"
    "  FILE         what to send\n"
    "  HOST:PORT    where file_receive listens\n";

// Sends the file, and says how many bytes that were.
std::uint64_t send(file from, std::string_view path, tcp::socket& receiver) {
    constexpr std::uint64_t piece = 1 << 20;
    program::progress bar(program::require(from.size(), path));
    std::uint64_t sent = 0;
    while (auto more = program::require(receiver.send_file(from, piece), path)) bar.show(sent += more);
    return sent;
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto path = given.word("FILE");
        auto place = given.remote_place();
        given.end();

        auto from = program::require(file::open(path), path);
        auto receiver = program::require(tcp::connect(place, within(10s)), place);
        auto sent = send(std::move(from), path, receiver);
        receiver.shutdown(direction::write).value();    // all is said; the receiver can still answer

        auto thanks = program::require(receiver.read_to_end<std::string>(1000), place);
        if (thanks != "Thanks for " + std::to_string(sent) + " bytes.\n")
            throw std::runtime_error("the receiver did not get all of " + std::string(path));
        program::print(thanks);
    });
}
