import CofferHTTP
import CofferModel
import CofferSigning
import CofferStorage

/// An operation of the S3 API: what it needs, what it reads of a request, what it does.
///
/// To add one: a file of its name in `Operations`, and its line in ``Router``.
protocol S3Operation: Sendable {
    /// The name in the S3 API Reference.
    static var name: String { get }
    /// What becomes of the request's body.
    static var body: BodyKind { get }
    /// Why it is never done for anonymous callers, whatever policies and ACLs allow; nil if it may be.
    static var anonymousRefusal: String? { get }
    /// Whether it may take so long that its answer must begin before it is done: with 200, and without the status and
    /// fields of the response, whose document then follows, be it a result or an error.
    static var mayTakeLong: Bool { get }
    /// Whether `x-amz-sdk-checksum-algorithm` must name the algorithm of the checksum that is sent. Elsewhere the checksum
    /// counts and the name does not (S3 API Reference, of each operation).
    static var mustNameChecksum: Bool { get }
    /// What the principal must be allowed to do. Looks at the target and headers only.
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission]
    /// Reads the request's headers and query, and refuses what is wrong before a body is read.
    init(_ request: S3Request) throws(S3Error)
    /// How the body of an object or part is to be received. Refuses what is known to be in vain before it comes.
    func bodyRequirements(_ call: Authorized<Self>) throws(S3Error) -> BodyRequirements
    /// Does it, and makes the answer.
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse
}

extension S3Operation {
    static var name: String { String(describing: Self.self) }
    static var body: BodyKind { .none }
    static var anonymousRefusal: String? { nil }
    static var mayTakeLong: Bool { false }
    static var mustNameChecksum: Bool { false }
    func bodyRequirements(_ call: Authorized<Self>) throws(S3Error) -> BodyRequirements { BodyRequirements() }
}

/// AWS's words for who must sign.
enum AnonymousRefusal {
    static let usual = "Anonymous users cannot invoke this API. Please authenticate."
    static let copy = "Anonymous users cannot copy objects.  Please authenticate."
    static let upload = "Anonymous users cannot initiate multipart uploads.  Please authenticate."

    static func action(_ name: String) -> String { "s3:\(name) does not support Anonymous requests!" }
}

/// What an operation settles before the body comes: how that of an object or part is received, and what must hold.
struct BodyRequirements: Sendable {
    /// How it is encrypted; nil for not at all.
    var sealing: Sealing?
    /// The checksum that it needs besides the one that the client may give.
    var checksum: Need?
    /// What must hold for what is there when the body has come; made before, to see what changes meanwhile.
    var condition: WriteCondition?
    /// The sizes that it may have, where its length is not told ahead.
    var lengthRange: PostPolicy.LengthRange?

    enum Need: Sendable {
        /// CRC64NVME, where the client gives none.
        case ifAbsent
        /// In any case.
        case always(ChecksumAlgorithm)
    }
}

/// What a request's body is to an operation.
enum BodyKind: Sendable {
    /// Nothing: an empty body is expected, a short one is passed over.
    case none
    /// A document of limited size, held in memory.
    ///
    /// - Parameter hasChecksum: whether the `x-amz-checksum-` headers are about it, and not about an object.
    case document(limit: Int, needsDigest: Bool = false, hasChecksum: Bool = true)
    /// An object's bytes, or a part's, which go to the store as they come.
    case object
    /// A form that makes an object of its file, whose bytes go to the store as they come: see ``FormBody``.
    case form

    /// Whether it is in memory until it is complete.
    var isHeldInMemory: Bool {
        switch self {
        case .none, .document: true
        case .object, .form: false
        }
    }
}

/// An action on a resource.
struct Permission: Sendable {
    /// An IAM action such as `s3:GetObject`.
    let action: String
    /// nil for the service as a whole.
    let bucket: BucketName?
    let key: ObjectKey?
    let part: Part
    /// Whether the bucket need not exist.
    let allowsMissingBucket: Bool
    /// The error where the bucket must exist and does not.
    var missingBucket = S3Error.Code.noSuchBucket
    /// Whether it is asked before the body is known, which names keys or what else decides: only who could not have it
    /// for anything is refused.
    var isForSomeKey = false
    /// The version that is meant; nil for the current one.
    var version: VersionID?
    /// Whether it is about an object that the request makes.
    var isForNewObject = false
    /// What is known of the request besides its header.
    var facts = RequestFacts()

    init(
        _ action: String, bucket: BucketName? = nil, key: ObjectKey? = nil, as part: Part = .target,
        allowsMissingBucket: Bool = false
    ) {
        self.action = action
        self.bucket = bucket
        self.key = key
        self.part = part
        self.allowsMissingBucket = allowsMissingBucket
    }

    var resource: String {
        guard let bucket else { return "arn:aws:s3:::*" }
        return key.map { "arn:aws:s3:::\(bucket)/\($0)" } ?? "arn:aws:s3:::\(bucket)"
    }

    /// Its part in the operation.
    enum Part: Sendable {
        /// What the request's target names.
        case target
        /// What is copied or renamed.
        case source
        /// What is at the target already, and is read for a condition, or as bytes are added to it.
        case current
    }
}
