/// The bytes of an object: in memory, or to be read piece by piece.
package enum StoredContent: Sendable {
    case bytes([UInt8])
    case reader(ContentReader)
    /// The object was replaced or deleted since it was looked up, and its bytes are gone.
    case gone
}

extension ObjectStore {
    /// Returns the bytes of a range of an object.
    ///
    /// - Parameter key: the object's key, if the object is encrypted.
    /// - Throws: ``StorageError/damaged(_:)`` if the bytes are missing or not what was written, as far as that is
    ///   detected before they are read.
    package func content(
        of object: ObjectRecord, in bucket: Bucket, range: Range<Int64>, key: [UInt8]? = nil
    ) async throws(StorageError) -> StoredContent {
        guard !range.isEmpty else { return .bytes([]) }
        guard (object.encryption == nil) == (key == nil) else {
            throw StorageError.failed("only an encrypted object is read with a key, and never without it")
        }
        return try await damage.counting { () async throws(StorageError) in
            let extents = Extent.slice(object.extents, range)
            if extents.count == 1, key == nil { return try await content(of: extents[0], of: object, in: bucket) }
            guard let reader = try await reader(of: extents, of: object, in: bucket, key: key) else { return .gone }
            let isLittle =
                range.count <= StorageLimits.inlineByteCount
                && extents.count <= StorageLimits.segmentsAtOnce
            return isLittle ? .bytes(try await reader.readAll()) : .reader(reader)
        }
    }

    /// - Returns: nil if the bytes are gone.
    private func reader(
        of extents: [Extent], of object: ObjectRecord, in bucket: Bucket, key: [UInt8]?
    ) async throws(StorageError) -> ContentReader? {
        let jobs = jobs
        let pin = SegmentPin(extents.map(\.segment), pins: pins) { jobs.wake(GarbageCollection.name) }
        // Segments that are still named after pinning stay until the pin is released.
        guard try await isCurrent(object, in: bucket) else { return nil }
        let reader = ContentReader(
            extents: extents, key: key, opener: opener, damage: damage, blocking: blocking, pin: pin)
        // But a segment in the catalog that is an object's only one is removed together with that object. It can also
        // be the first of an object of several segments, if a copy was made before the others were appended. So the
        // first is opened now.
        return try await reader.openFirst() ? reader : nil
    }

    /// Returns whether the version is unchanged since it was looked up, except for appended bytes.
    private func isCurrent(_ object: ObjectRecord, in bucket: Bucket) async throws(StorageError) -> Bool {
        let present = try await self.object(object.key, version: object.version, in: bucket)
        return present?.sequence == object.sequence
    }

    /// Returns the content of one unencrypted segment. Bytes in the catalog are always verified completely, whatever
    /// range is requested, and an open file remains readable without a pin.
    private func content(
        of extent: Extent, of object: ObjectRecord, in bucket: Bucket
    ) async throws(StorageError) -> StoredContent {
        let found = if let known = object.layout.segment { known } else { try await opener.segment(extent.segment) }
        guard let known = found else { return .gone }
        if let bytes = known.bytes {
            guard known.isGenuine, bytes.count >= extent.offset + extent.count else {
                throw .damaged("segment \(extent.segment) in the catalog is not what was written")
            }
            let isWhole = extent.count == bytes.count
            return .bytes(isWhole ? bytes : Array(bytes[Int(extent.offset)..<Int(extent.offset + extent.count)]))
        }
        let reader = ContentReader(
            extents: [extent], key: nil, opener: opener, damage: damage, blocking: blocking, pin: nil)
        do throws(StorageError) {
            return try await reader.openFirst(known: known) ? .reader(reader) : .gone
        } catch {
            // Without a pin the file may have been removed with the object.
            guard case .damaged = error, try await !isCurrent(object, in: bucket) else { throw error }
            return .gone
        }
    }

    /// Reads an object's bytes on a thread that may block, a megabyte at a time.
    ///
    /// - Throws: ``StorageError/sourceChanged`` if the bytes are gone, ``StorageError/damaged(_:)`` if they are not what
    ///   was written, ``StorageError/busy``.
    package func read(
        _ object: ObjectRecord, in bucket: Bucket, range: Range<Int64>, key: [UInt8]? = nil,
        _ take: @escaping @Sendable (Span<UInt8>) throws(StorageError) -> Void
    ) async throws(StorageError) {
        guard !range.isEmpty else { return }
        try await contentReads.run { () async throws(StorageError) in
            try await blocking.run { () async throws(StorageError) in
                try await readNow(object, in: bucket, range: range, key: key, take)
            }
        }
    }

    private func readNow(
        _ object: ObjectRecord, in bucket: Bucket, range: Range<Int64>, key: [UInt8]?,
        _ take: (Span<UInt8>) throws(StorageError) -> Void
    ) async throws(StorageError) {
        let extents = Extent.slice(object.extents, range)
        let found = try await damage.counting { () async throws(StorageError) in
            try await reader(of: extents, of: object, in: bucket, key: key)
        }
        guard let reader = found else { throw StorageError.sourceChanged }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        repeat {
            var span = buffer.mutableSpan
            let count = try span.withUnsafeMutableBytes { buffer throws(StorageError) in try reader.read(into: buffer) }
            try take(buffer.span.extracting(first: count))
        } while try await reader.advance()
    }
}
