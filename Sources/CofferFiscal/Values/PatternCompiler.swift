/// Compiles the program of a ``CellPattern``.
struct PatternCompiler {
    private var rest: Substring.UnicodeScalarView
    private var program: [PatternInstruction] = []
    private var depth = 0
    private let effort: Int
    private(set) var spentEffort = 0
    /// The maximum nesting depth of groups.
    private static let depth = 50
    /// The maximum count in a repetition.
    private static let repetitionCount = 1000

    /// - Parameter effort: the maximum number of instructions to emit or move.
    init(_ text: String, effort: Int) {
        rest = Substring(text).unicodeScalars
        self.effort = effort
    }

    mutating func compile() throws(PatternFault) -> [PatternInstruction] {
        try alternatives()
        guard rest.isEmpty else { throw PatternFault("it has a ) without a (") }
        try emit(.match)
        return program
    }

    private mutating func emit(_ instruction: PatternInstruction) throws(PatternFault) {
        guard program.count < CellPattern.instructionCount else { throw PatternFault("it has too many repetitions") }
        try spend(1)
        program.append(instruction)
    }

    private mutating func spend(_ count: Int) throws(PatternFault) {
        spentEffort += count
        guard spentEffort <= effort else { throw Self.exhaustion }
    }

    /// Too much effort, in this pattern or in all of the descriptor.
    static let exhaustion = PatternFault(
        "it has too many repetitions, or the patterns of the package are too long in total")

    private mutating func alternatives() throws(PatternFault) {
        let start = program.count
        try sequence()
        guard rest.first == "|" else { return }
        var ends: [Int] = []
        var branch = start
        while rest.first == "|" {
            rest.removeFirst()
            try insert(.split(0, 0), at: branch)
            // The branch before the bar jumps to the end of the alternatives; the next branch starts here.
            ends.append(program.count)
            try emit(.jump(0))
            program[branch] = .split(branch + 1, program.count)
            branch = program.count
            try sequence()
        }
        for end in ends { program[end] = .jump(program.count) }
    }

    /// Inserts an instruction before others and adjusts their targets.
    private mutating func insert(_ instruction: PatternInstruction, at index: Int) throws(PatternFault) {
        try emit(.match)
        program.removeLast()
        try spend(program.count - index)
        let moved = program[index...].map { Self.moved($0, by: 1, from: index) }
        program.replaceSubrange(index..., with: [instruction] + moved)
    }

    private static func moved(_ instruction: PatternInstruction, by distance: Int, from start: Int)
        -> PatternInstruction
    {
        let move = { (target: Int) in target >= start ? target + distance : target }
        switch instruction {
        case .split(let left, let right): return .split(move(left), move(right))
        case .jump(let target): return .jump(move(target))
        case .set, .start, .end, .match: return instruction
        }
    }

    private mutating func sequence() throws(PatternFault) {
        while let next = rest.first, next != "|", next != ")" {
            let start = program.count
            try atom()
            try quantifier(from: start)
        }
    }

    private mutating func atom() throws(PatternFault) {
        let character = rest.removeFirst()
        switch character {
        case "^": try emit(.start)
        case "$": try emit(.end)
        case ".": try emit(.set(ScalarSet(ranges: [10...10, 13...13], isNegated: true)))
        case "[": try emit(.set(try characterClass()))
        case "(": try group()
        case "\\": try emit(.set(try escape()))
        case "*", "+", "?": throw PatternFault("it has a \(character) with nothing to repeat")
        default: try emit(.set(ScalarSet(ranges: [character.value...character.value])))
        }
    }

    private mutating func group() throws(PatternFault) {
        if rest.first == "?" {
            rest.removeFirst()
            guard rest.popFirst() == ":" else {
                throw PatternFault("it has a group (?…), of which only (?:…) is supported")
            }
        }
        depth += 1
        guard depth <= Self.depth else {
            throw PatternFault("its groups are nested more than \(Self.depth) levels deep")
        }
        try alternatives()
        depth -= 1
        guard rest.popFirst() == ")" else { throw PatternFault("it has a ( without a )") }
    }

    // MARK: Repetition

    private mutating func quantifier(from start: Int) throws(PatternFault) {
        while let next = rest.first {
            switch next {
            case "*": try repetition(0, nil, from: start)
            case "+": try repetition(1, nil, from: start)
            case "?": try repetition(0, 1, from: start)
            case "{":
                guard let (least, most) = try counts() else { return }
                try repetition(least, most, from: start)
                continue
            default: return
            }
            rest.removeFirst()
            // A lazy quantifier makes no difference when the complete text must match.
            if rest.first == "?" { rest.removeFirst() }
        }
    }

