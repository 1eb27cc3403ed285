import CofferCrypto
import CofferModel

@testable import CofferStorage

/// What clients see of a store, and in which parts it changes.
struct StoreContents: Equatable {
    private(set) var cells: [Cell: Value] = [:]

    /// A part of the store that every change leaves as it was, or changes as a whole.
    enum Cell: Hashable, CustomStringConvertible {
        case bucket(String)
        case key(bucket: String, String)
        /// The upload of a key, of which there is at most one here.
        case upload(bucket: String, key: String)

        var description: String {
            switch self {
            case .bucket(let name): "bucket \(name)"
            case .key(let bucket, let key): "\(bucket)/\(key)"
            case .upload(let bucket, let key): "the upload of \(bucket)/\(key)"
            }
        }
    }

    /// Bytes stand for themselves by their digests.
    enum Value: Equatable {
        case bucket
        /// The newest first; nil for a delete marker.
        case versions([String?])
        case parts([Int: String])
        /// What is gone; other than for a change, it is left out.
        case nothing
    }

    static func digest(_ body: [UInt8]) -> String { hex(Digest.of(body, .md5)) }

    subscript(cell: Cell) -> Value? { cells[cell] }

    func versions(_ bucket: String, _ key: String) -> [String?] {
        if case .versions(let versions) = cells[.key(bucket: bucket, key)] { versions } else { [] }
    }

    func parts(_ bucket: String, _ key: String) -> [Int: String]? {
        if case .parts(let parts) = cells[.upload(bucket: bucket, key: key)] { parts } else { nil }
    }

    mutating func apply(_ values: [Cell: Value]) {
        for (cell, value) in values { cells[cell] = [.nothing, .versions([])].contains(value) ? nil : value }
    }

    /// Whether the cells have these values.
    func has(_ values: [Cell: Value]) -> Bool {
        var changed = self
        changed.apply(values)
        return changed == self
    }

    /// Returns how this differs from what is expected, for messages.
    func differences(from expected: StoreContents) -> [String] {
        Set(cells.keys).union(expected.cells.keys).filter { cells[$0] != expected.cells[$0] }
            .map { cell in
                "\(cell): \(cells[cell].map { "\($0)" } ?? "nothing") instead of "
                    + (expected.cells[cell].map { "\($0)" } ?? "nothing")
            }
            .sorted()
    }

    // MARK: Reading a store

    /// Reads all that a store has, every byte of it.
    init(of client: StoreClient) async throws {
        for bucket in try await client.buckets() {
            let name = bucket.name.description
            cells[.bucket(name)] = .bucket
            for version in try await client.versions(in: bucket) {
                let key = String(decoding: version.key.bytes, as: UTF8.self)
                let digest = version.isDeleteMarker ? nil : try await client.digest(of: version, in: bucket)
                cells[.key(bucket: name, key)] = .versions(versions(name, key) + [digest])
            }
            for upload in try await client.uploads(in: bucket) {
                let cell = Cell.upload(bucket: name, key: String(decoding: upload.key.bytes, as: UTF8.self))
                guard cells[cell] == nil else { throw Discrepancy("\(cell) is there twice") }
                let parts = try await client.store.parts(of: upload).map { ($0.number, $0.etag.value) }
                cells[cell] = .parts(Dictionary(parts) { $1 })
            }
        }
    }

    init() {}
}

/// What should not be so.
struct Discrepancy: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
