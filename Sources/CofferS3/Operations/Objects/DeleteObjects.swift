import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Deletes up to 1,000 objects or versions, each with its own outcome.
struct DeleteObjects: S3Operation {
    static let body = BodyKind.document(limit: Limits.deleteDocumentByteCount, needsDigest: true)
    static let mustNameChecksum = true

    private let bypassesGovernance: Bool

    /// Returns the permission to delete some key. Each key is checked when the keys are known.
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        var permission = try request.permission("s3:DeleteObject")
        permission.isForSomeKey = true
        return [permission]
    }

    init(_ request: S3Request) { bypassesGovernance = GovernanceBypass.isAsked(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try GovernanceBypass.check(call)
        let bucket = try call.bucket
        let root = try XMLElement.parse(try body.finish().requireDocument(), root: "Delete")
        let elements = root.all("Object")
        try root.rejectUnknownChildren(["Quiet"], lists: ["Object"])
        let isQuiet = try root.flag("Quiet") ?? false
        guard (1...Limits.deleteKeyCount).contains(elements.count) else { throw S3Error(.malformedXML) }
        var items: [Item] = []
        var deniedCount = 0
        for element in elements {
            var item = try await Item(element, bypassesGovernance: bypassesGovernance) { key async throws(S3Error) in
                try await call.missing(key)
            }
            if item.refusal == nil {
                item.refusal = try await refusal(of: &item, call, isExplained: deniedCount < KeyRefusals.explainedCount)
                if item.refusal != nil { deniedCount += 1 }
            }
            items.append(item)
        }
        let deletions = items.compactMap { $0.refusal == nil ? $0.deletion : nil }
        let stored = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.delete(deletions, in: bucket)
        }
        let outcomes = Self.outcomes(of: items, stored[...])
        var response = HTTPResponse.xml(Self.result(outcomes, isQuiet: isQuiet))
        var refusals = KeyRefusals(askedCount: items.count)
        for case (let item, .failure(let error)) in outcomes { refusals.add(error, key: item.name) }
        refusals.note(in: &response)
        return response
    }

    private struct Item: Sendable {
        let name: String
        let version: String?
        /// nil if the item is refused.
        var deletion: Deletion?
        let asksForContent: Bool
        var refusal: S3Error?

        init(
            _ element: XMLElement, bypassesGovernance: Bool, missing: (ObjectKey) async throws(S3Error) -> S3Error
        ) async throws(S3Error) {
            try element.rejectUnknownChildren(["Key", "VersionId", "ETag", "LastModifiedTime", "Size"])
            guard let name = element["Key"]?.text, !name.isEmpty else { throw S3Error(.malformedXML) }
            self.name = name
            let version = element["VersionId"].map(\.text)
            self.version = version
            let conditions = try DeletePreconditions(element)
            asksForContent = conditions.asksForContent
            do throws(S3Error) {
                let key = try ObjectKey(Array(name.utf8))
                var id: VersionID?
                if let version { id = try VersionID(version) }
                let condition = try await conditions.condition(version: id) { () async throws(S3Error) in
                    try await missing(key)
                }
                deletion = Deletion(
                    key: key, version: id, condition: condition,
                    bypassesGovernance: bypassesGovernance)
            } catch {
                deletion = nil
                refusal = Self.refusal(error)
            }
        }

        /// Translates errors about version ids: here a version id that was never issued is reported as missing, not as
        /// a malformed argument.
        static func refusal(_ error: S3Error) -> S3Error {
            error.code == .invalidArgument ? S3Error(.noSuchVersion) : error
        }
    }

    /// Returns why an item may not be deleted; nil if it may, subject to the conditions that the item then has.
    ///
    /// - Parameter isExplained: whether the reason is determined as well.
    private func refusal(
        of item: inout Item, _ call: Authorized<Self>, isExplained: Bool
    ) async throws(S3Error) -> S3Error? {
        guard let key = item.deletion?.key else { return S3Error(.accessDenied) }
        let state = try call.state
        let bucket = state.bucket.name
        var removal = Permission(
            item.version == nil ? "s3:DeleteObject" : "s3:DeleteObjectVersion", bucket: bucket, key: key)
        removal.version = item.deletion?.version
        let further =
            (item.asksForContent ? ["s3:GetObject"] : [])
            + (bypassesGovernance ? ["s3:BypassGovernanceRetention"] : [])
        for permission in [removal] + further.map({ Permission($0, bucket: bucket, key: key) }) {
            guard let basis = try await call.access.basis(for: permission, in: state, service: call.service) else {
                guard isExplained else { return S3Error(.accessDenied) }
                return await call.access.refusal(of: permission, in: state, service: call.service)
            }
            let allowed = AllowedPermission(permission: permission, state: state, basis: basis)
            let condition = item.deletion?.condition
            item.deletion?.condition = call.condition(condition, and: allowed)
        }
        return nil
    }

    private typealias Outcome = (item: Item, result: Result<DeletionOutcome, S3Error>)

    /// - Parameter stored: the outcomes of the items that were not refused.
    private static func outcomes(
        of items: [Item], _ stored: ArraySlice<Result<DeletionOutcome, S3Error>>
    ) -> [Outcome] {
        var rest = stored
        return items.compactMap { item in
            (item.refusal.map { .failure($0) } ?? rest.popFirst()?.mapError(Item.refusal)).map { (item, $0) }
        }
    }

    private static func result(_ outcomes: [Outcome], isQuiet: Bool) -> [UInt8] {
        XMLWriter.document("DeleteResult") { xml in
            for (item, result) in outcomes {
                switch result {
                case .failure(let error): write(item, error, to: &xml)
                case .success(let outcome) where !isQuiet: write(item, outcome, to: &xml)
                case .success: break
                }
            }
        }
    }

    private static func write(_ item: Item, _ error: S3Error, to xml: inout XMLWriter) {
        xml.element("Error") { xml in
            xml.element("Key", item.name)
            xml.optional("VersionId", item.version)
            xml.element("Code", error.code.name)
            xml.element("Message", error.message)
        }
    }

    /// Writes an outcome. A new delete marker is reported by its own id, a removed one by the requested id.
    private static func write(_ item: Item, _ outcome: DeletionOutcome, to xml: inout XMLWriter) {
        xml.element("Deleted") { xml in
            xml.element("Key", item.name)
            xml.optional("VersionId", item.version)
            guard outcome.isDeleteMarker else { return }
            xml.element("DeleteMarker", "true")
            xml.optional("DeleteMarkerVersionId", outcome.version?.description)
        }
    }
}
