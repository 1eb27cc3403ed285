import CofferClient
package import CofferModel

/// An error of a service, with the bucket or object that it is about.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    package let error: S3Error
    package let problem: Problem
    package let description: String

    /// What is wrong, for callers that know what to do about it.
    package enum Problem: Sendable {
        case noSuchBucket, bucketNotEmpty, noSuchObject, noSuchVersion
        /// The object's latest version is a delete marker.
        case deleted
        /// The object does not exist, but a folder of that name does.
        case isFolder
        case other
    }
}

extension Store {
    /// Runs a job on an object, or on the bucket if no key is given, and names it in the error if the service refuses.
    ///
    /// - Throws: ``StoreError`` instead of `S3Error`.
    package func naming<Value>(
        _ key: [UInt8] = [], version: VersionID? = nil, _ job: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await job()
        } catch let error as S3Error {
            let reason = try await reason(of: error, key)
            let place = key.isEmpty ? url([]).dropLast() : url(key)[...]
            guard !reason.isFolder || version != nil else {
                throw StoreError(error: reason.error, problem: .isFolder, description: "\(place) is a folder")
            }
            let (problem, text) = Self.explanation(reason.error, version: version)
            throw StoreError(
                error: reason.error, problem: problem, description: "\(place): \(text ?? "\(reason.error)")")
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

    /// - Returns: no text if the service's own message is good enough.
    private static func explanation(
        _ error: S3Error, version: VersionID?
    ) -> (problem: StoreError.Problem, text: String?) {
        let isMarker = error.headers.contains { $0.name == "x-amz-delete-marker" && $0.value == "true" }
        let code = "(\(error.code.status) \(error.code.name))"
        switch error.code.name {
        case "NoSuchBucket": return (.noSuchBucket, "there is no such bucket \(code)")
        case "BucketNotEmpty": return (.bucketNotEmpty, "it is not empty \(code)")
        case "MethodNotAllowed" where isMarker: return (.other, "this version is a delete marker \(code)")
        case "NotFound" where version != nil, "BadRequest" where version != nil, "NoSuchVersion":
            return (.noSuchVersion, "there is no such version of it \(code)")
        case "NoSuchKey" where isMarker, "NotFound" where isMarker: return (.deleted, "it is deleted (404 NoSuchKey)")
        case "NoSuchKey", "NotFound": return (.noSuchObject, "there is no such object (404 NoSuchKey)")
        case "AccessDenied" where error.details.isEmpty:
            return (.other, "\(error) (403): you may not read it, or it does not exist and you may not list the bucket")
        default: return (.other, nil)
        }
    }
}
