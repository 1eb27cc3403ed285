package import CofferModel

/// The meaning of `x-amz-content-sha256` for the body.
///
/// Source: S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload".
package enum PayloadHash: Sendable, Equatable {
    /// `UNSIGNED-PAYLOAD`, or no value where none is required.
    case unsigned
    /// The body's SHA-256 in hexadecimal.
    case sha256(String)
    /// An aws-chunked body, with or without signed chunks and trailing headers.
    case streaming(isSigned: Bool, hasTrailer: Bool)

    package init(header: String) throws(S3Error) {
        // Nearly every request has a digest.
        guard !Self.isSHA256(header) else {
            self = .sha256(header.lowercasedASCII)
            return
        }
        switch header {
        case "UNSIGNED-PAYLOAD": self = .unsigned
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": self = .streaming(isSigned: true, hasTrailer: false)
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": self = .streaming(isSigned: true, hasTrailer: true)
        case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": self = .streaming(isSigned: false, hasTrailer: true)
        default:
            throw .invalidArgument(
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                    + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER "
                    + "or a valid sha256 value.",
                name: "x-amz-content-sha256", value: header)
        }
    }

    private static func isSHA256(_ text: String) -> Bool {
        let bytes = text.utf8Span.span
        guard bytes.count == 64 else { return false }
        for index in 0..<64 {
            switch bytes[index] {
            case 48...57, 97...102, 65...70: continue
            default: return false
            }
        }
        return true
    }
}
