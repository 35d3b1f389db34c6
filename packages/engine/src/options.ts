import { parseArgs } from 'node:util';

/** What the engine is started with. */
export interface EngineOptions {
  /** Absolute; outside every git work tree. */
  state: string;
  /** The checkout whose node_modules may seed the builds' cache. */
  checkout?: string;
  port: number;
  account: string;
  region: string;
  speed: number;
  /** Local ports of listeners: `<load balancer>:<listener port>` → local port. */
  listen: Record<string, number>;
  /** Repositories that are there from the start: they stand in for those behind connections. */
  repositories: string[];
  /** The command line whose output a push shows, program first; the pushed commit becomes its last argument. */
  follower: string[];
}

/**
 * Reads the command line of `slipway-engine run`.
 * @throws {RangeError} with one sentence for a value that cannot be used
 */
export function readOptions(args: string[]): EngineOptions {
  const { values } = parseArgs({
    args,
    options: {
      state: { type: 'string' },
      checkout: { type: 'string' },
      port: { type: 'string', default: '4566' },
      account: { type: 'string', default: '000000000000' },
      region: { type: 'string', default: 'us-east-1' },
      speed: { type: 'string', default: '60' },
      listen: { type: 'string', multiple: true, default: [] },
      repository: { type: 'string', multiple: true, default: [] },
      follower: { type: 'string', multiple: true, default: [] },
    },
  });
  if (!values.state?.startsWith('/')) throw new RangeError('--state must be an absolute path.');
  if (!/^\d{12}$/.test(values.account)) throw new RangeError('--account must be 12 digits.');
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(values.region))
    throw new RangeError(`--region "${values.region}" is no region.`);
  return {
    state: values.state,
    ...(values.checkout ? { checkout: values.checkout } : {}),
    port: readPort('--port', values.port),
    account: values.account,
    region: values.region,
    speed: Number(values.speed),
    listen: Object.fromEntries(values.listen.map(readListen)),
    repositories: values.repository,
    follower: readFollower(values.follower),
  };
}

function readFollower(words: string[]): string[] {
  if (words.length === 0 || words[0]!.startsWith('/')) return words;
  throw new RangeError('--follower must begin with the absolute path of a program.');
}

function readListen(value: string): [string, number] {
  const [, listener, port] = /^([A-Za-z0-9-]+:\d+)=(\d+)$/.exec(value) ?? [];
  if (!listener || !port)
    throw new RangeError(`--listen "${value}" must be <load balancer>:<port>=<local port>.`);
  return [listener, readPort('--listen', port)];
}

function readPort(option: string, value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new RangeError(`${option} "${value}" is no port.`);
}
