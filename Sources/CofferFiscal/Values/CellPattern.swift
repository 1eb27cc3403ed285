/// A regular expression that must match a complete text, in time that depends only on the text's length.
///
/// Descriptors are untrusted, so there is no backtracking that a pattern could make endless: all paths through the
/// pattern are followed at once. Features that do not allow this, such as back references and lookaround, are refused.
///
/// Source: XML Schema Part 2, appendix F, with `^` and `$` allowed; Cox, "Regular expression matching: the virtual
/// machine approach".
struct CellPattern: Sendable {
    let text: String
    private let program: [PatternInstruction]

    /// The maximum length of a pattern in bytes; ``instructionCount`` is the maximum with its repetitions expanded.
    static let byteCount = 1024
    static let instructionCount = 2000
    /// The maximum length of a text to match, in bytes; `stepCount` limits the steps of a match.
    static let matchedByteCount = 64 << 10
    private static let stepCount = 2_000_000

    /// The maximum number of instructions that may be emitted or moved while compiling a program.
    static let effort = 20_000

    /// - Throws: ``PatternFault`` for an invalid or unsupported pattern.
    init(_ text: String) throws(PatternFault) {
        var effort = Self.effort
        try self.init(text, effort: &effort)
    }

    /// - Parameter effort: the remaining budget of all patterns of a descriptor; the cost of this one is subtracted.
    init(_ text: String, effort: inout Int) throws(PatternFault) {
        guard text.utf8.count <= Self.byteCount else {
            throw PatternFault("it is longer than \(Self.byteCount) bytes")
        }
        guard effort > 0 else { throw PatternCompiler.exhaustion }
        var compiler = PatternCompiler(text, effort: min(effort, Self.effort))
        defer { effort -= compiler.spentEffort }
        program = try compiler.compile()
        self.text = text
    }

    func matches(_ text: String) -> Bool {
        guard text.utf8.count <= min(Self.matchedByteCount, Self.stepCount / program.count) else { return false }
        var current = PatternThreads(program.count)
        var next = PatternThreads(program.count)
        let scalars = Array(text.unicodeScalars)
        current.add(0, program, isAtStart: true, isAtEnd: scalars.isEmpty)
        for (index, scalar) in scalars.enumerated() {
            if current.list.isEmpty { return false }
            next.removeAll()
            for counter in current.list {
                if case .set(let set) = program[counter], set.contains(scalar) {
                    next.add(counter + 1, program, isAtStart: false, isAtEnd: index == scalars.count - 1)
                }
            }
            swap(&current, &next)
        }
        return current.list.contains { if case .match = program[$0] { true } else { false } }
    }
}

/// Why a pattern cannot be used.
struct PatternFault: Error, Equatable {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

enum PatternInstruction: Sendable {
    case set(ScalarSet)
    case split(Int, Int)
    case jump(Int)
    case start, end, match
}

/// A set of characters, as ranges.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }
}

/// The program positions of all matches in progress.
private struct PatternThreads {
    private(set) var list: [Int] = []
    private var isListed: [Bool]

    init(_ count: Int) { isListed = Array(repeating: false, count: count) }

    mutating func removeAll() {
        for counter in isListed.indices { isListed[counter] = false }
        list.removeAll(keepingCapacity: true)
    }

    /// Adds a position, and those reachable from it without consuming a character.
    mutating func add(_ first: Int, _ program: [PatternInstruction], isAtStart: Bool, isAtEnd: Bool) {
        var pending = [first]
        while let counter = pending.popLast() {
            guard !isListed[counter] else { continue }
            isListed[counter] = true
            switch program[counter] {
            case .jump(let target): pending.append(target)
            case .split(let left, let right): pending += [right, left]
            case .start: if isAtStart { pending.append(counter + 1) }
            case .end: if isAtEnd { pending.append(counter + 1) }
            case .set, .match: list.append(counter)
            }
        }
    }
}
