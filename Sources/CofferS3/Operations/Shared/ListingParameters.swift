import CofferModel
import CofferService

/// The query parameters that all listings share, each listing under its own names.
enum ListingParameters {
    /// Returns a number of 0 or more.
    ///
    /// - Returns: nil if the parameter is missing.
    static func number(_ name: String, _ request: S3Request) throws(S3Error) -> Int? {
        guard let text = request.query[name] else { return nil }
        guard let number = Int32(text) else {
            throw .invalidArgument(
                "Provided \(name) not an integer or within integer range", name: name, value: text)
        }
        guard number >= 0 else {
            // The error uses another name for this parameter than the query does.
            let name = name == "max-keys" ? "maxKeys" : name
            throw .invalidArgument(
                "Argument \(name) must be an integer between 0 and 2147483647", name: name, value: text)
        }
        return Int(number)
    }

    /// Returns whether the client wants percent-encoded names.
    static func isEncoded(_ request: S3Request) throws(S3Error) -> Bool {
        switch request.query["encoding-type"] {
        case nil: return false
        case "url": return true
        case let value?:
            throw .invalidArgument("Invalid Encoding Method specified in Request", name: "encoding-type", value: value)
        }
    }

    /// Returns a name as the client wants it: unchanged or percent-encoded.
    static func text(_ name: [UInt8], isEncoded: Bool) -> String {
        isEncoded ? PercentEncoding.encode(name, keepingSlash: true) : String(decoding: name, as: UTF8.self)
    }
}
