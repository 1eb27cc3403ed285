import CofferModel

/// `coffer completion`: scripts that let shells complete commands and options, generated from the table of commands.
enum CompletionCommand {
    static let command = Command(
        name: "completion", operands: "bash|zsh|fish", operandCount: 1...1,
        summary: "print a script with which a shell completes commands, options and aliases",
        details: """
            bash: source <(coffer completion bash)                                in ~/.bashrc
            zsh:  source <(coffer completion zsh)                                 in ~/.zshrc, after compinit
            fish: coffer completion fish > ~/.config/fish/completions/coffer.fish
            """,
        run: { options in
            switch options.operands[0] {
            case "bash": print(BashCompletion.script)
            case "zsh": print(ZshCompletion.script)
            case "fish": print(FishCompletion.script)
            case let shell: throw options.usage("'\(shell)' is not allowed; allowed are bash, zsh and fish")
            }
            return .success
        })
}

/// The commands in the form that the completion scripts need.
private enum Words {
    /// The first words of the commands, each with the command's summary, or with the second words if several commands
    /// begin with it.
    static var first: [(word: String, summary: String)] {
        Commands.firstWords.map { word in
            let alone = Commands.all.first { $0.name == word }?.summary
            return (word, alone ?? second(after: word).map(\.word).joined(separator: ", "))
        }
    }

    static func second(after first: String) -> [(word: String, summary: String)] {
        Commands.all.filter { $0.name.hasPrefix(first + " ") }
            .map { (String($0.name.dropFirst(first.count + 1)), $0.summary) }
    }

    static var pairs: [String] { first.map(\.word).filter { !second(after: $0).isEmpty } }

    /// Returns the words that an option's value can be; empty if it can be anything.
    static func choices(_ value: String?) -> [String] {
        let words = (value ?? "").split(separator: "|").map(String.init)
        return words.count > 1 ? words : []
    }

    /// Returns the words that a command's first operand can be; empty if it can be anything.
    static func operandChoices(_ command: Command) -> [String] {
        let words = choices(command.operands.split(separator: " ").first.map(String.init))
        return words.allSatisfy { $0.allSatisfy(\.isLowercase) } ? words : []
    }

    /// Returns the first line of an option's help.
    static func summary(_ option: Option) -> String {
        String(option.help.split(separator: "\n").first ?? "")
    }
}

private enum BashCompletion {
    static var script: String {
        let pairs = Words.pairs.map { first in
            let words = Words.second(after: first).map(\.word).joined(separator: " ")
            return """
                        \(first))
                            command="$first ${COMP_WORDS[2]}"
                            [ "$COMP_CWORD" -ne 2 ] || words=\(shellQuoted(words));;
                """
        }
        let options = Commands.all.map { command in
            let names = command.options.map { "--\($0.name)" } + ["--help"]
            return "            \(shellQuoted(command.name))) words=\(shellQuoted(names.joined(separator: " ")));;"
        }
        let choices = Commands.all.flatMap { command in
            let last = command.name.split(separator: " ").last.map(String.init) ?? ""
            let values =
                command.options.map { ("--\($0.name)", Words.choices($0.value)) }
                + [(last, Words.operandChoices(command))]
            return values.filter { !$0.1.isEmpty }.map { before, words in
                "            \(shellQuoted("\(command.name) \(before)"))) "
                    + "words=\(shellQuoted(words.joined(separator: " ")));;"
            }
        }
        return """
            # Completion of coffer for bash.
            _coffer() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
                local first=${COMP_WORDS[1]} command=${COMP_WORDS[1]} words=
                COMPREPLY=()
                if [ "$COMP_CWORD" -eq 1 ]; then
                    words=\(shellQuoted(Words.first.map(\.word).joined(separator: " ")))
                else
                    case $first in
            \(pairs.joined(separator: "\n"))
                    esac
                    case "$command $previous" in
            \(choices.joined(separator: "\n"))
                        *' --alias'|'alias remove remove') case $current in -*) ;; *)
                            words=$(coffer alias list 2>/dev/null | while read -r name rest; do echo "$name"; done);;
                        esac;;
                    esac
                fi
                if [ -z "$words" ]; then
                    case $current in -*) case $command in
            \(options.joined(separator: "\n"))
                    esac;; esac
                fi
                [ -z "$words" ] || COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -o bashdefault -o default -F _coffer coffer
            """
    }
}

