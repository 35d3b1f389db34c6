/**
 * The shim under which every task and build runs: a POSIX shell that outlives the engine, starts its command at most
 * once and keeps the exit code. `sh shim.sh <run directory> <exit file> <command…>`, as leader of its own session, with
 * stdout and stderr at the output file and a pipe at descriptor 3 that tells when the command can be signalled.
 *
 * - The claim is made with O_EXCL (`set -C`): of several shims for one id, also from an engine that was killed in
 *   between, one wins; the others end without a trace.
 * - The claim holds pid, boot id and the kernel's start time of the shim, so that a reused pid is never taken for it.
 * - The shim lives through signals to its group (a trap, not "ignore", which the command would inherit).
 * - The exit file appears by rename; then the group's leftovers end with the shim itself, as in a container.
 */
export const SHIM = `__slipway_run=$1 __slipway_exit=$2
shift 2
__slipway_boot=-
if [ -r /proc/$$/stat ]; then
  read -r __slipway_start < /proc/$$/stat
  read -r __slipway_boot < /proc/sys/kernel/random/boot_id
else
  __slipway_start=$(LC_ALL=C TZ=UTC command -p ps -o lstart= -p $$)
fi
set -C
{ printf '%s\\n%s\\n%s\\n' "$$" "$__slipway_boot" "$__slipway_start" > "$__slipway_run/claim"; } 2>/dev/null || exit 0
set +C
trap : HUP INT QUIT TERM
(
  trap '' PIPE
  echo started >&3
  trap - PIPE
  exec 3>&-
  exec "$@"
)
echo $? > "$__slipway_run/exit"
command -p mv -f "$__slipway_run/exit" "$__slipway_exit"
kill -s KILL 0
`;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What the shim is to run so that the command gets exactly `env`: shells drop variables whose names are no identifiers
 * (`spring.profile`), so those go through env(1).
 */
export function commandFor(command: readonly string[], env: Record<string, string>): string[] {
  const odd = Object.entries(env).filter(([name]) => !IDENTIFIER.test(name));
  if (odd.length === 0) return [...command];
  return ['/usr/bin/env', ...odd.map(([name, value]) => `${name}=${value}`), ...command];
}
