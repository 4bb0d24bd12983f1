// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"
#include "support/progress.hpp"

// Receives a file over TCP, up to the end of the stream, and thanks for it: the sender has closed its own half only.

using namespace plumb;

constexpr auto usage =
    "file_receive FILE [HOST:PORT]\n"
    "Receives one file from file_send, and thanks for it.\n"
    "  FILE         where to store it; what was there is gone\n"
    "  HOST:PORT    where to listen (127.0.0.1:0, which is a free port)\n";

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto path = given.word("FILE");
        auto wanted = given.local_place();
        given.end();

        auto to = program::require(file::open(path, file_mode::create), path);
        auto server = program::require(tcp::listen(wanted), to_string(wanted));
        program::print("listening on " + to_string(server.local_endpoint().value()) + "\n");
        auto [sender, from] = server.accept_from().value();
        server.close();

        program::progress bar(0);    // nobody has said how much there is
        std::uint64_t arrived = 0;
        std::array<std::byte, 64 * 1024> buffer;
        while (auto size = program::require(sender.read(buffer), to_string(from))) {
            program::require(to.write_all(bytes(buffer).first(size)), path);
            bar.show(arrived += size);
        }
        auto thanks = "Thanks for " + std::to_string(arrived) + " bytes.\n";
        program::require(sender.write_all(thanks), to_string(from));
    });
}
