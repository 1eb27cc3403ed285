import CofferHTTP
import CofferModel
import CofferService

/// The trailing headers that `x-amz-trailer` announces. An aws-chunked body must be followed by exactly these, so that
/// no checksum is accepted without having been compared.
///
/// Source: S3 API Reference, "Signature Calculations for the Authorization Header: Including trailing headers".
struct AnnouncedTrailer: Sendable {
    /// In lower case.
    let names: [String]

    private static let header = "x-amz-trailer"

    /// - Throws: `InvalidRequest` for a name that is not a checksum header.
    init(_ request: S3Request) throws(S3Error) {
        guard request.headers[Self.header] != nil else {
            names = []
            return
        }
        let values = request.headers.all(Self.header).joined(separator: ",").lowercased()
        names = values.split(separator: ",").map { String($0.filter { $0 != " " && $0 != "\t" }) }
        guard names.allSatisfy({ $0.hasPrefix("x-amz-checksum-") }) else {
            throw S3Error(.invalidRequest, "The value specified in the x-amz-trailer header is not supported")
        }
    }

    /// - Parameter fields: the trailing headers that were received, without duplicates.
    /// - Throws: `MalformedTrailerError` unless they are exactly the announced ones.
    func check(_ fields: [(name: String, value: String)]) throws(S3Error) {
        guard fields.count == names.count, fields.allSatisfy({ names.contains($0.name) }) else {
            throw S3Error(.malformedTrailer)
        }
    }
}
