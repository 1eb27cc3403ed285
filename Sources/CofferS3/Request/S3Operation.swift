import CofferHTTP
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// An operation of the S3 API: the permissions that it requires, the parameters that it reads, and its implementation.
///
/// An operation that says nothing about permissions requires the IAM action of its own name on what the request's
/// target names: GetBucketAcl requires `s3:GetBucketAcl` on the bucket. One with another action names it in
/// ``action``, and one that requires more, or on other resources, returns it from ``permissions(for:)``.
///
/// To add one, create a file of its name in a folder of `Operations`, add its row to ``Router``, and its action to
/// `S3Action` in `CofferAccess` if it is not there: policies can name only those.
protocol S3Operation: Sendable {
    /// The name in the S3 API Reference.
    static var name: String { get }
    /// The IAM action that the operation requires; by default `s3:` and its name.
    static var action: String { get }
    /// How the request's body is used.
    static var body: BodyKind { get }
    /// The reason why it is never performed for anonymous callers, whatever policies and ACLs allow; nil if it may be.
    static var anonymousRefusal: String? { get }
    /// Whether it may take so long that its response must begin before it is done. The response is then 200, without
    /// the status and fields of the actual response, whose document follows, whether it is a result or an error.
    static var mayTakeLong: Bool { get }
    /// Whether `x-amz-sdk-checksum-algorithm` must name the algorithm of the checksum that is sent. For other
    /// operations the checksum counts and the name is ignored (S3 API Reference, of each operation).
    static var mustNameChecksum: Bool { get }
    /// Returns the permissions that the principal must have; by default ``action`` on what the target names. Uses only
    /// the target and headers.
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission]
    /// Reads the request's headers and query, and refuses invalid ones before a body is read.
    init(_ request: S3Request) throws(S3Error)
    /// Prepares for the body before it arrives: refuses requests that are known to fail, notes in the operation what
    /// ``perform(_:_:)`` compares with later, and returns how the body is to be received.
    mutating func prepare(_ call: Authorized<Self>) async throws(S3Error) -> BodyRequirements
    /// Performs the operation, and returns the response.
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse
}

extension S3Operation {
    // String(describing:) would look for four conformances of each operation, 8 ms of the server's start.
    static var name: String { _typeName(Self.self, qualified: false) }
    static var action: String { "s3:\(name)" }
    static var body: BodyKind { .none }
    static var anonymousRefusal: String? { nil }
    static var mayTakeLong: Bool { false }
    static var mustNameChecksum: Bool { false }
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] { [try request.permission(action)] }
    func prepare(_ call: Authorized<Self>) throws(S3Error) -> BodyRequirements { BodyRequirements() }
}

/// An operation that reads nothing but the request's target and body.
protocol ParameterlessOperation: S3Operation {
    init()
}

extension ParameterlessOperation {
    init(_ request: S3Request) { self.init() }
}

/// AWS's messages for refusing anonymous callers.
enum AnonymousRefusal {
    static let byDefault = "Anonymous users cannot invoke this API. Please authenticate."
    static let copy = "Anonymous users cannot copy objects.  Please authenticate."
    static let upload = "Anonymous users cannot initiate multipart uploads.  Please authenticate."

    static func action(_ name: String) -> String { "s3:\(name) does not support Anonymous requests!" }
}

/// How an operation requires the body of an object or part to be received.
struct BodyRequirements: Sendable {
    /// How the body is encrypted; nil if it is not encrypted.
    var sealing: Sealing?
    /// The checksum that the operation requires besides the client's.
    var checksum: Need?
    /// The permitted body sizes, where the length is not declared in advance.
    var lengthRange: PostPolicy.LengthRange?

    enum Need: Sendable {
        /// CRC64NVME, if the client sends no checksum.
        case ifAbsent
        /// The algorithm's checksum in any case.
        case always(ChecksumAlgorithm)
    }
}

/// The kind of body that an operation takes.
enum BodyKind: Sendable {
    /// Nothing: the body should be empty, and a short one is ignored.
    case none
    /// A document of limited size, held in memory.
    ///
    /// - Parameter hasChecksum: whether the `x-amz-checksum-` headers describe the document rather than an object.
    case document(limit: Int, needsDigest: Bool = false, hasChecksum: Bool = true)
    /// The bytes of an object or a part, which are streamed to the store.
    case object
    /// A form whose file becomes an object, and is streamed to the store: see ``FormBody``.
    case form

    /// Whether the body is held in memory until it is complete.
    var isHeldInMemory: Bool {
        switch self {
        case .none, .document: true
        case .object, .form: false
        }
    }
}
