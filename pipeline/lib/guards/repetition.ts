import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { type Finding, fileOf, GuardError } from './finding.ts';
import { readSynthesized } from './synthesized.ts';

export interface Repetition extends AsyncDisposable {
  /**
   * Waits for the second synthesis and compares it with what was written to `out`.
   * @throws {GuardError} with the first difference
   */
  compare(out: string): Promise<void>;
}

/** What is synthesized again: by which program, of which repository, beside which file of recorded shapes. */
export interface Repeated {
  readonly program: string;
  readonly root: string;
  readonly shape?: string;
}

/**
 * Synthesizes the same definition in another process, which believes to be on another day and machine. A definition that
 * depends on either would change every stack with every push, and a pipeline that changes itself would never end.
 */
export function startRepetition({ program, root, shape }: Repeated): Repetition {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-again-'));
  const out = join(folder, 'cdk.out');
  const stop = new AbortController();
  const done = promisify(execFile)(
    process.execPath,
    [
      ...process.execArgv,
      ...['--import', new URL('./other-day.ts', import.meta.url).href],
      ...[program, '--root', root, '--out', out, '--no-validation'],
      ...(shape === undefined ? [] : ['--shape', shape]),
    ],
    { signal: stop.signal, env: { ...process.env, TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8' } },
  );
  done.catch(() => {}); // told by compare, if anybody asks
  return {
    compare: async first => {
      const failure = await done.then(
        () => undefined,
        (error: Error & { stderr?: string }) => (error.stderr || error.message).trim(),
      );
      const finding = failure === undefined ? firstDifference(first, out) : notRepeated(failure);
      if (finding) throw new GuardError([finding]);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done.catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The first place at which two assemblies differ; stacks in their order, then what is made of them. */
export function firstDifference(first: string, second: string): Finding | undefined {
  const files = (out: string) => [
    ...readSynthesized(out).stacks.map(({ name }) => `${name}.template.json`),
    ...readdirSync(out, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(out.length + 1))
      .sort(),
  ];
  for (const file of new Set([...files(first), ...files(second)])) {
    const [one, other] = [first, second].map(out => read(join(out, file)));
    if (one === other) continue;
    const { at, values } = differenceIn(one, other);
    return {
      ...{ guard: 'determinism', service: undefined, file: fileOf(undefined) },
      where: [file, ...at].join('/'),
      message: `is ${shown(values[0])} and, when it is synthesized again, ${shown(values[1])}: take it from a contract or from environments.yaml, never from the time, the machine or chance`,
    };
  }
  return undefined;
}

function notRepeated(failure: string): Finding {
  return {
    ...{ guard: 'determinism', service: undefined, file: fileOf(undefined), where: 'the definition' },
    message: `could not be synthesized again: ${failure}`,
  };
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function differenceIn(one: string | undefined, other: string | undefined) {
  try {
    if (one !== undefined && other !== undefined) return descend(JSON.parse(one), JSON.parse(other));
  } catch {
    // no JSON: the first line that differs tells
  }
  const [left, right] = [one, other].map(text => text?.split('\n'));
  const line = left?.findIndex((each, index) => each !== right?.[index]) ?? 0;
  return { at: [`line ${line + 1}`], values: [left?.[line], right?.[line]] as [unknown, unknown] };
}

/** The path of the first key, in the order of the text, whose values differ. */
function descend(one: unknown, other: unknown): { at: string[]; values: [unknown, unknown] } {
  if (!isContainer(one) || !isContainer(other)) return { at: [], values: [one, other] };
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const key = keys.find(each => !isDeepStrictEqual(one[each], other[each]));
  if (key === undefined) return { at: ['the order of its keys'], values: [keys, Object.keys(other)] };
  const { at, values } = descend(one[key], other[key]);
  return { at: [key, ...at], values };
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'not there' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
