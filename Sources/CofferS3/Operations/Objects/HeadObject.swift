import CofferHTTP
import CofferModel
import CofferService

/// Returns the response of GetObject without the bytes.
struct HeadObject: S3Operation {
    private let read: ObjectRead

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        try ObjectRead.permissions(for: request)
    }

    init(_ request: S3Request) throws(S3Error) { read = try ObjectRead(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await read.respond(call, readsBytes: false) { .length(Int64($0.range.count)) }
    }
}
