import CofferHTTP
import CofferModel
import CofferService
import CofferStorage
import CofferSystem

/// Returns an object's bytes, or a range or part of them.
struct GetObject: S3Operation {
    private let read: ObjectRead

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        try ObjectRead.permissions(for: request)
    }

    init(_ request: S3Request) throws(S3Error) { read = try ObjectRead(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await read.respond(call, readsBytes: true) { selection async throws(S3Error) in
            try await content(of: selection, call)
        }
    }

    /// - Returns: nil if the bytes were removed after the object was looked up.
    @inline(never)
    private func content(
        of selection: ObjectRead.Selection, _ call: Authorized<Self>
    ) async throws(S3Error) -> HTTPBody? {
        try ArchivedObject.requireReadable(selection.object, at: call.request.time)
        let content = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.content(
                of: selection.object, in: selection.bucket, range: selection.range, key: selection.objectKey)
        }
        switch content {
        case .bytes(let bytes): return .bytes(bytes)
        case .reader(let reader):
            // Without TLS.
            let mapped = call.request.head.tlsVersion == nil ? await reader.mapped() : nil
            let stream = ObjectStream(
                reader, mapped: mapped, id: call.request.id, selection, log: call.service.context.log)
            return .stream(stream, count: Int64(selection.range.count))
        case .gone: return nil
        }
    }
}

/// A body that streams an object's bytes piece by piece.
private final class ObjectStream: HTTPBodyStream {
    let mapped: [MappedBytes]?
    private let reader: ContentReader
    private let id: RequestID
    private let selection: ObjectRead.Selection
    private let log: Log

    init(
        _ reader: ContentReader, mapped: [MappedBytes]?, id: RequestID, _ selection: ObjectRead.Selection, log: Log
    ) {
        self.reader = reader
        self.mapped = mapped
        self.id = id
        self.selection = selection
        self.log = log
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        do throws(StorageError) {
            return try reader.readCached(into: buffer)
        } catch {
            logEnd(error)
            return nil
        }
    }

    func advance() async -> Bool {
        do throws(StorageError) {
            return try await reader.advance()
        } catch {
            logEnd(error)
            return false
        }
    }

    private func logEnd(_ error: StorageError) {
        let key = PercentEncoding.encode(selection.object.key.bytes, keepingSlash: true)
        log.error(
            "\(id) GetObject: \(selection.bucket.name)/\(key), version \(selection.object.version), was cut off: "
                + (S3Error(storage: error).cause ?? "\(error)"))
    }
}
