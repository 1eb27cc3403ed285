import CofferAccess
import CofferIAM
import CofferModel
import CofferStorage

/// ExplainRequest, an extension of IAM that AWS does not have: whether a request would be allowed, and what decides it.
/// SimulatePrincipalPolicy considers only the principal's policies; this operation considers everything that affects
/// the decision.
///
/// The parameters are `PrincipalArn`, `ActionName`, `ResourceArn`, and `ContextEntries` as in SimulatePrincipalPolicy.
/// Only the root of the account that owns the bucket may call it. For principals of another account, the explanation
/// covers only what the bucket decides.
enum ExplainRequest {
    static func operation(_ explainer: Explainer) -> QueryOperation {
        QueryOperation("ExplainRequest", on: { _ in nil }) { call async throws(S3Error) in
            try await explain(call, explainer)
        }
    }

    private static func explain(_ call: AuthorizedQuery, _ explainer: Explainer) async throws(S3Error) -> QueryAnswer {
        guard call.request.access.principal == .root(call.account) else {
            throw call.request.denied("iam:ExplainRequest", on: "*")
        }
        var conditions: [(key: String, value: String)] = []
        for entry in call.parameters.structures("ContextEntries") {
            let key = try entry.required("ContextKeyName")
            conditions += entry.texts("ContextKeyValues").map { (key, $0) }
        }
        let question = try AccessQuestion(
            principal: try call.parameters.required("PrincipalArn"),
            action: try call.parameters.required("ActionName"), resource: try call.parameters.required("ResourceArn"),
            conditions: conditions)
        let explanation = try await explainer.explain(question, asking: call.account)
        return QueryAnswer { $0.explanation(explanation) }
    }
}

extension XMLWriter {
    fileprivate mutating func explanation(_ explanation: Explanation) {
        element("IsAllowed", String(explanation.isAllowed))
        element("IsDenied", String(explanation.isDenied))
        element("Reason", explanation.reason)
        element("PrincipalArn", explanation.principal)
        element("ActionName", explanation.action)
        element("ResourceArn", explanation.resource)
        list("Statements", explanation.statements) { xml, statement in
            xml.element("Effect", statement.isAllow ? "Allow" : "Deny")
            xml.element("Source", statement.source)
            xml.optional("Policy", statement.policy)
            xml.element("Index", String(statement.index))
            xml.optional("Sid", statement.id)
            xml.element("Matches", String(statement.matches))
            xml.element("Outcome", statement.outcome)
        }
    }
}
