import Glibc
import Synchronization

/// Runs a job that Ctrl-C, SIGTERM and the end of its terminal cancel; it ends once it has cleaned up. A second signal
/// ends the process at once.
///
/// - Throws: ``Interruption`` if a signal ended the job; otherwise what the job throws.
func interruptible(_ job: @escaping @Sendable () async throws -> ExitCode) async throws -> ExitCode {
    // With SIGPIPE ignored, a reader that is gone is noticed when a write fails, so that work in progress can end
    // cleanly.
    signal(SIGPIPE, SIG_IGN)
    let signals = CaughtSignals(
        ending: [SIGINT, SIGTERM] + (CaughtSignals.isIgnored(SIGHUP) ? [] : [SIGHUP]))
    let caught = Atomic<Int32>(0)
    let task = Task(operation: job)
    let release = signals.deliver { number in
        caught.store(number, ordering: .relaxed)
        task.cancel()
    }
    defer { release() }
    do {
        return try await task.value
    } catch {
        let number = caught.load(ordering: .relaxed)
        throw number == 0 ? error : Interruption(signal: number)
    }
}

/// The error of a command that a signal ended before it was done.
struct Interruption: Error {
    let signal: Int32
}
