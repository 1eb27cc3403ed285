/// `coffer completion`: scripts with which shells complete command lines. They ask ``Completion``.
enum CompletionCommand {
    static let command = Command(
        name: "completion", operands: "bash|zsh|fish",
        summary: "Print a completion script for a shell",
        details: """
            It completes commands, options, values and aliases.

              bash: source <(coffer completion bash)              in ~/.bashrc
              zsh:  source <(coffer completion zsh)               in ~/.zshrc, after compinit
              fish: coffer completion fish > ~/.config/fish/completions/coffer.fish
            """,
        run: { options in
            switch options.operands[0] {
            case "bash": print(bash)
            case "zsh": print(zsh)
            case "fish": print(fish)
            case let shell: throw options.usage("'\(shell)' is not allowed; allowed: bash, zsh, fish")
            }
            return .success
        })

    private static let bash = """
        # Completion of coffer for bash.
        _coffer() {
            local line IFS=$'\\n' current=${COMP_WORDS[COMP_CWORD]}
            COMPREPLY=()
            for line in $(coffer \(Completion.name) "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
                line=${line%%$'\\t'*}
                [[ $line != "$current"* ]] || COMPREPLY+=("$line")
            done
        }
        complete -o bashdefault -o default -F _coffer coffer
        """

    private static let zsh = """
        #compdef coffer
        # Completion of coffer for zsh.
        _coffer() {
            local found
            local -a candidates
            found=$(coffer \(Completion.name) "${(@)words[2,CURRENT]}" 2>/dev/null) || { _files; return }
            candidates=("${(@f)found//:/\\\\:}")
            candidates=("${(@)candidates/$'\\t'/:}")
            _describe coffer candidates
        }
        compdef _coffer coffer
        """

    private static let fish = """
        # Completion of coffer for fish.
        function __coffer_complete
            set -l words (commandline -opc) (commandline -ct)
            coffer \(Completion.name) $words[2..] 2>/dev/null
            or __fish_complete_path (commandline -ct)
        end
        complete -c coffer -f -a '(__coffer_complete)'
        """
}
