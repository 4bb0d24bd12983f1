// SPDX-License-Identifier: BSL-1.0
#include <plumb/process.hpp>
#include <plumb/stream.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

// Reads everything into a text, whatever the stream.
std::string all_of(auto& stream) { return stream.template read_to_end<std::string>(within(20s)).value(); }

template <class T>
concept writes = requires(T& stream) { stream.write(bytes("x")); };
template <class T>
concept reads = requires(T& stream, mutable_bytes into) { stream.read(into); };

}  // namespace

TEST_CASE("a reader cannot write and a writer cannot read, and each is as large as its handle") {
    static_assert(readable_stream<pipe_reader> && !writes<pipe_reader>);
    static_assert(writable_stream<pipe_writer> && !reads<pipe_writer>);
    static_assert(readable_stream<duplex_end> && writable_stream<duplex_end>);
    static_assert(sizeof(pipe_reader) == sizeof(os::handle) && sizeof(pipe_writer) == sizeof(os::handle));
    static_assert(!std::is_copy_constructible_v<pipe_reader> && std::is_nothrow_move_constructible_v<pipe_reader>);
    static_assert(!std::is_copy_constructible_v<duplex_end> && std::is_nothrow_move_constructible_v<duplex_end>);
}

TEST_CASE("what goes in comes out, by every verb of a stream") {
    auto [reader, writer] = pipe().value();
    writer.write_all("heard\n").value();
    writer.write_all({"one ", "", "two"}, within(5s)).value();
    std::string exact(6, ' ');
    reader.read_exact(exact).value();
    CHECK(exact == "heard\n");
    char a[2], b[2];
    std::array<mutable_bytes, 2> rooms{mutable_bytes(a), mutable_bytes(b)};
    auto given = reader.read(rooms, within(5s)).value();
    writer.close();
    CHECK_FALSE(writer.is_open());
    CHECK(std::string(a, 2) == "on");
    CHECK(all_of(reader) == std::string("one two").substr(given));
    CHECK(reader.read_exact(exact).error() == condition::end_of_stream);
}

TEST_CASE("buffered reads lines from a pipe") {
    auto [reader, writer] = pipe().value();
    writer.write_all("a\r\nb\nc").value();
    writer.close();
    buffered lines(std::move(reader));
    CHECK(lines.read_line().value() == "a");
    CHECK(lines.read_line(within(1s)).value() == "b");
    CHECK(lines.read_line().value() == "c");
    CHECK(lines.read_line().error() == condition::end_of_stream);
}

