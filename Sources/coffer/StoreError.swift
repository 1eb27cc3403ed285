import CofferClient
import CofferModel

/// An error of a service, with the bucket or object that it is about and what to do.
struct StoreError: Error, CustomStringConvertible {
    let error: S3Error
    let description: String
    /// Whether the object does not exist, but a folder of that name does.
    var isFolder = false
}

extension Store {
    /// Runs a job on an object, or on the bucket if no key is given, and names it in the error if the service refuses.
    ///
    /// - Parameter folder: advice for the case that the key names a folder.
    /// - Throws: ``StoreError`` instead of `S3Error`.
    func naming<Value>(
        _ key: [UInt8] = [], version: VersionID? = nil, folder: String? = nil, _ job: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await job()
        } catch let error as S3Error {
            let reason = try await reason(of: error, key)
            let place = key.isEmpty ? url([]).dropLast() : url(key)[...]
            guard !reason.isFolder || version != nil else {
                let advice = folder ?? "'coffer ls' lists what is in it"
                throw StoreError(error: reason.error, description: "\(place) is a folder: \(advice)", isFolder: true)
            }
            let what = Self.explanation(reason.error, version: version) ?? "\(reason.error)"
            throw StoreError(error: reason.error, description: "\(place): \(what)")
        }
    }

    /// Asks the service for what its response could not say: a response to HEAD has no error document, and one about an
    /// object says nothing about a folder. A listing has a document, and finds the folder.
    private func reason(of error: S3Error, _ key: [UInt8]) async throws -> (error: S3Error, isFolder: Bool) {
        let hasDocument = !error.details.isEmpty
        guard hasDocument ? error.code == .noSuchKey : [400, 403, 404].contains(error.code.status) else {
            return (error, false)
        }
        let prefix = key.isEmpty || key.last == slash ? key : key + [slash]
        do {
            for try await _ in client.listObjects(bucket: bucket, prefix: String(decoding: prefix, as: UTF8.self)) {
                return (error, !key.isEmpty && error.code.status == 404)
            }
        } catch let answer as S3Error where !hasDocument && (answer.code != .accessDenied || key.isEmpty) {
            // Wrong keys or a missing bucket make both requests fail, and this response has the better explanation.
            return (answer, false)
        } catch is S3Error {}  // A caller who may not list gets no further details.
        return (error, false)
    }

    /// - Returns: nil if the service's own message is good enough.
    private static func explanation(_ error: S3Error, version: VersionID?) -> String? {
        let isMarker = error.headers.contains { $0.name == "x-amz-delete-marker" && $0.value == "true" }
        let code = "(\(error.code.status) \(error.code.name))"
        switch error.code.name {
        case "NoSuchBucket": return "there is no such bucket \(code): 'coffer ls' lists yours, 'coffer mb' makes one"
        case "BucketNotEmpty": return "it is not empty \(code): 'coffer rb --force' deletes everything in it"
        case "MethodNotAllowed" where isMarker: return "this version is a delete marker \(code)"
        case "NotFound" where version != nil, "BadRequest" where version != nil, "NoSuchVersion":
            return "there is no such version of it \(code): 'coffer ls --versions' lists them"
        case "NoSuchKey", "NotFound":
            let code = "(404 NoSuchKey)"
            if isMarker { return "it is deleted \(code): 'coffer ls --versions' lists the versions that it had" }
            return "there is no such object \(code): 'coffer ls' lists those that are there"
        case "AccessDenied" where error.details.isEmpty:
            return "\(error) (403): you may not read it, or it is not there and you may not list the bucket"
        default: return nil
        }
    }
}