    /// Reads `{n}`, `{n,}` or `{n,m}`.
    private mutating func counts() throws(PatternFault) -> (Int, Int?)? {
        rest.removeFirst()
        guard let end = rest.firstIndex(of: "}") else { throw PatternFault("it has a { without a }") }
        let parts = String(rest[..<end]).split(separator: ",", omittingEmptySubsequences: false)
        rest = rest[rest.index(after: end)...]
        guard parts.count <= 2, let least = Int(parts[0]), least >= 0, least <= Self.repetitionCount else {
            throw PatternFault("it has a {…} that is not a count up to \(Self.repetitionCount)")
        }
        guard parts.count == 2 else { return (least, least) }
        if parts[1].isEmpty { return (least, nil) }
        guard let most = Int(parts[1]), most >= least, most <= Self.repetitionCount else {
            throw PatternFault("it has a {…} that is not a count up to \(Self.repetitionCount)")
        }
        return (least, most)
    }

    private mutating func repetition(_ least: Int, _ most: Int?, from start: Int) throws(PatternFault) {
        try spend(program.count - start)
        let atom = Array(program[start...])
        program.removeSubrange(start...)
        for _ in 0..<least { try copy(atom, from: start) }
        guard let most else {
            let split = program.count
            try emit(.match)
            try copy(atom, from: start)
            try emit(.jump(split))
            program[split] = .split(split + 1, program.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(program.count)
            try emit(.match)
            try copy(atom, from: start)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }

    private mutating func copy(_ atom: [PatternInstruction], from start: Int) throws(PatternFault) {
        let distance = program.count - start
        for instruction in atom { try emit(Self.moved(instruction, by: distance, from: start)) }
    }

    // MARK: Characters

    private static let digits: [ClosedRange<UInt32>] = [48...57]
    private static let spaces: [ClosedRange<UInt32>] = [9...10, 13...13, 32...32]
    /// Letters, digits and `_`; beyond ASCII everything except spaces and the punctuation of the Latin block.
    private static let words: [ClosedRange<UInt32>] = [
        48...57, 65...90, 95...95, 97...122, 0xAA...0xAA, 0xB5...0xB5,
        0xBA...0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x1FFF, 0x2070...0x2BFF, 0x2C00...0x2DFF, 0x3005...0x10FFFF,
    ]

    private mutating func escape() throws(PatternFault) -> ScalarSet {
        guard let character = rest.popFirst() else { throw PatternFault("it ends with a \\") }
        switch character {
        case "d": return ScalarSet(ranges: Self.digits)
        case "D": return ScalarSet(ranges: Self.digits, isNegated: true)
        case "s": return ScalarSet(ranges: Self.spaces)
        case "S": return ScalarSet(ranges: Self.spaces, isNegated: true)
        case "w": return ScalarSet(ranges: Self.words)
        case "W": return ScalarSet(ranges: Self.words, isNegated: true)
        case "n": return ScalarSet(ranges: [10...10])
        case "r": return ScalarSet(ranges: [13...13])
        case "t": return ScalarSet(ranges: [9...9])
        case "a"..."z", "A"..."Z", "0"..."9": throw PatternFault("it has \\\(character), which is not supported")
        default: return ScalarSet(ranges: [character.value...character.value])
        }
    }

    private mutating func characterClass() throws(PatternFault) -> ScalarSet {
        var set = ScalarSet()
        if rest.first == "^" {
            rest.removeFirst()
            set.isNegated = true
        }
        var isFirst = true
        while let character = rest.popFirst() {
            if character == "]", !isFirst { return set }
            isFirst = false
            let low = try classItem(character)
            guard low.count == 1, low[0].count == 1, rest.first == "-", rest.dropFirst().first != "]" else {
                set.ranges += low
                continue
            }
            rest.removeFirst()
            guard let end = rest.popFirst() else { break }
            let high = try classItem(end)
            guard high.count == 1, high[0].count == 1, high[0].lowerBound >= low[0].lowerBound else {
                throw PatternFault("it has a range whose end comes before its start")
            }
            set.ranges.append(low[0].lowerBound...high[0].lowerBound)
        }
        throw PatternFault("it has a [ without a ]")
    }

    private mutating func classItem(_ character: Unicode.Scalar) throws(PatternFault) -> [ClosedRange<UInt32>] {
        guard character == "\\" else { return [character.value...character.value] }
        let set = try escape()
        guard !set.isNegated else {
            throw PatternFault("it has a \\D, \\S or \\W in a class, which is not supported")
        }
        return set.ranges
    }
}
