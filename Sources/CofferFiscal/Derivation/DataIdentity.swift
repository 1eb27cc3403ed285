import CofferCrypto

/// A file of a resource that cannot be read.
struct UnreadableFile: Error {
    let place: FilePlace
    let error: SourceError
}

/// Identifies the data of a table, to see whether it changed: by the ETag of each file, or otherwise the MD5 of its
/// bytes.
struct DataIdentity {
    let source: any PackageSource

    /// - Returns: nil if it is unknown whether the data changed.
    func identity(_ resource: Resource) async throws(UnreadableFile) -> String? {
        switch resource.content {
        case .none: return nil
        // The identity of the descriptor covers inline data.
        case .inline: return "inline"
        case .paths, .urls:
            var identities: [String] = []
            for place in resource.places {
                guard let identity = try await identity(place) else { return nil }
                identities.append(identity)
            }
            return identities.joined(separator: " ")
        }
    }

    private func identity(_ place: FilePlace) async throws(UnreadableFile) -> String? {
        let files = ResourceFiles(source: source)
        do throws(SourceError) {
            if files.hasETag(place) { return try await files.etag(place) }
            var digest = Digest(.md5)
            let file = try await files.open(place)
            while let piece = try await file.next() { digest.update(piece.span) }
            return hex(digest.finalize())
        } catch {
            // Some servers do not support HEAD.
            if case .url = place { return nil }
            throw UnreadableFile(place: place, error: error)
        }
    }
}
