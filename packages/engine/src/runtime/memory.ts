import { readIfThere } from './identity.ts';

/**
 * The memory of a process and all below it in bytes, as a cgroup would count it (anonymous and shared memory, not the
 * program's own mapped file); undefined where the system does not tell (macOS).
 */
export function memoryOf(pid: number): number | undefined {
  const status = readIfThere(`/proc/${pid}/status`);
  if (status === undefined) return undefined;
  const kilobytes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)].map(match => Number(match[1]));
  const own = kilobytes.reduce((sum, each) => sum + each, 0) * 1024;
  return childrenOf(pid).reduce((sum, child) => sum + (memoryOf(child) ?? 0), own);
}

/** Children that the main thread started, which is where Node starts them. */
function childrenOf(pid: number): number[] {
  const text = readIfThere(`/proc/${pid}/task/${pid}/children`) ?? '';
  return text.split(' ').filter(Boolean).map(Number);
}
