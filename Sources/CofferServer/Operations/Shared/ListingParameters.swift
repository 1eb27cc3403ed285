import CofferModel

/// Query parameters that all listings have, each under names of its own.
enum ListingParameters {
    /// A number from 0 on.
    ///
    /// - Returns: nil if it is not given.
    static func number(_ name: String, _ request: S3Request) throws(S3Error) -> Int? {
        guard let text = request.query[name], !text.isEmpty else { return nil }
        let words = name.split(at: "-")
        let camel = words.dropFirst().reduce(String(words[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
        if let number = Int(text), !(0...Int(Int32.max)).contains(number) {
            throw .invalidArgument(
                "Argument \(camel) must be an integer between 0 and 2147483647", name: camel, value: text)
        }
        guard let number = Int(text) else {
            throw .invalidArgument(
                "Provided \(name) not an integer or within integer range", name: name, value: text)
        }
        return number
    }

    /// Whether names are wanted percent-encoded.
    static func isEncoded(_ request: S3Request) throws(S3Error) -> Bool {
        switch request.query["encoding-type"] {
        case nil, "": return false
        case "url": return true
        case let value?:
            throw .invalidArgument("Invalid Encoding Method specified in Request", name: "encoding-type", value: value)
        }
    }

    /// A name as the client wants it: as it is, or percent-encoded.
    static func text(_ name: [UInt8], isEncoded: Bool) -> String {
        isEncoded ? PercentEncoding.encode(name, keepingSlash: true) : String(decoding: name, as: UTF8.self)
    }
}
