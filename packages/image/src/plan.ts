import { posix } from 'node:path';
import type { ContainerConfig, HistoryEntry } from '@slipway/oci';
import { type CopyStep, readCopy } from './copy-instruction.ts';
import { type Dockerfile, type Instruction, refuse } from './dockerfile.ts';
import { ImageError } from './errors.ts';
import { readHealthcheck } from './healthcheck.ts';
import { expand, type Lookup, splitWords } from './words.ts';

export type BuildArgs = Readonly<Record<string, string>>;

/** What a Dockerfile makes of a base image. */
export interface ImagePlan {
  readonly config: ContainerConfig;
  /** One layer each. */
  readonly copies: readonly CopyStep[];
  readonly history: readonly HistoryEntry[];
}

/** The moment that reproducible images claim to be of: the beginning of time. */
export const createdTime = '1970-01-01T00:00:00Z';

interface State extends ImagePlan {
  readonly args: ReadonlyMap<string, string>;
  readonly hasOwnCmd: boolean;
}

/** The image that FROM names. Throws DOCKERFILE_INVALID. */
export function baseReference({ globals, from }: Dockerfile, buildArgs: BuildArgs): string {
  if (from.flags.length > 0) throw refuse(from, 'UNSUPPORTED', `--${from.flags[0]!.name} is not supported`);
  const args = globalArgs(globals, buildArgs);
  const words = splitWords(from.text);
  const isNamed = words.length === 3 && words[1]!.toUpperCase() === 'AS';
  if (words.length !== 1 && !isNamed) throw refuse(from, 'DOCKERFILE_INVALID', 'it takes one image');
  const reference = expandIn(from, words[0]!, name => args.get(name));
  if (reference === '') throw refuse(from, 'DOCKERFILE_INVALID', 'the name of the base image is empty');
  return reference;
}

/**
 * Carries out everything but the copying, on top of the base image's configuration. Throws NEEDS_DOCKER for what has to
 * run something, UNSUPPORTED or DOCKERFILE_INVALID for the rest, always naming file and line.
 */
export function planImage(dockerfile: Dockerfile, base: ContainerConfig, buildArgs: BuildArgs): ImagePlan {
  const globals = globalArgs(dockerfile.globals, buildArgs);
  const start: State = { config: base, copies: [], history: [], args: new Map(), hasOwnCmd: false };
  const { config, copies, history } = dockerfile.instructions.reduce(
    (state, instruction) => apply(state, instruction, buildArgs, globals),
    start,
  );
  return { config, copies, history };
}

/** Build arguments that no ARG asks for: most likely misspelt. */
export function unusedBuildArgs({ globals, instructions }: Dockerfile, buildArgs: BuildArgs): string[] {
  const declared = [...globals, ...instructions]
    .filter(({ keyword }) => keyword === 'ARG')
    .flatMap(({ text }) => splitWords(text).map(word => word.split('=')[0]));
  return Object.keys(buildArgs).filter(name => !declared.includes(name));
}

function apply(
  state: State,
  instruction: Instruction,
  buildArgs: BuildArgs,
  globals: Map<string, string>,
): State {
  const { keyword, text, flags } = instruction;
  if (flags.length > 0 && keyword !== 'COPY' && keyword !== 'HEALTHCHECK') {
    throw refuse(instruction, 'UNSUPPORTED', `--${flags[0]!.name} is not supported`);
  }
  if (text === '') throw refuse(instruction, 'DOCKERFILE_INVALID', 'it takes an argument');
  if (keyword === 'ARG') return { ...state, args: declareArgs(state, instruction, buildArgs, globals) };
  if (keyword === 'COPY') {
    const copy = readCopy(instruction, state.config.WorkingDir ?? '/', lookupIn(state));
    return {
      ...state,
      copies: [...state.copies, copy],
      history: [...state.history, historyOf(instruction, false)],
    };
  }
  const config = configure(state, instruction);
  const hasOwnCmd = state.hasOwnCmd || keyword === 'CMD';
  return { ...state, config, hasOwnCmd, history: [...state.history, historyOf(instruction, true)] };
}

function configure(state: State, instruction: Instruction): ContainerConfig {
  const { config } = state;
  const lookup = lookupIn(state);
  const { text } = instruction;
  const whole = () => expandIn(instruction, text, lookup);
  switch (instruction.keyword) {
    case 'ENV':
      return { ...config, Env: setEnv(config.Env ?? [], pairs(instruction, lookup)) };
    case 'LABEL':
      return {
        ...config,
        Labels: sortKeys({ ...config.Labels, ...Object.fromEntries(pairs(instruction, lookup)) }),
      };
    case 'WORKDIR':
      return { ...config, WorkingDir: posix.resolve(config.WorkingDir ?? '/', whole()) };
    case 'USER':
      return { ...config, User: whole() };
    case 'STOPSIGNAL':
      return { ...config, StopSignal: whole() };
    case 'EXPOSE':
      return { ...config, ExposedPorts: sortKeys({ ...config.ExposedPorts, ...ports(instruction, lookup) }) };
    case 'CMD':
      return { ...config, Cmd: command(text) };
    case 'ENTRYPOINT':
      return withEntrypoint(state, command(text));
    case 'HEALTHCHECK':
      return { ...config, Healthcheck: readHealthcheck(instruction, command) };
    case 'RUN':
      throw refuse(
        instruction,
        'NEEDS_DOCKER',
        'it needs a container to run in, and this builder only copies; such an image is built by Docker where one is at hand',
      );
    default:
      throw refuse(
        instruction,
        'UNSUPPORTED',
        'this builder does not know it; images that need it are built by Docker',
      );
  }
}

