import CofferHTTP
import CofferModel

/// Parameters and headers that S3 refuses, with words of their own, in a place where it has no such operation.
enum MisplacedParameters {
    /// - Throws: `InvalidArgument` for a copy's source where nothing is copied, `InvalidRequest` for a sub-resource of
    ///   buckets at a key.
    static func check(_ request: S3Request) throws(S3Error) {
        if request.method != "PUT", let source = request.headers[CopySource.header] {
            throw .invalidArgument(
                "You can only specify a copy source header for copy requests.", name: CopySource.header, value: source)
        }
        guard request.level == .object, !request.query.parameters.isEmpty else { return }
        switch request.method {
        case "GET": try checkRead(request.query)
        case "PUT": try checkPart(request.query)
        default: break
        }
    }

    private static func checkRead(_ query: Query) throws(S3Error) {
        if query.contains("uploads") {
            throw S3Error(.invalidRequest, "Key is not expected for the GET method ?uploads subresource")
        }
        if query.contains("versions") {
            throw S3Error(.invalidRequest, "There is no such thing as the ?versions sub-resource for a key")
        }
        if query.contains("logging") { throw S3Error(.noLoggingStatusForKey) }
    }

    /// A part has a number and an upload.
    private static func checkPart(_ query: Query) throws(S3Error) {
        switch (query.contains("uploadId"), query.contains("partNumber")) {
        case (true, false):
            throw S3Error(
                .methodNotAllowed, details: [("Method", "PUT"), ("ResourceType", "UPLOAD")],
                headers: [("Allow", "DELETE, POST, GET")])
        case (false, true):
            throw .invalidArgument(
                "This operation does not accept partNumber without uploadId", name: "partNumber", value: "partNumber")
        default: return
        }
    }
}
