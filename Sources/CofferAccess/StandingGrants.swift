package import CofferModel
import Synchronization

/// What the policies of a principal and of buckets allow whatever else a request says, remembered for the requests after
/// it. It belongs to one state of the principal's policies: another state has other grants.
package final class StandingGrants: Sendable {
    private let buckets = Mutex<[BucketName: Known]>([:])
    private static let bucketLimit = 1000

    /// What is known of one bucket.
    private struct Known: Sendable {
        /// The state of the bucket and its policy that the answers are for.
        let state: any AnyObject & Sendable
        var answers: [Question: Bool] = [:]
    }

    private struct Question: Hashable {
        let action: String
        let isAboutObjects: Bool
    }

    package init() {}

    /// Returns whether an action is allowed on a bucket, or on every object in it.
    ///
    /// - Parameters:
    ///   - state: the object that stands for the state of the bucket and its policy.
    ///   - find: finds the answer if it is not known.
    package func answer(
        _ action: String, isAboutObjects: Bool, in bucket: BucketName, _ state: any AnyObject & Sendable,
        find: () -> Bool
    ) -> Bool {
        let question = Question(action: action, isAboutObjects: isAboutObjects)
        let known = buckets.withLock { buckets in
            guard let known = buckets[bucket], known.state === state else { return nil as Bool? }
            return known.answers[question]
        }
        if let known { return known }
        let answer = find()
        buckets.withLock { buckets in
            if buckets.count >= Self.bucketLimit { buckets.removeAll() }
            var known = buckets[bucket] ?? Known(state: state)
            if known.state !== state { known = Known(state: state) }
            known.answers[question] = answer
            buckets[bucket] = known
        }
        return answer
    }
}

extension PolicySet {
    /// Returns whether the policies allow an action on a bucket, or on every object in it, so that no condition, no
    /// key and no ACL decides. If not, the request may still be allowed.
    ///
    /// - Parameters:
    ///   - action: an IAM action such as `s3:GetObject`.
    ///   - isAboutObjects: whether the action is one on objects, and not on the bucket.
    ///   - owner: the account that owns the bucket.
    package func alwaysAllow(
        _ action: String, by principal: Principal, on bucket: BucketName, isAboutObjects: Bool, owner: String
    ) -> Bool {
        guard boundary == nil, session == nil, !isResourceRequired, !isResourceDenialOnly else { return false }
        let action = action.lowercased()
        let statements = (identity + (resource.map { [$0] } ?? [])).flatMap(\.statements)
        guard statements.allSatisfy({ $0.isAllow || !$0.concerns(action: action) }) else { return false }
        func allows(_ statement: Policy.Statement) -> Bool {
            statement.isAllow && statement.conditions.isEmpty && statement.concerns(action: action)
                && statement.concernsAll(of: bucket, isAboutObjects: isAboutObjects)
        }
        let names = PrincipalNames(principal)
        guard let account = names.account else {
            // Anonymous callers have no policies of their own.
            return resource?.statements.contains { allows($0) && $0.principals?.match(names) == .everyone } == true
        }
        guard account.id == owner else { return false }
        return identity.contains { $0.statements.contains(where: allows) }
            || resource?.statements.contains { statement in
                allows(statement) && (statement.principals?.match(names) ?? .none) > .account
            } == true
    }
}

extension Policy.Statement {
    /// Whether the statement applies to a bucket, or to every object in it, whatever a request says.
    fileprivate func concernsAll(of bucket: BucketName, isAboutObjects: Bool) -> Bool {
        guard !isNotResource, let resources else { return false }
        return resources.contains { resource in
            guard let pattern = resource.fixed else { return false }
            return isAboutObjects ? pattern.matchesAll(beginningWith: bucket.arn + "/") : pattern.matches(bucket.arn)
        }
    }
}

extension Pattern {
    /// Whether the pattern is known to match every text with a beginning.
    fileprivate func matchesAll(beginningWith text: String) -> Bool {
        guard rest == [Self.anyText] else { return false }
        return text.utf8.starts(with: prefix)
    }
}
