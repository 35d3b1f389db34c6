import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process as it was when it claimed its id: a pid alone may be another process by now. */
export interface Identity {
  pid: number;
  /** The kernel's boot id; `-` where there is none (macOS). */
  boot: string;
  /** Clock ticks since boot (Linux) or the start date in UTC (macOS). */
  start: string;
}

/** Reads what the shim wrote; undefined while it is not complete. */
export function parseClaim(text: string): Identity | undefined {
  const [pid, boot, start] = text.split('\n');
  if (!text.endsWith('\n') || !pid || !boot || !start || !/^\d+$/.test(pid) || Number(pid) < 2)
    return undefined;
  const fields = statFields(start);
  return { pid: Number(pid), boot, start: boot === '-' ? start.trim() : (fields?.start ?? '') };
}

/** Whether exactly this process still runs (a zombie does not). */
export function isAlive(identity: Identity): boolean {
  if (identity.boot === '-') return startDate(identity.pid) === identity.start;
  if (identity.boot !== bootId()) return false;
  const stat = readStat(identity.pid);
  return stat !== undefined && stat.start === identity.start && stat.state !== 'Z' && stat.state !== 'X';
}

/** Signals the process group that `pid` leads and, on Linux, what left the group but not its session. */
export function signalSession(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  const strays = sessionMembers(pid).filter(each => each.group !== pid);
  tryKill(-pid, signal);
  for (const each of strays) tryKill(each.pid, signal);
}

/** Kills what is left of a session whose leader is gone. A number that a new process carries now is left alone. */
export function killLeftovers(identity: Identity): void {
  if (identity.boot === '-' || identity.boot !== bootId() || readStat(identity.pid)) return;
  for (const each of sessionMembers(identity.pid)) tryKill(each.pid, 'SIGKILL');
}

/** Processes of a session; empty where the system does not tell (macOS). */
function sessionMembers(session: number): { pid: number; group: number }[] {
  const members: { pid: number; group: number }[] = [];
  for (const name of listProc()) {
    const stat = readStat(Number(name));
    if (stat?.session === session && stat.state !== 'Z')
      members.push({ pid: Number(name), group: stat.group });
  }
  return members;
}

function listProc(): string[] {
  try {
    return readdirSync('/proc').filter(name => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

interface Stat {
  state: string;
  group: number;
  session: number;
  start: string;
}

function readStat(pid: number): Stat | undefined {
  const text = readIfThere(`/proc/${pid}/stat`);
  return text === undefined ? undefined : statFields(text);
}

/** The fields of /proc/<pid>/stat after the command, which may itself hold spaces and parentheses (proc(5)). */
function statFields(line: string): Stat | undefined {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, , group, session] = fields;
  const start = fields[19];
  if (!state || !group || !session || !start) return undefined;
  return { state, group: Number(group), session: Number(session), start };
}

let boot: string | undefined;
function bootId(): string {
  boot ??= readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '-';
  return boot;
}

function startDate(pid: number): string | undefined {
  try {
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { env, encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function tryKill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, which is what a signal is for.
  }
}

/** The file's text, undefined when there is no such file (or the process it tells of went away while being read). */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}
