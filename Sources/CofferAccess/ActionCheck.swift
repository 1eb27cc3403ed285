import CofferModel

/// A check that refuses statements of a bucket policy that could never apply: they would only seem to protect, and S3
/// does not accept them either.
struct ActionCheck {
    let bucket: BucketName

    /// - Parameters:
    ///   - actions: the statement's actions, as written.
    ///   - resources: the statement's resources, as written.
    func check(_ statement: Policy.Statement, actions: [String], resources: [String]) throws(PolicyRefusal) {
        let arn = "arn:aws:s3:::\(bucket)"
        let namesBucket = resources.contains { $0 == arn || $0 == arn + "*" }
        let namesObjects = resources.contains { $0 != arn }
        func isAbout(_ action: String) -> Bool {
            switch S3Action.levels[action] {
            case .bucket: namesBucket
            case .object: namesObjects
            case .account, nil: false
            }
        }
        var named: Set<String> = []
        for (pattern, text) in zip(statement.actions, actions) {
            let matching = S3Action.levels.keys.filter { pattern.matches($0) }
            guard !matching.isEmpty else { throw PolicyRefusal(.action(text)) }
            guard
                statement.isNotAction || statement.isNotResource || matching.contains(where: isAbout)
            else { throw PolicyRefusal(.actionWithoutResource) }
            named.formUnion(matching)
        }
        if statement.isNotAction { named = Set(S3Action.levels.keys).subtracting(named) }
        for condition in statement.conditions {
            // Global keys are allowed everywhere, even where they have no value.
            guard let name = condition.key.name, name.rawValue.hasPrefix("s3:"), let actions = name.actions else {
                continue
            }
            guard !named.isDisjoint(with: actions) else { throw PolicyRefusal(.conditionWithoutAction) }
        }
    }
}
