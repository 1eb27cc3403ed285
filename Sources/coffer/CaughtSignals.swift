import Dispatch
import Glibc
import Synchronization

/// Signals that a command answers itself. There is one value of this type at a time.
///
/// A signal that arrives before it is made does what it does by default. One that arrives later is kept until
/// ``deliver(to:)`` hands it on. In between it is never ignored, and so never lost: one call of the system replaces the
/// default by a handler that keeps the signal.
struct CaughtSignals: Sendable {
    /// Those that ask the command to end.
    private let ending: [Int32]
    private let others: [Int32]

    init(ending: [Int32], others: [Int32] = []) {
        self.ending = ending
        self.others = others
        // Made here, since a handler may not make anything.
        _ = takeKeptSignals()
        for number in ending + others { setAction(of: number) { keep($0) } }
    }

    /// Hands on what was caught and what will be, one signal after another. The second one that asks for an end is not
    /// handed on: it ends the process at once.
    ///
    /// - Returns: gives the signals their defaults back, for when nothing is left to be ended.
    func deliver(to receive: @escaping @Sendable (Int32) -> Void) -> @Sendable () -> Void {
        // Safe: only kept and cancelled, and that from one place.
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

    /// Whether whoever started the process wants a signal to be ignored, as `nohup` does with SIGHUP.
    static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is no function, but a number in the place of one.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}

/// A bit for each signal's number.
private let kept = Atomic<UInt64>(0)

/// Readable as long as a signal is kept.
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

/// A signal's handler: may call nothing that a thread may have been interrupted in.
private func keep(_ number: Int32) {
    let interrupted = errno
    kept.bitwiseOr(1 << UInt64(number), ordering: .sequentiallyConsistent)
    var byte: UInt8 = 0
    // Where the pipe is full, it wakes the reader anyway.
    _ = write(wakePipe.writeEnd, &byte, 1)
    errno = interrupted
}

/// The signals that are kept, each once however often it came.
private func takeKeptSignals() -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    // Before the signals are taken: one that comes in between wakes the reader again.
    while read(wakePipe.readEnd, &bytes, bytes.count) > 0 {}
    let numbers = kept.exchange(0, ordering: .sequentiallyConsistent)
    return (1..<64).filter { numbers >> UInt64($0) & 1 == 1 }
}

private func setAction(of number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    // What a thread waits for goes on when the handler returns.
    action.sa_flags = SA_RESTART
    precondition(sigaction(number, &action, nil) == 0, "\(number) is a signal that may be caught")
}

private func giveBack(_ numbers: [Int32]) {
    for number in numbers { signal(number, SIG_DFL) }
}
