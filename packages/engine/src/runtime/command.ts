import { statSync } from 'node:fs';
import { posix } from 'node:path';
import type { ContainerConfig } from '@slipway/oci';
import { messageOf } from '../core/errors.ts';
import { insideRoot } from './task-root.ts';

export interface CommandRequest {
  entryPoint?: string[] | undefined;
  command?: string[] | undefined;
  config: ContainerConfig;
  /** The unpacked image, seen by the container as `/`. */
  root: string;
  /** Working directory as the container sees it. */
  workingDirectory: string;
  /** The program that stands for `node`. */
  node: string;
}

/**
 * Program and arguments on this machine: `node` is the engine's own, absolute paths that the image brings are mapped
 * into its root. Throws a sentence for any other program: without the base image there is none.
 */
export function resolveCommand(request: CommandRequest): [string, ...string[]] {
  const [program, ...rest] = throughNodeEntryPoint(declaredCommand(request), request);
  if (program === undefined) throw new Error('neither the image nor the task definition names a command');
  if (!isNode(program)) {
    throw new Error(
      `the process runtime runs Node programs only and has no "${program}": the image's base is not unpacked. ` +
        'Name node as the command, or start the engine with --runtime docker',
    );
  }
  return [request.node, ...rest.map(arg => mapPath(arg, request.root))];
}

/**
 * What a health check runs: `CMD` and its words, as a container's command, or `CMD-SHELL` and a line for this machine's shell.
 * Throws a sentence for what cannot be run here.
 */
export function resolveCheck(
  [how, ...words]: string[],
  request: Omit<CommandRequest, 'command' | 'entryPoint'>,
): [string, ...string[]] {
  if (how === 'CMD-SHELL' && words.length === 1) return ['/bin/sh', '-c', words[0]!];
  if (how !== 'CMD')
    throw new Error('its health check is neither CMD with words nor CMD-SHELL with one line');
  try {
    return resolveCommand({ ...request, config: {}, command: words });
  } catch (error) {
    throw new Error(`its health check cannot be run: ${messageOf(error)}`, { cause: error });
  }
}

/** As Docker merges them: an entry point that is given drops the image's CMD. */
function declaredCommand({ entryPoint, command, config }: CommandRequest): string[] {
  if (entryPoint?.length) return [...entryPoint, ...(command ?? [])];
  return [...(config.Entrypoint ?? []), ...(command?.length ? command : (config.Cmd ?? []))];
}

/**
 * The official Node image starts everything through a script of its base, which puts `node` in front of flags and of
 * files. https://github.com/nodejs/docker-node/blob/main/docker-entrypoint.sh
 */
function throughNodeEntryPoint(argv: string[], { root, workingDirectory }: CommandRequest): string[] {
  if (argv[0] !== 'docker-entrypoint.sh') return argv;
  const [first = 'node', ...rest] = argv.slice(1);
  const isFile = (): boolean =>
    statSync(insideRoot(root, posix.resolve(workingDirectory, first)), { throwIfNoEntry: false })?.isFile() ??
    false;
  return first.startsWith('-') || isFile() ? ['node', first, ...rest] : [first, ...rest];
}

function isNode(program: string): boolean {
  return program === 'node' || /^\/(usr\/|usr\/local\/|nodejs\/)?bin\/node(js)?$/.test(program);
}

/** `/app/main.js` and `--import=/app/hook.js` become paths in the root, if they are there. */
function mapPath(arg: string, root: string): string {
  const match = /^(--[\w-]+=)?(\/.*)$/s.exec(arg);
  if (!match?.[2]) return arg;
  const mapped = insideRoot(root, match[2]);
  return statSync(mapped, { throwIfNoEntry: false }) ? `${match[1] ?? ''}${mapped}` : arg;
}
