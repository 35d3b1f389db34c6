import type { Environment } from './config.ts';
import type { World } from './world.ts';

/** Who answers: the service and the very task, image and version of it. */
export type Identity = {
  readonly service: string;
  readonly environment: string;
  readonly ip: string;
  readonly hostname: string;
  readonly task: string;
  readonly imageDigest: string;
  readonly commit: string;
  /** The task definition's `family:revision`. */
  readonly version: string;
};

/** Returns the identity, given the address at which the caller reached this process. */
export type WhoAmI = (localAddress: string | undefined) => Promise<Identity>;

type FromMetadata = Partial<Pick<Identity, 'ip' | 'task' | 'imageDigest' | 'version'>>;

const metadataTimeoutMs = 1000;

/**
 * Identity from the `SLIPWAY_*` variables and, in ECS, from the task metadata endpoint, which is asked once and
 * asked again only while it has not answered. Elsewhere the values say plainly that there is no task.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 */
export function createIdentity(
  env: Environment,
  deps: Pick<World, 'hostname' | 'fetch'> & { service: string },
): WhoAmI {
  const endpoint = env.ECS_CONTAINER_METADATA_URI_V4;
  let known: Promise<FromMetadata> | undefined;
  const ask = (url: string) => {
    known ??= readMetadata(url, deps.fetch).catch(() => {
      known = undefined;
      return {};
    });
    return known;
  };
  return async localAddress => ({
    service: env.SLIPWAY_SERVICE || deps.service,
    environment: env.SLIPWAY_ENVIRONMENT || 'local',
    ip: (localAddress ?? 'unknown').replace(/^::ffff:/, ''),
    hostname: deps.hostname,
    task: 'none',
    imageDigest: 'none',
    commit: env.SLIPWAY_COMMIT || 'none',
    version: 'none',
    ...(endpoint ? await ask(endpoint) : {}),
  });
}

async function readMetadata(endpoint: string, fetch: World['fetch']): Promise<FromMetadata> {
  const signal = AbortSignal.timeout(metadataTimeoutMs);
  const read = async (path: string) => {
    const response = await fetch(`${endpoint}${path}`, { signal });
    if (!response.ok) throw new Error(`task metadata answered ${response.status}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const [container, task] = await Promise.all([read(''), read('/task')]);
  return readIdentity(container, task);
}

/** Reads what identifies a task out of the two documents of the metadata endpoint; skips what is missing. */
export function readIdentity(
  container: Readonly<Record<string, unknown>>,
  task: Readonly<Record<string, unknown>>,
): FromMetadata {
  const networks = container.Networks as { IPv4Addresses?: string[] }[] | undefined;
  const ip = networks?.[0]?.IPv4Addresses?.[0];
  const taskId = text(task.TaskARN)?.split('/').at(-1);
  const imageDigest = text(container.Image)?.split('@')[1] ?? text(container.ImageID);
  const family = text(task.Family);
  const revision = text(task.Revision);
  return {
    ...(ip && { ip }),
    ...(taskId && { task: taskId }),
    ...(imageDigest && { imageDigest }),
    ...(family && revision && { version: `${family}:${revision}` }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
