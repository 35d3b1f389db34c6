import type { Healthcheck } from '@slipway/oci';
import { type Instruction, refuse } from './dockerfile.ts';

const durations: Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
};

/** Records a HEALTHCHECK; ECS does not use it, Docker does. Times in nanoseconds. */
export function readHealthcheck(instruction: Instruction, command: (text: string) => string[]): Healthcheck {
  if (instruction.text === 'NONE') return { Test: ['NONE'] };
  const match = /^CMD\s+(.+)$/is.exec(instruction.text);
  if (match === null) throw refuse(instruction, 'DOCKERFILE_INVALID', 'it takes NONE or CMD and a command');
  const [first, ...rest] = command(match[1]!);
  const isShell = first === '/bin/sh' && rest[0] === '-c' && !match[1]!.startsWith('[');
  const test = isShell ? ['CMD-SHELL', match[1]!] : ['CMD', first!, ...rest];
  return instruction.flags.reduce<Healthcheck>((check, flag) => withFlag(check, flag, instruction), {
    Test: test,
  });
}

function withFlag(
  check: Healthcheck,
  { name, value }: { name: string; value: string },
  instruction: Instruction,
) {
  if (name === 'retries' && /^\d{1,4}$/.test(value)) return { ...check, Retries: Number(value) };
  const field = durations[name];
  const nanoseconds = parseDuration(value);
  if (field === undefined || nanoseconds === undefined) {
    throw refuse(instruction, 'DOCKERFILE_INVALID', `--${name}=${value} is not understood`);
  }
  return { ...check, [field]: nanoseconds };
}

/** Go's notation: `1m30s`, `500ms`. */
function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  const units: Record<string, number> = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0);
}
