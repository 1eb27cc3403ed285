import CofferHTTP
import CofferModel
import CofferStorage

/// Deletes up to 1,000 objects or versions, each with an outcome of its own.
struct DeleteObjects: S3Operation {
    static let body = BodyKind.document(limit: Limits.deleteDocumentByteCount, needsDigest: true)

    private let bypassesGovernance: Bool

    /// What may be deleted is asked key by key, when the keys are known.
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        var permission = Permission("s3:DeleteObject", bucket: try request.bucketName())
        permission.isForSomeKey = true
        return [permission]
    }

    init(_ request: S3Request) { bypassesGovernance = GovernanceBypass.isAsked(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try GovernanceBypass.check(call)
        let bucket = try call.bucket
        let root = try XMLElement.parse(try body.finish().document, root: "Delete")
        let elements = root.all("Object")
        guard (1...Limits.deleteKeyCount).contains(elements.count) else { throw S3Error(.malformedXML) }
        var items: [Item] = []
        for element in elements {
            var item = try Item(element, bypassesGovernance: bypassesGovernance) { key throws(S3Error) in
                try call.missing(key, in: bucket)
            }
            if item.refusal == nil { item.refusal = try refusal(of: &item, call) }
            items.append(item)
        }
        let deletions = items.compactMap { $0.refusal == nil ? $0.deletion : nil }
        let outcomes = try await awaitStore { () async throws(StorageError) in
            try await call.service.store.delete(deletions, in: bucket)
        }
        return .xml(Self.result(items, outcomes[...], isQuiet: root["Quiet"]?.text == "true"))
    }

    private struct Item: Sendable {
        let name: String
        let version: String?
        /// nil where the item is refused.
        var deletion: Deletion?
        let asksForContent: Bool
        var refusal: S3Error?

        init(
            _ element: XMLElement, bypassesGovernance: Bool, missing: (ObjectKey) throws(S3Error) -> S3Error
        ) throws(S3Error) {
            guard let name = element["Key"]?.text, !name.isEmpty else { throw S3Error(.malformedXML) }
            self.name = name
            let version = element["VersionId"].map(\.text)
            self.version = version
            let conditions = try DeleteConditions(element)
            asksForContent = conditions.asksForContent
            do throws(S3Error) {
                let key = try ObjectKey(Array(name.utf8))
                var id: VersionID?
                if let version { id = try VersionID(version) }
                let condition = try conditions.condition(version: id) { () throws(S3Error) in try missing(key) }
                deletion = Deletion(
                    key: key, version: id, condition: condition,
                    bypassesGovernance: bypassesGovernance)
            } catch {
                deletion = nil
                refusal = error.code == .invalidArgument ? S3Error(.noSuchVersion) : error
            }
        }
    }

    /// Why an item may not be deleted; nil if it may, under the conditions that it then has.
    private func refusal(of item: inout Item, _ call: Authorized<Self>) throws(S3Error) -> S3Error? {
        guard let key = item.deletion?.key else { return S3Error(.accessDenied) }
        let action = item.version == nil ? "s3:DeleteObject" : "s3:DeleteObjectVersion"
        var permission = Permission(action, bucket: try call.bucket.name, key: key)
        permission.version = item.deletion?.version
        guard let ground = try call.access.ground(for: permission, service: call.service) else {
            return S3Error(.accessDenied)
        }
        let condition = item.deletion?.condition
        item.deletion?.condition = try call.condition(condition, and: permission, on: ground)
        if item.asksForContent, try !call.isAllowed("s3:GetObject", key) { return S3Error(.accessDenied) }
        guard bypassesGovernance else { return nil }
        return try call.isAllowed("s3:BypassGovernanceRetention", key) ? nil : S3Error(.accessDenied)
    }

    private static func result(
        _ items: [Item], _ outcomes: ArraySlice<Result<DeletionOutcome, S3Error>>, isQuiet: Bool
    ) -> [UInt8] {
        var rest = outcomes
        return XMLWriter.document("DeleteResult") { xml in
            for item in items {
                let outcome = item.refusal.map { .failure($0) } ?? rest.popFirst()
                switch outcome {
                case .failure(let error): write(item, error, to: &xml)
                case .success(let outcome) where !isQuiet: write(item, outcome, to: &xml)
                case .success, nil: break
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

    /// A marker that was made is told by its own id, one that was removed by the id that was asked for.
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
