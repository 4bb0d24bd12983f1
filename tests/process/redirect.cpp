// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/process.hpp>
#include <plumb/process/redirect.hpp>

#include <doctest/doctest.h>

#include "helper.hpp"

using namespace plumb;

namespace {

const std::string child = support::helper("child");

// A file of the test's own, gone with it.
struct scratch {
    std::string path = (std::filesystem::temp_directory_path() / ("plumb-redirect-" + std::to_string(counter++) + "-" + std::to_string(salt))).string();
    ~scratch() { std::filesystem::remove(path); }
    std::string content() { return file::open(path).value().read_to_end<std::string>().value(); }

    static inline int counter = 0;
    static inline const auto salt = os::native::now().time_since_epoch().count();
};

file created(const scratch& at) { return file::open(at.path, file_mode::create).value(); }

}  // namespace

TEST_CASE("a dialogue over pipes ends when the input is closed") {
    auto cat = process::spawn({child, "cat"}, {.input = redirect::pipe, .output = redirect::pipe}).value();
    CHECK(cat.input().write_all("3\n1\n2\n").has_value());
    CHECK_FALSE(cat.error().is_open());
    cat.input().close();
    CHECK(cat.output().read_to_end<std::string>().value() == "3\n1\n2\n");
    CHECK(cat.wait().value().succeeded());
}

TEST_CASE("a stream that was not asked for as a pipe is closed here") {
    auto one = process::spawn({child, "exit", "3"}, {.input = redirect::null, .output = redirect::null, .error = redirect::null}).value();
    char none[1];
    CHECK(one.input().write("x").error() == std::errc::bad_file_descriptor);
    CHECK(one.output().read(none).error() == std::errc::bad_file_descriptor);
    CHECK(one.error().read(none).error() == std::errc::bad_file_descriptor);
    CHECK(one.wait()->code() == 3);
}

TEST_CASE("what is always at its end gives nothing, and swallows everything") {
    auto cat = process::spawn({child, "cat"}, {.input = redirect::null, .output = redirect::pipe}).value();
    CHECK(cat.output().read_to_end<std::string>().value() == "");
    auto loud = process::spawn({child, "fill", "100000", "100000"}, {.output = redirect::null, .error = redirect::null}).value();
    CHECK(loud.wait().value().succeeded());
}

TEST_CASE("files are read and written, and stay ours") {
    scratch in, out;
    REQUIRE(created(in).write_all("from a file").has_value());
    auto target = created(out);
    auto source = file::open(in.path).value();
    auto cat = process::spawn({child, "cat"}, {.input = source, .output = target}).value();
    CHECK(cat.wait().value().succeeded());
    CHECK(target.write_all(", and on").has_value());
    CHECK(source.is_open());
    CHECK(out.content() == "from a file, and on");
    auto passing = process::spawn({child, "cat"}, {.input = file::open(in.path).value(), .output = created(out)}).value();
    CHECK(passing.wait().value().succeeded());
    CHECK(out.content() == "from a file");
}

TEST_CASE("one child's output is another one's input") {
    auto [reader, writer] = pipe().value();
    auto first = process::spawn({child, "fill", "300000", "0"}, {.output = writer}).value();
    writer.close();
    auto second = process::spawn({child, "cat"}, {.input = reader, .output = redirect::pipe}).value();
    reader.close();
    CHECK(second.output().read_to_end<std::string>()->size() == 300'000);
    CHECK(first.wait().value().succeeded());
    CHECK(second.wait().value().succeeded());
}

TEST_CASE("errors go where the output goes") {
    auto piped = process::spawn({child, "fill", "10", "20"}, {.output = redirect::pipe, .error = redirect::output}).value();
    CHECK(piped.output().read_to_end<std::string>()->size() == 30);
    scratch out;
    auto filed = process::spawn({child, "fill", "1", "2"}, {.output = created(out), .error = redirect::output}).value();
    CHECK(filed.wait().value().succeeded());
    CHECK(out.content().size() == 3);
    CHECK(process::spawn({child, "exit", "0"}, {.error = redirect::output})->wait()->succeeded());    // both where ours go
    CHECK(process::spawn({child, "cat"}, {.input = redirect::output}).error() == std::errc::invalid_argument);
    CHECK(process::spawn({child, "cat"}, {.output = redirect::output}).error() == std::errc::invalid_argument);
}

TEST_CASE("a stream that is closed cannot be handed over") {
    CHECK(process::spawn({child, "cat"}, {.input = file()}).error().message() == "spawn: Bad file descriptor");
    pipe_writer closed;
    CHECK(process::spawn({child, "cat"}, {.output = closed}).error() == std::errc::bad_file_descriptor);
}

TEST_CASE("a reader that goes away is an error of the child's write, and no end of us") {
    auto loud = process::spawn({child, "fill", "10000000", "0"}, {.output = redirect::pipe}).value();
    loud.output().close();
    CHECK_FALSE(loud.wait().value().succeeded());
    auto gone = process::spawn({child, "exit", "0"}, {.input = redirect::pipe}).value();
    CHECK(gone.wait().value().succeeded());
    CHECK(gone.input().write_all(std::string(1 << 20, 'x')).error() == std::errc::broken_pipe);
}
