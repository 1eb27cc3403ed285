extension CellReader {
    /// What a cell must be, as the end of a sentence: "a date in the form YYYY-MM-DD".
    var expected: String {
        switch form {
        case .any: "a value"
        case .string(let format): format.expected
        case .number(let format): "a number\(format.expected)"
        case .integer(let format): "an integer\(format.expected)"
        case .boolean(let isTrue, let isFalse):
            "a boolean; allowed: \(Self.list(isTrue)) for true, \(Self.list(isFalse)) for false"
        case .date(let format): "a date\(format.expected(iso: "YYYY-MM-DD"))"
        case .time(let format): "a time\(format.expected(iso: "hh:mm:ss"))"
        case .dateTime(let format): "a date and time\(format.expected(iso: "YYYY-MM-DDThh:mm:ss"))"
        case .year: "a year in the form YYYY"
        case .yearMonth: "a month in the form YYYY-MM"
        case .duration: "an ISO 8601 duration, such as P1Y6M"
        case .geoPoint(let format): "a point in the form \(format.expected)"
        case .object: "a JSON object"
        case .array: "a JSON array"
        case .geoJSON: "a GeoJSON object"
        case .list(let delimiter, let item):
            "a list, separated by \(quoted(String(UnicodeScalar(delimiter)))), of which every item is \(item.expected)"
        }
    }

    /// The first few of the texts.
    private static func list(_ set: TextSet) -> String {
        set.texts.prefix(4).map { quoted(String(decoding: $0, as: UTF8.self)) }.joined(separator: ", ")
    }
}

extension CellReader.StringFormat {
    fileprivate var expected: String {
        switch self {
        case .default: "a string"
        case .email: "an e-mail address"
        case .uri: "a URI"
        case .binary: "Base64 text"
        case .uuid: "a UUID"
        }
    }
}

extension NumberFormat {
    /// The characters that differ from the default ones.
    fileprivate var expected: String {
        let plain = NumberFormat()
        let parts = [("decimalChar", decimal, plain.decimal), ("groupChar", group, plain.group)]
            .filter { $0.1 != $0.2 }.map { "\($0.0) \(quoted(String(decoding: $0.1, as: UTF8.self)))" }
        return parts.isEmpty ? "" : " with \(parts.joined(separator: " and "))"
    }
}

extension CellReader.DateFormat {
    fileprivate func expected(iso: String) -> String {
        switch self {
        case .iso: " in the form \(iso)"
        case .pattern(let pattern): " in the form \(quoted(pattern.text))"
        case .any: ""
        }
    }
}

extension CellReader.GeoPointFormat {
    fileprivate var expected: String {
        switch self {
        case .default: "longitude, latitude"
        case .array: "[longitude, latitude]"
        case .object: "{\"lon\": longitude, \"lat\": latitude}"
        }
    }
}