private enum ZshCompletion {
    static var script: String {
        let pairs = Words.pairs.map { first in
            """
                    \(shellQuoted(first)))
                        if (( CURRENT == 3 )); then
                            words_of=(\(described(Words.second(after: first))))
                            _describe command words_of
                            return
                        fi
                        command="$words[2] $words[3]"; skipped=3;;
            """
        }
        let options = Commands.all.map { command in
            let operands = Words.operandChoices(command)
            let specifications =
                command.options.map(specification) + ["'--help[show the help of the command]'"]
                + (operands.isEmpty ? [] : [shellQuoted("1:word:(\(operands.joined(separator: " ")))")])
                + (command.name == "alias remove" ? ["1:name:_coffer_aliases"] : [])
            return "            \(shellQuoted(command.name))) options=(\(specifications.joined(separator: " ")));;"
        }
        return """
            #compdef coffer
            # Completion of coffer for zsh.
            _coffer_aliases() {
                compadd -- ${${(f)"$(coffer alias list 2>/dev/null)"}%% *}
            }
            _coffer() {
                local -a words_of options
                local command=$words[2] skipped=2
                if (( CURRENT == 2 )); then
                    words_of=(\(described(Words.first)))
                    _describe command words_of
                    return
                fi
                case $words[2] in
            \(pairs.joined(separator: "\n"))
                esac
                case $command in
            \(options.joined(separator: "\n"))
                esac
                (( CURRENT -= skipped - 1 ))
                shift $(( skipped - 1 )) words
                _arguments -S $options '*:file:_files'
            }
            compdef _coffer coffer
            """
    }

    private static func described(_ words: [(word: String, summary: String)]) -> String {
        words.map { shellQuoted("\($0.word):\($0.summary)") }.joined(separator: " ")
    }

    private static func specification(_ option: Option) -> String {
        let summary = Words.summary(option).filter { !"[]:\\".contains($0) }
        let repeats = option.isRepeatable ? "*" : ""
        let choices = Words.choices(option.value)
        let others = option.name == "alias" ? "_coffer_aliases" : "_files"
        let value = option.value.map { name in
            ":\(name.filter { $0.isLetter }):" + (choices.isEmpty ? others : "(\(choices.joined(separator: " ")))")
        }
        return shellQuoted("\(repeats)--\(option.name)[\(summary)]\(value ?? "")")
    }
}

private enum FishCompletion {
    static var script: String {
        let names = Commands.firstWords.joined(separator: " ")
        var lines = [
            "# Completion of coffer for fish.", "complete -c coffer -f -n \"not __fish_seen_subcommand_from \(names)\"",
        ]
        for (word, summary) in Words.first {
            lines.append(
                "complete -c coffer -n \"not __fish_seen_subcommand_from \(names)\" -a \(word) -d \(quoted(summary))")
        }
        for first in Words.pairs {
            let seconds = Words.second(after: first)
            let condition =
                "\"__fish_seen_subcommand_from \(first); and not __fish_seen_subcommand_from \(seconds.map(\.word).joined(separator: " "))\""
            for (word, summary) in seconds {
                lines.append("complete -c coffer -f -n \(condition) -a \(word) -d \(quoted(summary))")
            }
        }
        for command in Commands.all {
            let words = command.name.split(separator: " ")
            let condition = "\"" + words.map { "__fish_seen_subcommand_from \($0)" }.joined(separator: "; and ") + "\""
            lines += command.options.map { "complete -c coffer -n \(condition) \(words: $0)" }
            if command.name == "alias remove" { lines.append("complete -c coffer -f -n \(condition) -a \(aliases)") }
            lines += Words.operandChoices(command).map { "complete -c coffer -f -n \(condition) -a \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    fileprivate static let aliases = "'(coffer alias list 2>/dev/null | string split -f1 \" \")'"

    fileprivate static func quoted(_ text: String) -> String {
        "'" + text.flatMap { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) } + "'"
    }
}

extension DefaultStringInterpolation {
    /// Appends an option as arguments of fish's `complete`.
    fileprivate mutating func appendInterpolation(words option: Option) {
        let choices = Words.choices(option.value)
        appendLiteral("-l \(option.name)")
        if let letter = option.letter { appendLiteral(" -s \(letter)") }
        if option.name == "alias" {
            appendLiteral(" -x -a \(FishCompletion.aliases)")
        } else if option.value != nil {
            appendLiteral(choices.isEmpty ? " -r" : " -x -a '\(choices.joined(separator: " "))'")
        }
        appendLiteral(" -d \(FishCompletion.quoted(Words.summary(option)))")
    }
}
