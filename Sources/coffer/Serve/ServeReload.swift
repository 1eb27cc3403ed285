import CofferServer

/// The effect of SIGHUP: files that may change while the server runs are read again. If one of them cannot be read, its
/// previous content stays in effect, and the others are read nevertheless.
struct ServeReload {
    let server: RunningServer
    let configuration: ServerConfiguration
    let options: Options

    func run() async {
        let log = configuration.log
        let steps: [(name: String, isUsed: Bool, run: () async throws -> Void)] = [
            // First, so that the rest is logged in the new file.
            ("log file", log.file != nil, { try log.reopen() }),
            ("certificate and key", configuration.tls != nil, { try server.reloadCertificate() }),
            ("accounts", options["accounts"] != nil, { try await updateAccounts() }),
            (
                "metrics token", options["metrics-token-file"] != nil,
                { server.update(metricsToken: try ServeCommand.metricsToken(options)) }
            ),
        ]
        var done: [String] = []
        for step in steps where step.isUsed {
            do {
                try await step.run()
                done.append(step.name)
            } catch {
                log.error("not reloaded, the old value stays in effect: \(step.name): \(error)")
            }
        }
        log.info("reloaded: \(done.isEmpty ? "nothing" : done.joined(separator: ", "))")
    }

    private func updateAccounts() async throws {
        for account in try await server.update(accounts: ServeCommand.accounts(options)) where account.madeKeys {
            configuration.log.info(
                "new account \(account.name), \(account.id): its root's keys are in account-\(account.name).env in the data "
                    + "directory")
        }
    }
}
