/// The document `AccessControlPolicy`. Source: S3 API Reference, PutBucketAcl and GetBucketAcl.
extension AccessControlList {
    /// A grantee's kind stands in an attribute; it is told as well by the element that names the grantee.
    ///
    /// - Parameter accounts: those that it may name; nil for a document that was stored.
    /// - Throws: `MalformedACLError` for a document of another shape or too many grants, and what is wrong with a grantee.
    public init(document: [UInt8], among accounts: (any AccountDirectory)?) throws(S3Error) {
        // What is wrong with the XML has a name of its own here.
        guard let root = try? XMLElement.parse(document, root: "AccessControlPolicy"),
            let owner = root["Owner"]?["ID"]?.text, let list = root["AccessControlList"]
        else { throw S3Error(.malformedACLError) }
        guard list.children.count <= Limits.grantCount else { throw S3Error(.malformedACLError) }
        var grants: [Grant] = []
        for element in list.children { grants.append(try Grant(element, among: accounts)) }
        self.init(owner: owner, grants: grants)
    }

    public var document: [UInt8] {
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
        guard element.name == "Grant", let grantee = element["Grantee"], let text = element["Permission"]?.text,
            let permission = AccessControlList.Permission(rawValue: text)
        else { throw S3Error(.malformedACLError) }
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
    fileprivate init(_ element: XMLElement, among accounts: (any AccountDirectory)?) throws(S3Error) {
        let names = element.children.filter { $0.name != "DisplayName" }
        guard names.count == 1 else { throw S3Error(.malformedACLError) }
        switch names[0].name {
        case "ID": try self.init(canonicalID: names[0].text, among: accounts)
        case "URI": try self.init(groupURI: names[0].text)
        case "EmailAddress": try self.init(emailAddress: names[0].text, among: accounts)
        default: throw S3Error(.malformedACLError)
        }
    }
}
