import CofferHTTP
import CofferModel
import CofferStorage

/// An object's bytes, or a range or part of them.
struct GetObject: S3Operation {
    private let read: ObjectRead

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        try ObjectRead.permissions(for: request)
    }

    init(_ request: S3Request) throws(S3Error) { read = try ObjectRead(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try read.respond(call, readsBytes: true) { selection throws(S3Error) in
            try ArchivedObject.requireReadable(selection.object)
            let content = try askStore { () throws(StorageError) in
                try call.service.store.content(
                    of: selection.object, in: selection.bucket, range: selection.range, key: selection.objectKey)
            }
            switch content {
            case .bytes(let bytes): return .bytes(bytes)
            case .file(let descriptor, let offset, let count):
                return .file(FileBody(adopting: descriptor, offset: offset, count: count))
            case .reader(let reader):
                return .stream(ObjectStream(reader, log: call.service.log), count: Int64(selection.range.count))
            case .gone: return nil
            }
        }
    }
}

/// An object's bytes as a body that is made piece by piece.
private final class ObjectStream: HTTPBodyStream {
    private let reader: ContentReader
    private let log: Log

    init(_ reader: ContentReader, log: Log) {
        self.reader = reader
        self.log = log
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        do throws(StorageError) {
            return try reader.read(into: buffer)
        } catch {
            log.error("an object's bytes cannot be read: \(error)")
            return nil
        }
    }
}
