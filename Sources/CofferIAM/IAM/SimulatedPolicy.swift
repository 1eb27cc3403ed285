import CofferAccess
import CofferModel
import CofferStorage

/// A policy in a simulation, with its name and type in the response.
struct SimulatedPolicy: Sendable {
    let id: String
    /// Source: IAM API Reference, Statement.
    let type: String
    let policy: Policy
    /// The positions of its statements.
    let spans: [StatementPositions.Span]
    let byteCount: Int

    private init(id: String, type: String, document: String, _ policy: Policy) throws(S3Error) {
        self.id = id
        self.type = type
        self.policy = policy
        let bytes = Array(document.utf8)
        spans = StatementPositions.spans(in: bytes)
        byteCount = bytes.count
        guard spans.count == policy.statementCount else {
            throw .internalError("the statements of a policy were not found in its text")
        }
    }

    /// Creates an identity-based policy.
    ///
    /// - Throws: `InvalidInput` for a malformed document.
    init(id: String, type: String, document: String) throws(S3Error) {
        try self.init(
            id: id, type: type, document: document,
            try Self.valid { () throws(S3Error) in try Policy(identityDocument: Array(document.utf8)) })
    }

    /// Creates a stored policy. One that cannot be read denies everything, as it does for actual requests.
    init(id: String, type: String, kept document: String, in snapshot: IdentitySnapshot) throws(S3Error) {
        let policy = snapshot.policy(ofDocument: document)
        let isReadable = StatementPositions.spans(in: Array(document.utf8)).count == policy.statementCount
        try self.init(
            id: id, type: type, document: isReadable ? document : ManagedPolicy.denyAll.document, policy)
    }

    /// Creates the policy of a bucket, to which all requested resources must belong.
    ///
    /// - Throws: `InvalidInput` for a malformed document, and for resources of several buckets or of other services
    ///   than S3.
    init(resourcePolicy document: String, of resources: [String]) throws(S3Error) {
        let prefix = "arn:aws:s3:::"
        let names = Set(resources.map { $0.hasPrefix(prefix) ? $0.dropFirst(prefix.count).prefix { $0 != "/" } : "" })
        guard let text = names.first, names.count == 1, !text.isEmpty else {
            throw S3Error(
                .invalidInput,
                "ResourcePolicy must be applicable to all of ResourceArns: use the policy of one bucket, and only that "
                    + "bucket and objects in it as resources.")
        }
        try self.init(
            id: "ResourcePolicy", type: "resource", document: document,
            try Self.valid { () throws(S3Error) in
                try Policy(document: Array(document.utf8), bucket: try BucketName(String(text)))
            })
    }

    /// Reads the documents in a list of the request.
    static func read(_ parameters: QueryParameters, _ name: String) throws(S3Error) -> [SimulatedPolicy] {
        var policies: [SimulatedPolicy] = []
        for (index, document) in try parameters.texts(name, atMost: IAMLimits.simulatedPolicies).enumerated() {
            policies.append(try SimulatedPolicy(id: "\(name).\(index + 1)", type: "none", document: document))
        }
        return policies
    }

    private static func valid(_ read: () throws(S3Error) -> Policy) throws(S3Error) -> Policy {
        do throws(S3Error) {
            return try read()
        } catch {
            throw S3Error(.invalidInput, error.message)
        }
    }

    /// Returns the policy under another name, by which its statements are identified in the result.
    func named(_ name: String) -> Policy {
        var policy = policy
        policy.name = name
        return policy
    }
}

/// The user, group or role whose policies are simulated, including the groups of a user.
struct SimulatedSource: Sendable {
    let arn: String
    let policies: [SimulatedPolicy]
    let boundary: SimulatedPolicy?

    /// - Throws: `NoSuchEntity` if the ARN names none of these.
    init(_ call: AuthorizedQuery) throws(S3Error) {
        arn = try call.parameters.required("PolicySourceArn")
        let found = try Self.holders(arn, call)
        var policies: [SimulatedPolicy] = []
        for holder in found.holders { policies += try Self.policies(of: holder, call) }
        self.policies = policies
        let snapshot = call.request.snapshot
        boundary = try found.boundary.flatMap(snapshot.document(ofPolicy:)).map { document throws(S3Error) in
            try SimulatedPolicy(id: "PermissionsBoundary", type: "none", kept: document, in: snapshot)
        }
    }

    private static func holders(
        _ arn: String, _ call: AuthorizedQuery
    ) throws(S3Error) -> (holders: [any IAMPolicyHolder], boundary: String?) {
        let (directory, account) = (call.directory, call.account)
        let name = String(arn.split(at: "/").last ?? "")
        if let user = directory.users[name], user.arn(in: account) == arn {
            let groups = directory.groups.values.filter { user.groupIDs.contains($0.id) }.sorted { $0.name < $1.name }
            return ([user] + groups, user.boundary)
        }
        if let group = directory.groups[name], group.arn(in: account) == arn { return ([group], nil) }
        guard let role = directory.roles[name], role.arn(in: account) == arn else {
            throw .noSuchEntity("The entity \(arn) cannot be found.")
        }
        return ([role], role.boundary)
    }

    private static func policies(
        of holder: any IAMPolicyHolder, _ call: AuthorizedQuery
    ) throws(S3Error) -> [SimulatedPolicy] {
        let snapshot = call.request.snapshot
        var policies: [SimulatedPolicy] = []
        for arn in holder.attachedPolicies {
            guard let document = snapshot.document(ofPolicy: arn) else { continue }
            let type = ManagedPolicy(arn: arn) == nil ? "user-managed" : "aws-managed"
            policies.append(
                try SimulatedPolicy(
                    id: String(arn.split(at: "/").last ?? ""), type: type, kept: document, in: snapshot))
        }
        let type = holder is IAMUser ? "user" : holder is IAMGroup ? "group" : "role"
        for (name, document) in holder.inlinePolicies.sorted(by: { $0.key < $1.key }) {
            policies.append(
                try SimulatedPolicy(
                    id: "\(type)_\(holder.name)_\(name)", type: type, kept: document, in: snapshot))
        }
        return policies
    }
}
