import CofferTransfer

/// The options of commands that perform many actions.
enum RunOptions {
    static let dryRun = Option("dry-run", letter: "n", help: "show what would be done, but do nothing")
    static let quiet = Option("quiet", letter: "q", help: "print only failures")
    static let noProgress = Option("no-progress", help: "do not draw a progress bar; it is drawn only on terminals")
    static let filter = [
        Option(
            "exclude", "PATTERN", isRepeatable: true,
            help: "skip names that match, such as '*.tmp' or 'raw/*'; repeatable"),
        Option(
            "include", "PATTERN", isRepeatable: true,
            help: "take names that --exclude would skip; of all patterns, the last one that matches counts; repeatable"),
    ]
}

extension Runner.Settings {
    init(_ options: Options) {
        self.init()
        isDryRun = options.isGiven("dry-run")
        bypassesGovernance = options.isGiven("bypass-governance")
    }
}

extension NameFilter {
    /// - Parameter admitsOthers: whether names that no pattern matches are taken.
    init(_ options: Options, admitsOthers: Bool = true) {
        let rules = options.inOrder.compactMap { option -> Rule? in
            switch option.name {
            case "include": .include(option.value)
            case "exclude": .exclude(option.value)
            default: nil
            }
        }
        self.init(rules, admitsOthers: admitsOthers)
    }
}
