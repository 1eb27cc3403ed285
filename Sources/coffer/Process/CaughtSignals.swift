import Dispatch
import Glibc
import Synchronization

/// The signals that a command handles itself. Only one value of this type exists at a time.
///
/// A signal that arrives before the value is made has its default effect. A later one is kept until ``deliver(to:)``
/// passes it on. It is never ignored in between, and so never lost: a single system call replaces the default action
/// with a handler that keeps the signal.
struct CaughtSignals: Sendable {
    /// The signals that ask the command to end.
    private let ending: [Int32]
    private let others: [Int32]

    init(ending: [Int32], others: [Int32] = []) {
        self.ending = ending
        self.others = others
        // Creates the pipe here, since a signal handler must not.
        _ = takeKeptSignals()
        for number in ending + others { setAction(of: number) { keep($0) } }
    }

    /// Passes on the signals caught so far and from now on, one after another. The second one that asks for an end is
    /// not passed on: it ends the process at once.
    ///
    /// - Returns: a function that restores the signals' default actions, for when nothing is left to be ended.
    func deliver(to receive: @escaping @Sendable (Int32) -> Void) -> @Sendable () -> Void {
        // Safe: the source is only retained and cancelled, and from one place.
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(
            fileDescriptor: wakePipe.readEnd, queue: DispatchQueue(label: "coffer.signals"))
        let isEnding = Atomic(false)
        source.setEventHandler {
            for number in takeKeptSignals() {
                guard ending.contains(number) else {
                    receive(number)
                    continue
                }
                giveBack(ending)
                if isEnding.exchange(true, ordering: .relaxed) { kill(getpid(), number) } else { receive(number) }
            }
        }
        source.resume()
        return {
            source.cancel()
            giveBack(ending + others)
        }
    }

    /// Returns whether the process was started with a signal ignored, as `nohup` does with SIGHUP.
    static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is not a function, but a number used in place of one.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}

/// The caught signals, one bit for each signal number.
private let kept = Atomic<UInt64>(0)

/// A pipe that is readable as long as a signal is kept.
private let wakePipe: (readEnd: Int32, writeEnd: Int32) = {
    var ends: [Int32] = [-1, -1]
    let isMade =
        pipe(&ends) == 0
        && ends.allSatisfy { end in
            fcntl(end, F_SETFD, FD_CLOEXEC) == 0 && fcntl(end, F_SETFL, O_NONBLOCK) == 0
        }
    precondition(isMade, "a process has descriptors left when it starts")
    return (ends[0], ends[1])
}()

/// Keeps a signal. As a signal handler, it may only call functions that are async-signal-safe.
private func keep(_ number: Int32) {
    let interrupted = errno
    kept.bitwiseOr(1 << UInt64(number), ordering: .sequentiallyConsistent)
    var byte: UInt8 = 0
    // A full pipe wakes the reader anyway.
    _ = write(wakePipe.writeEnd, &byte, 1)
    errno = interrupted
}

/// Returns and clears the kept signals, each once however often it arrived.
private func takeKeptSignals() -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    // The pipe is emptied before the signals are taken, so a signal that arrives in between wakes the reader again.
    while read(wakePipe.readEnd, &bytes, bytes.count) > 0 {}
    let numbers = kept.exchange(0, ordering: .sequentiallyConsistent)
    return (1..<64).filter { numbers >> UInt64($0) & 1 == 1 }
}

private func setAction(of number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    // Interrupted system calls are resumed when the handler returns.
    action.sa_flags = SA_RESTART
    precondition(sigaction(number, &action, nil) == 0, "\(number) is a signal that may be caught")
}

private func giveBack(_ numbers: [Int32]) {
    for number in numbers { signal(number, SIG_DFL) }
}
