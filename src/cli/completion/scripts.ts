export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** What each shell is to read. It asks the program itself, so that it is never out of date. */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `# fairlead: completion for bash. Use it with: source <(fairlead completion bash)
_fairlead() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  local IFS=$'\\n'
  COMPREPLY=($(fairlead __complete -- "\${words[@]}" 2>/dev/null))
  # Where nothing of ours fits, a file may.
  [ \${#COMPREPLY[@]} -gt 0 ] || compopt -o default 2>/dev/null
}
complete -F _fairlead fairlead`,
  zsh: `#compdef fairlead
# fairlead: completion for zsh. Use it with: source <(fairlead completion zsh), after compinit
_fairlead() {
  local -a found
  found=("\${(@f)$(fairlead __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("\${(@)found:#}")
  if (( \${#found} )); then
    compadd -a found
  else
    _files
  fi
}
if [ "\${funcstack[1]}" = "_fairlead" ]; then
  _fairlead "$@"
else
  compdef _fairlead fairlead
fi`,
  fish: `# fairlead: completion for fish. Use it with: fairlead completion fish | source
function __fairlead_complete
    set -l typed (commandline -opc) (commandline -ct)
    fairlead __complete -- $typed[2..-1] 2>/dev/null
end
complete -c fairlead -f -a '(__fairlead_complete)'`,
};
