import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// Looks up principals for the policies of buckets and roles.
extension Identities: PrincipalDirectory {
    func hasAccount(id: String) -> Bool { accounts.contains(id: id) }

    func hasAccount(canonicalID: String) -> Bool { accounts.contains(canonicalID: canonicalID) }

    package func uniqueID(of arn: String) -> String? {
        guard let account = ARN(arn)?.account, let snapshot = snapshot(ofAccount: account) else { return nil }
        let name = String(arn.split(at: "/").last ?? "")
        let named: [(any IAMEntity)?] = [snapshot.directory.users[name], snapshot.directory.roles[name]]
        return named.first { $0?.arn(in: snapshot.account) == arn }??.id
    }

    package func arn(of uniqueID: String) -> String? { holder(id: uniqueID).map { $0.entity.arn(in: $0.account) } }
}
