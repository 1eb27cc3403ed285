package import CofferHTTP
package import CofferModel

extension HTTPResponse {
    /// Creates an error response in S3's XML; HEAD and 304 have no body. S3 Control wraps the error in another element,
    /// with the request's ids next to it.
    package init(_ error: S3Error, id: RequestID, isHead: Bool, isOfControl: Bool = false) {
        guard !isHead, error.code != .notModified else {
            self.init(status: error.code.status, headers: error.headers.pairs)
            return
        }
        func writeIDs(_ xml: inout XMLWriter) {
            xml.element("RequestId", id.description)
            xml.element("HostId", id.extended)
        }
        func write(_ xml: inout XMLWriter) {
            xml.element("Error") { xml in
                xml.element("Code", error.code.name)
                xml.errorElement("Message", error.message)
                for detail in error.details { xml.errorElement(detail.name, detail.value) }
                if !isOfControl { writeIDs(&xml) }
            }
            if isOfControl { writeIDs(&xml) }
        }
        var xml = XMLWriter()
        if isOfControl { xml.element("ErrorResponse", write) } else { write(&xml) }
        self.init(
            status: error.code.status, headers: [("Content-Type", "application/xml")] + error.headers.pairs,
            body: .bytes(xml.bytes))
    }

    /// Returns a response with an XML document.
    package static func xml(_ document: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: 200, headers: [("Content-Type", "application/xml")], body: .bytes(document))
    }

    package static let noContent = HTTPResponse(status: 204)
}