TEST_CASE("much is carried between threads, short writes and short reads and all") {
    auto [reader, writer] = pipe().value();
    std::string much(3'000'000, ' ');
    for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>('a' + i * i % 23);
    std::thread other([&much, out = std::move(writer)]() mutable {
        bytes whole = much;
        out.write_all(whole.first(1'000'000)).value();
        out.write_all(whole.subspan(1'000'000, 1'000'000), within(20s)).value();
        std::array<bytes, 3> parts{whole.subspan(2'000'000, 1), whole.subspan(2'000'001, 700'000), whole.subspan(2'700'001)};
        out.write_all(parts, within(20s)).value();
    });
    CHECK((all_of(reader) == much));
    other.join();
}

TEST_CASE("a pipe is copied into another, to its end or by a deadline") {
    auto [first, in] = pipe().value();
    auto [last, out] = pipe().value();
    in.write_all("on its way").value();
    auto cut = copy(first, out, within(10ms));
    CHECK(cut.error().operation() == verb::copy);
    CHECK(cut.error() == condition::timed_out);
    CHECK(cut.error().detail() == 10);
    in.write_all(", and there").value();
    in.close();
    CHECK(copy(first, out).value() == 11);
    out.close();
    CHECK(all_of(last) == "on its way, and there");
}

TEST_CASE("a deadline tells how much had moved") {
    auto [reader, writer] = pipe().value();
    writer.write_all("abc").value();
    std::string four(4, ' ');
    auto cut = reader.read_exact(four, within(10ms));
    CHECK(cut.error() == condition::timed_out);
    CHECK(cut.error().detail() == 3);
    std::string much(10 << 20, 'x');
    auto outcome = writer.write_all(much, within(10ms));
    CHECK(outcome.error() == condition::timed_out);
    CHECK(outcome.error().detail() >= 4096);
    CHECK(outcome.error().detail() < much.size());
}

TEST_CASE("a stop from another thread ends a read that waits") {
    auto [reader, writer] = pipe().value();
    stop_source stop;
    std::thread other([&] { stop.request_stop(); });
    char one[1];
    CHECK(reader.read(one, stop.token()).error() == error(verb::read, condition::cancelled));
    other.join();
}

TEST_CASE("a write to a reader that is gone is an error, in every thread") {
    auto [reader, writer] = pipe().value();
    reader.close();
    CHECK(writer.write("x").error() == std::errc::broken_pipe);
    std::thread([&out = writer] { CHECK(out.write_all("x", within(1s)).error() == std::errc::broken_pipe); }).join();
}

TEST_CASE("an end has one owner, a duplicate is another, and a handle can be given away and adopted") {
    auto [reader, writer] = pipe().value();
    auto moved = std::move(writer);
    CHECK_FALSE(writer.is_open());
    CHECK(writer.write("x").error() == std::errc::bad_file_descriptor);
    auto twin = moved.duplicate().value();
    moved.close();
    twin.write_all("still").value();
    CHECK(pipe_reader::adopt(twin.native_handle()).error() == error(verb::adopt, condition::wrong_descriptor));
    auto again = pipe_writer::adopt(twin.release()).value();
    CHECK_FALSE(twin.is_open());
    again.close();
    auto adopted = pipe_reader::adopt(reader.release()).value();
    CHECK(all_of(adopted) == "still");
    CHECK(pipe_reader::adopt(os::none).error() == std::errc::bad_file_descriptor);
    CHECK(pipe_writer().duplicate().error() == std::errc::bad_file_descriptor);
}

TEST_CASE("a capacity can be read, and set where the system can") {
    auto [reader, writer] = pipe().value();
    CHECK(reader.capacity().value() >= 4096);
    CHECK(writer.capacity() == reader.capacity());
    auto set = [](auto& end) {
        if constexpr (requires { end.set_capacity(1 << 17); }) return end.set_capacity(1 << 17).value() == 1 << 17;
        else return true;
    };
    CHECK(set(writer));
}

TEST_CASE("two ends talk both ways, and one that has said all still hears") {
    auto [ours, theirs] = duplex_pipe().value();
    std::thread other([end = std::move(theirs)]() mutable {
        auto question = all_of(end);
        end.write_all("you said ").value();
        end.write_all({question, "!"}, within(5s)).value();
    });
    ours.write_all("hel").value();
    ours.write_all({"l", "o"}).value();
    ours.shutdown(direction::write).value();
    CHECK(ours.write("x").error() == std::errc::bad_file_descriptor);
    CHECK(all_of(ours) == "you said hello!");
    other.join();
    CHECK(ours.is_open());
    ours.close();
    CHECK_FALSE(ours.is_open());
}

TEST_CASE("with two pipes nobody reads what it wrote itself") {
    auto [ours, theirs] = duplex_pipe().value();
    ours.write_all("to them").value();
    theirs.write_all("to us").value();
    std::string text(7, ' ');
    theirs.read_exact(text).value();
    CHECK(text == "to them");
    text.resize(5);
    ours.read_exact(text).value();
    CHECK(text == "to us");
    char one[1];
    CHECK(ours.read(one, within(0s)).error() == condition::timed_out);
}

TEST_CASE("either side of a duplex end is closed alone, once, or moved out") {
    auto [ours, theirs] = duplex_pipe().value();
    ours.shutdown(direction::read).value();
    CHECK(theirs.write("x").error() == std::errc::broken_pipe);
    CHECK(ours.shutdown(direction::both).error() == error(verb::shutdown, std::errc::not_connected));
    auto out = std::move(ours.writer());
    CHECK_FALSE(ours.is_open());
    out.write_all("last").value();
    out.close();
    CHECK(all_of(theirs.reader()) == "last");
    theirs.writer().close();
    theirs.shutdown(direction::read).value();
    CHECK_FALSE(theirs.is_open());
}
