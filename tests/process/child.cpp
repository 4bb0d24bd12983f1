// SPDX-License-Identifier: BSL-1.0
// What tests start: a program that shows how it was started, or behaves as it is told.
//   arguments WORD...     each word in brackets, on a line of its own
//   variable NAME         [value], or nothing
//   directory             where it is
//   exit CODE             exits with it
//   die                   by abort
//   cat                   its input on its output
//   fill OUTPUT ERROR     so many bytes on both, the error output's first
//   pour SIZE             so many bytes on both, a piece on each in turn
//   start                 starts one more of itself that says "both", and both run until they are ended
//   both
//   deaf                  reads nothing, says "deaf"
//   streams PATH          what its standard streams are, on a line each in that file
//   say HANDLE            a byte into what it was given under that number
//   wait                  runs until it is ended
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <process.h>
#else
#include <unistd.h>
#endif

namespace {

// Bytes as they are, on Windows as well.
void speak_plainly() {
#if defined(_WIN32)
    for (auto each : {stdin, stdout, stderr}) _setmode(_fileno(each), _O_BINARY);
#endif
}

// A pattern that goes on as it began, block after block.
const std::string& block() {
    static const auto made = [] {
        std::string bytes(23 * 2048, '\0');
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>('a' + i % 23);
        return bytes;
    }();
    return made;
}

bool write(std::FILE* to, std::size_t size) {
    for (std::size_t left = size; left > 0;) {
        auto next = left < block().size() ? left : block().size();
        if (std::fwrite(block().data(), 1, next, to) != next) return false;
        left -= next;
    }
    return std::fflush(to) == 0;
}

bool pour(std::size_t size) {
    for (std::size_t left = size; left > 0;) {
        auto next = left < block().size() ? left : block().size();
        if (!write(stdout, next) || !write(stderr, next)) return false;
        left -= next;
    }
    return true;
}

int run_another(const char* self) {
#if defined(_WIN32)
    return static_cast<int>(_spawnl(_P_WAIT, self, self, "both", nullptr));
#else
    return std::system((std::string(self) + " both").c_str());
#endif
}

bool say(const char* handle) {
#if defined(_WIN32)
    return _write(_open_osfhandle(std::atoll(handle), _O_APPEND | _O_BINARY), "x", 1) == 1;
#else
    return ::write(std::atoi(handle), "x", 1) == 1;
#endif
}

int cat() {
    char chunk[4096];
    while (auto size = std::fread(chunk, 1, sizeof chunk, stdin))
        if (std::fwrite(chunk, 1, size, stdout) != size) return 1;
    return std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
    speak_plainly();
    std::string_view wanted = count > 1 ? words[1] : "";
    if (wanted == "arguments") {
        for (int i = 2; i < count; ++i) std::printf("[%s]\n", words[i]);
    } else if (wanted == "variable" && count == 3) {
        if (auto value = std::getenv(words[2])) std::printf("[%s]", value);
    } else if (wanted == "directory") {
        std::printf("%s", std::filesystem::current_path().string().c_str());
    } else if (wanted == "exit" && count == 3) {
        return std::atoi(words[2]);
    } else if (wanted == "die") {
        std::abort();
    } else if (wanted == "cat") {
        return cat();
    } else if (wanted == "fill" && count == 4) {
        return write(stderr, std::stoul(words[3])) && write(stdout, std::stoul(words[2])) ? 0 : 1;
    } else if (wanted == "pour" && count == 3) {
        return pour(std::stoul(words[2])) ? 0 : 1;
    } else if (wanted == "start") {
        return run_another(words[0]);
    } else if (wanted == "both") {
        std::printf("both\n");
        std::fflush(stdout);
        for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    } else if (wanted == "deaf") {
        std::printf("deaf");
    } else if (wanted == "streams" && count == 3) {
        auto seen = std::fopen(words[2], "w");
        for (auto each : {"0", "1", "2"})
            std::fprintf(seen, "%s\n", std::filesystem::read_symlink(std::filesystem::path("/proc/self/fd") / each).string().c_str());
        return std::fclose(seen);
    } else if (wanted == "say" && count == 3) {
        return say(words[2]) ? 0 : 1;
    } else if (wanted == "wait") {
        for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    } else {
        return 99;
    }
    return 0;
}