/** A new entry point makes the base image's command meaningless; Docker drops it too. */
function withEntrypoint({ config, hasOwnCmd }: State, entrypoint: readonly string[]): ContainerConfig {
  const { Cmd, ...rest } = config;
  return { ...rest, ...(hasOwnCmd && Cmd !== undefined ? { Cmd } : {}), Entrypoint: entrypoint };
}

/** The exec form as it is, anything else as an argument of the shell. */
function command(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
  } catch {
    // not the exec form
  }
  return ['/bin/sh', '-c', text];
}

function pairs(instruction: Instruction, lookup: Lookup): [string, string][] {
  const words = splitWords(instruction.text);
  if (!words[0]!.includes('=')) {
    if (words.length < 2) throw refuse(instruction, 'DOCKERFILE_INVALID', 'it takes name=value');
    const value = instruction.text.slice(words[0]!.length).trim();
    return [[expandIn(instruction, words[0]!, lookup), expandIn(instruction, value, lookup)]];
  }
  return words.map(word => {
    const equals = word.indexOf('=');
    if (equals < 1) throw refuse(instruction, 'DOCKERFILE_INVALID', `${word} is not name=value`);
    return [
      expandIn(instruction, word.slice(0, equals), lookup),
      expandIn(instruction, word.slice(equals + 1), lookup),
    ];
  });
}

function setEnv(env: readonly string[], added: readonly [string, string][]): string[] {
  const all = new Map(env.map(item => [item.split('=', 1)[0]!, item.slice(item.indexOf('=') + 1)] as const));
  for (const [name, value] of added) all.set(name, value);
  return [...all].map(([name, value]) => `${name}=${value}`);
}

function ports(instruction: Instruction, lookup: Lookup): Record<string, Record<string, never>> {
  const words = splitWords(instruction.text).map(word => expandIn(instruction, word, lookup));
  return Object.fromEntries(
    words.map(word => {
      const match = /^(\d{1,5})(?:\/(tcp|udp))?$/i.exec(word);
      const port = Number(match?.[1]);
      if (match === null || port < 1 || port > 65_535) {
        throw refuse(instruction, 'DOCKERFILE_INVALID', `${JSON.stringify(word)} is not a port`);
      }
      return [`${port}/${(match[2] ?? 'tcp').toLowerCase()}`, {}];
    }),
  );
}

function globalArgs(globals: readonly Instruction[], buildArgs: BuildArgs): Map<string, string> {
  const none = new Map<string, string>();
  return globals.reduce(
    (args, instruction) => declare(instruction, args, name => args.get(name), buildArgs, none),
    new Map<string, string>(),
  );
}

function declareArgs(
  state: State,
  instruction: Instruction,
  buildArgs: BuildArgs,
  globals: Map<string, string>,
): Map<string, string> {
  return declare(instruction, state.args, lookupIn(state), buildArgs, globals);
}

function declare(
  instruction: Instruction,
  args: ReadonlyMap<string, string>,
  lookup: Lookup,
  buildArgs: BuildArgs,
  inherited: ReadonlyMap<string, string>,
): Map<string, string> {
  const declared = new Map(args);
  for (const word of splitWords(instruction.text)) {
    const [name, ...rest] = word.split('=');
    const given = Object.hasOwn(buildArgs, name!) ? buildArgs[name!] : undefined;
    const byDefault = rest.length > 0 ? expandIn(instruction, rest.join('='), lookup) : inherited.get(name!);
    const value = given ?? byDefault;
    if (value !== undefined) declared.set(name!, value);
  }
  return declared;
}

function lookupIn({ config, args }: State): Lookup {
  const env = new Map(
    (config.Env ?? []).map(item => [item.split('=', 1)[0]!, item.slice(item.indexOf('=') + 1)]),
  );
  return name => env.get(name) ?? args.get(name);
}

function expandIn(instruction: Instruction, text: string, lookup: Lookup): string {
  try {
    return expand(text, lookup);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw refuse(instruction, 'DOCKERFILE_INVALID', (error as Error).message);
  }
}

function historyOf({ keyword, text }: Instruction, isEmpty: boolean): HistoryEntry {
  return {
    created: createdTime,
    created_by: `${keyword} ${text}`,
    ...(isEmpty ? { empty_layer: true } : {}),
  };
}

function sortKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
