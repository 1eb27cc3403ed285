import CofferCrypto
import CofferModel

/// The position where a listing continues, as an opaque token: the last entry's name.
enum ContinuationToken {
    private static let version: UInt8 = 1

    static func encode(_ name: [UInt8]) -> String { base64([version] + name) }

    /// - Throws: `InvalidArgument` for anything that ``encode(_:)`` did not create.
    static func decode(_ token: String) throws(S3Error) -> [UInt8] {
        // A "+" in the token may arrive as a space.
        let text = String(token.map { $0 == " " ? "+" : $0 })
        guard let bytes = bytes(base64: text), bytes.first == version, bytes.count > 1 else {
            throw .invalidArgument(
                "The continuation token provided is incorrect", name: "continuation-token", value: token)
        }
        return Array(bytes.dropFirst())
    }
}
