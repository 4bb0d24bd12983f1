// SPDX-License-Identifier: BSL-1.0
#include <plumb/serve/observer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace plumb;
using serve::happening;

TEST_CASE("what happened to a server reads as a line of a log") {
    CHECK(to_string(serve::event{.what = happening::accepted, .running = 3, .accepted = 40}) == "accepted (3 running, 40 accepted)");
    CHECK(to_string(serve::event{.what = happening::failed, .cause = {verb::read, std::errc::connection_reset}}) ==
          "failed: read: Connection reset by peer (0 running, 0 accepted)");
    CHECK(to_string(serve::event{.what = happening::crashed, .reason = "out of luck", .accepted = 1}) ==
          "crashed: out of luck (0 running, 1 accepted)");
    for (auto what : {happening::ended, happening::cut, happening::starved})
        CHECK(to_string(serve::event{.what = what}).starts_with(std::string(name_of(what)) + " ("));
}

TEST_CASE("how a server ended reads as a line of a log") {
    CHECK(to_string(serve::report{serve::ending::stopped, 40, 3, 2, 1}) == "stopped: 40 accepted, 3 failed, 2 crashed, 1 cut");
    CHECK(to_string(serve::report{.why = serve::ending::shut_down}) == "shut down: 0 accepted, 0 failed, 0 crashed, 0 cut");
    CHECK(to_string(serve::report{.why = serve::ending::served_all}).starts_with("served all: "));
}

TEST_CASE("an observer is any function of an event, shared by its copies, and one made from nothing hears nothing") {
    std::vector<happening> heard;
    serve::observer deaf, hears = [&heard](const serve::event& told) { heard.push_back(told.what); };
    auto twin = hears;
    hears({.what = happening::accepted});
    twin({.what = happening::ended});
    deaf({.what = happening::cut});
    deaf = hears;
    deaf({.what = happening::cut});
    CHECK(heard == std::vector{happening::accepted, happening::ended, happening::cut});
}
