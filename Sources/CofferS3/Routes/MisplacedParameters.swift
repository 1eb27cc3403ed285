import CofferHTTP
import CofferModel
import CofferService

/// Parameters and headers that S3 refuses with a specific message where they do not belong to any operation.
enum MisplacedParameters {
    /// - Throws: `InvalidArgument` for a copy source where nothing is copied, `InvalidRequest` for a bucket's
    ///   sub-resource on a key.
    static func check(_ request: S3Request) throws(S3Error) {
        if request.method != "PUT", let source = request.headers[RequestedCopySource.header] {
            throw .invalidArgument(
                "You can only specify a copy source header for copy requests.", name: RequestedCopySource.header,
                value: source)
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

    /// Checks that a part has both a number and an upload.
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
