/// A regular expression that a whole text must match, in time that grows with the text's length alone.
///
/// Descriptors come from anywhere, so there is no backtracking that a pattern could make endless: all ways through the
/// pattern are followed at once. What that cannot do, back references and looking around, is refused.
///
/// Source: XML Schema Part 2, appendix F, with `^` and `$` allowed; Cox, "Regular expression matching: the virtual machine
/// approach".
struct Pattern: Sendable {
    let text: String
    private let program: [PatternInstruction]

    /// Longest pattern in bytes, and what it may come to when its repetitions are written out.
    static let byteCount = 1024
    static let instructionCount = 2000
    /// Longest text that is matched, in bytes, and the most steps that it may take with the pattern.
    static let matchedByteCount = 64 << 10
    private static let stepCount = 2_000_000

    /// How many instructions are written, or moved, until a program stands.
    static let effort = 20_000

    /// - Throws: ``PatternFault`` for what is no pattern or cannot be followed.
    init(_ text: String) throws(PatternFault) {
        var effort = Self.effort
        try self.init(text, effort: &effort)
    }

    /// - Parameter effort: what all patterns of a descriptor may come to; what this one came to is taken from it.
    init(_ text: String, effort: inout Int) throws(PatternFault) {
        guard text.utf8.count <= Self.byteCount else {
            throw PatternFault("it is longer than \(Self.byteCount) bytes")
        }
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

/// Characters, by ranges.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }
}

/// The places of the program where a match may be under way.
private struct PatternThreads {
    private(set) var list: [Int] = []
    private var isListed: [Bool]

    init(_ count: Int) { isListed = Array(repeating: false, count: count) }

    mutating func removeAll() {
        for counter in isListed.indices { isListed[counter] = false }
        list.removeAll(keepingCapacity: true)
    }

    /// Adds a place, and those that are reached from it without a character.
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
