import CofferModel

/// The reason why a document is refused.
struct PolicyRefusal: Error {
    let fault: PolicyFault

    init(_ fault: PolicyFault) { self.fault = fault }
}

/// A reader of policy documents, which refuses those that would not mean what they seem to.
struct PolicyReader {
    let kind: PolicyKind
    let hasVariables: Bool
    private let principals: PrincipalIDs
    private let items: [JSONValue]

    init(kind: PolicyKind, document: [UInt8], principals: PrincipalIDs) throws(PolicyRefusal) {
        guard document.count <= kind.byteLimit else { throw PolicyRefusal(.tooLong) }
        let members = try Self.members(document)
        try Self.checkNames(members, allowed: ["Version", "Id", "Statement"])
        let version = members["Version"]
        guard version.map({ ["2012-10-17", "2008-10-17"].contains($0.string) }) != false else {
            throw PolicyRefusal(.version)
        }
        guard members["Id"].map({ $0.string != nil }) != false else { throw PolicyRefusal(.unknownField("Id")) }
        self.kind = kind
        self.principals = principals
        hasVariables = version?.string == "2012-10-17"
        guard let statements = members["Statement"]?.statements else { throw PolicyRefusal(.missing("Statement")) }
        items = statements
    }

    private static func members(_ document: [UInt8]) throws(PolicyRefusal) -> JSONObject {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(document: document)
        } catch {
            guard case .duplicateName(let name) = error.kind else { throw PolicyRefusal(.notJSON(error)) }
            throw PolicyRefusal(.duplicateName(name, error.position))
        }
        guard let members = value.object, document.first == UInt8(ascii: "{") else {
            throw PolicyRefusal(.notJSON(nil))
        }
        return members
    }

    func statements() throws(PolicyRefusal) -> [Policy.Statement] {
        guard !items.isEmpty else { throw PolicyRefusal(.noStatement) }
        var statements: [Policy.Statement] = []
        var ids: Set<String> = []
        for item in items {
            guard let members = item.object else { throw PolicyRefusal(.statementShape) }
            let statement = try statement(members)
            if let id = statement.id, !id.isEmpty, !ids.insert(id).inserted { throw PolicyRefusal(.duplicateSid) }
            statements.append(statement)
        }
        return statements
    }

    private static let names: Set<String> = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    private static func checkNames(_ members: JSONObject, allowed: Set<String>) throws(PolicyRefusal) {
        if let name = members.firstName(besides: allowed) { throw PolicyRefusal(.unknownField(name)) }
    }

    private func statement(_ members: JSONObject) throws(PolicyRefusal) -> Policy.Statement {
        try Self.checkNames(members, allowed: Self.names)
        let isAllow = try Self.isAllow(members)
        let id = try id(members)
        let principals = try principals(members, isAllow: isAllow)
        let (actions, isNotAction) = try actions(members)
        let (resources, isNotResource) = try resources(members)
        let conditions = try conditions(members["Condition"])
        let statement = Policy.Statement(
            id: id, isAllow: isAllow, principals: principals, actions: actions.map { Pattern($0.lowercased()) },
            isNotAction: isNotAction,
            resources: try resources.map { texts throws(PolicyRefusal) in try templates(texts) },
            isNotResource: isNotResource, conditions: conditions)
        if case .bucket(let bucket) = kind {
            try ActionCheck(bucket: bucket).check(statement, actions: actions, resources: resources ?? [])
        }
        return statement
    }

    private static func isAllow(_ members: JSONObject) throws(PolicyRefusal) -> Bool {
        guard let effect = members["Effect"] else { throw PolicyRefusal(.missing("Effect")) }
        switch effect.string {
        case "Allow": return true
        case "Deny": return false
        case let text: throw PolicyRefusal(.effect(text ?? ""))
        }
    }

    private func id(_ members: JSONObject) throws(PolicyRefusal) -> String? {
        guard let value = members["Sid"] else { return nil }
        guard let id = value.string else { throw PolicyRefusal(.sid("")) }
        if case .bucket = kind { return id }
        let isAlphanumeric = id.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        }
        guard isAlphanumeric else { throw PolicyRefusal(.sid(id)) }
        return id
    }

    // MARK: Principals

    private func principals(_ members: JSONObject, isAllow: Bool) throws(PolicyRefusal) -> PrincipalPatterns? {
        guard kind.hasPrincipals else {
            for name in ["Principal", "NotPrincipal"] where members[name] != nil {
                throw PolicyRefusal(.prohibited(name))
            }
            return nil
        }
        guard let value = members["Principal"] ?? members["NotPrincipal"] else {
            throw PolicyRefusal(.missing("Principal"))
        }
        guard members["Principal"] == nil || members["NotPrincipal"] == nil else {
            throw PolicyRefusal(.both("Principal"))
        }
        let isNegated = members["NotPrincipal"] != nil
        // It would allow everyone except those named.
        guard !isNegated || !isAllow else { throw PolicyRefusal(.notPrincipalAllows) }
        if value.string == "*", !isNegated, case .bucket = kind { return .everyone }
        guard let kinds = value.object?.members, !kinds.isEmpty else { throw PolicyRefusal(.principalShape) }
        var named: [(kind: String, texts: [String])] = []
        for (kind, value) in kinds.sorted(by: { $0.name < $1.name }) {
            guard let texts = value.texts else { throw PolicyRefusal(.principal(kind: kind, text: "")) }
            named.append((kind, texts))
        }
        do throws(PrincipalPatterns.Refusal) {
            return try PrincipalPatterns(named, isNegated: isNegated, self.principals)
        } catch {
            throw PolicyRefusal(.principal(kind: error.kind, text: error.text))
        }
    }

    // MARK: Actions and resources

    /// Returns the texts of `Action` or `NotAction`, `Resource` or `NotResource`; exactly one of the two must be
    /// present.
    private static func texts(
        _ name: String, _ members: JSONObject, invalid: (String) -> PolicyFault
    ) throws(PolicyRefusal) -> (texts: [String], isNegated: Bool) {
        guard let value = members[name] ?? members["Not\(name)"] else { throw PolicyRefusal(.missing(name)) }
        guard members[name] == nil || members["Not\(name)"] == nil else { throw PolicyRefusal(.both(name)) }
        guard let texts = value.texts else { throw PolicyRefusal(invalid("")) }
        guard !texts.isEmpty else { throw PolicyRefusal(.missing(name)) }
        return (texts, members[name] == nil)
    }

    private func actions(_ members: JSONObject) throws(PolicyRefusal) -> (texts: [String], isNegated: Bool) {
        let (texts, isNegated) = try Self.texts("Action", members) { .action($0) }
        for text in texts where !isAction(text) { throw PolicyRefusal(.action(text)) }
        return (texts, isNegated)
    }

    private func isAction(_ text: String) -> Bool {
        let lower = text.lowercased()
        switch kind {
        case .bucket: return text == "*" || lower.hasPrefix("s3:")
        case .trust: return lower.hasPrefix("sts:")
        case .identity:
            let parts = lower.split(at: ":", keepingEmpty: true)
            let isVendor = parts.first?.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == 45
            }
            return text == "*" || (parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && isVendor == true)
        }
    }

    private func resources(
        _ members: JSONObject
    ) throws(PolicyRefusal) -> (texts: [String]?, isNegated: Bool) {
        guard kind.hasResources else {
            for name in ["Resource", "NotResource"] where members[name] != nil {
                throw PolicyRefusal(.prohibited(name))
            }
            return (nil, false)
        }
        let (texts, isNegated) = try Self.texts("Resource", members) { .resource($0) }
        for text in texts where !isResource(text) { throw PolicyRefusal(.resource(text)) }
        return (texts, isNegated)
    }

    private func isResource(_ text: String) -> Bool {
        switch kind {
        case .bucket(let bucket):
            let arn = "arn:aws:s3:::\(bucket)"
            return text == arn || text.hasPrefix(arn + "/") || text == arn + "*"
        case .identity:
            guard text != "*" else { return true }
            return ARN(text).map { ["aws", "aws-cn", "aws-us-gov", "*"].contains($0.partition) } ?? false
        case .trust: return false
        }
    }

    private func templates(_ texts: [String]) throws(PolicyRefusal) -> [Template] {
        var templates: [Template] = []
        for text in texts {
            guard let template = Template(text, Template.Syntax(hasVariables: hasVariables)) else {
                throw PolicyRefusal(.resource(text))
            }
            guard template.variables.allSatisfy(isKnown) else { throw PolicyRefusal(.resource(text)) }
            templates.append(template)
        }
        return templates
    }
}

extension JSONValue {
    /// The statements of a policy: an array, or a single statement.
    var statements: [JSONValue]? { object == nil ? array : [self] }

    /// The texts of a string or of an array of strings; nil for any other value.
    fileprivate var texts: [String]? {
        if let text = string { return [text] }
        guard let items = array else { return nil }
        let texts = items.compactMap(\.string)
        return texts.count == items.count ? texts : nil
    }
}
