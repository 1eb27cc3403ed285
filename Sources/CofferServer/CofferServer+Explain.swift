package import CofferAccess
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

extension CofferServer {
    /// Answers a question from the contents of a data directory that no server is using.
    ///
    /// - Throws: ``ServerError`` if the directory cannot be opened, or the question cannot be answered.
    package static func explain(_ question: AccessQuestion, dataDirectory: String) async throws(ServerError)
        -> Explanation
    {
        var configuration = ServerConfiguration()
        configuration.dataDirectory = dataDirectory
        configuration.log = Log(level: .none, format: .text)
        let store = try await translated { () async throws(StorageError) in
            guard ObjectStore.exists(at: dataDirectory) else {
                throw StorageError.failed("there is no data directory at \(dataDirectory): check the path")
            }
            return try await ObjectStore(path: dataDirectory, durability: .full, onFault: { _ in })
        }
        let answer: Result<Explanation, ServerError>
        do throws(ServerError) {
            answer = .success(try await explain(question, configuration, store))
        } catch {
            answer = .failure(error)
        }
        do throws(StorageError) {
            try await store.close()
        } catch {
            throw ServerError(error)
        }
        return try answer.get()
    }

    private static func explain(
        _ question: AccessQuestion, _ configuration: ServerConfiguration, _ store: ObjectStore
    ) async throws(ServerError) -> Explanation {
        let accounts = try await translated { () async throws(StorageError) in try await store.accounts() }
        let identities = try await Identities(
            accounts.map(ServedAccount.init(withoutKeys:)), store: store, clock: configuration.clock)
        let services = Services(configuration, store: store, identities: identities)
        do throws(S3Error) {
            return try await Explainer(service: services.s3).explain(question, asking: nil)
        } catch {
            throw ServerError(error.message)
        }
    }
}
