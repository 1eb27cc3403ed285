import CofferSystem

@testable import CofferStorage

extension MemoryCatalog {
    /// Opens a store over the catalog; several stores may be open at the same time. Bodies beyond the inline limit are
    /// in the store's own directory.
    ///
    /// - Parameter path: a data directory; stores over the same catalog need the same `secrets.key` in theirs.
    func openStore(
        path: String, clock: ServiceClock, onFault: @escaping @Sendable (StorageError) -> Void
    ) async throws -> ObjectStore {
        let engine = try await StorageEngine(
            path: path, syncs: false, reserveByteCount: 0, fileSystem: PosixFileSystem(), clock: clock,
            onNotice: { _ in }
        ) { _, _ in self }
        return try await ObjectStore(engine, inlineLimit: 32 << 10, clock: clock, onFault: onFault, onNotice: { _ in })
    }
}
