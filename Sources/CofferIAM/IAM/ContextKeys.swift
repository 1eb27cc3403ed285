import CofferAccess
import CofferModel

/// GetContextKeysForCustomPolicy and GetContextKeysForPrincipalPolicy, which list the condition keys that a simulation
/// of policies needs.
enum ContextKeys {
    static let operations: [QueryOperation] = [
        QueryOperation("GetContextKeysForCustomPolicy", on: { _ in "*" }, ofCustom),
        QueryOperation("GetContextKeysForPrincipalPolicy", on: Simulation.source, ofPrincipal),
    ]

    @Sendable private static func ofCustom(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let policies = try SimulatedPolicy.read(call.parameters, "PolicyInputList")
        guard !policies.isEmpty else {
            throw QueryParameters.invalid("Value null", "PolicyInputList", "Member must not be null")
        }
        return answer(policies)
    }

    @Sendable private static func ofPrincipal(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        answer(try SimulatedSource(call).policies + SimulatedPolicy.read(call.parameters, "PolicyInputList"))
    }

    private static func answer(_ policies: [SimulatedPolicy]) -> QueryAnswer {
        var known: Set<String> = []
        let keys = policies.flatMap(\.policy.contextKeys).filter { known.insert($0.text).inserted }
        return QueryAnswer { xml in
            xml.element("ContextKeyNames") { xml in
                for key in keys { xml.element("member", key.written) }
            }
        }
    }
}
