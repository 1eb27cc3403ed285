import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// The incoming body of a POST upload: the form's fields, followed by the file that becomes an object.
///
/// The fields identify the caller and the request. The request that they represent is therefore authenticated,
/// authorized and parsed when the file begins. Nothing is stored before that, and the file's bytes are streamed to the
/// store.
///
/// `@unchecked Sendable`: used by a single request, whose calls never overlap.
final class FormBody<Operation: S3Operation>: RequestSink, @unchecked Sendable {
    private(set) var fault: S3Error?
    private var receivedByteCount: Int64 = 0
    private var decoder: FormDecoder?
    private var upload: FormUpload<Operation>

    /// - Throws: errors that can be detected before the body arrives: `PreconditionFailed` for a body that is not a
    ///   form, `MalformedPOSTRequest` for a form without a boundary, `InvalidBucketName`, `InvalidArgument` for a
    ///   signature outside the form, and AWS's errors for its length. Only callers who signed the form learn that the
    ///   bucket does not exist.
    init(_ request: S3Request, _ access: Access, in state: BucketState?, service: Service) throws(S3Error) {
        let limits = FormLimits()
        let type = request.headers["content-type"] ?? ""
        guard let decoder = FormDecoder(contentType: type, limits: limits) else {
            // A form whose parts cannot be separated still counts as a form.
            guard !type.lowercased().hasPrefix("multipart/form-data") else { throw S3Error(.malformedPOSTRequest) }
            throw .preconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data")
        }
        guard access.authentication.method == .anonymous else {
            throw .invalidArgument(
                "Only one auth mechanism allowed; sign a form in its fields only", name: "Authorization",
                value: access.authentication.method.signatureVersion ?? "")
        }
        _ = try request.bucketName()
        let largest = PostPolicy.LengthRange(minimum: 0, maximum: Limits.putByteCount + Int64(limits.byteCount))
        try largest.check(try request.contentLength())
        self.decoder = consume decoder
        upload = FormUpload(request, in: state, limits: limits, service: service)
    }

    func receive(_ bytes: Span<UInt8>) {
        receivedByteCount += Int64(bytes.count)
        guard fault == nil else { return }
        do throws(FormError) {
            try decoder?.decode(bytes, into: &upload)
            fault = upload.fault
        } catch {
            fault = upload.fault ?? S3Error(form: error)
        }
    }

    var needsPreparation: Bool { fault == nil && upload.isAwaiting }

    func prepare() async {
        await upload.prepare()
        fault = upload.fault
    }

    func note(in record: AccessRecord) {
        record.bytesIn = receivedByteCount
        record.key = upload.key
        record.note(upload.identity)
    }

    /// Performs the form's request once the complete form has been received.
    func perform() async throws(S3Error) -> HTTPResponse {
        if let fault { throw fault }
        do throws(FormError) {
            try decoder.take()?.finish()
        } catch {
            throw S3Error(form: error)
        }
        guard let prepared = upload.prepared else { throw .internalError("a form with a file was not prepared") }
        return try await prepared.perform()
    }
}

/// The contents of a form: its fields, and the request that they represent when the file begins.
private struct FormUpload<Operation: S3Operation>: FormReceiver {
    private(set) var prepared: PreparedRequest<Operation>?
    /// For the access log.
    private(set) var key: [UInt8] = []
    private(set) var identity: Identity?
    private var fields: [(name: String, value: String)] = []
    private var refusal: S3Error?
    /// The form, and the beginning of its file, until the request that it represents is authorized.
    private var awaiting: (form: PostForm, bytes: [UInt8])?
    private let request: S3Request
    private let state: BucketState?
    private let limits: FormLimits
    private let service: Service

    init(_ request: S3Request, in state: BucketState?, limits: FormLimits, service: Service) {
        self.request = request
        self.state = state
        self.limits = limits
        self.service = service
    }

    var fault: S3Error? { refusal ?? prepared?.body.fault }

    mutating func receive(_ field: FormPart, value: String) {
        let isComparable =
            !CombiningMarks.exceed(CombiningMarks.textLimit, in: field.name)
            && !CombiningMarks.exceed(CombiningMarks.nameLimit, in: value)
        guard isComparable else {
            refusal = S3Error(.malformedPOSTRequest)
            return
        }
        fields.append((field.name, value))
    }

    mutating func begin(file: FormPart) {
        guard refusal == nil else { return }
        awaiting = (PostForm(fields, filename: file.filename), [])
    }

    mutating func receive(_ bytes: Span<UInt8>) {
        // The rest of the piece of the body in which the file begins.
        bytes.withUnsafeBufferPointer { awaiting?.bytes.append(contentsOf: $0) }
        prepared?.body.receive(bytes)
    }

    var isAwaiting: Bool { awaiting != nil }

    mutating func prepare() async {
        guard let (form, bytes) = awaiting.take() else { return }
        do throws(S3Error) {
            let prepared = try await prepare(form)
            prepared.body.receive(bytes.span)
            self.prepared = prepared
        } catch {
            refusal = error
        }
    }

    /// - Throws: `InvalidArgument` for a form without a key, `UserKeyMustBeSpecified` for an empty one, and the errors
    ///   of its signature, its policy, and the request that it represents.
    private mutating func prepare(_ form: PostForm) async throws(S3Error) -> PreparedRequest<Operation> {
        // A field may contain the file's name many times.
        let byteCount = form.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard byteCount <= limits.byteCount else { throw S3Error(form: .tooLarge(.form)) }
        key = Array(try form.required("key").utf8)
        guard !key.isEmpty else { throw S3Error(.userKeyMustBeSpecified) }
        let bucket = try request.bucketName()
        let verifier =
            service.isRegionStrict
            ? service.iam.verifier.requiring(region: state?.bucket.region) : service.iam.verifier
        let (authentication, range) = try verifier.verify(form, bucket: bucket)
        let identity = try service.iam.identities.identity(of: authentication, for: "s3")
        self.identity = identity
        let posted = S3Request(request, key: key, headers: try PostHeaders.headers(of: form, sentBy: request))
        let access = Access(identity: identity, authentication: authentication, request: posted)
        let lengthRange = PostPolicy.LengthRange(
            minimum: range?.minimum ?? 0, maximum: min(range?.maximum ?? .max, Limits.putByteCount))
        return try await PreparedRequest(posted, by: access, in: state, lengthRange: lengthRange, service: service)
    }
}

extension S3Error {
    fileprivate init(form error: FormError) {
        switch error {
        case .malformed: self = S3Error(.malformedPOSTRequest)
        case .tooLarge: self = S3Error(.maxPostPreDataLengthExceeded)
        case .fileCount(let count):
            self = .invalidArgument(
                "POST requires exactly one file upload per request.", name: "file", value: String(count))
        }
    }
}
