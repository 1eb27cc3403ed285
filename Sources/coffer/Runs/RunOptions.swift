import CofferTransfer

/// The options of commands that perform many actions.
enum RunOptions {
    static let dryRun = Option("dry-run", letter: "n", help: "show what would be done, and do nothing")
    static let quiet = Option("quiet", letter: "q", help: "print only what fails")
    static let noProgress = Option("no-progress", help: "draw no progress bar; one is drawn on terminals only")
    static let filter = [
        Option(
            "exclude", "PATTERN", isRepeatable: true,
            help: "leave out what matches, such as '*.tmp' or 'raw/*'; may be repeated"),
        Option(
            "include", "PATTERN", isRepeatable: true,
            help: "take what --exclude would leave out. Of all of both the last that matches counts"),
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
