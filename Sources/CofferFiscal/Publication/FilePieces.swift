import CofferCrypto

/// The bytes of a file as a sequence that fails at the end if their MD5 is not the expected one.
struct FilePieces: AsyncSequence, Sendable {
    let file: any PackageFile
    let md5: String

    final class AsyncIterator: AsyncIteratorProtocol {
        private let file: any PackageFile
        private let md5: String
        private var digest: Digest? = Digest(.md5)

        init(file: any PackageFile, md5: String) {
            self.file = file
            self.md5 = md5
        }

        func next() async throws -> [UInt8]? {
            if let piece = try await file.next() {
                digest?.update(piece.span)
                return piece
            }
            if let digest = digest.take(), hex(digest.finalize()) != md5 {
                throw SourceError.failed("it changed after validation")
            }
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file, md5: md5) }
}
