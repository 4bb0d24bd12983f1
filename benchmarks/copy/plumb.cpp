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

template <class Stream>
void by_copy(const char* path, int to) {
    auto from = file::open(path).value();
    lent<Stream> target(to);
    (void)copy(from, *target).value();
}

template <class Stream>
void by_send_file(const char* path, int to) {
    lent<Stream> target(to);
    (void)(*target).send_file(path).value();
}

}  // namespace

extern "C" const copy_subject copy_plumb = {"plumb copy", {by_copy<tcp::socket>, by_copy<local::stream::socket>, by_copy<pipe_writer>}};
extern "C" const copy_subject copy_send_file = {"plumb send_file",
                                                {by_send_file<tcp::socket>, by_send_file<local::stream::socket>, nullptr}};
