import CofferHTTP
import CofferModel
import CofferStorage

/// An object's bytes, or a range of them.
struct GetObject: S3Operation {
    private let read: ObjectRead

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        try ObjectRead.permissions(for: request)
    }

    init(_ request: S3Request) throws(S3Error) { read = try ObjectRead(request) }

    func perform(_ call: Authorized<Self>) async throws(S3Error) -> HTTPResponse {
        try read.respond(call) { object, range throws(S3Error) in
            let content = try askStore { () throws(StorageError) in
                try call.service.store.content(of: object, range: range)
            }
            switch content {
            case .bytes(let bytes): return .bytes(bytes)
            case .file(let descriptor, let offset, let count):
                return .file(FileBody(adopting: descriptor, offset: offset, count: count))
            case .gone: return nil
            }
        }
    }
}
