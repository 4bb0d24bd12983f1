// SPDX-License-Identifier: BSL-1.0
#include "ways.h"

#include <plumb/process/pipe.hpp>
#include <plumb/socket.hpp>

// The same on plumb.

namespace {

using namespace plumb;

// What the descriptor is, for as long as a copy lasts: it stays the caller's.
template <class Stream>
class lent {
public:
    explicit lent(os::handle handle) : stream_(detail::fresh{handle}) {}
    lent(const lent&) = delete;
    ~lent() { (void)stream_.release(); }
    Stream& operator*() noexcept { return stream_; }

private:
    Stream stream_;
};

template <class From, class To>
void by_copy(int from, int to) {
    lent<From> source(from);
    lent<To> target(to);
    (void)copy(*source, *target).value();
}

template <class Stream>
void by_send_file(int from, int to) {
    lent<file> source(from);
    lent<Stream> target(to);
    (void)(*target).send_file(*source).value();
}

using local_socket = local::stream::socket;

}  // namespace

extern "C" const copy_subject copy_plumb = {
    "plumb copy", {by_copy<file, tcp::socket>, by_copy<file, local_socket>, by_copy<file, pipe_writer>, by_copy<tcp::socket, tcp::socket>}};
extern "C" const copy_subject copy_send_file = {"plumb send_file", {by_send_file<tcp::socket>, by_send_file<local_socket>, nullptr, nullptr}};
