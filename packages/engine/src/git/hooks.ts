/** A program that `git push` shows the output of, once a push is noted. The pushed commit id is its last argument. */
export interface Follower {
  /** Program (absolute path) and arguments. */
  command: [string, ...string[]];
  /** Its whole environment; nothing of the pusher's leaks in, least of all `GIT_*`. */
  env: Record<string, string>;
}

export interface HookOptions {
  repository: string;
  branch: string;
  /** The directory that pushes are noted in. */
  spool: string;
  follower?: Follower;
}

/** Hooks by file name, for `sh`. They run in the pusher's process, also while the engine is down. */
export function hookScripts(options: HookOptions): Record<string, string> {
  return { 'pre-receive': preReceive(options), 'post-receive': postReceive(options) };
}

/** Refuses every push that touches something else than the branch. */
function preReceive({ branch }: HookOptions): string {
  return `#!/bin/sh
while read -r old new ref; do
  if [ "$ref" != ${quote(`refs/heads/${branch}`)} ]; then
    printf '%s\\n' ${quote(`slipway releases \`${branch}\` only; push HEAD:${branch}`)} >&2
    exit 1
  fi
done
`;
}

/**
 * Notes each push as a file that appears whole, then shows what becomes of it, unless the pusher's environment has
 * SLIPWAY_UNFOLLOWED. A push is never failed by this.
 */
function postReceive({ repository, branch, spool, follower }: HookOptions): string {
  return `#!/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
spool=${quote(spool)}
commit=
while read -r old new ref; do
  [ "$ref" = ${quote(`refs/heads/${branch}`)} ] || continue
  name="$old-$new-$$"
  if printf '{"repository":"%s","ref":"%s","old":"%s","new":"%s"}\\n' ${quote(repository)} "$ref" "$old" "$new" \\
    > "$spool/.$name" && mv "$spool/.$name" "$spool/$name.json"
  then commit=$new
  else printf '%s\\n' 'slipway could not note this push; is the disk full? Push again once it is not.' >&2
  fi
done
${follower ? followed(follower) : ''}exit 0
`;
}

function followed({ command, env }: Follower): string {
  const variables = Object.entries(env).map(([name, value]) => quote(`${name}=${value}`));
  const words = ['env', '-i', ...variables, ...command.map(quote)].join(' ');
  return `[ -z "$commit" ] || [ -n "$SLIPWAY_UNFOLLOWED" ] || ${words} "$commit" < /dev/null 2>&1\n`;
}

/** `text` as one word of a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
