// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function 'plumb::.*bytes::bytes\(char \(&\)|conversion .*ambiguous|no matching function for call to .*write
// clang says: conversion function from|call to deleted|no matching member function for call to 'write'|selects deleted|invokes a deleted
#include <plumb/socket.hpp>
#include <string_view>
using namespace plumb;

void f(tcp::socket& peer) {
#ifdef WRONG
    char text[6] = "hello"; (void)peer.write(text);
#else
    char text[6] = "hello"; (void)peer.write(std::string_view(text));
#endif
}
