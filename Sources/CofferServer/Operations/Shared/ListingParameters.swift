import CofferModel

/// Query parameters that all listings have, each under names of its own.
enum ListingParameters {
    /// A number from 0 on.
    ///
    /// - Returns: nil if it is not given.
    static func number(_ name: String, _ request: S3Request) throws(S3Error) -> Int? {
        guard let text = request.query[name] else { return nil }
        guard let number = Int32(text) else {
            throw .invalidArgument(
                "Provided \(name) not an integer or within integer range", name: name, value: text)
        }
        guard number >= 0 else {
            // The error calls this one by another name than the query does.
            let name = name == "max-keys" ? "maxKeys" : name
            throw .invalidArgument(
                "Argument \(name) must be an integer between 0 and 2147483647", name: name, value: text)
        }
        return Int(number)
    }

    /// Whether names are wanted percent-encoded.
    static func isEncoded(_ request: S3Request) throws(S3Error) -> Bool {
        switch request.query["encoding-type"] {
        case nil: return false
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
