// SPDX-License-Identifier: BSL-1.0
#include "figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <utility>

spread spread_of(std::vector<double> values) {
    std::ranges::sort(values);
    auto at = [&](double share) {
        auto place = share * static_cast<double>(values.size() - 1);
        auto low = static_cast<std::size_t>(place);
        auto high = std::min(low + 1, values.size() - 1);
        return values[low] + (values[high] - values[low]) * (place - static_cast<double>(low));
    };
    return {at(0.5), at(0.25), at(0.75)};
}

std::string grouped(double number) {
    auto digits = std::to_string(std::llround(number));
    for (auto place = static_cast<int>(digits.size()) - 3; place > 0; place -= 3) digits.insert(static_cast<std::size_t>(place), 1, ',');
    return digits;
}

std::string rounded(double number, int places) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", places, number);
    return text;
}

std::string number(double value) {
    return std::abs(value - std::round(value)) < 0.005 ? std::to_string(std::llround(value)) : rounded(value, 2);
}

std::string bytes(std::size_t size) {
    return size < 1024 ? std::to_string(size) + " B" : std::to_string(size / 1024) + " KiB";
}

std::string in_json(const std::string& text) {
    std::string quoted = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string in_json(const spread& values) {
    char text[200];
    std::snprintf(text, sizeof text, R"({"median": %.6g, "lower_quartile": %.6g, "upper_quartile": %.6g})", values.median, values.lower, values.upper);
    return text;
}

std::string in_json(const std::optional<std::map<std::string, double>>& counts) {
    if (!counts) return "null";
    std::ostringstream out;
    const char* between = "{";
    for (auto& [name, count] : *counts) out << std::exchange(between, ", ") << in_json(name) << ": " << count;
    return (counts->empty() ? "{" : out.str()) + "}";
}
