import Dispatch
import Glibc
import Synchronization

/// Runs a job that Ctrl-C and SIGTERM cancel: it ends when it has cleaned up. A second signal ends the process at once.
///
/// - Throws: ``Interruption`` if a signal ended it, and what it throws otherwise.
func interruptible(_ job: @escaping @Sendable () async throws -> ExitCode) async throws -> ExitCode {
    // Whoever reads no more is found when something is written; what is under way ends well first.
    signal(SIGPIPE, SIG_IGN)
    let caught = Atomic<Int32>(0)
    let task = Task(operation: job)
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            signal(number, SIG_DFL)
            caught.store(number, ordering: .relaxed)
            task.cancel()
        }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    do {
        return try await task.value
    } catch {
        let number = caught.load(ordering: .relaxed)
        throw number == 0 ? error : Interruption(signal: number)
    }
}

/// A signal ended a command before it was done.
struct Interruption: Error {
    let signal: Int32
}
