// SPDX-License-Identifier: BSL-1.0
#include "settings.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

settings read_settings(int count, char** words, const char* usage, settings chosen) {
    for (int i = 1; i < count; ++i) {
        std::string word = words[i];
        auto wrong = [&](const std::string& why) {
            std::fprintf(stderr, "%s: %s\n%s", program_invocation_short_name, why.c_str(), usage);
            std::exit(2);
        };
        auto value = [&]() -> std::string {
            if (i + 1 == count) wrong(word + " needs a value");
            return words[++i];
        };
        auto positive = [&] {
            auto text = value();
            char* end;
            auto number = std::strtod(text.c_str(), &end);
            if (*end || !(number > 0)) wrong(word + " takes a number above 0");
            return number;
        };
        if (word == "--help" || word == "-h") {
            std::fputs(usage, stdout);
            std::exit(0);
        }
        else if (word == "--list") chosen.list = true;
        else if (word == "--filter") chosen.filter = value();
        else if (word == "--duration") chosen.duration = positive();
        else if (word == "--repeat") chosen.rounds = static_cast<int>(positive() + 0.5);
        else if (word == "--json") chosen.json = value();
        else if (word == "--plot") chosen.plot = value();
        else if (word == "--times-only") chosen.counts = false;
        else if (word == "--counts-only") chosen.times = false;
        else wrong(word + ": unknown option");
    }
    return chosen;
}
