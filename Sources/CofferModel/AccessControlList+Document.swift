/// The `AccessControlPolicy` document. Source: S3 API Reference, PutBucketAcl and GetBucketAcl.
extension AccessControlList {
    /// Reads a document.
    ///
    /// - Parameters:
    ///   - document: the bytes of the XML.
    ///   - accounts: the accounts that the document may name; nil for a document that was stored.
    /// - Throws: `MalformedACLError` for a document that does not match the schema or has too many grants, or the error
    ///   of an invalid grantee.
    package init(document: [UInt8], among accounts: (any AccountDirectory)?) throws(S3Error) {
        do throws(S3Error) {
            let root = try XMLElement.parse(document, root: "AccessControlPolicy")
            try root.rejectUnknownChildren(["Owner", "AccessControlList"])
            try root["Owner"]?.rejectUnknownChildren(["ID", "DisplayName"])
            try root["AccessControlList"]?.rejectUnknownChildren([], lists: ["Grant"])
            guard let owner = root["Owner"]?["ID"]?.text, let list = root["AccessControlList"]?.children,
                list.count <= Limits.grantCount
            else { throw S3Error(.malformedXML) }
            var grants: [Grant] = []
            for element in list { grants.append(try Grant(element, among: accounts)) }
            self.init(owner: owner, grants: grants)
        } catch {
            // Malformed XML has its own error code for ACLs.
            throw error.code == .malformedXML ? S3Error(.malformedACLError) : error
        }
    }

    /// The document, as GetBucketAcl and GetObjectAcl return it.
    package var document: [UInt8] {
        XMLWriter.document("AccessControlPolicy") { xml in
            xml.element("Owner") { $0.element("ID", owner) }
            xml.element("AccessControlList") { xml in
                for grant in grants { grant.write(to: &xml) }
            }
        }
    }
}

extension AccessControlList.Grant {
    fileprivate init(_ element: XMLElement, among accounts: (any AccountDirectory)?) throws(S3Error) {
        try element.rejectUnknownChildren(["Grantee", "Permission"])
        guard let grantee = element["Grantee"], let text = element["Permission"]?.text,
            let permission = AccessControlList.Permission(rawValue: text)
        else { throw S3Error(.malformedXML) }
        self.init(try AccessControlList.Grantee(grantee, among: accounts), permission)
    }

    fileprivate func write(to xml: inout XMLWriter) {
        xml.element("Grant") { xml in
            let type = if case .group = grantee { "Group" } else { "CanonicalUser" }
            let attributes = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"\(type)\""
            xml.element("Grantee", attributes: attributes) { xml in
                switch grantee {
                case .user(let id): xml.element("ID", id)
                case .group(let group): xml.element("URI", group.rawValue)
                }
            }
            xml.element("Permission", permission.rawValue)
        }
    }
}

extension AccessControlList.Grantee {
    /// Reads a grantee, whose `xsi:type` must match the element that names it. In responses of other services, only the
    /// element is checked.
    fileprivate init(_ element: XMLElement, among accounts: (any AccountDirectory)?) throws(S3Error) {
        try element.rejectUnknownChildren(["ID", "URI", "EmailAddress", "DisplayName"])
        let names = element.children.filter { $0.name != "DisplayName" }
        guard names.count == 1 else { throw S3Error(.malformedXML) }
        let types = ["ID": "CanonicalUser", "URI": "Group", "EmailAddress": "AmazonCustomerByEmail"]
        guard accounts == nil || element.type == types[names[0].name] else { throw S3Error(.malformedXML) }
        switch names[0].name {
        case "ID": try self.init(canonicalID: names[0].text, among: accounts)
        case "URI": try self.init(groupURI: names[0].text)
        default: try self.init(emailAddress: names[0].text, among: accounts)
        }
    }
}
